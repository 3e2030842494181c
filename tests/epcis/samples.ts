/**
 * Options every builder accepts, and values nothing accepts: shared by the tests of the builders and the reader.
 * @module
 */
import * as epcis from '../../src/epcis/index.ts';

export const TIME = 1_700_000_000_123;
export const PLACE = 'https://id.gs1.org/414/0952114000015';
export const PARTY = 'https://id.gs1.org/417/0952114000015';
export const OTHER_PARTY = 'https://id.gs1.org/417/4012345000009';
export const CONTAINER = 'https://id.gs1.org/00/095211400000000019';
export const ACT = 'act-0123456789abcdef';

/** Unit ids, distinct, in order. */
export function units(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `https://id.gs1.org/01/09521141012345/21/SN${i}`);
}

const ids = units(3);
const common = { time: TIME, place: PLACE };
const handOver = { ids, ...common, from: PARTY, to: OTHER_PARTY, toPlace: PLACE };
const reading = { time: TIME, type: 'Temperature', value: -2.5, uom: 'CEL' };
const LOT = 'https://id.gs1.org/01/09521141012345/10/A-1';
const DESPATCH = 'urn:epcglobal:cbv:bt:0952114000015:4711';
const documents = [
  { type: 'inv', id: 'urn:epcglobal:cbv:bt:0952114000015:R-1' },
  { type: 'urn:x:waybill', id: 'urn:x:2' },
];
const care = {
  practitioner: 'urn:licence:cn:physician:110101',
  department: 'dermatology',
  procedure: 'level-2',
};
const region = { latitude: 52_520_000, longitude: -13_405_000, radius: 10_000 };

/** A builder as hostile callers see it. */
export type Builder = (options: never) => epcis.EpcisEvent;

/** Each builder with its fullest options. */
export const BUILDERS: readonly (readonly [string, Builder, Readonly<Record<string, unknown>>])[] = [
  [
    'commission',
    epcis.commission,
    {
      units: ids,
      ...common,
      lot: 'A-1',
      expiry: '2027-05-31',
      product: 'https://id.gs1.org/01/09521141012345',
    },
  ],
  [
    'pack',
    epcis.pack,
    { container: CONTAINER, children: ids, ...common, quantities: [{ lot: LOT, quantity: 3 }] },
  ],
  ['unpack', epcis.unpack, { container: CONTAINER, children: ids, ...common, absent: ['urn:x:1'] }],
  ['ship', epcis.ship, { ...handOver, document: DESPATCH, documents }],
  [
    'receive',
    epcis.receive,
    { ids, ...common, from: PARTY, to: OTHER_PARTY, document: DESPATCH, documents, absent: [CONTAINER] },
  ],
  [
    'accept',
    epcis.accept,
    { ids, ...common, from: PARTY, to: OTHER_PARTY, document: DESPATCH, documents, absent: [CONTAINER] },
  ],
  ['reject', epcis.reject, { ids, ...common, from: PARTY, to: OTHER_PARTY, document: DESPATCH, documents }],
  [
    'voidShipment',
    epcis.voidShipment,
    { ids, ...common, from: PARTY, to: OTHER_PARTY, document: DESPATCH, documents },
  ],
  [
    'reportDelivery',
    epcis.reportDelivery,
    { ids, ...common, from: PARTY, to: OTHER_PARTY, document: DESPATCH, documents },
  ],
  ['stockTake', epcis.stockTake, { ...common, quantities: [{ lot: LOT, quantity: 0 }] }],
  ['repack', epcis.repack, { ...common, inputs: ids, outputs: units(5).slice(3) }],
  ['undo', epcis.undo, { ids, ...common, undoes: 'dispense' }],
  ['declare', epcis.declare, { ids, ...common, set: ['stolen', 'locked'], unset: ['lost'] }],
  [
    'alias',
    epcis.alias,
    { ...common, unit: ids[0], alias: 'https://countermark.org/ns/id/cn-trace/81234560000000000001' },
  ],
  ['decline', epcis.decline, { ids, ...common, reason: 'manufacturer-policy' }],
  ['returnUnits', epcis.returnUnits, handOver],
  ['dispense', epcis.dispense, { ids, ...common, actId: ACT, doses: 2, ...care }],
  ['open', epcis.open, { ids, ...common, actId: ACT, doses: 2, ...care }],
  ['administer', epcis.administer, { ids, ...common, actId: ACT, doses: 2, ...care }],
  ['retire', epcis.retire, { ids, ...common, actId: ACT, doses: 2 }],
  ['decommission', epcis.decommission, { ids, ...common, destroyed: true }],
  ['sensor', epcis.sensor, { ids, ...common, deviceId: 'urn:epc:id:giai:4000001.111', readings: [reading] }],
  [
    'observe',
    epcis.observe,
    {
      ids,
      ...common,
      ...region,
      presented: '(01)09521141012345(21)SN0',
      entryMode: 'scan',
      countries: ['DE', 'PL'],
      session: 'session-0123456789',
      unused: true,
      claim: 'not-supplied',
      purchased: TIME,
      joint: true,
      bizStep: 'inspecting',
    },
  ],
];

/** An event of a builder with its fullest options. */
export function sample(name: string): epcis.EpcisEvent {
  const [, build, options] = BUILDERS.find(([builder]) => builder === name)!;
  return build(options as never);
}

const cyclic: unknown[] = [];
cyclic.push(cyclic);

const ODD_GROUPS: readonly (readonly unknown[])[] = [
  [null, true, 0n, Symbol('s'), () => 0, {}, [], [null], [[]], new Date(0), new Map(), new Uint8Array(3)],
  [Number.NaN, Infinity, -Infinity, -1, 0.5, 2 ** 53, 1e300],
  [
    '',
    ' ',
    '\0',
    '\ud800',
    'x'.repeat(70_000),
    '__proto__',
    '2023-13-01',
    'https://a b',
    'https://é.example/',
    'a:',
  ],
  [{ length: 3 }, { toString: () => 'https://example.com/' }, ['\udc00'], cyclic],
];

/** Values of the wrong type, size or spelling for any option and any field. */
export const ODD_VALUES: readonly unknown[] = ODD_GROUPS.flat();

/** A JSON value nested `depth` deep. */
export function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { 'ext:x': value };
  return value;
}
