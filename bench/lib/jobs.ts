/**
 * What is measured in a process of its own: audits, for their peak memory, scans, for the first ones of a process, and judging,
 * for code that has seen no other log.
 *
 * Reads  ../child.ts (starts it).   Used by  ../audit.ts, ../audit-payloads.ts, ../audit-incremental.ts, ../check.ts,
 *        ../judge.ts.
 * @module
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** An audit of a log from nothing, or going on from what an auditor keeps. */
export interface AuditJob {
  readonly job: 'audit';
  readonly path: string;
  readonly logKey: string;
  readonly workers: number;
  /** Where the auditor keeps what it goes on from; the file is there, or made. */
  readonly memory?: string;
  /** True if the audit must go on from it: another path taken is a failure. */
  readonly mustGoOn?: boolean;
}

/** What an audit took. */
export interface AuditFigures {
  readonly elapsedMs: number;
  readonly size: number;
  readonly events: number;
  /** Peak resident memory of the process, bytes. */
  readonly peakBytes: number;
}

/** Scans of codes in a new process: the first half cold, the second warm. */
export interface CheckJob {
  readonly job: 'check';
  readonly path: string;
  readonly logKey: string;
  /** JSON file of {@link Scanned}. */
  readonly codes: string;
  readonly timeMs: number;
  /** Bare verifications in each half. */
  readonly operations: number;
}

/** A code in a scanner's hand. */
export interface Scanned {
  readonly unit: string;
  readonly code: string;
  readonly place: string;
}

/** Quantiles of one half, and one bare verification between its scans, all in microseconds. */
export interface CheckFigures {
  readonly p50: number;
  readonly p99: number;
  readonly bareUs: number;
}

/** Judging a simulated log over and over. */
export interface JudgeJob {
  readonly job: 'judge';
  /** Units of the log, at least 200. */
  readonly units: number;
  /** Passes before the first round. */
  readonly warmups: number;
  readonly rounds: number;
  /** Passes of a round. */
  readonly passes: number;
}

/** What judging took, µs an event, one figure a round; and the log's events and the units they name, each event's counted. */
export interface JudgeFigures {
  readonly figures: readonly number[];
  readonly events: number;
  readonly named: number;
}

/** Runs a job in a new process; nothing else runs meanwhile. */
export async function runJob(job: AuditJob): Promise<AuditFigures>;
export async function runJob(job: CheckJob): Promise<{ cold: CheckFigures; warm: CheckFigures }>;
export async function runJob(job: JudgeJob): Promise<JudgeFigures>;
export async function runJob(job: AuditJob | CheckJob | JudgeJob): Promise<unknown> {
  const child = fileURLToPath(new URL('../child.ts', import.meta.url));
  const words = ['--import', 'tsx', child, JSON.stringify(job)];
  const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 2 ** 24 });
  return JSON.parse(stdout);
}
