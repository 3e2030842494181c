// Browser-safe.
/**
 * Uncompressed GS1 Digital Link URIs: one key with its qualifiers in the path, attributes in the query string.
 *
 * Reads  gs1/ai.ts, gs1/percent.ts, gs1/element-string.ts (checks).   Used by  gs1/canonical.ts, gs1/code.ts, gs1/unit-code.ts.
 * Source GS1 Digital Link Standard: URI Syntax, sections 4 and 5.
 * Strict GTINs have 14 digits; qualifiers stand in their order; a key or qualifier in the query string is refused, and
 *        so is an AI given twice: two readers must never see two different serial numbers in one link.
 * Never  uses the platform's URL class: it rewrites what it reads.
 * @module
 */
import { assertOptions } from '../bytes/index.ts';
import { argumentRangeError, argumentTypeError } from '../errors.ts';
import { aiFormat } from './ai.ts';
import type { AiElement } from './ai.ts';
import { assertElements, checked } from './element-string.ts';
import type { ParsedElements } from './element-string.ts';
import { CODE_LENGTH_MAX, unparseable } from './failure.ts';
import type { CodeFailure } from './failure.ts';
import { decodeValue, encodeValue } from './percent.ts';

/** The domain of canonical GS1 Digital Link URIs. */
export const CANONICAL_DOMAIN = 'id.gs1.org';

/** Primary keys with the alternative sequences of qualifiers each accepts; any of them may be left out. */
export const KEY_QUALIFIERS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  '00': [[]],
  '01': [['22', '10', '21'], ['235']],
  '253': [[]],
  '255': [[]],
  '401': [[]],
  '402': [[]],
  '414': [['254'], ['7040']],
  '415': [['8020']],
  '417': [['7040']],
  '8003': [[]],
  '8004': [['7040']],
  '8006': [['22', '10', '21']],
  '8010': [['8011']],
  '8013': [[]],
  '8017': [['8019']],
  '8018': [['8019']],
};
/** A key and three qualifiers, each with its value. */
const SEGMENTS_MAX = 8;
const AUTHORITY = /^https?:\/\/[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})(?::[0-9]{1,5})?$/i;

/** True if `text` starts like a web address. Room-internal. */
export function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text.slice(0, 8));
}

/**
 * Reads a Digital Link of any domain, with or without path segments before the key.
 *
 * Cost: linear; more than {@link CODE_LENGTH_MAX} characters are refused unread. Query parameters whose name is no
 * number, and the fragment, are ignored, as the standard asks.
 *
 * @param uri - attacker-controlled.
 * @returns the key, its qualifiers, then the attributes, all decoded and valid for their AIs; or a failure.
 * @throws {TypeError} only if `uri` is no string.
 * @example
 * parseDigitalLink('https://example.com/01/09506000134352/21/S1?17=271231');
 */
export function parseDigitalLink(uri: string): ParsedElements {
  if (typeof uri !== 'string') throw argumentTypeError('uri', 'a string', uri);
  const link = readLink(uri);
  return 'ok' in link ? link : checked([...link.path, ...link.attributes]);
}

/** The key and qualifiers of a Digital Link that is valid as a whole, without its attributes. Room-internal. */
export function parseLinkPath(uri: string): ParsedElements {
  const link = readLink(uri);
  if ('ok' in link) return link;
  const result = checked([...link.path, ...link.attributes]);
  return result.ok ? { ok: true, elements: link.path } : result;
}

interface Link {
  readonly path: readonly AiElement[];
  readonly attributes: readonly AiElement[];
}

function readLink(uri: string): Link | CodeFailure {
  if (uri.length > CODE_LENGTH_MAX) return unparseable('too long');
  const fragment = uri.indexOf('#');
  const whole = fragment < 0 ? uri : uri.slice(0, fragment);
  const question = whole.indexOf('?');
  const address = question < 0 ? whole : whole.slice(0, question);
  const slash = isWebAddress(address) ? address.indexOf('/', 8) : -1;
  if (slash < 0 || !AUTHORITY.test(address.slice(0, slash))) return unparseable('no web address with a path');
  const path = readPath(address.slice(slash + 1).split('/'));
  if ('ok' in path) return path;
  const attributes = question < 0 ? [] : readQuery(whole.slice(question + 1));
  return 'ok' in attributes ? attributes : { path, attributes };
}

/**
 * Writes a Digital Link: `https://<domain>/<key>/<value>[/<qualifier>/<value>…][?<attribute>=<value>&…]`.
 *
 * Elements may come in any order: the path is put in the key's order, attributes by AI. {@link parseDigitalLink} reads
 * back the same elements.
 *
 * @param elements - exactly one primary key, qualifiers of one of its sequences, and attributes.
 * @param options.domain - host name, with `:port` if need be; default `id.gs1.org`.
 * @throws {TypeError | RangeError} if an element is invalid, no key or more than one is given, an element has no place
 *   in a link, or a path value is `.` or `..`, which every URI reader would take for a folder.
 */
export function formatDigitalLink(
  elements: readonly AiElement[],
  options: { readonly domain?: string | undefined } = {},
): string {
  assertElements(elements);
  assertOptions('options', options, ['domain']);
  const domain = options.domain ?? CANONICAL_DOMAIN;
  if (typeof domain !== 'string') throw argumentTypeError('domain', 'a host name', domain);
  if (!AUTHORITY.test(`https://${domain}`))
    throw argumentRangeError('domain', 'a host name', `length=${domain.length}`);
  const { path, attributes } = arrange(elements);
  let uri = `https://${domain}`;
  for (const { ai, value } of path) {
    if (value === '.' || value === '..')
      throw argumentRangeError('elements', 'no dot segment as a value', `AI ${ai}`);
    uri += `/${ai}/${encodeValue(value)}`;
  }
  attributes.forEach(({ ai, value }, index) => {
    uri += `${index === 0 ? '?' : '&'}${ai}=${encodeValue(value)}`;
  });
  return uri;
}

/** Splits elements into a path, by that sequence of the key which takes most of them, and attributes in AI order. */
function arrange(elements: readonly AiElement[]): Link {
  const keys = elements.filter(({ ai }) => Object.hasOwn(KEY_QUALIFIERS, ai));
  if (keys.length !== 1) throw argumentRangeError('elements', 'exactly one primary key', `${keys.length}`);
  const key = keys[0]!;
  const byAi = new Map(elements.map((element) => [element.ai, element]));
  const present = (sequence: readonly string[]): AiElement[] => sequence.flatMap((ai) => byAi.get(ai) ?? []);
  const path = KEY_QUALIFIERS[key.ai]!.map(present).reduce((a, b) => (b.length > a.length ? b : a));
  const placed = new Set(['', key.ai, ...path.map(({ ai }) => ai)]);
  const attributes = elements.filter(({ ai }) => !placed.has(ai));
  for (const { ai } of attributes) {
    if (!aiFormat(ai)!.attribute)
      throw argumentRangeError('elements', 'elements with a place in a link', `AI ${ai}`);
  }
  return { path: [key, ...path], attributes: attributes.sort((a, b) => (a.ai < b.ai ? -1 : 1)) };
}

/**
 * Finds the key and its qualifiers at the end of the path. The split is unique: the number of segments after the key
 * is odd, and no primary key is a qualifier of another.
 */
function readPath(segments: readonly string[]): AiElement[] | CodeFailure {
  for (let count = 2; count <= SEGMENTS_MAX && count <= segments.length; count += 2) {
    const start = segments.length - count;
    const sequences = Object.hasOwn(KEY_QUALIFIERS, segments[start]!)
      ? KEY_QUALIFIERS[segments[start]!]
      : undefined;
    if (sequences === undefined) continue;
    const elements: AiElement[] = [];
    for (let i = start; i < segments.length; i += 2) {
      const value = decodeValue(segments[i + 1]!);
      if (value === undefined) return unparseable('malformed percent-encoding');
      elements.push({ ai: segments[i]!, value });
    }
    const qualifiers = elements.slice(1).map(({ ai }) => ai);
    if (sequences.some((sequence) => isSubsequence(qualifiers, sequence))) return elements;
    return unparseable('path segments after the key are not its qualifiers in order');
  }
  return unparseable('no primary key in the path');
}

/** The attributes of a query string in their order. */
function readQuery(query: string): AiElement[] | CodeFailure {
  const elements: AiElement[] = [];
  for (const parameter of query.split('&')) {
    const equals = parameter.indexOf('=');
    const name = decodeValue(equals < 0 ? parameter : parameter.slice(0, equals));
    if (name === undefined) return unparseable('malformed percent-encoding');
    if (!/^[0-9]+$/.test(name)) continue;
    if (aiFormat(name)?.attribute !== true || Object.hasOwn(KEY_QUALIFIERS, name)) {
      return unparseable('a number in the query string that is no attribute');
    }
    const value = decodeValue(equals < 0 ? '' : parameter.slice(equals + 1));
    if (value === undefined) return unparseable('malformed percent-encoding');
    elements.push({ ai: name, value });
  }
  return elements;
}

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const item of whole) {
    if (part[at] === item) at++;
  }
  return at === part.length;
}
