/**
 * `audit.full`: entries audited a second, against verifying the same signatures and nothing else.
 *
 * Reads  the package by its name, node:crypto.   Used by  suite.ts.
 * Method a ledger of a scan and half a use a unit, and all that went before; opened anew each round. The audit checks leaves,
 *        chain, tree, signatures, authority, every unit's history, and the derived data.
 * @module
 */
import * as crypto from 'node:crypto';
import { Ledger } from 'countermark';
import { decodeEntry } from 'countermark/log';
import { readEnvelope } from 'countermark/statement';
import { SqliteStore } from 'countermark/store/sqlite';
import type { Benchmark } from './context.ts';
import { keyObjectOf } from './lib/keys.ts';
import { compare, interleave } from './lib/rounds.ts';
import type { World } from './lib/world.ts';
import { keyId } from 'countermark/crypto';

export const auditBenchmark: Benchmark = {
  names: ['audit.full'],
  async run(context) {
    const { world, path } = await context.usedLedger();
    const signatures = await readSignatures(world, path);
    const [ours, bare] = await interleave(
      [
        { name: 'countermark', run: () => audit(world, path) },
        { name: 'node:crypto', run: () => verifyAll(signatures) },
      ],
      context.size,
      context.progress(`audit.full of ${signatures.length} entries`),
    );
    const what = {
      name: 'audit.full',
      unit: 'entries/s',
      baseline: 'node:crypto verify of the same signatures, cached KeyObject',
    };
    return [compare(what, ours!, bare!)];
  },
};

async function audit({ logKey }: World, path: string): Promise<number> {
  const store = await SqliteStore.open(path, { readonly: true });
  const ledger = await Ledger.open({ store, logKey });
  try {
    const startedMs = performance.now();
    const { ok, size } = await ledger.audit();
    const elapsedMs = performance.now() - startedMs;
    if (!ok) throw new Error('the audit of the benchmark failed');
    return (size / elapsedMs) * 1000;
  } finally {
    await ledger.close();
  }
}

interface Signed {
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
  readonly keyObject: crypto.KeyObject;
}

function verifyAll(signatures: readonly Signed[]): number {
  const startedMs = performance.now();
  for (const { toBeSigned, signature, keyObject } of signatures) {
    if (!crypto.verify(null, toBeSigned, keyObject, signature))
      throw new Error('node:crypto refused a signature');
  }
  return (signatures.length / (performance.now() - startedMs)) * 1000;
}

/** What the statements of the log were signed over, with their keys. */
async function readSignatures(world: World, path: string): Promise<Signed[]> {
  const { operator, regulator, makers, distributors, clinics } = world;
  const keys = new Map(
    [operator, regulator, ...makers, ...distributors, ...clinics].map(({ signer }) => [
      Buffer.from(keyId(signer.publicKey)).toString('hex'),
      keyObjectOf(signer.publicKey),
    ]),
  );
  const store = await SqliteStore.open(path, { readonly: true });
  const signatures: Signed[] = [];
  try {
    const size = (await store.readHead())!.size;
    while (signatures.length < size) {
      for (const { bytes } of await store.readEntries(signatures.length, size)) {
        const { kid, toBeSigned, signature } = readEnvelope(decodeEntry(bytes).statement);
        signatures.push({ toBeSigned, signature, keyObject: keys.get(Buffer.from(kid).toString('hex'))! });
      }
    }
    return signatures;
  } finally {
    await store.close();
  }
}
