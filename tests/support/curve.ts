/**
 * Points of edwards25519 that honest software never makes: small and mixed order, encodings that are not canonical.
 *
 * Reads  @noble/ed25519; derived from curve arithmetic, not from any table of the library under test.
 * @module
 */
import * as ed from '@noble/ed25519';

export const P: bigint = 2n ** 255n - 19n;
/** The prime order of the base point. */
export const ORDER: bigint = ed.Point.CURVE().n;

/** 32 bytes of an integer, little-endian, with the sign bit of x. */
export function encodeY(y: bigint, sign: 0 | 1 = 0): Uint8Array {
  const out = new Uint8Array(32);
  for (let i = 0; i < 32; i++) out[i] = Number((y >> BigInt(8 * i)) & 255n);
  out[31]! |= sign << 7;
  return out;
}

/** The eight points T with 8T = 0: multiples of the torsion part of a point off the prime-order subgroup. */
export function smallOrderPoints(): readonly ed.Point[] {
  for (let y = 2n; ; y++) {
    let point;
    try {
      point = ed.Point.fromBytes(encodeY(y), false);
    } catch {
      continue;
    }
    const torsion = point.multiplyUnsafe(ORDER - 1n).add(point); // L * point
    if (torsion.double().double().is0()) continue; // order below 8
    const all = [ed.Point.ZERO];
    for (let i = 1; i < 8; i++) all.push(all[i - 1]!.add(torsion));
    return all;
  }
}

/** Every 32-byte string that names no point canonically: y in p .. 2^255-1 with either sign, and x = 0 with the sign bit. */
export function nonCanonicalEncodings(): readonly Uint8Array[] {
  const keys = [encodeY(1n, 1), encodeY(P - 1n, 1)];
  for (let y = P; y < 2n ** 255n; y++) keys.push(encodeY(y), encodeY(y, 1));
  return keys;
}

/** All fourteen encodings of points of small order that ZIP 215 reads: eight canonical ones, six that are not. */
export function smallOrderEncodings(): readonly Uint8Array[] {
  const others = [encodeY(1n, 1), encodeY(P - 1n, 1), encodeY(P), encodeY(P, 1), encodeY(P + 1n)];
  return [...smallOrderPoints().map((point) => point.toBytes()), ...others, encodeY(P + 1n, 1)];
}
