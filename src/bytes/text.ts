// Browser-safe.
/**
 * Bytes as text: lower-case hex, padded base64, unpadded base64url; every decoder accepts exactly one spelling.
 *
 * Reads  errors.ts, bytes.ts.   Used by  note/, gs1/, statement/, cli/.
 * Source RFC 4648 sections 4, 5 and 8; strictness after section 3.5 (non-zero trailing bits are refused).
 * Never  ignores white space, missing padding or upper-case hex.
 * @module
 */
import { DecodeError } from '../errors.ts';
import { assertBytes, assertText } from './bytes.ts';

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const BASE64_VALUES = decodeTable(BASE64);
const BASE64URL_VALUES = decodeTable(BASE64URL);

const BASE64_PAIRS = pairTable(BASE64);
const BASE64URL_PAIRS = pairTable(BASE64URL);

/** All texts of two characters, by the 12 bits they stand for. */
function pairTable(alphabet: string): readonly string[] {
  return Array.from({ length: 4096 }, (_, bits) => alphabet[bits >>> 6]! + alphabet[bits & 63]!);
}

function decodeTable(alphabet: string): Int8Array {
  const table = new Int8Array(128).fill(-1);
  for (let i = 0; i < alphabet.length; i++) table[alphabet.charCodeAt(i)] = i;
  return table;
}

/** Lower-case hex of `bytes`. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of assertBytes('bytes', bytes)) text += HEX[byte]!;
  return text;
}

/** @throws {DecodeError} `ERR_DECODE_MALFORMED` unless `text` is an even number of lower-case hex digits. */
export function fromHex(text: string): Uint8Array {
  assertText('text', text);
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) throw malformed('hex');
  const out = new Uint8Array(text.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return out;
}

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  const text = encode(bytes, BASE64, BASE64_PAIRS);
  return text + '='.repeat((4 - (text.length % 4)) % 4);
}

/** @throws {DecodeError} `ERR_DECODE_MALFORMED` unless `text` is what {@link toBase64} writes. */
export function fromBase64(text: string): Uint8Array {
  assertText('text', text);
  if (text.length % 4 !== 0) throw malformed('base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return decode(text.slice(0, text.length - padding), BASE64_VALUES, 'base64');
}

/** base64url without padding. */
export function toBase64url(bytes: Uint8Array): string {
  return encode(bytes, BASE64URL, BASE64URL_PAIRS);
}

/** @throws {DecodeError} `ERR_DECODE_MALFORMED` unless `text` is what {@link toBase64url} writes. */
export function fromBase64url(text: string): Uint8Array {
  return decode(text, BASE64URL_VALUES, 'base64url');
}

function encode(bytes: Uint8Array, alphabet: string, pairs: readonly string[]): string {
  assertBytes('bytes', bytes);
  let text = '';
  const whole = bytes.length - (bytes.length % 3);
  for (let i = 0; i < whole; i += 3) {
    const triple = (bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!;
    text += pairs[triple >>> 12]! + pairs[triple & 4095]!;
  }
  if (whole === bytes.length) return text;
  const last = (bytes[whole]! << 16) | ((bytes[whole + 1] ?? 0) << 8);
  text += pairs[last >>> 12]!;
  return whole + 1 === bytes.length ? text : text + alphabet[(last >>> 6) & 63]!;
}

function decode(text: string, values: Int8Array, name: string): Uint8Array {
  assertText('text', text);
  if (text.length % 4 === 1) throw malformed(name);
  const out = new Uint8Array((text.length * 3) >>> 2);
  const whole = text.length - (text.length % 4);
  let offset = 0;
  for (let i = 0; i < whole; i += 4) {
    const bits =
      ((values[text.charCodeAt(i)] ?? -1) << 18) |
      ((values[text.charCodeAt(i + 1)] ?? -1) << 12) |
      ((values[text.charCodeAt(i + 2)] ?? -1) << 6) |
      (values[text.charCodeAt(i + 3)] ?? -1);
    // The value of a stranger is -1, which no shift and no neighbour can make positive.
    if (bits < 0) throw malformed(name);
    out[offset] = bits >>> 16;
    out[offset + 1] = (bits >>> 8) & 0xff;
    out[offset + 2] = bits & 0xff;
    offset += 3;
  }
  if (whole === text.length) return out;
  // Two or three characters are left: one or two bytes, and two or four bits that must be zero.
  const isTwo = text.length - whole === 2;
  const third = isTwo ? 0 : valueAt(text, whole + 2, values);
  const bits = (valueAt(text, whole, values) << 12) | (valueAt(text, whole + 1, values) << 6) | third;
  if (bits < 0 || (bits & (isTwo ? 0x3ff : 0x3)) !== 0) throw malformed(name);
  out[offset] = bits >>> 10;
  if (!isTwo) out[offset + 1] = (bits >>> 2) & 0xff;
  return out;
}

/** 0 .. 63, or -1 for a character outside the alphabet. */
function valueAt(text: string, index: number, values: Int8Array): number {
  const unit = text.charCodeAt(index);
  return unit < 128 ? values[unit]! : -1;
}

function malformed(name: string): DecodeError {
  return new DecodeError('ERR_DECODE_MALFORMED', `couldn't decode ${name}: malformed`);
}

/**
 * The same text, of its own: engines let a text cut out of another hold on to all of that one, however long. For whoever keeps a few
 * characters of much that was read. Cost: one copy.
 */
export function cutFree(text: string): string {
  return JSON.parse(JSON.stringify(assertText('text', text))) as string;
}
