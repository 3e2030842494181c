// Browser-safe.
/**
 * Opening a statement: the envelope alone (cheap), or all of it with its payload read as its kind.
 *
 * Reads  cose.ts, payload.ts, read.ts, crypto/.   Used by  registry/, ledger/, audit/.
 * Checks the shape of every byte; NOT the signature (call {@link verifyStatement}), nor who may say this (authority.ts).
 * Never  returns part of a statement it could not read whole.
 * @module
 */
import { assertBytes, assertObject, equalBytes, toBase64url, fromBase64url } from '../bytes/index.ts';
import { keyId, verify } from '../crypto/index.ts';
import { DecodeError } from '../errors.ts';
import { decodeEnvelope, type Envelope, type EnvelopeHeader } from './cose.ts';
import { isCanonical } from './fields.ts';
import type { Payloads, Statement, StatementKind } from './kinds.ts';
import { checkPayloadJson } from './payload.ts';
import { readPayload } from './read.ts';

/** A statement whose bytes are well-formed throughout. Its signature is NOT checked. */
export interface OpenedStatement extends Envelope {
  readonly statement: Statement;
}

/**
 * Reads who says what about what, without parsing the payload.
 *
 * Cost: one copy of the payload (for `toBeSigned`), nothing else that grows with it.
 *
 * @param bytes - a whole statement, at most STATEMENT_BYTES_MAX. Attacker-controlled; `payloadBytes` is a view into it.
 * @throws {TypeError} if `bytes` is no Uint8Array.
 * @throws {DecodeError} `ERR_DECODE_LIMIT`, `ERR_DECODE_NONCANONICAL` or `ERR_DECODE_MALFORMED`.
 */
export function readEnvelope(bytes: Uint8Array): Envelope {
  return decodeEnvelope(assertBytes('bytes', bytes));
}

/**
 * Reads a whole statement: envelope, payload rule, and the fields of its kind.
 *
 * Cost: linear; dominated by parsing and re-writing the JSON.
 *
 * @param bytes - a whole statement. Attacker-controlled.
 * @throws {TypeError} if `bytes` is no Uint8Array.
 * @throws {DecodeError} if any byte is not as this library would have written it; `details.path` names a wrong payload field.
 * @example
 * const opened = openStatement(bytes);
 * if (verifyStatement(opened, publicKey)) console.log(opened.statement.kind, opened.statement.issuer);
 */
export function openStatement(bytes: Uint8Array): OpenedStatement {
  return openEnvelope(readEnvelope(bytes));
}

/**
 * The second half of {@link openStatement}, for callers that looked at the envelope first.
 * @throws {DecodeError} as {@link openStatement}.
 */
export function openEnvelope(envelope: Envelope): OpenedStatement {
  const { kind, issuer, subject, audience, kid, sequence } = assertObject('envelope', envelope);
  assertBytes('envelope.kid', kid, 32);
  const payload = readPayload(kind, checkPayloadJson(envelope.payloadBytes));
  checkHeader(envelope, payload);
  // Kind and payload belong together by readPayload, which the compiler cannot follow through a union.
  const statement = { kind, issuer, subject, audience, kid, sequence, payload } as Statement;
  return { ...envelope, statement };
}

/**
 * Checks that `publicKey` signed this statement and is the key its header names.
 *
 * @param envelope  - from {@link readEnvelope} or {@link openStatement}.
 * @param publicKey - 32 bytes, from the registry.
 * @returns `false` for a wrong signature (by the ZIP 215 verdict, see crypto/) and for another key than `kid` names.
 * @throws {TypeError | RangeError} if `publicKey` is not 32 bytes.
 */
export function verifyStatement(envelope: Envelope, publicKey: Uint8Array): boolean {
  assertBytes('publicKey', publicKey, 32);
  assertObject('envelope', envelope);
  return (
    equalBytes(envelope.kid, keyId(publicKey)) && verify(envelope.signature, envelope.toBeSigned, publicKey)
  );
}

/**
 * Checks what header and payload must say alike: the issuer is a party, and a genesis speaks for itself.
 * @throws {DecodeError} `ERR_DECODE_MALFORMED`.
 */
export function checkHeader(header: EnvelopeHeader, payload: Payloads[StatementKind]): void {
  if (!isCanonical(header.issuer, 'party')) throw incoherent('issuer expected a canonical party id');
  if (header.kind !== 'genesis') return;
  const genesis = payload as Payloads['genesis'];
  if (header.issuer !== genesis.operator.id) throw incoherent('issuer of a genesis expected its operator');
  if (header.audience !== genesis.origin) throw incoherent('audience of a genesis expected its origin');
  const kid = toBase64url(header.kid);
  if (!genesis.keys.some((key) => toBase64url(keyId(fromBase64url(key))) === kid)) {
    throw incoherent('signer of a genesis expected one of its keys');
  }
}

function incoherent(reason: string): DecodeError {
  return new DecodeError('ERR_DECODE_MALFORMED', `couldn't read statement: ${reason}`);
}
