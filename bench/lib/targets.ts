/**
 * What each figure is to reach, and whether it does.
 *
 * Reads  rounds.ts (types).   Used by  report.ts, tests.
 * Note   targets are ratios to the baseline, set for the full size on two cores; a quick run shows them and decides nothing.
 * @module
 */
import type { Result } from './rounds.ts';

/** A bound for the ratio of results of one name, of all baselines or of those that contain some words. */
export interface Target {
  readonly name: string;
  readonly baseline?: string;
  /** Exactly one of the two. */
  readonly atLeast?: number;
  readonly atMost?: number;
}

export const TARGETS: readonly Target[] = [
  { name: 'verify.batch.4096x16', baseline: 'node:crypto', atLeast: 10 },
  { name: 'verify.batch.4096x16', baseline: 'sodium-native', atLeast: 5 },
  { name: 'verify.batch.64x16', atLeast: 4 },
  { name: 'verify.attack.one-bad', atMost: 3 },
  { name: 'verify.attack.all-bad', atMost: 1.5 },
  { name: 'audit.signed.1thread', atLeast: 3.5 },
  { name: 'audit.signed.2workers', atLeast: 6 },
  { name: 'audit.batched', atLeast: 0.25 },
  { name: 'audit.bulk', atLeast: 0.3 },
  { name: 'audit.memory', baseline: '1 GiB', atMost: 1 },
  { name: 'audit.memory', baseline: 'itself', atMost: 1.3 },
  { name: 'audit.scale', atLeast: 0.85 },
  { name: 'audit.incremental', atMost: 2 },
  { name: 'append.1000', atLeast: 0.2 },
  { name: 'append.single', atLeast: 0.3 },
  { name: 'check.p50', atMost: 3 },
  { name: 'check.p99', atMost: 10 },
  { name: 'check.p50.10m', atMost: 1.3 },
  { name: 'check.p99.10m', atMost: 1.3 },
  { name: 'sign.codes', baseline: 'ours on one', atLeast: 0.9 },
  { name: 'sign.codes', baseline: 'ours on two', atLeast: 1.7 },
  { name: 'proof.verify', atMost: 1.5 },
  { name: 'judge.single', atMost: 1 },
  { name: 'judge.hundred', atMost: 1 },
  { name: 'judge.parted', atMost: 1 },
  { name: 'judge.mixed', atMost: 1 },
  { name: 'judge.loggers', atMost: 1 },
  { name: 'judge.simulated', atMost: 1 },
  { name: 'judge.unit', atMost: 1 },
];

/** The target of a result; undefined if it has none. */
export function targetOf({ name, baseline }: Pick<Result, 'name' | 'baseline'>): Target | undefined {
  return TARGETS.find(
    (target) => target.name === name && (target.baseline === undefined || baseline.includes(target.baseline)),
  );
}

/** Whether a ratio is within a target. */
export function isReached(ratio: number, { atLeast = -Infinity, atMost = Infinity }: Target): boolean {
  return ratio >= atLeast && ratio <= atMost;
}

/** A target as a table says it. */
export function spellTarget({ atLeast, atMost }: Target): string {
  return atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
}
