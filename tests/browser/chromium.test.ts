// Goal: the browser-safe build gives in a browser, on a page's main thread and in a worker, the verdicts it gives on Node.
// Method: headless Chromium loads dist/ and the two noble packages from a loopback server and is asked about the engines' corpus.
//         CHROMIUM_PATH, default /usr/bin/chromium; where it is absent the test is skipped, unless COUNTERMARK_BROWSER=required.
import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpus } from '../support/corpus.ts';
import { serve } from './server.ts';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const isAbsent = process.env['COUNTERMARK_BROWSER'] !== 'required' && !existsSync(executablePath);
if (isAbsent) console.warn(`no browser at ${executablePath}, test skipped: set CHROMIUM_PATH`);

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
];
const TIMEOUT_MS = 120_000;

/** Programs are texts: a function would be rewritten by what runs the tests. */
const ON_MAIN_THREAD = `(async () => {
  const { check } = await import('/tests/engines/check.js');
  return check(new Uint8Array(await (await fetch('/corpus')).arrayBuffer()));
})()`;
const IN_WORKER = `new Promise((resolve, reject) => {
  const worker = new Worker('/in-worker/worker.js', { type: 'module' });
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
})`;
const ROOMS = ['index', 'verify', 'crypto/index', 'ledger/index', 'audit/index', 'store/memory/index'];

describe.skipIf(isAbsent)('in Chromium', { timeout: TIMEOUT_MS }, () => {
  const { bytes, expected } = corpus();
  let server: Awaited<ReturnType<typeof serve>>;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = await serve(bytes);
    browser = await chromium.launch({
      executablePath,
      headless: true,
      args: [...FLAGS, '--disable-sync', '--no-first-run'],
    });
    page = await browser.newPage();
    await page.goto(server.origin);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it('the main thread gives the verdicts Node gives', async () => {
    expect(await page.evaluate(ON_MAIN_THREAD)).toEqual(expected);
  });

  it('a worker gives the verdicts Node gives', async () => {
    expect(await page.evaluate(IN_WORKER)).toEqual(expected);
  });

  it('every browser-safe room loads', async () => {
    for (const room of ROOMS) {
      expect([
        room,
        await page.evaluate(`import('/dist/${room}.js').then((all) => Object.keys(all).length > 0)`),
      ]).toEqual([room, true]);
    }
  });
});
