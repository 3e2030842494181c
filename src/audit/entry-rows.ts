// Browser-safe.
/**
 * The rows of the derived index that entries of a range must have, hashed entry by entry, many at a time.
 *
 * Reads  custody/ (postingsOf, the definition), row-hash.ts.   Used by  range.ts.
 * Rule   the rows are those of postingsOf, whatever their order, for sums have none. Where no subject is named twice, which is seen
 *        faster than counted, they are made without counting.
 * @module
 */
import { assertArray } from '../bytes/index.ts';
import {
  eventSubject,
  postingsOf,
  sequenceSubject,
  signatureMark,
  subjectKind,
  type Act,
  type IndexedStatement,
} from '../custody/index.ts';
import { areDistinct, IDS_MAX } from '../custody/mould-ids.ts';
import type { Posting } from '../log/index.ts';
import { DIGEST_WORDS, type RowHash } from './row-hash.ts';

const ROWS_A_RUN = 2048;
const NO_LOTS: ReadonlyMap<string, number> = new Map();

/** Digests of entries, one after the other. */
export class EntryRows {
  /** {@link DIGEST_WORDS} words an entry; complete once {@link end} was called. */
  readonly digests: Uint32Array;
  readonly #hash: RowHash;
  /** Rows that wait, and the word where the digest of each stands. */
  #rows: Posting[] = [];
  #at: number[] = [];

  /** @param count - number of entries. */
  constructor(hash: RowHash, count: number) {
    this.#hash = hash;
    this.digests = new Uint32Array(count * DIGEST_WORDS);
  }

  /** Adds the rows of log entry `entry`, which is number `i` here. */
  add(entry: number, i: number, statement: IndexedStatement, acts: readonly Act[]): void {
    const at = i * DIGEST_WORDS;
    const { signed, isRegistry, bytes } = statement;
    const subjects = signed === undefined || isRegistry ? undefined : namedOnce(acts);
    if (signed === undefined || subjects === undefined) {
      for (const row of postingsOf(entry, statement, acts, NO_LOTS)) this.#put(row, at);
      return;
    }
    const subject = sequenceSubject(signed.kid, signed.sequence);
    this.#put({ subject, entry, count: signatureMark(bytes) }, at);
    for (const subject of subjects) this.#put({ subject, entry, count: 1 }, at);
  }

  /** Hashes the rows that still wait. */
  end(): void {
    this.#hash.addAll(this.digests, this.#rows, this.#at);
    this.#rows = [];
    this.#at = [];
  }

  #put(row: Posting, at: number): void {
    this.#rows.push(row);
    if (this.#at.push(at) === ROWS_A_RUN) this.end();
  }
}

/** What namedSubjects() counts, if it counts each once and no act says more than most; else undefined. */
export function namedOnce(acts: readonly Act[]): readonly string[] | undefined {
  assertArray('acts', acts, Infinity);
  const subjects: string[] = [];
  for (const { ids, parent, eventId, more } of acts) {
    if (more !== undefined) return undefined;
    for (const id of ids) if (subjectKind(id) !== undefined) subjects.push(id);
    if (parent !== undefined && subjectKind(parent) !== undefined && !ids.includes(parent))
      subjects.push(parent);
    if (eventId !== undefined) subjects.push(eventSubject(eventId));
  }
  return subjects.length <= IDS_MAX && areDistinct(subjects) ? subjects : undefined;
}
