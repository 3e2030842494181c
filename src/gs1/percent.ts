// Browser-safe.
/**
 * The character sets of GS1 values, and the one spelling of a value inside a URI: RFC 3986 unreserved characters as they
 * are, all others as `%XX`.
 *
 * Reads  nothing.   Used by  gs1/ai.ts, gs1/ids.ts, gs1/digital-link.ts, gs1/epc.ts.
 * Source GS1 General Specifications section 7.11 (CSET 82, 39, 64); RFC 3986 sections 2.1 to 2.3;
 *        GS1 Digital Link: URI Syntax, "percent-encoding of reserved characters".
 * Rule   readers of links from outside accept any escape of any character; canonical ids accept only this spelling.
 * @module
 */

/** Bits of the character classes a code unit belongs to. */
export const CLASS_N = 1;
export const CLASS_X = 2;
export const CLASS_Y = 4;
export const CLASS_Z = 8;
const UNRESERVED = 16;
/** CSET 82 characters that need no escape in a URI. */
export const CLASS_PLAIN = 32;
/** Characters of a host name. */
export const CLASS_HOST = 64;

const DIGITS = '0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const CLASSES = /* @__PURE__ */ classTable();
const HEX = '0123456789ABCDEF';

function classTable(): Uint8Array {
  const table = new Uint8Array(128);
  const add = (characters: string, bit: number): void => {
    for (const character of characters) table[character.charCodeAt(0)]! |= bit;
  };
  add(DIGITS, CLASS_N);
  add(`!"%&'()*+,-./:;<=>?_${DIGITS}${UPPER}${LOWER}`, CLASS_X);
  add(`#-/${DIGITS}${UPPER}`, CLASS_Y);
  add(`-_=${DIGITS}${UPPER}${LOWER}`, CLASS_Z);
  add(`-._~${DIGITS}${UPPER}${LOWER}`, UNRESERVED);
  add(`-._${DIGITS}${UPPER}${LOWER}`, CLASS_PLAIN);
  add(`-.${DIGITS}${UPPER}${LOWER}`, CLASS_HOST);
  return table;
}

/** True if every UTF-16 unit of `text` is in the class: numeric, CSET 82, CSET 39 or base64url. */
export function isOfClass(text: string, bit: number): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 128 || (CLASSES[unit]! & bit) === 0) return false;
  }
  return true;
}

/** Index of the first UTF-16 unit of `text[start, limit)` that is not in the class; `limit`, or the text's end, where all are. */
export function endOfClass(text: string, start: number, limit: number, bit: number): number {
  const end = Math.min(limit, text.length);
  let at = start;
  while (at < end && unitIs(text.charCodeAt(at), bit)) at++;
  return at;
}

/** True if `text` is 1 .. `lengthMax` characters of GS1 character set 82. */
export function isCset82(text: unknown, lengthMax: number): boolean {
  return typeof text === 'string' && text.length > 0 && text.length <= lengthMax && isOfClass(text, CLASS_X);
}

function unitIs(unit: number, bit: number): boolean {
  return unit < 128 && (CLASSES[unit]! & bit) !== 0;
}

/** The canonical URI spelling of an ASCII text; escapes are upper-case. */
export function encodeValue(text: string): string {
  if (isOfClass(text, UNRESERVED)) return text;
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    out += unitIs(unit, UNRESERVED) ? text[i]! : `%${HEX[(unit >>> 4) & 15]!}${HEX[unit & 15]!}`;
  }
  return out;
}

/**
 * The text behind any RFC 3986 spelling, or undefined if a `%` is not followed by two hex digits.
 * An escape above %7F gives that code unit, which is in no GS1 character set.
 */
export function decodeValue(text: string): string | undefined {
  let at = text.indexOf('%');
  if (at < 0) return text;
  let out = text.slice(0, at);
  while (at < text.length) {
    if (text[at] !== '%') {
      out += text[at]!;
      at++;
      continue;
    }
    const high = hexValue(text.charCodeAt(at + 1));
    const low = hexValue(text.charCodeAt(at + 2));
    if (high < 0 || low < 0) return undefined;
    out += String.fromCharCode(high * 16 + low);
    at += 3;
  }
  return out;
}

/**
 * The CSET 82 value that `uri` spells from `start` on canonically, or undefined if it holds anything else or is not
 * 1 .. `lengthMax` characters long. One pass; no copy where nothing is escaped.
 */
export function readCanonicalValue(uri: string, start: number, lengthMax: number): string | undefined {
  const length = canonicalLength(uri, start, lengthMax);
  if (length < 0) return undefined;
  const text = uri.slice(start);
  return text.length === length ? text : decodeValue(text)!;
}

/** Length of the value {@link readCanonicalValue} would return, or -1. Makes nothing. */
export function canonicalLength(uri: string, start: number, lengthMax: number): number {
  const end = uri.length;
  if (end <= start || end - start > 3 * lengthMax) return -1;
  let length = end - start;
  for (let i = start; i < end; i++) {
    const unit = uri.charCodeAt(i);
    // '~' is unreserved but in no GS1 character set.
    if (unit < 128 && (CLASSES[unit]! & UNRESERVED) !== 0 && unit !== 126) continue;
    if (unit !== 37) return -1;
    const value = escapedUnit(uri, i);
    if (!unitIs(value, CLASS_X) || unitIs(value, UNRESERVED)) return -1;
    length -= 2;
    i += 2;
  }
  return length <= lengthMax ? length : -1;
}

/** The unit an upper-case escape at `at` stands for, or 128 (in no class) if it is none. */
function escapedUnit(uri: string, at: number): number {
  const high = HEX.indexOf(uri.charAt(at + 1) || '-');
  const low = HEX.indexOf(uri.charAt(at + 2) || '-');
  return high < 0 || low < 0 ? 128 : high * 16 + low;
}

function hexValue(unit: number): number {
  if (unit >= 48 && unit <= 57) return unit - 48;
  if (unit >= 65 && unit <= 70) return unit - 55;
  return unit >= 97 && unit <= 102 ? unit - 87 : -1;
}
