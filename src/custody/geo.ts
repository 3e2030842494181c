// Browser-safe.
/**
 * Distance on the earth from micro-degrees, with arithmetic that gives the same bits on every engine.
 *
 * Reads  nothing.   Used by  judgement/ (CL rules).
 * Source sphere of radius 6,371,009 m (IUGG mean radius); sine and cosine by Taylor series to x^17, |error| < 1e-9 on [0, pi/2].
 * Never  overstates: the straight line through the earth is a lower bound of any journey.
 * @module
 */
import { assertInteger, assertObject } from '../bytes/index.ts';

const EARTH_RADIUS_M = 6_371_009;
/** No two points are further apart: the earth's diameter. */
export const DISTANCE_MAX_M = 2 * EARTH_RADIUS_M;
const HALF_PI = 1.5707963267948966;
const RADIANS_PER_MICRODEGREE = HALF_PI / 90_000_000;

/** A point in integer micro-degrees. */
export interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

/** Straight-line distance in metres: at most the true distance over ground. */
export function distanceAtLeastM(a: Point, b: Point): number {
  assertPoint(assertObject('a', a));
  assertPoint(assertObject('b', b));
  const [ax, ay, az] = unitVector(a);
  const [bx, by, bz] = unitVector(b);
  const x = ax - bx;
  const y = ay - by;
  const z = az - bz;
  return EARTH_RADIUS_M * Math.sqrt(x * x + y * y + z * z);
}

function unitVector(point: Point): readonly [number, number, number] {
  const latitude = point.latitude * RADIANS_PER_MICRODEGREE;
  const longitude = point.longitude * RADIANS_PER_MICRODEGREE;
  const cosLatitude = sine(HALF_PI - absolute(latitude));
  return [cosLatitude * cosine(longitude), cosLatitude * sine(longitude), sine(latitude)];
}

/** Cosine for |x| <= pi. */
function cosine(x: number): number {
  return sine(HALF_PI - absolute(x));
}

/** Sine for |x| <= pi. */
function sine(x: number): number {
  const folded = x > HALF_PI ? 2 * HALF_PI - x : x < -HALF_PI ? -2 * HALF_PI - x : x;
  const square = folded * folded;
  let sum = 1;
  for (let k = 16; k >= 2; k -= 2) sum = 1 - (square * sum) / (k * (k + 1));
  return folded * sum;
}

function absolute(x: number): number {
  return x < 0 ? -x : x;
}

function assertPoint({ latitude, longitude }: Point): void {
  assertInteger('latitude', latitude, -90_000_000, 90_000_000);
  assertInteger('longitude', longitude, -180_000_000, 180_000_000);
}
