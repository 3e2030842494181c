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
  let count = 0;
  for (let rest = value; rest > 0; rest = half(rest)) count += rest % 2;
  return count;
}

/** Greatest power of two not above `value`, which is at least 1. */
export function powerOfTwoAtMost(value: number): number {
  let power = 1;
  while (power <= half(value)) power *= 2;
  return power;
}
