// Browser-safe.
/**
 * Conformance of reading: the empty log, ranges and their limits, order, absent rows, copies, closing.
 *
 * Reads  harness.ts, sample-log.ts.   Used by  store-conformance.ts.
 * @module
 */
import { concatBytes, equalBytes } from '../bytes/index.ts';
import { READ_BYTES_MAX, READ_ENTRIES_MAX } from '../log/index.ts';
import type { LogStore, StoredEntry } from '../log/index.ts';
import { storedNodeCount } from '../merkle/index.ts';
import { collect, rejection } from './harness.ts';
import type { Suite } from './harness.ts';
import { sampleCommit, sampleStatement } from './sample-log.ts';

/** Tests of every reading method. */
export function readingSuite(suite: Suite): void {
  suite.describe('LogStore, reading', () => {
    emptyLog(suite);
    ranges(suite);
    singleRows(suite);
    copies(suite);
    closing(suite);
    atOnce(suite);
  });
}

function atOnce({ test, expect }: Suite): void {
  test('says at once, where it can, what it promises', async (open) => {
    const store = await open();
    const other = await open();
    const { atOnce: reads } = store;
    if (reads === undefined) return;
    expect(reads.readHead()).toBe(undefined);
    const { commit, head } = sampleCommit(undefined, 9);
    await other.commit(commit);
    await other.writeFlag('note', 'kept');
    expect(reads.readHead()).toEqual(head);
    expect(reads.readEntriesAt([8, 0, 9])).toEqual(await store.readEntriesAt([8, 0, 9]));
    const nodes = commit.nodes.map((_, i) => i);
    expect(reads.readNodes(nodes)).toEqual(commit.nodes);
    expect(reads.readPostings('all', 7)).toEqual(await store.readPostings('all', 7));
    expect(reads.readPostings('all', 9, 4)).toEqual(await store.readPostings('all', 9, 4));
    expect(reads.readFlag('note')).toBe('kept');
    const wrong = [() => reads.readEntriesAt([-1]), () => reads.readNodes([0.5])];
    for (const read of wrong) expect(await rejection((async () => read())())).toBe('ERR_OUT_OF_RANGE');
    await store.close();
    expect(await rejection((async () => reads.readHead())())).toBe('ERR_STORE_CLOSED');
  });
}

function emptyLog({ test, expect }: Suite): void {
  test('finds nothing in an empty log', async (open) => {
    const store = await open();
    expect(await store.readHead()).toBe(undefined);
    expect(await store.readEntries(0, 10)).toEqual([]);
    expect(await store.readEntriesAt([0, 7])).toEqual([undefined, undefined]);
    expect(await store.readNodes([0])).toEqual([undefined]);
    expect(await store.readPostings('all', 10)).toEqual([]);
    expect(await store.countDerived()).toEqual({ nodes: 0, postings: 0 });
    expect(await collect(store.scanPostings())).toEqual([]);
    expect(await store.readFlag('any')).toBe(undefined);
  });
}

function ranges({ test, expect }: Suite): void {
  test('reads ranges in order, and less where less exists', async (open) => {
    const store = await open();
    const { commit } = sampleCommit(undefined, 10);
    await store.commit(commit);
    const all = commit.entries.map((bytes, index) => ({ index, bytes }));
    expect(await store.readEntries(0, 10)).toEqual(all);
    expect(await store.readEntries(3, 5)).toEqual(all.slice(3, 5));
    expect(await store.readEntries(8, 1000)).toEqual(all.slice(8));
    expect(await store.readEntries(4, 4)).toEqual([]);
    expect(await store.readEntries(10, 20)).toEqual([]);
    expect(await store.readEntries(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)).toEqual([]);
  });

  test('gives a long range in pieces of at most READ_ENTRIES_MAX entries', async (open) => {
    const store = await open();
    const count = READ_ENTRIES_MAX + 10;
    const statements = Array.from({ length: count }, (_, i) => sampleStatement(String(i)));
    const { commit } = sampleCommit(undefined, statements);
    await store.commit(commit);
    const pieces = await readInPieces(store, count);
    expect(pieces.every((piece) => piece.length <= READ_ENTRIES_MAX)).toBe(true);
    expect(pieces.flat().map(({ index }) => index)).toEqual(commit.entries.map((_, index) => index));
  });

  test('gives large entries in pieces of about READ_BYTES_MAX bytes', async (open) => {
    const store = await open();
    const statements = Array.from({ length: 140 }, (_, i) => sampleStatement(`${i} `.padEnd(65_493, 'x')));
    const { commit } = sampleCommit(undefined, statements);
    await store.commit(commit);
    const pieces = await readInPieces(store, 140);
    for (const piece of pieces) {
      const bytes = piece.reduce((sum, entry) => sum + entry.bytes.length, 0);
      expect(bytes <= READ_BYTES_MAX + 65_535).toBe(true);
    }
    expect(pieces.flat().length).toBe(140);
    expect(pieces.flat()[139]!.bytes).toEqual(commit.entries[139]);
  });

  test('refuses ranges that are none', async (open) => {
    const store = await open();
    expect(await rejection(store.readEntries(-1, 5))).toBe('ERR_OUT_OF_RANGE');
    expect(await rejection(store.readEntries(5, 4))).toBe('ERR_OUT_OF_RANGE');
    expect(await rejection(store.readEntries(0.5, 4))).toBe('ERR_OUT_OF_RANGE');
    expect(await rejection(store.readEntries(0, Number.NaN))).toBe('ERR_OUT_OF_RANGE');
  });
}

async function readInPieces(store: LogStore, size: number): Promise<(readonly StoredEntry[])[]> {
  const pieces: (readonly StoredEntry[])[] = [];
  for (let first = 0; first < size;) {
    const piece = await store.readEntries(first, size);
    if (piece.length === 0) break;
    pieces.push(piece);
    first = piece.at(-1)!.index + 1;
  }
  return pieces;
}

function singleRows({ test, expect }: Suite): void {
  test('reads entries at indexes in the order asked, undefined where there is none', async (open) => {
    const store = await open();
    const { commit } = sampleCommit(undefined, 5);
    await store.commit(commit);
    const [zero, one, , , four] = commit.entries;
    expect(await store.readEntriesAt([4, 0, 9, 0, 1])).toEqual([four, zero, undefined, zero, one]);
    expect(await store.readEntriesAt([])).toEqual([]);
    const tooMany = Array.from({ length: READ_ENTRIES_MAX + 1 }, () => 0);
    expect(await rejection(store.readEntriesAt(tooMany))).toBe('ERR_OUT_OF_RANGE');
    expect(await rejection(store.readEntriesAt([-1]))).toBe('ERR_OUT_OF_RANGE');
  });

  test('reads nodes by stored index in the order asked, undefined where there is none', async (open) => {
    const store = await open();
    const first = sampleCommit(undefined, 3);
    const second = sampleCommit(first.head, 4);
    await store.commit(first.commit);
    await store.commit(second.commit);
    const nodes = [...first.commit.nodes, ...second.commit.nodes];
    expect(nodes.length).toBe(storedNodeCount(7));
    expect(await store.readNodes(nodes.map((_, index) => index))).toEqual(nodes);
    expect(await store.readNodes([6, 0, 1000, 0])).toEqual([nodes[6], nodes[0], undefined, nodes[0]]);
    expect(await store.readNodes([3, 1000, 1001])).toEqual([nodes[3], undefined, undefined]);
    expect(await rejection(store.readNodes([1.5]))).toBe('ERR_OUT_OF_RANGE');
  });

  test('gives tree nodes that stand side by side as one run, or says that it cannot', async (open) => {
    const store = await open();
    const { commit } = sampleCommit(undefined, 7);
    await store.commit(commit);
    const count = commit.nodes.length;
    const run = await store.readNodeRun?.(1, count);
    expect(run === undefined || equalBytes(run, concatBytes(...commit.nodes.slice(1)))).toBe(true);
    expect(await store.readNodeRun?.(0, count + 1)).toBe(undefined);
  });
}

function copies({ test, expect }: Suite): void {
  test('keeps and gives copies: no caller can change the log by writing into its own bytes', async (open) => {
    const store = await open();
    const { commit, head } = sampleCommit(undefined, 3);
    const entry = commit.entries[1]!.slice();
    const node = commit.nodes[1]!.slice();
    const leafHash = head.leafHash.slice();
    await store.commit(commit);
    commit.entries[1]!.fill(0);
    commit.nodes[1]!.fill(0);
    commit.head.leafHash.fill(0);
    for (let round = 0; round < 2; round++) {
      const found = [
        (await store.readEntries(1, 2))[0]!.bytes,
        (await store.readEntriesAt([1]))[0]!,
        (await store.readNodes([1]))[0]!,
        (await store.readHead())!.leafHash,
      ];
      expect(found).toEqual([entry, entry, node, leafHash]);
      expect(found.every((bytes) => Object.getPrototypeOf(bytes) === Uint8Array.prototype)).toBe(true);
      for (const bytes of found) bytes.fill(0);
    }
  });
}

function closing({ test, expect }: Suite): void {
  test('refuses every call after close, which may be called again', async (open) => {
    const store = await open();
    const { commit } = sampleCommit(undefined, 1);
    await store.close();
    await store.close();
    const calls = [
      store.readHead(),
      store.readEntries(0, 1),
      store.readEntriesAt([0]),
      store.readNodes([0]),
      store.readPostings('all', 1),
      store.countDerived(),
      collect(store.scanPostings()),
      store.commit(commit),
      store.rebuildDerived([], 0),
      store.readFlag('any'),
      store.writeFlag('any', 'value'),
    ];
    for (const call of calls) expect(await rejection(call)).toBe('ERR_STORE_CLOSED');
  });

  test('leaves other handles open when one is closed', async (open) => {
    const one = await open();
    const other = await open();
    await one.commit(sampleCommit(undefined, 2).commit);
    await one.close();
    expect((await other.readHead())?.size).toBe(2);
  });
}
