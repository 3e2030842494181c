/**
 * The statistics of a benchmark: medians, quantiles and extremes of a few rounds.
 *
 * Reads  nothing.   Used by  rounds.ts, every benchmark, tests.
 * Note   medians, because a busy machine makes some rounds slow and none fast.
 * @module
 */

/** Extremes and median of some figures. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * The middle of the figures; of an even number, the mean of the two in the middle.
 * @param figures - any order; not changed.
 * @throws {RangeError} if there are none, or one is not finite.
 */
export function median(figures: readonly number[]): number {
  const sorted = inOrder(figures);
  const upper = sorted[sorted.length >> 1]!;
  return sorted.length % 2 === 1 ? upper : (sorted[(sorted.length >> 1) - 1]! + upper) / 2;
}

/**
 * The smallest figure that at least the share `rank` of all figures does not exceed (nearest rank).
 * @param figures - any order; not changed.
 * @param rank - above 0, at most 1: 0.99 for the 99th percentile.
 * @throws {RangeError} if there are none, one is not finite, or `rank` is out of range.
 */
export function quantile(figures: readonly number[], rank: number): number {
  if (!(rank > 0 && rank <= 1)) throw new RangeError(`"rank" expected above 0 and at most 1, got ${rank}`);
  const sorted = inOrder(figures);
  return sorted[Math.ceil(rank * sorted.length) - 1]!;
}

/** Median and extremes. */
export function summarise(figures: readonly number[]): Summary {
  const sorted = inOrder(figures);
  return { median: median(sorted), min: sorted[0]!, max: sorted.at(-1)! };
}

/** `figure` with four significant digits: more would be noise. */
export function significant(figure: number): number {
  return Number(figure.toPrecision(4));
}

function inOrder(figures: readonly number[]): number[] {
  if (figures.length === 0) throw new RangeError('"figures" expected at least one, got none');
  const odd = figures.find((figure) => !Number.isFinite(figure));
  if (odd !== undefined) throw new RangeError(`"figures" expected finite numbers, got ${odd}`);
  return [...figures].sort((a, b) => a - b);
}
