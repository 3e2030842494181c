// Browser-safe.
/**
 * Routing: which partition of the subjects a unit or an event id belongs to. Partitions bound what is held at once, nothing else.
 *
 * Reads  nothing.   Used by  range.ts (where acts go), index-pass.ts, judging.ts (whose they are).
 * Why    units whose serial numbers differ in the last two characters only stay together: they mostly travel together, and are then
 *        judged together. The seed is random, so that nobody can choose serial numbers that fill one partition beyond that.
 * Never  influences a finding.
 * @module
 */
import { assertText } from '../bytes/index.ts';

const TOGETHER = 2;

/** Partition of a unit, 0 … count - 1. */
export function partitionOfUnit(unit: string, count: number, seed: number): number {
  assertText('unit', unit);
  return count === 1 ? 0 : (hashOf(unit, unit.length - TOGETHER, seed) >>> 4) % count;
}

/** 32 bits of all of a text: FNV-1a from a seed, mixed. */
export function textHash(text: string, seed: number): number {
  return hashOf(assertText('text', text), text.length, seed);
}

function hashOf(text: string, length: number, seed: number): number {
  let hash = seed | 0;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
}
