// Browser-safe.
/**
 * Random bytes for the coefficients of a batch: the one place in the core that draws any, and no verdict depends on them.
 *
 * Reads  the platform's crypto.getRandomValues.   Used by  kernel-run.ts, key-table.ts.
 * Source W3C Web Cryptography section 10.1.1: cryptographically strong, at most 65,536 bytes a call.
 * Never  leaves bytes as they were: what a broken generator did not draw is an error, not a coefficient of zero.
 * @module
 */
import { invariant } from '../errors.ts';

/** What one call may ask for, bytes. */
const QUOTA_BYTES = 65_536;
/** Bytes of one coefficient. */
const GROUP_BYTES = 16;

/** True where the platform has a generator. */
export function hasRandom(): boolean {
  return typeof crypto === 'object' && typeof crypto.getRandomValues === 'function';
}

/**
 * Fills `bytes`, whose length is a multiple of 16, with random bytes.
 * @throws {InternalError} if 16 bytes in a row are zero afterwards: a chance of 2^-128 each, so the generator is broken.
 */
export function fillRandom(bytes: Uint8Array<ArrayBuffer>): void {
  for (let start = 0; start < bytes.length; start += QUOTA_BYTES) {
    const part = bytes.subarray(start, start + QUOTA_BYTES);
    part.fill(0);
    crypto.getRandomValues(part);
  }
  for (let start = 0; start < bytes.length; start += GROUP_BYTES) {
    let any = 0;
    for (let i = 0; i < GROUP_BYTES && any === 0; i++) any = bytes[start + i]!;
    invariant(any !== 0, 'the random generator gave zeros');
  }
}
