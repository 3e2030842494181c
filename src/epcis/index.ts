// Browser-safe.
/**
 * EPCIS 2.0 and CBV 2.0: the strict reader, the builders, the splitter and the event hash.
 * @module
 */
export * from './event.ts';
export { DOCUMENT_CONTEXT } from './context.ts';
export { readDocument, readEvent } from './read.ts';
export { IDS_MAX, isUri } from './shape.ts';
export {
  CONSUMER_RADIUS_MIN_M,
  DOSES_MAX,
  LOT_NUMBER,
  PRACTITIONER,
  PRESENTED_LENGTH_MAX,
  RANDOM_ID,
  WORD,
} from './extensions.ts';
export { canonicalEventString, eventHash, eventHashes } from './hash.ts';
export {
  commission,
  decommission,
  pack,
  receive,
  returnUnits,
  ship,
  unpack,
  type CommissionOptions,
  type DecommissionOptions,
  type DocumentReference,
  type HandOverOptions,
  type IdsOptions,
  type PackOptions,
  type ReceiveOptions,
  type ReturnOptions,
  type ShipOptions,
  type UnpackOptions,
} from './build-supply.ts';
export {
  administer,
  codeId,
  dispense,
  observe,
  open,
  retire,
  sensor,
  type CareOptions,
  type DispenseOptions,
  type ObserveOptions,
  type SensorOptions,
  type SensorReading,
  type UseOptions,
} from './build-use.ts';
export {
  accept,
  reject,
  repack,
  reportDelivery,
  stockTake,
  voidShipment,
  type RepackOptions,
  type StockTakeOptions,
} from './build-stock.ts';
export {
  alias,
  correct,
  declare,
  decline,
  undo,
  type AliasOptions,
  type Corrected,
  type CorrectOptions,
  type DeclareOptions,
  type DeclineOptions,
  type UndoOptions,
} from './build-correct.ts';
export type { CommonOptions, LotQuantity } from './build.ts';
export { PAYLOAD_BYTES_DEFAULT, documents, type DocumentsOptions } from './split.ts';
export * from './vocabulary.ts';
