// Browser-safe.
/**
 * The few byte operations everything else stands on, and the checks of arguments at every public border.
 *
 * Reads  errors.ts.   Used by  every room.
 * Never  coerces: a wrong type is a TypeError (`ERR_INVALID_ARG_TYPE`), a wrong size a RangeError (`ERR_OUT_OF_RANGE`).
 * @module
 */
import { DecodeError, argumentRangeError, argumentTypeError } from '../errors.ts';

/** Returns `value` if it is a Uint8Array (of exactly `length` bytes, where given). */
export function assertBytes(title: string, value: unknown, length?: number): Uint8Array {
  if (length !== undefined && typeof length !== 'number') assertNumber('length', length);
  if (!(value instanceof Uint8Array)) {
    throw argumentTypeError(
      title,
      length === undefined ? 'Uint8Array' : `Uint8Array of length ${length}`,
      value,
    );
  }
  if (length !== undefined && value.length !== length) {
    throw argumentRangeError(title, `Uint8Array of length ${length}`, `length=${value.length}`);
  }
  return value;
}

/** Returns `value` if it is an integer with `min <= value <= max`; both ends inclusive. */
export function assertInteger(
  title: string,
  value: unknown,
  min = 0,
  max: number = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value !== 'number') throw argumentTypeError(title, 'an integer', value);
  if (typeof min !== 'number') assertNumber('min', min);
  if (typeof max !== 'number') assertNumber('max', max);
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw argumentRangeError(title, `an integer from ${min} to ${max}`, value);
  }
  return value;
}

/** Returns `value` if it is a well-formed string (no lone surrogate) of at most `maxLength` UTF-16 units. */
export function assertString(title: string, value: unknown, maxLength = 65_535): string {
  const text = assertText(title, value);
  if (text.length > assertNumber('maxLength', maxLength)) {
    throw argumentRangeError(title, `at most ${maxLength} characters`, `length=${text.length}`);
  }
  if (!isWellFormed(text)) throw argumentRangeError(title, 'well-formed Unicode', 'a lone surrogate');
  return text;
}

/** Returns `value` if it is a string, of any length and content: for text whose reader judges it. */
export function assertText(title: string, value: unknown): string {
  if (typeof value !== 'string') throw argumentTypeError(title, 'a string', value);
  return value;
}

/** Returns `value` if it is an array of at most `maxLength` items. */
export function assertArray(title: string, value: unknown, maxLength: number): readonly unknown[] {
  if (!Array.isArray(value)) throw argumentTypeError(title, 'an array', value);
  if (typeof maxLength !== 'number') assertNumber('maxLength', maxLength);
  if (value.length > maxLength) {
    throw argumentRangeError(title, `at most ${maxLength} items`, `length=${value.length}`);
  }
  return value as readonly unknown[];
}

/** Returns `value` if it is true or false. */
export function assertBoolean(title: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw argumentTypeError(title, 'a boolean', value);
  return value;
}

/** Returns `value` if it can be called. */
export function assertFunction<T>(title: string, value: T): T {
  if (typeof value !== 'function') throw argumentTypeError(title, 'a function', value);
  return value;
}

/** Returns `value` if it is an object (no array) that has these methods. */
export function assertObject<T>(title: string, value: T, methods: readonly (keyof T & string)[] = []): T {
  assertText('title', title);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw argumentTypeError(title, 'an object', value);
  }
  for (const method of assertArray('methods', methods, 1000) as typeof methods) {
    assertFunction(`${title}.${assertText('methods', method)}`, value[method]);
  }
  return value;
}

/** Returns `value` if `for await` can walk it. */
export function assertIterable<T>(title: string, value: AsyncIterable<T> | Iterable<T>): typeof value {
  const given = value as Partial<AsyncIterable<T> & Iterable<T>> | null | undefined;
  if (typeof (given?.[Symbol.asyncIterator] ?? given?.[Symbol.iterator]) !== 'function') {
    throw argumentTypeError(title, 'an iterable', value);
  }
  return value;
}

/** Returns `value` if it is a plain options object whose keys are all in `names`; unknown names are refused. */
export function assertOptions<T extends object>(
  title: string,
  value: T,
  names: readonly (keyof T & string)[],
): T {
  const isObject = typeof value === 'object' && value !== null;
  // A byte array would be asked for millions of names.
  if (!isObject || Array.isArray(value) || ArrayBuffer.isView(value)) {
    throw argumentTypeError(title, 'an options object', value);
  }
  assertArray('names', names, 1000);
  for (const name of Object.keys(value)) {
    if (!(names as readonly string[]).includes(name)) {
      throw argumentRangeError(
        title,
        `options among ${names.map((one) => assertText('names', one)).join(', ')}`,
        JSON.stringify(name.slice(0, 40)),
      );
    }
  }
  return value;
}

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** True if `text` holds no lone surrogate: ES2024 `isWellFormed` where the engine has it, which ES2022 does not type. */
export function isWellFormed(text: string): boolean {
  if (typeof text !== 'string') return false;
  const { isWellFormed: asked } = text as { readonly isWellFormed?: () => boolean };
  return asked === undefined ? !LONE_SURROGATE.test(text) : asked.call(text);
}

/** One new array holding all `parts` in order. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += assertBytes('part', part).length;
  const out = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/** True if both hold the same bytes. Not constant-time: everything compared here is public. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  assertBytes('a', a);
  assertBytes('b', b);
  return a.length === b.length && compareBytes(a, b) === 0;
}

/** Lexicographic order of bytes, shorter first when one is a prefix: negative, 0 or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  assertBytes('a', a);
  assertBytes('b', b);
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Limits come from this library's own code or its callers': a wrong type is a mistake like any other. */
function assertNumber(title: string, value: unknown): number {
  if (typeof value !== 'number') throw argumentTypeError(title, 'a number', value);
  return value;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 bytes of a well-formed string. */
export function utf8Encode(text: string): Uint8Array {
  return encoder.encode(assertText('text', text));
}

/**
 * Text of strict UTF-8 bytes.
 * @throws {DecodeError} `ERR_DECODE_MALFORMED` on invalid UTF-8; a byte-order mark is kept as U+FEFF, not dropped.
 */
export function utf8Decode(bytes: Uint8Array): string {
  assertBytes('bytes', bytes);
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new DecodeError('ERR_DECODE_MALFORMED', "couldn't decode text: not UTF-8", { cause });
  }
}

/** Writes `value` (0 .. 2^53-1) as 8 big-endian bytes at `offset`. */
export function writeUint64(out: Uint8Array, offset: number, value: number): void {
  assertInteger('offset', offset, 0, assertBytes('out', out).length - 8);
  assertInteger('value', value);
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
  const low = value % 0x1_0000_0000;
  view.setUint32(offset, (value - low) / 0x1_0000_0000);
  view.setUint32(offset + 4, low);
}

/**
 * Reads 8 big-endian bytes at `offset`.
 * @throws {DecodeError} `ERR_DECODE_LIMIT` above 2^53-1.
 */
export function readUint64(bytes: Uint8Array, offset: number): number {
  assertInteger('offset', offset, 0, assertBytes('bytes', bytes).length - 8);
  // Without a view of them: to make one costs more than all of this.
  let value = 0;
  for (let i = offset; i < offset + 8; i++) value = value * 256 + bytes[i]!;
  if (!Number.isSafeInteger(value)) {
    throw new DecodeError('ERR_DECODE_LIMIT', "couldn't decode integer: above 2^53-1");
  }
  return value;
}
