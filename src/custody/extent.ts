// Browser-safe.
/**
 * The extent of a report: what its readings say together, first and last, least and greatest.
 *
 * Reads  readings.ts.   Used by  act-more.ts and audit/packed-acts.ts (made with the readings), judgement/ (CC rules).
 * Why    goods kept as they should be are judged by it alone: their readings are never looked at again.
 * @module
 */
import type { Reading } from './readings.ts';

/** First and last, least and greatest of some readings, and how far apart neighbours are. */
export interface Extent {
  readonly startMs: number;
  readonly endMs: number;
  readonly minMilliC: number;
  readonly maxMilliC: number;
  /** Longest time between a reading and the next; Infinity where they overlap, are in no order, or of several sources. */
  readonly gapMs: number;
}

/**
 * The extent of readings in the order given; there must be one. Made when an event is read, while its numbers are at hand: goods kept
 * as they should be are judged by it alone.
 * @param device - that of the first: nobody vouches for the time between readings of several.
 * @param isOfOne - false where they are known to be of several sources.
 */
export function extentOf(
  readings: readonly (Omit<Reading, 'device'> & Partial<Pick<Reading, 'device'>>)[],
  device: string | undefined,
  isOfOne = true,
): Extent {
  let { startMs, endMs, minMilliC, maxMilliC } = readings[0]!;
  let gapMs = isOfOne ? 0 : Infinity;
  let lastMs = endMs;
  for (let i = 1; i < readings.length; i++) {
    const one = readings[i]!;
    const apartMs = one.startMs - lastMs;
    if (apartMs < 0 || one.device !== device) gapMs = Infinity;
    else if (apartMs > gapMs) gapMs = apartMs;
    lastMs = one.endMs;
    if (one.startMs < startMs) startMs = one.startMs;
    if (lastMs > endMs) endMs = lastMs;
    if (one.minMilliC < minMilliC) minMilliC = one.minMilliC;
    if (one.maxMilliC > maxMilliC) maxMilliC = one.maxMilliC;
  }
  return { startMs, endMs, minMilliC, maxMilliC, gapMs };
}
