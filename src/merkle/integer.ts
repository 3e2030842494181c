// Browser-safe.
/**
 * Integer arithmetic of tree positions, exact up to 2^53-1, where JavaScript's 32-bit operators are not.
 *
 * Reads  nothing.   Used by  the other files of this room.
 * @module
 */

/** `value` shifted right by one bit; `value` is a non-negative integer. */
export function half(value: number): number {
  return (value - (value % 2)) / 2;
}

/** 2 to the power `exponent`, 0 .. 53. */
export function powerOfTwo(exponent: number): number {
  return exponent < 31 ? 1 << exponent : 0x4000_0000 * (1 << (exponent - 30));
}

/** Number of one bits of a non-negative integer. */
export function oneBitCount(value: number): number {
  const low = value % 0x1_0000_0000;
  return ones32(low) + ones32((value - low) / 0x1_0000_0000);
}

/** Ones of 32 bits: counted in pairs, fours and bytes, then added up by one multiplication. */
function ones32(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** Greatest power of two not above `value`, which is at least 1. */
export function powerOfTwoAtMost(value: number): number {
  let power = 1;
  while (power <= half(value)) power *= 2;
  return power;
}
