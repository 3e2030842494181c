// Browser-safe.
/**
 * Signers: who can sign, seen from this library. Implement the two members to sign with an HSM or a key service.
 *
 * Reads  ed25519.ts.   Used by  note/, statement/, gs1/; node/native.ts has a faster one.
 * Never  hands out the seed, and never draws randomness: Ed25519 signatures are deterministic (RFC 8032 section 5.1.6).
 * @module
 */
import { assertBytes, assertObject } from '../bytes/index.ts';
import { portableKeyPair } from './ed25519.ts';
import { POINT_BYTES } from './encoding.ts';

/** Signs bytes with one Ed25519 key. Must be deterministic and synchronous; must throw, not return, on failure. */
export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The 64-byte RFC 8032 signature of `message`. */
  sign(message: Uint8Array): Uint8Array;
}

/**
 * A signer in pure JavaScript that runs everywhere. Not constant-time in the strict sense, as no JavaScript is.
 * @param seed - the 32-byte RFC 8032 secret seed; copied.
 * @throws {TypeError | RangeError} if `seed` is not 32 bytes.
 * @example
 * const signer = createSigner(seed);
 * verify(signer.sign(message), message, signer.publicKey); // true
 */
export function createSigner(seed: Uint8Array): Signer {
  const pair = portableKeyPair(assertBytes('seed', seed, POINT_BYTES).slice());
  return Object.freeze({
    publicKey: pair.publicKey,
    sign: (message: Uint8Array): Uint8Array => pair.sign(assertBytes('message', message)),
  });
}

/** Returns `signer` if it has the two members of a {@link Signer}. */
export function assertSigner(title: string, signer: Signer): Signer {
  assertObject(title, signer, ['sign']);
  assertBytes(`${title}.publicKey`, signer.publicKey, POINT_BYTES);
  return signer;
}
