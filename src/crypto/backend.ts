// Browser-safe.
/**
 * SHA-256, and the one place where a faster engine may be plugged in beneath the portable one.
 *
 * Reads  @noble/hashes.   Used by  ed25519.ts and every room that hashes; node/native.ts plugs in node:crypto.
 * Rule   an engine may change the speed of an answer, never the answer: its hash is tested when it is installed,
 *        and of its signature verdicts only "accepted" counts (see ed25519.ts).
 * @module
 */
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { assertBytes, equalBytes, fromHex, utf8Encode } from '../bytes/index.ts';
import { argumentRangeError, argumentTypeError } from '../errors.ts';

/** A faster engine for the two primitives that decide throughput. Both methods are called with checked arguments. */
export interface NativeCrypto {
  /** SHA-256 of `data`: 32 bytes that nobody else keeps a reference to. */
  sha256(data: Uint8Array): Uint8Array;
  /**
   * True only if this engine accepts the Ed25519 signature. Must return false, or throw, whenever it is in doubt:
   * true is final, everything else is decided by the portable implementation.
   */
  verifyAccepts(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}

/** An engine whose word about an Ed25519 signature is final both ways, if it has one; arguments are checked, S is below L. */
export type ExactVerify = (
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
) => boolean | undefined;

/** Writes the SHA-256 of `data` to `at`, where there is room for it. */
export type Digest = (data: Uint8Array, to: Uint8Array, at: number) => void;

const ABC_DIGEST = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
let installed: NativeCrypto | undefined;
let exact: ExactVerify | undefined;
let digest: Digest | undefined;

/**
 * Puts a faster engine in place for this thread, or with `undefined` goes back to the portable one alone.
 * @throws {TypeError} if `native` lacks one of the two methods.
 * @throws {RangeError} if its `sha256` fails the FIPS 180-4 example "abc".
 */
export function accelerate(native: NativeCrypto | undefined): void {
  if (native !== undefined) {
    if (typeof native?.sha256 !== 'function' || typeof native.verifyAccepts !== 'function') {
      throw argumentTypeError('native', 'an object with sha256() and verifyAccepts()', native);
    }
    if (!equalBytes(native.sha256(utf8Encode('abc')), fromHex(ABC_DIGEST))) {
      throw argumentRangeError('native.sha256', 'SHA-256', 'another function');
    }
  }
  installed = native;
  digest = undefined;
  if (native === undefined) exact = undefined;
}

/** Has {@link sha256To} use the hash of the native engine in place without an array for each. For this library only. */
export function installDigest(engine: Digest): void {
  digest = engine;
}

/** Puts an exact engine before all others for single signatures. For this library only. */
export function installExact(engine: ExactVerify): void {
  exact = engine;
}

/** The exact engine in place, or undefined. */
export function exactVerify(): ExactVerify | undefined {
  return exact;
}

/** The engine in place, or undefined when the portable implementation is used alone. */
export function nativeCrypto(): NativeCrypto | undefined {
  return installed;
}

/**
 * SHA-256 of `data`, as a new array of 32 bytes.
 * @throws {TypeError} if `data` is not a Uint8Array.
 * @see FIPS 180-4
 */
export function sha256(data: Uint8Array): Uint8Array {
  assertBytes('data', data);
  return installed === undefined ? nobleSha256(data) : installed.sha256(data);
}

/** Writes the SHA-256 of `data` to the 32 bytes of `to` from `at` on. */
export function sha256To(data: Uint8Array, to: Uint8Array, at: number): void {
  if (digest === undefined) to.set(sha256(data), at);
  else digest(assertBytes('data', data), assertBytes('to', to), at);
}
