// Goal: a tree of the entries themselves holds exactly the entries it was made of, whole blocks and what is left over alike.
// Method: trees of every size up to 70, grown in two steps, with so few blocks that they are joined again and again; one bit changed
//         in what is asked for, or in what is stored.
import { describe, expect, it } from 'vitest';
import { OwnTree } from '../../src/ledger/own-tree.ts';
import type { LogStore } from '../../src/log/index.ts';
import { emptyRange, hashLeaf, RangeBuilder } from '../../src/merkle/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { sampleCommit } from '../../src/testing/index.ts';

const SIZE_MAX = 70;
const BLOCKS_MAX = 4;

async function sampleLog(): Promise<{ store: LogStore; entries: readonly Uint8Array[] }> {
  const store = new MemoryStore();
  const { commit } = sampleCommit(undefined, SIZE_MAX);
  await store.commit(commit);
  return { store, entries: commit.entries };
}

function rootOf(entries: readonly Uint8Array[]): Uint8Array {
  const builder = new RangeBuilder(emptyRange());
  for (const bytes of entries) builder.append(hashLeaf(bytes));
  return builder.root();
}

/** The store with one bit of one entry changed. */
function changed(store: LogStore, index: number): LogStore {
  const readEntries = async (first: number, end: number) =>
    (await store.readEntries(first, end)).map((entry) => {
      if (entry.index !== index) return entry;
      const bytes = entry.bytes.slice();
      bytes[50]! ^= 4;
      return { index, bytes };
    });
  return new Proxy(store, {
    get(target, name) {
      if (name === 'readEntries') return readEntries;
      const value = target[name as keyof LogStore] as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('OwnTree', () => {
  it('holds every entry of every size, and no other', async () => {
    const { store, entries } = await sampleLog();
    for (let size = 1; size <= SIZE_MAX; size++) {
      const tree = new OwnTree(store, BLOCKS_MAX);
      const part = Math.floor(size / 3);
      if (part > 0) expect(await tree.extend(part, rootOf(entries.slice(0, part)))).toBe(true);
      expect(await tree.extend(size, rootOf(entries.slice(0, size)))).toBe(true);
      for (let index = 0; index < size; index++) {
        expect(await tree.holds(index, hashLeaf(entries[index]!))).toBe(true);
        expect(await tree.holds(index, hashLeaf(entries[(index + 1) % SIZE_MAX]!))).toBe(false);
      }
    }
  });

  it('is of no use where the entries do not give the root', async () => {
    const { store, entries } = await sampleLog();
    const tree = new OwnTree(changed(store, 33), BLOCKS_MAX);
    expect(await tree.extend(33, rootOf(entries.slice(0, 33)))).toBe(true);
    expect(await tree.extend(SIZE_MAX, rootOf(entries))).toBe(false);
    expect(await new OwnTree(store).extend(SIZE_MAX + 1, rootOf(entries))).toBe(false);
  });

  it('holds no entry of a block in which one was changed since, itself or its neighbour', async () => {
    const { store, entries } = await sampleLog();
    let lie = -1;
    const told = new Proxy(store, {
      get(target, name) {
        if (name === 'readEntries') return changed(target, lie).readEntries;
        const value = target[name as keyof LogStore] as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const tree = new OwnTree(told, BLOCKS_MAX);
    expect(await tree.extend(SIZE_MAX, rootOf(entries))).toBe(true);
    for (let index = 0; index < SIZE_MAX; index++) {
      lie = index;
      expect(await tree.holds(index, hashLeaf(entries[index]!))).toBe(false);
      const [read] = await changed(store, index).readEntries(index, index + 1);
      expect(await tree.holds(index, hashLeaf(read!.bytes))).toBe(false);
    }
  });
});
