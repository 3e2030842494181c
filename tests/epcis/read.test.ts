// Goal:   the strict reader accepts exactly EPCIS 2.0 with this project's fields, says where it refuses, and takes linear time.
// Method: one change at a time to a valid event or document; odd values in every field; sizes doubled against the clock.
import { describe, expect, it } from 'vitest';
import { NAMESPACE, documents, isUri, readDocument, readEvent } from '../../src/epcis/index.ts';
import { DecodeError } from '../../src/errors.ts';
import { BUILDERS, ODD_VALUES, TIME, nested, sample, units } from './samples.ts';

type Json = { [key: string]: unknown };

const event: Json = {
  type: 'ObjectEvent',
  eventTime: '2023-11-14T22:13:20.123+01:00',
  eventTimeZoneOffset: '+01:00',
  action: 'OBSERVE',
  epcList: units(2),
};
const document: Json = JSON.parse(
  JSON.stringify(documents([sample('ship')], { creationTime: TIME })[0]),
) as Json;

function refusal(read: () => unknown): { code: string; path: unknown } | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { code: error.code, path: error.details['path'] };
  }
}
const malformedAt = (path: string): object => ({ code: 'ERR_DECODE_MALFORMED', path });
const change = (fields: Json): unknown => ({ ...event, ...fields });
const changeDocument = (fields: Json): unknown => ({ ...document, ...fields });

describe('readEvent()', () => {
  it('returns the very value it was given', () => {
    expect(readEvent(event)).toBe(event);
  });

  it.each<[string, Json, string]>([
    ['an unknown type', { type: 'QuantityEvent' }, 'type'],
    ['an inherited type name', { type: 'constructor' }, 'type'],
    ['an unknown field', { colour: 'red' }, 'colour'],
    ['another type’s field', { childEPCs: units(1) }, 'childEPCs'],
    ['no time', { eventTime: undefined }, 'eventTime'],
    ['a time without zone', { eventTime: '2023-11-14T22:13:20' }, 'eventTime'],
    ['a leap second', { eventTime: '2023-11-14T23:59:60Z' }, 'eventTime'],
    ['a day that is none', { eventTime: '2023-02-30T00:00:00Z' }, 'eventTime'],
    ['a time before 1970', { eventTime: '1969-12-31T23:59:59Z' }, 'eventTime'],
    ['a far offset', { eventTimeZoneOffset: '+14:01' }, 'eventTimeZoneOffset'],
    ['a wrong action', { action: 'add' }, 'action'],
    ['a relative id', { epcList: ['01/09521141012345/21/1'] }, 'epcList[0]'],
    ['a non-ASCII id', { epcList: ['urn:x:1', 'urn:x:é'] }, 'epcList[1]'],
    ['an id twice', { epcList: ['urn:x:1', 'urn:x:1'] }, 'epcList'],
    ['nothing observed', { epcList: [] }, ''],
    ['ilmd without ADD', { ilmd: {} }, 'ilmd'],
    ['a plain ilmd field', { action: 'ADD', ilmd: { lot: 'A' } }, 'ilmd.lot'],
    ['a wrong lot', { action: 'ADD', ilmd: { 'cbvmda:lotNumber': 5 } }, 'ilmd.cbvmda:lotNumber'],
    ['a place without id', { readPoint: {} }, 'readPoint.id'],
    ['a place as text', { bizLocation: 'urn:x:1' }, 'bizLocation'],
    ['a plain field of a place', { readPoint: { id: 'urn:x:1', name: 'x' } }, 'readPoint.name'],
    [
      'a negative quantity',
      { quantityList: [{ epcClass: 'urn:x:1', quantity: -1 }] },
      'quantityList[0].quantity',
    ],
    ['a unit without quantity', { quantityList: [{ epcClass: 'urn:x:1', uom: 'KGM' }] }, 'quantityList[0]'],
    ['a source without type', { sourceList: [{ source: 'urn:x:1' }] }, 'sourceList[0].type'],
    ['an unknown source type', { sourceList: [{ type: 'owner', source: 'urn:x:1' }] }, 'sourceList[0].type'],
    ['an unknown disposition', { persistentDisposition: { set: ['lost'] } }, 'persistentDisposition.set[0]'],
    ['an empty persistent disposition', { persistentDisposition: {} }, 'persistentDisposition'],
    ['an error without time', { errorDeclaration: {} }, 'errorDeclaration.declarationTime'],
    [
      'a report without type',
      { sensorElementList: [{ sensorReport: [{ value: 1 }] }] },
      'sensorElementList[0].sensorReport[0].type',
    ],
    [
      'an element without report',
      { sensorElementList: [{ sensorReport: [] }] },
      'sensorElementList[0].sensorReport',
    ],
    ['a step of another vocabulary', { bizStep: 'urn:epcglobal:cbv:disp:active' }, 'bizStep'],
    ['a step with a space', { bizStep: 'https://example.com/a b' }, 'bizStep'],
  ])('refuses %s', (_, fields, path) => {
    const { ...value } = change(fields) as Json;
    for (const key of Object.keys(value)) if (value[key] === undefined) delete value[key];
    expect(refusal(() => readEvent(value))).toEqual(malformedAt(path));
  });

  it.each<[string, Json]>([
    ['cm:actId', { 'cm:actId': 'Jane Doe 1990-05-03' }],
    ['cm:doses', { 'cm:doses': 0 }],
    ['cm:doses', { 'cm:doses': 1.5 }],
    ['cm:doses', { 'cm:doses': '1' }],
    ['cm:presented', { 'cm:presented': '' }],
    ['cm:presented', { 'cm:presented': 'x'.repeat(2001) }],
    ['cm:presented', { 'cm:presented': '\ud800' }],
    ['cm:entryMode', { 'cm:entryMode': 'Scan' }],
    ['cm:latitude', { 'cm:latitude': 90_000_001, 'cm:longitude': 0, 'cm:radius': 0 }],
    ['cm:longitude', { 'cm:latitude': 0, 'cm:longitude': 0.5, 'cm:radius': 0 }],
    ['cm:radius', { 'cm:latitude': 0, 'cm:longitude': 0, 'cm:radius': -1 }],
    ['cm:countries', { 'cm:countries': [] }],
    ['cm:countries[0]', { 'cm:countries': ['de'] }],
    ['cm:session', { 'cm:session': 'x' }],
    ['cm:unused', { 'cm:unused': 1 }],
    ['cm:patient', { 'cm:patient': 'Jane' }],
    [`${NAMESPACE}actId`.slice(0, 40), { [`${NAMESPACE}actId`]: 'act-0123456789abcdef' }],
    ['', { 'cm:latitude': 0 }],
    ['', { 'cm:latitude': 0, 'cm:longitude': 0, 'cm:radius': 9_999, 'cm:session': 'session-0123456789' }],
  ])('refuses %s out of its range', (path, fields) => {
    expect(refusal(() => readEvent(change(fields)))).toEqual(malformedAt(path));
  });

  it('refuses or accepts any odd value in any field without any other error', () => {
    for (const [name] of BUILDERS) {
      const built = sample(name) as unknown as Json;
      for (const key of [...Object.keys(built), 'sensorElementList', 'errorDeclaration', 'ext:x']) {
        for (const odd of ODD_VALUES) refusal(() => readEvent({ ...built, [key]: odd }));
      }
    }
    for (const odd of [...ODD_VALUES, undefined]) expect(refusal(() => readEvent(odd))).toBeDefined();
  });

  it('keeps extensions of strangers, to a depth of 32', () => {
    expect(refusal(() => readEvent(change({ 'ext:x': nested(32) })))).toBeUndefined();
    expect(refusal(() => readEvent(change({ 'ext:x': nested(33) })))?.code).toBe('ERR_DECODE_LIMIT');
    expect(refusal(() => readEvent(change({ 'ext:x': nested(100_000) })))?.code).toBe('ERR_DECODE_LIMIT');
    expect(
      refusal(() => readEvent(change({ 'ext:x': JSON.parse('{"__proto__":1}') as unknown })))?.code,
    ).toBe('ERR_DECODE_MALFORMED');
    expect(refusal(() => readEvent(change({ 'ext:x': Infinity })))?.code).toBe('ERR_DECODE_MALFORMED');
    expect(
      refusal(() => readEvent(JSON.parse(JSON.stringify(event).replace('{', '{"__proto__":1,')))),
    ).toEqual(malformedAt('__proto__'));
  });

  it('refuses more than 20,000 ids, over all lists', () => {
    expect(refusal(() => readEvent(change({ epcList: units(20_000) })))).toBeUndefined();
    expect(refusal(() => readEvent(change({ epcList: units(20_001) })))?.code).toBe('ERR_DECODE_LIMIT');
    const classes = [{ epcClass: 'urn:x:1' }];
    expect(refusal(() => readEvent(change({ epcList: units(20_000), quantityList: classes })))?.code).toBe(
      'ERR_DECODE_LIMIT',
    );
  });

  it('holds each type to its own rule', () => {
    const base = { eventTime: event['eventTime'], eventTimeZoneOffset: '+01:00' };
    const parent = { ...base, type: 'AggregationEvent', parentID: 'urn:x:p' };
    expect(refusal(() => readEvent({ ...parent, action: 'DELETE' }))).toBeUndefined();
    expect(refusal(() => readEvent({ ...parent, action: 'ADD' }))).toEqual(malformedAt(''));
    const children = { ...base, type: 'AggregationEvent', childEPCs: units(1) };
    expect(refusal(() => readEvent({ ...children, action: 'OBSERVE' }))).toBeUndefined();
    expect(refusal(() => readEvent({ ...children, action: 'DELETE' }))).toEqual(malformedAt('parentID'));
    expect(refusal(() => readEvent({ ...children, type: 'AssociationEvent', action: 'OBSERVE' }))).toEqual(
      malformedAt('parentID'),
    );
    const link = { ...base, type: 'TransactionEvent', action: 'ADD', epcList: units(1) };
    expect(refusal(() => readEvent({ ...link, bizTransactionList: [] }))).toEqual(
      malformedAt('bizTransactionList'),
    );
    expect(
      refusal(() => readEvent({ ...link, bizTransactionList: [{ bizTransaction: 'urn:x:1' }] })),
    ).toBeUndefined();
    const made = { ...base, type: 'TransformationEvent', outputEPCList: units(1) };
    expect(refusal(() => readEvent(made))).toEqual(malformedAt(''));
    expect(refusal(() => readEvent({ ...made, transformationID: 'urn:x:t' }))).toBeUndefined();
    expect(refusal(() => readEvent({ ...made, inputEPCList: ['urn:x:i'] }))).toBeUndefined();
    expect(refusal(() => readEvent({ ...made, action: 'ADD' }))).toEqual(malformedAt('action'));
  });
});

describe('readDocument()', () => {
  it('returns the very value it was given', () => {
    expect(readDocument(document)).toBe(document);
  });

  it.each<[string, Json, string]>([
    ['no context', { '@context': [] }, '@context'],
    ['a context that is no list', { '@context': {} }, '@context'],
    ['another type', { type: 'EPCISQueryDocument' }, 'type'],
    ['another version', { schemaVersion: '1.2' }, 'schemaVersion'],
    ['a date alone', { creationDate: '2023-11-14' }, 'creationDate'],
    ['no events', { epcisBody: { eventList: [] } }, 'epcisBody.eventList'],
    ['a bad event', { epcisBody: { eventList: [event, {}] } }, 'epcisBody.eventList[1].type'],
    ['an unknown field', { note: 'x' }, 'note'],
    ['an unknown field of ours', { 'cm:note': 'x' }, 'cm:note'],
    ['a part alone', { 'cm:part': 1 }, ''],
    ['a part beyond the last', { 'cm:act': 'act-0123456789abcdef', 'cm:part': 3, 'cm:parts': 2 }, ''],
    ['part zero', { 'cm:act': 'act-0123456789abcdef', 'cm:part': 0, 'cm:parts': 2 }, 'cm:part'],
  ])('refuses %s', (_, fields, path) => {
    expect(refusal(() => readDocument(changeDocument(fields)))).toEqual(malformedAt(path));
  });

  it('lets nobody else use this project’s prefix or namespace', () => {
    const foreign = [{ cm: 'https://example.com/' }];
    const second = [{ cm: NAMESPACE, x: NAMESPACE }];
    const none = ['https://ref.gs1.org/standards/epcis/epcis-context.jsonld'];
    const scan = { eventList: [sample('observe')] };
    const made = { eventList: [sample('commission')] };
    const own = { eventList: [{ ...event, '@context': foreign }] };
    expect(refusal(() => readDocument(changeDocument({ '@context': foreign })))).toEqual(
      malformedAt('@context'),
    );
    expect(refusal(() => readDocument(changeDocument({ '@context': second })))).toEqual(
      malformedAt('@context'),
    );
    expect(refusal(() => readDocument(changeDocument({ '@context': none })))).toBeUndefined();
    for (const epcisBody of [scan, made]) {
      expect(refusal(() => readDocument(changeDocument({ '@context': none, epcisBody })))).toEqual(
        malformedAt('epcisBody.eventList[0]'),
      );
    }
    expect(refusal(() => readDocument(changeDocument({ epcisBody: own })))).toEqual(
      malformedAt('epcisBody.eventList[0].@context'),
    );
  });

  it('refuses or accepts any odd value in any field without any other error', () => {
    for (const key of [...Object.keys(document), 'id', 'sender', 'epcisHeader', 'ext:x']) {
      for (const odd of ODD_VALUES) refusal(() => readDocument({ ...document, [key]: odd }));
    }
    for (const odd of [...ODD_VALUES, undefined]) expect(refusal(() => readDocument(odd))).toBeDefined();
  });
});

describe('isUri()', () => {
  it.each(['urn:x:1', 'https://id.gs1.org/01/09521141012345/21/a%2Fb', 'geo:47.5,11.1', 'cm:x'])(
    'accepts %s',
    (uri) => {
      expect(isUri(uri)).toBe(true);
    },
  );

  it.each([
    '',
    'x',
    'x:',
    ':x',
    '1a:x',
    'a:b c',
    'a:%',
    'a:%2',
    'a:%zz',
    'a:\n',
    'a:b\n',
    'a:é',
    'a:<',
    `a:${'x'.repeat(2_048)}`,
  ])('refuses %j', (uri) => {
    expect(isUri(uri)).toBe(false);
  });

  it('takes linear time on text made to be tried many ways', () => {
    const cost = (length: number): number => {
      const hostile = Array.from(
        { length: 2_000 },
        (_, i) => `urn:${'%2F%2'.repeat(length / 10)}${'a'.repeat(length / 2)}${i}\u0000`,
      );
      const start = performance.now();
      for (const text of hostile) isUri(text);
      return performance.now() - start;
    };
    cost(100);
    expect(cost(1_600)).toBeLessThan(200 + 64 * cost(100));
  });
});
