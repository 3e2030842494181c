// Browser-safe.
/**
 * The scan in hand: what a caller may say of it, the act it is judged as, and the timeline before it.
 *
 * Reads  epcis/ (the limits of a recorded scan), custody/ (acts), judgement/ (views).   Used by  check.ts.
 * Rule   takes exactly what the builder `observe` takes, so that every scan that can be checked can be recorded, with the
 *        same findings.
 * @module
 */
import {
  assertArray,
  assertBoolean,
  assertInteger,
  assertOptions,
  assertString,
  TIME_MAX_MS,
} from '../bytes/index.ts';
import { NOTHING_MORE, type Act, type ScanFacts, type Timeline, type World } from '../custody/index.ts';
import { COUNTRIES_MAX, COUNTRY, LATITUDE_MAX, LONGITUDE_MAX, RADIUS_MAX_M } from '../epcis/extensions.ts';
import { CONSUMER_RADIUS_MIN_M, isUri, NAMESPACE, RANDOM_ID } from '../epcis/index.ts';
import { argumentRangeError } from '../errors.ts';
import { canonicalId } from '../gs1/index.ts';
import type { SubjectView } from '../judgement/index.ts';

/** What the caller knows of the scan. */
export interface Scan {
  /** When it happened, ms; default the ledger's clock. */
  readonly timeMs?: number;
  /** Canonical id of the registered place where it happened. */
  readonly place?: string;
  /** Or a point in micro-degrees with its radius in metres: all three or none; a consumer's radius is 10 km or more. */
  readonly latitude?: number;
  readonly longitude?: number;
  readonly radius?: number;
  /** ISO 3166-1 codes of the countries the region touches. */
  readonly countries?: readonly string[];
  /** A consumer's random session id. */
  readonly session?: string;
  readonly entryMode?: 'scan' | 'manual';
  /** The consumer declares the pack unused. */
  readonly unused?: boolean;
  /** The consumer says that what is recorded as supplied was not supplied to him (CS-05). Needs a session. */
  readonly claim?: 'not-supplied';
  /** When the consumer says he bought it, ms (CS-04). Needs a session. */
  readonly purchased?: number;
  /** Patient and clinic look together, at `place` (CS-03, CS-07). Needs a session. */
  readonly joint?: boolean;
}

const SCAN_OPTIONS = [
  'timeMs',
  'place',
  'latitude',
  'longitude',
  'radius',
  'countries',
  'session',
  'entryMode',
  'unused',
  'claim',
  'purchased',
  'joint',
] as const;

/** @throws {TypeError | RangeError} unless every fact of the scan is one that could be recorded. */
export function assertScan(scan: Scan): void {
  assertOptions('scan', scan, SCAN_OPTIONS);
  const { timeMs, place, countries, session, entryMode, unused } = scan;
  if (timeMs !== undefined) assertInteger('timeMs', timeMs, 0, TIME_MAX_MS);
  if (place !== undefined && !isUri(assertString('place', place))) {
    throw argumentRangeError('place', 'a URI', 'another text');
  }
  assertRegion(scan);
  if (countries !== undefined) {
    for (const code of assertArray('countries', countries, COUNTRIES_MAX)) {
      if (!COUNTRY.test(assertString('countries', code, 2))) {
        throw argumentRangeError('countries', 'ISO 3166-1 alpha-2 codes', 'another text');
      }
    }
  }
  if (session !== undefined && !RANDOM_ID.test(assertString('session', session))) {
    throw argumentRangeError('session', 'a random id of 16 to 64 characters', 'another text');
  }
  if (entryMode !== undefined && !['scan', 'manual'].includes(assertString('entryMode', entryMode, 10))) {
    throw argumentRangeError('entryMode', 'scan or manual', 'another text');
  }
  if (unused !== undefined) assertBoolean('unused', unused);
  assertClaims(scan);
}

function assertClaims({ session, claim, purchased, joint }: Scan): void {
  if (claim === undefined && purchased === undefined && joint === undefined) return;
  if (session === undefined)
    throw argumentRangeError('session', 'a session for what a consumer claims', 'none');
  if (claim !== undefined && assertString('claim', claim, 20) !== 'not-supplied') {
    throw argumentRangeError('claim', 'not-supplied', 'another claim');
  }
  if (purchased !== undefined) assertInteger('purchased', purchased, 0, TIME_MAX_MS);
  if (joint !== undefined) assertBoolean('joint', joint);
}

function assertRegion({ latitude, longitude, radius, session }: Scan): void {
  const given = [latitude, longitude, radius].filter((part) => part !== undefined).length;
  if (given === 0) return;
  if (given < 3)
    throw argumentRangeError('radius', 'latitude, longitude and radius together', `${given} of 3`);
  assertInteger('latitude', latitude, -LATITUDE_MAX, LATITUDE_MAX);
  assertInteger('longitude', longitude, -LONGITUDE_MAX, LONGITUDE_MAX);
  assertInteger('radius', radius, session === undefined ? 0 : CONSUMER_RADIUS_MIN_M, RADIUS_MAX_M);
}

/**
 * The scan as one more event after the prefix.
 * @param entry - size of the prefix: where the scan would stand if it were recorded next.
 * @param recordTimeMs - when it would be recorded; also when it happened, unless the scan says.
 */
export function scanAct(unit: string, code: string, scan: Scan, entry: number, recordTimeMs: number): Act {
  const { latitude, longitude, radius = 0, place } = scan;
  const facts: ScanFacts = {
    presented: code,
    manual: scan.entryMode === 'manual',
    machine: scan.entryMode === 'scan',
    point: latitude === undefined || longitude === undefined ? undefined : { latitude, longitude, radius },
    countries: scan.countries ?? [],
    session: scan.session,
    unused: scan.unused ?? false,
  };
  return {
    ref: { entry, event: 0 },
    recordTimeMs,
    timeMs: scan.timeMs ?? recordTimeMs,
    step: 'observe',
    actor: `${NAMESPACE}scan`,
    kid: '',
    eventId: undefined,
    ids: [unit],
    parent: undefined,
    place: place === undefined ? undefined : (canonicalId(place) ?? place),
    from: undefined,
    to: undefined,
    toPlace: undefined,
    lot: undefined,
    expiry: undefined,
    actId: undefined,
    doses: 1,
    scan: facts,
    more: claimsOf(scan),
  };
}

/**
 * The unit's timeline without the scan in hand, from a view of it with the scan. Where the scan comes last it has moved nothing, has no
 * event behind it to be the same as or to change places with, and bears out nobody's claim: what comes before it is as if it were not there.
 * Where it does not, the unit is folded again.
 */
export function timelineBefore(
  world: World,
  unit: string,
  view: SubjectView | undefined,
  scan: Act,
): Timeline {
  const strides = view?.timeline.strides;
  if (view === undefined || strides?.at(-1)?.act !== scan) return world.unit(unit);
  return { ...view.timeline, strides: strides.slice(0, -1) };
}

function claimsOf({ claim, purchased, joint }: Scan): Act['more'] {
  if (claim === undefined && purchased === undefined && joint !== true) return undefined;
  return { ...NOTHING_MORE, claim, purchasedMs: purchased, joint: joint ?? false };
}
