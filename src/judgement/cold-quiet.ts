// Browser-safe.
/**
 * Goods kept as they should be: that a unit was in range without a gap is seen from its reports alone, before anything is joined.
 *
 * Reads  cold-memory.ts, cold-exposure.ts, custody/ (timelines).   Used by  cold-chain.ts.
 * Rule   says true only where the journey of the same readings has nothing to tell; whoever is told false makes that journey.
 * Cost   nothing is made but a list of the reports: most units are quiet.
 * @module
 */
import type { Timeline, World } from '../custody/index.ts';
import { sortFew } from '../custody/sorting.ts';
import { isIn, type Batch } from './cold-batches.ts';
import { keptSpans, type Storage } from './cold-exposure.ts';
import type { ColdMemory } from './cold-memory.ts';
import { lastSeenMs, type Inside } from './cold-readings.ts';

/**
 * True if all readings of a unit, its own and those around it, were in range, near enough to each other, and to the end of the time
 * that counts: the last span of need, the time readings may still come, or the next change of hands or container.
 * @param asOfMs - greatest record time of the prefix.
 */
export function isKeptThroughout(
  memory: ColdMemory,
  timeline: Timeline,
  own: readonly Batch[],
  insides: readonly Inside[],
  storage: Storage,
  asOfMs: number,
): boolean {
  const { world } = memory;
  const batches = allInRange(memory, own, insides, storage);
  if (batches === undefined || batches.length === 0) return false;
  let newest = -1;
  let lastMs = -Infinity;
  for (const { act, endMs } of batches) {
    if (act.ref.entry > newest) newest = act.ref.entry;
    if (endMs > lastMs) lastMs = endMs;
  }
  const { gapMaxMs, lagMaxMs } = world.registry.policyAt(newest);
  if (!isWithoutGap(batches, gapMaxMs)) return false;
  const limitMs = asOfMs - lagMaxMs;
  if (limitMs - lastMs <= gapMaxMs) return true;
  const neededMs = neededUntilMs(world, timeline, batches, insides);
  return neededMs - lastMs <= gapMaxMs || nextBorderMs(memory, insides, lastMs) - lastMs <= gapMaxMs;
}

/** All batches that concern the unit; undefined if one of them is not in range, or may not clear. */
function allInRange(
  memory: ColdMemory,
  own: readonly Batch[],
  insides: readonly Inside[],
  storage: Storage,
): Batch[] | undefined {
  const all: Batch[] = [];
  for (const batch of own) {
    if (!batch.clears || !isIn(batch, storage)) return undefined;
    all.push(batch);
  }
  for (const inside of insides) {
    for (const batch of memory.within(inside)) {
      if (!batch.clears || !isIn(batch, storage)) return undefined;
      all.push(batch);
    }
  }
  return all;
}

/** True if the longest time no batch speaks for is no gap; sorts them by their first reading. */
function isWithoutGap(batches: Batch[], gapMaxMs: number): boolean {
  let isSorted = true;
  for (const [i, { gapMs, startMs }] of batches.entries()) {
    if (gapMs > gapMaxMs) return false;
    if (i > 0 && startMs < batches[i - 1]!.startMs) isSorted = false;
  }
  if (!isSorted) sortFew(batches, byStart);
  let untilMs = batches[0]!.endMs;
  for (const { startMs, endMs } of batches) {
    if (startMs - untilMs > gapMaxMs) return false;
    if (endMs > untilMs) untilMs = endMs;
  }
  return true;
}

function byStart(one: Batch, other: Batch): number {
  return one.startMs - other.startMs;
}

function neededUntilMs(
  world: World,
  timeline: Timeline,
  batches: readonly Batch[],
  insides: readonly Inside[],
): number {
  return keptSpans(timeline, lastSeenMs(world, timeline, { batches, insides })).at(-1)?.toMs ?? -Infinity;
}

/** The first border around a unit at or after a time. */
function nextBorderMs(memory: ColdMemory, insides: readonly Inside[], fromMs: number): number {
  let next = Infinity;
  for (const inside of insides) {
    if (inside.fromMs >= fromMs && inside.fromMs < next) next = inside.fromMs;
    if (inside.toMs >= fromMs && inside.toMs < next) next = inside.toMs;
    for (const { timeMs } of memory.log(inside.container).borders) {
      if (timeMs > inside.toMs || timeMs >= next) break;
      if (timeMs >= inside.fromMs && timeMs >= fromMs) next = timeMs;
    }
  }
  return next;
}
