// Browser-safe.
/**
 * Key ids: the COSE key thumbprint of an Ed25519 public key, the `kid` of every statement.
 *
 * Reads  backend.ts.   Used by  statement/, gs1/, registry/.
 * Source RFC 9679 section 3 (required members in deterministic order, SHA-256); RFC 9053 section 7.2 (OKP keys).
 * @module
 */
import { assertBytes, concatBytes, fromHex } from '../bytes/index.ts';
import { sha256 } from './backend.ts';
import { POINT_BYTES } from './encoding.ts';

/** CBOR of {1: 1 (kty OKP), -1: 6 (crv Ed25519), -2: h'…32 bytes}, up to the key bytes. */
const COSE_KEY_PREFIX = fromHex('a301012006215820');

/**
 * The 32-byte RFC 9679 thumbprint of an Ed25519 public key.
 * @throws {TypeError | RangeError} if `publicKey` is not 32 bytes.
 */
export function keyId(publicKey: Uint8Array): Uint8Array {
  assertBytes('publicKey', publicKey, POINT_BYTES);
  return sha256(concatBytes(COSE_KEY_PREFIX, publicKey));
}
