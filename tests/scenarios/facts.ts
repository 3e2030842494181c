/**
 * Facts in words: `doses 2, inUse 24 hours, storage 2 to 8 C budget 9 hours` as fields of a product, lot or policy.
 *
 * Reads  words.ts, cast.ts.   Used by  tale.ts, fact-verbs.ts.
 * Rule   names are those of the format; a duration's name may leave out its `Ms`.
 * @module
 */
import { DEFAULT_POLICY } from '../../src/statement/policy.ts';
import { CAST, ID, SITE, type Who } from '../support/cast.ts';
import { durationMs, listed } from './words.ts';

const LISTS = new Set([
  'indications',
  'usedBy',
  'channels',
  'markets',
  'documentsRequired',
  'practitionerLicences',
  'supplierLicences',
]);
const TEXTS = new Set([
  'composition',
  'productClass',
  'procedure',
  'manualEntry',
  'expiry',
  'traceCodePrefix',
  'name',
]);
const FLAGS = new Set([
  'signedCode',
  'twoParty',
  'certified',
  'notForRedistribution',
  'registrationRequired',
  'coldChainRequired',
  'devicesRegistered',
]);
const NUMBERS = new Set(['doses', 'cartonUnits', 'quantity']);
const DURATION = /^\d+(?:\.\d+)? (?:millisecond|second|minute|hour|day)s?$/;
const STORAGE = /^(-?[\d.]+) to (-?[\d.]+) C(?: budget (.+?))?(?: freeze (-?[\d.]+) C)?$/;

/** Fields from words. @throws {Error} naming what is not understood. */
export function factsOf(text: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    text.split(', ').map((part) => {
      const at = part.indexOf(' ');
      if (at < 0) throw new Error(`"${part}" has no value`);
      return factOf(part.slice(0, at), part.slice(at + 1));
    }),
  );
}

/** One field from its name and value. */
export function factOf(name: string, value: string): readonly [string, unknown] {
  if (name === 'storage') return [name, storage(value)];
  if (name === 'price') return [name, price(value)];
  if (name === 'distributors') return [name, parties(value).map((who) => ID[who])];
  if (name === 'exemptSites') return [name, parties(value).map((who) => SITE[who])];
  if (LISTS.has(name))
    return [name, value === 'none' ? [] : listed(value).flatMap((item) => item.split(' '))];
  if (TEXTS.has(name)) return [name, value];
  if (FLAGS.has(name) && (value === 'yes' || value === 'no')) return [name, value === 'yes'];
  if (DURATION.test(value)) {
    const field = name.endsWith('Ms') ? name : `${name}Ms`;
    if (field === 'inUseMs' || field in DEFAULT_POLICY) return [field, durationMs(value)];
  }
  if ((NUMBERS.has(name) || name in DEFAULT_POLICY) && /^\d+$/.test(value)) return [name, Number(value)];
  throw new Error(`"${name} ${value}" is no fact of a product, a lot or the policy`);
}

/** Temperature in milli-degrees. */
export function milliC(degrees: string): number {
  return Math.round(Number(degrees) * 1000);
}

function storage(value: string): unknown {
  const [, min, max, budget, freeze] = STORAGE.exec(value) ?? [];
  if (min === undefined || max === undefined) {
    throw new Error('storage is "2 to 8 C", then "budget 9 hours" and "freeze 0 C" as needed');
  }
  const range = { minMilliC: milliC(min), maxMilliC: milliC(max) };
  const budgetMs = durationMs(budget ?? '0 hours');
  return { ...range, budgetMs, ...(freeze === undefined ? {} : { freezeMilliC: milliC(freeze) }) };
}

function price(value: string): unknown {
  const [, major, minor, currency] = /^(\d+)\.(\d\d) ([A-Z]{3})$/.exec(value) ?? [];
  if (currency === undefined) throw new Error('a price is "120.00 EUR"');
  return { currency, amount: Number(`${major}${minor}`) };
}

function parties(value: string): readonly Who[] {
  return value.split(' ').map((name) => {
    if (!(CAST as readonly string[]).includes(name)) throw new Error(`nobody is called "${name}"`);
    return name as Who;
  });
}
