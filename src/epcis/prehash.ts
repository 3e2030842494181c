// Browser-safe.
/**
 * The canonical string of an event: what the event hash is a hash of.
 *
 * Reads  context.ts, gs1-uri.ts, vocabulary.ts.   Used by  hash.ts.
 * Source CBV 2.0 section 8.9 (EPCIS Event Hash ID). Where its text is silent, the order is that of the public test vectors: after
 *        the ordered fields come the business lists, ilmd and extensions, sorted as text.
 * Never  depends on the order of keys or lists, on spelling of times, ids, words and prefixes, nor on eventID and recordTime.
 * @module
 */
import { parseTime, formatTime, TIME_MAX_MS } from '../bytes/index.ts';
import { type Prefixes, prefixesOf } from './context.ts';
import { finestGs1Uri } from './gs1-uri.ts';
import { type VocabularyKind, vocabularyUri, vocabularyUrnToUri } from './vocabulary.ts';

type JsonObject = Readonly<Record<string, unknown>>;
/** Writes one field's value as `name=value…`, or '' for nothing. */
type Writer = (name: string, value: unknown, prefixes: Prefixes) => string;
type Order = readonly (readonly [string, Writer])[];

const text: Writer = (name, value, prefixes) =>
  oneOrMore(value, (item) => pair(name, canonicalValue(item, prefixes)));
const timeText: Writer = (name, value) =>
  pair(name, typeof value === 'string' ? canonicalTime(value.trim()) : '');
const words =
  (kind: VocabularyKind): Writer =>
  (name, value, prefixes) =>
    oneOrMore(value, (item) =>
      pair(
        name,
        canonicalValue(typeof item === 'string' ? vocabularyUri(kind, item.trim()) : item, prefixes),
      ),
    );
const epcs: Writer = (name, value, prefixes) =>
  headed(
    name,
    oneOrMore(value, (item) => pair('epc', canonicalValue(item, prefixes))),
  );
const nested =
  (order: Order): Writer =>
  (name, value, prefixes) =>
    headed(
      name,
      isObject(value) ? ordered(value, order, prefixes) + extensionsIn(value, order, prefixes) : '',
    );
const listed =
  (item: string, order: Order): Writer =>
  (name, value, prefixes) =>
    headed(
      name,
      oneOrMore(value, (one) => nested(order)(item, one, prefixes)),
    );
const pairs =
  (order: Order): Writer =>
  (name, value, prefixes) =>
    headed(
      name,
      oneOrMore(value, (one) => (isObject(one) ? ordered(one, order, prefixes) : '')),
    );

const QUANTITY: Order = [
  ['epcClass', text],
  ['quantity', text],
  ['uom', text],
];
const quantities = listed('quantityElement', QUANTITY);
const DEVICE: Order = [
  ['deviceID', text],
  ['deviceMetadata', text],
  ['rawData', text],
  ['dataProcessingMethod', text],
  ['bizRules', text],
];
const SENSOR_METADATA: Order = [
  ['time', timeText],
  ['startTime', timeText],
  ['endTime', timeText],
  ...DEVICE,
];
const SENSOR_REPORT: Order = [
  ['type', words('measurementType')],
  ['exception', words('sensorException')],
  ...DEVICE,
  ['time', timeText],
  ['microorganism', text],
  ['chemicalSubstance', text],
  ['value', text],
  ['component', words('component')],
  ['stringValue', text],
  ['booleanValue', text],
  ['hexBinaryValue', text],
  ['uriValue', text],
  ['minValue', text],
  ['maxValue', text],
  ['meanValue', text],
  ['sDev', text],
  ['percRank', text],
  ['percValue', text],
  ['uom', text],
  ['coordinateReferenceSystem', text],
];
const SENSOR_ELEMENT: Order = [
  ['sensorMetadata', nested(SENSOR_METADATA)],
  [
    'sensorReport',
    (name, value, prefixes) => oneOrMore(value, (one) => nested(SENSOR_REPORT)(name, one, prefixes)),
  ],
];
const PLACE: Order = [['id', text]];

const EVENT: Order = [
  ['eventTime', timeText],
  ['eventTimeZoneOffset', text],
  ['certificationInfo', text],
  ['parentID', text],
  ['epcList', epcs],
  ['inputEPCList', epcs],
  ['childEPCs', epcs],
  ['quantityList', quantities],
  ['childQuantityList', quantities],
  ['inputQuantityList', quantities],
  ['outputEPCList', epcs],
  ['outputQuantityList', quantities],
  ['action', text],
  ['transformationID', text],
  ['bizStep', words('bizStep')],
  ['disposition', words('disposition')],
  [
    'persistentDisposition',
    nested([
      ['set', words('disposition')],
      ['unset', words('disposition')],
    ]),
  ],
  ['readPoint', nested(PLACE)],
  ['bizLocation', nested(PLACE)],
  ['sensorElementList', listed('sensorElement', SENSOR_ELEMENT)],
];
const EVENT_NAMES = new Set(EVENT.map(([name]) => name));

const AFTERWARDS: ReadonlyMap<string, Writer> = new Map([
  [
    'bizTransactionList',
    pairs([
      ['type', words('bizTransactionType')],
      ['bizTransaction', text],
    ]),
  ],
  [
    'destinationList',
    pairs([
      ['type', words('sourceDestinationType')],
      ['destination', text],
    ]),
  ],
  [
    'sourceList',
    pairs([
      ['type', words('sourceDestinationType')],
      ['source', text],
    ]),
  ],
]);
const IGNORED = new Set([
  '@context',
  'eventID',
  'recordTime',
  'type',
  'errorDeclaration',
  'rdfs:comment',
  'comment',
]);

/**
 * The canonical string of `event`.
 *
 * @param event - an event as read or built.
 * @param prefixes - namespaces that hold in its document.
 * @param ignored - names of fields to leave out (as spelled in the event), beside those the standard leaves out.
 */
export function prehash(event: JsonObject, prefixes: Prefixes, ignored: readonly string[] = []): string {
  const inner = prefixesOf(event['@context'], prefixes);
  const left = ignored.length === 0 ? event : without(event, ignored);
  const rest: string[] = [];
  for (const key of Object.keys(left)) {
    if (EVENT_NAMES.has(key) || IGNORED.has(key)) continue;
    rest.push((AFTERWARDS.get(key) ?? generic)(canonicalKey(key, inner), left[key], inner));
  }
  return `eventType=${String(event['type'])}${ordered(left, EVENT, inner)}${sorted(rest).join('')}`;
}

function without(event: JsonObject, ignored: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(event).filter(([key]) => !ignored.includes(key)));
}

function ordered(value: JsonObject, order: Order, prefixes: Prefixes): string {
  let result = '';
  for (const [name, write] of order) {
    const item = value[name];
    if (item !== undefined) result += write(name, item, prefixes);
  }
  return result;
}

function extensionsIn(value: JsonObject, order: Order, prefixes: Prefixes): string {
  const found: string[] = [];
  for (const key of Object.keys(value)) {
    if (order.some(([name]) => name === key)) continue;
    found.push(generic(canonicalKey(key, prefixes), value[key], prefixes));
  }
  return sorted(found).join('');
}

/** ilmd and extensions: key, value if any, then the sorted content of what is nested. */
function generic(name: string, value: unknown, prefixes: Prefixes): string {
  if (Array.isArray(value)) return oneOrMore(value, (item) => generic(name, item, prefixes));
  if (!isObject(value)) {
    const plain = canonicalValue(value, prefixes);
    return plain === '' ? name : `${name}=${plain}`;
  }
  const inside = Object.keys(value).map((key) => generic(canonicalKey(key, prefixes), value[key], prefixes));
  return name + sorted(inside).join('');
}

function oneOrMore(value: unknown, write: (item: unknown) => string): string {
  return Array.isArray(value) ? sorted(value.map(write)).join('') : write(value);
}

function pair(name: string, value: string): string {
  return value === '' ? '' : `${name}=${value}`;
}

function headed(name: string, content: string): string {
  return content === '' ? '' : name + content;
}

/** Sorts by code point, in place: UTF-16 order is the same unless a surrogate is in play. */
function sorted(texts: string[]): string[] {
  if (texts.length < 2) return texts;
  return texts.some((one) => /[\uD800-\uDFFF]/.test(one)) ? texts.sort(compareCodePoints) : texts.sort();
}

function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** Moves surrogates above U+FFFF's units, so that units rank as the code points they begin. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function canonicalKey(key: string, prefixes: Prefixes): string {
  const colon = key.indexOf(':');
  const namespace = colon < 0 ? undefined : prefixes.get(key.slice(0, colon));
  return namespace === undefined ? key : `{${namespace}}${key.slice(colon + 1)}`;
}

function canonicalValue(value: unknown, prefixes: Prefixes): string {
  if (typeof value === 'number') return plainDecimal(String(value));
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return '';
  const trimmed = value.trim();
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(trimmed)) return plainDecimal(trimmed);
  if (trimmed.startsWith('http') || trimmed.startsWith('urn:')) {
    return finestGs1Uri(trimmed) ?? vocabularyUrnToUri(trimmed);
  }
  const colon = trimmed.indexOf(':');
  const namespace = colon < 0 ? undefined : prefixes.get(trimmed.slice(0, colon));
  if (namespace === undefined) return trimmed;
  const expanded = namespace + trimmed.slice(colon + 1);
  return finestGs1Uri(expanded) ?? expanded;
}

/** UTC with milliseconds, the third decimal rounded up from a fourth of 5 or more; text that is no time stays. */
function canonicalTime(value: string): string {
  const timeMs = parseTime(value);
  if (timeMs === undefined) return value;
  const fourth = /\.\d{3}(\d)/.exec(value)?.[1] ?? '0';
  return formatTime(Math.min(TIME_MAX_MS, fourth >= '5' ? timeMs + 1 : timeMs));
}

/** A decimal without sign of plus, leading zeros, trailing zeros of a fraction, or exponent; no digit is lost. */
function plainDecimal(decimal: string): string {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]\d+))?$/.exec(decimal);
  if (match === null) return decimal;
  const exponent = Number(match[4] ?? 0);
  const digits = match[2]! + match[3]!;
  const point = match[2]!.length + exponent;
  const whole = (point > 0 ? digits.slice(0, point).padEnd(point, '0') : '').replace(/^0+/, '') || '0';
  const fraction = (point < 0 ? '0'.repeat(-point) + digits : digits.slice(point)).replace(/0+$/, '');
  const result = fraction === '' ? whole : `${whole}.${fraction}`;
  return match[1] === '-' && result !== '0' ? `-${result}` : result;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
