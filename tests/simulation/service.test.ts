// Goal: the example service opens a ledger, appends and checks, and begins nothing twice.
// Method: the real HTTP server on a free port, over a ledger in a temporary folder, closed and opened again.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { partyId } from 'countermark/gs1';
import { nativeSigner } from 'countermark/node';
import { signStatement } from 'countermark/statement';
import { openLedger, serve } from '../../examples/service.ts';

const folder = mkdtempSync(join(tmpdir(), 'countermark-service-'));
const path = join(folder, 'service.db');
const operator = partyId('9520000000028');
const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<string> {
  const ledger = await openLedger(path);
  const server = serve(ledger);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = async (): Promise<void> => {
    await new Promise((resolve) => server.close(resolve));
    await ledger.close();
  };
  closers.push(stop);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the example service', () => {
  it('takes a signed statement, refuses a broken one, and answers a check', async () => {
    const url = await start();
    const body = signStatement({
      kind: 'party',
      payload: { id: partyId('9520000000011'), name: 'A Distributor', roles: ['distributor'] },
      issuer: operator,
      audience: 'service.countermark.example/log',
      sequence: 1,
      signer: nativeSigner(readFileSync(`${path}.keys`).subarray(32)),
    });
    const post = (bytes: Uint8Array): Promise<Response> =>
      fetch(`${url}/statements`, { method: 'POST', body: Buffer.from(bytes) });
    expect(await (await post(body)).json()).toMatchObject({ entry: 1, repeated: false });
    expect(await (await post(body)).json()).toMatchObject({ entry: 1, repeated: true });
    const broken = body.slice();
    broken[broken.length - 1]! ^= 1;
    const refused = await post(broken);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ code: 'ERR_SIGNATURE' });
    const verdict: unknown = await (await fetch(`${url}/check?code=nonsense`)).json();
    expect(verdict).toMatchObject({ word: 'notice' });
    await closers.pop()!();
    const again = await start();
    expect(await (await fetch(`${again}/check?code=nonsense`)).json()).toEqual(verdict);
  });
});
