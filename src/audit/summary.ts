// Browser-safe.
/**
 * What an audit keeps of the log as a whole, and the text it is kept as: a SHA-256, base64, a line feed, and JSON.
 *
 * Reads  merge.ts, runs.ts.   Used by  audit.ts and ledger/audit-on-keeping.ts (write it), ledger/audit-on.ts (goes on from it).
 * Source design section 5 "Incremental"; decision 0027.
 * Rule   a text is believed to the letter of its hash: what a disk or a hand changed is nobody's summary.
 * @module
 */
import { toBase64, utf8Encode } from '../bytes/index.ts';
import { sha256 } from '../crypto/index.ts';
import type { Finding, FindingCode } from '../judgement/index.ts';
import type { Checkpoint } from '../note/index.ts';
import type { KeySpace } from './keeping.ts';
import type { Merge } from './merge.ts';
import type { RunPlace } from './runs.ts';

/** What is kept of the whole log. */
export interface Summary {
  readonly version: 4;
  readonly origin: string;
  readonly size: number;
  /** Root, base64; the signed checkpoint of that size. */
  readonly root: string;
  readonly checkpoint: string;
  /** Entries whose signature did not verify; those whose statements do not count. */
  readonly refused: readonly number[];
  readonly rejected: readonly number[];
  /** Perfect subtrees and last leaf, base64. */
  readonly range: readonly string[];
  readonly last: string;
  /** Record time of the last entry that was not before the one before it; and the greatest. */
  readonly previousTimeMs: number;
  readonly asOfMs: number;
  /** Registry statements that count. */
  readonly registry: readonly number[];
  /** Ids of the keys they enrol: those passed the check of enrolment. */
  readonly kids: readonly string[];
  /** By key id the runs of sequence numbers: first and last of each. */
  readonly sequences: readonly (readonly [kid: string, runs: readonly number[]])[];
  readonly statements: number;
  readonly events: number;
  readonly units: number;
  readonly containers: number;
  /** What is only recorded, but for what the registry alone says. */
  readonly records: Readonly<Partial<Record<FindingCode, number>>>;
  /** Unfolded findings at L1 and above, but for what the registry alone says. */
  readonly findings: readonly (readonly [by: string, found: Finding])[];
  /** Units in circulation of each lot; true for one beyond its quantity. */
  readonly lots: readonly (readonly [lot: string, units: number, isOver: boolean])[];
  /** Lots somebody counted. */
  readonly counted: readonly string[];
  readonly space: KeySpace;
  /** Keys of the log the last whole audit saw, by {@link bucketOf}; and of what was added since. */
  readonly buckets: readonly RunPlace[];
  readonly levels: readonly RunPlace[];
  readonly wakes: readonly RunPlace[];
  /** True if all derived data of the log was compared with its entries, and was theirs. */
  readonly derived: boolean;
}

/** What a summary has of the stages that read the log. */
export type Merged = Pick<
  Summary,
  | 'version'
  | 'origin'
  | 'size'
  | 'root'
  | 'checkpoint'
  | 'refused'
  | 'rejected'
  | 'range'
  | 'last'
  | 'previousTimeMs'
  | 'asOfMs'
  | 'sequences'
  | 'statements'
  | 'events'
>;

/** What a merge knows of the log once all of it is read; `note` is the text of the checkpoint. */
export function mergedSummary({ origin, size, root }: Checkpoint, note: string, merge: Merge): Merged {
  const { refused, rejected, range, last, previousTimeMs, asOfMs, statements, events } = merge;
  return {
    version: 4,
    origin,
    size,
    root: toBase64(root),
    checkpoint: note,
    refused,
    rejected: rejected.list(),
    range: range.hashes.map(toBase64),
    last: toBase64(last),
    previousTimeMs,
    asOfMs,
    sequences: [...merge.sequences.runs()],
    statements,
    events,
  };
}

/** The text of a summary. */
export function spellSummary(summary: Summary): string {
  const json = JSON.stringify(summary);
  return `${hashOf(json)}\n${json}`;
}

/** The summary in a text; undefined if it is not, to the letter, a text that {@link spellSummary} gave. */
export function readSummary(text: string): Summary | undefined {
  const end = text.indexOf('\n');
  const json = text.slice(end + 1);
  if (end < 0 || text.slice(0, end) !== hashOf(json)) return undefined;
  // The hash holds: this code, or one before it, wrote the JSON.
  const summary = JSON.parse(json) as Pick<Summary, 'version'>;
  return summary.version === 4 ? (summary as Summary) : undefined;
}

function hashOf(json: string): string {
  return toBase64(sha256(utf8Encode(json)));
}
