// Browser-safe.
/**
 * The strict reader: parsed JSON is an EPCIS 2.0 document or event exactly as given, or a DecodeError says where it is not.
 *
 * Reads  fields.ts, extensions.ts, context.ts.   Used by  statement/ (payload of `events`), cli, importers.
 * Source EPCIS 2.0 sections 7.4 (events) and 9.5, 10.1 (documents).
 * Never  rewrites an id, a time or a word: what a party signed is what is read.
 * @module
 */
import { assertText } from '../bytes/index.ts';
import { isOwnContext, keepsOurPrefix, prefixesOf, PREFIX } from './context.ts';
import type { EpcisDocument, EpcisEvent } from './event.ts';
import {
  checkClaims,
  checkParts,
  checkRegion,
  DOCUMENT_EXTENSIONS,
  foreignExtension,
  isOurs,
} from './extensions.ts';
import { EVENT_FIELDS } from './fields.ts';
import {
  type Check,
  type JsonObject,
  type Path,
  IDS_MAX,
  checked,
  fieldPath,
  isObject,
  json,
  list,
  malformed,
  object,
  oneOf,
  overLimit,
  text,
  time,
  uri,
} from './shape.ts';

/**
 * Reads one event: the value comes back as it is, typed.
 *
 * Cost: linear in the value. Every field of the standard has its JSON type, words are CBV 2.0 words (in any spelling) or URIs
 * of other vocabularies, other fields carry a namespace, `cm:` fields are known and in range, ids are distinct.
 *
 * @param value - parsed JSON. Attacker-controlled.
 * @param path - where the value stands in its document, for the error.
 * @throws {DecodeError} `ERR_DECODE_MALFORMED`, or `ERR_DECODE_LIMIT` beyond 20,000 ids or 32 levels; `details.path` names the place.
 * @example
 * const event = readEvent(JSON.parse(body));
 */
export function readEvent(value: unknown, path = ''): EpcisEvent {
  assertText('path', path);
  checked(event, value, path);
  return value as EpcisEvent;
}

/**
 * Reads a capture document: the value comes back as it is, typed.
 *
 * @param value - parsed JSON. Attacker-controlled.
 * @throws {DecodeError} as {@link readEvent}; also if the context gives this project's prefix to another namespace, or `cm:`
 *   fields stand in a document that does not declare it.
 * @example
 * const document = readDocument(JSON.parse(payload));
 */
export function readDocument(value: unknown): EpcisDocument {
  checked(DOCUMENT, value, '');
  return value as EpcisDocument;
}

const RULES: ReadonlyMap<string, (event: JsonObject, path: Path) => void> = new Map([
  ['ObjectEvent', checkObjectEvent],
  ['AggregationEvent', checkParentEvent],
  ['AssociationEvent', checkParentEvent],
  ['TransactionEvent', checkTransactionEvent],
  ['TransformationEvent', checkTransformationEvent],
]);

const EVENT_CHECKS: ReadonlyMap<string, Check> = new Map(
  [...EVENT_FIELDS].map(([type, fields]): [string, Check] => {
    const required = ['eventTime', 'eventTimeZoneOffset', ...(fields.has('action') ? ['action'] : [])];
    const rule = (event: JsonObject, path: Path): void => {
      checkIdCount(event, path);
      checkRegion(event, path);
      checkClaims(event, path);
      RULES.get(type)?.(event, path);
    };
    return [type, object(fields, { required, extension: foreignExtension, rule })];
  }),
);

const event: Check = (value, path) => {
  const type = isObject(value) ? value['type'] : undefined;
  const check = typeof type === 'string' ? EVENT_CHECKS.get(type) : undefined;
  if (check === undefined) throw malformed(fieldPath(path, 'type'), 'no event type');
  check(value, path);
};

const context: Check = (value, path) => {
  if (isOwnContext(value)) return;
  if (!Array.isArray(value) || value.length === 0) throw malformed(path, 'no context');
  for (const entry of value as readonly unknown[]) {
    if (!isObject(entry)) uri(entry, path);
  }
  json(value, path);
};

const DOCUMENT = object(
  new Map([
    ['@context', context],
    ['id', uri],
    ['type', oneOf('EPCISDocument')],
    ['schemaVersion', oneOf('2.0')],
    ['creationDate', time],
    ['instanceIdentifier', text],
    ['sender', text],
    ['receiver', text],
    ['epcisHeader', json],
    ['epcisBody', object(new Map([['eventList', list(event, 1)]]), { required: ['eventList'] })],
    ...DOCUMENT_EXTENSIONS,
  ] as readonly (readonly [string, Check])[]),
  {
    required: ['@context', 'type', 'schemaVersion', 'creationDate', 'epcisBody'],
    extension: foreignExtension,
    rule: (document, path) => {
      checkParts(document, path);
      checkPrefixes(document);
    },
  },
);

/** Our fields mean something only where `cm` is declared as ours, and no other prefix may mean them. */
function checkPrefixes(document: JsonObject): void {
  const prefixes = prefixesOf(document['@context']);
  if (!keepsOurPrefix(prefixes)) throw malformed('@context', 'a foreign or second prefix');
  if (!prefixes.has(PREFIX) && Object.keys(document).some(isOurs))
    throw malformed('@context', 'an undeclared prefix');
  const body = document['epcisBody'] as { readonly eventList: readonly JsonObject[] };
  body.eventList.forEach((item, i) => {
    const own = item['@context'];
    if (own === undefined && prefixes.has(PREFIX)) return;
    const inner = prefixesOf(own, prefixes);
    const path = `epcisBody.eventList[${i}]`;
    if (!keepsOurPrefix(inner)) throw malformed(fieldPath(path, '@context'), 'a foreign or second prefix');
    if (!inner.has(PREFIX) && usesOurs(item)) throw malformed(path, 'an undeclared prefix');
  });
}

function usesOurs(item: JsonObject): boolean {
  const ilmd = item['ilmd'];
  return Object.keys(item).some(isOurs) || (isObject(ilmd) && Object.keys(ilmd).some(isOurs));
}

function count(event: JsonObject, field: string): number {
  return countOf(event[field]);
}

function countOf(items: unknown): number {
  return Array.isArray(items) ? items.length : 0;
}

function checkIdCount(event: JsonObject, path: Path): void {
  // Spelled out: a list of names is looked up several times as slowly, and this is asked of every event.
  const { epcList, childEPCs, inputEPCList, outputEPCList } = event;
  const { quantityList, childQuantityList, inputQuantityList, outputQuantityList } = event;
  const ids = countOf(epcList) + countOf(childEPCs) + countOf(inputEPCList) + countOf(outputEPCList);
  const classes = countOf(quantityList) + countOf(childQuantityList);
  const total = ids + classes + countOf(inputQuantityList) + countOf(outputQuantityList);
  if (total > IDS_MAX) throw overLimit(path, `more than ${IDS_MAX} ids`);
}

function checkObjectEvent(event: JsonObject, path: Path): void {
  const sensed = count(event, 'sensorElementList') > 0 && event['readPoint'] !== undefined;
  if (count(event, 'epcList') + count(event, 'quantityList') === 0 && !sensed) {
    throw malformed(path, 'nothing observed');
  }
  if (event['ilmd'] !== undefined && event['action'] !== 'ADD')
    throw malformed(fieldPath(path, 'ilmd'), 'ilmd without ADD');
}

function checkParentEvent(event: JsonObject, path: Path): void {
  const observedOnly = event['type'] === 'AggregationEvent' && event['action'] === 'OBSERVE';
  if (event['parentID'] === undefined && !observedOnly)
    throw malformed(fieldPath(path, 'parentID'), 'a missing field');
  const children = count(event, 'childEPCs') + count(event, 'childQuantityList');
  if (children === 0 && event['action'] !== 'DELETE') throw malformed(path, 'no children');
}

function checkTransactionEvent(event: JsonObject, path: Path): void {
  if (count(event, 'bizTransactionList') === 0)
    throw malformed(fieldPath(path, 'bizTransactionList'), 'no transaction');
  const named = count(event, 'epcList') + count(event, 'quantityList');
  if (named === 0 && event['parentID'] === undefined && event['action'] !== 'DELETE') {
    throw malformed(path, 'nothing linked');
  }
}

function checkTransformationEvent(event: JsonObject, path: Path): void {
  const inputs = count(event, 'inputEPCList') + count(event, 'inputQuantityList');
  const outputs = count(event, 'outputEPCList') + count(event, 'outputQuantityList');
  const linked = event['transformationID'] !== undefined;
  if (linked ? inputs + outputs === 0 : inputs === 0 || outputs === 0)
    throw malformed(path, 'no input or no output');
}
