// Browser-safe.
/**
 * The payload rule: a payload's bytes are exactly the UTF-8 of `JSON.stringify(JSON.parse(payload))`, so one value has one spelling.
 *
 * Reads  bytes/, errors.ts.   Used by  sign.ts, open.ts.
 * Source design section 3; ECMA-262 sections JSON.parse and JSON.stringify (the spelling of numbers, strings and key order).
 * Why    a duplicate key, a number that loses digits, a second spelling of the same text: none can be signed, so none can be disputed.
 * Never  recurses before the depth is known; cost is linear in the bytes.
 * @module
 */
import { assertBytes, utf8Decode } from '../bytes/index.ts';
import { DecodeError } from '../errors.ts';
import { isPlainlyCanonical } from './spelling.ts';

/** Deepest nesting of objects and arrays; the root object is depth 1. */
export const PAYLOAD_DEPTH_MAX = 32;

/**
 * Parses payload bytes that keep the payload rule.
 *
 * @param bytes - the payload as signed, at most 2^16 bytes by the envelope's limit. Attacker-controlled.
 * @returns the root object; its values are whatever JSON can say, for the kind's reader to check.
 * @throws {DecodeError} `ERR_DECODE_MALFORMED` if not UTF-8, not JSON, or its root is no object; `ERR_DECODE_LIMIT` if deeper than
 *   {@link PAYLOAD_DEPTH_MAX}; `ERR_DECODE_NONCANONICAL` if spelled in another way, or holding a lone surrogate or a key `__proto__`.
 */
export function checkPayloadJson(bytes: Uint8Array): Record<string, unknown> {
  if (assertBytes('bytes', bytes)[0] !== OPEN_BRACE)
    throw refuse('ERR_DECODE_MALFORMED', 'its root is not an object');
  const text = utf8Decode(bytes);
  if (!isPlainlyCanonical(bytes, PAYLOAD_DEPTH_MAX)) return checkByWriting(text);
  try {
    // The first byte is "{" and the text is JSON, so the root is an object.
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return checkByWriting(text);
  }
}

/** The payload rule as it is said: what the text parses to is written again and compared. */
function checkByWriting(text: string): Record<string, unknown> {
  checkDepth(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The engine's message quotes the payload, so it is dropped.
    throw refuse('ERR_DECODE_MALFORMED', 'not JSON');
  }
  if (JSON.stringify(value) !== text) throw refuse('ERR_DECODE_NONCANONICAL', 'not spelled canonically');
  if (hasSurrogateEscape(text)) throw refuse('ERR_DECODE_NONCANONICAL', 'holds a lone surrogate');
  if (hasProtoKey(text)) throw refuse('ERR_DECODE_NONCANONICAL', 'holds a key "__proto__"');
  return value as Record<string, unknown>;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;

/** Brackets outside strings, counted before any parser recurses; text that is not JSON may be miscounted, and is refused later. */
function checkDepth(text: string): void {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === QUOTE) {
      i = endOfString(text, i);
    } else if (unit >= OPEN_BRACKET) {
      // Clearing bit 5 folds braces onto brackets.
      const folded = unit & ~0x20;
      if (folded === OPEN_BRACKET) {
        depth += 1;
        if (depth > PAYLOAD_DEPTH_MAX) throw refuse('ERR_DECODE_LIMIT', `deeper than ${PAYLOAD_DEPTH_MAX}`);
      } else if (folded === CLOSE_BRACKET) {
        depth -= 1;
      }
    }
  }
}

/** Index of the quote that ends the string opened at `start`, or the text's length; a quote after an odd run of backslashes is text. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
}

/** In canonical text `\ud…` is written for lone surrogates only; an even run of backslashes before it is text, not an escape. */
function hasSurrogateEscape(text: string): boolean {
  return text.includes('\\ud') && /(?<!\\)(?:\\\\)*\\ud/.test(text);
}

/** In canonical text a key stands between `{` or `,` and `:`; the same characters inside a string have escaped quotes. */
function hasProtoKey(text: string): boolean {
  return text.includes('__proto__') && /[{,]"__proto__":/.test(text);
}

function refuse(
  code: 'ERR_DECODE_MALFORMED' | 'ERR_DECODE_LIMIT' | 'ERR_DECODE_NONCANONICAL',
  reason: string,
): DecodeError {
  return new DecodeError(code, `couldn't read payload: ${reason}`);
}
