/**
 * Native speed on Node: node:crypto and the kernel behind the same verdict, a native signer, and random bytes.
 *
 * Reads  crypto/.   Used by  cli/, ledger openers on Node, worker threads, tests and benchmarks.
 * Source RFC 8410 sections 4 and 7 for the DER wrappers around raw Ed25519 keys.
 * Never  decides that a signature is bad: see crypto/ed25519.ts.
 * @module
 */
import * as crypto from 'node:crypto';
import { assertBytes, concatBytes, fromHex } from '../bytes/index.ts';
import { installDigest, installExact } from '../crypto/backend.ts';
import { exactVerdict } from '../crypto/exact.ts';
import { accelerate, type NativeCrypto, type Signer } from '../crypto/index.ts';
import { invariant } from '../errors.ts';

const SPKI_PREFIX = fromHex('302a300506032b6570032100');
const PKCS8_PREFIX = fromHex('302e020100300506032b657004220420');

/** Key objects kept per generation; two generations are kept, so memory holds at most twice as many. */
const KEY_CACHE_MAX = 2048;
let recentKeys = new Map<string, crypto.KeyObject>();
let olderKeys = new Map<string, crypto.KeyObject>();

const NATIVE: NativeCrypto = Object.freeze({ sha256: nativeSha256, verifyAccepts });

/**
 * Makes {@link sha256} and {@link verify} of this thread use node:crypto, and {@link verify} the kernel once it has paid to make it.
 * Idempotent; call once in each worker thread.
 */
export function installNativeCrypto(): void {
  accelerate(NATIVE);
  installDigest(nativeSha256To);
  installExact(exactVerdict);
}

/**
 * A signer that signs with node:crypto, about five times as fast as the portable one, with equal signatures.
 * @param seed - the 32-byte RFC 8032 secret seed; copied into a native key object.
 * @throws {TypeError | RangeError} if `seed` is not 32 bytes.
 */
export function nativeSigner(seed: Uint8Array): Signer {
  const privateKey = privateKeyOf(seed);
  const spki = crypto.createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  invariant(spki.length === SPKI_PREFIX.length + 32, 'unexpected public key encoding in nativeSigner');
  return Object.freeze({
    publicKey: Uint8Array.from(spki.subarray(SPKI_PREFIX.length)),
    sign: (message: Uint8Array): Uint8Array =>
      viewOf(crypto.sign(null, assertBytes('message', message), privateKey)),
  });
}

/** The native key object of a 32-byte seed, which is copied. */
export function privateKeyOf(seed: Uint8Array): crypto.KeyObject {
  const der = concatBytes(PKCS8_PREFIX, assertBytes('seed', seed, 32));
  const privateKey = crypto.createPrivateKey({ key: Buffer.from(der.buffer), format: 'der', type: 'pkcs8' });
  der.fill(0);
  return privateKey;
}

/** 32 bytes from the operating system's generator: seeds, salts, session and act ids. */
export function randomBytes32(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(32));
}

/** Asks for a string of 32 code units below 256: copying them costs less than half of what a Buffer does. */
function nativeSha256To(data: Uint8Array, to: Uint8Array, at: number): void {
  const units = crypto.hash('sha256', data, 'binary');
  for (let i = 0; i < 32; i++) to[at + i] = units.charCodeAt(i);
}

function nativeSha256(data: Uint8Array): Uint8Array {
  const digest = new Uint8Array(32);
  nativeSha256To(data, digest, 0);
  return digest;
}

function verifyAccepts(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  return crypto.verify(null, message, keyObject(publicKey), signature);
}

/** Importing a key costs as much as a verification, so key objects are kept, the least recently used leaving first. */
function keyObject(publicKey: Uint8Array): crypto.KeyObject {
  const name = Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.length).toString('latin1');
  const recent = recentKeys.get(name);
  if (recent !== undefined) return recent;
  const key = olderKeys.get(name) ?? importKey(publicKey);
  if (recentKeys.size >= KEY_CACHE_MAX) {
    olderKeys = recentKeys;
    recentKeys = new Map();
  }
  recentKeys.set(name, key);
  return key;
}

function importKey(publicKey: Uint8Array): crypto.KeyObject {
  const der = Buffer.from(concatBytes(SPKI_PREFIX, publicKey).buffer);
  return crypto.createPublicKey({ key: der, format: 'der', type: 'spki' });
}

/** The same bytes as a plain Uint8Array: a Buffer's slice() would share memory where a Uint8Array's copies. */
function viewOf(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
