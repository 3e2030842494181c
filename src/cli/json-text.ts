/**
 * JSON files that are about to be signed: read so that the signed bytes say what the file says.
 *
 * Reads  statement/ (the depth limit).   Used by  signing.ts, key-file.ts, audit.ts.
 * Why    JSON.parse keeps the last of two equal keys and rounds long numbers; a signer must not find that out later.
 * Never  quotes the content in an error.
 * @module
 */
import { DecodeError } from '../errors.ts';
import { PAYLOAD_DEPTH_MAX } from '../statement/index.ts';

/**
 * The value of a JSON text.
 *
 * Cost: linear, two passes.
 *
 * @param text - of any size; attacker-controlled.
 * @param name - of the file, for errors.
 * @throws {DecodeError} `ERR_DECODE_MALFORMED` if it is no JSON, holds a key twice in one object, or a number that would change;
 *   `ERR_DECODE_LIMIT` if nested deeper than a payload may be.
 */
export function parseJson(text: string, name: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const position = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
    throw malformed(name, 'not JSON', position === undefined ? '' : lineOf(text, Number(position)));
  }
  checkText(text, name);
  return value;
}

/** The value of a JSON text whose root is an object. */
export function parseJsonObject(text: string, name: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text, name);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed(name, 'its root is no object', '');
  }
  return value as Readonly<Record<string, unknown>>;
}

/** Walks text that JSON.parse accepted. */
function checkText(text: string, name: string): void {
  /** Keys seen in each open object; undefined for an open array. */
  const open: (Set<string> | undefined)[] = [];
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : undefined);
      if (open.length > PAYLOAD_DEPTH_MAX) {
        throw new DecodeError(
          'ERR_DECODE_LIMIT',
          `couldn't read ${name}: nested deeper than ${PAYLOAD_DEPTH_MAX}`,
        );
      }
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const start = i;
      i = endOfString(text, start);
      if (!isKey(text, i + 1)) continue;
      const key = JSON.parse(text.slice(start, i + 1)) as string;
      const keys = open.at(-1)!;
      if (keys.has(key)) throw malformed(name, 'a key stands twice in one object', lineOf(text, start));
      keys.add(key);
    } else if (character === '-' || (character >= '0' && character <= '9')) {
      const start = i;
      while (/[-+.0-9eE]/.test(text[i + 1] ?? '')) i++;
      const literal = text.slice(start, i + 1);
      if (digitsOf(literal) !== digitsOf(String(Number(literal)))) {
        throw malformed(name, 'a number has more digits than can be kept', lineOf(text, start));
      }
    }
  }
}

/** Index of the quote that ends the string opened at `start`. */
function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}

function isKey(text: string, after: number): boolean {
  let i = after;
  while (' \t\n\r'.includes(text[i] ?? '.')) i++;
  return text[i] === ':';
}

/** A number's value as significant digits and exponent: equal for equal values, however they are spelled. */
function digitsOf(literal: string): string {
  const [mantissa = '', exponent = '0'] = literal.toLowerCase().split('e');
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const all = whole + fraction;
  const leading = all.length - all.replace(/^0+/, '').length;
  const digits = all.slice(leading).replace(/0+$/, '');
  if (digits === '') return '0';
  return `${sign}${digits}e${Number(exponent) + whole.length - leading}`;
}

/** ` (line 3)`. */
function lineOf(text: string, position: number): string {
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < position; i = text.indexOf('\n', i + 1)) line++;
  return ` (line ${line})`;
}

function malformed(name: string, why: string, where: string): DecodeError {
  return new DecodeError('ERR_DECODE_MALFORMED', `couldn't read ${name}: ${why}${where}`);
}
