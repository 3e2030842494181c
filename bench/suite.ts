/**
 * The suite: all benchmarks in order, with the files they need.
 *
 * Reads  every benchmark.   Used by  main.ts, tests.
 * @module
 */
import { appendByThousands, appendSingly } from './append.ts';
import { auditBenchmark, hugeAuditBenchmark } from './audit.ts';
import { incrementalBenchmark } from './audit-incremental.ts';
import { batchedAuditBenchmark, bulkAuditBenchmark } from './audit-payloads.ts';
import { checkBenchmark, hugeCheckBenchmark } from './check.ts';
import { contextOf, type Benchmark } from './context.ts';
import { judgeBenchmark } from './judge.ts';
import type { Logs } from './lib/logs.ts';
import { isWanted, type Size } from './lib/options.ts';
import type { Result } from './lib/rounds.ts';
import type { Workspace } from './lib/workspace.ts';
import { proofBenchmark } from './proof-verify.ts';
import { signCodesBenchmark } from './sign-codes.ts';
import { verifyBatchBenchmark } from './verify-batch.ts';

const BENCHMARKS: readonly Benchmark[] = [
  verifyBatchBenchmark,
  auditBenchmark,
  batchedAuditBenchmark,
  bulkAuditBenchmark,
  incrementalBenchmark,
  judgeBenchmark,
  appendByThousands,
  appendSingly,
  checkBenchmark,
  signCodesBenchmark,
  proofBenchmark,
];
const HUGE_BENCHMARKS: readonly Benchmark[] = [hugeAuditBenchmark, hugeCheckBenchmark];

/** Names of all results, in the order they come. */
export const NAMES: readonly string[] = namesOf(BENCHMARKS);
/** The same, with those that only `--huge` gives. */
export const ALL_NAMES: readonly string[] = [...new Set([...NAMES, ...namesOf(HUGE_BENCHMARKS)])];

/** What to run, where, and whom to tell. */
export interface SuiteOptions {
  readonly size: Size;
  readonly huge: boolean;
  /** See isWanted(); empty: all. */
  readonly only: readonly string[];
  readonly workspace: Workspace;
  readonly logs: Logs;
  readonly say: (line: string) => void;
}

/** True if a run with these names compares with packages of bench/package.json. */
export function needsPeers(only: readonly string[]): boolean {
  return BENCHMARKS.some(
    (benchmark) => benchmark.needsPeers === true && benchmark.names.some((name) => isWanted(name, only)),
  );
}

/** Runs what is wanted, one after the other; nothing else may run on the machine. */
export async function runSuite({ only, ...options }: SuiteOptions): Promise<Result[]> {
  const wanted = (name: string): boolean => isWanted(name, only);
  const context = contextOf({ ...options, isWanted: wanted });
  const results: Result[] = [];
  for (const benchmark of [...BENCHMARKS, ...(options.huge ? HUGE_BENCHMARKS : [])]) {
    if (!benchmark.names.some(wanted)) continue;
    const startedMs = performance.now();
    const found = await benchmark.run(context);
    options.say(`${benchmark.names.join(', ')}: ${Math.round((performance.now() - startedMs) / 1000)} s`);
    results.push(...found.filter(({ name }) => wanted(name)));
  }
  return results;
}

function namesOf(benchmarks: readonly Benchmark[]): string[] {
  return benchmarks.flatMap(({ names }) => names);
}
