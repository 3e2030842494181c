// Browser-safe.
/**
 * Builders of the rarer moves of a warehouse: accepted, refused, taken back, counted, repacked.
 *
 * Reads  build.ts, build-supply.ts.   Used by  every service that submits events; examples.
 * Source EPCIS 2.0 section 7.4; CBV 2.0 sections 7.1 and 7.2; a refusal is this project's step `rejecting` (event.ts).
 * Never  reads a clock or a random number: the same options give the same event, byte for byte.
 * @module
 */
import { assertOptions } from '../bytes/index.ts';
import { argumentRangeError } from '../errors.ts';
import {
  COMMON,
  type CommonOptions,
  frame,
  identified,
  idsArgument,
  type LotQuantity,
  placed,
  quantitiesArgument,
} from './build.ts';
import { HAND_OVER, movement, RECEIPT, type ReceiveOptions, type HandOverOptions } from './build-supply.ts';
import { BIZ_STEP_REJECTING, type ObjectEvent, type TransformationEvent } from './event.ts';
import { IDS_MAX } from './shape.ts';

/**
 * The objects that arrived are accepted from whom they came: ObjectEvent OBSERVE, `accepting`, `in_progress`.
 *
 * @throws {TypeError | RangeError} on a wrong, missing or unknown option.
 */
export function accept(options: ReceiveOptions): ObjectEvent {
  assertOptions('options', options, [...COMMON, 'ids', ...RECEIPT]);
  return movement(options, { action: 'OBSERVE', bizStep: 'accepting', disposition: 'in_progress' });
}

/**
 * The objects are refused, and stay the sender's: ObjectEvent OBSERVE with this project's step `rejecting`.
 *
 * @throws {TypeError | RangeError} on a wrong, missing or unknown option.
 */
export function reject(options: HandOverOptions): ObjectEvent {
  assertOptions('options', options, [...COMMON, 'ids', ...HAND_OVER]);
  return movement(options, { action: 'OBSERVE', bizStep: BIZ_STEP_REJECTING, disposition: 'returned' });
}

/**
 * The sender takes back a shipment that has not been received: ObjectEvent OBSERVE, `void_shipping`, `in_progress`.
 *
 * @throws {TypeError | RangeError} on a wrong, missing or unknown option.
 */
export function voidShipment(options: HandOverOptions): ObjectEvent {
  assertOptions('options', options, [...COMMON, 'ids', ...HAND_OVER]);
  return movement(options, { action: 'OBSERVE', bizStep: 'void_shipping', disposition: 'in_progress' });
}

/**
 * The sender says that the objects are with the receiver: ObjectEvent OBSERVE, `arriving`, `in_progress`.
 *
 * @throws {TypeError | RangeError} on a wrong, missing or unknown option.
 */
export function reportDelivery(options: HandOverOptions): ObjectEvent {
  assertOptions('options', options, [...COMMON, 'ids', ...HAND_OVER]);
  return movement(options, { action: 'OBSERVE', bizStep: 'arriving', disposition: 'in_progress' });
}

/** Options of {@link stockTake}. */
export interface StockTakeOptions extends CommonOptions {
  /** What is there, lot by lot: 1 .. 20,000, each lot once. */
  readonly quantities: readonly LotQuantity[];
}

/**
 * A party says how many units of each lot it has: ObjectEvent OBSERVE, `stock_taking`, with a quantity list.
 *
 * @throws {TypeError | RangeError} on a wrong, missing or unknown option.
 */
export function stockTake(options: StockTakeOptions): ObjectEvent {
  assertOptions('options', options, [...COMMON, 'quantities']);
  return identified<ObjectEvent>(
    {
      type: 'ObjectEvent',
      ...frame(options.time),
      action: 'OBSERVE',
      bizStep: 'stock_taking',
      quantityList: quantitiesArgument(options.quantities),
      ...placed(options.place),
    },
    options.eventID,
  );
}

/** Options of {@link repack}. */
export interface RepackOptions extends CommonOptions {
  /** Units used up, 1 .. 20,000, distinct. */
  readonly inputs: readonly string[];
  /** Units made of them; their manufacturer commissions them. */
  readonly outputs: readonly string[];
}

/**
 * Units became other units: TransformationEvent, `repackaging`. The inputs' life ends; the outputs are named, not commissioned.
 *
 * @throws {TypeError | RangeError} on a wrong, missing or unknown option, or a unit on both sides.
 */
export function repack(options: RepackOptions): TransformationEvent {
  assertOptions('options', options, [...COMMON, 'inputs', 'outputs']);
  const inputEPCList = idsArgument('inputs', options.inputs);
  const outputEPCList = idsArgument('outputs', options.outputs);
  const inputs = new Set(inputEPCList);
  if (outputEPCList.some((id) => inputs.has(id)))
    throw argumentRangeError('outputs', 'units that are no inputs', 'one that is');
  if (inputEPCList.length + outputEPCList.length > IDS_MAX)
    throw argumentRangeError('outputs', `at most ${IDS_MAX} units on both sides`, 'more');
  return identified<TransformationEvent>(
    {
      type: 'TransformationEvent',
      ...frame(options.time),
      bizStep: 'repackaging',
      inputEPCList,
      outputEPCList,
      ...placed(options.place),
    },
    options.eventID,
  );
}
