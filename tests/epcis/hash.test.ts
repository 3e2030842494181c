// Goal:   an event's id depends on its content and on nothing else.
// Method: hand cases per rule of CBV 2.0 section 8.9, a property over reordered events, agreement with gs1/ on ids.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finestGs1Uri } from '../../src/epcis/gs1-uri.ts';
import {
  NAMESPACE,
  canonicalEventString,
  eventHash,
  eventHashes,
  documents,
  vocabularyWord,
} from '../../src/epcis/index.ts';
import { canonicalId } from '../../src/gs1/index.ts';
import { BUILDERS, TIME, sample, units } from './samples.ts';

type Json = { [key: string]: unknown };

function shuffled(value: unknown, pick: () => number): unknown {
  if (Array.isArray(value))
    return order(
      value.map((item) => shuffled(item, pick)),
      pick,
    );
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, shuffled(item, pick)] as const);
  return Object.fromEntries(order(entries, pick));
}

function order<T>(items: readonly T[], pick: () => number): T[] {
  const keyed = items.map((item) => ({ item, key: pick() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

const base = { type: 'ObjectEvent', eventTime: '2020-03-04T11:00:30.000+01:00', action: 'OBSERVE' };
const hashOf = (fields: Json): string => eventHash({ ...base, ...fields });

describe('eventHash()', () => {
  it('is the same for any order of keys and lists', () => {
    fc.assert(
      fc.property(fc.constantFrom(...BUILDERS), fc.infiniteStream(fc.nat()), ([name], numbers) => {
        const event = sample(name);
        const mixed = shuffled(event, () => numbers.next().value ?? 0) as typeof event;
        expect(eventHash(mixed)).toBe(event.eventID);
      }),
      { numRuns: 100 },
    );
  });

  it('leaves out eventID, recordTime and errorDeclaration, and the fields it is told to ignore', () => {
    const plain = hashOf({});
    expect(hashOf({ eventID: 'urn:x:1', recordTime: '2020-03-04T11:00:30Z' })).toBe(plain);
    expect(hashOf({ errorDeclaration: { declarationTime: '2020-03-04T11:00:30Z' } })).toBe(plain);
    expect(eventHash({ ...base, 'x:id': '1' }, undefined, ['x:id'])).toBe(plain);
    expect(hashOf({ 'x:id': '1' })).not.toBe(plain);
  });

  it('changes with every field of every built event', () => {
    for (const [name] of BUILDERS) {
      const event = sample(name) as unknown as Json & { type: string };
      for (const key of Object.keys(event)) {
        if (key === 'eventID' || key === 'type') continue;
        const { [key]: _, ...rest } = event;
        expect(eventHash({ ...rest, type: event.type }), `${name} without ${key}`).not.toBe(event['eventID']);
      }
    }
  });

  it('reads times as instants, rounding half a millisecond up', () => {
    const hash = hashOf({});
    for (const eventTime of [
      '2020-03-04T10:00:30Z',
      '2020-03-04T10:00:30.0004Z',
      '2020-03-04T05:00:30.000-05:00',
    ]) {
      expect(hashOf({ eventTime })).toBe(hash);
    }
    expect(canonicalEventString({ ...base, eventTime: '2020-12-31T23:59:59.9995Z' })).toContain(
      '2021-01-01T00:00:00.000Z',
    );
    expect(canonicalEventString({ ...base, eventTime: 'soon' })).toContain('eventTime=soonaction');
  });

  it('spells numbers plainly, losing no digit', () => {
    const spelled = (value: unknown): string =>
      canonicalEventString({ ...base, 'cm:quantity': value }).split('quantity=')[1]!;
    expect(spelled(1e21)).toBe('1000000000000000000000');
    expect(spelled(1.5e-7)).toBe('0.00000015');
    expect(spelled(-0)).toBe('0');
    expect(spelled('007.50')).toBe('7.5');
    expect(spelled('+.5')).toBe('0.5');
    expect(spelled('12345678901234567890')).toBe('12345678901234567890');
    expect(spelled(' 1 2 ')).toBe('1 2');
  });

  it('sorts by code point, not by UTF-16 unit', () => {
    const text = canonicalEventString({ ...base, 'cm:x': ['\u{1f600}', '\uff5e', 'a'] });
    expect(text.endsWith(`{${NAMESPACE}}x=a{${NAMESPACE}}x=\uff5e{${NAMESPACE}}x=\u{1f600}`)).toBe(true);
  });

  it('expands prefixes from the document, the event and the standard', () => {
    const event = { ...base, '@context': [{ b: 'https://b.example/' }], 'a:x': 'b:y', 'b:x': 1, 'c:x': 2 };
    const text = canonicalEventString(event, [{ a: 'https://a.example/' }]);
    expect(text).toContain('c:x=2{https://a.example/}x=https://b.example/y{https://b.example/}x=1');
    expect(canonicalEventString({ ...base, ilmd: { 'cbvmda:lotNumber': 'A' } })).toContain(
      'ilmd{urn:epcglobal:cbv:mda:}lotNumber=A',
    );
  });

  it('writes nothing for empty lists, null and absent content', () => {
    expect(hashOf({ epcList: [], quantityList: [], readPoint: {}, sensorElementList: [] })).toBe(hashOf({}));
  });

  it('takes hostile shapes without throwing', () => {
    for (const value of [null, 1, 'x', [], [[]], {}, [null], { id: null }, [{ type: [] }]]) {
      for (const field of [
        'eventTime',
        'epcList',
        'quantityList',
        'readPoint',
        'sensorElementList',
        'sourceList',
        'ilmd',
        'x:y',
      ]) {
        expect(hashOf({ [field]: value })).toMatch(/^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.0$/);
      }
    }
  });
});

describe('eventHashes()', () => {
  it('gives the ids of a built document', () => {
    const events = BUILDERS.map(([name]) => sample(name));
    const [document] = documents(events, { creationTime: TIME });
    expect(eventHashes(document!)).toEqual(events.map((event) => event.eventID));
  });
});

describe('finestGs1Uri()', () => {
  it.each([
    [
      'urn:epc:id:sgtin:0614141.812345.6789%2F%26%25%22!%3F()',
      '01/80614141123458/21/6789%2F%26%25%22%21%3F%28%29',
    ],
    ['urn:epc:id:sgtin:415056789012.0.987654', '01/04150567890128/21/987654'],
    ['urn:epc:id:sgtin:4012345.011111.a.b', '01/04012345111118/21/a.b'],
    ['urn:epc:class:lgtin:4012345.012345.Lot987', '01/04012345123456/10/Lot987'],
    ['urn:epc:idpat:sgtin:4012345.066666.*', '01/04012345666663'],
    ['urn:epc:id:sscc:4012345.3111111111', '00/340123451111111111'],
    ['urn:epc:id:sgln:4012345.00005.122', '414/4012345000054/254/122'],
    ['urn:epc:id:sgln:4012345.00005.0', '414/4012345000054'],
    ['urn:epc:id:pgln:999999999999.', '417/9999999999994'],
    ['urn:epc:id:grai:4012345.00022.334455', '8003/04012345000221334455'],
    ['urn:epc:id:giai:4012345.ABC345', '8004/4012345ABC345'],
    ['urn:epc:id:gsrn:4012345.0000006765', '8018/401234500000067657'],
    ['urn:epc:id:gsrnp:4012345.0000000007', '8017/401234500000000074'],
    ['urn:epc:id:gdti:987659999999..9', '253/98765999999929'],
    ['urn:epc:id:cpi:0614141.11111111111111-A%23%2F.1234', '8010/061414111111111111111-A%23%2F/8011/1234'],
    ['urn:epc:id:ginc:0614141.xyz47%2F11', '401/0614141xyz47%2F11'],
    ['urn:epc:id:gsin:4012345.222333444', '402/40123452223334442'],
    ['urn:epc:id:itip:4012345.011111.01.02.987', '8006/040123451111180102/21/987'],
    ['urn:epc:idpat:itip:4012345.012345.01.02.*', '8006/040123451234560102'],
    [
      "urn:epc:id:upui:1234567.098765.51qIgY)%3C%26Jp3*j7'SDB",
      "01/01234567987651/235/51qIgY%29%3C%26Jp3%2Aj7'SDB",
    ],
    [
      'https://example.com/some/gtin/9780345418913/22/2A/lot/L1/ser/765tz?17=211121#top',
      '01/09780345418913/21/765tz',
    ],
    ['http://example.com/01/09780345418913/10/L1/', '01/09780345418913/10/L1'],
    ['https://example.com/01/95011014/', '01/00000095011014'],
    ['https://example.com/414/4012345000054/254/1', '414/4012345000054/254/1'],
  ])('turns %s into the canonical URI', (uri, path) => {
    expect(finestGs1Uri(uri)).toBe(`https://id.gs1.org/${path}`);
  });

  it.each([
    'urn:epc:id:sgtin:4012345.0111.1',
    'urn:epc:id:sgtin:4012345.011111',
    'urn:epc:id:sgtin:4012345.011111.é',
    'urn:epc:id:lgtin:4012345.011111.1',
    'urn:epc:class:sgtin:4012345.011111.1',
    'urn:epc:idpat:sgtin:4012345.011111.1',
    'urn:epc:idpat:sscc:4012345.*',
    'urn:epc:id:itip:4012345.011111.1.2.9',
    'urn:epc:id:other:4012345.011111.1',
    'https://example.com/po/12345678',
    'https://example.com/01/123/21/x',
    'https://example.com/01/09780345418913/21',
    'https://example.com/01/09780345418913/99/x',
    'geo:47.5,11.1',
  ])('finds no GS1 key in %s', (uri) => {
    expect(finestGs1Uri(uri)).toBeUndefined();
  });

  it('agrees with the ids of gs1/', () => {
    for (const uri of [
      ...units(3),
      'urn:epc:id:sgtin:4012345.011111.9876',
      'urn:epc:id:sscc:4012345.3111111111',
    ]) {
      expect(finestGs1Uri(uri)).toBe(canonicalId(uri));
    }
  });
});

describe('vocabularyWord()', () => {
  it('reads every spelling of a word', () => {
    for (const spelling of ['shipping', 'cbv:BizStep-shipping', 'urn:epcglobal:cbv:bizstep:shipping']) {
      expect(vocabularyWord('bizStep', spelling)).toBe('shipping');
    }
    expect(vocabularyWord('disposition', 'https://ref.gs1.org/cbv/Disp-returned')).toBe('returned');
    expect(vocabularyWord('measurementType', 'gs1:Temperature')).toBe('Temperature');
  });

  it('keeps the URIs of strangers and refuses unknown words', () => {
    expect(vocabularyWord('bizStep', 'https://example.com/step')).toBe('https://example.com/step');
    for (const text of [
      'transforming',
      'https://ref.gs1.org/cbv/BizStep-x',
      'urn:epcglobal:cbv:disp:active',
      'toString',
      '',
    ]) {
      expect(vocabularyWord('bizStep', text)).toBeUndefined();
    }
  });
});
