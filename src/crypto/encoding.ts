// Browser-safe.
/**
 * What can be said about an Ed25519 key or signature from its bytes alone, without any curve arithmetic.
 *
 * Reads  bytes/.   Used by  ed25519.ts, enrolment.ts; statement/ before a signature is recorded.
 * Source RFC 8032 sections 5.1.2, 5.1.3 and 5.1.7; the eight points of small order after "Taming the many EdDSAs" (2020).
 * Never  says that a signature is valid: portable means that libraries agree about it, not that it verifies.
 * @module
 */
import { assertBytes, fromHex } from '../bytes/index.ts';

/** Bytes of a public key, of R and of S. */
export const POINT_BYTES = 32;
/** Bytes of a signature: R, then S. */
export const SIGNATURE_BYTES = 64;

/** The group order L = 2^252 + 27742317777372353535851937790883648493, little-endian. */
const ORDER = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

/**
 * The y coordinates of the eight points of small order, little-endian. Sign bit aside these are five values: 1 is the
 * neutral point, -1 has order 2, 0 order 4 (two points), and the last two order 8 (two points each).
 */
const SMALL_ORDER_Y: readonly Uint8Array[] = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map(fromHex);

/** True if the y coordinate at `offset` is below p = 2^255 - 19: the first half of being canonical. */
export function isReducedY(bytes: Uint8Array, offset: number): boolean {
  if ((bytes[offset + 31]! & 0x7f) !== 0x7f || bytes[offset]! < 0xed) return true;
  for (let i = 1; i < 31; i++) {
    if (bytes[offset + i] !== 0xff) return true;
  }
  return false;
}

/**
 * True if the 32 bytes at `offset` are a reduced encoding of a point of small order, or would be one but for the sign
 * bit. The only canonicity fault beyond y >= p, x = 0 with the sign bit set, is among these (y = 1 and y = -1).
 */
export function isSmallOrderY(bytes: Uint8Array, offset: number): boolean {
  for (const y of SMALL_ORDER_Y) {
    let i = 0;
    while (i < 31 && bytes[offset + i] === y[i]) i++;
    if (i === 31 && (bytes[offset + 31]! & 0x7f) === y[31]) return true;
  }
  return false;
}

/** True if the little-endian scalar S, the second half of a 64-byte signature, is below the group order. */
export function isReducedScalar(signature: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const difference = signature[POINT_BYTES + i]! - ORDER[i]!;
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/**
 * True if every Ed25519 library reaches the same verdict about this signature by an honest signer.
 *
 * Looks at encodings only: A and R canonical, neither of small order, S below the group order. What passes may
 * still not verify, and a signer who builds an R of mixed order on purpose can still make libraries disagree.
 *
 * @param signature - R then S; attacker-controlled. Any length but 64 gives false.
 * @param publicKey - A; attacker-controlled. Any length but 32 gives false.
 * @throws {TypeError} only if an argument is not a Uint8Array.
 * @example
 * if (!isPortableSignature(signature, publicKey)) throw new VerificationError('ERR_SIGNATURE_NOT_PORTABLE', …);
 */
export function isPortableSignature(signature: Uint8Array, publicKey: Uint8Array): boolean {
  assertBytes('signature', signature);
  assertBytes('publicKey', publicKey);
  return (
    signature.length === SIGNATURE_BYTES &&
    publicKey.length === POINT_BYTES &&
    isReducedScalar(signature) &&
    isReducedY(signature, 0) &&
    isReducedY(publicKey, 0) &&
    !isSmallOrderY(signature, 0) &&
    !isSmallOrderY(publicKey, 0)
  );
}
