// Browser-safe.
/**
 * Making a statement: in one step with a signer at hand, or in two for a key that lives elsewhere (HSM, key service).
 *
 * Reads  cose.ts, payload.ts, read.ts, open.ts, crypto/, gs1/.   Used by  ledger/, every service that writes.
 * Rule   what is signed has passed the reader first: nothing this file signs can fail to open.
 * Never  picks a sequence number: the signer's owner stores the number durably before signing (SG-11).
 * @module
 */
import { assertBytes, assertInteger, assertOptions, assertString, utf8Encode } from '../bytes/index.ts';
import { assertSigner, keyId, type Signer } from '../crypto/index.ts';
import { argumentRangeError, argumentTypeError, errorCode } from '../errors.ts';
import { lotId, parseId } from '../gs1/index.ts';
import {
  CLAIM_BYTES_MAX,
  STATEMENT_BYTES_MAX,
  assertKind,
  encodeEnvelope,
  isClaim,
  type EnvelopeHeader,
} from './cose.ts';
import type { Payloads, StatementKind } from './kinds.ts';
import { checkHeader } from './open.ts';
import { checkPayloadJson } from './payload.ts';
import { readPayload } from './read.ts';

/** What a statement says, before it is signed. */
export interface StatementDraft<K extends StatementKind = StatementKind> {
  readonly kind: K;
  readonly payload: Payloads[K];
  /** Canonical id of the signing party. */
  readonly issuer: string;
  /** What the statement is about, 1 .. 800 bytes; absent means the id its payload names. */
  readonly subject?: string;
  /** Origin of the ledger it is for. */
  readonly audience: string;
  /** The key's next sequence number, 0 .. 2^53-1: one number, one statement. */
  readonly sequence: number;
}

/** A statement that waits for its signature. */
export interface PreparedStatement {
  /** RFC 9052 Sig_structure: sign exactly these bytes with Ed25519 (pure, not prehashed). */
  readonly toBeSigned: Uint8Array;
  /**
   * The statement around `signature`, 64 bytes over `toBeSigned`; whether it verifies is not checked here.
   * @throws {TypeError | RangeError} if `signature` is not 64 bytes.
   */
  finish(signature: Uint8Array): Uint8Array;
}

const DRAFT_NAMES = ['kind', 'payload', 'issuer', 'subject', 'audience', 'sequence'] as const;

/**
 * Signs a statement.
 *
 * @param options - the draft, and a `signer` whose public key is enrolled for the issuer.
 * @returns the statement's bytes, ready to append.
 * @throws {TypeError | RangeError} for an option of wrong type or out of range, and for a statement above STATEMENT_BYTES_MAX.
 * @throws {DecodeError} if the payload is not one of its kind; `details.path` names the field.
 * @example
 * const bytes = signStatement({ kind: 'product', payload, issuer, audience: origin, sequence: 7, signer });
 */
export function signStatement<K extends StatementKind>(
  options: StatementDraft<K> & { readonly signer: Signer },
): Uint8Array {
  assertOptions('options', options, [...DRAFT_NAMES, 'signer']);
  const { signer, ...draft } = options;
  assertSigner('signer', signer);
  const prepared = prepareStatement({ ...draft, publicKey: signer.publicKey } as StatementDraft<K> & {
    publicKey: Uint8Array;
  });
  return prepared.finish(signer.sign(prepared.toBeSigned));
}

/**
 * Prepares a statement for a key that is not in this process.
 *
 * @param options - the draft, and the 32-byte `publicKey` that will sign.
 * @throws as {@link signStatement}.
 * @example
 * const prepared = prepareStatement({ kind, payload, issuer, audience, sequence, publicKey });
 * const bytes = prepared.finish(await hsm.sign(prepared.toBeSigned));
 */
export function prepareStatement<K extends StatementKind>(
  options: StatementDraft<K> & { readonly publicKey: Uint8Array },
): PreparedStatement {
  assertOptions('options', options, [...DRAFT_NAMES, 'publicKey']);
  const { kind } = options;
  assertKind(kind);
  if (typeof options.payload !== 'object' || options.payload === null) {
    throw argumentTypeError('payload', 'an object', options.payload);
  }
  const payloadBytes = utf8Encode(jsonOf(options.payload));
  // Read back what was written: undefined fields, toJSON and the like cannot make the signed bytes differ from what was checked.
  const payload = readPayload(kind, checkPayloadJson(payloadBytes));
  const issuer = claim('issuer', options.issuer);
  const audience = claim('audience', options.audience);
  const header: EnvelopeHeader = {
    kind,
    issuer,
    subject: claim('subject', options.subject ?? defaultSubject(kind, payload, { issuer, audience })),
    audience,
    kid: keyId(assertBytes('publicKey', options.publicKey, 32)),
    sequence: assertInteger('sequence', options.sequence),
  };
  checkHeader(header, payload);
  const envelope = encodeEnvelope(header, payloadBytes);
  if (envelope.statementBytes > STATEMENT_BYTES_MAX) {
    throw argumentRangeError(
      'payload',
      `a statement of at most ${STATEMENT_BYTES_MAX} bytes`,
      envelope.statementBytes,
    );
  }
  return {
    toBeSigned: envelope.toBeSigned,
    finish: (signature) => envelope.finish(assertBytes('signature', signature, 64)),
  };
}

function jsonOf(payload: object): string {
  try {
    return String(JSON.stringify(payload));
  } catch (cause) {
    if (errorCode(cause) !== undefined) throw cause;
    throw argumentRangeError('payload', 'what JSON can say', 'a circle, a bigint or too deep a nesting');
  }
}

/** What a statement is about if its writer does not say: the id its payload names first. */
function defaultSubject<K extends StatementKind>(
  kind: K,
  payload: Payloads[K],
  context: { readonly issuer: string; readonly audience: string },
): string {
  const subject = SUBJECTS[kind](payload);
  return subject !== undefined && isClaim(subject)
    ? subject
    : kind === 'policy'
      ? context.audience
      : context.issuer;
}

const SUBJECTS: { readonly [K in StatementKind]: (payload: Payloads[K]) => string | undefined } = {
  genesis: (payload) => payload.origin,
  events: (payload) => payload.id ?? payload['cm:act'] ?? payload.epcisBody.eventList[0]?.eventID,
  party: (payload) => payload.id,
  key: (payload) => payload.party,
  product: (payload) => payload.id,
  lot: (payload) => {
    const gtin = parseId(payload.product)?.gtin;
    return gtin === undefined ? undefined : lotId(gtin, payload.lot);
  },
  licence: (payload) => payload.id,
  revocation: (payload) => payload.licence,
  recall: (payload) => payload.id,
  policy: () => undefined,
  case: (payload) => payload.id,
};

function claim(title: string, value: unknown): string {
  const text = assertString(title, value);
  if (!isClaim(text)) {
    throw argumentRangeError(
      title,
      `1 to ${CLAIM_BYTES_MAX} bytes without control characters`,
      `length=${text.length}`,
    );
  }
  return text;
}
