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

/** So many characters at the end of a unit decide nothing. */
export const TOGETHER = 2;

/** Partition of a unit, 0 … count - 1. */
export function partitionOfUnit(unit: string, count: number, seed: number): number {
  assertText('unit', unit);
  return count === 1 ? 0 : partitionAfter(seed, unit, 0, count);
}

/** The state of a hash that has read a text; the seed is that of one that has read nothing. */
export function hashed(text: string, state: number): number {
  return read(state | 0, assertText('text', text), 0, text.length);
}

/** {@link partitionOfUnit} by a hash that has read the first `from` characters, at least {@link TOGETHER} before the end. */
export function partitionAfter(state: number, unit: string, from: number, count: number): number {
  return (mixed(read(state | 0, unit, from, unit.length - TOGETHER)) >>> 4) % count;
}

/**
 * {@link partitionAfter} a unit's family, of the unit whose end is the ASCII text [start, end) of `bytes`,
 * at least {@link TOGETHER} long.
 */
export function partitionOfBytes(
  state: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  count: number,
): number {
  let hash = state;
  for (let i = start; i < end - TOGETHER; i++) hash = Math.imul(hash ^ bytes[i]!, FNV_PRIME);
  return (mixed(hash) >>> 4) % count;
}

/** 32 bits of all of a text: FNV-1a from a seed, mixed. */
export function textHash(text: string, seed: number): number {
  return mixed(read(seed | 0, assertText('text', text), 0, text.length));
}

/** 53 bits of all of a text, from two seeds in one reading. */
export function textHash53(text: string, seed: number): number {
  assertText('text', text);
  let high = seed | 0;
  let low = ~seed;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, FNV_PRIME);
    low = Math.imul(low ^ unit, FNV_PRIME);
  }
  return (mixed(high) >>> 11) * 0x1_0000_0000 + mixed(low);
}

/** {@link textHash53} of the ASCII text [start, end) of `bytes`. */
export function bytesHash53(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let high = seed | 0;
  let low = ~seed;
  for (let i = start; i < end; i++) {
    const unit = bytes[i]!;
    high = Math.imul(high ^ unit, FNV_PRIME);
    low = Math.imul(low ^ unit, FNV_PRIME);
  }
  return (mixed(high) >>> 11) * 0x1_0000_0000 + mixed(low);
}

const FNV_PRIME = 0x01000193;

function read(state: number, text: string, start: number, end: number): number {
  let hash = state;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return hash;
}

function mixed(state: number): number {
  let hash = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
}
