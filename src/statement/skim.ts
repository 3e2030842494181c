// Browser-safe.
/**
 * Envelopes of signers met before: a header that repeats all but its subject and its sequence number is compared, not read.
 *
 * Reads  cose.ts.   Used by  custody/ (entries read in bulk).
 * Rule   what is returned is what readEnvelope returns, less the subject, which no rule reads; whatever is rare is left to it.
 * Never  trusts a header: only one that was read whole is remembered, and it is compared byte for byte.
 * @module
 */
import { concatBytes, toBase64url } from '../bytes/index.ts';
import {
  CLAIM_BYTES_MAX,
  STATEMENT_BYTES_MAX,
  afterSubject,
  beforeSubject,
  toBeSignedOf,
  type Envelope,
  type EnvelopeHeader,
} from './cose.ts';

/** Who signed what; neither the signature nor the payload has been looked at. */
export interface StatementHead extends Omit<Envelope, 'subject' | 'kid'> {
  /** The whole statement. */
  readonly bytes: Uint8Array;
  /** RFC 9679 thumbprint of the signing key, base64url. */
  readonly kid: string;
  /** The same, 32 bytes, shared by all statements of the key: not to be changed. */
  readonly thumbprint: Uint8Array;
  /** True if the issuer is a canonical party id; nothing opens whose issuer is none. */
  readonly isByParty: boolean;
}

/** A header met before. */
interface KnownHeader extends Pick<StatementHead, 'kind' | 'issuer' | 'audience' | 'kid' | 'thumbprint'> {
  /** Its bytes up to the subject, and from the end of the subject to the sequence number. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Headers remembered; one that comes to the place of another takes it. */
const SLOTS = 4096;
/** Where two bytes of the thumbprint stand in the header of an `events` statement; in others two bytes of something else. */
const SLOT_AT = 50;

/** Reads envelopes, of signers it knows in a fifth of the time. Remembers at most {@link SLOTS} headers of some 1,800 bytes. */
export class EnvelopeSkimmer {
  readonly #room: (length: number) => Uint8Array;
  readonly #known = Array.from<KnownHeader | undefined>({ length: SLOTS });

  /** @param isPassing - true if what is to be signed need last only until the next is skimmed. */
  constructor(isPassing: boolean) {
    this.#room = isPassing ? onePlace() : roomy();
  }

  /**
   * Who says something, without parsing what; undefined unless the same key said something before.
   *
   * @param bytes - a whole statement. Attacker-controlled; `payloadBytes` and `signature` are views into it.
   */
  skim(bytes: Uint8Array): StatementHead | undefined {
    if (bytes.length > STATEMENT_BYTES_MAX || bytes[0] !== 0xd2 || bytes[1] !== 0x84) return undefined;
    const headerBytes = argumentAt(bytes, 2, BYTES);
    const headerAt = 2 + headSize(headerBytes);
    const headerEnd = headerAt + headerBytes;
    const known = this.#known[slotOf(bytes, headerAt)];
    if (headerBytes < 0 || known === undefined || !matches(bytes, headerAt, known.before)) return undefined;
    const subjectEnd = endOfSubject(bytes, headerAt + known.before.length);
    if (subjectEnd < 0 || !matches(bytes, subjectEnd, known.after)) return undefined;
    const sequenceAt = subjectEnd + known.after.length;
    const sequence = argumentAt(bytes, sequenceAt, UNSIGNED);
    if (sequence < 0 || sequenceAt + headSize(sequence) !== headerEnd || bytes[headerEnd] !== 0xa0)
      return undefined;
    const payloadBytes = argumentAt(bytes, headerEnd + 1, BYTES);
    const payloadAt = headerEnd + 1 + headSize(payloadBytes);
    const payloadEnd = payloadAt + payloadBytes;
    if (payloadBytes < 0 || payloadEnd + SIGNATURE_ITEM_BYTES !== bytes.length) return undefined;
    if (bytes[payloadEnd] !== 0x58 || bytes[payloadEnd + 1] !== 0x40) return undefined;
    return {
      kind: known.kind,
      issuer: known.issuer,
      audience: known.audience,
      kid: known.kid,
      thumbprint: known.thumbprint,
      sequence,
      payloadBytes: bytes.subarray(payloadAt, payloadEnd),
      toBeSigned: toBeSignedOf(bytes, headerEnd, payloadEnd, this.#room),
      signature: bytes.subarray(payloadEnd + 2),
      bytes,
      isByParty: true,
    };
  }

  /** Remembers the header of a statement whose envelope was read, and whose issuer is a party. */
  remember(bytes: Uint8Array, header: EnvelopeHeader): void {
    const { kind, issuer, audience } = header;
    const before = concatBytes(...beforeSubject(header));
    const after = concatBytes(...afterSubject(header));
    const headerAt = 2 + headSize(argumentAt(bytes, 2, BYTES));
    const kid = toBase64url(header.kid);
    const thumbprint = header.kid.slice();
    this.#known[slotOf(bytes, headerAt)] = { kind, issuer, audience, kid, thumbprint, before, after };
  }
}

/**
 * New arrays out of larger ones: to make one alone costs more than to fill it. Whoever keeps a small one keeps its neighbours, too.
 */
function roomy(): (length: number) => Uint8Array {
  let room = new Uint8Array(0);
  let used = 0;
  return (length) => {
    if (length > ROOM_BYTES / 8) return new Uint8Array(length);
    if (used + length > room.length) {
      room = new Uint8Array(ROOM_BYTES);
      used = 0;
    }
    used += length;
    return room.subarray(used - length, used);
  };
}

/** The same array again and again. */
function onePlace(): (length: number) => Uint8Array {
  let place = new Uint8Array(0);
  return (length) => {
    if (length > place.length) place = new Uint8Array(2 * length);
    return place.subarray(0, length);
  };
}

const ROOM_BYTES = 131_072;
const UNSIGNED = 0x00;
const BYTES = 0x40;
const TEXT = 0x60;
/** Head and bytes of the signature. */
const SIGNATURE_ITEM_BYTES = 66;

function slotOf(bytes: Uint8Array, headerAt: number): number {
  const at = headerAt + SLOT_AT;
  return at + 1 < bytes.length ? ((bytes[at]! << 8) | bytes[at + 1]!) & (SLOTS - 1) : 0;
}

function matches(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  const { length } = expected;
  if (at + length > bytes.length) return false;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}

/** Argument of the item at `at`, if it is of this major type, in shortest form and below 2^32; else -1. */
function argumentAt(bytes: Uint8Array, at: number, major: number): number {
  if (at >= bytes.length) return -1;
  const additional = bytes[at]! - major;
  if (additional < 0 || additional > 26) return -1;
  if (additional < 24) return additional;
  const size = 1 << (additional - 24);
  if (at + size >= bytes.length) return -1;
  let value = 0;
  for (let i = 1; i <= size; i++) value = value * 256 + bytes[at + i]!;
  return headSize(value) === 1 + size ? value : -1;
}

/** Bytes of the shortest head with this argument. */
function headSize(argument: number): number {
  if (argument < 24) return 1;
  return argument < 0x100 ? 2 : argument < 0x1_0000 ? 3 : 5;
}

/** Where the text at `at` ends, if it may be a subject and is of printable ASCII; else -1. */
function endOfSubject(bytes: Uint8Array, at: number): number {
  const length = argumentAt(bytes, at, TEXT);
  const start = at + headSize(length);
  const end = start + length;
  if (length < 1 || length > CLAIM_BYTES_MAX || end > bytes.length) return -1;
  for (let i = start; i < end; i++) if (bytes[i]! < 0x20 || bytes[i]! > 0x7e) return -1;
  return end;
}
