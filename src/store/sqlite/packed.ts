/**
 * Many rows read as one value: what an audit reads costs a half to an eighth of what it costs row by row.
 *
 * Reads  statements.ts, failure.ts.   Used by  sqlite-store.ts.
 * Rule   says exactly what the rows say, or that it cannot: a file that holds anything unusual is then read row by row.
 * @module
 */
import type { Statement } from 'better-sqlite3';
import type { EntryRun, PackedPostings } from '../../log/index.ts';
import { corrupt } from './failure.ts';
import * as sql from './statements.ts';

/** Entries of one run: so many of the longest are about as many bytes as a store gives at once. */
const RUN_ENTRIES = 128;
const PAGE_POSTINGS = 2000;

/** Prepares a statement, or finds it prepared. */
export type Prepare = (text: string) => Statement;

/** Consecutive entries, few at a time; undefined if there is none at `first`, or a hole behind it. */
export function entryRun(prepare: Prepare, first: number, end: number): EntryRun | undefined {
  const until = Math.min(end, first + RUN_ENTRIES);
  const [count, least, greatest, lengths, bytes] = prepare(sql.READ_ENTRY_RUN).raw().get(first, until) as [
    number,
    number | null,
    number | null,
    string | null,
    Uint8Array | null,
  ];
  if (least !== first || greatest !== first + count - 1 || lengths === null || bytes === null)
    return undefined;
  const ends = Uint32Array.from(lengths.split(','), Number);
  let at = 0;
  for (let i = 0; i < ends.length; i++) ends[i] = at += ends[i]!;
  return ends.length === count && at === bytes.length ? { first, bytes, ends } : undefined;
}

/** Nodes side by side; undefined if one is missing or of another length. */
export function nodeRun(prepare: Prepare, first: number, end: number): Uint8Array | undefined {
  const [count, least, greatest, bytes] = prepare(sql.READ_NODE_RUN).raw().get(first, end) as [
    number,
    number | null,
    number | null,
    Uint8Array | null,
  ];
  const isWhole = count === end - first && least === 32 && greatest === 32;
  return isWhole && bytes?.length === 32 * count ? bytes : undefined;
}

/** The last posting of a page, exactly as stored. */
type PageEnd = readonly [subject: string, entry: bigint];

/**
 * All postings, page by page. A page is all there is between two rows, so what is written meanwhile makes it longer, and no row is missed.
 * @param run - runs what reads the file.
 */
export function* postingPages(
  prepare: Prepare,
  run: <T>(work: () => T) => T,
): Generator<PackedPostings, void, undefined> {
  for (let last: PageEnd | undefined, isLast = false; !isLast;) {
    const after: PageEnd | [] = last ?? [];
    const until = run(() => endOfPage(prepare, after));
    isLast = until === undefined;
    const [rows, greatest, bytes] = run(() => {
      const page = prepare(sql.packedPostings(last !== undefined, !isLast)).raw();
      return page.get(...after, ...(until ?? [])) as [number, unknown, Uint8Array | null];
    });
    last = until;
    if (rows === 0) continue;
    yield {
      rows,
      greatest: typeof greatest === 'number' ? greatest : Infinity,
      bytes: bytes ?? new Uint8Array(0),
    };
  }
}

function endOfPage(prepare: Prepare, after: PageEnd | []): PageEnd | undefined {
  const text = after.length === 0 ? sql.END_OF_POSTINGS_FIRST : sql.END_OF_POSTINGS_AFTER;
  const end = prepare(text)
    .raw()
    .safeIntegers()
    .get(...after, PAGE_POSTINGS - 1) as PageEnd | undefined;
  if (end !== undefined && (typeof end[0] !== 'string' || typeof end[1] !== 'bigint'))
    throw corrupt("couldn't scan postings: a row is no posting");
  return end;
}
