// Goal: what the one look at a payload's bytes lets pass is canonical by the rule itself, and what builders write is let pass.
// Method: differential, against writing the value again: random JSON, then the same texts with bytes changed, cut, added and doubled.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8Decode, utf8Encode } from '../../src/bytes/index.ts';
import { isPlainlyCanonical } from '../../src/statement/spelling.ts';

const DEPTH = 6;

/** The rule, said with nothing but the parser and the writer. */
function isCanonical(text: string): boolean {
  const value: unknown = JSON.parse(text);
  return JSON.stringify(value) === text && depthOf(value) <= DEPTH && isFine(value);
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function isFine(value: unknown): boolean {
  if (typeof value === 'string') return Buffer.from(value, 'utf8').toString('utf8') === value;
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, item]) => key !== '__proto__' && isFine(key) && isFine(item));
}

/** True if the look said yes; then the text, if it parses, must keep the rule. */
function passes(bytes: Uint8Array): boolean {
  if (!isPlainlyCanonical(bytes, DEPTH)) return false;
  let text: string;
  try {
    text = utf8Decode(bytes);
    JSON.parse(text);
  } catch {
    return true;
  }
  expect(isCanonical(text), text).toBe(true);
  return true;
}

const keys = fc.oneof(
  fc.constantFrom('a', 'b', 'epcList', 'cm:actId', '1', '10', '01', '__proto__', 'toJSON', '', '\u0001', 'é'),
  fc.constantFrom('abcd0efgh', 'abcd1efgh', 'abcd2efgh', 'bizLocation', 'bizTransaction'),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const numbers = fc.oneof(
  fc.integer(),
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.integer({ min: -9999, max: 9999 }).map((n) => n / 1000),
  fc.constantFrom(0.000001, 0.0000011, 1e21, 123456789012345.6, 5e-7, 0.1 + 0.2),
);
const { value: values } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 7 },
    fc.string({ unit: 'binary', maxLength: 20 }),
    numbers,
    fc.constantFrom(null, true, false),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 6 }).map((fields) => Object.fromEntries(fields)),
  ),
}));
const ODD = [
  ' ',
  '\n',
  '"',
  '\\',
  '\\u0061',
  '\\/',
  '0',
  '.0',
  'e1',
  '-',
  '+',
  '1',
  ',',
  ':',
  '{',
  '}',
  '[',
  ']',
];
const odd = fc.oneof(
  fc.constantFrom(...ODD),
  fc.constantFrom('\\ud800', '\\u001F', '\\u001f', '\\u0008', '\t'),
);

describe('isPlainlyCanonical()', () => {
  it('lets pass nothing that the rule refuses, of random JSON', () => {
    fc.assert(
      fc.property(values, (value) => void passes(utf8Encode(JSON.stringify(value)))),
      { numRuns: 3000 },
    );
  });

  it('lets pass nothing that the rule refuses, of JSON with something put in, cut out or said twice', () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(8), odd), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(values, edits, (value, changes) => {
        let text = JSON.stringify(value);
        for (const [at, length, put] of changes) {
          const from = at % (text.length + 1);
          const kept = put === '0' ? text.slice(from, from + 2 * length) : '';
          text = text.slice(0, from) + (kept || put) + text.slice(from + (at % 2) * length);
        }
        passes(Uint8Array.from(Buffer.from(text, 'utf8')));
      }),
      { numRuns: 10_000 },
    );
  });

  it('lets pass nothing that the rule refuses, of objects that name a key twice', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, numbers), { maxLength: 9 }), (fields) => {
        const text = `{${fields.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
        passes(utf8Encode(text));
      }),
      { numRuns: 3000 },
    );
  });

  for (const [label, text] of [
    [
      'an event',
      '{"type":"ObjectEvent","epcList":["urn:a","urn:b"],"readPoint":{"id":"urn:c"},"cm:doses":2}',
    ],
    ['numbers', '{"a":[0,-1,1.5,-0.25,0.000001,123456789012345,4.5]}'],
    ['escapes', '{"a":"\\b\\t\\n\\f\\r\\"\\\\\\u001d\\u0000\\u000b"}'],
    ['text beyond the BMP', '{"a":"\u{1f600}\u2028\u007f"}'],
    ['keys again in another object', '{"a":{"a":[{"a":1},{"a":2}],"b":3},"b":4}'],
    ['the three words', '{"a":[true,false,null]}'],
  ] as const) {
    it(`lets pass ${label}`, () => {
      expect(isCanonical(text)).toBe(true);
      expect(passes(utf8Encode(text))).toBe(true);
    });
  }

  it('leaves to the rule what it does not count', () => {
    const many = `{${Array.from({ length: 300 }, (_, i) => `"k${i}":1`).join(',')}}`;
    for (const text of [
      '{"a":1e21}',
      '{"a":0.1000000000000000055}',
      '{"a":5e-7}',
      '{"1":2}',
      '{"_":1}',
      many,
    ]) {
      expect(isPlainlyCanonical(utf8Encode(text), DEPTH), text).toBe(false);
    }
  });
});
