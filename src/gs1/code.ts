// Browser-safe.
/**
 * Reads whatever was presented as a product code: the first step of every check.
 *
 * Reads  gs1/signed-code.ts, gs1/element-string.ts, gs1/digital-link.ts, gs1/canonical.ts, gs1/ids.ts.   Used by  custody/, judgement/, ledger/.
 * Source findings ID-01 and ID-02; the schemes of design section 3.
 * Never  throws on a code, trims it, changes its case or guesses a missing part: corrupted codes are findings' business.
 * @module
 */
import { argumentTypeError } from '../errors.ts';
import { fromBase64url } from '../bytes/index.ts';
import type { AiElement } from './ai.ts';
import { parseId } from './canonical.ts';
import { areDigits, isSscc, toGtin14 } from './check-digit.ts';
import { readDay } from './date.ts';
import { isWebAddress, parseDigitalLink } from './digital-link.ts';
import { FNC1, hasGs1Symbology, parseElementString } from './element-string.ts';
import { CODE_LENGTH_MAX, unparseable } from './failure.ts';
import type { CodeFailure } from './failure.ts';
import { parseCanonicalId, productId, sgtin, sscc, traceCodeId } from './ids.ts';
import type { ParsedId } from './ids.ts';
import { readSignedCode } from './signed-code.ts';

/** What a readable code says. Nothing of it is verified. */
export interface PresentedCode {
  readonly scheme: 'gs1' | 'cn-trace';
  /** Canonical id of the unit, where the code names one. */
  readonly unit?: string;
  /** Canonical id of the container. */
  readonly container?: string;
  /** Canonical id of the product class. */
  readonly product?: string;
  /** 14 digits. */
  readonly gtin?: string;
  readonly serial?: string;
  readonly lot?: string;
  /** `YYYY-MM-DD`; a label's day 00 is the last day of its month. */
  readonly expiry?: string;
  /** The signing key's label id, 11 base64url characters, where AI 91 holds one. */
  readonly keyId?: string;
  /**
   * AI 92 as bytes: 64 of them where well-formed; none where AI 91 claims a key and AI 92 holds no signature, so that a
   * mutilated signature is an invalid one and not a missing one.
   */
  readonly signature?: Uint8Array;
  /** First seven digits of a Chinese trace code: the product. */
  readonly traceCodePrefix?: string;
}

/** A presented code, or the finding why it is none. */
export type ParsedCode = { readonly ok: true; readonly code: PresentedCode } | CodeFailure;

/** The label id of a key: the first 8 bytes of its thumbprint in base64url, whose last character holds four bits. */
const KEY_ID = /^[A-Za-z0-9_-]{10}[AEIMQUYcgkosw048]$/;
/** 64 bytes in base64url, whose last character holds two bits. */
const SIGNATURE = /^[A-Za-z0-9_-]{85}[AQgw]$/;

/**
 * Reads a presented code of any known scheme: a GS1 element string (printed or scanned), a GS1 Digital Link, an EPC URN,
 * a bare GTIN or SSCC, a Chinese 20-digit trace code, or a canonical id of this ledger.
 *
 * Twenty digits that begin with 00 or 01 are read as GS1 (an SSCC or a GTIN with its AI), all others as a trace code.
 * Cost: linear; more than 2,000 characters are refused unread.
 *
 * @param text - verbatim from the scanner or the keyboard; attacker-controlled. An AIM symbology identifier may lead.
 * @returns the code's parts; or `ID-02` if a scheme parses it but its check digit or characters fail; or `ID-01`.
 * @throws {TypeError} only if `text` is no string.
 * @example
 * const result = parseCode('(01)09506000134352(21)S1(17)271200');
 * if (result.ok) result.code.expiry; // '2027-12-31'
 */
export function parseCode(text: string): ParsedCode {
  if (typeof text !== 'string') throw argumentTypeError('text', 'a string', text);
  if (text.length === 0) return unparseable('empty');
  if (text.length > CODE_LENGTH_MAX) return unparseable('too long');
  const code = readSignedCode(text);
  return code === undefined ? parseAnyScheme(text) : { ok: true, code };
}

/** Reads a code of 1 .. {@link CODE_LENGTH_MAX} characters, whatever its spelling: what {@link parseCode} does but for its short cut. Room-internal. */
export function parseAnyScheme(text: string): ParsedCode {
  if (hasGs1Symbology(text)) return ofElements(parseElementString(text));
  const body = /^\][A-Za-z][0-9A-Za-z]/.test(text) ? text.slice(3) : text;
  if (body.startsWith('urn:')) return ofId(parseId(body));
  if (isWebAddress(body)) {
    const id = parseCanonicalId(body);
    return id !== undefined ? ofId(id) : ofElements(parseDigitalLink(body));
  }
  if (areDigits(body, 0, body.length)) {
    const bare = ofDigits(body);
    if (bare !== undefined) return bare;
  }
  const first = body.charCodeAt(0);
  const isElementString = body.startsWith('(') || body.startsWith(FNC1) || (first >= 48 && first <= 57);
  return isElementString ? ofElements(parseElementString(body)) : unparseable('no known scheme');
}

/** Bare digits that are no element string, told apart by their number; undefined for any other number. */
function ofDigits(digits: string): ParsedCode | undefined {
  switch (digits.length) {
    case 8:
    case 12:
    case 13:
    case 14: {
      const gtin = toGtin14(digits);
      return gtin === undefined
        ? badCheckDigit('GTIN')
        : { ok: true, code: { scheme: 'gs1', product: productId(gtin), gtin } };
    }
    case 18:
      return isSscc(digits)
        ? { ok: true, code: { scheme: 'gs1', container: sscc(digits) } }
        : badCheckDigit('SSCC');
    case 20:
      if (digits.startsWith('00') || digits.startsWith('01')) return undefined;
      return ofId(parseCanonicalId(traceCodeId(digits)));
    default:
      return undefined;
  }
}

function badCheckDigit(name: string): CodeFailure {
  return { ok: false, finding: 'ID-02', reason: `${name}: wrong check digit` };
}

function ofId(id: ParsedId | undefined): ParsedCode {
  if (id === undefined) return unparseable('no known scheme');
  const { scheme, gtin, serial, lot, traceCodePrefix } = id;
  if (id.type === 'place' || id.type === 'party') return unparseable('names no product, unit or container');
  return {
    ok: true,
    code: {
      scheme,
      ...(id.type === 'unit' ? { unit: id.id } : {}),
      ...(id.type === 'container' ? { container: id.id } : {}),
      ...(gtin === undefined ? {} : { product: productId(gtin), gtin }),
      ...(serial === undefined ? {} : { serial }),
      ...(lot === undefined ? {} : { lot }),
      ...(traceCodePrefix === undefined ? {} : { traceCodePrefix }),
    },
  };
}

function ofElements(
  parsed: { readonly ok: true; readonly elements: readonly AiElement[] } | CodeFailure,
): ParsedCode {
  if (!parsed.ok) return parsed;
  const values = new Map(parsed.elements.map(({ ai, value }) => [ai, value]));
  const gtin = values.get('01');
  const container = values.get('00');
  if (gtin === undefined && container === undefined)
    return unparseable('names no product, unit or container');
  const serial = values.get('21');
  const lot = values.get('10');
  const expiry = values.get('17');
  const keyId = readKeyId(values.get('91'));
  const signature = readSignature(values.get('92'), keyId !== undefined);
  return {
    ok: true,
    code: {
      scheme: 'gs1',
      ...(gtin !== undefined && serial !== undefined ? { unit: sgtin(gtin, serial) } : {}),
      ...(container === undefined ? {} : { container: sscc(container) }),
      ...(gtin === undefined ? {} : { product: productId(gtin), gtin }),
      ...(serial === undefined ? {} : { serial }),
      ...(lot === undefined ? {} : { lot }),
      // The value passed its AI's date check, so the day exists.
      ...(expiry === undefined ? {} : { expiry: readDay(expiry, true)! }),
      ...(keyId === undefined ? {} : { keyId }),
      ...(signature === undefined ? {} : { signature }),
    },
  };
}

/** AI 91 is free for company use: anything but 8 bytes of base64url is somebody else's. */
function readKeyId(value: string | undefined): string | undefined {
  return value !== undefined && KEY_ID.test(value) ? value : undefined;
}

function readSignature(value: string | undefined, claimed: boolean): Uint8Array | undefined {
  if (value !== undefined && SIGNATURE.test(value)) return fromBase64url(value);
  return claimed && value !== undefined ? new Uint8Array(0) : undefined;
}
