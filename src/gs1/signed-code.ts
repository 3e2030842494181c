// Browser-safe.
/**
 * The common spellings of a signed unit code, read straight from the text: labels an audit meets by the hundred thousand.
 *
 * Reads  gs1/percent.ts, gs1/check-digit.ts, gs1/date.ts, gs1/ids.ts.   Used by  gs1/code.ts alone.
 * Source those of gs1/element-string.ts and gs1/digital-link.ts, which read every spelling.
 * Rule   what is read here is read there to the same code; whatever is not plainly one of these spellings is left to them.
 * @module
 */
import { fromBase64url } from '../bytes/index.ts';
import { isChecked } from './check-digit.ts';
import type { PresentedCode } from './code.ts';
import { readDay } from './date.ts';
import { hasGs1Symbology } from './element-string.ts';
import { productId, unitOf } from './ids.ts';
import { CLASS_HOST, CLASS_PLAIN, CLASS_X, endOfClass } from './percent.ts';

const GTIN_LENGTH = 14;
const DAY_LENGTH = 6;
const KEY_ID_LENGTH = 11;
/** 64 bytes in base64url. */
const SIGNATURE_LENGTH = 86;
const VALUE_MAX = 20;
const HOST_MAX = 253;
const SECURE = 'https://';
const SEPARATOR = 0x1d;

/** Where the value of each element begins in a text, and where those of no fixed length end; 0 for one not met. */
interface Spans {
  gtin: number;
  serial: number;
  serialEnd: number;
  lot: number;
  lotEnd: number;
  expiry: number;
  keyId: number;
  signature: number;
}

/**
 * The code of an element string as scanned, or of a Digital Link without escapes and with lot and serial number in its path, that
 * holds exactly the elements 01, 21, 10, 17, 91 and 92, the last two as this project writes them.
 *
 * Cost: one pass over the text.
 *
 * @param text - attacker-controlled.
 * @returns undefined for anything else, readable or not.
 */
export function readSignedCode(text: string): PresentedCode | undefined {
  const spans = { gtin: 0, serial: 0, serialEnd: 0, lot: 0, lotEnd: 0, expiry: 0, keyId: 0, signature: 0 };
  const isRead = text.startsWith(SECURE) ? findInLink(text, spans) : findInElements(text, spans);
  return isRead ? codeOf(text, spans) : undefined;
}

/** Finds the elements of an element string; false unless all are there, once each, and nothing else. */
function findInElements(text: string, spans: Spans): boolean {
  let at = text.charCodeAt(0) === 0x5d && hasGs1Symbology(text) ? 3 : 0;
  if (text.charCodeAt(at) === SEPARATOR) at++;
  let count = 0;
  while (at < text.length) {
    const end = findElement(text, at, spans);
    if (end < 0 || end > text.length) return false;
    const isSeparated = text.charCodeAt(end) === SEPARATOR;
    // Only a value of predefined length may be followed by another element at once.
    if (!isSeparated && end < text.length && !isPredefined(text, at)) return false;
    at = isSeparated ? end + 1 : end;
    count++;
  }
  return count === ELEMENTS;
}

/** Elements of a signed code: no more, and as each is found once, no fewer. */
const ELEMENTS = 6;

/** True if the element at `at` is one of those {@link findElement} finds, 01 or 17. */
function isPredefined(text: string, at: number): boolean {
  return text.startsWith('01', at) || text.startsWith('17', at);
}

/** Notes the element whose identifier stands at `at`; where its value ends, or -1 if it is another, was met before, or is not valued so. */
function findElement(text: string, at: number, spans: Spans): number {
  const start = at + 2;
  switch (text.charCodeAt(at) * 0x10000 + text.charCodeAt(at + 1)) {
    case 0x300031:
      if (spans.gtin > 0 || !isChecked(text, start, start + GTIN_LENGTH)) return -1;
      spans.gtin = start;
      return start + GTIN_LENGTH;
    case 0x310030:
      if (spans.lot > 0) return -1;
      spans.lot = start;
      return (spans.lotEnd = valueEnd(text, start, CLASS_X));
    case 0x310037:
      if (spans.expiry > 0) return -1;
      spans.expiry = start;
      return start + DAY_LENGTH;
    case 0x320031:
      if (spans.serial > 0) return -1;
      spans.serial = start;
      return (spans.serialEnd = valueEnd(text, start, CLASS_X));
    case 0x390031:
      if (spans.keyId > 0) return -1;
      spans.keyId = start;
      return start + KEY_ID_LENGTH;
    case 0x390032:
      if (spans.signature > 0) return -1;
      spans.signature = start;
      return start + SIGNATURE_LENGTH;
    default:
      return -1;
  }
}

/** Where the value of 1 .. 20 characters that starts at `start` ends, or -1 if there is none. */
function valueEnd(text: string, start: number, bit: number): number {
  const end = endOfClass(text, start, start + VALUE_MAX, bit);
  return end > start ? end : -1;
}

/** Finds the elements of a Digital Link; false unless all are there, where they are usually written. */
function findInLink(text: string, spans: Spans): boolean {
  const host = endOfClass(text, SECURE.length, SECURE.length + HOST_MAX, CLASS_HOST);
  // A host name begins with a letter or a digit.
  if (host === SECURE.length || text.charCodeAt(SECURE.length) < 48) return false;
  if (!text.startsWith('/01/', host)) return false;
  spans.gtin = host + 4;
  const lot = spans.gtin + GTIN_LENGTH;
  if (!isChecked(text, spans.gtin, lot) || !text.startsWith('/10/', lot)) return false;
  spans.lot = lot + 4;
  spans.lotEnd = valueEnd(text, spans.lot, CLASS_PLAIN);
  if (spans.lotEnd < 0 || !text.startsWith('/21/', spans.lotEnd)) return false;
  spans.serial = spans.lotEnd + 4;
  spans.serialEnd = valueEnd(text, spans.serial, CLASS_PLAIN);
  return spans.serialEnd > 0 && text.charCodeAt(spans.serialEnd) === 0x3f && findInQuery(text, spans);
}

/** Finds 17, 91 and 92 in the query string. */
function findInQuery(text: string, spans: Spans): boolean {
  let at = spans.serialEnd + 1;
  for (let count = 0; ; count++) {
    if (text.startsWith('17=', at) && spans.expiry === 0) {
      spans.expiry = at + 3;
      at = spans.expiry + DAY_LENGTH;
    } else if (text.startsWith('91=', at) && spans.keyId === 0) {
      spans.keyId = at + 3;
      at = spans.keyId + KEY_ID_LENGTH;
    } else if (text.startsWith('92=', at) && spans.signature === 0) {
      spans.signature = at + 3;
      at = spans.signature + SIGNATURE_LENGTH;
    } else return false;
    if (at === text.length) return count === 2;
    if (text.charCodeAt(at++) !== 0x26) return false;
  }
}

/** What labels read one after another mostly have in common: each text made once. */
const last = { product: '', gtin: '', lot: '', day: '', expiry: '', keyId: '' };

/** The code whose elements lie there; undefined if its date, key id or signature is none. */
function codeOf(text: string, spans: Spans): PresentedCode | undefined {
  const { gtin, serial, serialEnd, lot, lotEnd, expiry, keyId } = spans;
  if (!text.startsWith(last.gtin, gtin) || last.gtin === '') {
    last.gtin = text.slice(gtin, gtin + GTIN_LENGTH);
    last.product = productId(last.gtin);
  }
  if (!text.startsWith(last.day, expiry) || last.day === '') {
    const day = text.slice(expiry, expiry + DAY_LENGTH);
    const read = readDay(day, true);
    if (read === undefined) return undefined;
    last.day = day;
    last.expiry = read;
  }
  if (last.lot.length !== lotEnd - lot || !text.startsWith(last.lot, lot)) last.lot = text.slice(lot, lotEnd);
  if (!text.startsWith(last.keyId, keyId) || last.keyId === '') {
    const id = text.slice(keyId, keyId + KEY_ID_LENGTH);
    if (decode(id) === undefined) return undefined;
    last.keyId = id;
  }
  const signature = decode(text.slice(spans.signature, spans.signature + SIGNATURE_LENGTH));
  if (signature === undefined) return undefined;
  const number = text.slice(serial, serialEnd);
  return {
    scheme: 'gs1',
    unit: unitOf(last.product, number),
    product: last.product,
    gtin: last.gtin,
    serial: number,
    lot: last.lot,
    expiry: last.expiry,
    keyId: last.keyId,
    signature,
  };
}

/** The bytes a base64url text stands for, or undefined if it is none. */
function decode(text: string): Uint8Array | undefined {
  try {
    return fromBase64url(text);
  } catch {
    return undefined;
  }
}
