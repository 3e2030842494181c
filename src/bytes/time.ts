// Browser-safe.
/**
 * Points in time as integer milliseconds since 1970-01-01T00:00:00Z, read from and written as RFC 3339 text.
 *
 * Reads  bytes.ts.   Used by  epcis/, gs1/, statement/ and all above.
 * Source RFC 3339 section 5.6; civil-day arithmetic after Hinnant, "chrono-compatible low-level date algorithms".
 * Never  uses Date, whose parser differs between engines; leap seconds (":60") are refused.
 * @module
 */

import { assertInteger } from './bytes.ts';

/** Greatest time this library reads or writes: 9999-12-31T23:59:59.999Z. */
export const TIME_MAX_MS = 253_402_300_799_999;
const DAY_MS = 86_400_000;
const PATTERN = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;

/**
 * Milliseconds of an RFC 3339 date-time, or undefined if the text is none or lies outside 1970 .. 9999.
 * Fractions beyond the millisecond are cut off.
 */
export function parseTime(text: string): number | undefined {
  if (typeof text !== 'string' || text.length > 40) return undefined;
  return ownTime(text) ?? anyTime(text);
}

/** The form this library writes, `YYYY-MM-DDTHH:MM:SS.sssZ`, read digit by digit; undefined for any other and for no time at all. */
function ownTime(text: string): number | undefined {
  if (text.length !== 24 || text.charCodeAt(23) !== 90 || text.charCodeAt(10) !== 84) return undefined;
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(19) !== 46) return undefined;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return undefined;
  const century = twoDigits(text, 0);
  const year = twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const hundredths = twoDigits(text, 20);
  const rest = text.charCodeAt(22) - 48;
  // A negative part makes the whole negative, for it is written into the sign bit.
  if ((century | year | month | hour | minute | second | hundredths | rest) < 0) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || rest > 9) return undefined;
  const day = dayOfDate(century * 100 + year, month, twoDigits(text, 8));
  if (day === undefined || day < 0) return undefined;
  return day * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000 + hundredths * 10 + rest;
}

/** The number two decimal digits write, or -1. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

function anyTime(text: string): number | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const day = dayOfDate(Number(match[1]), Number(match[2]), Number(match[3]));
  const hour = Number(match[4]);
  const minute = Number(match[5]);
  const second = Number(match[6]);
  const offsetHour = Number(match[9] ?? 0);
  const offsetMinute = Number(match[10] ?? 0);
  if (day === undefined || hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) {
    return undefined;
  }
  const sign = match[8] === '-' ? -1 : 1;
  const millisecond = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const minutes = day * 1440 + hour * 60 + minute - sign * (offsetHour * 60 + offsetMinute);
  const time = minutes * 60_000 + second * 1000 + millisecond;
  return time >= 0 && time <= TIME_MAX_MS ? time : undefined;
}

/** First millisecond of a `YYYY-MM-DD` day in UTC, or undefined if the text is no such day in 1970 .. 9999. */
export function parseDate(text: string): number | undefined {
  const match = typeof text === 'string' ? /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) : null;
  if (match === null) return undefined;
  const day = dayOfDate(Number(match[1]), Number(match[2]), Number(match[3]));
  return day === undefined || day < 0 ? undefined : day * DAY_MS;
}

/** `YYYY-MM-DDTHH:MM:SS.sssZ` of an integer time, 0 .. {@link TIME_MAX_MS}. */
export function formatTime(timeMs: number): string {
  assertInteger('timeMs', timeMs, 0, TIME_MAX_MS);
  const inDay = timeMs % DAY_MS;
  const two = (value: number): string => String(value).padStart(2, '0');
  const hour = (inDay - (inDay % 3_600_000)) / 3_600_000;
  const minute = ((inDay - (inDay % 60_000)) / 60_000) % 60;
  const second = ((inDay - (inDay % 1000)) / 1000) % 60;
  const millisecond = String(inDay % 1000).padStart(3, '0');
  return `${formatDate(timeMs)}T${two(hour)}:${two(minute)}:${two(second)}.${millisecond}Z`;
}

/** `YYYY-MM-DD` (UTC) of an integer time, 0 .. {@link TIME_MAX_MS}. */
export function formatDate(timeMs: number): string {
  assertInteger('timeMs', timeMs, 0, TIME_MAX_MS);
  const days = (timeMs - (timeMs % DAY_MS)) / DAY_MS + 719_468;
  const era = (days - (days % 146_097)) / 146_097;
  const dayOfEra = days - era * 146_097;
  const quotient = (value: number, by: number): number => (value - (value % by)) / by;
  const yearOfEra = quotient(
    dayOfEra - quotient(dayOfEra, 1460) + quotient(dayOfEra, 36_524) - quotient(dayOfEra, 146_096),
    365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + quotient(yearOfEra, 4) - quotient(yearOfEra, 100));
  const shifted = quotient(5 * dayOfYear + 2, 153);
  const day = dayOfYear - quotient(153 * shifted + 2, 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** Days since 1970-01-01 of a civil date of the proleptic Gregorian calendar, or undefined if there is no such day. */
export function dayOfDate(year: number, month: number, day: number): number | undefined {
  if (!Number.isSafeInteger(year) || !Number.isSafeInteger(month) || !Number.isSafeInteger(day))
    return undefined;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = (shiftedYear - (shiftedYear % 400)) / 400;
  const yearOfEra = shiftedYear % 400;
  const months = month > 2 ? month - 3 : month + 9;
  const daysBefore = (153 * months + 2 - ((153 * months + 2) % 5)) / 5;
  const dayOfYear = daysBefore + day - 1;
  const leaps = (yearOfEra - (yearOfEra % 4)) / 4 - (yearOfEra - (yearOfEra % 100)) / 100;
  return era * 146_097 + yearOfEra * 365 + leaps + dayOfYear - 719_468;
}

/** Number of days in a month, 1 .. 12; 0 where there is no such month. */
export function daysInMonth(year: number, month: number): number {
  if (!Number.isSafeInteger(year) || !Number.isSafeInteger(month) || month < 1 || month > 12) return 0;
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
