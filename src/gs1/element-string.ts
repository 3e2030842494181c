// Browser-safe.
/**
 * GS1 element strings, as printed `(01)…(21)…` and as scanned (FNC1, transmitted as GS, 0x1D).
 *
 * Reads  gs1/ai.ts.   Used by  gs1/code.ts, gs1/unit-code.ts.
 * Source GS1 General Specifications section 7.8 (processing of element strings) and 5.9.2 (symbology identifiers);
 *        in the printed form a `(` inside a value is written `\(`, as GS1's Barcode Syntax Engine does.
 * Never  guesses: an unknown AI, an AI given twice or a missing separator that leaves no parse is a failure.
 * @module
 */
import { assertObject, assertOptions } from '../bytes/index.ts';
import { argumentRangeError, argumentTypeError } from '../errors.ts';
import { aiAt, aiFormat, valueFault } from './ai.ts';
import type { AiElement } from './ai.ts';
import { CODE_LENGTH_MAX, faultyValue, unparseable } from './failure.ts';
import type { CodeFailure } from './failure.ts';

/** The separator a scanner transmits for FNC1 (ASCII GS). */
export const FNC1 = '\x1d';
/** AIM symbology identifiers of the carriers of element strings: GS1-128, DataMatrix, QR Code, DataBar, DotCode. */
const GS1_SYMBOLOGIES: ReadonlySet<string> = /* @__PURE__ */ new Set([']C1', ']d2', ']Q3', ']e0', ']J1']);

/** The elements of a code in their order, or why there are none. */
export type ParsedElements = { readonly ok: true; readonly elements: readonly AiElement[] } | CodeFailure;

/** True if `text` begins with the symbology identifier of a carrier of element strings. Room-internal. */
export function hasGs1Symbology(text: string): boolean {
  return GS1_SYMBOLOGIES.has(text.slice(0, 3));
}

/**
 * Reads an element string in either form; one that starts with `(` is taken as printed.
 *
 * Cost: linear; more than {@link CODE_LENGTH_MAX} characters are refused unread.
 *
 * @param text - attacker-controlled; may begin with `]d2`, `]C1`, `]Q3`, `]e0` or `]J1`, and with one FNC1.
 * @returns every element, each with a value valid for its AI, no AI twice; or a failure with its finding.
 * @throws {TypeError} only if `text` is no string.
 * @example
 * parseElementString('(01)09506000134352(21)S1');
 */
export function parseElementString(text: string): ParsedElements {
  if (typeof text !== 'string') throw argumentTypeError('text', 'a string', text);
  if (text.length > CODE_LENGTH_MAX) return unparseable('too long');
  let start = hasGs1Symbology(text) ? 3 : 0;
  if (start === 0 && text.startsWith('(')) return checked(splitBracketed(text));
  if (text.startsWith(FNC1, start)) start++;
  return checked(splitScanned(text, start));
}

/**
 * Writes elements as an element string; {@link parseElementString} reads back the same elements.
 *
 * @param elements - 1 or more, each valued as its AI demands, no AI twice.
 * @param options.bracketed - `true`: the printed form; `false` (default): as scanned, FNC1 as 0x1D where one is needed.
 * @throws {TypeError | RangeError} if an AI is unknown or given twice, or a value is not one of its AI.
 */
export function formatElementString(
  elements: readonly AiElement[],
  options: { readonly bracketed?: boolean } = {},
): string {
  assertElements(elements);
  assertOptions('options', options, ['bracketed']);
  let out = '';
  let separate = false;
  for (const { ai, value } of elements) {
    if (options.bracketed === true) {
      out += `(${ai})${value.replaceAll('(', '\\(')}`;
    } else {
      out += (separate ? FNC1 : '') + ai + value;
      separate = !aiFormat(ai)!.predefined;
    }
  }
  return out;
}

/** Throws unless every element is valid and no AI occurs twice. Room-internal. */
export function assertElements(elements: readonly AiElement[]): void {
  if (!Array.isArray(elements)) throw argumentTypeError('elements', 'an array of elements', elements);
  if (elements.length === 0) throw argumentRangeError('elements', '1 or more elements', 0);
  for (const element of elements) assertObject('element', element);
  const result = checked(elements);
  if (!result.ok) throw argumentRangeError('elements', 'elements valid for their AIs', result.reason);
}

/** Refuses unknown AIs, repeated AIs and invalid values. Room-internal. */
export function checked(elements: readonly AiElement[] | CodeFailure): ParsedElements {
  if ('ok' in elements) return elements;
  const seen = new Set<string>();
  for (const { ai, value } of elements) {
    const format = aiFormat(ai);
    if (format === undefined) return unparseable('unknown application identifier');
    if (seen.has(ai)) return unparseable(`AI ${ai} occurs twice`);
    seen.add(ai);
    const fault = typeof value === 'string' ? valueFault(format, value) : 'length';
    if (fault !== undefined) return faultyValue(ai, fault);
  }
  return { ok: true, elements };
}

function splitScanned(text: string, start: number): AiElement[] | CodeFailure {
  const elements: AiElement[] = [];
  let at = start;
  let separator = start - 1;
  while (at < text.length) {
    const format = aiAt(text, at);
    if (format === undefined) return unparseable('no application identifier where one must stand');
    at += format.ai.length;
    if (separator < at) separator = nextOrEnd(text, at);
    let end = separator;
    if (format.predefined) end = Math.min(end, at + format.lengthMax);
    elements.push({ ai: format.ai, value: text.slice(at, end) });
    // A separator after a value of predefined length, and one at the very end, are needless but tolerated.
    at = text[end] === FNC1 ? end + 1 : end;
  }
  return elements.length === 0 ? unparseable('empty') : elements;
}

/** Index of the next separator, or the length of the text; sought once per separator, so the reader stays linear. */
function nextOrEnd(text: string, at: number): number {
  const index = text.indexOf(FNC1, at);
  return index < 0 ? text.length : index;
}

function splitBracketed(text: string): AiElement[] | CodeFailure {
  const elements: AiElement[] = [];
  let at = 0;
  while (at < text.length) {
    const close = text.indexOf(')', at);
    // An AI has at most four digits: do not search on through a long value.
    if (text[at] !== '(' || close < 0 || close > at + 5)
      return unparseable('no application identifier where one must stand');
    const ai = text.slice(at + 1, close);
    let value = '';
    let from = close + 1;
    let open = text.indexOf('(', from);
    while (open > from && text[open - 1] === '\\') {
      value += `${text.slice(from, open - 1)}(`;
      from = open + 1;
      open = text.indexOf('(', from);
    }
    at = open < 0 ? text.length : open;
    elements.push({ ai, value: value + text.slice(from, at) });
  }
  return elements;
}
