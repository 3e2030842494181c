/**
 * The small words of scenarios: durations, moments, numbers, and sentences with holes in them.
 *
 * Reads  nothing.   Used by  endings.ts, event-verbs.ts, fact-verbs.ts.
 * Rule   a hole `{kind}` or `{name:kind}` of a sentence matches only what KINDS says, so that no sentence is read in two ways.
 * @module
 */
import { MARKS } from '../../src/epcis/index.ts';
import { CAST } from '../support/cast.ts';

const MINUTE_MS = 60_000;
const UNITS_MS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: MINUTE_MS,
  hour: 60 * MINUTE_MS,
  day: 1440 * MINUTE_MS,
};

const WHO = `(?:${[...CAST].sort((a, b) => b.length - a.length).join('|')})`;
const THING = String.raw`(?:[A-Z][A-Za-z0-9]*(?:\.\.[A-Z][A-Za-z0-9]*)?|(?:box|pallet|carton|case)\d*)`;
const NAME = '[A-Z][A-Za-z0-9]*';
const DURATION = String.raw`\d+(?:\.\d+)? (?:millisecond|second|minute|hour|day)s?`;
const DAY = String.raw`\d{4}-\d\d-\d\d`;
const WORD = String.raw`[A-Za-z0-9][\w.-]*`;

const DEGREES = String.raw`-?\d+(?:\.\d+)?`;
/** Part of a temperature series. */
const PART = `(?:nothing for ${DURATION}|${DEGREES} to ${DEGREES} C over ${DURATION}|${DEGREES} C(?: for ${DURATION}| ${DURATION} ahead)?)`;

/** What each kind of hole matches. */
const KINDS: Readonly<Record<string, string>> = {
  who: WHO,
  thing: THING,
  things: `${THING}(?:(?:, | and )${THING})*`,
  name: NAME,
  names: `${NAME}(?:(?:, | and )${NAME})*`,
  lots: `${WORD}(?:(?:, | and )${WORD})*`,
  word: WORD,
  words: `${WORD}(?:,? ${WORD})*?`,
  list: `${WORD}(?:, ${WORD})*`,
  doctor: 'dr[A-Z][A-Za-z]*',
  duration: DURATION,
  day: DAY,
  clock: String.raw`\d\d:\d\d(?::\d\d)?`,
  moment: `(?:${DAY}(?: \\d\\d:\\d\\d)?|now|${DURATION} ago|in ${DURATION})`,
  number: String.raw`\d+`,
  degrees: DEGREES,
  countries: '[A-Z]{2}(?:(?:, | or | and | )[A-Z]{2})*',
  market: '[A-Z]{2}',
  quoted: '"[^"]*"',
  mark: MARKS.join('|'),
  counted: String.raw`\d+ of ${WORD}(?:(?:, | and )\d+ of ${WORD})*`,
  series: `${PART}(?:, ${PART})*`,
  text: '.+?',
};

/** A compiled sentence: its source without groups, and how to read it. */
export interface Sentence {
  readonly source: string;
  /** The holes' texts where `text` is the sentence from beginning to end. */
  read(text: string): Readonly<Record<string, string>> | undefined;
}

/** Compiles a sentence such as `{who} ships {things} to {to:who}`. */
export function sentence(pattern: string): Sentence {
  const compiled = compile(pattern, true);
  const whole = new RegExp(`^${compiled}$`);
  return {
    source: compile(pattern, false),
    read: (text) => whole.exec(text)?.groups ?? undefinedOr(whole, text),
  };
}

/** A sentence without holes has no groups. */
function undefinedOr(whole: RegExp, text: string): Readonly<Record<string, string>> | undefined {
  return whole.test(text) ? {} : undefined;
}

/** Regular expression of a sentence, with or without named groups. */
export function compile(pattern: string, named: boolean): string {
  return pattern
    .split(/(\{[a-z:]+\})/i)
    .map((part) => {
      const [, name, kind] = /^\{([a-z]+)(?::([a-z]+))?\}$/i.exec(part) ?? [];
      if (name === undefined) return part.replace(/[.*+?^$()[\]\\|]/g, String.raw`\$&`);
      const match = KINDS[kind ?? name];
      if (match === undefined) throw new Error(`no such kind of word: ${kind ?? name}`);
      return named ? `(?<${name}>${match})` : `(?:${match})`;
    })
    .join('');
}

/** `90 minutes` in milliseconds. */
export function durationMs(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ([a-z]+?)s?$/.exec(text) ?? [];
  return Math.round(Number(amount) * UNITS_MS[unit!]!);
}

/** A moment, as told at a time. */
export function momentMs(text: string, nowMs: number): number {
  if (text === 'now') return nowMs;
  if (text.endsWith(' ago')) return nowMs - durationMs(text.slice(0, -4));
  if (text.startsWith('in ')) return nowMs + durationMs(text.slice(3));
  const [day, clock = '00:00'] = text.split(' ');
  return dateMs(day!, clock);
}

/** A day and a time of day, UTC. */
export function dateMs(day: string, clock = '00:00'): number {
  return Date.parse(`${day}T${clock.length === 5 ? `${clock}:00` : clock}Z`);
}

/** `DE, PL`, `DE or PL`, `DE PL` as a list. */
export function listed(text: string): readonly string[] {
  return text.split(/,? or |,? and |, | /);
}
