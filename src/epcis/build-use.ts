// Browser-safe.
/**
 * Builders of what happens to a pack at its end: dispensed, opened, administered, retired; and of scans and temperatures.
 *
 * Reads  build.ts.   Used by  clinics', pharmacies' and scan services; examples.
 * Source CBV 2.0 section 7; the steps CBV has no word for are this project's URIs (event.ts).
 * Never  takes anything about a patient: an act and a session are random ids, a consumer's place is a region.
 * @module
 */
import { assertArray, assertInteger, assertOptions, assertString } from '../bytes/index.ts';
import { argumentRangeError, argumentTypeError } from '../errors.ts';
import {
  COMMON,
  type CommonOptions,
  type Step,
  actFields,
  booleanArgument,
  formArgument,
  frame,
  identified,
  idsArgument,
  placed,
  randomIdArgument,
  timeText,
  uriArgument,
  wordArgument,
} from './build.ts';
import type { IdsOptions } from './build-supply.ts';
import {
  BIZ_STEP_ADMINISTERING,
  BIZ_STEP_OPENING,
  BIZ_STEP_RETIRING,
  type EntryMode,
  type Extensions,
  NAMESPACE,
  type ObjectEvent,
} from './event.ts';
import {
  CONSUMER_RADIUS_MIN_M,
  COUNTRIES_MAX,
  COUNTRY,
  LATITUDE_MAX,
  LONGITUDE_MAX,
  PRACTITIONER,
  PRESENTED_LENGTH_MAX,
  RADIUS_MAX_M,
} from './extensions.ts';
import { sha256Hex } from './hash.ts';
import { IDS_MAX, isUri } from './shape.ts';
import { vocabularyWord } from './vocabulary.ts';

/** Options of {@link retire}, and of all uses. */
export interface UseOptions extends IdsOptions {
  /** Random id of the treatment: again it is a repeat, another one a second use. */
  readonly actId?: string;
  /** Doses drawn, 1 .. 1,000; absent means 1. */
  readonly doses?: number;
}

/** Options of {@link open} and {@link administer}. */
export interface CareOptions extends UseOptions {
  /** Who injects, by licence number, as URI; never a name. */
  readonly practitioner?: string;
  /** Word of the department, as licences name it. */
  readonly department?: string;
  /** Word of the procedure's level, as licences name it. */
  readonly procedure?: string;
}

/** Options of {@link dispense}. */
export interface DispenseOptions extends CareOptions {
  /** Random id of the supply. */
  readonly actId: string;
}

/**
 * The units were supplied to a patient or a practitioner: ObjectEvent OBSERVE, `dispensing`, `dispensed`.
 *
 * @throws {TypeError | RangeError} on a wrong, missing or unknown option.
 */
export function dispense(options: DispenseOptions): ObjectEvent {
  randomIdArgument('actId', assertOptions('options', options, CARE).actId);
  return use(options, CARE, { action: 'OBSERVE', bizStep: 'dispensing', disposition: 'dispensed' });
}

/** The units' seals were opened: ObjectEvent OBSERVE with this project's step `opening`. */
export function open(options: CareOptions): ObjectEvent {
  return use(options, CARE, { action: 'OBSERVE', bizStep: BIZ_STEP_OPENING });
}

/** Doses of the units were given: ObjectEvent OBSERVE with this project's step `administering`. */
export function administer(options: CareOptions): ObjectEvent {
  return use(options, CARE, { action: 'OBSERVE', bizStep: BIZ_STEP_ADMINISTERING });
}

/** The empty units were put beyond use: ObjectEvent OBSERVE with this project's step `retiring`. */
export function retire(options: UseOptions): ObjectEvent {
  return use(options, USE, { action: 'OBSERVE', bizStep: BIZ_STEP_RETIRING });
}

const USE = [...COMMON, 'ids', 'actId', 'doses'] as const;
const CARE = [...USE, 'practitioner', 'department', 'procedure'] as const;

function use(options: CareOptions, names: readonly (keyof CareOptions)[], step: Step): ObjectEvent {
  assertOptions('options', options, names);
  return identified<ObjectEvent>(
    {
      type: 'ObjectEvent',
      ...frame(options.time),
      ...step,
      epcList: idsArgument('ids', options.ids),
      ...placed(options.place),
      ...actFields(options),
      ...careFields(options),
    },
    options.eventID,
  );
}

function careFields({ practitioner, department, procedure }: CareOptions): Extensions {
  return {
    ...(practitioner !== undefined && { 'cm:practitioner': practitionerArgument(practitioner) }),
    ...(department !== undefined && { 'cm:department': wordArgument('department', department) }),
    ...(procedure !== undefined && { 'cm:procedure': wordArgument('procedure', procedure) }),
  };
}

function practitionerArgument(value: unknown): string {
  const id = uriArgument('practitioner', value);
  return formArgument('practitioner', id, PRACTITIONER, 'a URI that holds a licence number');
}

/** Options of {@link observe}. */
export interface ObserveOptions {
  readonly time: number;
  /** Ids the presented code parses to; absent or empty: none, then `presented` stands for the object. */
  readonly ids?: readonly string[];
  readonly place?: string;
  /** The presented code verbatim, 1 .. 2,000 characters, also when it parses to nothing. */
  readonly presented?: string;
  readonly entryMode?: EntryMode;
  /** Micro-degrees; latitude, longitude and radius come together. */
  readonly latitude?: number;
  readonly longitude?: number;
  /** Metres; 10,000 or more when `session` is given. */
  readonly radius?: number;
  /** ISO 3166-1 alpha-2 codes of all countries the region touches. */
  readonly countries?: readonly string[];
  /** Random id of a consumer's session; its presence makes this a consumer's check. */
  readonly session?: string;
  /** The consumer declares the pack unused. */
  readonly unused?: boolean;
  /** The consumer says: I was not supplied with this. Only with a session, like the two below. */
  readonly claim?: 'not-supplied';
  /** When the consumer says it was bought, integer milliseconds since 1970 (UTC). */
  readonly purchased?: number;
  /** Patient and clinic look together. */
  readonly joint?: boolean;
  /** Default `inspecting`. */
  readonly bizStep?: string;
  readonly eventID?: string;
}

/**
 * A code was presented and looked at: ObjectEvent OBSERVE, `inspecting` unless another step is named.
 *
 * @throws {TypeError | RangeError} on a wrong or unknown option, neither ids nor code, a region in part, or a consumer's region
 *   smaller than 10 km.
 */
export function observe(options: ObserveOptions): ObjectEvent {
  assertOptions('options', options, [
    ...(['time', 'ids', 'place', 'presented', 'entryMode', 'latitude', 'longitude'] as const),
    ...(['radius', 'countries', 'session', 'unused', 'bizStep', 'eventID'] as const),
    ...(['claim', 'purchased', 'joint'] as const),
  ]);
  const presented = presentedArgument(options.presented);
  const bizStep = assertString('bizStep', options.bizStep ?? 'inspecting');
  const found = vocabularyWord('bizStep', bizStep);
  if (found === undefined || (found.includes(':') && !isUri(found))) {
    throw argumentRangeError('bizStep', 'a CBV step or a URI', JSON.stringify(bizStep.slice(0, 60)));
  }
  return identified<ObjectEvent>(
    {
      type: 'ObjectEvent',
      ...frame(options.time),
      action: 'OBSERVE',
      bizStep,
      epcList: observedIds(options.ids, presented),
      ...(options.place !== undefined && placed(options.place)),
      ...(presented !== undefined && { 'cm:presented': presented }),
      ...(options.entryMode !== undefined && { 'cm:entryMode': entryModeArgument(options.entryMode) }),
      ...regionFields(options),
      ...consumerFields(options),
    },
    options.eventID,
  );
}

/** Id of a presented code that parses to nothing: the same code has the same id. */
export function codeId(presented: string): string {
  return `${NAMESPACE}code/${sha256Hex(presented)}`;
}

function presentedArgument(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const presented = assertString('presented', value, PRESENTED_LENGTH_MAX);
  if (presented === '') throw argumentRangeError('presented', 'at least one character', 'none');
  return presented;
}

function observedIds(ids: unknown, presented: string | undefined): readonly string[] {
  const none = ids === undefined || (Array.isArray(ids) && ids.length === 0);
  if (!none) return idsArgument('ids', ids);
  if (presented === undefined) throw argumentRangeError('ids', 'an id, or a presented code', 'neither');
  return [codeId(presented)];
}

function entryModeArgument(value: unknown): EntryMode {
  const mode = assertString('entryMode', value, 10);
  if (mode !== 'scan' && mode !== 'manual') {
    throw argumentRangeError('entryMode', 'scan or manual', JSON.stringify(mode));
  }
  return mode;
}

function regionFields(options: ObserveOptions): Extensions {
  const { latitude, longitude, radius, countries } = options;
  const given = [latitude, longitude, radius].filter((part) => part !== undefined).length;
  if (given !== 0 && given !== 3) {
    throw argumentRangeError('radius', 'latitude, longitude and radius together', `${given} of 3`);
  }
  const radiusMin = options.session === undefined ? 0 : CONSUMER_RADIUS_MIN_M;
  return {
    ...(given === 3 && {
      'cm:latitude': assertInteger('latitude', latitude, -LATITUDE_MAX, LATITUDE_MAX),
      'cm:longitude': assertInteger('longitude', longitude, -LONGITUDE_MAX, LONGITUDE_MAX),
      'cm:radius': assertInteger('radius', radius, radiusMin, RADIUS_MAX_M),
    }),
    ...(countries !== undefined && { 'cm:countries': countriesArgument(countries) }),
  };
}

function countriesArgument(value: unknown): readonly string[] {
  const items = assertArray('countries', value, COUNTRIES_MAX);
  const codes = items.map((item, i) =>
    formArgument(`countries[${i}]`, item, COUNTRY, 'an ISO 3166-1 alpha-2 code'),
  );
  if (codes.length === 0) throw argumentRangeError('countries', 'at least one code', 'none');
  if (new Set(codes).size !== codes.length)
    throw argumentRangeError('countries', 'distinct codes', 'a code twice');
  return codes;
}

function consumerFields(options: ObserveOptions): Extensions {
  const unused = booleanArgument('unused', options.unused);
  const joint = booleanArgument('joint', options.joint);
  const { session, claim, purchased } = options;
  const claims = claim !== undefined || purchased !== undefined || joint !== undefined;
  if (claims && session === undefined) {
    throw argumentRangeError('session', 'a session for what a consumer claims', 'none');
  }
  if (claim !== undefined && claim !== 'not-supplied') {
    throw argumentRangeError('claim', 'not-supplied', 'another claim');
  }
  return {
    ...(session !== undefined && { 'cm:session': randomIdArgument('session', session) }),
    ...(unused !== undefined && { 'cm:unused': unused }),
    ...(claim !== undefined && { 'cm:claim': claim }),
    ...(purchased !== undefined && { 'cm:purchased': timeText('purchased', purchased) }),
    ...(joint !== undefined && { 'cm:joint': joint }),
  };
}

/** One measurement. */
export interface SensorReading {
  /** Integer milliseconds since 1970 (UTC). */
  readonly time: number;
  /** Measurement type of the GS1 web vocabulary, such as `Temperature`. */
  readonly type: string;
  readonly value: number;
  /** UN/CEFACT unit code, such as `CEL`. */
  readonly uom: string;
}

/** Options of {@link sensor}. */
export interface SensorOptions extends CommonOptions {
  /** What the device travels with: unit and container ids, 1 .. 20,000, distinct. */
  readonly ids: readonly string[];
  /** The measuring device, as URI. */
  readonly deviceId: string;
  /** 1 .. 20,000 measurements. */
  readonly readings: readonly SensorReading[];
}

/**
 * A device measured: ObjectEvent OBSERVE, `sensor_reporting`, one sensor element with a report per reading, in the given order.
 *
 * @throws {TypeError | RangeError} on a wrong, missing or unknown option, here or in a reading.
 */
export function sensor(options: SensorOptions): ObjectEvent {
  assertOptions('options', options, [...COMMON, 'ids', 'deviceId', 'readings']);
  const readings = assertArray('readings', options.readings, IDS_MAX);
  if (readings.length === 0) throw argumentRangeError('readings', 'at least one reading', 'none');
  return identified<ObjectEvent>(
    {
      type: 'ObjectEvent',
      ...frame(options.time),
      action: 'OBSERVE',
      bizStep: 'sensor_reporting',
      epcList: idsArgument('ids', options.ids),
      ...placed(options.place),
      sensorElementList: [
        {
          sensorMetadata: { deviceID: uriArgument('deviceId', options.deviceId) },
          sensorReport: readings.map((reading, i) =>
            sensorReport(`readings[${i}]`, reading as SensorReading),
          ),
        },
      ],
    },
    options.eventID,
  );
}

function sensorReport(title: string, reading: SensorReading): Readonly<Record<string, unknown>> {
  const { time, type, value, uom } = assertOptions(title, reading, ['time', 'type', 'value', 'uom']);
  const measurement = assertString(`${title}.type`, type, 200);
  const found = vocabularyWord('measurementType', measurement);
  if (found === undefined || (found.includes(':') && !isUri(found))) {
    throw argumentRangeError(`${title}.type`, 'a measurement type', JSON.stringify(measurement.slice(0, 60)));
  }
  if (typeof value !== 'number') throw argumentTypeError(`${title}.value`, 'a number', value);
  if (!Number.isFinite(value)) throw argumentRangeError(`${title}.value`, 'a finite number', value);
  return {
    type: measurement,
    value: value === 0 ? 0 : value,
    uom: formArgument(`${title}.uom`, uom, /^[!-~]{1,20}$/, 'a unit of measure'),
    time: timeText(`${title}.time`, time),
  };
}
