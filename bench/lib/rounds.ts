/**
 * Interleaved rounds: ours and its baselines take turns in one process, so that whatever slows the machine slows both.
 *
 * Reads  statistics.ts.   Used by  every benchmark.
 * Method each round runs every contestant once; who begins moves on by one each round. Warm-up rounds are thrown away.
 * @module
 */
import { significant, summarise } from './statistics.ts';

/** One measured thing against one baseline. */
export interface Result {
  /** What was measured, such as `append.1000`. */
  readonly name: string;
  /** Median of ours. */
  readonly value: number;
  readonly unit: string;
  /** What it is compared with. */
  readonly baseline: string;
  /** Median of ours divided by the median of the baseline. */
  readonly ratio: number;
  /** Slowest and fastest round of ours, in the unit of `value`. */
  readonly min: number;
  readonly max: number;
}

/** Somebody who runs in every round and says how fast it was. */
export interface Contestant<Figure = number> {
  readonly name: string;
  /** One round's figure; `round` is negative in warm-up rounds, then 0, 1, … */
  run(round: number): Figure | Promise<Figure>;
}

/** How often to run. */
export interface Rounds {
  readonly rounds: number;
  readonly warmups: number;
}

/**
 * Runs all contestants in every round.
 * @param onRound - called after each round, warm-up or not.
 * @returns each contestant's figures, one a round, in the order of `contestants`.
 */
export async function interleave<Figure>(
  contestants: readonly Contestant<Figure>[],
  { rounds, warmups }: Rounds,
  onRound: (round: number) => void = () => {},
): Promise<Figure[][]> {
  const figures = contestants.map((): Figure[] => []);
  for (let round = -warmups; round < rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const who = (turn + warmups + round) % contestants.length;
      const figure = await contestants[who]!.run(round);
      if (round >= 0) figures[who]!.push(figure);
    }
    onRound(round);
  }
  return figures;
}

/** The result of one contestant against another, from their figures of the same rounds. */
export function compare(
  what: Pick<Result, 'name' | 'unit' | 'baseline'>,
  ours: readonly number[],
  baseline: readonly number[],
): Result {
  const { median, min, max } = summarise(ours);
  return {
    name: what.name,
    value: significant(median),
    unit: what.unit,
    baseline: what.baseline,
    ratio: significant(median / summarise(baseline).median),
    min: significant(min),
    max: significant(max),
  };
}

/** Somebody who does one small thing after the other. */
export interface Worker {
  readonly name: string;
  /** Does one item; gets 0, 1, 2, …, `count` - 1, and again from 0. */
  work(index: number): void;
  readonly count: number;
  /** Fewest items of a round, however long they take; default 1. */
  readonly atLeast?: number;
}

/** Length of a turn in {@link interleaveRates}: short, so that a busy moment of the machine strikes all alike. */
const SLICE_MS = 5;

/**
 * How many items a second each worker does, round by round: within a round they take short slices in turn, until each has had its
 * time and done what it must at least.
 * @param budgetMs - shortest time of each worker in a round.
 */
export async function interleaveRates(
  workers: readonly Worker[],
  { rounds, warmups, budgetMs }: Rounds & { readonly budgetMs: number },
  onRound: (round: number) => void = () => {},
): Promise<number[][]> {
  const figures = workers.map((): number[] => []);
  const cursors = workers.map(() => 0);
  for (let round = -warmups; round < rounds; round++) {
    const sums = workers.map(() => ({ items: 0, elapsedMs: 0 }));
    /** How much of its round a worker has done; 1 is enough. */
    const shareOf = (who: number): number => {
      const { atLeast = 1 } = workers[who]!;
      return Math.min(sums[who]!.elapsedMs / budgetMs, sums[who]!.items / atLeast);
    };
    for (;;) {
      // Whoever is furthest behind has the next slice, so that all are on their way until the end.
      const shares = workers.map((_, who) => shareOf(who));
      const least = Math.min(...shares);
      if (least >= 1) break;
      const who = shares.indexOf(least);
      slice(workers[who]!, sums[who]!, () => cursors[who]!++);
    }
    if (round >= 0)
      for (const [who, sum] of sums.entries()) figures[who]!.push((sum.items / sum.elapsedMs) * 1000);
    onRound(round);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return figures;
}

function slice(worker: Worker, sum: { items: number; elapsedMs: number }, next: () => number): void {
  const startedMs = performance.now();
  let elapsedMs = 0;
  // Reading the clock costs far less than one item of any benchmark here.
  for (; elapsedMs < SLICE_MS; elapsedMs = performance.now() - startedMs) {
    worker.work(next() % worker.count);
    sum.items++;
  }
  sum.elapsedMs += elapsedMs;
}
