// Browser-safe.
/**
 * Acts: what an EPCIS event says about custody, in this project's canonical ids and integer times.
 *
 * Reads  epcis/ (events), gs1/ (canonical ids).   Used by  timeline.ts, judgement/, ledger/, audit/.
 * Source CBV 2.0 section 7.1 (business steps), design section 3 (the steps of a vial CBV does not name).
 * Never  refuses: an event that says nothing about custody becomes the step `other`, which moves nothing.
 * @module
 */
import { argumentRangeError, argumentTypeError } from '../errors.ts';
import { parseTime, assertArray, assertObject } from '../bytes/index.ts';
import {
  BIZ_STEP_ADMINISTERING,
  BIZ_STEP_OPENING,
  BIZ_STEP_REJECTING,
  BIZ_STEP_RETIRING,
  BIZ_STEP_UNDOING,
  type EpcisDocument,
  type EpcisEvent,
} from '../epcis/event.ts';
import { LOT_NUMBER, vocabularyWord } from '../epcis/index.ts';
import { canonicalId } from '../gs1/index.ts';
import { markOf, moreOf, NOTHING_MORE, type ActMore } from './act-more.ts';

export { MARKS, type ActMore, type Mark } from './act-more.ts';
export type { Reading } from './readings.ts';

/**
 * Steps of the transition table; `declare` and all after it move nothing, `handle` is a packing or unpacking as its own
 * container sees it, `void` takes a shipment back and `reject` refuses one. Listed by rank: ties in time order so.
 */
export const STEPS = [
  'commission',
  'receive',
  'reject',
  'unpack',
  'undo',
  'handle',
  'pack',
  'ship',
  'return',
  'void',
  'open',
  'dispense',
  'administer',
  'retire',
  'transform',
  'decommission',
  'destroy',
  'declare',
  'correct',
  'sensor',
  'observe',
  'other',
] as const;
export type Step = (typeof STEPS)[number];
const RANK = new Map<Step, number>(STEPS.map((step, rank) => [step, rank]));

/** Where an event stands in the log: entry index, and index within the entry's event list (-1: the statement itself). */
export interface EventRef {
  readonly entry: number;
  readonly event: number;
}

/** A recorded scan: what was presented, how, and where. */
export interface ScanFacts {
  readonly presented: string | undefined;
  /** Typed by hand, and read by a machine: both false where nobody said. */
  readonly manual: boolean;
  readonly machine: boolean;
  /** Micro-degrees and metres; undefined where the scan named none. */
  readonly point:
    { readonly latitude: number; readonly longitude: number; readonly radius: number } | undefined;
  readonly countries: readonly string[];
  readonly session: string | undefined;
  readonly unused: boolean;
}

/** One event, reduced to what judgement needs. Everything in it was claimed by `actor`, who signed it. */
export interface Act {
  readonly ref: EventRef;
  readonly recordTimeMs: number;
  readonly timeMs: number;
  readonly step: Step;
  /** Party id of the signer. */
  readonly actor: string;
  /** RFC 9679 thumbprint of the signing key, base64url. */
  readonly kid: string;
  /** eventID verbatim; a name, not content: the same event under another one is the same event. */
  readonly eventId: string | undefined;
  /**
   * Canonical ids the event names directly: epcList, the children of an aggregation, the inputs and then the outputs of a
   * transformation; last, a unit's alias.
   */
  readonly ids: readonly string[];
  /** Container of an aggregation step. */
  readonly parent: string | undefined;
  readonly place: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly toPlace: string | undefined;
  readonly lot: string | undefined;
  readonly expiry: string | undefined;
  readonly actId: string | undefined;
  readonly doses: number;
  readonly scan: ScanFacts | undefined;
  /** Undefined for the great majority of events. */
  readonly more: ActMore | undefined;
}

/** Rank of a step: of simultaneous events the lower one comes first. */
export function rankOf(step: Step): number {
  return RANK.get(step) ?? RANK.get(assertStep(step))!;
}

/** All acts of an `events` statement, in the order of its event list. */
export function actsOfDocument(document: EpcisDocument, source: ActSourceFacts): Act[] {
  const { epcisBody } = assertObject('document', document);
  assertArray('eventList', assertObject('epcisBody', epcisBody).eventList, NAMED_MAX);
  assertObject('source', source);
  const { 'cm:act': act, 'cm:part': part, 'cm:parts': parts } = document;
  const isPart = act !== undefined && part !== undefined && parts !== undefined;
  const inPart: ActMore | undefined = isPart ? { ...NOTHING_MORE, part: { act, part, parts } } : undefined;
  return document.epcisBody.eventList.map((event, index) =>
    actOf(event, { entry: source.entry, event: index }, source, inPart),
  );
}

/** What the entry around an event says: where and when it was recorded, and who signed with which key. */
export interface ActSourceFacts {
  readonly entry: number;
  readonly recordTimeMs: number;
  readonly issuer: string;
  readonly kid: string;
}

/** The act of one event at `ref`. */
export function actOfEvent(event: EpcisEvent, ref: EventRef, source: ActSourceFacts): Act {
  assertObject('event', event);
  assertObject('ref', ref);
  assertObject('source', source);
  return actOf(event, ref, source);
}

function actOf(event: EpcisEvent, ref: EventRef, source: ActSourceFacts, inPart?: ActMore): Act {
  const more = moreOf(event, inPart);
  const ids = namedIds(event);
  const parent = 'parentID' in event && event.parentID !== undefined ? identify(event.parentID) : undefined;
  return {
    ref,
    recordTimeMs: source.recordTimeMs,
    timeMs: parseTime(event.eventTime) ?? source.recordTimeMs,
    step: stepOf(event, more),
    actor: source.issuer,
    kid: source.kid,
    eventId: event.eventID,
    ids: more?.alias === undefined || ids.includes(more.alias) ? ids : [...ids, more.alias],
    parent,
    place: placeOf(event),
    from: partyOf(event.sourceList?.find(isPossessing)?.source),
    to: partyOf(event.destinationList?.find(isPossessing)?.destination),
    toPlace: partyOf(
      event.destinationList?.find((item) => vocabularyWord('sourceDestinationType', item.type) === 'location')
        ?.destination,
    ),
    lot: lotNumber(event.ilmd?.['cbvmda:lotNumber']),
    expiry: textField(event.ilmd?.['cbvmda:itemExpirationDate'])?.slice(0, 10),
    actId: event['cm:actId'],
    doses: event['cm:doses'] ?? 1,
    scan: scanOf(event),
    more,
  };
}

/** Order of a timeline: event time, then rank of step, then content; never the order of capture. */
export function compareActs(a: Act, b: Act): number {
  assertAct(a);
  assertAct(b);
  return orderOf(a, b);
}

/** {@link compareActs} of what is known to be acts. */
export function orderOf(a: Act, b: Act): number {
  if (a.timeMs !== b.timeMs) return a.timeMs - b.timeMs;
  if (a.step !== b.step) return RANK.get(a.step)! - RANK.get(b.step)!;
  // The beginning of the content decides nearly always; spelling all of it is slow.
  if (a.actor !== b.actor) return a.actor < b.actor ? -1 : 1;
  const idA = a.ids[0] ?? '';
  const idB = b.ids[0] ?? '';
  if (idA !== idB) return idA < idB ? -1 : 1;
  // Loggers hand in several reports at once.
  const fromA = measuredFromMs(a);
  const fromB = measuredFromMs(b);
  if (fromA !== fromB) return fromA - fromB;
  const contentA = spelled(a);
  const contentB = spelled(b);
  if (contentA !== contentB) return contentA < contentB ? -1 : 1;
  return a.ref.entry - b.ref.entry || a.ref.event - b.ref.event;
}

/** When the first reading of an act began; a time before all others where it has none. */
function measuredFromMs({ more }: Act): number {
  return more === undefined || more.readings.length === 0 ? -Infinity : more.readings[0]!.startMs;
}

/** Contents spelled lately, of events somebody still holds: every unit of a carton sorts the same ones. */
let spellings = new WeakMap<Act, string>();
let spelledLength = 0;
/** In characters. */
const SPELLED_MAX = 4_000_000;

/** {@link contentOf}, spelled once where it is asked again soon. */
function spelled(act: Act): string {
  let content = spellings.get(act);
  if (content === undefined) {
    content = contentOf(act);
    spelledLength += content.length;
    if (spelledLength > SPELLED_MAX) {
      spellings = new WeakMap();
      spelledLength = content.length;
    }
    spellings.set(act, content);
  }
  return content;
}

/**
 * Everything an act says but where, when and under which names it was recorded, as one string: equal content is the same event
 * again.
 */
export function contentOf(act: Act): string {
  assertAct(act);
  const { ref: _ref, recordTimeMs: _recordTimeMs, kid: _kid, eventId: _eventId, more, ...content } = act;
  if (more === undefined) return JSON.stringify(content);
  const { part: _part, extent: _extent, ...said } = more;
  return JSON.stringify({ ...content, more: said });
}

/** Ids an event speaks of: those it names, and those it declares absent. */
export function idsOf(act: Act): readonly string[] {
  assertAct(act);
  const absent = act.more?.absent ?? NONE;
  return absent.length === 0 ? act.ids : [...act.ids, ...absent.filter((id) => !act.ids.includes(id))];
}

const NONE: readonly string[] = Object.freeze([]);

/** An event as a subject it declares absent sees it: it says where the subject is not. */
export function asAbsent(act: Act, subject: string): Act {
  assertAct(act);
  const isAbsent = act.more !== undefined && act.more.absent.includes(subject) && !act.ids.includes(subject);
  return isAbsent ? { ...act, step: 'other', place: undefined, scan: undefined } : act;
}

/** True if both acts are the same event captured again (LG-09). */
export function isSameEvent(a: Act, b: Act): boolean {
  assertAct(a);
  assertAct(b);
  return isSame(a, b);
}

/** {@link isSameEvent} of what is known to be acts. */
export function isSame(a: Act, b: Act): boolean {
  if (a.timeMs !== b.timeMs || a.step !== b.step || a.actor !== b.actor) return false;
  if (a.ids.length !== b.ids.length || a.ids[0] !== b.ids[0]) return false;
  return measuredFromMs(a) === measuredFromMs(b) && spelled(a) === spelled(b);
}

function stepOf(event: EpcisEvent, more: ActMore | undefined): Step {
  if (more === undefined) return plainStepOf(event);
  if (more.corrects !== undefined) return 'correct';
  // One thing under two names: neither of them moves by it.
  if (more.alias !== undefined) return 'other';
  if (more.undoes === 'dispense') return 'undo';
  if (more.undoes !== undefined && markOf(more.undoes) === undefined) return 'other';
  const step = plainStepOf(event);
  const declares = more.sets.length > 0 || more.unsets.length > 0;
  return declares && STILL.has(step) ? 'declare' : step;
}

/** Steps that a declaration takes the place of. */
const STILL: ReadonlySet<Step> = new Set<Step>(['sensor', 'observe', 'other']);

function plainStepOf(event: EpcisEvent): Step {
  const bizStep = event.bizStep === undefined ? undefined : vocabularyWord('bizStep', event.bizStep);
  const disposition =
    event.disposition === undefined ? undefined : vocabularyWord('disposition', event.disposition);
  if (event.type === 'AggregationEvent') {
    if (event.action === 'ADD') return 'pack';
    return event.action === 'DELETE' ? 'unpack' : 'observe';
  }
  if (event.type === 'TransformationEvent') return 'transform';
  if (event.type !== 'ObjectEvent') return 'other';
  if (event.bizStep === BIZ_STEP_OPENING) return 'open';
  if (event.bizStep === BIZ_STEP_ADMINISTERING) return 'administer';
  if (event.bizStep === BIZ_STEP_RETIRING) return 'retire';
  if (event.bizStep === BIZ_STEP_REJECTING) return 'reject';
  if (event.bizStep === BIZ_STEP_UNDOING) return 'other';
  if (bizStep === 'commissioning') return event.action === 'ADD' ? 'commission' : 'other';
  if (bizStep === 'shipping') return disposition === 'returned' ? 'return' : 'ship';
  if (bizStep === 'receiving' || bizStep === 'accepting') return 'receive';
  if (bizStep === 'void_shipping') return 'void';
  if (bizStep === 'dispensing') return 'dispense';
  if (bizStep === 'decommissioning') return 'decommission';
  if (bizStep === 'destroying') return 'destroy';
  if (bizStep === 'sensor_reporting') return 'sensor';
  return 'observe';
}

function isPossessing(item: { readonly type: string }): boolean {
  return vocabularyWord('sourceDestinationType', item.type) === 'possessing_party';
}

function namedIds(event: EpcisEvent): readonly string[] {
  if (event.type === 'AggregationEvent' || event.type === 'AssociationEvent') {
    return (event.childEPCs ?? []).map(identify);
  }
  if (event.type === 'TransformationEvent') {
    return [...(event.inputEPCList ?? []), ...(event.outputEPCList ?? [])].map(identify);
  }
  return (event.epcList ?? []).map(identify);
}

function identify(id: string): string {
  return canonicalId(id) ?? id;
}

function partyOf(id: string | undefined): string | undefined {
  return id === undefined ? undefined : identify(id);
}

function placeOf(event: EpcisEvent): string | undefined {
  return partyOf(event.readPoint?.id ?? event.bizLocation?.id);
}

/** A lot number GS1 allows; anything else names no lot. */
function lotNumber(value: unknown): string | undefined {
  return typeof value === 'string' && LOT_NUMBER.test(value) ? value : undefined;
}

function textField(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function scanOf(event: EpcisEvent): ScanFacts | undefined {
  const presented = event['cm:presented'];
  const session = event['cm:session'];
  const latitude = event['cm:latitude'];
  const longitude = event['cm:longitude'];
  const mode = event['cm:entryMode'];
  if ((presented ?? session ?? latitude ?? mode) === undefined) return undefined;
  return {
    presented,
    manual: mode === 'manual',
    machine: mode === 'scan',
    point:
      latitude === undefined || longitude === undefined
        ? undefined
        : { latitude, longitude, radius: event['cm:radius'] ?? 0 },
    countries: event['cm:countries'] ?? [],
    session,
    unused: event['cm:unused'] ?? false,
  };
}

const NAMED_MAX = Number.MAX_SAFE_INTEGER;

/** Returns `step` if it is one of {@link STEPS}. */
export function assertStep(step: Step): Step {
  if (RANK.has(step)) return step;
  throw argumentRangeError('step', STEPS.join(', '), 'another one');
}

/** Returns `act` if it has the parts of an act; what they say was checked when the event was read. */
export function assertAct(act: Act): Act {
  if (typeof act !== 'object' || act === null || !Array.isArray(act.ids) || typeof act.ref !== 'object') {
    throw argumentTypeError('act', 'an Act', act);
  }
  assertStep(act.step);
  return act;
}

/** Returns `acts` if all of them are acts. */
export function assertActs<T extends readonly Act[]>(acts: T): T {
  for (const act of assertArray('acts', acts, NAMED_MAX)) assertAct(act as Act);
  return acts;
}
