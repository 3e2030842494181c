// Goal:   split documents fit, lose nothing, repeat nothing, keep the order and say which part they are.
// Method: properties over random events and sizes; hand cases for what may not be split.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EpcisDocument,
  type EpcisEvent,
  commission,
  documents,
  eventHash,
  observe,
  pack,
  readDocument,
  sensor,
  ship,
} from '../../src/epcis/index.ts';
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

const common = { time: TIME, place: PLACE };
const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value), 'utf8');
const eventsOf = (parts: readonly EpcisDocument[]): EpcisEvent[] =>
  parts.flatMap((part) => [...part.epcisBody.eventList]);
const idsOf = (events: readonly EpcisEvent[]): string[] =>
  events.flatMap((event) => [
    ...('epcList' in event ? event.epcList! : 'childEPCs' in event ? event.childEPCs! : []),
  ]);

/** Events of different size whose ids never repeat. */
const someEvents: fc.Arbitrary<EpcisEvent[]> = fc
  .array(
    fc.record({
      count: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 300 })),
      kind: fc.constantFrom('commission', 'ship', 'pack', 'observe'),
      serial: fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom(...'abcXYZ019-._~') }),
      presented: fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((drafts) =>
    drafts.map(({ count, kind, serial, presented }, event) => {
      const ids = Array.from(
        { length: count },
        (_, i) => `https://id.gs1.org/01/09521141012345/21/${event}_${i}_${serial}`,
      );
      if (kind === 'commission') return commission({ units: ids, ...common, lot: 'A' });
      if (kind === 'ship') return ship({ ids, ...common, from: PARTY, to: OTHER_PARTY });
      if (kind === 'pack') return pack({ container: CONTAINER, children: ids, ...common });
      return observe({ time: TIME, ids, presented });
    }),
  );

describe('documents()', () => {
  it('never exceeds the size, keeps every id exactly once and in order, and numbers the parts', () => {
    fc.assert(
      fc.property(someEvents, fc.integer({ min: 1_500, max: 65_000 }), (events, payloadBytesMax) => {
        const parts = documents(events, { creationTime: TIME, payloadBytesMax });
        for (const part of parts) expect(bytes(part)).toBeLessThanOrEqual(payloadBytesMax);
        expect(idsOf(eventsOf(parts))).toEqual(idsOf(events));
        if (parts.length === 1) expect(parts[0]).not.toHaveProperty('cm:act');
        else {
          expect(parts.map((part) => part['cm:part'])).toEqual(parts.map((_, i) => i + 1));
          expect(new Set(parts.map((part) => part['cm:parts']))).toEqual(new Set([parts.length]));
          expect(new Set(parts.map((part) => part['cm:act'])).size).toBe(1);
        }
        for (const part of parts) expect(readDocument(JSON.parse(JSON.stringify(part)))).toEqual(part);
        for (const event of eventsOf(parts)) expect(event.eventID).toBe(eventHash(event));
        expect(JSON.stringify(documents(events, { creationTime: TIME, payloadBytesMax }))).toBe(
          JSON.stringify(parts),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('leaves what fits as it is', () => {
    const events = BUILDERS.map(([name]) => sample(name));
    const [only, ...others] = documents(events, { creationTime: TIME });
    expect(others).toEqual([]);
    expect(only).toEqual({
      '@context': [
        'https://ref.gs1.org/standards/epcis/epcis-context.jsonld',
        { cm: 'https://countermark.org/ns/' },
      ],
      type: 'EPCISDocument',
      schemaVersion: '2.0',
      creationDate: '2023-11-14T22:13:20.123Z',
      epcisBody: { eventList: events },
    });
  });

  it('fits exactly to the byte', () => {
    const events = [observe({ time: TIME, presented: 'é\u{1f600}\u2028"'.repeat(200) }), sample('ship')];
    const size = bytes(documents(events, { creationTime: TIME })[0]);
    expect(documents(events, { creationTime: TIME, payloadBytesMax: size })).toHaveLength(1);
    expect(documents(events, { creationTime: TIME, payloadBytesMax: size - 1 })).toHaveLength(2);
  });

  it('fills parts well and gives each part of an event its own id', () => {
    const parts = documents([commission({ units: units(20_000), ...common, lot: 'A' })], {
      creationTime: TIME,
      actId: ACT,
    });
    for (const part of parts.slice(0, -1)) expect(bytes(part)).toBeGreaterThan(59_500);
    const ids = eventsOf(parts).map((event) => event.eventID);
    expect(new Set(ids).size).toBe(parts.length);
    expect(parts[0]?.['cm:act']).toBe(ACT);
    for (const event of eventsOf(parts))
      expect(event).toMatchObject({ ilmd: { 'cbvmda:lotNumber': 'A' }, action: 'ADD' });
  });

  it('splits long reports of measurements, each part for all ids', () => {
    const readings = Array.from({ length: 3_000 }, (_, i) => ({
      time: TIME + i,
      type: 'Temperature',
      value: i / 100,
      uom: 'CEL',
    }));
    const event = sensor({ ids: units(20), ...common, deviceId: 'urn:epc:id:giai:4000001.111', readings });
    const parts = documents([event], { creationTime: TIME });
    const reports = eventsOf(parts).flatMap((part) =>
      part.sensorElementList!.flatMap((element) => element.sensorReport),
    );
    expect(reports).toEqual(event.sensorElementList![0]!.sensorReport);
    for (const part of parts) expect(bytes(part)).toBeLessThanOrEqual(60_000);
    for (const part of eventsOf(parts)) expect(idsOf([part])).toEqual(units(20));
  });

  it('splits both ways when neither is enough', () => {
    const readings = Array.from({ length: 300 }, (_, i) => ({
      time: TIME + i,
      type: 'Temperature',
      value: i,
      uom: 'CEL',
    }));
    const event = sensor({ ids: units(500), ...common, deviceId: 'urn:x:1', readings });
    const parts = documents([event], { creationTime: TIME, payloadBytesMax: 8_000 });
    for (const part of parts) expect(bytes(part)).toBeLessThanOrEqual(8_000);
    const seen = eventsOf(parts).flatMap((part) =>
      part.sensorElementList!.flatMap(({ sensorReport }) =>
        sensorReport.flatMap(({ value }) => idsOf([part]).map((id) => `${String(value)} ${id}`)),
      ),
    );
    expect(new Set(seen).size).toBe(150_000);
    expect(seen.length).toBe(150_000);
  });

  it('counts quantities once', () => {
    const event: EpcisEvent = {
      ...commission({ units: units(3_000), ...common, lot: 'A' }),
      quantityList: [{ epcClass: 'urn:x:1', quantity: 5 }],
    };
    const parts = eventsOf(documents([event], { creationTime: TIME }));
    expect(parts.map((part) => 'quantityList' in part)).toEqual(parts.map((_, i) => i === 0));
  });

  it('refuses what is too large and may not be split', () => {
    const frame = { eventTime: '2023-11-14T22:13:20Z', eventTimeZoneOffset: '+00:00' };
    const transformation: EpcisEvent = {
      type: 'TransformationEvent',
      ...frame,
      inputEPCList: units(2_000),
      outputEPCList: ['urn:x:1'],
    };
    expect(() => documents([transformation], { creationTime: TIME })).toThrow(RangeError);
    const scan = observe({ time: TIME, presented: '\u{1f600}'.repeat(900) });
    expect(() => documents([scan], { creationTime: TIME, payloadBytesMax: 2_000 })).toThrow(RangeError);
  });

  it('refuses odd arguments', () => {
    const good = [sample('ship')];
    for (const odd of [...ODD_VALUES, undefined]) {
      expect(() => documents(odd as never, { creationTime: TIME })).toThrow(/"events/);
      expect(() => documents([odd] as never, { creationTime: TIME })).toThrow(/"events\[0\]"/);
      expect(() => documents(good, odd as never)).toThrow(/^"/);
      expect(() => documents(good, { creationTime: odd as never })).toThrow(/"creationTime"/);
      if (odd !== undefined) {
        expect(() => documents(good, { creationTime: TIME, payloadBytesMax: odd as never })).toThrow(
          /"payloadBytesMax"/,
        );
        expect(() => documents(good, { creationTime: TIME, actId: odd as never })).toThrow(/"actId"/);
      }
    }
    expect(() => documents(good, { creationTime: TIME, part: 1 } as never)).toThrow(RangeError);
    expect(() => documents([], { creationTime: TIME })).toThrow(RangeError);
  });
});
