// Browser-safe.
/**
 * Statements: what parties sign. Kinds and their payloads, signing, opening, and who may say what.
 * @module
 */
export {
  MANUFACTURER_LICENCE_TYPES,
  WRITERS,
  authority,
  mayWrite,
  ownsProduct,
  type Authority,
  type AuthorityContext,
  type AuthorityLookup,
} from './authority.ts';
export {
  CLAIM_BYTES_MAX,
  STATEMENT_BYTES_MAX,
  STATEMENT_KINDS,
  contentType,
  type Envelope,
  type EnvelopeHeader,
} from './cose.ts';
export * from './kinds.ts';
export { openEnvelope, openStatement, readEnvelope, verifyStatement, type OpenedStatement } from './open.ts';
export { PAYLOAD_DEPTH_MAX, checkPayloadJson } from './payload.ts';
export * from './policy.ts';
export { POLICY_RANGES, readPayload } from './read.ts';
export { prepareStatement, signStatement, type PreparedStatement, type StatementDraft } from './sign.ts';
