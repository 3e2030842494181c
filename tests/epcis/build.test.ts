// Goal:   every builder gives one event for one set of options, the strict reader accepts it, and nothing odd gets in.
// Method: exact events by hand; each option of each builder replaced by each odd value, dropped, or joined by an unknown one.
import { describe, expect, it } from 'vitest';
import * as epcis from '../../src/epcis/index.ts';
import { errorCode } from '../../src/errors.ts';
import { sha256 } from '../../src/crypto/index.ts';
import { toHex, utf8Encode } from '../../src/bytes/index.ts';
import {
  ACT,
  BUILDERS,
  CONTAINER,
  ODD_VALUES,
  OTHER_PARTY,
  PARTY,
  PLACE,
  TIME,
  sample,
  units,
} from './samples.ts';

const ids = units(2);
const common = { time: TIME, place: PLACE };
const where = { readPoint: { id: PLACE }, bizLocation: { id: PLACE } };
const when = { eventTime: '2023-11-14T22:13:20.123Z', eventTimeZoneOffset: '+00:00' };

function argumentCode(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    return error instanceof TypeError || error instanceof RangeError ? errorCode(error) : String(error);
  }
  return undefined;
}

/** Options a builder may leave out. */
const OPTIONAL = new Set(
  (
    'eventID expiry product toPlace document documents absent doses destroyed presented entryMode countries unused bizStep ' +
    'practitioner department procedure claim purchased joint set unset'
  ).split(' '),
);
const OPTIONAL_OF: Readonly<Record<string, readonly string[]>> = {
  unpack: ['children'],
  receive: ['from', 'to'],
  accept: ['from', 'to'],
  pack: ['quantities'],
  reject: ['from', 'to'],
  reportDelivery: ['from', 'to'],
  voidShipment: ['from', 'to'],
  open: ['actId'],
  administer: ['actId'],
  retire: ['actId'],
  observe: ['ids', 'place'],
};

describe.each(BUILDERS)('%s()', (name, build, options) => {
  it('builds what the strict reader accepts, with its hash as id, in a fixed key order', () => {
    const event = build(options as never);
    expect(epcis.readEvent(JSON.parse(JSON.stringify(event)))).toEqual(event);
    expect(event.eventID).toBe(epcis.eventHash(event));
    expect(Object.keys(event).slice(0, 4)).toEqual(['type', 'eventID', 'eventTime', 'eventTimeZoneOffset']);
    const reversed = Object.fromEntries(Object.entries(options).reverse());
    expect(JSON.stringify(build(reversed as never))).toBe(JSON.stringify(event));
  });

  it('takes an id given to it', () => {
    expect(build({ ...options, eventID: 'urn:uuid:1' } as never).eventID).toBe('urn:uuid:1');
  });

  it('refuses unknown options and options that are no object', () => {
    for (const odd of [
      { ...options, unknown: 1 },
      { ...options, constructor: 1 },
      null,
      undefined,
      1,
      'x',
      [],
      [options],
    ]) {
      expect(argumentCode(() => build(odd as never))).toMatch(/^ERR_/);
    }
  });

  it('refuses to go without a required option', () => {
    for (const key of Object.keys(options)) {
      const { [key]: _, ...rest } = options;
      const code = argumentCode(() => build(rest as never));
      if (OPTIONAL.has(key) || OPTIONAL_OF[name]?.includes(key)) expect(code, key).toBeUndefined();
      else expect(code, key).toMatch(/^ERR_/);
    }
  });

  it('refuses odd values, or builds what the reader accepts', () => {
    for (const key of [...Object.keys(options), 'eventID']) {
      for (const odd of ODD_VALUES) {
        let event: epcis.EpcisEvent | undefined;
        const code = argumentCode(() => (event = build({ ...options, [key]: odd } as never)));
        if (code === undefined) expect(epcis.readEvent(event)).toBe(event);
        else expect(code, `${key} ${String(odd)}`).toMatch(/^ERR_(INVALID_ARG_TYPE|OUT_OF_RANGE)$/);
      }
    }
  });

  it('refuses impossible times', () => {
    for (const time of [-1, 0.5, 253_402_300_800_000, Number.NaN, '2023-11-14T22:13:20Z', new Date(0), 5n]) {
      expect(argumentCode(() => build({ ...options, time } as never))).toMatch(/^ERR_/);
    }
    expect(build({ ...options, time: 0 } as never).eventTime).toBe('1970-01-01T00:00:00.000Z');
  });

  it('refuses empty lists, repeated ids and huge lists', () => {
    for (const key of ['units', 'ids', 'children', 'readings', 'inputs', 'outputs', 'absent'].filter(
      (list) => list in options,
    )) {
      const lists = [
        ...(key === 'readings' ? [] : [[ids[0], ids[0]], units(20_001)]),
        ...(name === 'observe' ? [] : [[]]),
      ];
      for (const list of lists) {
        expect(
          argumentCode(() => build({ ...options, [key]: list } as never)),
          key,
        ).toBe('ERR_OUT_OF_RANGE');
      }
    }
  });
});

describe('commission()', () => {
  it('builds an ADD with the lot in ilmd', () => {
    const event = epcis.commission({ units: ids, ...common, lot: 'A"1', expiry: '2028-02-29' });
    expect(event).toEqual({
      type: 'ObjectEvent',
      eventID: event.eventID,
      ...when,
      action: 'ADD',
      bizStep: 'commissioning',
      disposition: 'active',
      epcList: ids,
      ...where,
      ilmd: { 'cbvmda:lotNumber': 'A"1', 'cbvmda:itemExpirationDate': '2028-02-29' },
    });
  });

  it('keeps a copy of the ids', () => {
    const list = units(2);
    const event = epcis.commission({ units: list, ...common, lot: 'A' });
    list.push('urn:x:3');
    expect(event.epcList).toEqual(units(2));
  });

  it.each(['', 'A B', 'é', 'A'.repeat(21), '<'.repeat(20) + 'x'])('refuses lot %j', (lot) => {
    expect(() => epcis.commission({ units: ids, ...common, lot })).toThrow(RangeError);
  });

  it.each(['2027-02-29', '2027-1-1', '27-01-01', '270531', '2027-05-00'])('refuses expiry %s', (expiry) => {
    expect(() => epcis.commission({ units: ids, ...common, lot: 'A', expiry })).toThrow(RangeError);
  });
});

describe('pack() and unpack()', () => {
  it('build aggregations; unpacking without children means all', () => {
    const packed = epcis.pack({ container: CONTAINER, children: ids, ...common });
    expect(packed).toMatchObject({
      action: 'ADD',
      bizStep: 'packing',
      parentID: CONTAINER,
      childEPCs: ids,
      ...where,
    });
    const all = epcis.unpack({ container: CONTAINER, ...common });
    expect(all).toMatchObject({
      type: 'AggregationEvent',
      action: 'DELETE',
      bizStep: 'unpacking',
      parentID: CONTAINER,
    });
    expect(all).not.toHaveProperty('childEPCs');
    expect(epcis.readEvent(all)).toBe(all);
  });

  it('refuse a container within itself', () => {
    expect(() => epcis.pack({ container: CONTAINER, children: [CONTAINER], ...common })).toThrow(RangeError);
  });
});

describe('ship(), receive() and returnUnits()', () => {
  it('name the parties, the place and the document', () => {
    const document = 'urn:epcglobal:cbv:bt:0952114000015:1';
    const parties = {
      sourceList: [{ type: 'possessing_party', source: PARTY }],
      destinationList: [
        { type: 'possessing_party', destination: OTHER_PARTY },
        { type: 'location', destination: PLACE },
      ],
    };
    const shipped = epcis.ship({ ids, ...common, from: PARTY, to: OTHER_PARTY, toPlace: PLACE, document });
    const words = { action: 'OBSERVE', bizStep: 'shipping', disposition: 'in_transit' };
    const desadv = { bizTransactionList: [{ type: 'desadv', bizTransaction: document }] };
    expect(shipped).toEqual({
      type: 'ObjectEvent',
      eventID: shipped.eventID,
      ...when,
      ...words,
      epcList: ids,
      ...where,
      ...desadv,
      ...parties,
    });
    expect(sample('returnUnits')).toMatchObject({ bizStep: 'shipping', disposition: 'returned', ...parties });
    const received = epcis.receive({ ids, ...common });
    expect(received).toMatchObject({ bizStep: 'receiving', disposition: 'in_progress' });
    expect(received).not.toHaveProperty('sourceList');
    expect(received).not.toHaveProperty('destinationList');
  });
});

describe('dispense(), open(), administer(), retire() and decommission()', () => {
  it('use the words of CBV where it has them, else this project’s', () => {
    expect(sample('dispense')).toMatchObject({
      bizStep: 'dispensing',
      disposition: 'dispensed',
      'cm:actId': ACT,
      'cm:doses': 2,
    });
    expect(sample('open')).toMatchObject({ bizStep: 'https://countermark.org/ns/bizStep/opening' });
    expect(sample('administer')).toMatchObject({ bizStep: epcis.BIZ_STEP_ADMINISTERING });
    expect(sample('retire')).toMatchObject({ bizStep: epcis.BIZ_STEP_RETIRING });
    expect(sample('decommission')).toMatchObject({
      action: 'DELETE',
      bizStep: 'destroying',
      disposition: 'destroyed',
    });
    const inactive = epcis.decommission({ ids, ...common });
    expect(inactive).toMatchObject({ action: 'DELETE', bizStep: 'decommissioning', disposition: 'inactive' });
  });

  it.each(['short', 'x'.repeat(65), 'Jane Doe, 3 May 1990', 'patient@example.com'])(
    'refuse the act id %j',
    (actId) => {
      expect(() => epcis.dispense({ ids, ...common, actId })).toThrow(RangeError);
    },
  );

  it.each([0, 1001, 1.5, -1])('refuse %d doses', (doses) => {
    expect(() => epcis.administer({ ids, ...common, doses })).toThrow(RangeError);
  });
});

describe('observe()', () => {
  it('lets the code stand for the object when it names none', () => {
    const presented = '\x1d01\u{1f600}\n"?"';
    const event = epcis.observe({ time: TIME, presented, ids: [] });
    const hash = toHex(sha256(utf8Encode(presented)));
    expect(event.epcList).toEqual([`https://countermark.org/ns/code/${hash}`]);
    expect(event['cm:presented']).toBe(presented);
    expect(event).not.toHaveProperty('readPoint');
    expect(epcis.readEvent(event)).toBe(event);
    expect(() => epcis.observe({ time: TIME, ids: [] })).toThrow(RangeError);
  });

  it('takes a region whole or not at all', () => {
    for (const part of [{ latitude: 1 }, { longitude: 1, radius: 1 }, { radius: 5 }]) {
      expect(() => epcis.observe({ time: TIME, ids, ...part })).toThrow(RangeError);
    }
  });

  it('refuses a consumer’s place smaller than 10 km, not a party’s', () => {
    const spot = { time: TIME, ids, latitude: 1, longitude: 1, radius: 9_999 };
    expect(() => epcis.observe({ ...spot, session: 'session-0123456789' })).toThrow(RangeError);
    expect(epcis.observe(spot)['cm:radius']).toBe(9_999);
  });

  it.each([['de'], ['DEU'], ['D1'], ['DE', 'DE']])('refuses the countries %j', (...countries) => {
    expect(() => epcis.observe({ time: TIME, ids, countries })).toThrow(RangeError);
  });
});

describe('sensor()', () => {
  it('reports each reading in order under one device', () => {
    const readings = [2, -1.25].map((value, i) => ({
      time: TIME + i,
      type: 'Temperature',
      value,
      uom: 'CEL',
    }));
    const event = epcis.sensor({ ids, ...common, deviceId: 'urn:epc:id:giai:4000001.111', readings });
    expect(event.bizStep).toBe('sensor_reporting');
    expect(event.sensorElementList).toEqual([
      {
        sensorMetadata: { deviceID: 'urn:epc:id:giai:4000001.111' },
        sensorReport: [
          { type: 'Temperature', value: 2, uom: 'CEL', time: '2023-11-14T22:13:20.123Z' },
          { type: 'Temperature', value: -1.25, uom: 'CEL', time: '2023-11-14T22:13:20.124Z' },
        ],
      },
    ]);
  });

  it('refuses odd readings', () => {
    const reading = { time: TIME, type: 'Temperature', value: 1, uom: 'CEL' };
    const odd = [
      { value: Number.NaN },
      { value: '1' },
      { type: 'Warmth' },
      { uom: '' },
      { uom: 'é' },
      { time: 0.5 },
      { more: 1 },
    ];
    for (const change of odd) {
      const readings = [{ ...reading, ...change }] as never;
      expect(argumentCode(() => epcis.sensor({ ids, ...common, deviceId: 'urn:x:1', readings }))).toMatch(
        /^ERR_/,
      );
    }
  });
});
