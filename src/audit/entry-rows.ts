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
  type ScannedActs,
} from '../custody/index.ts';
import { areDistinct, IDS_MAX } from '../custody/mould-ids.ts';
import type { Posting } from '../log/index.ts';
import { DIGEST_WORDS, type RowHash, type RowRun } from './row-hash.ts';

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
  /** The same of acts that were scanned. */
  readonly #found: FoundRows;

  /** @param count - number of entries. */
  constructor(hash: RowHash, count: number) {
    this.#hash = hash;
    this.digests = new Uint32Array(count * DIGEST_WORDS);
    this.#found = new FoundRows(hash, this.digests);
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

  /** Adds what {@link add} adds of a statement of events with the same acts. */
  addScanned(entry: number, i: number, { bytes, signed }: SignedStatement, scanned: ScannedActs): void {
    const rows = this.#found;
    rows.begin(entry, i * DIGEST_WORDS);
    rows.text(SEQUENCE_PREFIX);
    rows.text(signed.kid);
    rows.text(SEQUENCE_MIDDLE);
    rows.text(String(signed.sequence));
    rows.end(signatureMark(bytes));
    if (this.#hash.addScanned(this.digests, i * DIGEST_WORDS, entry, scanned)) return;
    const { count, acts, bytes: payload } = scanned;
    for (let event = 0; event < count; event++) {
      const { eventIdAt, eventIdEnd, runs, runCount } = acts[event]!;
      if (eventIdEnd > 0) {
        // No longer than stands in a row as it is.
        rows.text(EVENT_PREFIX);
        rows.ascii(payload, eventIdAt, eventIdEnd);
        rows.end(1);
      }
      for (let run = 0; run < runCount; run++) {
        const { family, serialAt, serialLength, stride, count: units } = runs[run]!;
        for (let unit = 0, at = serialAt; unit < units; unit++, at += stride) {
          rows.ascii(payload, at - family.length, at + serialLength);
          rows.end(1);
        }
      }
    }
  }

  /** Hashes the rows that still wait. */
  end(): void {
    this.#hash.addAll(this.digests, this.#rows, this.#at);
    this.#rows = [];
    this.#at = [];
    this.#found.hash();
  }

  #put(row: Posting, at: number): void {
    this.#rows.push(row);
    if (this.#at.push(at) < ROWS_A_RUN) return;
    this.#hash.addAll(this.digests, this.#rows, this.#at);
    this.#rows = [];
    this.#at = [];
  }
}

/** A statement of events that somebody signed. */
export interface SignedStatement {
  readonly bytes: Uint8Array;
  readonly signed: NonNullable<IndexedStatement['signed']>;
}

/** What {@link eventSubject} puts before an event id. */
const EVENT_PREFIX = eventSubject('');
/** What {@link sequenceSubject} puts before a key id, and between that and a number. */
const [SEQUENCE_PREFIX, SEQUENCE_MIDDLE] = sequenceSubject('|', 0).slice(0, -1).split('|') as [
  string,
  string,
];
const SUBJECT_BYTES_MAX = 256;

/** Rows whose subjects are bytes: written one after the other, and hashed many at a time. */
class FoundRows {
  readonly #hash: RowHash;
  readonly #digests: Uint32Array;
  readonly #rows: RowRun = {
    count: 0,
    subjects: new Uint8Array(ROWS_A_RUN * SUBJECT_BYTES_MAX),
    ends: new Uint32Array(ROWS_A_RUN),
    entries: new Float64Array(ROWS_A_RUN),
    counts: new Float64Array(ROWS_A_RUN),
    at: new Uint32Array(ROWS_A_RUN),
  };
  #length = 0;
  #entry = 0;
  #at = 0;

  constructor(hash: RowHash, digests: Uint32Array) {
    this.#hash = hash;
    this.#digests = digests;
  }

  /** Begins the rows of an entry, whose digest stands at word `at`. */
  begin(entry: number, at: number): void {
    this.#entry = entry;
    this.#at = at;
  }

  /** Adds a text of ASCII to the subject at hand. */
  text(text: string): void {
    const { subjects } = this.#rows;
    for (let i = 0; i < text.length; i++) subjects[this.#length++] = text.charCodeAt(i);
  }

  /** Adds the bytes [start, end) to the subject at hand. */
  ascii(bytes: Uint8Array, start: number, end: number): void {
    const { subjects } = this.#rows;
    let length = this.#length;
    for (let i = start; i < end; i++) subjects[length++] = bytes[i]!;
    this.#length = length;
  }

  /** Ends a row. */
  end(count: number): void {
    const rows = this.#rows;
    const i = rows.count++;
    rows.ends[i] = this.#length;
    rows.entries[i] = this.#entry;
    rows.counts[i] = count;
    rows.at[i] = this.#at;
    if (rows.count === ROWS_A_RUN) this.hash();
  }

  hash(): void {
    this.#hash.addRun(this.#digests, this.#rows);
    this.#rows.count = 0;
    this.#length = 0;
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
