// Browser-safe.
/**
 * Signed unit codes: the manufacturer's mark on one pack, in a GS1 element string or a Digital Link.
 *
 * Reads  crypto/, bytes/, gs1/element-string.ts, gs1/digital-link.ts.   Used by  judgement/, ledger/, the printing line.
 * Source design section 3: AI 91 holds the key's label id, AI 92 the 64-byte Ed25519 signature (86 base64url characters).
 * Never  says that a pack is genuine: a label can be photocopied. A valid signature says that this unit was made up by
 *        the holder of the key; where it is now, and whether it is the only one, is the log's business.
 * @module
 */
import { assertBytes, assertOptions, toBase64url, utf8Encode } from '../bytes/index.ts';
import { assertSigner, keyId as keyThumbprint, verify } from '../crypto/index.ts';
import type { Signer } from '../crypto/index.ts';
import { argumentRangeError, argumentTypeError } from '../errors.ts';
import type { AiElement } from './ai.ts';
import { toGtin14 } from './check-digit.ts';
import { writeDay } from './date.ts';
import { formatDigitalLink } from './digital-link.ts';
import { formatElementString } from './element-string.ts';
import { isCset82 } from './percent.ts';

/** What the manufacturer signs about one pack. */
export interface UnitCode {
  /** 14 digits with the check digit. */
  readonly gtin: string;
  /** 1 .. 20 characters of CSET 82. */
  readonly serial: string;
  /** 1 .. 20 characters of CSET 82. */
  readonly lot: string;
  /** `YYYY-MM-DD`, 2000 .. 2099. */
  readonly expiry: string;
}

/** A unit code with its signature, ready to be printed. */
export interface SignedUnitCode extends UnitCode {
  /** First 8 bytes of the key's RFC 9679 thumbprint, 11 base64url characters. */
  readonly keyId: string;
  /** 64 bytes, Ed25519 over {@link unitCodeMessage}. */
  readonly signature: Uint8Array;
}

/** The fields a verification needs; a presented code has them or not. */
export type PresentedUnitCode = Partial<SignedUnitCode>;

const KEY_ID_BYTES = 8;
const SIGNATURE_BYTES = 64;
/** Separates these signatures from every other use of the key. */
const DOMAIN = 'https://countermark.org/ns/unit-code/1';
const KEY_ID_PATTERN = /^[A-Za-z0-9_-]{11}$/;

/**
 * The exact bytes a unit code's signature covers: UTF-8 lines, each ended by a line feed: the domain
 * `https://countermark.org/ns/unit-code/1`, GTIN (14 digits), serial, lot, expiry (`YYYY-MM-DD`), key id.
 * No field can hold a line feed, so no two codes have the same bytes.
 *
 * @throws {TypeError | RangeError} if a field is not as {@link UnitCode} says.
 */
export function unitCodeMessage(code: UnitCode, keyId: string): Uint8Array {
  assertUnitCode(code);
  if (typeof keyId !== 'string') throw argumentTypeError('keyId', 'a string', keyId);
  if (!KEY_ID_PATTERN.test(keyId))
    throw argumentRangeError('keyId', '11 base64url characters', `length=${keyId.length}`);
  return messageOf(code, keyId);
}

/** Room for the message of any unit code, bytes: the domain, 14, 20, 20, 10 and 11 characters, and six line feeds. */
export const MESSAGE_ROOM: number = DOMAIN.length + 81;

/**
 * Writes what {@link unitCodeMessage} returns to the beginning of `to`, where there are {@link MESSAGE_ROOM} bytes: of a code that
 * parseCode() read, whose fields are therefore not checked again.
 * @returns its length, bytes; 0 if the code lacks a field.
 */
export function writeReadMessage(
  { gtin, serial, lot, expiry, keyId }: PresentedUnitCode,
  to: Uint8Array,
): number {
  if (gtin === undefined || serial === undefined || lot === undefined) return 0;
  if (expiry === undefined || keyId === undefined) return 0;
  let end = writeLine(DOMAIN, to, 0);
  end = writeLine(gtin, to, end);
  end = writeLine(serial, to, end);
  end = writeLine(lot, to, end);
  end = writeLine(expiry, to, end);
  return writeLine(keyId, to, end);
}

/** Writes ASCII text and a line feed; where they end. */
function writeLine(text: string, to: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) to[at + i] = text.charCodeAt(i);
  to[at + text.length] = 0x0a;
  return at + text.length + 1;
}

/** The label id of a public key: the first 8 bytes of its thumbprint in base64url, 11 characters. */
export function labelKeyId(publicKey: Uint8Array): string {
  return toBase64url(keyThumbprint(assertBytes('publicKey', publicKey, 32)).subarray(0, KEY_ID_BYTES));
}

/**
 * Signs one unit code.
 *
 * @param code - the manufacturer's own data; copied.
 * @param signer - holds a key that is, or will be, registered for the manufacturer.
 * @returns the code with its key id and signature, frozen.
 * @throws {TypeError | RangeError} if a field is not as {@link UnitCode} says.
 */
export function signUnitCode(code: UnitCode, signer: Signer): SignedUnitCode {
  return sign(code, signer, labelKeyId(assertSigner('signer', signer).publicKey));
}

/**
 * Signs unit codes as they are pulled: one at a time, so a million take no more memory than one. On Node,
 * `signUnitCodesParallel` of `countermark/node` does the same on several threads.
 *
 * @param codes - any iterable; closed when the returned one is closed early.
 * @returns an iterable to be walked once, in the order of `codes`.
 * @throws while it is walked: whatever {@link signUnitCode} throws.
 */
export function* signUnitCodes(
  codes: Iterable<UnitCode>,
  signer: Signer,
): Generator<SignedUnitCode, void, undefined> {
  const keyId = labelKeyId(assertSigner('signer', signer).publicKey);
  if (typeof codes?.[Symbol.iterator] !== 'function') throw argumentTypeError('codes', 'an iterable', codes);
  for (const code of codes) yield sign(code, signer, keyId);
}

/**
 * Checks that the holder of `publicKey` signed exactly this unit code.
 *
 * @param presented - from a label; attacker-controlled. A missing or malformed field means no.
 * @param publicKey - 32 bytes, registered for the manufacturer in the ledger.
 * @returns `true` only if all fields are there, the key id is this key's, and the signature verifies (ZIP 215).
 * @throws {TypeError | RangeError} only if `publicKey` is not 32 bytes (a caller's mistake).
 */
export function verifyUnitCode(presented: PresentedUnitCode, publicKey: Uint8Array): boolean {
  const expected = labelKeyId(publicKey);
  if (typeof presented !== 'object' || presented === null) return false;
  const { keyId, signature } = presented;
  if (unitCodeFault(presented) !== undefined || keyId !== expected) return false;
  if (!(signature instanceof Uint8Array) || signature.length !== SIGNATURE_BYTES) return false;
  return verify(signature, messageOf(presented as UnitCode, keyId), publicKey);
}

/**
 * The element string of a signed unit code: 01, 21, 10, 17, 91, 92.
 *
 * @param options.bracketed - `true`: human-readable `(01)…`; `false` (default): as encoded, FNC1 as 0x1D.
 */
export function toElementString(
  signed: SignedUnitCode,
  options: { readonly bracketed?: boolean } = {},
): string {
  assertOptions('options', options, ['bracketed']);
  return formatElementString(elementsOf(signed), options);
}

/**
 * The Digital Link of a signed unit code: lot and serial in the path; expiry, key id and signature as attributes.
 *
 * @param options.domain - the manufacturer's resolver; default `id.gs1.org`.
 */
export function toDigitalLink(signed: SignedUnitCode, options: { readonly domain?: string } = {}): string {
  assertOptions('options', options, ['domain']);
  return formatDigitalLink(elementsOf(signed), options);
}

function elementsOf(signed: SignedUnitCode): AiElement[] {
  assertUnitCode(signed);
  return [
    { ai: '01', value: signed.gtin },
    { ai: '21', value: signed.serial },
    { ai: '10', value: signed.lot },
    { ai: '17', value: writeDay(signed.expiry)! },
    { ai: '91', value: signed.keyId },
    { ai: '92', value: toBase64url(assertBytes('signature', signed.signature, SIGNATURE_BYTES)) },
  ];
}

function sign(code: UnitCode, signer: Signer, keyId: string): SignedUnitCode {
  assertUnitCode(code);
  const signature = assertBytes('signature', signer.sign(messageOf(code, keyId)), SIGNATURE_BYTES);
  return withSignature(code, keyId, signature);
}

/** A unit code with the signature somebody made of its {@link unitCodeMessage}, which is not checked; frozen. */
export function withSignature(code: UnitCode, keyId: string, signature: Uint8Array): SignedUnitCode {
  const { gtin, serial, lot, expiry } = code;
  return Object.freeze({ gtin, serial, lot, expiry, keyId, signature });
}

function messageOf({ gtin, serial, lot, expiry }: UnitCode, keyId: string): Uint8Array {
  return utf8Encode(`${DOMAIN}\n${gtin}\n${serial}\n${lot}\n${expiry}\n${keyId}\n`);
}

/** Name of the first field that is not as UnitCode says, or undefined. */
function unitCodeFault(code: PresentedUnitCode): keyof UnitCode | undefined {
  if (typeof code.gtin !== 'string' || code.gtin.length !== 14 || toGtin14(code.gtin) === undefined)
    return 'gtin';
  if (!isCset82(code.serial, 20)) return 'serial';
  if (!isCset82(code.lot, 20)) return 'lot';
  return typeof code.expiry === 'string' && writeDay(code.expiry) !== undefined ? undefined : 'expiry';
}

const EXPECTED: Readonly<Record<keyof UnitCode, string>> = {
  gtin: 'a GTIN of 14 digits with its check digit',
  serial: '1 to 20 characters of GS1 character set 82',
  lot: '1 to 20 characters of GS1 character set 82',
  expiry: 'a day YYYY-MM-DD in 2000 .. 2099',
};

function assertUnitCode(code: UnitCode): void {
  if (typeof code !== 'object' || code === null) throw argumentTypeError('code', 'a unit code', code);
  const fault = unitCodeFault(code);
  if (fault === undefined) return;
  const value: unknown = code[fault];
  if (typeof value !== 'string') throw argumentTypeError(fault, EXPECTED[fault], value);
  throw argumentRangeError(fault, EXPECTED[fault], `length=${value.length}`);
}
