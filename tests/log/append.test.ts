// Goal: prepareCommit() makes the one right commit, and signs nothing on top of a head that contradicts itself.
// Method: small logs cut into commits in every way, re-verified with the reference tree; a table of damaged heads.
import { describe, expect, it } from 'vitest';
import { createSigner } from '../../src/crypto/index.ts';
import { errorCode } from '../../src/errors.ts';
import { decodeEntry, prepareCommit, readVerifiedHead } from '../../src/log/index.ts';
import type { CommitOptions, LogStore, NewStatement, Posting, StoredHead } from '../../src/log/index.ts';
import { hashNode } from '../../src/merkle/index.ts';
import { signCheckpoint } from '../../src/note/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import {
  SAMPLE_ORIGIN,
  SAMPLE_SIGNER,
  rejection,
  sampleCommit,
  sampleStatement,
  sampleStatements,
} from '../../src/testing/index.ts';
import { spellPosting, verifyLog } from '../support/verify-log.ts';

const options: CommitOptions = { recordTimeMs: 1000, origin: SAMPLE_ORIGIN, signer: SAMPLE_SIGNER };
const owner = { origin: SAMPLE_ORIGIN, signer: SAMPLE_SIGNER };

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'returned';
  } catch (error) {
    return errorCode(error) ?? 'no code';
  }
}

async function logOf(...counts: number[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const count of counts) await store.commit(sampleCommit(await store.readHead(), count).commit);
  return store;
}

describe('prepareCommit()', () => {
  it('makes logs whose chain, tree, nodes and checkpoints hold, however they are cut into commits', async () => {
    for (let size = 1; size <= 20; size++) {
      for (let first = 1; first <= size; first++) {
        const store = first === size ? await logOf(size) : await logOf(first, size - first);
        const content = await verifyLog(store);
        expect(content.statements).toEqual(
          sampleStatements(0, size).map(({ bytes }) => new TextDecoder().decode(bytes)),
        );
      }
    }
    await verifyLog(await logOf(...Array.from({ length: 70 }, () => 1)));
  });

  it('gives consecutive indexes and collects the postings of each statement at its index', async () => {
    const first = sampleCommit(undefined, 3);
    const { indexes, commit } = sampleCommit(first.head, 2);
    expect(indexes).toEqual([3, 4]);
    expect(commit.expectedSize).toBe(3);
    expect(commit.postings.map(spellPosting)).toEqual(['all 3 1', 'mod/0 3 1', 'all 4 1', 'mod/1 4 1']);
  });

  it('never lets the record time decrease', () => {
    const first = prepareCommit(undefined, sampleStatements(0, 1), { ...options, recordTimeMs: 5000 });
    const earlier = prepareCommit(first.head, sampleStatements(1, 2), { ...options, recordTimeMs: 4000 });
    const later = prepareCommit(earlier.head, sampleStatements(3, 1), { ...options, recordTimeMs: 6000 });
    const times = [...earlier.commit.entries, ...later.commit.entries].map(
      (e) => decodeEntry(e).recordTimeMs,
    );
    expect(times).toEqual([5000, 5000, 6000]);
    expect(later.head.recordTimeMs).toBe(6000);
  });

  it('does not change or keep the head it is given', () => {
    const { head } = sampleCommit(undefined, 3);
    const before = structuredClone(head);
    const next = sampleCommit(head, 2);
    expect(head).toEqual(before);
    next.head.range[0]!.fill(0);
    expect(head).toEqual(before);
  });

  it('gives the same commit for the same input, whether or not it has seen the head before', () => {
    const { head } = sampleCommit(undefined, 3);
    const again = { name: SAMPLE_ORIGIN, signer: createSigner(new Uint8Array(32).fill(7)) };
    const one = prepareCommit(head, sampleStatements(3, 2), options);
    const other = prepareCommit(head, sampleStatements(3, 2), { ...options, signer: again });
    expect(other).toEqual(one);
  });

  it('refuses statements and postings of the wrong shape', () => {
    const { bytes } = sampleStatement('x');
    const posting: Posting = { subject: 's', entry: 0, count: 1 };
    const wrong: [string, unknown, string][] = [
      ['none', [], 'ERR_OUT_OF_RANGE'],
      ['no array', 'x', 'ERR_INVALID_ARG_TYPE'],
      ['empty', [{ bytes: new Uint8Array(0), postings: () => [] }], 'ERR_OUT_OF_RANGE'],
      ['too large', [{ bytes: new Uint8Array(65_494), postings: () => [] }], 'ERR_OUT_OF_RANGE'],
      ['no bytes', [{ bytes: 'x', postings: () => [] }], 'ERR_INVALID_ARG_TYPE'],
      ['no postings', [{ bytes }], 'ERR_INVALID_ARG_TYPE'],
      ['a posting elsewhere', [{ bytes, postings: () => [{ ...posting, entry: 1 }] }], 'ERR_OUT_OF_RANGE'],
      ['a subject twice', [{ bytes, postings: () => [posting, posting] }], 'ERR_OUT_OF_RANGE'],
    ];
    for (const [name, statements, code] of wrong) {
      const got = codeOf(() => prepareCommit(undefined, statements as NewStatement[], options));
      expect(`${name}: ${got}`).toBe(`${name}: ${code}`);
    }
  });

  it('refuses misspelt options, wrong times and an origin that is not the signer', () => {
    const wrong: object[] = [
      { ...options, recordTime: 1 },
      { ...options, recordTimeMs: -1 },
      { ...options, origin: 'log.example/other' },
    ];
    for (const each of wrong) {
      expect(codeOf(() => prepareCommit(undefined, sampleStatements(0, 1), each as CommitOptions))).toBe(
        'ERR_OUT_OF_RANGE',
      );
    }
  });

  it('refuses a head that contradicts itself or belongs to another log', () => {
    const { head } = sampleCommit(undefined, 5);
    const [left, right] = head.range as [Uint8Array, Uint8Array];
    const otherKey = { name: SAMPLE_ORIGIN, signer: createSigner(new Uint8Array(32).fill(8)) };
    const otherOrigin = { name: 'log.example/other', signer: SAMPLE_SIGNER.signer };
    const root = hashNode(left, right);
    const damages: [string, Partial<StoredHead>][] = [
      ['a range hash too few', { range: [left] }],
      ['a range hash too many', { range: [left, right, right] }],
      ['range hashes swapped', { range: [right, left] }],
      ['a larger size with the same number of subtrees', { size: 6 }],
      ['a bit of the range flipped', { range: [left.map((byte, i) => (i === 9 ? byte ^ 4 : byte)), right] }],
      ['a short range hash', { range: [left.slice(1), right] }],
      ["another size's checkpoint", { checkpoint: sampleCommit(undefined, 6).head.checkpoint }],
      [
        'a checkpoint of another key',
        { checkpoint: signCheckpoint({ origin: SAMPLE_ORIGIN, size: 5, root }, otherKey) },
      ],
      [
        'a checkpoint of another origin',
        { checkpoint: signCheckpoint({ origin: otherOrigin.name, size: 5, root }, otherOrigin) },
      ],
      [
        'an unsigned checkpoint',
        { checkpoint: head.checkpoint.slice(0, head.checkpoint.indexOf('\n\n') + 1) },
      ],
      ['no checkpoint', { checkpoint: '' }],
      ['a short leaf hash', { leafHash: new Uint8Array(31) }],
      ['a negative time', { recordTimeMs: -1 }],
    ];
    for (const [name, damage] of damages) {
      const got = codeOf(() => prepareCommit({ ...head, ...damage }, sampleStatements(5, 1), options));
      expect(`${name}: ${got}`).toBe(`${name}: ERR_STORE_CORRUPT`);
    }
    expect(codeOf(() => prepareCommit(head, sampleStatements(5, 1), options))).toBe('returned');
  });
});

describe('readVerifiedHead()', () => {
  /** A store that answers as `inner` but for what `changes` says. */
  const altered = (inner: LogStore, changes: Partial<LogStore>): LogStore => {
    const target: LogStore = {
      readHead: () => inner.readHead(),
      readEntries: (first, end) => inner.readEntries(first, end),
      readEntriesAt: (indexes) => inner.readEntriesAt(indexes),
      readNodes: (indexes) => inner.readNodes(indexes),
      readPostings: (subject, size) => inner.readPostings(subject, size),
      countDerived: () => inner.countDerived(),
      scanPostings: () => inner.scanPostings(),
      commit: (commit) => inner.commit(commit),
      rebuildDerived: (derived, size) => inner.rebuildDerived(derived, size),
      readFlag: (name) => inner.readFlag(name),
      writeFlag: (name, value) => inner.writeFlag(name, value),
      close: () => inner.close(),
    };
    return { ...target, ...changes };
  };

  it('gives the head of a sound log and undefined for an empty one', async () => {
    const store = await logOf(2, 3);
    expect(await readVerifiedHead(store, owner)).toEqual(await store.readHead());
    expect(await readVerifiedHead(new MemoryStore(), owner)).toBe(undefined);
  });

  it('refuses a head whose last entry is missing, another, or of another time', async () => {
    const store = await logOf(3);
    const other = await logOf(4);
    const head = (await store.readHead())!;
    const damages: Partial<LogStore>[] = [
      { readEntriesAt: async () => [undefined] },
      { readEntriesAt: () => other.readEntriesAt([3]) },
      { readHead: async () => ({ ...head, leafHash: new Uint8Array(32) }) },
      { readHead: async () => ({ ...head, recordTimeMs: head.recordTimeMs + 1 }) },
      { readHead: async () => undefined },
    ];
    for (const damage of damages) {
      expect(await rejection(readVerifiedHead(altered(store, damage), owner))).toBe('ERR_STORE_CORRUPT');
    }
  });

  it('takes a first commit that happens between its two reads for what it is', async () => {
    const store = await logOf(1);
    let reads = 0;
    const racing = altered(store, { readHead: async () => (reads++ === 0 ? undefined : store.readHead()) });
    expect((await readVerifiedHead(racing, owner))?.size).toBe(1);
  });
});
