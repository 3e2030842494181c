// Browser-safe.
/**
 * What few events say beyond custody: marks, corrections, temperatures, stock counts, claims. Most acts carry none of it.
 *
 * Reads  epcis/ (events, vocabulary), gs1/ (canonical ids), readings.ts, extent.ts.   Used by  act.ts, judgement/.
 * Source CBV 2.0 sections 7.2 (dispositions) and 7.3 (transaction types); EPCIS 2.0 section 7.4.1.2 (error declaration).
 * Never  makes an object for an event that says nothing of this: a log of millions of plain events pays nothing.
 * @module
 */
import { assertObject, parseTime } from '../bytes/index.ts';
import {
  BIZ_STEP_UNDOING,
  DISPOSITION_BASE,
  MARKS,
  type BizTransaction,
  type EpcisEvent,
  type Mark,
  type QuantityElement,
} from '../epcis/event.ts';
import { BIZ_TRANSACTION_TYPES, vocabularyWord } from '../epcis/index.ts';
import { canonicalId, parseId } from '../gs1/index.ts';
import { extentOf, type Extent } from './extent.ts';
import { readingsOf, type Reading, type SensorFault } from './readings.ts';

export { MARKS, type Mark } from '../epcis/event.ts';

/** An error declaration: the event it is part of did not happen, or not so. */
export interface Correction {
  readonly declaredMs: number;
  /** `did_not_occur`, `incorrect_data`, or a stranger's URI. */
  readonly reason: string | undefined;
  /** eventIDs, verbatim, of the events that say it right. */
  readonly corrective: readonly string[];
}

/** Units of a lot somebody counted. */
export interface StockCount {
  /** Canonical lot id. */
  readonly lot: string;
  readonly quantity: number;
}

/** Part `part` of `parts` of an act too large for one statement. */
export interface ActPart {
  readonly act: string;
  readonly part: number;
  readonly parts: number;
}

/** The rarer contents of an event. */
export interface ActMore {
  readonly sets: readonly Mark[];
  readonly unsets: readonly Mark[];
  /** What an undoing takes back: `dispense`, another step, a mark, or a word this library does not know. */
  readonly undoes: string | undefined;
  readonly corrects: Correction | undefined;
  /** Words of the business transactions it names: `desadv`, `inv`, `bol` …; each once. */
  readonly documents: readonly string[];
  readonly readings: readonly Reading[];
  /** That of the readings; undefined where there are none, and in acts made by hand. No content of its own. */
  readonly extent?: Extent | undefined;
  readonly sensorFaults: readonly SensorFault[];
  /** Class-level quantities of a stock count. */
  readonly stock: readonly StockCount[];
  /** Class-level quantities a packing or a transformation states: what is said to be in it, lot by lot. */
  readonly declared: readonly StockCount[];
  /** Outputs of a transformation, canonical; the act's ids hold inputs, then outputs. */
  readonly outputs: readonly string[];
  /** Units and containers the receiver declares absent, canonical; they are not among the act's ids. */
  readonly absent: readonly string[];
  /** Canonical id of the same unit in another scheme; the last of the act's ids. */
  readonly alias: string | undefined;
  /** Who injects, by licence number. */
  readonly practitioner: string | undefined;
  readonly department: string | undefined;
  readonly procedure: string | undefined;
  readonly claim: 'not-supplied' | undefined;
  readonly purchasedMs: number | undefined;
  /** Patient and clinic look together. */
  readonly joint: boolean;
  /** Why a responder would not verify. */
  readonly declined: string | undefined;
  /** Not part of the content: the same event split otherwise is the same event. */
  readonly part: ActPart | undefined;
}

const NONE: readonly never[] = Object.freeze([]);
/** An act's rarer contents where there are none: spread it to make others. */
export const NOTHING_MORE: ActMore = Object.freeze({
  sets: NONE,
  unsets: NONE,
  undoes: undefined,
  corrects: undefined,
  documents: NONE,
  readings: NONE,
  sensorFaults: NONE,
  stock: NONE,
  declared: NONE,
  outputs: NONE,
  absent: NONE,
  alias: undefined,
  practitioner: undefined,
  department: undefined,
  procedure: undefined,
  claim: undefined,
  purchasedMs: undefined,
  joint: false,
  declined: undefined,
  part: undefined,
});

/** Events that name one document and say nothing else share one object. */
const ONE_DOCUMENT: ReadonlyMap<string, ActMore> = new Map(
  BIZ_TRANSACTION_TYPES.map((word) => [
    word,
    Object.freeze({ ...NOTHING_MORE, documents: Object.freeze([word]) }),
  ]),
);

/** The rarer contents of an event; undefined if it has none. `plain` is what an event without any gives. */
export function moreOf(event: EpcisEvent, plain?: ActMore): ActMore | undefined {
  assertObject('event', event);
  const found: Found = {};
  marksOf(event, found);
  if (event.errorDeclaration !== undefined) found.corrects = correctionOf(event.errorDeclaration);
  const documents = documentsOf(event.bizTransactionList);
  if (documents.length > 0) found.documents = documents;
  if (event.sensorElementList !== undefined) {
    const { readings, faults } = readingsOf(event.sensorElementList, parseTime(event.eventTime) ?? 0);
    if (readings.length > 0) {
      found.readings = readings;
      found.extent = extentOf(readings, readings[0]!.device);
    }
    if (faults.length > 0) found.sensorFaults = faults;
  }
  const stock = stockOf(event);
  if (stock.length > 0) found.stock = stock;
  const declared = declaredIn(event);
  if (declared.length > 0) found.declared = declared;
  if (event.type === 'TransformationEvent') found.outputs = (event.outputEPCList ?? []).map(identify);
  extensionsOf(event, found);
  const keys = Object.keys(found);
  if (keys.length === 0) return plain;
  if (keys.length === 1 && documents.length === 1 && plain === undefined) {
    const shared = ONE_DOCUMENT.get(documents[0]!);
    if (shared !== undefined) return shared;
  }
  return { ...(plain ?? NOTHING_MORE), ...found };
}

type Found = { -readonly [K in keyof ActMore]?: ActMore[K] };

function marksOf(event: EpcisEvent, found: Found): void {
  const { bizStep, disposition, persistentDisposition } = event;
  const sets = new Set<Mark>();
  const unsets = new Set<Mark>();
  addMark(sets, disposition);
  for (const word of persistentDisposition?.set ?? NONE) addMark(sets, word);
  for (const word of persistentDisposition?.unset ?? NONE) addMark(unsets, word);
  if (bizStep !== undefined) {
    const step = vocabularyWord('bizStep', bizStep);
    if (step === 'sampling') sets.add('sample');
    else if (step === 'holding') sets.add('locked');
    else if (step === BIZ_STEP_UNDOING && event.type === 'ObjectEvent' && event['cm:undoes'] !== undefined) {
      found.undoes = event['cm:undoes'];
      const mark = markOf(found.undoes);
      if (mark !== undefined) unsets.add(mark);
    }
  }
  if (sets.size > 0) found.sets = [...sets];
  if (unsets.size > 0) found.unsets = [...unsets];
}

/** The mark a word names, if any. */
export function markOf(word: string): Mark | undefined {
  return MARKS.find((mark) => mark === word);
}

/** CBV has a word for two of the marks; the others are this project's. */
function addMark(marks: Set<Mark>, disposition: string | undefined): void {
  if (disposition === undefined) return;
  const word = vocabularyWord('disposition', disposition);
  if (word === 'stolen' || word === 'damaged') marks.add(word);
  else if (word?.startsWith(DISPOSITION_BASE) === true) {
    const mark = markOf(word.slice(DISPOSITION_BASE.length));
    if (mark !== undefined) marks.add(mark);
  }
}

function correctionOf(declaration: NonNullable<EpcisEvent['errorDeclaration']>): Correction {
  const { declarationTime, reason, correctiveEventIDs } = declaration;
  return {
    declaredMs: parseTime(declarationTime) ?? 0,
    reason: reason === undefined ? undefined : vocabularyWord('errorReason', reason),
    corrective: correctiveEventIDs ?? NONE,
  };
}

function documentsOf(transactions: readonly BizTransaction[] | undefined): readonly string[] {
  if (transactions === undefined) return NONE;
  const words = new Set<string>();
  for (const { type } of transactions) {
    const word = type === undefined ? undefined : vocabularyWord('bizTransactionType', type);
    if (word !== undefined) words.add(word);
  }
  return [...words];
}

/** Whole numbers of units of a lot, counted; anything else counts nothing. */
function stockOf(event: EpcisEvent): readonly StockCount[] {
  const quantities: readonly QuantityElement[] | undefined =
    'quantityList' in event ? event.quantityList : undefined;
  if (quantities === undefined || event.bizStep === undefined) return NONE;
  const step = vocabularyWord('bizStep', event.bizStep);
  return step === 'stock_taking' || step === 'cycle_counting' ? lotsCounted(quantities) : NONE;
}

function lotsCounted(quantities: readonly QuantityElement[]): readonly StockCount[] {
  const stock: StockCount[] = [];
  for (const { epcClass, quantity, uom } of quantities) {
    const id = parseId(epcClass);
    if (id?.type !== 'lot' || uom !== undefined || !Number.isSafeInteger(quantity)) continue;
    stock.push({ lot: id.id, quantity: quantity! });
  }
  return stock;
}

/** What a packing, or either side of a transformation, states by class. */
function declaredIn(event: EpcisEvent): readonly StockCount[] {
  if (event.type === 'AggregationEvent' && event.action === 'ADD') {
    return event.childQuantityList === undefined ? NONE : lotsCounted(event.childQuantityList);
  }
  if (event.type !== 'TransformationEvent') return NONE;
  const { inputQuantityList = NONE, outputQuantityList = NONE } = event;
  return [...inputQuantityList, ...outputQuantityList].map(({ epcClass, quantity }) => ({
    lot: identify(epcClass),
    quantity: quantity ?? 0,
  }));
}

function extensionsOf(event: EpcisEvent, found: Found): void {
  const absent = event['cm:absent'];
  if (absent !== undefined && absent.length > 0) found.absent = absent.map(identify);
  const alias = event['cm:alias'];
  if (alias !== undefined) found.alias = identify(alias);
  const practitioner = event['cm:practitioner'];
  if (practitioner !== undefined) found.practitioner = identify(practitioner);
  const department = event['cm:department'];
  if (department !== undefined) found.department = department;
  const procedure = event['cm:procedure'];
  if (procedure !== undefined) found.procedure = procedure;
  const claim = event['cm:claim'];
  if (claim !== undefined) found.claim = claim;
  const purchasedMs = event['cm:purchased'] === undefined ? undefined : parseTime(event['cm:purchased']);
  if (purchasedMs !== undefined) found.purchasedMs = purchasedMs;
  if (event['cm:joint'] === true) found.joint = true;
  const declined = event['cm:declined'];
  if (declined !== undefined) found.declined = declined;
}

function identify(id: string): string {
  return canonicalId(id) ?? id;
}
