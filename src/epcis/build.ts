// Browser-safe.
/**
 * What all builders share: checks of their options, and the last step that gives an event its id.
 *
 * Reads  bytes/, shape.ts, extensions.ts, hash.ts.   Used by  the files build-*.ts.
 * Source EPCIS 2.0 section 7.4; the key order is this project's and never changes, so equal options give equal bytes.
 * Never  reads a clock or a random number, and never builds what the strict reader would refuse.
 * @module
 */
import {
  TIME_MAX_MS,
  assertArray,
  assertInteger,
  assertOptions,
  assertString,
  formatTime,
} from '../bytes/index.ts';
import { argumentRangeError, argumentTypeError } from '../errors.ts';
import type {
  AggregationEvent,
  DestinationElement,
  EventAction,
  Extensions,
  ObjectEvent,
  PlaceReference,
  QuantityElement,
  SourceElement,
  TransformationEvent,
} from './event.ts';
import { DOSES_MAX, RANDOM_ID, WORD } from './extensions.ts';
import { eventHash } from './hash.ts';
import { IDS_MAX, URI_LENGTH_MAX, isUri } from './shape.ts';

/** Options of every builder. */
export interface CommonOptions {
  /** When it happened, integer milliseconds since 1970 (UTC). */
  readonly time: number;
  /** Where: URI of a place, canonical GLN (AI 414) by preference. */
  readonly place: string;
  /** Given only to repeat an id known from elsewhere; default: the event hash. */
  readonly eventID?: string;
}

/** Names of {@link CommonOptions}. */
export const COMMON = ['time', 'place', 'eventID'] as const;

/** The fields every built event begins with. */
export interface EventFrame {
  readonly eventTime: string;
  readonly eventTimeZoneOffset: string;
}

/** The place an event happened at and left its objects at. */
export interface EventPlace {
  readonly readPoint: PlaceReference;
  readonly bizLocation: PlaceReference;
}

/** When, from integer milliseconds. */
export function frame(time: unknown): EventFrame {
  return { eventTime: timeText('time', time), eventTimeZoneOffset: '+00:00' };
}

/** Where, as both readPoint and bizLocation. */
export function placed(place: unknown): EventPlace {
  const id = uriArgument('place', place);
  return { readPoint: { id }, bizLocation: { id } };
}

/** RFC 3339 text of an integer time. */
export function timeText(title: string, value: unknown): string {
  return formatTime(assertInteger(title, value, 0, TIME_MAX_MS));
}

/** Returns `value` if it is an absolute URI. */
export function uriArgument(title: string, value: unknown): string {
  const text = assertString(title, value, URI_LENGTH_MAX);
  if (!isUri(text))
    throw argumentRangeError(title, 'an absolute URI', JSON.stringify(String(value).slice(0, 60)));
  return text;
}

/** Returns a copy of `value` if it is a list of 1 .. 20,000 distinct URIs. */
export function idsArgument(title: string, value: unknown): readonly string[] {
  const items = assertArray(title, value, IDS_MAX);
  if (items.length === 0) throw argumentRangeError(title, 'at least one id', 'none');
  const ids = items.map((item, i) => (isUri(item) ? item : uriArgument(`${title}[${i}]`, item)));
  if (new Set(ids).size !== ids.length) throw argumentRangeError(title, 'distinct ids', 'an id twice');
  return ids;
}

/** Units of a lot somebody counted. */
export interface LotQuantity {
  /** Canonical lot id. */
  readonly lot: string;
  /** Whole units, 0 or more. */
  readonly quantity: number;
}

/** The quantity list of `value`: at least one lot, each once. */
export function quantitiesArgument(value: unknown): readonly QuantityElement[] {
  const items = assertArray('quantities', value, IDS_MAX);
  if (items.length === 0) throw argumentRangeError('quantities', 'at least one lot', 'none');
  const quantities = items.map((item, i) => {
    const title = `quantities[${i}]`;
    const { lot, quantity } = assertOptions(title, item as LotQuantity, ['lot', 'quantity']);
    return {
      epcClass: uriArgument(`${title}.lot`, lot),
      quantity: assertInteger(`${title}.quantity`, quantity),
    };
  });
  if (new Set(quantities.map(({ epcClass }) => epcClass)).size !== quantities.length)
    throw argumentRangeError('quantities', 'distinct lots', 'a lot twice');
  return quantities;
}

/** Returns `value` if it is text of the given form. */
export function formArgument(title: string, value: unknown, form: RegExp, expected: string): string {
  const text = assertString(title, value);
  if (!form.test(text)) throw argumentRangeError(title, expected, JSON.stringify(text.slice(0, 60)));
  return text;
}

/** Returns `value` if it is a word of a department, procedure or reason. */
export function wordArgument(title: string, value: unknown): string {
  return formArgument(title, value, WORD, 'a word of a-z 0-9 _ -');
}

/** Returns `value` if it is a boolean or absent. */
export function booleanArgument(title: string, value: unknown): boolean | undefined {
  if (value !== undefined && typeof value !== 'boolean') throw argumentTypeError(title, 'a boolean', value);
  return value;
}

/** Returns a random id as given; this library makes none itself. */
export function randomIdArgument(title: string, value: unknown): string {
  return formArgument(title, value, RANDOM_ID, 'a random id of 16 to 64 characters A-Z a-z 0-9 . _ ~ : -');
}

/** The fields of a treatment or supply, as far as given. */
export function actFields(options: { readonly actId?: unknown; readonly doses?: unknown }): Extensions {
  return {
    ...(options.actId !== undefined && { 'cm:actId': randomIdArgument('actId', options.actId) }),
    ...(options.doses !== undefined && { 'cm:doses': assertInteger('doses', options.doses, 1, DOSES_MAX) }),
  };
}

/** Who handed over, to whom, and where to. */
export function partyFields(options: {
  readonly from?: unknown;
  readonly to?: unknown;
  readonly toPlace?: unknown;
}): { sourceList?: readonly SourceElement[]; destinationList?: readonly DestinationElement[] } {
  const destinations: DestinationElement[] = [];
  if (options.to !== undefined) {
    destinations.push({ type: 'possessing_party', destination: uriArgument('to', options.to) });
  }
  if (options.toPlace !== undefined) {
    destinations.push({ type: 'location', destination: uriArgument('toPlace', options.toPlace) });
  }
  return {
    ...(options.from !== undefined && {
      sourceList: [{ type: 'possessing_party', source: uriArgument('from', options.from) }],
    }),
    ...(destinations.length > 0 && { destinationList: destinations }),
  };
}

/** An ObjectEvent's words. */
export interface Step {
  readonly action: EventAction;
  readonly bizStep: string;
  readonly disposition?: string;
}

/** Everything of an event but its id, in the order it is written. */
export type Draft<E> = Omit<E, 'eventID'> & { readonly type: string };

/** The event with its id: the one given, or its hash. */
export function identified<E extends ObjectEvent | AggregationEvent | TransformationEvent>(
  draft: Draft<E>,
  eventID: unknown,
): E {
  const { type, ...rest } = draft;
  const id = eventID === undefined ? eventHash(draft) : uriArgument('eventID', eventID);
  return { type, eventID: id, ...rest } as unknown as E;
}
