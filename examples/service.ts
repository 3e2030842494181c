/**
 * A ledger inside a service: opens (or begins) one on a SQLite file, takes signed statements, answers checks.
 *
 *   POST /statements        body: one signed statement          → entry, findings
 *   GET  /check?code=…      a scanned code                      → verdict
 *
 * Reads  the package, by its name.   Used by  `npx tsx examples/service.ts [file] [port]`, whoever embeds a ledger.
 * Never  decides who may write: statements carry their own signatures, and the ledger knows the keys.
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { pathToFileURL } from 'node:url';
import { Ledger } from 'countermark';
import { partyId } from 'countermark/gs1';
import { nativeSigner, randomBytes32 } from 'countermark/node';
import { formatVerifierKey } from 'countermark/note';
import { signStatement, STATEMENT_BYTES_MAX } from 'countermark/statement';
import { SqliteStore } from 'countermark/store/sqlite';

const ORIGIN = 'service.countermark.example/log';
const OPERATOR = { id: partyId('9520000000028'), name: 'Example Operator' };

/** Opens the ledger at `path`; begins one, with fresh keys beside it, where there is none. */
export async function openLedger(path: string): Promise<Ledger> {
  const keyPath = `${path}.keys`;
  if (!existsSync(keyPath))
    writeFileSync(keyPath, Buffer.concat([randomBytes32(), randomBytes32()]), { mode: 0o600 });
  const seeds = readFileSync(keyPath);
  const logSigner = { name: ORIGIN, signer: nativeSigner(seeds.subarray(0, 32)) };
  const operator = nativeSigner(seeds.subarray(32));
  const logKey = formatVerifierKey(ORIGIN, logSigner.signer.publicKey);
  if (existsSync(path)) return Ledger.open({ store: await SqliteStore.open(path), logKey, logSigner });
  const keys = [Buffer.from(operator.publicKey).toString('base64url')];
  const genesis = signStatement({
    kind: 'genesis',
    payload: { origin: ORIGIN, logKey, operator: OPERATOR, keys, policy: {} },
    issuer: OPERATOR.id,
    audience: ORIGIN,
    sequence: 0,
    signer: operator,
  });
  const store = await SqliteStore.open(path, { create: true });
  return Ledger.create({ store, origin: ORIGIN, logSigner, genesis });
}

/** Serves a ledger over HTTP. */
export function serve(ledger: Ledger): Server {
  return createServer((request, response) => {
    answer(ledger, request).then(
      (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      (error: unknown) => {
        const { code, message } = error as { code?: string; message?: string };
        const body = code === undefined ? { code: 'ERR_INTERNAL' } : { code, message };
        const status = code === undefined ? 500 : code === 'ERR_NOT_FOUND' ? 404 : 400;
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      },
    );
  });
}

async function answer(ledger: Ledger, request: IncomingMessage): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (request.method === 'POST' && url.pathname === '/statements') {
    const { entry, repeated, findings } = await ledger.append(await bodyOf(request));
    return { entry, repeated, findings };
  }
  if (request.method === 'GET' && url.pathname === '/check') {
    const { word, what, remedy, checks } = await ledger.check(url.searchParams.get('code') ?? '');
    return { word, what, remedy, checks };
  }
  throw Object.assign(new Error('no such resource'), { code: 'ERR_NOT_FOUND' });
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > STATEMENT_BYTES_MAX)
      throw Object.assign(new Error('body too large'), { code: 'ERR_DECODE_LIMIT' });
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [path = 'service.db', port = '8080'] = process.argv.slice(2);
  const ledger = await openLedger(path);
  serve(ledger).listen(Number(port), () => console.log(`ledger ${path} on http://localhost:${port}`));
}
