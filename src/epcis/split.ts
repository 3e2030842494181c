// Browser-safe.
/**
 * Events into documents, each small enough for one log entry: what is too large is split, and its parts say so.
 *
 * Reads  hash.ts, context.ts.   Used by  every service that submits events; ledger/.
 * Source design section 3 ("log entry"): parts carry one act id and part i of n, and are appended in one commit.
 * Never  loses, repeats or reorders an id, and never splits what means something only as a whole (a transformation).
 * @module
 */
import { TIME_MAX_MS, assertArray, assertInteger, assertOptions, formatTime } from '../bytes/index.ts';
import { DecodeError, argumentRangeError } from '../errors.ts';
import { randomIdArgument } from './build.ts';
import { DOCUMENT_CONTEXT } from './context.ts';
import type { EpcisDocument, EpcisEvent, SensorElement } from './event.ts';
import { EVENT_HASH_LENGTH, eventHash, sha256Hex } from './hash.ts';
import { readEvent } from './read.ts';
import { vocabularyWord } from './vocabulary.ts';

/** Default of `payloadBytesMax`: leaves room for the statement's envelope within an entry of 65,535 bytes. */
export const PAYLOAD_BYTES_DEFAULT = 60_000;
/** Least and greatest `payloadBytesMax`. */
export const PAYLOAD_BYTES_FLOOR = 1_000;
export const PAYLOAD_BYTES_CEILING = 65_000;
const EVENTS_MAX = 1_000_000;

/** Options of {@link documents}. */
export interface DocumentsOptions {
  /** creationDate, integer milliseconds since 1970 (UTC). */
  readonly creationTime: number;
  /** Greatest size of a document as UTF-8 JSON, 1,000 .. 65,000; default 60,000. */
  readonly payloadBytesMax?: number;
  /** Random id of the act, 16 .. 64 characters; default: derived from the events' ids. */
  readonly actId?: string;
}

/**
 * The events as capture documents of at most `payloadBytesMax` bytes each, in order; all of them are one act.
 *
 * An event too large for a document becomes several events of the same content, each with a part of the ids (a
 * `sensor_reporting` event also with a part of its reports for the same ids) and with its own event hash as id. When there is more
 * than one document, each carries `cm:act`, `cm:part` and `cm:parts`. The same input gives the same bytes.
 *
 * @param events - 1 .. 1,000,000 events as built, or as read from a document with this project's context.
 * @throws {TypeError | RangeError} on wrong options, no events, or an event that is too large and cannot be split.
 * @example
 * for (const document of documents([shipped], { creationTime: Date.now() })) await submit(document);
 */
export function documents(events: readonly EpcisEvent[], options: DocumentsOptions): EpcisDocument[] {
  const items = assertArray('events', events, EVENTS_MAX);
  if (items.length === 0) throw argumentRangeError('events', 'at least one event', 'none');
  assertOptions('options', options, ['creationTime', 'payloadBytesMax', 'actId']);
  const creationDate = formatTime(assertInteger('creationTime', options.creationTime, 0, TIME_MAX_MS));
  const { payloadBytesMax = PAYLOAD_BYTES_DEFAULT } = options;
  const sizeMax = assertInteger(
    'payloadBytesMax',
    payloadBytesMax,
    PAYLOAD_BYTES_FLOOR,
    PAYLOAD_BYTES_CEILING,
  );
  const actId = options.actId === undefined ? undefined : randomIdArgument('actId', options.actId);

  const whole = items.map((event, i) => eventArgument(`events[${i}]`, event));
  const sizes = whole.map((event) => jsonSize(event));
  const single = documentOf(creationDate, whole);
  if (packedSize(jsonSize(documentOf(creationDate, [])), sizes) <= sizeMax) return [single];

  const frameSize = jsonSize(
    documentOf(creationDate, [], { act: 'x'.repeat(64), part: EVENTS_MAX * 10, parts: EVENTS_MAX * 10 }),
  );
  const parts = whole.flatMap((event, i) => split(event, sizes[i]!, sizeMax - frameSize));
  const groups = groupBySize(parts, sizeMax - frameSize);
  const act = actId ?? derivedActId(parts);
  return groups.map((group, i) =>
    documentOf(creationDate, group, { act, part: i + 1, parts: groups.length }),
  );
}

/** Size of `value` as UTF-8 JSON, in bytes. */
function jsonSize(value: unknown): number {
  const text = JSON.stringify(value);
  let size = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // A surrogate pair is 4 bytes for 2 units.
    size += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return size;
}

function packedSize(frameSize: number, sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, frameSize + sizes.length - 1);
}

function eventArgument(title: string, value: unknown): EpcisEvent {
  try {
    return readEvent(value, title);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw argumentRangeError(title, 'an EPCIS event', error.message);
  }
}

interface ActPart {
  readonly act: string;
  readonly part: number;
  readonly parts: number;
}

function documentOf(creationDate: string, eventList: readonly EpcisEvent[], act?: ActPart): EpcisDocument {
  return {
    '@context': DOCUMENT_CONTEXT,
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate,
    epcisBody: { eventList },
    ...(act !== undefined && { 'cm:act': act.act, 'cm:part': act.part, 'cm:parts': act.parts }),
  };
}

/** Fills documents in order, each as far as it goes. */
function groupBySize<T extends { readonly size: number; readonly event: EpcisEvent }>(
  parts: readonly T[],
  sizeMax: number,
): EpcisEvent[][] {
  const groups: EpcisEvent[][] = [];
  let size = sizeMax + 1;
  for (const part of parts) {
    if (size + 1 + part.size > sizeMax) {
      groups.push([]);
      size = -1;
    }
    groups.at(-1)!.push(part.event);
    size += 1 + part.size;
  }
  return groups;
}

interface Sized {
  readonly event: EpcisEvent;
  readonly size: number;
}

/** A list an event can be cut along: its items, and the event with only some of them; quantities stay with the first part. */
interface Divisible {
  readonly items: readonly unknown[];
  readonly rebuild: (items: readonly unknown[], isFirst: boolean) => EpcisEvent;
}

function split(event: EpcisEvent, size: number, sizeMax: number): readonly Sized[] {
  if (size <= sizeMax) return [{ event, size }];
  const [list, listSize] = largestList(event);
  if (list === undefined || list.items.length < 2) {
    throw argumentRangeError(
      'events',
      `events that fit or can be split into ${sizeMax} bytes`,
      `${size} bytes of ${event.type}`,
    );
  }
  const idSize = event.eventID === undefined ? 0 : jsonSize(event.eventID);
  const room = sizeMax - (size - listSize - idSize + EVENT_HASH_LENGTH + '[]"eventID":"",'.length);
  return chunk(list.items, room).flatMap((items, i) => {
    const part = withOwnId(list.rebuild(items, i === 0));
    return split(part, jsonSize(part), sizeMax);
  });
}

/** Cuts `items` so that each chunk fits `room` as JSON items; into halves where no room is left for even one item. */
function chunk(items: readonly unknown[], room: number): readonly (readonly unknown[])[] {
  const sizes = items.map((item) => jsonSize(item) + 1);
  if (sizes.some((size) => size > room)) {
    const middle = (items.length - (items.length % 2)) / 2;
    return [items.slice(0, middle), items.slice(middle)];
  }
  const chunks: unknown[][] = [];
  let left = -1;
  items.forEach((item, i) => {
    if (left < sizes[i]!) {
      chunks.push([]);
      left = room;
    }
    chunks.at(-1)!.push(item);
    left -= sizes[i]!;
  });
  return chunks;
}

/** The list that takes most room among those an event may be cut along, with that room in bytes. */
function largestList(event: EpcisEvent): readonly [Divisible | undefined, number] {
  let largest: Divisible | undefined;
  let largestSize = 0;
  for (const list of divisibles(event)) {
    const size = list.items.length < 2 ? 0 : jsonSize(list.items);
    if (size > largestSize) [largest, largestSize] = [list, size];
  }
  return [largest, largestSize];
}

function divisibles(event: EpcisEvent): readonly Divisible[] {
  if (event.type === 'TransformationEvent') return [];
  return [...idLists(event), ...sensorLists(event)];
}

function idLists(event: EpcisEvent): readonly Divisible[] {
  const fields = ['epcList', 'childEPCs'] as const;
  return fields.flatMap((field) => {
    const items = (event as Partial<Record<typeof field, readonly string[]>>)[field];
    if (items === undefined) return [];
    const rebuild: Divisible['rebuild'] = (some, isFirst) => {
      const part = { ...event, [field]: some } as Record<string, unknown>;
      if (!isFirst) {
        delete part['quantityList'];
        delete part['childQuantityList'];
        delete part['cm:absent'];
      }
      return part as unknown as EpcisEvent;
    };
    return [{ items, rebuild }];
  });
}

/** Only a pure report of measurements may be said again of the same ids; a shipment with sensor data may not. */
function sensorLists(event: EpcisEvent): readonly Divisible[] {
  const elements = event.sensorElementList ?? [];
  if (vocabularyWord('bizStep', event.bizStep ?? '') !== 'sensor_reporting') return [];
  const withElements = (list: readonly SensorElement[]): EpcisEvent => ({
    ...event,
    sensorElementList: list,
  });
  if (elements.length > 1) {
    return [{ items: elements, rebuild: (some) => withElements(some as readonly SensorElement[]) }];
  }
  return elements.map((element) => ({
    items: element.sensorReport,
    rebuild: (some) => withElements([{ ...element, sensorReport: some as SensorElement['sensorReport'] }]),
  }));
}

/** The part under the hash of its own content: two parts must not share an id. */
function withOwnId(event: EpcisEvent): EpcisEvent {
  const { type, eventID: _, ...rest } = event;
  return { type, eventID: eventHash(event), ...rest } as EpcisEvent;
}

function derivedActId(parts: readonly Sized[]): string {
  return sha256Hex(parts.map(({ event }) => event.eventID ?? eventHash(event)).join('\n')).slice(0, 32);
}
