/**
 * What the baselines of audits and appends take from a log: its statements, their payloads, and their signatures.
 *
 * Reads  the package by its name.   Used by  the benchmarks of audits and appends.
 * @module
 */
import type { KeyObject } from 'node:crypto';
import { decodeEntry, READ_ENTRIES_MAX } from '../../dist/log/index.js';
import { keyId } from '../../dist/crypto/index.js';
import { readEnvelope } from '../../dist/statement/index.js';
import { SqliteStore } from '../../dist/store/sqlite/index.js';
import type { Cast } from './cast.ts';
import { keyObjectOf } from './keys.ts';

/** What one signature of a log is over, with the key that made it. */
export interface Signed {
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
  readonly keyObject: KeyObject;
}

/** Statements [first, end) of a log. */
export async function readStatements(path: string, first: number, end: number): Promise<Uint8Array[]> {
  const store = await SqliteStore.open(path, { readonly: true });
  try {
    const statements: Uint8Array[] = [];
    while (first + statements.length < end) {
      const block = await store.readEntries(first + statements.length, end);
      if (block.length === 0) throw new Error('the log of the benchmark is too short');
      for (const { bytes } of block) statements.push(decodeEntry(bytes).statement);
    }
    return statements;
  } finally {
    await store.close();
  }
}

/** Statements at these entries of a log, in the order asked. */
export async function readStatementsAt(path: string, entries: readonly number[]): Promise<Uint8Array[]> {
  const store = await SqliteStore.open(path, { readonly: true });
  try {
    const statements: Uint8Array[] = [];
    for (let first = 0; first < entries.length; first += READ_ENTRIES_MAX) {
      for (const bytes of await store.readEntriesAt(entries.slice(first, first + READ_ENTRIES_MAX))) {
        statements.push(decodeEntry(bytes!).statement);
      }
    }
    return statements;
  } finally {
    await store.close();
  }
}

/** Payloads of the statements of events among them. */
export function payloadsOf(statements: readonly Uint8Array[]): Uint8Array[] {
  return statements
    .map((statement) => readEnvelope(statement))
    .filter(({ kind }) => kind === 'events')
    .map(({ payloadBytes }) => payloadBytes);
}

/** `count` signatures from all over a log of `size` entries. */
export async function sampleSignatures(
  cast: Cast,
  path: string,
  size: number,
  count: number,
): Promise<Signed[]> {
  const { operator, regulator, traders } = cast;
  const keys = new Map(
    [operator, regulator, ...traders].map(({ signer: { publicKey } }) => [
      Buffer.from(keyId(publicKey)).toString('hex'),
      keyObjectOf(publicKey),
    ]),
  );
  const wanted = Math.min(count, size);
  const entries = Array.from({ length: wanted }, (_, i) => Math.floor((i * size) / wanted));
  return (await readStatementsAt(path, entries)).map((statement) => {
    const { kid, toBeSigned, signature } = readEnvelope(statement);
    return { toBeSigned, signature, keyObject: keys.get(Buffer.from(kid).toString('hex'))! };
  });
}
