// Browser-safe.
/**
 * Appending: from a head and new statements to the one commit a store writes whole or not at all.
 *
 * Reads  entry.ts, merkle/, note/.   Used by  committer.ts, testing/.
 * Source RFC 6962 tree; C2SP tlog-checkpoint and signed-note for the checkpoint.
 * Never  signs a checkpoint on top of a head it has not checked: a damaged head row would make the log sign two histories.
 * @module
 */
import {
  TIME_MAX_MS,
  assertArray,
  assertInteger,
  assertObject,
  assertOptions,
  assertString,
  equalBytes,
} from '../bytes/index.ts';
import { StoreError, argumentRangeError } from '../errors.ts';
import { RangeBuilder, emptyRange, fromHashes, hashLeaf, rangeRoot } from '../merkle/index.ts';
import {
  assertNoteSigner,
  formatVerifierKey,
  openCheckpoint,
  parseVerifierKey,
  signCheckpoint,
} from '../note/index.ts';
import type { Checkpoint, NoteSigner, NoteVerifier } from '../note/index.ts';
import { decodeEntry, encodeEntry } from './entry.ts';
import { assertHead, assertPostings, assertStore } from './shape.ts';
import type { Commit, LogStore, Posting, StoredHead } from './store.ts';

/** A statement on its way into the log. */
export interface NewStatement {
  /** 1 .. 65,493 bytes, opaque to the log. */
  readonly bytes: Uint8Array;
  /** What to find it by, once its entry index is known; each posting must carry that index and a subject once. */
  readonly postings: (entry: number) => readonly Posting[];
}

/** With what a commit is made. */
export interface CommitOptions {
  /** The time now, ms since 1970; the log records it, or the last entry's time if that is later. */
  readonly recordTimeMs: number;
  /** The log's origin, first line of the checkpoint; the signer's name. */
  readonly origin: string;
  readonly signer: NoteSigner;
}

/** A commit to hand to a store, and what will be true after it. */
export interface PreparedCommit {
  readonly commit: Commit;
  readonly head: StoredHead;
  /** Entry index of each statement, in order. */
  readonly indexes: readonly number[];
}

const NO_ENTRY = new Uint8Array(32);
const COMMIT_STATEMENTS_MAX = 100_000;

/** The last checkpoint a signer signed or verified here: a head with the same note needs no second verification. */
interface Known {
  readonly note: string;
  readonly checkpoint: Checkpoint;
}
const known = new WeakMap<NoteSigner, Known>();
/** Heads that were made here, and for whom: nobody changes a head, so they need no second look. */
const made = new WeakMap<StoredHead, LogOwner>();
const verifiers = new WeakMap<NoteSigner, NoteVerifier>();

/**
 * Makes the commit that appends `statements` to the log that ends in `head`. Pure but for remembering what was verified.
 *
 * Cost: two hashes a statement, one signature; one verification if the head's checkpoint is not the last one signed here.
 *
 * @param head - the store's head, undefined for an empty log. Comes from a disk: its range must fit its size, its checkpoint
 *   must be signed by `signer` for `origin`, and commit to exactly that range.
 * @param statements - at least one; they get consecutive indexes and one record time.
 * @throws {StoreError} `ERR_STORE_CORRUPT` if the head contradicts itself or is not of this origin and signer.
 * @throws {TypeError | RangeError} on a wrong statement, posting or option.
 */
export function prepareCommit(
  head: StoredHead | undefined,
  statements: readonly NewStatement[],
  options: CommitOptions,
): PreparedCommit {
  assertOptions('options', options, ['recordTimeMs', 'origin', 'signer']);
  const { origin, signer } = options;
  assertString('origin', origin, 1000);
  assertArray('statements', statements, COMMIT_STATEMENTS_MAX);
  if (statements.length === 0) throw argumentRangeError('statements', 'at least one statement', 'none');
  for (const statement of statements) assertObject('statement', statement, ['postings']);
  assertInteger('recordTimeMs', options.recordTimeMs, 0, TIME_MAX_MS);
  assertNoteSigner('signer', signer);
  if (head !== undefined) assertOwnHead(head, { origin, signer });

  const expectedSize = head?.size ?? 0;
  const recordTimeMs = Math.max(options.recordTimeMs, head?.recordTimeMs ?? 0);
  const builder = new RangeBuilder(head === undefined ? emptyRange() : fromHashes(head.size, head.range));
  const entries: Uint8Array[] = [];
  const nodes: Uint8Array[] = [];
  const postings: Posting[] = [];
  const indexes: number[] = [];
  let previous = head?.leafHash ?? NO_ENTRY;
  for (const statement of statements) {
    const index = expectedSize + entries.length;
    const entry = encodeEntry({ recordTimeMs, previous, statement: statement.bytes });
    previous = hashLeaf(entry);
    entries.push(entry);
    for (const node of builder.append(previous)) nodes.push(node);
    for (const posting of postingsOf(statement, index)) postings.push(posting);
    indexes.push(index);
  }
  const range = builder.range();
  const checkpoint: Checkpoint = { origin, size: range.end, root: rangeRoot(range) };
  const note = signCheckpoint(checkpoint, signer);
  known.set(signer, { note, checkpoint });
  const newHead: StoredHead = {
    size: range.end,
    recordTimeMs,
    leafHash: previous,
    range: range.hashes,
    checkpoint: note,
  };
  made.set(newHead, { origin, signer });
  return { commit: { expectedSize, entries, nodes, postings, head: newHead }, head: newHead, indexes };
}

/** Whose log it is. */
export interface LogOwner {
  readonly origin: string;
  readonly signer: NoteSigner;
}

/**
 * The store's head, checked as far as one can without reading the whole log: its range against its checkpoint, that
 * checkpoint's signature, and leaf hash and record time against the last entry.
 *
 * @throws {StoreError} `ERR_STORE_CORRUPT` if they disagree, or if there are entries without a head.
 */
export async function readVerifiedHead(store: LogStore, owner: LogOwner): Promise<StoredHead | undefined> {
  assertStore('store', store);
  assertOptions('owner', owner, ['origin', 'signer']);
  assertString('owner.origin', owner.origin);
  assertNoteSigner('owner.signer', owner.signer);
  let head = await store.readHead();
  if (head === undefined) {
    const [entry] = await store.readEntriesAt([0]);
    if (entry === undefined) return undefined;
    // Another writer may have made the first commit between the two reads.
    head = await store.readHead();
    if (head === undefined) throw damaged('there are entries but no head');
  }
  assertOwnHead(head, owner);
  const [last] = await store.readEntriesAt([head.size - 1]);
  if (last === undefined) throw damaged('its last entry is missing');
  if (!equalBytes(hashLeaf(last), head.leafHash)) throw damaged('its last entry has another hash');
  if (decodeEntry(last).recordTimeMs !== head.recordTimeMs) throw damaged('its last entry has another time');
  return head;
}

/** Throws `ERR_STORE_CORRUPT` unless the head's range, checkpoint, origin and signature belong together. */
function assertOwnHead(head: StoredHead, { origin, signer }: LogOwner): void {
  const owner = made.get(head);
  if (owner?.origin === origin && owner.signer === signer) return;
  try {
    assertHead(head);
  } catch (cause) {
    throw damaged('its parts do not fit its size', cause);
  }
  const checkpoint = openOwn(head.checkpoint, signer);
  if (checkpoint.origin !== origin) throw damaged('its checkpoint has another origin');
  if (checkpoint.size !== head.size) throw damaged('its checkpoint has another size');
  if (!equalBytes(checkpoint.root, rangeRoot(fromHashes(head.size, head.range)))) {
    throw damaged('its checkpoint has another root');
  }
}

function openOwn(note: string, signer: NoteSigner): Checkpoint {
  const last = known.get(signer);
  if (last?.note === note) return last.checkpoint;
  let verifier = verifiers.get(signer);
  if (verifier === undefined) {
    verifier = parseVerifierKey(formatVerifierKey(signer.name, signer.signer.publicKey));
    verifiers.set(signer, verifier);
  }
  try {
    const checkpoint = openCheckpoint(note, verifier);
    known.set(signer, { note, checkpoint });
    return checkpoint;
  } catch (cause) {
    throw damaged('its checkpoint is not signed by this log', cause);
  }
}

function postingsOf(statement: NewStatement, index: number): readonly Posting[] {
  const postings = statement.postings(index);
  assertPostings(postings, index, index + 1);
  return postings;
}

function damaged(reason: string, cause?: unknown): StoreError {
  return new StoreError('ERR_STORE_CORRUPT', `couldn't use the head: ${reason}`, { cause });
}
