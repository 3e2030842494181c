// Browser-safe.
/**
 * EPCIS 2.0 events as JSON, typed: the five event types, their common fields, and this project's few extensions.
 *
 * Reads  nothing.   Used by  epcis/ builders and reader, custody/, examples.
 * Source EPCIS 2.0 section 7.4 and CBV 2.0 section 7; extension fields are namespaced (EPCIS 2.0 section 9.2).
 * Never  contains personal data: `cm:session` is a random id, `cm:actId` a random treatment or supply id.
 * @module
 */

/** Namespace of what CBV has no word for; bound to the prefix `cm` in every document the builders write. */
export const NAMESPACE = 'https://countermark.org/ns/';
/** Steps in the life of a vial that CBV 2.0 does not name. */
export const BIZ_STEP_OPENING = `${NAMESPACE}bizStep/opening`;
export const BIZ_STEP_ADMINISTERING = `${NAMESPACE}bizStep/administering`;
export const BIZ_STEP_RETIRING = `${NAMESPACE}bizStep/retiring`;
/** Goods refused by whom they were sent to: they stay the sender's. */
export const BIZ_STEP_REJECTING = `${NAMESPACE}bizStep/rejecting`;
/** What was declared before holds no longer; `cm:undoes` says what. */
export const BIZ_STEP_UNDOING = `${NAMESPACE}bizStep/undoing`;
/** Dispositions CBV has no word for: this, and `locked`, `lost`, `exported`, `sample` … ({@link MARKS}). */
export const DISPOSITION_BASE = `${NAMESPACE}disp/`;
/** What may be declared of goods; it holds until it is taken back. CBV has a word for `stolen` and `damaged`. */
export const MARKS = [
  'locked',
  'stolen',
  'lost',
  'exported',
  'sample',
  'free-sample',
  'to-destroy',
  'damaged',
  'tampered',
  'suspect',
  'illegitimate',
] as const;
export type Mark = (typeof MARKS)[number];

/** `ADD`, `OBSERVE` or `DELETE` (EPCIS 2.0 section 7.3.2). */
export type EventAction = 'ADD' | 'OBSERVE' | 'DELETE';

/** A place by canonical GS1 Digital Link URI (AI 414) or other URI. */
export interface PlaceReference {
  readonly id: string;
}

/** A class-level quantity. */
export interface QuantityElement {
  readonly epcClass: string;
  readonly quantity?: number;
  readonly uom?: string;
}

export interface BizTransaction {
  readonly type?: string;
  readonly bizTransaction: string;
}
export interface SourceElement {
  readonly type: string;
  readonly source: string;
}
export interface DestinationElement {
  readonly type: string;
  readonly destination: string;
}

/** A sensor element, kept as JSON: sensorMetadata and sensorReport (EPCIS 2.0 section 7.3.7). */
export interface SensorElement {
  readonly sensorMetadata?: Readonly<Record<string, unknown>>;
  readonly sensorReport: readonly Readonly<Record<string, unknown>>[];
  readonly [extension: string]: unknown;
}

export interface ErrorDeclaration {
  readonly declarationTime: string;
  readonly reason?: string;
  readonly correctiveEventIDs?: readonly string[];
  readonly [extension: string]: unknown;
}

/** How a presented code reached the computer. */
export type EntryMode = 'scan' | 'manual';

/** This project's extension fields; all optional, all namespaced. */
export interface Extensions {
  /** Random id of a treatment or supply, 16 .. 64 characters: the same id again is a repeat, another one a second use. */
  readonly 'cm:actId'?: string;
  /** Doses drawn by this act, 1 .. 1000; absent means 1. */
  readonly 'cm:doses'?: number;
  /** The presented code verbatim (also when it parses to no unit), at most 2,000 characters. */
  readonly 'cm:presented'?: string;
  readonly 'cm:entryMode'?: EntryMode;
  /** Place of a scan in micro-degrees, with the radius of its uncertainty in metres. */
  readonly 'cm:latitude'?: number;
  readonly 'cm:longitude'?: number;
  readonly 'cm:radius'?: number;
  /** ISO 3166-1 alpha-2 codes of every country the region of the scan touches. */
  readonly 'cm:countries'?: readonly string[];
  /** Random id of a consumer's session: its presence makes the event a consumer check. */
  readonly 'cm:session'?: string;
  /** True when the consumer declares the pack unused. */
  readonly 'cm:unused'?: boolean;
  /** What an `undoing` takes back: `dispense`, another step, or what was declared of the goods. */
  readonly 'cm:undoes'?: string;
  /** Units and containers the despatch names and the receiver did not find. */
  readonly 'cm:absent'?: readonly string[];
  /** The one unit of this event, in another scheme of identification. */
  readonly 'cm:alias'?: string;
  /** Licence number, as URI, of who injects. */
  readonly 'cm:practitioner'?: string;
  /** Words of the department and of the procedure's level, as licences name them. */
  readonly 'cm:department'?: string;
  readonly 'cm:procedure'?: string;
  /** The consumer says: I was not supplied with this. */
  readonly 'cm:claim'?: 'not-supplied';
  /** When the consumer says it was bought. */
  readonly 'cm:purchased'?: string;
  /** True when patient and clinic look together. */
  readonly 'cm:joint'?: boolean;
  /** The responder would not verify: its reason, a word. */
  readonly 'cm:declined'?: string;
}

interface EventBase extends Extensions {
  readonly eventID?: string;
  readonly eventTime: string;
  readonly recordTime?: string;
  readonly eventTimeZoneOffset: string;
  readonly errorDeclaration?: ErrorDeclaration;
  readonly certificationInfo?: string | readonly string[];
  readonly bizStep?: string;
  readonly disposition?: string;
  readonly persistentDisposition?: { readonly set?: readonly string[]; readonly unset?: readonly string[] };
  readonly readPoint?: PlaceReference;
  readonly bizLocation?: PlaceReference;
  readonly bizTransactionList?: readonly BizTransaction[];
  readonly sourceList?: readonly SourceElement[];
  readonly destinationList?: readonly DestinationElement[];
  readonly sensorElementList?: readonly SensorElement[];
  readonly ilmd?: Readonly<Record<string, unknown>>;
}

export interface ObjectEvent extends EventBase {
  readonly type: 'ObjectEvent';
  readonly action: EventAction;
  readonly epcList?: readonly string[];
  readonly quantityList?: readonly QuantityElement[];
}
export interface AggregationEvent extends EventBase {
  readonly type: 'AggregationEvent';
  readonly action: EventAction;
  readonly parentID?: string;
  readonly childEPCs?: readonly string[];
  readonly childQuantityList?: readonly QuantityElement[];
}
export interface AssociationEvent extends EventBase {
  readonly type: 'AssociationEvent';
  readonly action: EventAction;
  readonly parentID: string;
  readonly childEPCs?: readonly string[];
  readonly childQuantityList?: readonly QuantityElement[];
}
export interface TransactionEvent extends EventBase {
  readonly type: 'TransactionEvent';
  readonly action: EventAction;
  readonly parentID?: string;
  readonly epcList?: readonly string[];
  readonly quantityList?: readonly QuantityElement[];
}
export interface TransformationEvent extends EventBase {
  readonly type: 'TransformationEvent';
  readonly inputEPCList?: readonly string[];
  readonly inputQuantityList?: readonly QuantityElement[];
  readonly outputEPCList?: readonly string[];
  readonly outputQuantityList?: readonly QuantityElement[];
  readonly transformationID?: string;
}

/** Any EPCIS 2.0 event; discriminated by `type`. */
export type EpcisEvent =
  ObjectEvent | AggregationEvent | AssociationEvent | TransactionEvent | TransformationEvent;

/** An EPCIS 2.0 capture document: the payload of an `events` statement. */
export interface EpcisDocument {
  readonly '@context': readonly unknown[];
  readonly id?: string;
  readonly type: 'EPCISDocument';
  readonly schemaVersion: '2.0';
  readonly creationDate: string;
  readonly epcisBody: { readonly eventList: readonly EpcisEvent[] };
  /** Parts of one act too large for an entry carry its id and "part i of n", 1-based. */
  readonly 'cm:act'?: string;
  readonly 'cm:part'?: number;
  readonly 'cm:parts'?: number;
}
