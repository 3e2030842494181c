// Goal: what a JSON file says is what gets signed, whole or in parts, or nothing is.
// Method: tables of odd JSON against the reader; documents too large for an entry, split, and compared id by id.
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/cli/json-text.ts';
import { fitDocument } from '../../src/cli/signing.ts';
import { commission, documents, eventHash, readDocument } from '../../src/epcis/index.ts';
import { errorCode } from '../../src/errors.ts';
import { unit } from './papers.ts';

const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return errorCode(error);
  }
};

describe('parseJson()', () => {
  it.each([
    '{"a":1,"b":[1.50,-0,1e3,0.1,1E-7,12345678901234500000]}',
    '"\\u0061"',
    '[{"a":1},{"a":2}]',
    '{"a":{"a":1}}',
  ])('reads %s', (text) => expect(parseJson(text, 'x')).toEqual(JSON.parse(text)));

  it.each([
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":2}',
    '{"x":{"k\\"":1,"k\\"":2}}',
    '{"a":9007199254740993}',
    '[0.1234567890123456789]',
    '[1e999]',
    '[1e-999]',
    '{"a":1} {"b":2}',
    "{'a':1}",
    '{"a":1',
    '',
  ])('refuses %s', (text) => expect(codeOf(() => parseJson(text, 'x'))).toBe('ERR_DECODE_MALFORMED'));

  it('refuses what is nested deeper than a payload may be', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(codeOf(() => parseJson(nested(32), 'x'))).toBe(undefined);
    expect(codeOf(() => parseJson(nested(33), 'x'))).toBe('ERR_DECODE_LIMIT');
    expect(codeOf(() => parseJson(nested(1_000_000), 'x'))).toBe('ERR_DECODE_LIMIT');
  });
});

describe('fitDocument()', () => {
  const units = Array.from({ length: 3000 }, (_, n) => unit(n));
  const options = { time: 1_800_000_000_000, place: 'https://id.gs1.org/414/9521000000117', lot: 'L1' };
  const [small] = documents([commission({ ...options, units: units.slice(0, 9) })], {
    creationTime: options.time,
  });
  const event = commission({ ...options, units });
  const large = {
    ...small!,
    sender: 'urn:example:maker',
    '@context': ['https://ref.gs1.org/standards/epcis/epcis-context.jsonld', { ex: 'https://ns.example/' }],
    epcisBody: { eventList: [{ ...event, 'ex:line': 'ex:seven' }] },
  };

  it('leaves a document alone that fits', () => {
    expect(fitDocument(small!)).toEqual([small]);
  });

  it('splits a large one without losing an id, its head or its prefixes', () => {
    const parts = fitDocument(readDocument(large));
    expect(parts.length).toBeGreaterThan(2);
    const ids: string[] = [];
    for (const [i, part] of parts.entries()) {
      expect(JSON.stringify(part).length).toBeLessThanOrEqual(60_000);
      expect(() => readDocument(JSON.parse(JSON.stringify(part)))).not.toThrow();
      expect(part).toMatchObject({ sender: 'urn:example:maker', 'cm:part': i + 1, 'cm:parts': parts.length });
      expect(part['cm:act']).toBe(parts[0]!['cm:act']);
      expect(part['@context']).toContainEqual({ ex: 'https://ns.example/' });
      for (const one of part.epcisBody.eventList) {
        expect(one.eventID).toBe(eventHash(one, part['@context']));
        expect(one).toMatchObject({ 'ex:line': 'ex:seven' });
        ids.push(...((one as { epcList?: readonly string[] }).epcList ?? []));
      }
    }
    expect(ids).toEqual(units);
  });

  it('refuses a head that leaves no room, and what cannot be split', () => {
    expect(codeOf(() => fitDocument(readDocument({ ...large, sender: 'x'.repeat(55_000) })))).toBe(
      'ERR_DECODE_LIMIT',
    );
    const transformation = {
      type: 'TransformationEvent',
      eventTime: '2026-01-01T00:00:00Z',
      eventTimeZoneOffset: '+00:00',
      inputEPCList: units.slice(0, 10),
      outputEPCList: units,
    };
    const whole = { ...large, epcisBody: { eventList: [transformation] } };
    expect(codeOf(() => fitDocument(readDocument(whole)))).toBe('ERR_OUT_OF_RANGE');
  });
});
