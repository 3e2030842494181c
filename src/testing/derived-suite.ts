// Browser-safe.
/**
 * Conformance of derived data: counting, scanning, and rebuilding in one atomic step.
 *
 * Reads  harness.ts, sample-log.ts.   Used by  store-conformance.ts.
 * @module
 */
import { REBUILDS_FLAG, type DerivedBlock, type LogStore, type Posting } from '../log/index.ts';
import { collect, rejection } from './harness.ts';
import type { Suite } from './harness.ts';
import { sampleCommit } from './sample-log.ts';

/** Tests of countDerived, scanPostings and rebuildDerived. */
export function derivedSuite(suite: Suite): void {
  suite.describe('LogStore, derived data', () => {
    scanning(suite);
    rebuilding(suite);
    refusals(suite);
  });
}

const spell = (postings: readonly Posting[]): string[] =>
  postings.map(({ subject, entry, count }) => `${subject} ${entry} ${count}`).sort();

/** Node hashes and postings of a size-5 log that no honest log has: easy to recognise. */
const NODES = Array.from({ length: 8 }, (_, i) => new Uint8Array(32).fill(200 + i));
const POSTINGS: readonly Posting[] = [
  { subject: 'rebuilt', entry: 4, count: 2 },
  { subject: 'rebuilt', entry: 0, count: -1 },
  { subject: 'other', entry: 0, count: 1 },
];

async function storeOfFive(open: () => Promise<LogStore>): Promise<LogStore> {
  const store = await open();
  await store.commit(sampleCommit(undefined, 5).commit);
  return store;
}

function scanning({ test, expect }: Suite): void {
  test('counts and scans every posting once', async (open) => {
    const store = await open();
    const first = sampleCommit(undefined, 3000);
    const second = sampleCommit(first.head, 10);
    await store.commit(first.commit);
    await store.commit(second.commit);
    const expected = [...first.commit.postings, ...second.commit.postings];
    const nodes = first.commit.nodes.length + second.commit.nodes.length;
    expect(await store.countDerived()).toEqual({ nodes, postings: expected.length });
    expect(spell(await collect(store.scanPostings()))).toEqual(spell(expected));
  });

  test('may be left in the middle of a scan', async (open) => {
    const store = await storeOfFive(open);
    for await (const posting of store.scanPostings()) {
      expect(posting.count).toBe(1);
      break;
    }
    expect(await store.commit(sampleCommit(await store.readHead(), 1).commit)).toBe(true);
  });
}

function rebuilding({ test, expect }: Suite): void {
  test('replaces all nodes and postings, and nothing else', async (open) => {
    const store = await storeOfFive(open);
    const head = await store.readHead();
    const blocks = [
      { nodes: NODES.slice(0, 3), postings: POSTINGS.slice(0, 1) },
      { nodes: [], postings: [] },
      { nodes: NODES.slice(3), postings: POSTINGS.slice(1) },
    ];
    expect(await store.rebuildDerived(blocks, 5)).toBe(true);
    expect(await store.readNodes(NODES.map((_, i) => i))).toEqual(NODES);
    expect(spell(await collect(store.scanPostings()))).toEqual(spell(POSTINGS));
    expect((await store.readPostings('rebuilt', 5)).map(({ entry }) => entry)).toEqual([0, 4]);
    expect(await store.readPostings('all', 5)).toEqual([]);
    expect(await store.countDerived()).toEqual({ nodes: 8, postings: 3 });
    expect(await store.readHead()).toEqual(head);
    expect(await store.commit(sampleCommit(head, 2).commit)).toBe(true);
  });

  test('shows the old data until the rebuild is done, also to its own source', async (open) => {
    const store = await storeOfFive(open);
    const other = await open();
    const before = await other.readPostings('all', 5);
    async function* blocks(): AsyncIterable<DerivedBlock> {
      for (const [i, node] of NODES.entries()) {
        expect(await store.readPostings('all', 5)).toEqual(before);
        expect(await other.readPostings('all', 5)).toEqual(before);
        expect((await store.readEntries(0, 5)).length).toBe(5);
        yield { nodes: [node], postings: POSTINGS.slice(i, i + 1) };
      }
    }
    expect(await store.rebuildDerived(blocks(), 5)).toBe(true);
    expect(await other.readPostings('all', 5)).toEqual([]);
    expect(await other.countDerived()).toEqual({ nodes: 8, postings: 3 });
  });

  test('counts what was made anew where every handle sees it, and only that', async (open) => {
    const store = await storeOfFive(open);
    const other = await open();
    expect(await other.readFlag(REBUILDS_FLAG)).toBe(undefined);
    expect(await store.rebuildDerived([{ nodes: NODES, postings: [] }], 4)).toBe(false);
    expect(await other.readFlag(REBUILDS_FLAG)).toBe(undefined);
    for (const count of ['1', '2']) {
      expect(await store.rebuildDerived([{ nodes: NODES, postings: POSTINGS }], 5)).toBe(true);
      expect(await other.readFlag(REBUILDS_FLAG)).toBe(count);
      expect(await store.readFlag(REBUILDS_FLAG)).toBe(count);
    }
  });

  test('rebuilds the derived data of an empty log', async (open) => {
    const store = await open();
    expect(await store.rebuildDerived([], 0)).toBe(true);
    expect(await store.countDerived()).toEqual({ nodes: 0, postings: 0 });
  });
}

function refusals({ test, expect }: Suite): void {
  test('answers false and changes nothing when the head has moved', async (open) => {
    const store = await storeOfFive(open);
    expect(await store.rebuildDerived([{ nodes: NODES, postings: [] }], 4)).toBe(false);
    expect((await store.readPostings('all', 5)).length).toBe(5);
  });

  test('changes nothing when the handle is closed before the rebuild is done', async (open) => {
    const store = await storeOfFive(open);
    const other = await open();
    async function* closing(): AsyncIterable<DerivedBlock> {
      yield { nodes: NODES, postings: POSTINGS };
      await store.close();
    }
    expect(await rejection(store.rebuildDerived(closing(), 5))).toBe('ERR_STORE_CLOSED');
    expect((await other.readPostings('all', 5)).length).toBe(5);
  });

  test('changes nothing when the source fails or is wrong', async (open) => {
    const store = await storeOfFive(open);
    const before = await store.countDerived();
    const nodes = await store.readNodes([0, 1, 2]);
    async function* failing(): AsyncIterable<DerivedBlock> {
      yield { nodes: NODES, postings: POSTINGS };
      throw new RangeError('the source broke');
    }
    expect(await rejection(store.rebuildDerived(failing(), 5))).toBe('RangeError');
    const wrong: DerivedBlock[][] = [
      [],
      [{ nodes: NODES.slice(1), postings: [] }],
      [{ nodes: [...NODES, NODES[0]!], postings: [] }],
      [{ nodes: [new Uint8Array(33), ...NODES.slice(1)], postings: [] }],
      [{ nodes: NODES, postings: [{ subject: 's', entry: 5, count: 1 }] }],
      [
        { nodes: NODES, postings: [{ subject: 's', entry: 1, count: 1 }] },
        { nodes: [], postings: [{ subject: 's', entry: 1, count: 1 }] },
      ],
    ];
    for (const blocks of wrong) {
      expect(await rejection(store.rebuildDerived(blocks, 5))).toBe('ERR_OUT_OF_RANGE');
    }
    expect(await store.countDerived()).toEqual(before);
    expect(await store.readNodes([0, 1, 2])).toEqual(nodes);
    expect(await store.commit(sampleCommit(await store.readHead(), 1).commit)).toBe(true);
  });
}
