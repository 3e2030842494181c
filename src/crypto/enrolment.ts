// Browser-safe.
/**
 * Key enrolment: which Ed25519 public keys may be trusted with anything at all.
 *
 * Reads  ed25519.ts, encoding.ts.   Used by  note/, registry/, ledger/ whenever a key is first believed.
 * Source RFC 8032 section 5.1.3 (canonical decoding); subgroup check after ZIP 215's discussion of torsion.
 * Never  is asked about each signature: an enrolled key has passed once and does not change.
 * @module
 */
import { assertBytes } from '../bytes/index.ts';
import { Point } from './ed25519.ts';
import { POINT_BYTES, isReducedY } from './encoding.ts';

/**
 * `ok`; `not-canonical`: no 32-byte canonical encoding of a curve point; `small-order`: a key for which anyone can sign;
 * `torsion`: a key about which cofactored and cofactorless verifiers disagree.
 */
export type Enrolment = 'ok' | 'not-canonical' | 'small-order' | 'torsion';

/**
 * Says whether `publicKey` may be enrolled.
 *
 * Cost: one scalar multiplication (about a millisecond): ask once per key, not once per signature.
 *
 * @param publicKey - attacker-controlled; any length but 32 is `not-canonical`.
 * @throws {TypeError} only if `publicKey` is not a Uint8Array.
 * @example
 * checkEnrolment(new Uint8Array(32)); // 'small-order': y = 0 has order 4
 */
export function checkEnrolment(publicKey: Uint8Array): Enrolment {
  assertBytes('publicKey', publicKey);
  if (publicKey.length !== POINT_BYTES || !isReducedY(publicKey, 0)) return 'not-canonical';
  let point;
  try {
    point = Point.fromBytes(publicKey, false);
  } catch {
    return 'not-canonical'; // no square root, or x = 0 with the sign bit set
  }
  if (point.isSmallOrder()) return 'small-order';
  return point.isTorsionFree() ? 'ok' : 'torsion';
}
