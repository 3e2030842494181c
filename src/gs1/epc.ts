// Browser-safe.
/**
 * EPC URNs (`urn:epc:id:…`, `urn:epc:class:lgtin:…`, `urn:epc:idpat:…`) as GS1 elements, as older EPCIS systems send them.
 *
 * Reads  gs1/check-digit.ts, gs1/percent.ts, gs1/element-string.ts (checks).   Used by  gs1/canonical.ts.
 * Source GS1 EPC Tag Data Standard section 6.3 (pure identity URIs), 8 (patterns); CBV 2.0 section 8 for the way to links.
 * Rule   a URN has no check digit and tells how long the company prefix is; neither survives in a Digital Link.
 * @module
 */
import { areDigits, checkDigit } from './check-digit.ts';
import type { AiElement } from './ai.ts';
import { checked } from './element-string.ts';
import { CODE_LENGTH_MAX } from './failure.ts';
import { decodeValue } from './percent.ts';

type Parts = readonly string[];
type Converter = (parts: Parts) => AiElement[] | undefined;

const IDS: Readonly<Record<string, Converter>> = {
  sgtin: (parts) => serialised('21', parts),
  upui: (parts) => serialised('235', parts),
  sscc: ([prefix, reference]) => element('00', led(prefix, reference, 17)),
  sgln: ([prefix, location, extension]) =>
    extension === undefined
      ? undefined
      : join(
          element('414', joined(prefix, location, 12)),
          extension === '0' ? [] : [{ ai: '254', value: extension }],
        ),
  pgln: ([prefix, reference]) => element('417', joined(prefix, reference, 12)),
  grai: ([prefix, type, serial]) =>
    serial !== undefined ? element('8003', joined(prefix, type, 12), '0', serial) : undefined,
  giai: ([prefix, reference]) =>
    isPrefix(prefix) && reference ? [{ ai: '8004', value: prefix + reference }] : undefined,
  gsrn: ([prefix, reference]) => element('8018', joined(prefix, reference, 17)),
  gsrnp: ([prefix, reference]) => element('8017', joined(prefix, reference, 17)),
  gdti: ([prefix, type, serial]) =>
    serial !== undefined ? element('253', joined(prefix, type, 12), '', serial) : undefined,
  sgcn: ([prefix, coupon, serial]) =>
    serial !== undefined ? element('255', joined(prefix, coupon, 12), '', serial) : undefined,
  cpi: ([prefix, part, serial]) =>
    isPrefix(prefix) && part && serial
      ? [
          { ai: '8010', value: prefix + part },
          { ai: '8011', value: serial },
        ]
      : undefined,
  ginc: ([prefix, reference]) =>
    isPrefix(prefix) && reference ? [{ ai: '401', value: prefix + reference }] : undefined,
  gsin: ([prefix, reference]) => element('402', joined(prefix, reference, 16)),
  itip: ([prefix, item, piece, total, serial]) => pieces([prefix, item, piece, total], serial),
};

const CLASSES: Readonly<Record<string, Converter>> = {
  lgtin: (parts) => serialised('10', parts),
};

/** Patterns over every instance of a class: the last part is `*`. */
const PATTERNS: Readonly<Record<string, Converter>> = {
  sgtin: ([prefix, item]) => element('01', led(prefix, item, 13)),
  grai: ([prefix, type]) => element('8003', joined(prefix, type, 12), '0'),
  gdti: ([prefix, type]) => element('253', joined(prefix, type, 12)),
  sgcn: ([prefix, coupon]) => element('255', joined(prefix, coupon, 12)),
  cpi: ([prefix, part]) => (isPrefix(prefix) && part ? [{ ai: '8010', value: prefix + part }] : undefined),
  itip: ([prefix, item, piece, total]) => pieces([prefix, item, piece, total], undefined),
};

/** Number of dot-separated parts a URN may have; the last one, a serial, may itself hold dots. */
const PART_COUNTS: Readonly<Record<string, number>> = {
  sscc: 2,
  pgln: 2,
  giai: 2,
  gsrn: 2,
  gsrnp: 2,
  ginc: 2,
  gsin: 2,
  itip: 5,
};

/**
 * The GS1 elements an EPC URN stands for.
 *
 * @param urn - attacker-controlled; `urn:epc:id:<scheme>:…`, `urn:epc:class:lgtin:…` or `urn:epc:idpat:<scheme>:….*`.
 * @returns a key and its qualifiers, valid for their AIs; undefined if `urn` is no EPC URN of a GS1 key.
 * @example
 * epcElements('urn:epc:id:sgtin:0614141.107346.2018'); // 01 = 10614141073464, 21 = 2018
 */
export function epcElements(urn: string): readonly AiElement[] | undefined {
  if (typeof urn !== 'string' || urn.length > CODE_LENGTH_MAX) return undefined;
  const match = /^urn:epc:(id|class|idpat):([a-z]+):([^:]+)$/.exec(urn);
  if (match === null) return undefined;
  const [, family, scheme, body] = match as unknown as readonly [string, string, string, string];
  const table = family === 'id' ? IDS : family === 'class' ? CLASSES : PATTERNS;
  const converter = Object.hasOwn(table, scheme) ? table[scheme] : undefined;
  const count = PART_COUNTS[scheme] ?? 3;
  const parts = splitParts(body, count);
  if (converter === undefined || parts.length !== count) return undefined;
  if (family === 'idpat' && parts[count - 1] !== '*') return undefined;
  const decoded: string[] = [];
  for (const part of parts) {
    const value = decodeValue(part);
    if (value === undefined) return undefined;
    decoded.push(value);
  }
  const elements = converter(decoded);
  if (elements === undefined) return undefined;
  const result = checked(elements);
  return result.ok ? result.elements : undefined;
}

/** Splits at the first `count - 1` dots. */
function splitParts(body: string, count: number): string[] {
  const parts: string[] = [];
  let at = 0;
  while (parts.length < count - 1) {
    const dot = body.indexOf('.', at);
    if (dot < 0) return parts;
    parts.push(body.slice(at, dot));
    at = dot + 1;
  }
  parts.push(body.slice(at));
  return parts;
}

/** A GS1 Company Prefix: 4 to 12 digits. */
function isPrefix(prefix: string | undefined): prefix is string {
  return (
    prefix !== undefined && prefix.length >= 4 && prefix.length <= 12 && areDigits(prefix, 0, prefix.length)
  );
}

/** Prefix and reference side by side: exactly `length` digits, or undefined. */
function joined(
  prefix: string | undefined,
  reference: string | undefined,
  length: number,
): string | undefined {
  if (!isPrefix(prefix) || reference === undefined) return undefined;
  const digits = prefix + reference;
  return digits.length === length && areDigits(digits, 0, length) ? digits : undefined;
}

/** As {@link joined}, the first digit of the reference (indicator, extension) moved to the front. */
function led(prefix: string | undefined, reference: string | undefined, length: number): string | undefined {
  const digits = reference === '' ? undefined : joined(prefix, reference, length);
  return digits === undefined ? undefined : reference!.charAt(0) + prefix! + reference!.slice(1);
}

/** One element: `before`, the digits with their check digit, `after`. */
function element(ai: string, digits: string | undefined, before = '', after = ''): AiElement[] | undefined {
  return digits === undefined ? undefined : [{ ai, value: before + digits + checkDigit(digits) + after }];
}

function join(first: AiElement[] | undefined, second: AiElement[]): AiElement[] | undefined {
  return first === undefined ? undefined : [...first, ...second];
}

function serialised(ai: string, [prefix, item, serial]: Parts): AiElement[] | undefined {
  return serial === undefined
    ? undefined
    : join(element('01', led(prefix, item, 13)), [{ ai, value: serial }]);
}

function pieces(
  [prefix, item, piece, total]: readonly (string | undefined)[],
  serial: string | undefined,
): AiElement[] | undefined {
  if (piece?.length !== 2 || total?.length !== 2) return undefined;
  return join(
    element('8006', led(prefix, item, 13), '', piece + total),
    serial === undefined ? [] : [{ ai: '21', value: serial }],
  );
}
