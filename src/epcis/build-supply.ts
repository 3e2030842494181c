// Browser-safe.
/**
 * Builders of the supply chain's events: made, packed, shipped, received, returned, ended.
 *
 * Reads  build.ts.   Used by  every service that submits events; examples.
 * Source EPCIS 2.0 section 7.4; CBV 2.0 sections 7.1 and 7.2 for which step goes with which disposition.
 * Never  reads a clock or a random number: the same options give the same event, byte for byte.
 * @module
 */
import { assertArray, assertOptions, assertString, parseDate } from '../bytes/index.ts';
import { argumentRangeError } from '../errors.ts';
import {
  COMMON,
  type CommonOptions,
  type Step,
  booleanArgument,
  formArgument,
  frame,
  identified,
  idsArgument,
  type LotQuantity,
  partyFields,
  placed,
  quantitiesArgument,
  uriArgument,
} from './build.ts';
import type { AggregationEvent, BizTransaction, ObjectEvent } from './event.ts';
import { ABSENT_MAX, LOT_NUMBER } from './extensions.ts';
import { IDS_MAX, isUri } from './shape.ts';
import { vocabularyWord } from './vocabulary.ts';

/** Options of {@link commission}. */
export interface CommissionOptions extends CommonOptions {
  /** Canonical unit ids, 1 .. 20,000, distinct. */
  readonly units: readonly string[];
  /** Lot number, 1 .. 20 characters of GS1 set 82. */
  readonly lot: string;
  /** Last day of use, YYYY-MM-DD. */
  readonly expiry?: string;
  /** Product id, for units whose own id does not hold it (trace codes). */
  readonly product?: string;
}

/**
 * The units exist from now on, as part of a lot: ObjectEvent ADD, `commissioning`, `active`.
 *
 * @throws {TypeError | RangeError} on a wrong, missing or unknown option; no id list may be empty or hold an id twice.
 * @example
 * const made = commission({ units: [sgtin('09521141012345', '2017')], time: 1_700_000_000_000, place, lot: 'A1', expiry: '2027-05-31' });
 */
export function commission(options: CommissionOptions): ObjectEvent {
  assertOptions('options', options, [...COMMON, 'units', 'lot', 'expiry', 'product']);
  const { expiry, product } = options;
  if (expiry !== undefined && parseDate(assertString('expiry', expiry, 10)) === undefined) {
    throw argumentRangeError('expiry', 'a day YYYY-MM-DD', JSON.stringify(expiry));
  }
  return identified<ObjectEvent>(
    {
      type: 'ObjectEvent',
      ...frame(options.time),
      action: 'ADD',
      bizStep: 'commissioning',
      disposition: 'active',
      epcList: idsArgument('units', options.units),
      ...placed(options.place),
      ilmd: {
        'cbvmda:lotNumber': formArgument('lot', options.lot, LOT_NUMBER, '1 to 20 characters of GS1 set 82'),
        ...(expiry !== undefined && { 'cbvmda:itemExpirationDate': expiry }),
        ...(product !== undefined && { 'cm:product': uriArgument('product', product) }),
      },
    },
    options.eventID,
  );
}

/** Options of {@link pack}. */
export interface PackOptions extends CommonOptions {
  /** Canonical container id (SSCC). */
  readonly container: string;
  /** Units and containers put in, 1 .. 20,000, distinct. */
  readonly children: readonly string[];
  /** What is in it lot by lot: said of a carton that is mixed or not full. */
  readonly quantities?: readonly LotQuantity[];
}

/**
 * The children are in the container from now on: AggregationEvent ADD, `packing`, `in_progress`.
 *
 * @throws {TypeError | RangeError} as {@link commission}; also if the container is its own child.
 */
export function pack(options: PackOptions): AggregationEvent {
  assertOptions('options', options, [...COMMON, 'container', 'children', 'quantities']);
  const children = idsArgument('children', options.children);
  const counted = options.quantities === undefined ? undefined : quantitiesArgument(options.quantities);
  if (children.length + (counted?.length ?? 0) > IDS_MAX)
    throw argumentRangeError('quantities', `at most ${IDS_MAX} children and lots`, 'more');
  return aggregation(options, 'ADD', 'packing', children, {
    ...(counted !== undefined && { childQuantityList: counted }),
  });
}

/** Options of {@link unpack}. */
export interface UnpackOptions extends CommonOptions {
  readonly container: string;
  /** What is taken out; absent: everything. */
  readonly children?: readonly string[];
  /** What was said to be inside and is not, 1 .. 500, distinct, none of `children`. */
  readonly absent?: readonly string[];
}

/**
 * The children, or all contents, are out of the container: AggregationEvent DELETE, `unpacking`, `in_progress`.
 *
 * @throws {TypeError | RangeError} as {@link pack}; an empty list is refused, so that "none" never means "all".
 */
export function unpack(options: UnpackOptions): AggregationEvent {
  assertOptions('options', options, [...COMMON, 'container', 'children', 'absent']);
  const children = options.children === undefined ? undefined : idsArgument('children', options.children);
  const { absent } = options;
  return aggregation(options, 'DELETE', 'unpacking', children, {
    ...(absent !== undefined && { 'cm:absent': absentArgument(absent, children ?? []) }),
  });
}

function aggregation(
  options: CommonOptions & { readonly container: string },
  action: 'ADD' | 'DELETE',
  bizStep: string,
  children: readonly string[] | undefined,
  fields: Partial<AggregationEvent>,
): AggregationEvent {
  const parentID = uriArgument('container', options.container);
  if (children?.includes(parentID) === true) {
    throw argumentRangeError('children', 'ids other than the container', 'the container');
  }
  return identified<AggregationEvent>(
    {
      type: 'AggregationEvent',
      ...frame(options.time),
      action,
      bizStep,
      disposition: 'in_progress',
      parentID,
      ...(children !== undefined && { childEPCs: children }),
      ...placed(options.place),
      ...fields,
    },
    options.eventID,
  );
}

/** Options of builders that name units and containers. */
export interface IdsOptions extends CommonOptions {
  /** Canonical unit and container ids, 1 .. 20,000, distinct. */
  readonly ids: readonly string[];
}

/** Options of {@link ship}. */
export interface ShipOptions extends IdsOptions {
  /** Party that hands over. */
  readonly from: string;
  /** Party it is meant for. */
  readonly to: string;
  /** Place it is meant for. */
  readonly toPlace?: string;
  /** Despatch advice, as URI. */
  readonly document?: string;
  /** Other documents that go with the goods, 1 .. 100. */
  readonly documents?: readonly DocumentReference[];
}

/** A business document an event names. */
export interface DocumentReference {
  /** A business transaction type of CBV (`inv`, `bol`, `po` …), or a URI. */
  readonly type: string;
  /** The document, as URI. */
  readonly id: string;
}

/**
 * The objects are on their way to another party: ObjectEvent OBSERVE, `shipping`, `in_transit`.
 *
 * @throws {TypeError | RangeError} as {@link commission}.
 */
export function ship(options: ShipOptions): ObjectEvent {
  assertOptions('options', options, [...COMMON, 'ids', 'from', 'to', 'toPlace', 'document', 'documents']);
  required(options, 'from', 'to');
  return movement(options, { action: 'OBSERVE', bizStep: 'shipping', disposition: 'in_transit' });
}

/** Options of {@link receive}. */
export interface ReceiveOptions extends IdsOptions {
  readonly from?: string;
  readonly to?: string;
  /** Despatch advice the delivery names, as URI. */
  readonly document?: string;
  /** Other documents that came with the goods, 1 .. 100. */
  readonly documents?: readonly DocumentReference[];
  /** Units and containers the despatch names and the delivery lacks, 1 .. 500, distinct, none of `ids`. */
  readonly absent?: readonly string[];
}

/** Names of what {@link ReceiveOptions} adds. */
export const RECEIPT = ['from', 'to', 'document', 'documents', 'absent'] as const;

/**
 * The objects have arrived and are accepted: ObjectEvent OBSERVE, `receiving`, `in_progress`.
 *
 * @throws {TypeError | RangeError} as {@link commission}.
 */
export function receive(options: ReceiveOptions): ObjectEvent {
  assertOptions('options', options, [...COMMON, 'ids', ...RECEIPT]);
  return movement(options, { action: 'OBSERVE', bizStep: 'receiving', disposition: 'in_progress' });
}

/** Options of {@link reject} and {@link voidShipment}. */
export interface HandOverOptions extends IdsOptions {
  readonly from?: string;
  readonly to?: string;
  /** Despatch advice, as URI. */
  readonly document?: string;
  readonly documents?: readonly DocumentReference[];
}

/** Names of what {@link HandOverOptions} adds. */
export const HAND_OVER = ['from', 'to', 'document', 'documents'] as const;

/** Options of {@link returnUnits}. */
export interface ReturnOptions extends IdsOptions {
  readonly from: string;
  readonly to: string;
  readonly toPlace?: string;
}

/**
 * The objects are on their way back: ObjectEvent OBSERVE, `shipping`, `returned`.
 *
 * @throws {TypeError | RangeError} as {@link commission}.
 */
export function returnUnits(options: ReturnOptions): ObjectEvent {
  assertOptions('options', options, [...COMMON, 'ids', 'from', 'to', 'toPlace']);
  required(options, 'from', 'to');
  return movement(options, { action: 'OBSERVE', bizStep: 'shipping', disposition: 'returned' });
}

/** Options of {@link decommission}. */
export interface DecommissionOptions extends IdsOptions {
  /** True: physically destroyed; absent or false: taken out of circulation only. */
  readonly destroyed?: boolean;
}

/**
 * The objects' life has ended: ObjectEvent DELETE, `decommissioning`, `inactive`, or `destroying`, `destroyed`.
 *
 * @throws {TypeError | RangeError} as {@link commission}.
 */
export function decommission(options: DecommissionOptions): ObjectEvent {
  assertOptions('options', options, [...COMMON, 'ids', 'destroyed']);
  const step: Step =
    booleanArgument('destroyed', options.destroyed) === true
      ? { action: 'DELETE', bizStep: 'destroying', disposition: 'destroyed' }
      : { action: 'DELETE', bizStep: 'decommissioning', disposition: 'inactive' };
  return movement(options, step);
}

interface MovementOptions extends ReceiveOptions {
  readonly toPlace?: string;
}

/** An ObjectEvent of things on the move; the builder has checked the names of its options. */
export function movement(options: MovementOptions, step: Step): ObjectEvent {
  const epcList = idsArgument('ids', options.ids);
  const bizTransactionList = transactions(options);
  return identified<ObjectEvent>(
    {
      type: 'ObjectEvent',
      ...frame(options.time),
      ...step,
      epcList,
      ...placed(options.place),
      ...(bizTransactionList.length > 0 && { bizTransactionList }),
      ...partyFields(options),
      ...(options.absent !== undefined && { 'cm:absent': absentArgument(options.absent, epcList) }),
    },
    options.eventID,
  );
}

const DOCUMENTS_MAX = 100;

function transactions(options: MovementOptions): readonly BizTransaction[] {
  const { document, documents } = options;
  const first =
    document === undefined ? [] : [{ type: 'desadv', bizTransaction: uriArgument('document', document) }];
  if (documents === undefined) return first;
  const items = assertArray('documents', documents, DOCUMENTS_MAX);
  if (items.length === 0) throw argumentRangeError('documents', 'at least one document', 'none');
  return [...first, ...items.map((item, i) => transaction(`documents[${i}]`, item as DocumentReference))];
}

function transaction(title: string, item: DocumentReference): BizTransaction {
  const { type, id } = assertOptions(title, item, ['type', 'id']);
  const word = vocabularyWord('bizTransactionType', assertString(`${title}.type`, type, 2_048));
  if (word === undefined || (word.includes(':') && !isUri(word)))
    throw argumentRangeError(`${title}.type`, 'a CBV business transaction type or a URI', 'another text');
  return { type, bizTransaction: uriArgument(`${title}.id`, id) };
}

function absentArgument(value: unknown, present: readonly string[]): readonly string[] {
  const absent = idsArgument('absent', assertArray('absent', value, ABSENT_MAX));
  const received = new Set(present);
  if (absent.some((id) => received.has(id)))
    throw argumentRangeError('absent', 'ids that are not received', 'one that is');
  return absent;
}

function required<T extends object>(options: T, ...names: readonly (keyof T & string)[]): void {
  for (const name of names) uriArgument(name, options[name]);
}
