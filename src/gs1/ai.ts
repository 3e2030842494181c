// Browser-safe.
/**
 * Every GS1 application identifier (AI): its format, whether a separator must follow it, and what a value must satisfy.
 *
 * Reads  errors.ts, gs1/ai-table.ts, gs1/percent.ts, gs1/check-digit.ts, gs1/date.ts.   Used by  gs1/element-string.ts, gs1/digital-link.ts.
 * Source GS1 General Specifications section 3.
 * Checks lengths, character sets, check digits and dates. Country codes, coupon codes, IBANs, GS1 Company Prefixes and
 *        the pair rules between AIs are not checked here.
 * @module
 */
import { invariant } from '../errors.ts';
import { AI_ROWS } from './ai-table.ts';
import { isChecked } from './check-digit.ts';
import { readDay } from './date.ts';
import { CLASS_N, CLASS_X, CLASS_Y, CLASS_Z, isOfClass } from './percent.ts';

/** One application identifier with its value, e.g. `{ ai: '10', value: 'LOT7' }`. */
export interface AiElement {
  readonly ai: string;
  readonly value: string;
}

/** A part of an AI's value. */
export interface AiComponent {
  /** `N` digits, `X` CSET 82, `Y` CSET 39, `Z` base64url. */
  readonly type: 'N' | 'X' | 'Y' | 'Z';
  readonly lengthMin: number;
  readonly lengthMax: number;
  /** May be absent when the data ends before it. */
  readonly optional: boolean;
  /** `checkDigit`: the last digit checks the others; `month`: YYMMDD, day 00 allowed; `day`: YYMMDD. */
  readonly content?: 'checkDigit' | 'month' | 'day';
}

/** What is known of an application identifier. */
export interface AiFormat {
  readonly ai: string;
  readonly components: readonly AiComponent[];
  readonly lengthMin: number;
  readonly lengthMax: number;
  /** Of predefined length: no FNC1 separator is needed after it. */
  readonly predefined: boolean;
  /** May stand in the query string of a GS1 Digital Link. */
  readonly attribute: boolean;
}

/** Why a value is not one of its AI: `length` and `date` mean no parse; the others a scheme's own check failed. */
export type ValueFault = 'length' | 'characters' | 'check digit' | 'date';

const CLASS_OF = { N: CLASS_N, X: CLASS_X, Y: CLASS_Y, Z: CLASS_Z } as const;
const CONTENT_OF: Readonly<Record<string, AiComponent['content']>> = {
  c: 'checkDigit',
  m: 'month',
  d: 'day',
};
const FORMATS: ReadonlyMap<string, AiFormat> = /* @__PURE__ */ buildFormats();
/** The first two digits of an AI tell how long it is (General Specifications section 7.8.1). */
const LENGTH_BY_START: ReadonlyMap<string, number> = /* @__PURE__ */ buildLengths();

/** The format of an AI, or undefined if GS1 has allocated no such identifier. */
export function aiFormat(ai: string): AiFormat | undefined {
  return FORMATS.get(ai);
}

/** All known application identifiers, in the order of the table. */
export function aiList(): readonly string[] {
  return [...FORMATS.keys()];
}

/** The format of the AI that starts at `text[start]`, or undefined if none does. */
export function aiAt(text: string, start: number): AiFormat | undefined {
  const length = LENGTH_BY_START.get(text.slice(start, start + 2));
  return length === undefined ? undefined : FORMATS.get(text.slice(start, start + length));
}

/**
 * What is wrong with `value` as a value of the AI, or undefined if nothing is.
 *
 * Cost: one pass; the length is tested first, so a long hostile value costs nothing.
 */
export function valueFault(format: AiFormat, value: string): ValueFault | undefined {
  if (value.length < format.lengthMin || value.length > format.lengthMax) return 'length';
  let at = 0;
  for (const component of format.components) {
    if (component.optional && at === value.length) break;
    const part = value.slice(at, at + component.lengthMax);
    if (part.length < component.lengthMin) return 'length';
    if (!isOfClass(part, CLASS_OF[component.type])) return 'characters';
    if (component.content === 'checkDigit' && !isChecked(part, 0, part.length)) return 'check digit';
    if (component.content === 'month' && readDay(part, true) === undefined) return 'date';
    if (component.content === 'day' && readDay(part, false) === undefined) return 'date';
    at += part.length;
  }
  return at === value.length ? undefined : 'length';
}

function buildFormats(): Map<string, AiFormat> {
  const formats = new Map<string, AiFormat>();
  for (const [ais, text, flags] of AI_ROWS) {
    const components = text.split(' ').map(readComponent);
    let lengthMin = 0;
    let lengthMax = 0;
    for (const component of components) {
      if (!component.optional) lengthMin += component.lengthMin;
      lengthMax += component.lengthMax;
    }
    const predefined = flags.includes('*');
    const attribute = flags.includes('?');
    for (const ai of ais.split(' ').flatMap(expand)) {
      formats.set(ai, { ai, components, lengthMin, lengthMax, predefined, attribute });
    }
  }
  return formats;
}

function buildLengths(): Map<string, number> {
  const lengths = new Map<string, number>();
  for (const ai of FORMATS.keys()) lengths.set(ai.slice(0, 2), ai.length);
  return lengths;
}

/** `13` → 13; `11-13` → 11, 12, 13; `310n0-5` → 3100 .. 3105. */
function expand(text: string): string[] {
  const [stem, digits] = text.includes('n') ? text.split('n') : ['', text];
  const [first, last = first] = digits!.split('-');
  const width = first!.length;
  const out: string[] = [];
  for (let ai = Number(first); ai <= Number(last); ai++) out.push(stem! + String(ai).padStart(width, '0'));
  return out;
}

function readComponent(text: string): AiComponent {
  const optional = text.startsWith('[');
  const match = /^([NXYZ])(\.\.)?(\d+)([cmd]?)$/.exec(optional ? text.slice(1, -1) : text);
  invariant(match !== null, `bad component in the table of application identifiers: ${text}`);
  const lengthMax = Number(match[3]);
  const content = CONTENT_OF[match[4]!];
  return {
    type: match[1] as AiComponent['type'],
    lengthMin: match[2] === undefined ? lengthMax : 1,
    lengthMax,
    optional,
    ...(content === undefined ? {} : { content }),
  };
}
