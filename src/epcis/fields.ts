// Browser-safe.
/**
 * The fields of EPCIS 2.0 events, each with its check: the tables the strict reader walks.
 *
 * Reads  shape.ts, extensions.ts.   Used by  read.ts.
 * Source EPCIS 2.0 sections 7.3 and 7.4 (data model) and 10.1 (JSON binding).
 * Never  accepts a field without a namespace that the standard does not list.
 * @module
 */
import { EVENT_EXTENSIONS, ILMD_FIELDS, foreignExtension } from './extensions.ts';
import {
  type Check,
  boolean,
  decimal,
  ids,
  json,
  list,
  malformed,
  object,
  oneOf,
  pattern,
  text,
  time,
  uri,
  word,
} from './shape.ts';

const open = { extension: foreignExtension };

const place = object(new Map([['id', uri]]), { ...open, required: ['id'] });

const amount: Check = (value, path) => {
  decimal(value, path);
  if ((value as number) < 0) throw malformed(path, 'a negative quantity');
};

const quantities = list(
  object(
    new Map<string, Check>([
      ['epcClass', uri],
      ['quantity', amount],
      ['uom', pattern(/^[A-Z0-9]{2,3}$/, 'no unit of measure')],
    ]),
    {
      required: ['epcClass'],
      rule: (element, path) => {
        if (element['uom'] !== undefined && element['quantity'] === undefined) {
          throw malformed(path, 'a unit of measure without quantity');
        }
      },
    },
  ),
);

const bizTransactions = list(
  object(
    new Map([
      ['type', word('bizTransactionType')],
      ['bizTransaction', uri],
    ]),
    { required: ['bizTransaction'] },
  ),
);

function party(field: 'source' | 'destination'): Check {
  const fields = new Map([
    ['type', word('sourceDestinationType')],
    [field, uri],
  ]);
  return list(object(fields, { required: ['type', field] }));
}

const dispositions: Check = (value, path) => {
  list(word('disposition'), 1)(value, path);
  const items = value as readonly unknown[];
  if (new Set(items).size !== items.length) throw malformed(path, 'a disposition twice');
};

const persistentDisposition = object(
  new Map([
    ['set', dispositions],
    ['unset', dispositions],
  ]),
  {
    rule: (value, path) => {
      if (value['set'] === undefined && value['unset'] === undefined)
        throw malformed(path, 'neither set nor unset');
    },
  },
);

const certificationInfo: Check = (value, path) => {
  if (Array.isArray(value)) list(uri)(value, path);
  else uri(value, path);
};

const errorDeclaration = object(
  new Map([
    ['declarationTime', time],
    ['reason', word('errorReason')],
    ['correctiveEventIDs', ids],
  ]),
  { ...open, required: ['declarationTime'] },
);

const ilmd = object(ILMD_FIELDS, open);

const deviceFields: readonly (readonly [string, Check])[] = [
  ['time', time],
  ['deviceID', uri],
  ['deviceMetadata', uri],
  ['rawData', uri],
  ['dataProcessingMethod', uri],
  ['bizRules', uri],
];

const sensorMetadata = object(
  new Map([...deviceFields, ['startTime', time], ['endTime', time]] as readonly (readonly [string, Check])[]),
  open,
);

const sensorReport = object(
  new Map([
    ...deviceFields,
    ['type', word('measurementType')],
    ['exception', word('sensorException')],
    ['microorganism', uri],
    ['chemicalSubstance', uri],
    ['coordinateReferenceSystem', uri],
    ['value', decimal],
    ['component', word('component')],
    ['stringValue', text],
    ['booleanValue', boolean],
    ['hexBinaryValue', pattern(/^[0-9A-Fa-f]{1,65535}$/, 'no hex')],
    ['uriValue', uri],
    ['minValue', decimal],
    ['maxValue', decimal],
    ['meanValue', decimal],
    ['sDev', decimal],
    ['percRank', decimal],
    ['percValue', decimal],
    ['uom', pattern(/^[!-~]{1,20}$/, 'no unit of measure')],
  ] as readonly (readonly [string, Check])[]),
  { ...open, required: ['type'] },
);

const sensorElements = list(
  object(
    new Map([
      ['sensorMetadata', sensorMetadata],
      ['sensorReport', list(sensorReport, 1)],
    ]),
    { ...open, required: ['sensorReport'] },
  ),
);

const COMMON: readonly (readonly [string, Check])[] = [
  ['@context', json],
  ['eventID', uri],
  ['eventTime', time],
  ['recordTime', time],
  ['eventTimeZoneOffset', pattern(/^[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)$/, 'no time zone offset')],
  ['errorDeclaration', errorDeclaration],
  ['certificationInfo', certificationInfo],
  ['bizStep', word('bizStep')],
  ['disposition', word('disposition')],
  ['persistentDisposition', persistentDisposition],
  ['readPoint', place],
  ['bizLocation', place],
  ['bizTransactionList', bizTransactions],
  ['sourceList', party('source')],
  ['destinationList', party('destination')],
  ['sensorElementList', sensorElements],
  ...EVENT_EXTENSIONS,
];

const action: readonly [string, Check] = ['action', oneOf('ADD', 'OBSERVE', 'DELETE')];
const parent: readonly [string, Check] = ['parentID', uri];
const type = (name: string): readonly [string, Check] => ['type', oneOf(name)];

/** Fields by event type. */
export const EVENT_FIELDS: ReadonlyMap<string, ReadonlyMap<string, Check>> = new Map([
  [
    'ObjectEvent',
    new Map([
      ...COMMON,
      type('ObjectEvent'),
      action,
      ['epcList', ids],
      ['quantityList', quantities],
      ['ilmd', ilmd],
    ]),
  ],
  [
    'AggregationEvent',
    new Map([
      ...COMMON,
      type('AggregationEvent'),
      action,
      parent,
      ['childEPCs', ids],
      ['childQuantityList', quantities],
    ]),
  ],
  [
    'AssociationEvent',
    new Map([
      ...COMMON,
      type('AssociationEvent'),
      action,
      parent,
      ['childEPCs', ids],
      ['childQuantityList', quantities],
    ]),
  ],
  [
    'TransactionEvent',
    new Map([
      ...COMMON,
      type('TransactionEvent'),
      action,
      parent,
      ['epcList', ids],
      ['quantityList', quantities],
    ]),
  ],
  [
    'TransformationEvent',
    new Map([
      ...COMMON,
      type('TransformationEvent'),
      ['inputEPCList', ids],
      ['inputQuantityList', quantities],
      ['outputEPCList', ids],
      ['outputQuantityList', quantities],
      ['transformationID', uri],
      ['ilmd', ilmd],
    ]),
  ],
] as readonly (readonly [string, ReadonlyMap<string, Check>])[]);
