// Goal:   an act says what its event says: the step, the marks, the rarer contents, and nothing where there is nothing.
// Method: events as built and as others spell them, side by side with the act expected; temperatures against a table by hand.
import { describe, expect, it } from 'vitest';
import {
  MARKS,
  NOTHING_MORE,
  STEPS,
  actOfEvent,
  actsOfDocument,
  contentOf,
  isSameEvent,
  milliCelsius,
  moves,
  rankOf,
  readingsOf,
  type Act,
  type ActMore,
  type Step,
} from '../../src/custody/index.ts';
import * as epcis from '../../src/epcis/index.ts';
import { NAMESPACE, type EpcisEvent } from '../../src/epcis/event.ts';
import { BUILDERS, CONTAINER, PARTY, PLACE, TIME, sample, units } from '../epcis/samples.ts';

const source = { entry: 3, recordTimeMs: TIME + 1000, issuer: PARTY, kid: 'k' };
const ids = units(2);
const common = { time: TIME, place: PLACE };
const actOf = (event: EpcisEvent): Act => actOfEvent(event, { entry: 3, event: 0 }, source);
const moreOf = (event: EpcisEvent): ActMore | undefined => actOf(event).more;
const looked = epcis.observe({ ids, ...common });
const shipped = epcis.ship({ ids, ...common, from: PARTY, to: 'urn:x:to' });

describe('the step of an event', () => {
  it.each<[string, Step]>([
    ['commission', 'commission'],
    ['pack', 'pack'],
    ['unpack', 'unpack'],
    ['ship', 'ship'],
    ['receive', 'receive'],
    ['accept', 'receive'],
    ['reject', 'reject'],
    ['voidShipment', 'void'],
    ['reportDelivery', 'observe'],
    ['returnUnits', 'return'],
    ['stockTake', 'observe'],
    ['repack', 'transform'],
    ['undo', 'undo'],
    ['declare', 'declare'],
    ['alias', 'other'],
    ['decline', 'observe'],
    ['dispense', 'dispense'],
    ['open', 'open'],
    ['administer', 'administer'],
    ['retire', 'retire'],
    ['decommission', 'destroy'],
    ['sensor', 'sensor'],
    ['observe', 'observe'],
  ])('%s is %s', (builder, step) => {
    expect(actOf(sample(builder)).step).toBe(step);
  });

  it('is known for every builder', () => {
    expect(BUILDERS.length).toBe(23);
  });

  it.each<[string, Partial<epcis.ObjectEvent>, Step]>([
    ['undoing a dispense', { bizStep: `${NAMESPACE}bizStep/undoing`, 'cm:undoes': 'dispense' }, 'undo'],
    ['undoing a mark', { bizStep: `${NAMESPACE}bizStep/undoing`, 'cm:undoes': 'locked' }, 'declare'],
    ['undoing a destruction', { bizStep: `${NAMESPACE}bizStep/undoing`, 'cm:undoes': 'destroy' }, 'other'],
    ['undoing nothing', { bizStep: `${NAMESPACE}bizStep/undoing` }, 'other'],
    ['a word without its step', { 'cm:undoes': 'dispense' }, 'observe'],
    ['sampling', { bizStep: 'sampling' }, 'declare'],
    ['holding', { bizStep: 'urn:epcglobal:cbv:bizstep:holding' }, 'declare'],
    ['a stolen pack seen', { disposition: 'stolen' }, 'declare'],
    ['a damaged pack received', { bizStep: 'receiving', disposition: 'damaged' }, 'receive'],
    ['a shipment voided', { bizStep: 'https://ref.gs1.org/cbv/BizStep-void_shipping' }, 'void'],
    ['a shipment accepted', { bizStep: 'accepting' }, 'receive'],
  ])('%s', (_, change, step) => {
    expect(actOf({ ...looked, ...change } as EpcisEvent).step).toBe(step);
  });

  it('is a correction wherever an error is declared', () => {
    for (const [name] of BUILDERS) {
      const event = epcis.correct(sample(name), { time: TIME, reason: 'did_not_occur' });
      const act = actOf(event);
      expect(act.step, name).toBe('correct');
      expect(act.ids, name).toEqual(actOf(sample(name)).ids);
      expect(act.eventId, name).toBe(event.eventID);
      expect(act.more?.corrects).toEqual({ declaredMs: TIME, reason: 'did_not_occur', corrective: [] });
    }
  });

  it('moves nothing where goods stay where they are', () => {
    expect(STEPS.filter((step) => !moves(step)).every((step) => rankOf(step) > rankOf('ship'))).toBe(true);
  });
});

describe('the rarer contents of an event', () => {
  it('are absent from plain events', () => {
    const plain = [
      epcis.commission({ units: ids, ...common, lot: 'A' }),
      epcis.pack({ container: CONTAINER, children: ids, ...common }),
      epcis.unpack({ container: CONTAINER, ...common }),
      shipped,
      epcis.receive({ ids, ...common, from: PARTY }),
      epcis.dispense({ ids, ...common, actId: 'a'.repeat(16) }),
      epcis.administer({ ids, ...common, actId: 'a'.repeat(16) }),
      epcis.retire({ ids, ...common }),
      epcis.decommission({ ids, ...common }),
      looked,
    ];
    for (const event of plain) expect(moreOf(event), event.bizStep).toBeUndefined();
  });

  it('are one object for all events that name the same one document', () => {
    const one = moreOf(epcis.receive({ ids, ...common, document: 'urn:x:1' }));
    expect(one).toEqual({ ...NOTHING_MORE, documents: ['desadv'] });
    expect(moreOf(epcis.receive({ ids, ...common, document: 'urn:x:2' }))).toBe(one);
  });

  it('name documents by their bare words, each once', () => {
    const documents = [
      { type: 'urn:epcglobal:cbv:btt:inv', id: 'urn:x:1' },
      { type: 'inv', id: 'urn:x:2' },
      { type: 'urn:x:waybill', id: 'urn:x:3' },
    ];
    expect(moreOf(epcis.receive({ ids, ...common, document: 'urn:x:1', documents }))?.documents).toEqual([
      'desadv',
      'inv',
      'urn:x:waybill',
    ]);
  });

  it('hold every mark a builder may set or lift', () => {
    for (const mark of MARKS) {
      expect(moreOf(epcis.declare({ ids, ...common, set: [mark] }))?.sets).toEqual([mark]);
      expect(moreOf(epcis.declare({ ids, ...common, unset: [mark] }))?.unsets).toEqual([mark]);
      expect(moreOf(epcis.undo({ ids, ...common, undoes: mark }))).toMatchObject({
        undoes: mark,
        unsets: [mark],
        sets: [],
      });
    }
  });

  it('know no mark in other words', () => {
    const others = ['active', 'expired', `${NAMESPACE}disp/sold`, 'urn:x:stolen'];
    for (const disposition of others) expect(moreOf({ ...looked, disposition })).toBeUndefined();
  });

  it('count whole units of lots, in any spelling of the lot, where somebody took stock', () => {
    const quantityList = [
      { epcClass: 'urn:epc:class:lgtin:4012345.012345.998877', quantity: 20 },
      { epcClass: 'https://example.com/01/04012345123456/10/A', quantity: 0 },
      { epcClass: 'https://id.gs1.org/01/04012345123456', quantity: 5 },
      { epcClass: 'https://id.gs1.org/01/04012345123456/10/B', quantity: 1.5, uom: 'KGM' },
      { epcClass: 'https://id.gs1.org/01/04012345123456/10/C', quantity: 1.5 },
      { epcClass: 'https://id.gs1.org/01/04012345123456/10/D' },
    ];
    const expected = [
      { lot: 'https://id.gs1.org/01/04012345123456/10/998877', quantity: 20 },
      { lot: 'https://id.gs1.org/01/04012345123456/10/A', quantity: 0 },
    ];
    for (const bizStep of ['stock_taking', 'cycle_counting']) {
      expect(moreOf({ ...looked, bizStep, quantityList })?.stock).toEqual(expected);
    }
    expect(moreOf({ ...looked, quantityList })).toBeUndefined();
  });

  it('tell outputs from inputs', () => {
    const act = actOf(epcis.repack({ ...common, inputs: [ids[0]!], outputs: [ids[1]!] }));
    expect(act.ids).toEqual(ids);
    expect(act.more?.outputs).toEqual([ids[1]]);
  });

  it('append an alias to the ids, and leave absent ids out of them', () => {
    const trace = `${NAMESPACE}id/cn-trace/81234560000000000016`;
    const named = actOf(epcis.alias({ ...common, unit: ids[0]!, alias: trace }));
    expect(named.ids).toEqual([ids[0], trace]);
    expect(named.more?.alias).toBe(trace);
    const absent = ['https://example.com/01/09521141012345/21/SN9'];
    const taken = actOf(epcis.receive({ ids, ...common, absent }));
    expect(taken.ids).toEqual(ids);
    expect(taken.more?.absent).toEqual(['https://id.gs1.org/01/09521141012345/21/SN9']);
  });

  it('carry claims, practitioner and refusals as said', () => {
    expect(moreOf(sample('observe'))).toMatchObject({
      claim: 'not-supplied',
      purchasedMs: TIME,
      joint: true,
    });
    expect(moreOf(sample('administer'))).toMatchObject({
      practitioner: 'urn:licence:cn:physician:110101',
      department: 'dermatology',
      procedure: 'level-2',
    });
    expect(moreOf(sample('decline'))?.declined).toBe('manufacturer-policy');
  });
});

describe('the content of an act', () => {
  it('is the same under another eventID, key, record time and part, and no other', () => {
    const first = actOf(shipped);
    const again = actOfEvent(
      { ...shipped, eventID: 'urn:uuid:1' },
      { entry: 9, event: 2 },
      {
        ...source,
        recordTimeMs: TIME + 5000,
        kid: 'other',
      },
    );
    expect(isSameEvent(first, again)).toBe(true);
    const document = { ...epcis.documents([shipped], { creationTime: TIME })[0]!, 'cm:act': 'a'.repeat(16) };
    const [inPart] = actsOfDocument({ ...document, 'cm:part': 1, 'cm:parts': 2 }, source);
    expect(inPart!.more?.part).toEqual({ act: 'a'.repeat(16), part: 1, parts: 2 });
    expect(contentOf({ ...inPart!, more: undefined })).toBe(contentOf(first));
    const named = actOf(epcis.ship({ ids, ...common, from: PARTY, to: 'urn:x:to', document: 'urn:x:1' }));
    expect(isSameEvent(first, named)).toBe(false);
  });
});

describe('temperatures', () => {
  it.each<[number, string, number | undefined]>([
    [5, 'CEL', 5000],
    [-0, 'CEL', 0],
    [-2.5, 'CEL', -2500],
    [8.0005, 'CEL', 8001],
    [8.0004, 'CEL', 8000],
    [-0.0004, 'CEL', 0],
    [1.005, 'CEL', 1005],
    [2.675, 'CEL', 2675],
    [1 / 3, 'CEL', 333],
    [-273.15, 'CEL', -273_150],
    [-273.16, 'CEL', undefined],
    [32, 'FAH', 0],
    [41, 'FAH', 5000],
    [46.4, 'FAH', 8000],
    [0, 'FAH', -17_778],
    [-40, 'FAH', -40_000],
    [278.15, 'KEL', 5000],
    [273.15, 'KEL', 0],
    [0, 'KEL', -273_150],
    [-1, 'KEL', undefined],
    [5, 'C', undefined],
    [5, 'cel', undefined],
    [5, 'A97', undefined],
    [1e300, 'CEL', undefined],
    [Number.NaN, 'CEL', undefined],
    [Infinity, 'KEL', undefined],
  ])('%d %s is %s milli-degrees', (value, unit, milli) => {
    expect(milliCelsius(value, unit)).toBe(milli);
  });

  it('are the same in all units, over the whole range of a cold chain', () => {
    for (let milli = -80_000; milli <= 60_000; milli += 50) {
      const tenths = milli / 1000;
      expect(milliCelsius(tenths, 'CEL')).toBe(milli);
      expect(milliCelsius(tenths + 273.15, 'KEL')).toBe(milli);
      expect(milliCelsius((tenths * 9) / 5 + 32, 'FAH')).toBe(milli);
    }
  });

  const minute = 60_000;
  const text = (ms: number): string => new Date(ms).toISOString();
  const element = (
    metadata: Readonly<Record<string, unknown>> | undefined,
    ...reports: readonly Readonly<Record<string, unknown>>[]
  ) => ({
    ...(metadata !== undefined && { sensorMetadata: metadata }),
    sensorReport: reports.map((report) => ({ type: 'Temperature', uom: 'CEL', ...report })),
  });

  it('come from a report’s instant, its element’s period or instant, or the event, in this order', () => {
    const from = text(TIME - 30 * minute);
    const until = text(TIME - 10 * minute);
    const found = (metadata: object | undefined, report: object) => {
      const [reading] = readingsOf([element(metadata as never, { value: 5, ...report })], TIME).readings;
      return [reading?.startMs, reading?.endMs].map((ms) => (ms === undefined ? ms : (TIME - ms) / minute));
    };
    expect(found(undefined, { time: until })).toEqual([10, 10]);
    expect(found({ startTime: from, endTime: until }, {})).toEqual([30, 10]);
    expect(found({ startTime: from, endTime: until }, { time: until })).toEqual([10, 10]);
    expect(found({ startTime: from }, {})).toEqual([30, 0]);
    expect(found({ endTime: until }, {})).toEqual([10, 10]);
    expect(found({ time: from }, {})).toEqual([30, 30]);
    expect(found(undefined, {})).toEqual([0, 0]);
  });

  it('take their bounds from what is given, and their device from report or element', () => {
    const bounds = (report: object) => {
      const [reading] = readingsOf([element({ deviceID: 'urn:x:d' }, report as never)], TIME).readings;
      return [reading?.minMilliC, reading?.maxMilliC, reading?.device];
    };
    expect(bounds({ value: 5 })).toEqual([5000, 5000, 'urn:x:d']);
    expect(bounds({ minValue: 2, maxValue: 8 })).toEqual([2000, 8000, 'urn:x:d']);
    expect(bounds({ minValue: 2, meanValue: 5 })).toEqual([2000, 5000, 'urn:x:d']);
    expect(bounds({ maxValue: -20, meanValue: -21 })).toEqual([-21_000, -20_000, 'urn:x:d']);
    expect(bounds({ meanValue: 5, deviceID: 'urn:x:e' })).toEqual([5000, 5000, 'urn:x:e']);
    expect(bounds({ stringValue: 'cold' })).toEqual([undefined, undefined, undefined]);
  });

  it.each<[string, object | undefined, object, string]>([
    ['a time after the event', undefined, { time: text(TIME + 1) }, 'time'],
    [
      'a period that ends after the event',
      { startTime: text(TIME - 1), endTime: text(TIME + 1) },
      {},
      'time',
    ],
    ['a start after its end', { startTime: text(TIME - 1), endTime: text(TIME - 2) }, {}, 'time'],
    [
      'a time outside its period',
      { startTime: text(TIME - 9), endTime: text(TIME - 8) },
      { time: text(TIME) },
      'time',
    ],
    ['no unit', undefined, { uom: undefined }, 'unit'],
    ['a unit that is none of temperature', undefined, { uom: 'KGM' }, 'unit'],
    ['colder than nothing', undefined, { value: -300 }, 'unit'],
    ['least above greatest', undefined, { value: undefined, minValue: 8, maxValue: 2 }, 'contradiction'],
    ['a value outside its bounds', undefined, { value: 9, minValue: 2, maxValue: 8 }, 'contradiction'],
  ])('name a fault and measure nothing: %s', (_, metadata, report, fault) => {
    const odd = {
      sensorMetadata: metadata,
      sensorReport: [{ type: 'Temperature', value: 5, uom: 'CEL', ...report }],
    };
    expect(readingsOf([odd as never], TIME)).toEqual({ readings: [], faults: [fault] });
  });

  it('contradict each other only where one device says two things of one time', () => {
    const at = (start: number, end: number, value: object, deviceID = 'urn:x:d') =>
      element(
        { deviceID, startTime: text(TIME - start * minute), endTime: text(TIME - end * minute) },
        value as never,
      );
    const cold = { minValue: 2, maxValue: 4 };
    const warm = { minValue: 5, maxValue: 6 };
    const faults = (...elements: readonly ReturnType<typeof element>[]) => readingsOf(elements, TIME).faults;
    expect(faults(at(60, 30, cold), at(60, 30, warm))).toEqual(['contradiction']);
    expect(faults(at(60, 30, cold), at(45, 10, warm))).toEqual(['contradiction']);
    expect(faults(at(60, 30, cold), at(45, 45, warm))).toEqual(['contradiction']);
    expect(faults(at(45, 45, cold), at(45, 45, warm))).toEqual(['contradiction']);
    expect(faults(at(60, 30, cold), at(30, 0, warm))).toEqual([]);
    expect(faults(at(60, 30, cold), at(60, 30, warm, 'urn:x:e'))).toEqual([]);
    expect(faults(at(60, 30, cold), at(45, 10, { minValue: 4, maxValue: 9 }))).toEqual([]);
  });

  it('are in order of time, whatever the order of reports, and none of other measurements', () => {
    const event = epcis.sensor({
      ids,
      ...common,
      deviceId: 'urn:x:d',
      readings: [
        { time: TIME, type: 'Temperature', value: 5, uom: 'CEL' },
        { time: TIME - minute, type: 'RelativeHumidity', value: 50, uom: 'A93' },
        { time: TIME - minute, type: 'Temperature', value: 41, uom: 'FAH' },
      ],
    });
    expect(moreOf(event)?.readings.map(({ startMs, minMilliC }) => [TIME - startMs, minMilliC])).toEqual([
      [minute, 5000],
      [0, 5000],
    ]);
    expect(moreOf(event)?.sensorFaults).toEqual([]);
  });
});
