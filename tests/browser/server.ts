/**
 * A web server of the loopback interface that gives a browser the built package, the two noble packages, and nothing else.
 *
 * Reads  dist/, tests/engines/check.js.   Used by  chromium.test.ts.
 * @module
 */
import { createServer, type Server } from 'node:http';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ROOT } from '../tidy/sources.ts';

const FOLDERS = [
  '/dist/',
  '/node_modules/@noble/ed25519/',
  '/node_modules/@noble/hashes/',
  '/tests/engines/',
];
const IMPORTS = {
  '@noble/ed25519': '/node_modules/@noble/ed25519/index.js',
  '@noble/hashes/': '/node_modules/@noble/hashes/',
};

/** A module worker that answers with what check() says of the corpus. */
const WORKER = `import { check } from './tests/engines/check.js';
const corpus = new Uint8Array(await (await fetch('/corpus')).arrayBuffer());
postMessage(await check(corpus));`;

const PAGE = `<!doctype html><meta charset="utf-8"><title>countermark</title>
<script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script>`;

/** Serves until closed. */
export async function serve(corpus: Uint8Array): Promise<{ readonly origin: string; close(): void }> {
  const server: Server = createServer((request, response) => {
    const answer = answerTo(request.url ?? '', corpus);
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': answer?.type ?? 'text/plain' });
    response.end(answer?.body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function answerTo(url: string, corpus: Uint8Array): { type: string; body: string | Uint8Array } | undefined {
  if (url === '/') return { type: 'text/html', body: PAGE };
  if (url === '/corpus') return { type: 'application/octet-stream', body: corpus };
  if (url === '/in-worker/worker.js') return { type: 'text/javascript', body: WORKER };
  // Import maps do not reach into workers: there the same files name the packages by their paths.
  const inWorker = url.startsWith('/in-worker/');
  const path = inWorker ? url.slice('/in-worker'.length) : url;
  if (
    !FOLDERS.some((folder) => path.startsWith(folder)) ||
    !/^[\w@/.-]+\.js$/.test(path) ||
    path.includes('..')
  ) {
    return undefined;
  }
  try {
    const text = readFileSync(join(ROOT, path), 'utf8');
    return { type: 'text/javascript', body: inWorker ? withPaths(text) : text };
  } catch {
    return undefined;
  }
}

function withPaths(text: string): string {
  return text.replace(
    /from '(@noble\/(?:ed25519|hashes\/))/g,
    (_, name: keyof typeof IMPORTS) => `from '${IMPORTS[name]}`,
  );
}
