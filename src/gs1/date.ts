// Browser-safe.
/**
 * Days as barcodes carry them (YYMMDD, day 00 for "the whole month") and as this library keeps them (YYYY-MM-DD).
 *
 * Reads  bytes/time.ts.   Used by  gs1/ai.ts, gs1/code.ts, gs1/unit-code.ts.
 * Source GS1 General Specifications sections 3.4.2 and 7.12.
 * Never  reads a clock. GS1 slides the century with the reader's year; a verdict may not depend on when it is computed,
 *        so YY is always 2000 + YY: no serialised pack is older.
 * @module
 */
import { dayOfDate, daysInMonth } from '../bytes/index.ts';
import { areDigits } from './check-digit.ts';

/**
 * The day a YYMMDD text names.
 *
 * @param text - attacker-controlled.
 * @param dayZero - whether day 00 is allowed; it means the last day of the month.
 * @returns `YYYY-MM-DD` in 2000 .. 2099, or undefined if there is no such day.
 */
export function readDay(text: string, dayZero: boolean): string | undefined {
  if (text.length !== 6 || !areDigits(text, 0, 6)) return undefined;
  const year = 2000 + Number(text.slice(0, 2));
  const month = Number(text.slice(2, 4));
  const written = Number(text.slice(4, 6));
  const day = written === 0 && dayZero ? daysInMonth(year, month) : written;
  if (dayOfDate(year, month, day) === undefined) return undefined;
  return `${year}-${text.slice(2, 4)}-${String(day).padStart(2, '0')}`;
}

/** YYMMDD of a `YYYY-MM-DD` day in 2000 .. 2099, or undefined if `date` is no such day. */
export function writeDay(date: string): string | undefined {
  if (typeof date !== 'string' || !/^20\d\d-\d\d-\d\d$/.test(date)) return undefined;
  const text = date.slice(2, 4) + date.slice(5, 7) + date.slice(8, 10);
  return readDay(text, false) === undefined ? undefined : text;
}
