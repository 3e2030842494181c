/**
 * `check.p50` and `check.p99`: how long a scan at a counter waits for its verdict, against one bare signature verification.
 *
 * Reads  the package by its name.   Used by  suite.ts.
 * Method signed codes of units drawn without order, each once a round; the ledger is opened anew each round, so every unit's
 *        history is read from the file. The verdict includes the label's signature, the judgement and a receipt.
 * @module
 */
import { Ledger } from 'countermark';
import { SqliteStore } from 'countermark/store/sqlite';
import type { Benchmark } from './context.ts';
import { bareVerification } from './lib/keys.ts';
import { compare } from './lib/rounds.ts';
import { CLOCK_MS } from './lib/statements.ts';
import { quantile } from './lib/statistics.ts';
import type { World } from './lib/world.ts';

/** Odd and no divisor of any number of units: steps through all of them in an order far from theirs in the log. */
const STRIDE = 7919;
const RANKS = [
  ['check.p50', 0.5],
  ['check.p99', 0.99],
] as const;

export const checkBenchmark: Benchmark = {
  names: RANKS.map(([name]) => name),
  async run(context) {
    const { world, path } = await context.usedLedger();
    const say = context.progress('check');
    const ours: number[][] = [];
    const bare: number[] = [];
    for (let round = -context.size.warmups; round < context.size.rounds; round++) {
      const times = await checkMany(world, path, context.size.checks, round);
      say(round);
      if (round < 0) continue;
      ours.push(times.ours);
      bare.push(quantile(times.bare, 0.5));
    }
    const what = { unit: 'µs', baseline: 'one node:crypto verify (median), cached KeyObject' };
    return RANKS.map(([name, rank]) => {
      const figures = ours.map((times) => quantile(times, rank));
      return compare({ ...what, name }, figures, bare);
    });
  },
};

/** One round: a check, a bare verification, a check, …; what each took, in microseconds. */
async function checkMany({ logKey, packs }: World, path: string, checks: number, round: number) {
  const count = Math.min(checks, packs.length);
  const first = (round + 100) * count;
  const verifyOnce = bareVerification();
  const store = await SqliteStore.open(path, { readonly: true });
  const ledger = await Ledger.open({ store, logKey, clock: () => CLOCK_MS });
  const ours: number[] = [];
  const bare: number[] = [];
  try {
    for (let i = first; i < first + count; i++) {
      const { unit, code, clinic } = packs[(i * STRIDE) % packs.length]!;
      const startedMs = performance.now();
      const { subject, severity } = await ledger.check(code, { timeMs: CLOCK_MS, place: clinic.place });
      const checkedMs = performance.now();
      verifyOnce();
      bare.push((performance.now() - checkedMs) * 1000);
      ours.push((checkedMs - startedMs) * 1000);
      if (subject !== unit || severity > 0) {
        throw new Error('an honest unit of the benchmark is under suspicion');
      }
    }
    return { ours, bare };
  } finally {
    await ledger.close();
  }
}
