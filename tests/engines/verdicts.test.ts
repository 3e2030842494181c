// Goal: Node 20, 22 and 24 give the same verdicts, with node:crypto and without, in batches and one by one.
// Method: a seeded corpus of honest, spoilt and strange signatures goes to each engine in a process of its own; digests of verdicts
//         are compared. The other engines are packages: npm ci --prefix tests/engines. COUNTERMARK_ENGINES=required insists on them.
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpus } from '../support/corpus.ts';
import { temporaryFolder } from '../support/temporary.ts';

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const required = process.env['COUNTERMARK_ENGINES'] === 'required';
const engines: readonly (readonly [name: string, path: string])[] = [
  ['this Node', process.execPath],
  ...['node20', 'node22', 'node24'].map((name) => [name, pathOf(`node_modules/${name}/bin/node`)] as const),
];

const folder = temporaryFolder();
const file = folder.file('corpus.bin');
const { bytes, expected } = corpus();
beforeAll(() => writeFileSync(file, bytes));
afterAll(() => folder.remove());

describe('verdicts', () => {
  for (const [name, path] of engines) {
    const absent = !required && !existsSync(path);
    if (absent) console.warn(`${name} absent, test skipped: npm ci --prefix tests/engines`);
    it.skipIf(absent)(`are the same on ${name}, with and without node:crypto`, { timeout: 120_000 }, () => {
      for (const native of ['native', 'portable']) {
        const output = execFileSync(path, [pathOf('run.js'), file, native], { encoding: 'utf8' });
        const { version, ...answers } = JSON.parse(output) as { readonly version: string };
        expect([native, version, answers]).toEqual([native, version, expected]);
      }
    });
  }
});
