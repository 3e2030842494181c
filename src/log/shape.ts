// Browser-safe.
/**
 * The shapes every store insists on before it writes, so that all stores refuse the same mistakes in the same words.
 *
 * Reads  merkle/ for node counts, entry.ts.   Used by  store/, append.ts.
 * Never  looks into entries or hashes: whether they are right is for append.ts to ensure and for the audit to find.
 * @module
 */
import {
  TIME_MAX_MS,
  assertArray,
  assertBytes,
  assertInteger,
  assertObject,
  assertString,
} from '../bytes/index.ts';
import { argumentRangeError, argumentTypeError } from '../errors.ts';
import { STORED_SIZE_MAX, rangePositions, storedNodeCount } from '../merkle/index.ts';
import { ENTRY_BYTES_MAX } from './entry.ts';
import type { Commit, DerivedBlock, LogStore, Posting, StoredHead } from './store.ts';

/** Most characters of a posting's subject. */
export const SUBJECT_LENGTH_MAX = 300;
/** Most characters of a checkpoint note kept in a head. */
export const CHECKPOINT_LENGTH_MAX = 100_000;
/** Most characters of a flag's value. */
export const FLAG_LENGTH_MAX = 100_000;
const FLAG_NAME_LENGTH_MAX = 100;
const COMMIT_ENTRIES_MAX = 1_000_000;

const STORE_METHODS = [
  'readHead',
  'readEntries',
  'readEntriesAt',
  'readNodes',
  'readPostings',
  'countDerived',
  'scanPostings',
  'commit',
  'rebuildDerived',
  'readFlag',
  'writeFlag',
  'close',
] as const;

/** Returns `store` if it has every method of a {@link LogStore}. */
export function assertStore(title: string, store: LogStore): LogStore {
  return assertObject(title, store, STORE_METHODS);
}

/**
 * Checks that a commit is one step of a log: sizes add up, nodes are those the entries complete, postings name the
 * new entries and no pair of subject and entry twice.
 *
 * @throws {TypeError | RangeError} otherwise; nothing has been written then.
 */
export function assertCommit(commit: Commit): void {
  if (typeof commit !== 'object' || commit === null) throw argumentTypeError('commit', 'a Commit', commit);
  const { expectedSize, entries, nodes, head } = commit;
  assertInteger('expectedSize', expectedSize, 0, STORED_SIZE_MAX);
  assertArray('entries', entries, COMMIT_ENTRIES_MAX);
  if (entries.length === 0) throw argumentRangeError('entries', 'at least one entry', 'none');
  const size = expectedSize + entries.length;
  assertHead(head);
  if (head.size !== size) throw argumentRangeError('head.size', String(size), head.size);
  for (const entry of entries) {
    assertBytes('entry', entry);
    if (entry.length < 1 || entry.length > ENTRY_BYTES_MAX) {
      throw argumentRangeError('entry', `1 to ${ENTRY_BYTES_MAX} bytes`, `length=${entry.length}`);
    }
  }
  const nodeCount = storedNodeCount(size) - storedNodeCount(expectedSize);
  assertNodes(nodes);
  if (nodes.length !== nodeCount) throw argumentRangeError('nodes', `${nodeCount} nodes`, nodes.length);
  assertPostings(commit.postings, expectedSize, size);
}

/** Checks the shape of a head: sizes, hash lengths, and one range hash for each one bit of `size`. */
export function assertHead(head: StoredHead): void {
  if (typeof head !== 'object' || head === null) throw argumentTypeError('head', 'a StoredHead', head);
  assertInteger('head.size', head.size, 1, STORED_SIZE_MAX);
  assertInteger('head.recordTimeMs', head.recordTimeMs, 0, TIME_MAX_MS);
  assertBytes('head.leafHash', head.leafHash, 32);
  assertArray('head.range', head.range, 53);
  const count = rangePositions(0, head.size).length;
  if (head.range.length !== count)
    throw argumentRangeError('head.range', `${count} hashes`, head.range.length);
  for (const hash of head.range) assertBytes('head.range', hash, 32);
  assertString('head.checkpoint', head.checkpoint, CHECKPOINT_LENGTH_MAX);
}

/** Checks one block of a rebuild whose postings must name entries below `size`. */
export function assertDerivedBlock(block: DerivedBlock, size: number): void {
  if (typeof block !== 'object' || block === null) throw argumentTypeError('block', 'a DerivedBlock', block);
  assertInteger('size', size);
  assertNodes(block.nodes);
  assertPostings(block.postings, 0, size);
}

/** Checks that a finished rebuild brought exactly the nodes a tree of `size` leaves has. */
export function assertRebuiltNodeCount(nodeCount: number, size: number): void {
  const expected = storedNodeCount(size);
  if (nodeCount !== expected) throw argumentRangeError('derived', `${expected} nodes in all`, nodeCount);
}

/** The error for two postings of one subject and entry. */
export function repeatedPosting(): RangeError {
  return argumentRangeError('postings', 'a subject once for an entry', 'it twice');
}

/** Checks a flag's name and, where given, its value. */
export function assertFlag(name: string, value?: string): void {
  if (assertString('name', name, FLAG_NAME_LENGTH_MAX) === '') {
    throw argumentRangeError('name', 'at least one character', 'none');
  }
  if (value !== undefined) assertString('value', value, FLAG_LENGTH_MAX);
}

/** Checks the list of indexes a caller asks for. */
export function assertIndexes(indexes: readonly number[], max: number): void {
  assertArray('indexes', indexes, max);
  for (const index of indexes) assertInteger('index', index);
}

function assertNodes(nodes: readonly Uint8Array[]): void {
  assertArray('nodes', nodes, Number.MAX_SAFE_INTEGER);
  for (const node of nodes) assertBytes('node', node, 32);
}

/** Checks that postings name entries [first, end), and no pair of subject and entry twice. */
export function assertPostings(postings: readonly Posting[], first: number, end: number): void {
  assertArray('postings', postings, Number.MAX_SAFE_INTEGER);
  const seen = new Map<number, Set<string>>();
  let subjects = new Set<string>();
  let entry = -1;
  for (const posting of postings) {
    assertObject('posting', posting);
    if (posting.entry !== entry) {
      entry = assertInteger('posting.entry', posting.entry, first, end - 1);
      const known = seen.get(entry);
      subjects = known ?? new Set<string>();
      if (known === undefined) seen.set(entry, subjects);
    }
    const subject = assertString('posting.subject', posting.subject, SUBJECT_LENGTH_MAX);
    assertInteger('posting.count', posting.count, Number.MIN_SAFE_INTEGER);
    if (subjects.has(subject)) throw repeatedPosting();
    subjects.add(subject);
  }
}
