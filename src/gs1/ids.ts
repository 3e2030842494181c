// Browser-safe.
/**
 * The canonical ids of the ledger: one spelling each for a unit, container, place, party, product and lot.
 *
 * Reads  gs1/check-digit.ts, gs1/percent.ts.   Used by  every room that names a thing.
 * Source GS1 Digital Link: URI Syntax (canonical form at id.gs1.org); the 20-digit Chinese drug trace code (first seven
 *        digits: the product) under this project's own name space, for lack of a registered one.
 * Never  accepts a second spelling here: other forms go through gs1/canonical.ts first.
 * @module
 */
import { argumentRangeError, argumentTypeError } from '../errors.ts';
import { areDigits, isChecked, isGln, isSscc, toGtin14 } from './check-digit.ts';
import { canonicalLength, encodeValue, isCset82, readCanonicalValue } from './percent.ts';

/** A canonical id taken apart. Fields beyond `scheme`, `type` and `id` are present as the type demands. */
export interface ParsedId {
  readonly scheme: 'gs1' | 'cn-trace';
  readonly type: 'unit' | 'container' | 'place' | 'party' | 'product' | 'lot';
  /** The canonical id itself. */
  readonly id: string;
  /** 14 digits: units, lots and products of scheme gs1. */
  readonly gtin?: string;
  /** 1 .. 20 characters of CSET 82: units of scheme gs1. */
  readonly serial?: string;
  /** 1 .. 20 characters of CSET 82: lots. */
  readonly lot?: string;
  /** 18 digits: containers. */
  readonly sscc?: string;
  /** 13 digits: places and parties. */
  readonly gln?: string;
  /** 1 .. 20 characters of CSET 82: places within a GLN. */
  readonly extension?: string;
  /** First seven digits, which name the product: units of scheme cn-trace. */
  readonly traceCodePrefix?: string;
}

const GS1 = 'https://id.gs1.org/';
const TRACE = 'https://countermark.org/ns/id/cn-trace/';
const AI_AT = GS1.length;
const GTIN_AT = AI_AT + 3;
const GTIN_END = GTIN_AT + 14;
const SSCC_END = GTIN_AT + 18;
const GLN_AT = AI_AT + 4;
const GLN_END = GLN_AT + 13;
const VALUE_MAX = 20;

/**
 * The canonical id of one serialised unit.
 *
 * @param gtin - GTIN of 8, 12, 13 or 14 digits with its check digit.
 * @param serial - 1 .. 20 characters of CSET 82.
 * @throws {TypeError | RangeError} if either is not so.
 * @example
 * sgtin('09506000134352', 'A/1'); // 'https://id.gs1.org/01/09506000134352/21/A%2F1'
 */
export function sgtin(gtin: string, serial: string): string {
  return unitOf(productId(gtin), assertCset82('serial', serial));
}

/** The id of the unit of this number: both are known to be valid. Room-internal. */
export function unitOf(product: string, serial: string): string {
  return `${product}/21/${encodeValue(serial)}`;
}

/** The canonical id of a container from its 18-digit SSCC. Throws a TypeError or RangeError if it is none. */
export function sscc(digits: string): string {
  if (!isSscc(digits)) throw badDigits('digits', 'an SSCC of 18 digits with its check digit', digits);
  return `${GS1}00/${digits}`;
}

/** The canonical id of a place from its 13-digit GLN and, within it, an extension of 1 .. 20 characters of CSET 82. */
export function placeId(gln: string, extension?: string): string {
  if (!isGln(gln)) throw badDigits('gln', 'a GLN of 13 digits with its check digit', gln);
  const suffix = extension === undefined ? '' : `/254/${encodeValue(assertCset82('extension', extension))}`;
  return `${GS1}414/${gln}${suffix}`;
}

/** The canonical id of a party from its 13-digit GLN. Throws a TypeError or RangeError if it is none. */
export function partyId(gln: string): string {
  if (!isGln(gln)) throw badDigits('gln', 'a GLN of 13 digits with its check digit', gln);
  return `${GS1}417/${gln}`;
}

/** The canonical id of a product class from its GTIN of 8, 12, 13 or 14 digits. */
export function productId(gtin: string): string {
  const gtin14 = toGtin14(gtin);
  if (gtin14 === undefined)
    throw badDigits('gtin', 'a GTIN of 8, 12, 13 or 14 digits with its check digit', gtin);
  return `${GS1}01/${gtin14}`;
}

/** The canonical id of a lot: a GTIN and a lot number of 1 .. 20 characters of CSET 82. */
export function lotId(gtin: string, lot: string): string {
  return `${productId(gtin)}/10/${encodeValue(assertCset82('lot', lot))}`;
}

/** The canonical id of a unit with a Chinese drug trace code of 20 digits. */
export function traceCodeId(digits: string): string {
  if (typeof digits !== 'string' || digits.length !== 20 || !areDigits(digits, 0, 20)) {
    throw badDigits('digits', 'a trace code of 20 digits', digits);
  }
  return TRACE + digits;
}

/**
 * Takes a canonical id apart.
 *
 * Cost: one pass without a regular expression or a table: replays call this for every id of every event.
 *
 * @param id - attacker-controlled.
 * @returns undefined if `id` is not the canonical spelling of an id this library knows.
 */
export function parseCanonicalId(id: string): ParsedId | undefined {
  if (typeof id !== 'string') return undefined;
  if (!id.startsWith(GS1)) return id.startsWith(TRACE) ? parseTrace(id) : undefined;
  if (id.startsWith('01/', AI_AT)) return parseGtin(id);
  if (id.startsWith('00/', AI_AT)) {
    if (id.length !== SSCC_END || !isChecked(id, GTIN_AT, SSCC_END)) return undefined;
    return { scheme: 'gs1', type: 'container', id, sscc: id.slice(GTIN_AT) };
  }
  const isPlace = id.startsWith('414/', AI_AT);
  if (!isPlace && !id.startsWith('417/', AI_AT)) return undefined;
  if (id.length < GLN_END || !isChecked(id, GLN_AT, GLN_END)) return undefined;
  const gln = id.slice(GLN_AT, GLN_END);
  if (id.length === GLN_END) return { scheme: 'gs1', type: isPlace ? 'place' : 'party', id, gln };
  if (!isPlace || !id.startsWith('/254/', GLN_END)) return undefined;
  const extension = readCanonicalValue(id, GLN_END + 5, VALUE_MAX);
  return extension === undefined ? undefined : { scheme: 'gs1', type: 'place', id, gln, extension };
}

/** True if {@link parseCanonicalId} takes `id` apart; for units, of which there are most, nothing is made to know it. */
export function isCanonicalId(id: string): boolean {
  if (typeof id !== 'string') return false;
  if (!id.startsWith('/21/', GTIN_END) || !id.startsWith(`${GS1}01/`))
    return parseCanonicalId(id) !== undefined;
  return isChecked(id, GTIN_AT, GTIN_END) && canonicalLength(id, GTIN_END + 4, VALUE_MAX) > 0;
}

function parseGtin(id: string): ParsedId | undefined {
  if (id.length < GTIN_END || !isChecked(id, GTIN_AT, GTIN_END)) return undefined;
  const gtin = id.slice(GTIN_AT, GTIN_END);
  if (id.length === GTIN_END) return { scheme: 'gs1', type: 'product', id, gtin };
  const isUnit = id.startsWith('/21/', GTIN_END);
  if (!isUnit && !id.startsWith('/10/', GTIN_END)) return undefined;
  const value = readCanonicalValue(id, GTIN_END + 4, VALUE_MAX);
  if (value === undefined) return undefined;
  return isUnit
    ? { scheme: 'gs1', type: 'unit', id, gtin, serial: value }
    : { scheme: 'gs1', type: 'lot', id, gtin, lot: value };
}

function parseTrace(id: string): ParsedId | undefined {
  const start = TRACE.length;
  if (id.length !== start + 20 || !areDigits(id, start, start + 20)) return undefined;
  return { scheme: 'cn-trace', type: 'unit', id, traceCodePrefix: id.slice(start, start + 7) };
}

function assertCset82(title: string, value: unknown): string {
  if (typeof value !== 'string') throw argumentTypeError(title, 'a string', value);
  if (!isCset82(value, VALUE_MAX)) {
    throw argumentRangeError(
      title,
      `1 to ${VALUE_MAX} characters of GS1 character set 82`,
      `length=${value.length}`,
    );
  }
  return value;
}

function badDigits(title: string, expected: string, value: unknown): TypeError | RangeError {
  if (typeof value !== 'string') return argumentTypeError(title, expected, value);
  return argumentRangeError(title, expected, `length=${value.length}`);
}
