// Goal: a table of nodes answers as a Map would, however many are added, forgotten and added again; the memory gives what was added or nothing.
// Method: random nodes of all levels against a Map; nodes made to share a place.
import { describe, expect, it } from 'vitest';
import { NodeMemory, NodeTable } from '../../src/ledger/node-memory.ts';
import { storedIndex } from '../../src/merkle/index.ts';
import { seededBelow } from './random-world.ts';

const hashOf = (n: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => (n * 31 + i * 7) & 255);

describe('NodeTable', () => {
  it('loses nothing, and gives nothing it was not given', () => {
    const below = seededBelow(5);
    const table = new NodeTable();
    for (const count of [10, 3000, 400]) {
      const nodes = new Map<number, Uint8Array>();
      for (let i = 0; i < count; i++) {
        const level = below(20);
        const stored = storedIndex(level, below(2 ** 30 / 2 ** level));
        const hash = hashOf(below(256));
        table.add(stored, hash);
        nodes.set(stored, hash);
      }
      expect(table.size).toBe(nodes.size);
      for (const [stored, hash] of nodes) {
        expect([table.has(stored), table.holds(stored, hash), table.get(stored)]).toEqual([true, true, hash]);
        expect(table.holds(stored, hashOf(hash[0]! + 1))).toBe(false);
        if (!nodes.has(stored + 1)) {
          expect([table.has(stored + 1), table.get(stored + 1)]).toEqual([false, undefined]);
          expect(table.holds(stored + 1, hash)).toBe(false);
        }
      }
      table.clear();
      expect([table.size, ...[...nodes.keys()].map((stored) => table.has(stored))].some(Boolean)).toBe(false);
    }
  });

  it('keeps copies, and hands out copies', () => {
    const table = new NodeTable();
    const hash = hashOf(1);
    table.add(7, hash);
    hash.fill(0);
    table.get(7)!.fill(0);
    expect(table.get(7)).toEqual(hashOf(1));
    table.add(7, hashOf(2));
    expect([table.size, table.get(7)]).toEqual([1, hashOf(2)]);
  });
});

describe('NodeMemory', () => {
  it('gives a place to nodes of the same level or above, never to one below', () => {
    const memory = new NodeMemory();
    const [first, second] = sharingOnePlace(memory);
    memory.add(4, first, hashOf(1));
    memory.add(3, second, hashOf(2));
    expect([memory.get(first), memory.get(second)]).toEqual([hashOf(1), undefined]);
    memory.add(4, second, hashOf(2));
    expect([memory.has(first), memory.get(first), memory.get(second)]).toEqual([false, undefined, hashOf(2)]);
  });
});

/** Two nodes of which one takes the other's place. */
function sharingOnePlace(memory: NodeMemory): readonly [number, number] {
  memory.add(0, 1, hashOf(0));
  for (let stored = 2; ; stored++) {
    memory.add(0, stored, hashOf(0));
    if (!memory.has(1)) return [1, stored];
  }
}
