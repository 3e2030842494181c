// Goal: the keys that all threads are told of are those that the first statements enrol, whatever else stands among them.
// Method: a random world's entries, whole, shortened and with bytes changed.
import { describe, expect, it } from 'vitest';
import { runOf } from '../../src/audit/blocks.ts';
import { keysIn, keysNamed } from '../../src/audit/named-keys.ts';
import { toHex } from '../../src/bytes/index.ts';
import { decodeEntry, type StoredEntry } from '../../src/log/index.ts';
import { openStatement } from '../../src/statement/index.ts';
import { randomWorld } from '../ledger/random-world.ts';

async function entriesOf(seed: number): Promise<readonly StoredEntry[]> {
  const world = await randomWorld(seed, 5);
  await world.record();
  return world.store.readEntries(0, 1000);
}

function expected(entries: readonly StoredEntry[]): string[] {
  return entries.flatMap(({ bytes }) =>
    keysNamed(openStatement(decodeEntry(bytes).statement).statement).map(toHex),
  );
}

describe('keysIn()', () => {
  it('finds the keys that statements enrol, in the entries asked for', async () => {
    const entries = await entriesOf(1);
    const all = expected(entries);
    expect(all.length).toBeGreaterThan(3);
    expect(keysIn(runOf(0, entries)!, entries.length).map(toHex)).toEqual(all);
    for (const count of [0, 1, 5]) {
      expect(keysIn(runOf(0, entries)!, count).map(toHex)).toEqual(expected(entries.slice(0, count)));
    }
  });

  it('passes over what is no entry, and what holds no statement', async () => {
    const entries = await entriesOf(2);
    const damaged = entries.map(({ index, bytes }, i) => {
      if (i % 3 === 1) return { index, bytes: bytes.subarray(0, i % 2 === 0 ? 20 : 60) };
      return { index, bytes };
    });
    const left = entries.filter((_, i) => i % 3 !== 1);
    expect(keysIn(runOf(0, damaged)!, entries.length).map(toHex)).toEqual(expected(left));
  });
});
