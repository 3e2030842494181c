/**
 * Compares a point with the 32 bytes of an encoding, without decoding them.
 *
 * Reads  field.ts, inverse.ts.   Used by  batch.ts: R of a valid signature is nearly always the canonical encoding of s B - h A.
 * Rule   the inverse is believed only because Z times it comes out as 1.
 * @module
 */
import { canonical, digitOf, setLanes } from './field';
import { invert } from './inverse';
import { multiply } from './products';

const number: usize = memory.data(72, 16);
const inverse: usize = memory.data(160, 16);
const affine: usize = memory.data(160, 16);
const encoded: usize = memory.data(72, 16);

/** Whether a point's canonical encoding is these 32 bytes. */
export function isEncodedAs(p: usize, bytes: usize): bool {
  canonical(p);
  pack(number, 2, 30, 8);
  if (!invert(number)) return false;
  setLanes(inverse, number);
  multiply(affine, p, inverse);
  canonical(affine);
  for (let k = 1; k < 20; k++) if (digitOf(k, 2) != 0) return false;
  if (digitOf(0, 2) != 1) return false;
  pack(encoded, 1, 32, 4);
  const sign = digitOf(0, 0) << 31;
  store<u32>(encoded, load<u32>(encoded, 28) | sign, 28);
  const low = v128.xor(v128.load(encoded), v128.load(bytes));
  const high = v128.xor(v128.load(encoded, 16), v128.load(bytes, 16));
  return !v128.any_true(v128.or(low, high));
}

/** Writes the canonical digits of a lane as numbers of `width` bits, `step` bytes apart. */
function pack(to: usize, lane: i32, width: i32, step: usize): void {
  memory.fill(to, 0, 72);
  let bits: u64 = 0, filled = 0;
  for (let k = 0; k < 20; k++) {
    bits |= <u64>digitOf(k, lane) << filled;
    filled += 13;
    if (filled >= width || k == 19) {
      store<u32>(to, <u32>(bits & ((<u64>1 << width) - 1)));
      to += step;
      bits >>= width;
      filled -= width;
    }
  }
}
