/**
 * Bare node:crypto keys for the baselines.
 *
 * Reads  node:crypto.   Used by  the benchmarks that have node:crypto as baseline.
 * Source RFC 8037 section 2: Ed25519 keys as JWK.
 * @module
 */
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { nativeSigner } from '../../dist/node/index.js';
import { seed32 } from './cast.ts';

const MESSAGE_BYTES = 300;

/** Name of the baseline of most results. */
export const NODE_CRYPTO = 'node:crypto verify, cached KeyObject';

/** A public key of 32 bytes as a key object. */
export function keyObjectOf(publicKey: Uint8Array): KeyObject {
  return createPublicKey({ key: jwkOf(publicKey), format: 'jwk' });
}

/** The private key of a seed of 32 bytes as a key object. */
export function privateKeyOf(seed: Uint8Array): KeyObject {
  const key = { ...jwkOf(nativeSigner(seed).publicKey), d: base64url(seed) };
  return createPrivateKey({ key, format: 'jwk' });
}

/** One verification of a 300-byte message by a key object made before: the least that any check of a signature costs. */
export function bareVerification(): () => void {
  const seed = seed32('bare verification');
  const message = new Uint8Array(MESSAGE_BYTES).fill(7);
  const signature = sign(null, message, privateKeyOf(seed));
  const keyObject = keyObjectOf(nativeSigner(seed).publicKey);
  return () => {
    if (!verify(null, message, keyObject, signature)) throw new Error('node:crypto refused a signature');
  };
}

function jwkOf(publicKey: Uint8Array) {
  return { kty: 'OKP', crv: 'Ed25519', x: base64url(publicKey) };
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
