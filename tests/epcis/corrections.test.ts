// Goal:   what is said about events and goods has one spelling, and no field of it can hold a person.
// Method: exact events by hand; hostile values in each new field, through builders and through the strict reader.
import { describe, expect, it } from 'vitest';
import * as epcis from '../../src/epcis/index.ts';
import { DecodeError } from '../../src/errors.ts';
import { OTHER_PARTY, PARTY, PLACE, TIME, sample, units } from './samples.ts';

const ids = units(2);
const common = { time: TIME, place: PLACE };

describe('correct()', () => {
  const shipped = epcis.ship({ ids, ...common, from: PARTY, to: OTHER_PARTY });

  it('gives the very event, with its id and the declaration beside it', () => {
    const taken = epcis.correct(shipped, { time: TIME + 1, reason: 'did_not_occur' });
    expect(taken).toEqual({
      ...shipped,
      errorDeclaration: { declarationTime: '2023-11-14T22:13:20.124Z', reason: 'did_not_occur' },
    });
    expect(epcis.readEvent(JSON.parse(JSON.stringify(taken)))).toEqual(taken);
    expect(epcis.eventHash(taken)).toBe(shipped.eventID);
  });

  it('names the events that say it right', () => {
    const correctiveEventIDs = ['urn:uuid:1', 'urn:uuid:2'];
    const taken = epcis.correct(shipped, { time: TIME, reason: 'incorrect_data', correctiveEventIDs });
    expect(taken.errorDeclaration?.correctiveEventIDs).toEqual(correctiveEventIDs);
  });

  it('gives an event without id its hash', () => {
    const { eventID: _, ...nameless } = shipped;
    expect(epcis.correct(nameless, { time: TIME, reason: 'did_not_occur' }).eventID).toBe(shipped.eventID);
  });

  it.each<[string, unknown, unknown]>([
    ['no event', {}, {}],
    ['a correction', epcis.correct(shipped, { time: TIME, reason: 'did_not_occur' }), {}],
    ['no reason', shipped, { reason: undefined }],
    ['a reason in prose', shipped, { reason: 'Jane Doe called' }],
    ['a stranger’s reason', shipped, { reason: 'urn:x:1' }],
    ['no time', shipped, { time: undefined }],
    ['an empty list', shipped, { correctiveEventIDs: [] }],
    ['an id twice', shipped, { correctiveEventIDs: ['urn:x:1', 'urn:x:1'] }],
    ['too many ids', shipped, { correctiveEventIDs: units(1001) }],
    ['an unknown option', shipped, { note: 'x' }],
  ])('refuses %s', (_, event, change) => {
    const options = { time: TIME, reason: 'did_not_occur', ...(change as object) };
    expect(() => epcis.correct(event as epcis.EpcisEvent, options)).toThrow(/./);
  });
});

describe('declare()', () => {
  it('uses the word of CBV where there is one, and this project’s where there is none', () => {
    const event = epcis.declare({
      ids,
      ...common,
      set: ['stolen', 'locked'],
      unset: ['damaged', 'free-sample'],
    });
    expect(event.persistentDisposition).toEqual({
      set: ['stolen', 'https://countermark.org/ns/disp/locked'],
      unset: ['damaged', 'https://countermark.org/ns/disp/free-sample'],
    });
    expect(event.bizStep).toBeUndefined();
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['an empty list', { set: [] }],
    ['an unknown mark', { set: ['sold'] }],
    ['a mark twice', { set: ['lost', 'lost'] }],
    ['a mark both set and lifted', { set: ['lost'], unset: ['lost'] }],
  ])('refuses %s', (_, marks) => {
    expect(() => epcis.declare({ ids, ...common, ...marks })).toThrow(RangeError);
  });
});

describe('receive()', () => {
  it('keeps what was received and what was not apart', () => {
    const absent = [ids[1]!];
    const event = epcis.receive({ ids: [ids[0]!], ...common, absent });
    expect(event).toMatchObject({ epcList: [ids[0]], 'cm:absent': absent });
    expect(() => epcis.receive({ ids, ...common, absent })).toThrow(RangeError);
    expect(() => epcis.receive({ ids, ...common, absent: [] })).toThrow(RangeError);
    expect(() => epcis.receive({ ids: ['urn:x:1'], ...common, absent: units(501) })).toThrow(RangeError);
  });

  it('says what is absent once when it is split', () => {
    const absent = units(500).map((id) => `${id}-absent`.slice(0, -1));
    const event = epcis.receive({ ids: units(3000), ...common, absent });
    const parts = epcis.documents([event], { creationTime: TIME });
    expect(parts.length).toBeGreaterThan(2);
    const found = parts.flatMap(({ epcisBody }) => epcisBody.eventList.map((part) => part['cm:absent']));
    expect(found.filter((list) => list !== undefined)).toEqual([absent]);
  });
});

describe('stockTake() and repack()', () => {
  it('count lots and use units up', () => {
    const lot = 'https://id.gs1.org/01/09521141012345/10/A-1';
    const counted = epcis.stockTake({ ...common, quantities: [{ lot, quantity: 7 }] });
    expect(counted).toMatchObject({ quantityList: [{ epcClass: lot, quantity: 7 }] });
    const made = epcis.repack({ ...common, inputs: [ids[0]!], outputs: [ids[1]!] });
    expect(made).toMatchObject({ bizStep: 'repackaging', inputEPCList: [ids[0]], outputEPCList: [ids[1]] });
  });

  it.each<[string, object]>([
    [
      'a lot twice',
      {
        quantities: [
          { lot: 'urn:x:1', quantity: 1 },
          { lot: 'urn:x:1', quantity: 2 },
        ],
      },
    ],
    ['half a unit', { quantities: [{ lot: 'urn:x:1', quantity: 0.5 }] }],
    ['less than none', { quantities: [{ lot: 'urn:x:1', quantity: -1 }] }],
  ])('refuse %s', (_, odd) => {
    expect(() => epcis.stockTake({ ...common, ...odd } as never)).toThrow(RangeError);
  });

  it('refuse a unit that is its own product', () => {
    expect(() => epcis.repack({ ...common, inputs: ids, outputs: [ids[0]!] })).toThrow(RangeError);
  });
});

describe('the fields about people', () => {
  const practitioners: readonly (readonly [string, boolean])[] = [
    ['urn:licence:cn:physician:110101', true],
    ['https://licences.example/doctors/4711', true],
    ['https://id.gs1.org/417/0952114000015', true],
    ['urn:licence:jane-doe', false],
    ['mailto:j.doe1@example.com', false],
    ['tel:+4930123456', false],
    ['sip:1@example.com', false],
    ['data:,4711', false],
    ['urn:licence:1@example.com', false],
    ['urn:licence:Jane%20Doe:1', false],
    ['URN:licence:1', false],
    ['Dr. Jane Doe 4711', false],
    ['110101', false],
    ['urn:x:王1', false],
    [`urn:x:${'1'.repeat(161)}`, false],
  ];

  it.each(practitioners)('name %s as practitioner: %s', (practitioner, isAllowed) => {
    const build = (): unknown => epcis.administer({ ids, ...common, practitioner });
    const used = { ...sample('administer'), 'cm:practitioner': practitioner };
    const read = (): unknown => epcis.readEvent(used);
    if (isAllowed) {
      expect(build()).toMatchObject({ 'cm:practitioner': practitioner });
      expect(read()).toBe(used);
    } else {
      expect(build).toThrow(/./);
      expect(read).toThrow(DecodeError);
    }
  });

  it.each(['cm:department', 'cm:procedure', 'cm:declined', 'cm:undoes'])('hold a word only: %s', (field) => {
    for (const odd of ['', 'Two Words', 'Jane', '-x', 'x'.repeat(65), 'ä', 5, null, ['x']]) {
      expect(() => epcis.readEvent({ ...sample('administer'), [field]: odd })).toThrow(DecodeError);
    }
    const fine = { ...sample('administer'), [field]: 'level-2' };
    expect(epcis.readEvent(fine)).toBe(fine);
  });

  it.each<[string, unknown]>([
    ['cm:claim', 'not-supplied'],
    ['cm:purchased', '2026-01-01T00:00:00.000Z'],
    ['cm:joint', true],
  ])('belong to a session: %s', (field, value) => {
    const {
      'cm:session': session,
      'cm:claim': _,
      'cm:purchased': __,
      'cm:joint': ___,
      ...looked
    } = sample('observe');
    const claimed = { ...looked, 'cm:session': session, [field]: value };
    expect(epcis.readEvent(claimed)).toBe(claimed);
    expect(() => epcis.readEvent({ ...looked, [field]: value })).toThrow(DecodeError);
    expect(() => epcis.readEvent({ ...claimed, [field]: 'Jane Doe, 1 Main Street' })).toThrow(DecodeError);
  });

  it('give an alias to one unit only', () => {
    const named = sample('alias') as epcis.ObjectEvent;
    expect(() => epcis.readEvent({ ...named, epcList: ids })).toThrow(DecodeError);
    expect(() => epcis.readEvent({ ...sample('unpack'), 'cm:alias': 'urn:x:1' })).toThrow(DecodeError);
    expect(() => epcis.alias({ ...common, unit: ids[0]!, alias: ids[0]! })).toThrow(RangeError);
  });

  it('list absent ids as ids', () => {
    for (const odd of [[], ['x'], ['urn:x:1', 'urn:x:1'], 'urn:x:1', units(501), [5], {}]) {
      expect(() => epcis.readEvent({ ...sample('ship'), 'cm:absent': odd })).toThrow(DecodeError);
    }
  });
});
