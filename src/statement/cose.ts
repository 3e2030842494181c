// Browser-safe.
/**
 * The envelope of every statement: one fixed shape of tagged COSE_Sign1, read strictly and written one way only.
 *
 * Reads  bytes/, errors.ts, kinds.ts (types).   Used by  sign.ts, open.ts.
 * Source RFC 9052 sections 4.2 and 4.4, RFC 9864 (Ed25519 = -19), RFC 9597 (CWT claims in headers), RFC 8949 section 4.2 (deterministic form).
 * Never  reads general CBOR: any byte that this writer would not have written is refused, so bytes and meaning are one-to-one.
 * @module
 */
import { assertText, concatBytes, utf8Decode, utf8Encode } from '../bytes/index.ts';
import { argumentRangeError, DecodeError } from '../errors.ts';
import type { StatementKind } from './kinds.ts';

/** Most bytes of one statement: what is left of a 65,535-byte log entry after its 42-byte head. */
export const STATEMENT_BYTES_MAX = 65_535 - 42;
/** Most UTF-8 bytes of the issuer, the subject and the audience, each. */
export const CLAIM_BYTES_MAX = 800;

/** What the protected header says. */
export interface EnvelopeHeader {
  readonly kind: StatementKind;
  /** CWT claim 1: canonical id of the party that signs. */
  readonly issuer: string;
  /** CWT claim 2: what the statement is about, in the issuer's words; no rule reads it. */
  readonly subject: string;
  /** CWT claim 3: origin of the one ledger the statement is for. */
  readonly audience: string;
  /** RFC 9679 thumbprint of the signing key, 32 bytes. */
  readonly kid: Uint8Array;
  /** The key's own sequence number, 0 .. 2^53-1. */
  readonly sequence: number;
}

/** A statement taken apart; neither its signature nor its payload has been looked at. */
export interface Envelope extends EnvelopeHeader {
  /** The payload's exact bytes: a view into the statement, not a copy. */
  readonly payloadBytes: Uint8Array;
  /** RFC 9052 Sig_structure: the bytes the signature is over. */
  readonly toBeSigned: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

const MAJOR_UNSIGNED = 0;
const MAJOR_BYTES = 2;
const MAJOR_TEXT = 3;
/** Protected map of five labels; label 1 (alg): -19 (Ed25519); label 3 (content type). */
const HEADER_START = Uint8Array.of(0xa5, 0x01, 0x32, 0x03);
/** Label 4 (kid): 32 bytes. */
const KID_START = Uint8Array.of(0x04, 0x58, 0x20);
/** Label 15 (CWT claims): map of three; claim 1. */
const CLAIMS_START = Uint8Array.of(0x0f, 0xa3, 0x01);
const SUBJECT_LABEL = Uint8Array.of(0x02);
const AUDIENCE_LABEL = Uint8Array.of(0x03);
/** Label -65537 (private use): the key's sequence number. */
const SEQUENCE_LABEL = Uint8Array.of(0x3a, 0x00, 0x01, 0x00, 0x00);
/** Tag 18, array of four. */
const ENVELOPE_START = Uint8Array.of(0xd2, 0x84);
/** Empty unprotected header. */
const UNPROTECTED = Uint8Array.of(0xa0);
/** 64 bytes follow. */
const SIGNATURE_START = Uint8Array.of(0x58, 0x40);
/** Array of four; "Signature1". */
const CONTEXT = Uint8Array.of(0x84, 0x6a, 0x53, 0x69, 0x67, 0x6e, 0x61, 0x74, 0x75, 0x72, 0x65, 0x31);
/** Empty external data. */
const EXTERNAL = Uint8Array.of(0x40);

const KINDS: Readonly<Record<StatementKind, true>> = {
  genesis: true,
  events: true,
  party: true,
  key: true,
  product: true,
  lot: true,
  licence: true,
  revocation: true,
  recall: true,
  policy: true,
  case: true,
};
/** Every kind of statement. */
export const STATEMENT_KINDS: readonly StatementKind[] = Object.freeze(Object.keys(KINDS) as StatementKind[]);
const KIND_OF_TYPE: ReadonlyMap<string, StatementKind> = new Map(
  STATEMENT_KINDS.map((kind) => [contentType(kind), kind]),
);

/** Media type of a payload of this kind, as the header carries it. */
export function contentType(kind: StatementKind): string {
  assertText('kind', kind);
  return `application/vnd.countermark.${kind}+json`;
}

/** Returns `kind` if it is one of {@link STATEMENT_KINDS}. */
export function assertKind(kind: StatementKind): StatementKind {
  if (STATEMENT_KINDS.includes(kind)) return kind;
  throw argumentRangeError('kind', `one of ${STATEMENT_KINDS.join(', ')}`, `type=${typeof kind}`);
}

/**
 * Takes a statement apart without reading its payload. Cost: one copy of the payload.
 *
 * @param bytes - a whole statement. Attacker-controlled.
 * @throws {DecodeError} `ERR_DECODE_LIMIT` if longer than {@link STATEMENT_BYTES_MAX}; `ERR_DECODE_NONCANONICAL` for an integer or
 *   length not in shortest form; `ERR_DECODE_MALFORMED` for anything else this library would not write.
 */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length > STATEMENT_BYTES_MAX) {
    throw new DecodeError(
      'ERR_DECODE_LIMIT',
      `couldn't decode statement: above ${STATEMENT_BYTES_MAX} bytes`,
    );
  }
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const cursor: Cursor = { bytes: plain, offset: 0, end: plain.length };
  expect(cursor, ENVELOPE_START);
  const headerBytes = readLength(cursor, MAJOR_BYTES);
  const headerStart = cursor.offset;
  const protectedEnd = headerStart + headerBytes;
  cursor.offset = protectedEnd;
  expect(cursor, UNPROTECTED);
  const payloadLength = readLength(cursor, MAJOR_BYTES);
  const payloadEnd = cursor.offset + payloadLength;
  const payloadBytes = plain.subarray(cursor.offset, payloadEnd);
  cursor.offset = payloadEnd;
  expect(cursor, SIGNATURE_START);
  if (plain.length - cursor.offset !== 64) throw malformed('signature');
  const header = readHeader({ bytes: plain, offset: headerStart, end: protectedEnd });
  return {
    kind: header.kind,
    issuer: header.issuer,
    subject: header.subject,
    audience: header.audience,
    kid: header.kid,
    sequence: header.sequence,
    payloadBytes,
    toBeSigned: toBeSignedOf(plain, protectedEnd, payloadEnd),
    signature: plain.slice(cursor.offset),
  };
}

/** A statement ready for its signature. */
export interface UnsignedEnvelope {
  /** RFC 9052 Sig_structure. */
  readonly toBeSigned: Uint8Array;
  /** Length of the finished statement. */
  readonly statementBytes: number;
  /** The finished statement around a 64-byte signature over `toBeSigned`. */
  finish(signature: Uint8Array): Uint8Array;
}

/** Writes header and payload in the one shape {@link decodeEnvelope} reads; the caller has checked every field. */
export function encodeEnvelope(header: EnvelopeHeader, payloadBytes: Uint8Array): UnsignedEnvelope {
  const content = concatBytes(
    ...beforeSubject(header),
    ...textItem(header.subject),
    ...afterSubject(header),
    itemHead(MAJOR_UNSIGNED, header.sequence),
  );
  const protectedItem = concatBytes(itemHead(MAJOR_BYTES, content.length), content);
  const payloadItem = concatBytes(itemHead(MAJOR_BYTES, payloadBytes.length), payloadBytes);
  const start = concatBytes(ENVELOPE_START, protectedItem, UNPROTECTED, payloadItem, SIGNATURE_START);
  return {
    toBeSigned: joinToBeSigned(protectedItem, payloadItem),
    statementBytes: start.length + 64,
    finish: (signature) => concatBytes(start, signature),
  };
}

/** What comes before the subject in a header: the same for all statements of one kind by one key. */
export function beforeSubject({
  kind,
  kid,
  issuer,
}: Pick<EnvelopeHeader, 'kind' | 'kid' | 'issuer'>): Uint8Array[] {
  const type = textItem(contentType(kind));
  return [HEADER_START, ...type, KID_START, kid, CLAIMS_START, ...textItem(issuer), SUBJECT_LABEL];
}

/** What comes between the subject and the sequence number: the same for all statements to one ledger. */
export function afterSubject({ audience }: Pick<EnvelopeHeader, 'audience'>): Uint8Array[] {
  return [AUDIENCE_LABEL, ...textItem(audience), SEQUENCE_LABEL];
}

/**
 * The Sig_structure of a statement whose protected header ends at `headerEnd` and whose payload ends at `payloadEnd`: the statement
 * itself from its header on, behind another beginning, with the external data in the place of the unprotected header.
 */
export function toBeSignedOf(
  bytes: Uint8Array,
  headerEnd: number,
  payloadEnd: number,
  make: (length: number) => Uint8Array = (length) => new Uint8Array(length),
): Uint8Array {
  const from = ENVELOPE_START.length;
  const out = make(CONTEXT.length + payloadEnd - from);
  out.set(CONTEXT);
  out.set(bytes.subarray(from, payloadEnd), CONTEXT.length);
  out[CONTEXT.length + headerEnd - from] = EXTERNAL[0]!;
  return out;
}

/** True if `text` may stand as issuer, subject or audience: 1 .. {@link CLAIM_BYTES_MAX} bytes, no control characters. */
export function isClaim(text: string): boolean {
  const length = utf8Encode(text).length;
  return length > 0 && length <= CLAIM_BYTES_MAX && !hasControl(text);
}

interface Cursor {
  readonly bytes: Uint8Array;
  offset: number;
  /** First offset that is not this item's. */
  readonly end: number;
}

function readHeader(cursor: Cursor): EnvelopeHeader {
  expect(cursor, HEADER_START);
  const kind = KIND_OF_TYPE.get(readText(cursor));
  if (kind === undefined) throw malformed('content type');
  expect(cursor, KID_START);
  if (cursor.end - cursor.offset < 32) throw malformed('key id');
  const kid = cursor.bytes.slice(cursor.offset, cursor.offset + 32);
  cursor.offset += 32;
  expect(cursor, CLAIMS_START);
  const issuer = readText(cursor);
  expect(cursor, SUBJECT_LABEL);
  const subject = readText(cursor);
  expect(cursor, AUDIENCE_LABEL);
  const audience = readText(cursor);
  expect(cursor, SEQUENCE_LABEL);
  const sequence = readArgument(cursor, MAJOR_UNSIGNED);
  if (cursor.offset !== cursor.end) throw malformed('protected header');
  return { kind, issuer, subject, audience, kid, sequence };
}

function expect(cursor: Cursor, expected: Uint8Array): void {
  const end = cursor.offset + expected.length;
  if (end > cursor.end || !matches(cursor.bytes, cursor.offset, expected)) throw malformed('fixed bytes');
  cursor.offset = end;
}

function matches(bytes: Uint8Array, offset: number, expected: Uint8Array): boolean {
  for (let i = 0; i < expected.length; i++) if (bytes[offset + i] !== expected[i]) return false;
  return true;
}

/** Reads the head of a string; the result never reaches beyond the cursor's end. */
function readLength(cursor: Cursor, major: number): number {
  const length = readArgument(cursor, major);
  if (length > cursor.end - cursor.offset) throw malformed('length');
  return length;
}

/** Reads a head of this major type with its argument in shortest form, 0 .. 2^53-1. */
function readArgument(cursor: Cursor, major: number): number {
  const first = cursor.offset < cursor.end ? cursor.bytes[cursor.offset]! : -1;
  const additional = first - major * 32;
  if (additional < 0 || additional > 27) throw malformed('item');
  cursor.offset += 1;
  if (additional < 24) return additional;
  const length = 1 << (additional - 24);
  if (length > cursor.end - cursor.offset) throw malformed('item');
  let value = 0;
  for (let i = 0; i < length; i++) value = value * 256 + cursor.bytes[cursor.offset + i]!;
  cursor.offset += length;
  if (!Number.isSafeInteger(value)) {
    throw new DecodeError('ERR_DECODE_LIMIT', "couldn't decode statement: integer above 2^53-1");
  }
  if (value < (length === 1 ? 24 : length === 2 ? 0x100 : length === 4 ? 0x1_0000 : 0x1_0000_0000)) {
    throw new DecodeError(
      'ERR_DECODE_NONCANONICAL',
      "couldn't decode statement: integer not in shortest form",
    );
  }
  return value;
}

function readText(cursor: Cursor): string {
  const length = readLength(cursor, MAJOR_TEXT);
  if (length === 0 || length > CLAIM_BYTES_MAX) throw malformed('text');
  const text = utf8Decode(cursor.bytes.subarray(cursor.offset, cursor.offset + length));
  if (hasControl(text)) throw malformed('text');
  cursor.offset += length;
  return text;
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || (unit >= 0x7f && unit < 0xa0)) return true;
  }
  return false;
}

/** The two items already carry their heads, which Sig_structure repeats unchanged. */
function joinToBeSigned(protectedItem: Uint8Array, payloadItem: Uint8Array): Uint8Array {
  return concatBytes(CONTEXT, protectedItem, EXTERNAL, payloadItem);
}

function textItem(text: string): [head: Uint8Array, content: Uint8Array] {
  const content = utf8Encode(text);
  return [itemHead(MAJOR_TEXT, content.length), content];
}

/** Head byte and argument in shortest form. */
function itemHead(major: number, value: number): Uint8Array {
  const type = major * 32;
  if (value < 24) return Uint8Array.of(type + value);
  const length = value < 0x100 ? 1 : value < 0x1_0000 ? 2 : value < 0x1_0000_0000 ? 4 : 8;
  const out = new Uint8Array(1 + length);
  out[0] = type + (length === 1 ? 24 : length === 2 ? 25 : length === 4 ? 26 : 27);
  let left = value;
  for (let i = length; i > 0; i--) {
    const byte = left % 256;
    out[i] = byte;
    left = (left - byte) / 256;
  }
  return out;
}

function malformed(what: string): DecodeError {
  return new DecodeError('ERR_DECODE_MALFORMED', `couldn't decode statement: ${what}`);
}
