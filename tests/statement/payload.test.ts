// Goal: payload bytes have one spelling, and no parser ever sees nesting that was not counted first.
// Method: a table of hostile texts, the rule restated with independent means over random JSON, and large inputs under a time limit.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8Encode } from '../../src/bytes/index.ts';
import { PAYLOAD_DEPTH_MAX, checkPayloadJson } from '../../src/statement/payload.ts';

function read(input: string | Uint8Array): unknown {
  try {
    return checkPayloadJson(typeof input === 'string' ? utf8Encode(input) : input);
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
const nested = (depth: number, open = '[', close = ']'): string =>
  `{"a":${open.repeat(depth - 1)}${close.repeat(depth - 1)}}`;

const MALFORMED = 'ERR_DECODE_MALFORMED';
const NONCANONICAL = 'ERR_DECODE_NONCANONICAL';
const LIMIT = 'ERR_DECODE_LIMIT';

const HOSTILE: readonly [label: string, input: string | Uint8Array, code: string][] = [
  ['nothing', '', MALFORMED],
  ['a list as root', '[]', MALFORMED],
  ['null as root', 'null', MALFORMED],
  ['a string as root', '"a"', MALFORMED],
  ['a byte-order mark', Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d), MALFORMED],
  ['UTF-16', Uint8Array.of(0x7b, 0x00, 0x7d, 0x00), MALFORMED],
  ['invalid UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d), MALFORMED],
  ['overlong UTF-8', Uint8Array.of(0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d), MALFORMED],
  ['a surrogate in UTF-8', Uint8Array.of(0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d), MALFORMED],
  ['a cut object', '{"a":1', MALFORMED],
  ['a second root', '{}{}', MALFORMED],
  ['a trailing NUL', '{}\0', MALFORMED],
  ['a trailing newline', '{}\n', NONCANONICAL],
  ['a leading space', ' {}', MALFORMED],
  ['an inner space', '{"a": 1}', NONCANONICAL],
  ['a trailing comma', '{"a":1,}', MALFORMED],
  ['a comment', '{/**/}', MALFORMED],
  ['single quotes', "{'a':1}", MALFORMED],
  ['NaN', '{"a":NaN}', MALFORMED],
  ['duplicate keys', '{"a":1,"a":1}', NONCANONICAL],
  ['duplicate keys, one escaped', '{"a":1,"\\u0061":2}', NONCANONICAL],
  ['duplicate keys deep inside', '{"x":[{"a":1,"b":2,"a":3}]}', NONCANONICAL],
  ['integer keys out of order', '{"b":1,"1":2}', NONCANONICAL],
  ['1.0', '{"a":1.0}', NONCANONICAL],
  ['-0', '{"a":-0}', NONCANONICAL],
  ['1e2', '{"a":1e2}', NONCANONICAL],
  ['1E400', '{"a":1e400}', NONCANONICAL],
  ['1e-400', '{"a":1e-400}', NONCANONICAL],
  ['+1', '{"a":+1}', MALFORMED],
  ['01', '{"a":01}', MALFORMED],
  ['a huge integer', '{"a":9007199254740993}', NONCANONICAL],
  ['a long integer', `{"a":${'9'.repeat(400)}}`, NONCANONICAL],
  ['a number of too many digits', '{"a":0.1000000000000000055}', NONCANONICAL],
  ['an escaped letter', '{"a":"\\u0062"}', NONCANONICAL],
  ['an escaped slash', '{"a":"\\/"}', NONCANONICAL],
  ['an upper-case escape', '{"a":"\\u001F"}', NONCANONICAL],
  ['a long escape of a newline', '{"a":"\\u000a"}', NONCANONICAL],
  ['an escaped surrogate pair', '{"a":"\\ud83d\\ude00"}', NONCANONICAL],
  ['a raw control character', '{"a":"\u0001"}', MALFORMED],
  ['an escaped lone high surrogate', '{"a":"\\ud800"}', NONCANONICAL],
  ['an escaped lone low surrogate', '{"a":"\\udfff"}', NONCANONICAL],
  ['a lone surrogate as a key', '{"\\udc00":1}', NONCANONICAL],
  ['a lone surrogate after backslashes', '{"a":"\\\\\\\\\\ud800"}', NONCANONICAL],
  ['__proto__', '{"__proto__":{"x":1}}', NONCANONICAL],
  ['__proto__ second', '{"a":1,"__proto__":2}', NONCANONICAL],
  ['__proto__ deep inside', '{"a":[{"b":{"__proto__":null}}]}', NONCANONICAL],
  ['__proto__ escaped', '{"\\u005f_proto__":1}', NONCANONICAL],
  ['depth 33 of lists', nested(PAYLOAD_DEPTH_MAX + 1), LIMIT],
  ['depth 33 of objects', nested(PAYLOAD_DEPTH_MAX + 1, '{"b":', '}'), LIMIT],
  ['depth 60000', `{"a":${'['.repeat(60_000)}`, LIMIT],
  ['brackets closed before they open', `{${']'.repeat(9)}${'['.repeat(9)}}`, MALFORMED],
  ['an open string', '{"a', MALFORMED],
  ['an open string at an escape', '{"a\\', MALFORMED],
];

const HONEST: readonly [label: string, text: string][] = [
  ['an empty object', '{}'],
  ['depth 32 of lists', nested(PAYLOAD_DEPTH_MAX)],
  ['brackets inside strings', `{"a":"${'[{'.repeat(100)}","b\\"[":"\\\\","c":[]}`],
  ['siblings beyond 32', `{"a":[${Array.from({ length: 100 }, () => '[]').join(',')}]}`],
  ['backslash, then ud800 as text', '{"a":"\\\\ud800 \\\\\\\\udfff"}'],
  ['the word __proto__ as a value', '{"a":"__proto__","b":["__proto__"]}'],
  ['__proto__ quoted inside text', '{"a":"{\\"__proto__\\":1,\\"__proto__\\":2}"}'],
  ['keys that only end in __proto__', '{"a\\"__proto__":1,"x__proto__":2,"__proto___":3}'],
  ['toJSON and constructor as data', '{"toJSON":1,"constructor":{"prototype":2},"hasOwnProperty":3}'],
  ['numbers in their one form', '{"a":[0,-1,1.5,1e+21,1e-7,5e-324,9007199254740991,0.1]}'],
  ['every short escape', '{"a":"\\b\\t\\n\\f\\r\\"\\\\\\u001f"}'],
  ['text beyond the BMP', '{"a":"\u{1f600}\u2028\ufeff\u007f"}'],
];

describe('checkPayloadJson()', () => {
  for (const [label, input, code] of HOSTILE) it(`refuses ${label}`, () => expect(read(input)).toBe(code));
  for (const [label, text] of HONEST) {
    it(`reads ${label}`, () => expect(JSON.stringify(read(text))).toBe(text));
  }

  it('agrees with the rule restated over the parsed value, for random JSON', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' })),
        (value) => {
          const text = JSON.stringify(value);
          const parsed: unknown = JSON.parse(text);
          const fine = depthOf(parsed) <= PAYLOAD_DEPTH_MAX && stringsOf(parsed).every(isFineString);
          expect(typeof read(text) === 'object').toBe(fine && JSON.stringify(parsed) === text);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reads hostile 64 KB texts in linear time', () => {
    const texts = [
      `{"a":"${'\\\\'.repeat(32_000)}ud"}`,
      `{"a":"${'\\\\ud'.repeat(16_000)}"}`,
      `{"a":"${'\\"__proto__'.repeat(5_000)}"}`,
      `{"a":[${'{},'.repeat(20_000)}{}]}`,
      `{${Array.from({ length: 6_000 }, (_, i) => `"k${i}":1`).join(',')}}`,
      `{"a":"${'"'.repeat(60_000)}`,
    ];
    for (const text of texts) {
      const start = performance.now();
      read(text);
      expect(performance.now() - start).toBeLessThan(250);
    }
  });

  it('never quotes the payload in an error', () => {
    for (const [label, input] of HOSTILE) {
      try {
        checkPayloadJson(typeof input === 'string' ? utf8Encode(input) : input);
      } catch (error) {
        expect((error as Error).message, label).toMatch(/^couldn't (read payload|decode text): [a-z]/i);
        expect((error as Error).message.length).toBeLessThan(80);
      }
    }
  });
});

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
/** Keys are marked with a colon in front, values with an equals sign. */
function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [`=${value}`];
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? [] : Object.keys(value).map((key) => `:${key}`);
  return [...keys, ...Object.values(value).flatMap(stringsOf)];
}
function isFineString(marked: string): boolean {
  return marked !== ':__proto__' && Buffer.from(marked, 'utf8').toString('utf8') === marked;
}
