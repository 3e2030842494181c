// Browser-safe.
/**
 * The pieces a strict reader is made of: each check passes silently or throws with the path of the first bad value.
 *
 * Reads  bytes/, errors.ts, vocabulary.ts.   Used by  fields.ts, read.ts.
 * Source EPCIS 2.0 section 10.1 for the JSON types; RFC 3986 appendix A for URIs.
 * Never  rewrites, coerces or copies what it checks; takes time linear in the input.
 * @module
 */
import { isWellFormed, parseTime } from '../bytes/index.ts';
import { DecodeError } from '../errors.ts';
import { type VocabularyKind, vocabularyWord } from './vocabulary.ts';

/** Where a value stands; `undefined` while nobody wants to know, for building paths costs more than all checks together. */
export type Path = string | undefined;

/** Passes if `value` is well-formed, else throws a DecodeError that names `path`. */
export type Check = (value: unknown, path: Path) => void;

/** Runs a check without paths; only what fails is checked once more, to say where. */
export function checked(check: Check, value: unknown, path: string): void {
  try {
    check(value, undefined);
  } catch {
    check(value, path);
  }
}

/** A JSON object whose keys are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Most ids one event may name, over all its lists. */
export const IDS_MAX = 20_000;
/** Longest URI. */
export const URI_LENGTH_MAX = 2_048;
const TEXT_LENGTH_MAX = 65_535;
const DEPTH_MAX = 32;
const KEY_LENGTH_MAX = 2_048;

// One class, then (escape, class)*: no two ways to match the same text, so no backtracking.
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:(?=.)[!#$&-;=?-Z[\]_a-z~]*(?:%[0-9A-Fa-f]{2}[!#$&-;=?-Z[\]_a-z~]*)*$/;

/** A value that is not what its place requires. */
export function malformed(path: Path, reason: string): DecodeError {
  return refusal('ERR_DECODE_MALFORMED', path, reason);
}

/** Too many, too long or too deep. */
export function overLimit(path: Path, reason: string): DecodeError {
  return refusal('ERR_DECODE_LIMIT', path, reason);
}

function refusal(code: 'ERR_DECODE_MALFORMED' | 'ERR_DECODE_LIMIT', path: Path, reason: string): DecodeError {
  const where = path ?? '';
  return new DecodeError(code, `couldn't read EPCIS: ${reason} at ${where || 'the top'}`, {
    details: { path: where },
  });
}

/** `path` of an item of the list at `path`. */
export function itemPath(path: Path, index: number): Path {
  return path === undefined ? undefined : `${path}[${index}]`;
}

/** `path` of a field of the object at `path`. */
export function fieldPath(path: Path, key: string): Path {
  if (path === undefined) return undefined;
  const shown = key.length > 40 ? `${key.slice(0, 40)}…` : key;
  return path === '' ? shown : `${path}.${shown}`;
}

/** True for an absolute URI (RFC 3986) of at most {@link URI_LENGTH_MAX} characters. */
export function isUri(value: unknown): value is string {
  return typeof value === 'string' && value.length <= URI_LENGTH_MAX && URI.test(value);
}

/** True for a JSON object; arrays and null are none. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a key that carries a namespace: `prefix:name` or an absolute URI. */
export function isNamespaced(key: string): boolean {
  return key.length <= KEY_LENGTH_MAX && /^[A-Za-z][A-Za-z0-9+._-]*:[^\s]/.test(key) && isWellFormed(key);
}

export const uri: Check = (value, path) => {
  if (!isUri(value)) throw malformed(path, 'no URI');
};

export const time: Check = (value, path) => {
  if (typeof value !== 'string' || parseTime(value) === undefined) throw malformed(path, 'no time');
};

export const text: Check = (value, path) => {
  if (typeof value !== 'string' || !isWellFormed(value)) throw malformed(path, 'no text');
  if (value.length > TEXT_LENGTH_MAX) throw overLimit(path, 'too long a text');
};

export const decimal: Check = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw malformed(path, 'no number');
};

export const boolean: Check = (value, path) => {
  if (typeof value !== 'boolean') throw malformed(path, 'no boolean');
};

/** Text that matches `expression`, which must be anchored and linear. */
export function pattern(expression: RegExp, reason: string): Check {
  return (value, path) => {
    if (typeof value !== 'string' || !expression.test(value)) throw malformed(path, reason);
  };
}

/** One of a few texts. */
export function oneOf(...words: readonly string[]): Check {
  return (value, path) => {
    if (typeof value !== 'string' || !words.includes(value)) throw malformed(path, `not ${words.join(', ')}`);
  };
}

/** An integer, both ends inclusive. */
export function integer(min: number, max: number): Check {
  return (value, path) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
      throw malformed(path, `no integer from ${min} to ${max}`);
    }
  };
}

/** A word of a closed vocabulary in any of its spellings, or a URI of another vocabulary. */
export function word(kind: VocabularyKind): Check {
  return (value, path) => {
    if (typeof value !== 'string') throw malformed(path, 'no text');
    const found = vocabularyWord(kind, value);
    if (found === undefined || (found.includes(':') && !isUri(found))) throw malformed(path, `no ${kind}`);
  };
}

/** An array whose items all pass `item`. */
export function list(item: Check, min = 0, max = IDS_MAX): Check {
  return (value, path) => {
    const items = asArray(value, path, min, max);
    for (let i = 0; i < items.length; i++) item(items[i], itemPath(path, i));
  };
}

/** An array of distinct URIs; may be empty (what must not be is the business of the event's own rule). */
export const ids: Check = (value, path) => {
  const items = asArray(value, path, 0, IDS_MAX);
  for (let i = 0; i < items.length; i++) {
    if (!isUri(items[i])) throw malformed(itemPath(path, i), 'no URI');
  }
  if (items.length > 1 && new Set(items).size !== items.length) throw malformed(path, 'an id twice');
};

function asArray(value: unknown, path: Path, min: number, max: number): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(path, 'no array');
  if (value.length < min) throw malformed(path, `fewer than ${min} items`);
  if (value.length > max) throw overLimit(path, `more than ${max} items`);
  return value as readonly unknown[];
}

/** Fields of an object by name. */
export type Fields = ReadonlyMap<string, Check>;

/** How {@link object} treats an object beyond its fields. */
export interface ObjectRules {
  readonly required?: readonly string[];
  /** Decides about a namespaced key that is no field; without it such keys are refused too. */
  readonly extension?: (key: string, value: unknown, path: Path) => void;
  /** A rule over the whole object, run after its fields passed. */
  readonly rule?: (value: JsonObject, path: Path) => void;
}

/** An object with these fields and no other un-namespaced one. */
export function object(fields: Fields, rules: ObjectRules = {}): Check {
  return (value, path) => {
    if (!isObject(value)) throw malformed(path, 'no object');
    for (const key of Object.keys(value)) {
      const check = fields.get(key);
      if (check !== undefined) check(value[key], fieldPath(path, key));
      else if (rules.extension !== undefined && isNamespaced(key)) {
        rules.extension(key, value[key], fieldPath(path, key));
      } else throw malformed(fieldPath(path, key), 'an unknown field');
    }
    for (const key of rules.required ?? []) {
      if (!Object.hasOwn(value, key)) throw malformed(fieldPath(path, key), 'a missing field');
    }
    rules.rule?.(value, path);
  };
}

/** Any JSON value, as an extension field may hold: finite numbers, well-formed text, at most 32 deep. */
export function json(value: unknown, path: Path, depth = 0): void {
  if (typeof value === 'string') text(value, path);
  else if (typeof value === 'number') decimal(value, path);
  else if (typeof value === 'boolean' || value === null) return;
  else if (typeof value !== 'object') throw malformed(path, 'no JSON value');
  else if (depth >= DEPTH_MAX) throw overLimit(path, 'too deep a value');
  else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) json(value[i], itemPath(path, i), depth + 1);
  } else {
    for (const [key, item] of Object.entries(value)) {
      if (key === '__proto__' || key.length > KEY_LENGTH_MAX || !isWellFormed(key)) {
        throw malformed(path, 'a forbidden field name');
      }
      json(item, fieldPath(path, key), depth + 1);
    }
  }
}
