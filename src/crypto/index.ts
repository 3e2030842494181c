// Browser-safe.
/**
 * Cryptography: SHA-256, the Ed25519 verdict of one signature and of many, key enrolment, key ids, signers.
 * @module
 */
export { accelerate, sha256, type NativeCrypto } from './backend.ts';
export { BatchVerifier, verifyBatch, type SignedMessage } from './batch.ts';
export { verify } from './ed25519.ts';
export { prepareKernel } from './exact.ts';
export { isPortableSignature } from './encoding.ts';
export { checkEnrolment, type Enrolment } from './enrolment.ts';
export { keyId } from './key-id.ts';
export { assertSigner, createSigner, type Signer } from './signer.ts';
