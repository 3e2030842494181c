/**
 * The suite: all benchmarks in order, with the files they need.
 *
 * Reads  every benchmark.   Used by  main.ts, tests.
 * @module
 */
import { appendByThousands, appendSingly } from './append.ts';
import { auditBenchmark } from './audit.ts';
import { checkBenchmark } from './check.ts';
import { Context, type Benchmark } from './context.ts';
import { judgeBenchmark } from './judge.ts';
import type { Workspace } from './lib/ledgers.ts';
import { isWanted, type Size } from './lib/options.ts';
import type { Result } from './lib/rounds.ts';
import { proofBenchmark } from './proof-verify.ts';
import { signCodesBenchmark } from './sign-codes.ts';
import { verifyBenchmark } from './verify.ts';

const BENCHMARKS: readonly Benchmark[] = [
  verifyBenchmark,
  appendSingly,
  appendByThousands,
  auditBenchmark,
  judgeBenchmark,
  checkBenchmark,
  signCodesBenchmark,
  proofBenchmark,
];

/** Names of all results, in the order they come. */
export const NAMES: readonly string[] = BENCHMARKS.flatMap(({ names }) => names);

/** What to run, where, and whom to tell. */
export interface SuiteOptions {
  readonly size: Size;
  /** See isWanted(); empty: all. */
  readonly only: readonly string[];
  readonly workspace: Workspace;
  readonly say: (line: string) => void;
}

/** Runs what is wanted, one after the other; nothing else may run on the machine. */
export async function runSuite({ size, only, workspace, say }: SuiteOptions): Promise<Result[]> {
  const context = new Context(size, workspace, say);
  const results: Result[] = [];
  for (const benchmark of BENCHMARKS) {
    if (!benchmark.names.some((name) => isWanted(name, only))) continue;
    const found = await benchmark.run(context);
    results.push(...found.filter(({ name }) => isWanted(name, only)));
  }
  return results;
}
