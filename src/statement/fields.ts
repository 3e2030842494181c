// Browser-safe.
/**
 * Checks of single payload fields: each accepts one spelling of its value and refuses everything else, naming the path.
 *
 * Reads  bytes/, gs1/, errors.ts.   Used by  read.ts.
 * Rule   unknown fields are refused, strings and lists are bounded, ids are canonical, times have one form.
 * Never  puts a value into an error: `details.path` names the field, nothing quotes it.
 * @module
 */
import { formatTime, fromBase64url, isWellFormed, parseDate, parseTime } from '../bytes/index.ts';
import { DecodeError } from '../errors.ts';
import { canonicalId, parseId } from '../gs1/index.ts';

/** Most characters of a name or an identifier. */
export const NAME_LENGTH_MAX = 200;
/** Most characters of a reason. */
export const REASON_LENGTH_MAX = 1000;
/** Most items of a list of ids, lots or sites. */
export const LIST_COUNT_MAX = 1000;
/** Most items of a list of countries: above the number of ISO 3166-1 codes. */
export const COUNTRY_COUNT_MAX = 300;

/** A JSON object whose fields have been checked by name, not by value. */
export type Fields = Readonly<Record<string, unknown>>;
/** Throws a DecodeError unless the value at `path` is what the check stands for. */
export type Check = (value: unknown, path: string) => void;

/** The error of every field check. */
export function badField(path: string, expected: string): DecodeError {
  const where = path === '' ? 'payload' : path;
  return new DecodeError('ERR_DECODE_MALFORMED', `couldn't read payload: ${where} expected ${expected}`, {
    details: { path },
  });
}

/** Reads an object with exactly the fields of `required`, and of `optional` any; each value passes its check. */
export function checkObject(
  value: unknown,
  path: string,
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badField(path, 'an object');
  const fields = value as Fields;
  const prefix = path === '' ? '' : `${path}.`;
  for (const name of Object.keys(required)) {
    if (!Object.hasOwn(fields, name)) throw badField(prefix + name, 'to be present');
  }
  for (const name of Object.keys(fields)) {
    if (Object.hasOwn(required, name)) required[name]!(fields[name], prefix + name);
    else if (Object.hasOwn(optional, name)) optional[name]!(fields[name], prefix + name);
    else
      throw badField(
        path,
        `no fields but ${[...Object.keys(required), ...Object.keys(optional)].join(', ')}`,
      );
  }
  return fields;
}

/** A list of `min` .. `max` items that pass `check`, no two equal by `key` (the item itself unless given). */
export function listOf(
  check: Check,
  min: number,
  max: number,
  key: (item: unknown) => unknown = (item) => item,
): Check {
  return (value, path) => {
    if (!Array.isArray(value) || value.length < min || value.length > max) {
      throw badField(path, `a list of ${min} to ${max} items`);
    }
    const seen = new Set<unknown>();
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      check(item, `${path}[${i}]`);
      const identity = key(item);
      if (seen.has(identity)) throw badField(`${path}[${i}]`, 'no repetition');
      seen.add(identity);
    }
  };
}

/** Text of 1 .. `lengthMax` UTF-16 units: no control characters, no line separators, no space at its ends. */
export function textUpTo(lengthMax: number): Check {
  return (value, path) => {
    const fine =
      typeof value === 'string' &&
      value.length > 0 &&
      value.length <= lengthMax &&
      !/[\p{Cc}\u2028\u2029]|^[ \u00a0\u3000]|[ \u00a0\u3000]$/u.test(value) &&
      isWellFormed(value);
    if (!fine) throw badField(path, `text of 1 to ${lengthMax} characters`);
  };
}

/** A string that `pattern` (anchored at both ends) accepts; `expected` says so in words. */
export function matching(pattern: RegExp, expected: string): Check {
  return (value, path) => {
    if (typeof value !== 'string' || !pattern.test(value)) throw badField(path, expected);
  };
}

/** An integer, `min` .. `max`, both inclusive. */
export function integer(min: number, max: number): Check {
  return (value, path) => {
    if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
      throw badField(path, `an integer from ${min} to ${max}`);
    }
  };
}

/** One of these strings. */
export function oneOf(values: readonly string[]): Check {
  return (value, path) => {
    if (typeof value !== 'string' || !values.includes(value))
      throw badField(path, `one of ${values.join(', ')}`);
  };
}

/** A canonical GS1 id of this type: the one spelling that {@link parseId} gives back. */
export function canonical(type: 'party' | 'place' | 'product'): Check {
  return (value, path) => {
    if (typeof value !== 'string' || !isCanonical(value, type))
      throw badField(path, `a canonical ${type} id`);
  };
}

/** True if `id` is the canonical GS1 id of a thing of this type. */
export function isCanonical(id: string, type: 'party' | 'place' | 'product'): boolean {
  const parsed = parseId(id);
  return parsed !== undefined && parsed.scheme === 'gs1' && parsed.type === type && parsed.id === id;
}

/** Who holds a licence: a canonical party id, or a practitioner by any other absolute URI (a licence number, never a name). */
export const holder: Check = (value, path) => {
  if (typeof value === 'string' && isCanonical(value, 'party')) return;
  const other =
    typeof value === 'string' &&
    /^[a-z][a-z0-9+.-]{0,30}:[\x21-\x7e]{1,160}$/.test(value) &&
    !value.startsWith('https://id.gs1.org/') &&
    canonicalId(value) === undefined;
  if (!other) throw badField(path, 'a canonical party id, or an absolute URI that is no GS1 id');
};

/** `YYYY-MM-DDTHH:MM:SS.sssZ`, 1970 .. 9999. */
export const time: Check = (value, path) => {
  const timeMs = typeof value === 'string' ? parseTime(value) : undefined;
  if (timeMs === undefined || formatTime(timeMs) !== value) throw badField(path, 'YYYY-MM-DDTHH:MM:SS.sssZ');
};

/** `YYYY-MM-DD`, 1970 .. 9999. */
export const day: Check = (value, path) => {
  if (typeof value !== 'string' || parseDate(value) === undefined) throw badField(path, 'YYYY-MM-DD');
};

/** 32 bytes as unpadded base64url: a public key or a key id. */
export const bytes32: Check = (value, path) => {
  let length = -1;
  try {
    if (typeof value === 'string' && value.length === 43) length = fromBase64url(value).length;
  } catch {
    length = -1;
  }
  if (length !== 32) throw badField(path, '32 bytes in base64url');
};

/** True or false. */
export const flag: Check = (value, path) => {
  if (typeof value !== 'boolean') throw badField(path, 'true or false');
};

export const name: Check = textUpTo(NAME_LENGTH_MAX);
export const reason: Check = textUpTo(REASON_LENGTH_MAX);
/** ISO 3166-1 alpha-2 by its form; the list of assigned codes changes, so it is not asked. */
export const country: Check = matching(/^[A-Z]{2}$/, 'a two-letter country code');
export const licenceType: Check = matching(/^[a-z0-9-]{1,64}$/, '1 to 64 of a-z, 0-9 and -');
/** A word of a vocabulary: a document type of CBV, an own one. */
export const word: Check = matching(/^[a-z0-9_-]{1,64}$/, '1 to 64 of a-z, 0-9, _ and -');
/** AI 10: 1 .. 20 characters of GS1 character set 82. */
export const lotNumber: Check = matching(/^[!"%-?A-Z_a-z]{1,20}$/, '1 to 20 characters of GS1 set 82');

/** Throws unless the time in `from` is before the time in `to`; both have passed {@link time}, whose form sorts as text. */
export function checkOrder(fields: Fields, from: string, to: string): void {
  const start = fields[from];
  const end = fields[to];
  if (typeof start === 'string' && typeof end === 'string' && start >= end)
    throw badField(to, `a time after ${from}`);
}
