// Browser-safe.
/**
 * The GS1 check digit, and the three numbers that carry one: GTIN, SSCC, GLN.
 *
 * Reads  errors.ts.   Used by  gs1/ai.ts, gs1/ids.ts, gs1/epc.ts.
 * Source GS1 General Specifications section 7.9.1: weights 3, 1, 3 … from the right, modulo 10.
 * Never  turns a number into a JavaScript number: digits stay text, leading zeros and all.
 * @module
 */
import { argumentRangeError, argumentTypeError } from '../errors.ts';

const ZERO = 48;
const DIGITS_MAX = 100;

/**
 * The check digit that follows `digits`.
 *
 * @param digits - 1 .. 100 decimal digits, without the check digit.
 * @returns one digit, `'0'` .. `'9'`.
 * @throws {TypeError | RangeError} if `digits` is not such a text.
 * @example
 * checkDigit('629104150021'); // '3'
 */
export function checkDigit(digits: string): string {
  if (typeof digits !== 'string') throw argumentTypeError('digits', 'a string of digits', digits);
  if (digits.length > DIGITS_MAX || !areDigits(digits, 0, digits.length)) {
    throw argumentRangeError('digits', `1 to ${DIGITS_MAX} decimal digits`, `length=${digits.length}`);
  }
  return String((10 - weightedSum(digits, 0, digits.length)) % 10);
}

/** True if `text` is 8, 12, 13 or 14 digits whose last is the right check digit. */
export function isGtin(text: string): boolean {
  return toGtin14(text) !== undefined;
}

/** True if `text` is 18 digits whose last is the right check digit. */
export function isSscc(text: string): boolean {
  return typeof text === 'string' && text.length === 18 && isChecked(text, 0, 18);
}

/** True if `text` is 13 digits whose last is the right check digit. */
export function isGln(text: string): boolean {
  return typeof text === 'string' && text.length === 13 && isChecked(text, 0, 13);
}

/**
 * The 14-digit form of a GTIN-8, -12, -13 or -14.
 *
 * @param text - anything; attacker-controlled.
 * @returns 14 digits, left-padded with zeros (which leave the check digit unchanged), or undefined if `text` is no GTIN.
 */
export function toGtin14(text: string): string | undefined {
  if (typeof text !== 'string') return undefined;
  const length = text.length;
  if (length !== 8 && length !== 12 && length !== 13 && length !== 14) return undefined;
  return isChecked(text, 0, length) ? text.padStart(14, '0') : undefined;
}

/** True if `text[start, end)` is one or more ASCII digits. Room-internal. */
export function areDigits(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return false;
  }
  return end > start;
}

/** True if `text[start, end)` is digits only, the last being the check digit of the others. Room-internal. */
export function isChecked(text: string, start: number, end: number): boolean {
  if (end - start < 2 || !areDigits(text, start, end)) return false;
  return (weightedSum(text, start, end - 1) + text.charCodeAt(end - 1) - ZERO) % 10 === 0;
}

/** Sum of digits weighted 3, 1, 3 … from the right, modulo 10. */
function weightedSum(text: string, start: number, end: number): number {
  let sum = 0;
  let weight = 3;
  for (let i = end - 1; i >= start; i--) {
    sum += weight * (text.charCodeAt(i) - ZERO);
    weight = 4 - weight;
  }
  return sum % 10;
}
