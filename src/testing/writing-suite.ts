// Browser-safe.
/**
 * Conformance of writing: all or nothing, compare-and-swap, visibility to other handles, refusal of misshapen commits.
 *
 * Reads  harness.ts, sample-log.ts.   Used by  store-conformance.ts.
 * @module
 */
import { readTogether } from '../log/index.ts';
import type { Commit, LogStore, Posting } from '../log/index.ts';
import { rejection } from './harness.ts';
import type { Suite } from './harness.ts';
import { sampleCommit, sampleStatement } from './sample-log.ts';

/** Tests of commits and flags. */
export function writingSuite(suite: Suite): void {
  suite.describe('LogStore, writing', () => {
    commits(suite);
    compareAndSwap(suite);
    visibility(suite);
    together(suite);
    misshapen(suite);
    postings(suite);
    flags(suite);
  });
}

function commits({ test, expect }: Suite): void {
  test('keeps entries, nodes and head of one commit after the other', async (open) => {
    const store = await open();
    let head = await store.readHead();
    for (const count of [1, 1, 2, 5, 1, 30]) {
      const prepared = sampleCommit(head, count);
      expect(await store.commit(prepared.commit)).toBe(true);
      head = await store.readHead();
      expect(head).toEqual(prepared.head);
      const stored = await store.readEntries(prepared.commit.expectedSize, prepared.head.size);
      expect(stored.map(({ bytes }) => bytes)).toEqual(prepared.commit.entries);
    }
    expect(head?.size).toBe(40);
    expect((await store.countDerived()).postings).toBe(80);
  });

  test('keeps entries of every byte value and of the greatest size', async (open) => {
    const store = await open();
    const bytes = Uint8Array.from({ length: 65_493 }, (_, i) => i % 256);
    const { commit } = sampleCommit(undefined, [{ bytes, postings: () => [] }]);
    expect(await store.commit(commit)).toBe(true);
    expect(await store.readEntriesAt([0])).toEqual(commit.entries);
  });
}

function compareAndSwap({ test, expect }: Suite): void {
  test('answers false and writes nothing when the head has another size', async (open) => {
    const store = await open();
    const first = sampleCommit(undefined, 3);
    const second = sampleCommit(first.head, 2);
    expect(await store.commit(second.commit)).toBe(false);
    expect(await store.readHead()).toBe(undefined);
    expect(await store.commit(first.commit)).toBe(true);
    expect(await store.commit(first.commit)).toBe(false);
    expect(await store.commit(sampleCommit(second.head, 1).commit)).toBe(false);
    expect(await store.readHead()).toEqual(first.head);
    expect(await store.countDerived()).toEqual({ nodes: first.commit.nodes.length, postings: 6 });
    expect(await store.readEntriesAt([3])).toEqual([undefined]);
    expect(await store.commit(second.commit)).toBe(true);
  });

  test('lets exactly one of several handles win each size', async (open) => {
    const handles = await Promise.all([open(), open(), open()]);
    let head = await handles[0]!.readHead();
    for (let round = 0; round < 10; round++) {
      const rivals = handles.map((_, i) =>
        sampleCommit(head, [sampleStatement(`round ${round}, rival ${i}`)]),
      );
      const won = await Promise.all(handles.map((handle, i) => handle.commit(rivals[i]!.commit)));
      expect(won.filter((win) => win).length).toBe(1);
      head = await handles[round % 3]!.readHead();
      expect(head).toEqual(rivals[won.indexOf(true)]!.head);
    }
    expect(head?.size).toBe(10);
  });
}

function visibility({ test, expect, manifest }: Suite): void {
  test('shows a commit to every other handle as soon as its promise resolves', async (open) => {
    const writer = await open();
    const reader = await open();
    const first = sampleCommit(undefined, 4);
    await writer.commit(first.commit);
    expect(await reader.readHead()).toEqual(first.head);
    expect((await reader.readPostings('all', 4)).length).toBe(4);
    const second = sampleCommit(await reader.readHead(), 1);
    expect(await reader.commit(second.commit)).toBe(true);
    expect(await writer.readHead()).toEqual(second.head);
    expect((await writer.readEntries(4, 5)).length).toBe(1);
  });

  if (!manifest.persistent) return;
  test('keeps everything when all handles are closed', async (open) => {
    const store = await open();
    const { commit, head } = sampleCommit(undefined, 7);
    await store.commit(commit);
    await store.writeFlag('note', 'kept');
    await store.close();
    const again = await open();
    expect(await again.readHead()).toEqual(head);
    expect((await again.readEntries(0, 7)).map(({ bytes }) => bytes)).toEqual(commit.entries);
    expect(await again.readNodes(commit.nodes.map((_, i) => i))).toEqual(commit.nodes);
    expect((await again.readPostings('all', 7)).length).toBe(7);
    expect(await again.readFlag('note')).toBe('kept');
  });
}

function together({ test, expect }: Suite): void {
  test('reads together what was committed before, through this handle or another, and ends that with a commit', async (open) => {
    const store = await open();
    const other = await open();
    const sizeOf = async (): Promise<number | undefined> => (await store.readHead())?.size;
    expect(await readTogether(store, sizeOf)).toBe(undefined);
    const first = sampleCommit(undefined, 2);
    const sizes = await readTogether(store, async () => {
      await sizeOf();
      await other.commit(first.commit);
      // Whoever begins to read after a commit sees it, though others go on reading.
      const seen = [await readTogether(store, sizeOf)];
      await store.commit(sampleCommit(first.head, 3).commit);
      return [...seen, await sizeOf()];
    });
    expect(sizes).toEqual([2, 5]);
    expect(await rejection(readTogether(store, async () => other.readEntries(-1, 0)))).toBe(
      'ERR_OUT_OF_RANGE',
    );
    expect((await other.readHead())?.size).toBe(5);
    expect(await sizeOf()).toBe(5);
  });
}

function misshapen({ test, expect }: Suite): void {
  test('refuses commits of the wrong shape and writes nothing', async (open) => {
    const store = await open();
    const { commit } = sampleCommit(undefined, 3);
    const posting: Posting = { subject: 's', entry: 0, count: 1 };
    const wrong: [name: string, changes: Partial<Commit>][] = [
      ['no entries', { entries: [] }],
      ['one entry too few', { entries: commit.entries.slice(1) }],
      ['an empty entry', { entries: [new Uint8Array(0), ...commit.entries.slice(1)] }],
      ['an entry too large', { entries: [new Uint8Array(65_536), ...commit.entries.slice(1)] }],
      ['one node too few', { nodes: commit.nodes.slice(1) }],
      ['one node too many', { nodes: [...commit.nodes, new Uint8Array(32)] }],
      ['a short node', { nodes: [new Uint8Array(31), ...commit.nodes.slice(1)] }],
      ['a negative size', { expectedSize: -1 }],
      ['a head of another size', { head: { ...commit.head, size: 4 } }],
      ['a head with a short hash', { head: { ...commit.head, leafHash: new Uint8Array(31) } }],
      ['a head whose range lacks a hash', { head: { ...commit.head, range: commit.head.range.slice(1) } }],
      ['a negative record time', { head: { ...commit.head, recordTimeMs: -1 } }],
      ['a posting beyond the new entries', { postings: [{ ...posting, entry: 3 }] }],
      ['a posting twice', { postings: [posting, posting] }],
      ['a posting twice, apart', { postings: [posting, { ...posting, entry: 1 }, posting] }],
      ['a posting whose subject is too long', { postings: [{ ...posting, subject: 's'.repeat(301) }] }],
      ['a posting with half a character', { postings: [{ ...posting, subject: '\ud800' }] }],
      ['a posting with a fractional count', { postings: [{ ...posting, count: 0.5 }] }],
    ];
    for (const [name, changes] of wrong) {
      const code = await rejection(store.commit({ ...commit, ...changes }));
      expect(`${name}: ${code}`).toBe(`${name}: ERR_OUT_OF_RANGE`);
    }
    expect(await store.readHead()).toBe(undefined);
    expect(await store.countDerived()).toEqual({ nodes: 0, postings: 0 });
    expect(await store.commit(commit)).toBe(true);
  });
}

function postings({ test, expect }: Suite): void {
  test('finds the postings of exactly one subject, ascending, below a size', async (open) => {
    const store = await open();
    const subjects = ['unit', 'unit/', 'Unit', '', 'é', 'e\u0301', '药', '💉', 'x'.repeat(300), "a'b"];
    const counts = [1, -1, 0, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
    await commitWithPostings(store, subjects, counts);
    await commitWithPostings(store, subjects, counts);
    for (const subject of subjects) {
      const expected = [...counts, ...counts].map((count, entry) => ({ subject, entry, count }));
      expect(await store.readPostings(subject, 10)).toEqual(expected);
      expect(await store.readPostings(subject, 7)).toEqual(expected.slice(0, 7));
      expect(await store.readPostings(subject, 0)).toEqual([]);
      // Of entries before the first asked for, a store may give what it likes.
      const late = (await store.readPostings(subject, 9, 4)).filter(({ entry }) => entry >= 4);
      expect(late).toEqual(expected.slice(4, 9));
    }
    expect(await store.readPostings('uni', 10)).toEqual([]);
    expect(await store.readPostings('%', 10)).toEqual([]);
  });
}

async function commitWithPostings(
  store: LogStore,
  subjects: readonly string[],
  counts: readonly number[],
): Promise<void> {
  const statements = counts.map((count) => ({
    ...sampleStatement(`count ${count}`),
    postings: (entry: number): Posting[] => subjects.map((subject) => ({ subject, entry, count })),
  }));
  await store.commit(sampleCommit(await store.readHead(), statements).commit);
}

function flags({ test, expect }: Suite): void {
  test('sets, replaces and removes flags, seen by every handle', async (open) => {
    const store = await open();
    const other = await open();
    const long = '✓'.repeat(30_000);
    await store.writeFlag('one', 'first');
    await store.writeFlag('two', '');
    expect(await other.readFlag('one')).toBe('first');
    expect(await other.readFlag('two')).toBe('');
    await other.writeFlag('one', long);
    expect(await store.readFlag('one')).toBe(long);
    await store.writeFlag('one', undefined);
    await store.writeFlag('one', undefined);
    expect(await other.readFlag('one')).toBe(undefined);
    expect(await store.readHead()).toBe(undefined);
  });

  test('refuses a flag without a name or of more than 100,000 characters', async (open) => {
    const store = await open();
    expect(await rejection(store.writeFlag('', 'value'))).toBe('ERR_OUT_OF_RANGE');
    expect(await rejection(store.readFlag(''))).toBe('ERR_OUT_OF_RANGE');
    expect(await rejection(store.writeFlag('long', 'x'.repeat(100_001)))).toBe('ERR_OUT_OF_RANGE');
    expect(await store.readFlag('long')).toBe(undefined);
  });
}
