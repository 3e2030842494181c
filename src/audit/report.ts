// Browser-safe.
/**
 * What an audit takes and what it says: the report, its progress, and the state it can go on from.
 *
 * Reads  judgement/ (findings).   Used by  audit.ts, ledger/, cli/.
 * @module
 */
import {
  assertArray,
  assertBoolean,
  assertFunction,
  assertInteger,
  assertObject,
  assertOptions,
  assertString,
} from '../bytes/index.ts';
import { argumentRangeError } from '../errors.ts';
import type { Finding, FindingCode } from '../judgement/index.ts';
import { readPayload, type Policy } from '../statement/index.ts';
import { assertMemory, type AuditMemory } from './memory.ts';
import type { PolicyEffect } from './policy-trial.ts';

/** How far a long job has come. */
export interface Progress {
  readonly phase: 'entries' | 'subjects' | 'derived';
  readonly done: number;
  readonly total: number;
}

/** Options of an audit. */
export interface AuditOptions {
  /** The log's C2SP verifier key, known to the auditor from elsewhere. */
  readonly logKey: string;
  /** Signed checkpoints the auditor holds from before; the log must extend every one. */
  readonly pinned?: readonly string[];
  /** Receives every finding, L0 too, once; folded ones folded. */
  readonly onFinding?: (found: Finding) => void;
  /** Called at most about every 100 ms; never awaited. */
  readonly onProgress?: (progress: Progress) => void;
  /** Aborts with `signal.reason`, within a block of entries. */
  readonly signal?: AbortSignal;
  /** A proposed policy: the report says which findings it would gain and lose, had it been in force at every position. */
  readonly policy?: Partial<Policy>;
  /** Compares stored derived data with the replay (LG-17). Default true. */
  readonly checkDerived?: boolean;
  /**
   * Where this audit keeps what it learned, for one that goes on from it: that is `auditOn` of `countermark`. Not kept of a damaged
   * log, and not with a proposed policy.
   */
  readonly memory?: AuditMemory;
  /** State of an earlier audit of this log: signatures it verified are not verified again. */
  readonly state?: AuditState;
  /** About how many entries' acts are held unpacked at once, by each worker; by default as many as take some 48 MiB, each counted 2 KiB longer than it is. */
  readonly mentionsMax?: number;
  /** Most entries of one range of the replay, a power of two from 256 (a full tile). Default 4,096, for workers 8,192. */
  readonly rangeEntries?: number;
  /** Worker threads, 1 to 64; default 1, which is this thread. Where there are no threads to have, it is 1. */
  readonly workers?: number;
}

/** What an auditor keeps: which entries he verified, bound to the root they had. Trusted as his own disk is. */
export interface AuditState {
  readonly version: 1;
  readonly origin: string;
  readonly size: number;
  /** Root of those entries, base64. */
  readonly root: string;
  /** The signed checkpoint of that size. */
  readonly checkpoint: string;
  /** Entries whose signature did not verify, ascending; empty for every log this library wrote. */
  readonly refused: readonly number[];
}

/** The first entry of a damaged log that does not hold. */
export interface FirstBad {
  /** 0-based entry index. */
  readonly entry: number;
  readonly code: FindingCode;
  /** One sentence. */
  readonly why: string;
}

/** Result of an audit. */
export interface AuditReport {
  /** True if log, checkpoints and derived data hold; findings about goods do not make it false. */
  readonly ok: boolean;
  readonly origin: string;
  readonly size: number;
  /** Root computed from the entries, base64. */
  readonly root: string;
  readonly checkpoint: string;
  readonly log: { readonly ok: boolean; readonly firstBad: FirstBad | undefined };
  readonly derived: {
    /** False when stored derived data differs from the replay; undefined when it was not compared. */
    readonly ok: boolean | undefined;
    /** The first rows that differ, as sentences; at most ten. */
    readonly differences: readonly string[];
  };
  readonly statements: number;
  readonly events: number;
  readonly units: number;
  readonly containers: number;
  /** Signatures verified in this run. */
  readonly signatures: number;
  /** How many findings at L1 and above there are of each code, each folded one counted: what `findings` lists. */
  readonly counts: Readonly<Partial<Record<FindingCode, number>>>;
  /** How many there are at L0: they are only recorded, given to `onFinding`, and never listed. */
  readonly records: Readonly<Partial<Record<FindingCode, number>>>;
  /** Folded findings at L1 and above, worst first, at most {@link FINDINGS_LISTED_MAX}; `onFinding` gets all. */
  readonly findings: readonly Finding[];
  /** What the proposed policy would change; undefined where none was given, or the log is damaged. */
  readonly policy: PolicyEffect | undefined;
  /** State to go on from; undefined for a damaged log. */
  readonly state: AuditState | undefined;
  /** How many worked on it. */
  readonly workers: number;
  /** Where an audit was asked to go on from an earlier one: what became of that. */
  readonly goneOn?: GoneOn | undefined;
}

/** How an audit went on from what its auditor kept. */
export interface GoneOn {
  /** Entries below were audited before; 0 where the whole log was audited. */
  readonly from: number;
  /** Subjects judged anew; all of them where the whole log was audited. */
  readonly subjects: number | undefined;
  /** Why the whole log was audited, if it was. */
  readonly why: string | undefined;
}

/** Most findings a report lists. */
export const FINDINGS_LISTED_MAX = 1000;

const OPTION_NAMES = [
  'logKey',
  'pinned',
  'onFinding',
  'onProgress',
  'signal',
  'checkDerived',
  'policy',
  'memory',
  'state',
  'mentionsMax',
  'rangeEntries',
  'workers',
] as const;
const WORKERS_MAX = 64;
const PINNED_MAX = 10_000;
const PINNED_LENGTH_MAX = 1_000_000;

/** @throws {TypeError | RangeError | DecodeError} unless every option has its type and range. */
export function assertAuditOptions(options: AuditOptions): void {
  assertOptions('options', options, OPTION_NAMES);
  const { logKey, pinned, onFinding, onProgress, signal, checkDerived, state } = options;
  const { mentionsMax, rangeEntries, workers } = options;
  assertString('logKey', logKey);
  if (pinned !== undefined) {
    for (const note of assertArray('pinned', pinned, PINNED_MAX))
      assertString('pinned', note, PINNED_LENGTH_MAX);
  }
  if (onFinding !== undefined) assertFunction('onFinding', onFinding);
  if (onProgress !== undefined) assertFunction('onProgress', onProgress);
  if (signal !== undefined) assertObject('signal', signal, ['throwIfAborted']);
  if (checkDerived !== undefined) assertBoolean('checkDerived', checkDerived);
  if (options.policy !== undefined) readPayload('policy', options.policy);
  if (options.memory !== undefined) assertMemory(options.memory);
  if (state !== undefined) assertState(state);
  if (mentionsMax !== undefined) assertInteger('mentionsMax', mentionsMax, 1);
  if (workers !== undefined) assertInteger('workers', workers, 1, WORKERS_MAX);
  if (rangeEntries !== undefined) {
    assertInteger('rangeEntries', rangeEntries, 256, 0x1000_0000);
    if ((rangeEntries & (rangeEntries - 1)) !== 0) {
      throw argumentRangeError('rangeEntries', 'a power of two', rangeEntries);
    }
  }
}

function assertState(state: AuditState): void {
  assertOptions('state', state, ['version', 'origin', 'size', 'root', 'checkpoint', 'refused']);
  assertInteger('state.version', state.version, 1, 1);
  assertString('state.origin', state.origin);
  assertInteger('state.size', state.size);
  assertString('state.root', state.root);
  assertString('state.checkpoint', state.checkpoint, PINNED_LENGTH_MAX);
  for (const entry of assertArray('state.refused', state.refused, Number.MAX_SAFE_INTEGER)) {
    assertInteger('state.refused', entry, 0, state.size - 1);
  }
}
