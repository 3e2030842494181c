// Browser-safe.
/**
 * The Ed25519 verdict: one answer for every signature, on every engine, for ever.
 *
 * Reads  @noble/ed25519, encoding.ts, backend.ts.   Used by  note/, statement/, gs1/, audit/.
 * Source ZIP 215 (cofactored equation, lenient point decoding, strict S); equation of RFC 8032 section 5.1.7.
 * Never  lets a native engine refuse: engines disagree about edge cases, and one changed its own mind between versions.
 * @module
 */
import * as ed from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { assertBytes } from '../bytes/index.ts';
import { exactVerify, nativeCrypto } from './backend.ts';
import { POINT_BYTES, SIGNATURE_BYTES, isReducedScalar } from './encoding.ts';

// The synchronous API of noble-ed25519 takes its hash from this slot; every use of it in this library imports this file.
ed.hashes.sha512 = sha512;

/** An elliptic curve point of edwards25519; for enrolment.ts only. */
export const Point: typeof ed.Point = ed.Point;

/**
 * Checks an Ed25519 signature by the rule of ZIP 215.
 *
 * Cost: one native verification for an accepted signature, one portable verification (about 3 ms) for a refused one.
 *
 * @param signature - R then S; attacker-controlled. Any length but 64, or S >= L, gives false.
 * @param message   - any bytes; attacker-controlled.
 * @param publicKey - A; attacker-controlled. Any length but 32, or no point of the curve, gives false.
 * @returns `true` only if ZIP 215 accepts; whether the key should be believed is {@link checkEnrolment}'s question.
 * @throws {TypeError} only if an argument is not a Uint8Array.
 * @example
 * const ok = verify(signature, message, signer.publicKey);
 */
export function verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  assertBytes('signature', signature);
  assertBytes('message', message);
  assertBytes('publicKey', publicKey);
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== POINT_BYTES) return false;
  if (!isReducedScalar(signature)) return false;
  const exact = exactVerify()?.(signature, message, publicKey);
  if (exact !== undefined) return exact;
  return nativeAccepts(signature, message, publicKey) || portableVerify(signature, message, publicKey);
}

/** noble's verdict, the definition: `signature` of 64 bytes with S < L, `publicKey` of 32. */
export function portableVerify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  return ed.verify(signature, message, publicKey);
}

function nativeAccepts(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  const native = nativeCrypto();
  if (native === undefined) return false;
  try {
    return native.verifyAccepts(signature, message, publicKey) === true;
  } catch {
    return false; // an engine in doubt: the portable implementation decides
  }
}

/** Public key of a 32-byte seed, and a signature by it: portable, for signer.ts only. */
export function portableKeyPair(seed: Uint8Array): {
  publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
} {
  return { publicKey: ed.getPublicKey(seed), sign: (message) => ed.sign(message, seed) };
}
