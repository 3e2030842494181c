// Browser-safe.
/**
 * Temperatures of an event: sensor reports as intervals of time and of integer milli-degrees Celsius.
 *
 * Reads  epcis/ (events, vocabulary).   Used by  act-more.ts, judgement/ (CC rules).
 * Source EPCIS 2.0 section 7.3.7 (sensor elements); UN/CEFACT Recommendation 20 unit codes CEL, FAH, KEL.
 * Never  guesses: a report whose time, unit or range makes no sense is named as a fault and measures nothing.
 * @module
 */
import { assertObject, assertArray, assertInteger, parseTime } from '../bytes/index.ts';
import type { SensorElement } from '../epcis/event.ts';
import { vocabularyWord } from '../epcis/index.ts';

/** A temperature somebody reported, or the bounds of one; startMs === endMs: at one instant. Milli-degrees Celsius, integers. */
export interface Reading {
  readonly startMs: number;
  readonly endMs: number;
  readonly device: string | undefined;
  readonly minMilliC: number;
  readonly maxMilliC: number;
}

/** What is wrong with a report: its time, its unit, or what it says against itself or another. */
export const SENSOR_FAULTS = ['time', 'unit', 'contradiction'] as const;
export type SensorFault = (typeof SENSOR_FAULTS)[number];

/** Readings in time order, and each fault once. */
export interface Readings {
  readonly readings: readonly Reading[];
  readonly faults: readonly SensorFault[];
}

type Report = Readonly<Record<string, unknown>>;

/** All temperatures of sensor elements; nothing measured after the event that reports it is believed. */
export function readingsOf(elements: readonly SensorElement[], eventTimeMs: number): Readings {
  assertArray('elements', elements, COUNT_MAX);
  assertInteger('eventTimeMs', eventTimeMs, -COUNT_MAX);
  const readings: Reading[] = [];
  const faults = new Set<SensorFault>();
  for (const element of elements) {
    const { sensorMetadata, sensorReport } = assertObject('element', element);
    for (const report of assertArray('sensorReport', sensorReport, COUNT_MAX) as readonly Report[]) {
      if (!isTemperature(assertObject('report', report))) continue;
      const read = readingOf(report, sensorMetadata ?? NO_METADATA, eventTimeMs);
      if (typeof read === 'string') faults.add(read);
      else if (read !== undefined) readings.push(read);
    }
  }
  readings.sort(compareReadings);
  if (hasContradiction(readings)) faults.add('contradiction');
  return { readings, faults: SENSOR_FAULTS.filter((fault) => faults.has(fault)) };
}

const NO_METADATA: Report = Object.freeze({});
const COUNT_MAX = Number.MAX_SAFE_INTEGER;

function isTemperature({ type }: Report): boolean {
  return typeof type === 'string' && vocabularyWord('measurementType', type) === 'Temperature';
}

/** The reading of one report, the fault that spoils it, or undefined where it holds no number. */
function readingOf(report: Report, metadata: Report, eventTimeMs: number): Reading | SensorFault | undefined {
  const bounds = boundsOf(report);
  if (bounds === undefined || typeof bounds === 'string') return bounds;
  const period = periodOf(report, metadata, eventTimeMs);
  if (period === undefined) return 'time';
  const { startMs, endMs } = period;
  const { minMilliC, maxMilliC } = bounds;
  // Spelled out: of parts put together by spreading, each reading becomes a kind of object of its own, slow to read.
  return { startMs, endMs, device: deviceOf(report) ?? deviceOf(metadata), minMilliC, maxMilliC };
}

function deviceOf({ deviceID }: Report): string | undefined {
  return typeof deviceID === 'string' ? deviceID : undefined;
}

interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

/** The report's own instant, else the period of its element, else that element's instant, else the event's. */
function periodOf(report: Report, metadata: Report, eventTimeMs: number): Period | undefined {
  const startMs = timeOf(metadata['startTime']);
  const endMs = timeOf(metadata['endTime']) ?? (startMs === undefined ? undefined : eventTimeMs);
  if (startMs !== undefined && endMs !== undefined && startMs > endMs) return undefined;
  const own = timeOf(report['time']);
  const isOutside = own !== undefined && (own < (startMs ?? own) || own > (endMs ?? own));
  const atMs = own ?? (endMs === undefined ? (timeOf(metadata['time']) ?? eventTimeMs) : undefined);
  const period =
    atMs === undefined ? { startMs: startMs ?? endMs!, endMs: endMs! } : { startMs: atMs, endMs: atMs };
  return isOutside || period.endMs > eventTimeMs ? undefined : period;
}

function timeOf(value: unknown): number | undefined {
  return typeof value === 'string' ? parseTime(value) : undefined;
}

interface Bounds {
  readonly minMilliC: number;
  readonly maxMilliC: number;
}

/** Lowest and highest temperature a report stands for. A mean alone stands for itself. */
function boundsOf(report: Report): Bounds | SensorFault | undefined {
  const given = ['value', 'minValue', 'maxValue', 'meanValue'].filter((name) => report[name] !== undefined);
  if (given.length === 0) return undefined;
  const milli = new Map<string, number>();
  for (const name of given) {
    const converted = milliCelsius(report[name], report['uom']);
    if (converted === undefined) return 'unit';
    milli.set(name, converted);
  }
  const min = milli.get('minValue');
  const max = milli.get('maxValue');
  const between = [milli.get('value'), milli.get('meanValue')].filter((value) => value !== undefined);
  const isOutside = between.some((value) => value < (min ?? value) || value > (max ?? value));
  if (isOutside || (min !== undefined && max !== undefined && min > max)) return 'contradiction';
  const all = [...milli.values()];
  return { minMilliC: least(all), maxMilliC: -least(all.map((value) => -value)) + 0 };
}

function least(values: readonly number[]): number {
  return values.reduce((low, value) => (value < low ? value : low));
}

/** Nothing is colder, and nothing this library measures is hotter. */
const ABSOLUTE_ZERO_MILLI_C = -273_150;
const HOTTEST_MILLI_C = 1_000_000_000;

/**
 * Integer milli-degrees Celsius of a value in a unit, rounded to the nearest; undefined for a unit that is none of temperature,
 * and for a number no thermometer shows.
 */
export function milliCelsius(value: unknown, unit: unknown): number | undefined {
  if (typeof value !== 'number' || typeof unit !== 'string') return undefined;
  if (!(value >= -1_000_000 && value <= 2_000_000)) return undefined;
  // Micro-degrees are integers, so every later step is exact but the last division.
  const micro = nearest(value * 1_000_000);
  let milli: number;
  if (unit === 'CEL') milli = nearest(micro / 1000);
  else if (unit === 'KEL') milli = nearest((micro - 273_150_000) / 1000);
  else if (unit === 'FAH') milli = nearest(((micro - 32_000_000) * 5) / 9000);
  else return undefined;
  return milli < ABSOLUTE_ZERO_MILLI_C || milli > HOTTEST_MILLI_C ? undefined : milli;
}

/** The nearest integer; halves go up. Never -0. */
function nearest(value: number): number {
  const up = value + 0.5;
  const rest = up % 1;
  return up - (rest < 0 ? rest + 1 : rest) + 0;
}

function compareReadings(a: Reading, b: Reading): number {
  return a.startMs - b.startMs || a.endMs - b.endMs || a.minMilliC - b.minMilliC || a.maxMilliC - b.maxMilliC;
}

/** True if one device says of one time that it was both of two temperatures. `readings` are in time order. */
function hasContradiction(readings: readonly Reading[]): boolean {
  for (let i = 0; i < readings.length; i++) {
    const a = readings[i]!;
    if (a.device === undefined) continue;
    for (let j = i + 1; j < readings.length && readings[j]!.startMs <= a.endMs; j++) {
      const b = readings[j]!;
      const isApart = b.minMilliC > a.maxMilliC || b.maxMilliC < a.minMilliC;
      if (b.device === a.device && isApart && isShared(a, b)) return true;
    }
  }
  return false;
}

/** Periods that only touch share nothing. */
function isShared(a: Reading, b: Reading): boolean {
  if (a.startMs === b.startMs) return a.endMs === b.endMs || (a.startMs < a.endMs && b.startMs < b.endMs);
  return b.startMs < a.endMs;
}
