/**
 * The one table of hostile values: what a careless or malicious caller may pass where anything at all is expected.
 *
 * Reads  nothing.   Used by  attack.ts.
 * Rule   each value is made anew for each call; none may throw while it is made.
 * @module
 */

/** Name of a value, and how it is made. */
export type HostileValue = readonly [name: string, make: () => unknown];

const DEPTH = 5000;

function nestedArray(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

function nestedObject(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = { a: value };
  return value;
}

function cyclic(): unknown {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
}

/** What takes long to make is made once. */
const HALF_A_MILLION = Object.freeze(Array.from({ length: 500_000 }, () => 0));
const A_MILLION_BYTES = new Uint8Array(1_000_000);
const NESTED_LIST = nestedArray(DEPTH);
const NESTED_OBJECT = nestedObject(DEPTH);

/** Values of types nobody asked for. */
const TYPES: readonly HostileValue[] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['true', () => true],
  ['false', () => false],
  ['a symbol', () => Symbol('hostile')],
  ['a bigint', () => 10n ** 30n],
  ['a function', () => () => 1],
  ['a Date', () => new Date(0)],
  ['an invalid Date', () => new Date(Number.NaN)],
  ['a RegExp', () => /x/g],
  ['a Map', () => new Map([['a', 1]])],
  ['a Set', () => new Set([1])],
  ['a Promise', () => Promise.resolve(1)],
  ['an Error', () => new Error('hostile')],
  ['a boxed string', () => Object('boxed') as unknown],
  ['an ArrayBuffer', () => new ArrayBuffer(32)],
  ['a Uint16Array', () => new Uint16Array(32)],
  ['a Float64Array', () => new Float64Array([Number.NaN])],
  ['a DataView', () => new DataView(new ArrayBuffer(32))],
];

/** Numbers that are none, or too much. */
const NUMBERS: readonly HostileValue[] = [
  ['0', () => 0],
  ['-0', () => -0],
  ['-1', () => -1],
  ['1', () => 1],
  ['0.5', () => 0.5],
  ['-1.5', () => -1.5],
  ['NaN', () => Number.NaN],
  ['Infinity', () => Infinity],
  ['-Infinity', () => -Infinity],
  ['2^32', () => 2 ** 32],
  ['2^53 - 1', () => 2 ** 53 - 1],
  ['2^53', () => 2 ** 53],
  ['1e308', () => 1e308],
  ['5e-324', () => 5e-324],
];

/** Text: odd Unicode, impossible times, other people's syntax. */
const TEXTS: readonly HostileValue[] = [
  ['no characters', () => ''],
  ['a space', () => ' '],
  ['a NUL', () => '\0'],
  ['a line feed', () => '\n'],
  ['a lone high surrogate', () => 'a\ud800b'],
  ['a lone low surrogate', () => '\udc00'],
  ['a right-to-left override', () => '\u202e123'],
  ['combining characters', () => `a${'\u0301'.repeat(1000)}`],
  ['a byte-order mark', () => '\ufeff{}'],
  ['letters that fold oddly', () => 'ıİſK'],
  ['full-width digits', () => '０９５２１'],
  ['an emoji family', () => '👨‍👩‍👧‍👦'],
  ['__proto__', () => '__proto__'],
  ['constructor', () => 'constructor'],
  ['toString', () => 'toString'],
  ['a number as text', () => '1e999'],
  ['a path', () => '../../../etc/passwd'],
  ['SQL', () => "'; DROP TABLE entries; --"],
  ['a broken percent escape', () => 'https://id.gs1.org/01/%E0%A4%A/21/%'],
  ['a URI without end', () => `https://id.gs1.org/01/${'9'.repeat(10_000)}`],
  ['the 31st of February', () => '2026-02-31T00:00:00.000Z'],
  ['the 25th hour', () => '2026-01-01T25:61:61.000Z'],
  ['the year 10000', () => '+10000-01-01T00:00:00.000Z'],
  ['a year before Christ', () => '-000001-01-01T00:00:00Z'],
  ['JSON with a key twice', () => '{"a":1,"a":2}'],
  ['JSON nested deeply', () => '['.repeat(100_000)],
  ['a million characters', () => 'a'.repeat(1_000_000)],
  ['a million brackets', () => '(01)'.repeat(250_000)],
  ['a million separators', () => '\x1d'.repeat(1_000_000)],
  ['a million plus signs', () => '+'.repeat(1_000_000)],
  ['a million line feeds', () => '\n'.repeat(1_000_000)],
  ['an element string with a trailing byte', () => '(01)09521000000018(21)A\x1d\x1d'],
  ['a note without a signature', () => 'a\n1\n\n\n— \n'],
];

/** Bytes: truncated, trailing, too many, of odd kinds. */
const BYTES: readonly HostileValue[] = [
  ['no bytes', () => new Uint8Array(0)],
  ['one byte', () => new Uint8Array(1)],
  ['31 bytes', () => new Uint8Array(31)],
  ['32 zero bytes', () => new Uint8Array(32)],
  ['32 bytes 0xff', () => new Uint8Array(32).fill(255)],
  ['33 bytes', () => new Uint8Array(33)],
  ['64 bytes 0xff', () => new Uint8Array(64).fill(255)],
  ['a Buffer', () => Buffer.from('hostile')],
  ['a truncated CBOR head', () => Uint8Array.of(0xd2, 0x84, 0x5b, 0xff, 0xff)],
  ['CBOR nested deeply', () => new Uint8Array(10_000).fill(0x81)],
  ['CBOR of indefinite length', () => Uint8Array.of(0xd2, 0x9f, 0x5f, 0x41, 0x00)],
  ['65,536 bytes', () => new Uint8Array(65_536).fill(0x7b)],
  ['a million bytes', () => A_MILLION_BYTES],
  ['invalid UTF-8', () => Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d)],
];

/** Lists and objects: empty, huge, sparse, deep, round, lying. */
const OBJECTS: readonly HostileValue[] = [
  ['an empty list', () => []],
  ['a list of nothing', () => [undefined]],
  ['a list of null', () => [null]],
  ['a list of a list', () => [[]]],
  ['a list of empty objects', () => [{}, {}]],
  ['a list of numbers', () => [-1, 0.5, Number.NaN]],
  ['a list of texts', () => ['', '\ud800']],
  ['a sparse list', () => Object.assign([], { length: 1000 })],
  ['a list of half a million', () => HALF_A_MILLION],
  ['a list nested deeply', () => NESTED_LIST],
  ['an empty object', () => ({})],
  ['an object without a prototype', () => Object.create(null) as unknown],
  ['an object with __proto__ of its own', () => JSON.parse('{"__proto__":{"a":1}}') as unknown],
  ['an object with an unknown field', () => ({ hostile: 1 })],
  ['an object with a length', () => ({ length: 2 ** 32 })],
  ['an object with a type', () => ({ type: 'ObjectEvent' })],
  ['an object nested deeply', () => NESTED_OBJECT],
  ['an object in a circle', cyclic],
  ['an object with toJSON', () => ({ toJSON: () => undefined })],
  ['a frozen object', () => Object.freeze({ a: 1 })],
];

/** All of them. */
export const HOSTILE_VALUES: readonly HostileValue[] = [...TYPES, ...NUMBERS, ...TEXTS, ...BYTES, ...OBJECTS];

/** A smaller table for what stands inside an argument: a third of it, what is absent, and what is huge once. */
export const INNER_VALUES: readonly HostileValue[] = HOSTILE_VALUES.filter(
  ([name], i) =>
    ['undefined', 'null', 'a million characters', 'an object nested deeply'].includes(name) ||
    (i % 3 === 0 && !/million/.test(name)),
);
