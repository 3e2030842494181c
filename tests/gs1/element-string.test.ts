// Goal:   element strings are read as they were written, printed or scanned, and nothing ambiguous is read at all.
// Method: round trips of random elements, hand cases of the General Specifications, bwip-js on the printed form.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aiFormat, FNC1, formatElementString, parseElementString } from '../../src/gs1/index.ts';
import type { AiElement } from '../../src/gs1/index.ts';
import { cset82, gtin14, sscc18, textOf } from './arbitraries.ts';
import { printsElementString } from './oracle.ts';

const GTIN = '09506000134352';
const parsed = (text: string): Record<string, string> | string => {
  const result = parseElementString(text);
  if (!result.ok) return `${result.finding} ${result.reason}`;
  return Object.fromEntries(result.elements.map(({ ai, value }) => [`_${ai}`, value]));
};

const element = (ai: string, value: fc.Arbitrary<string>): fc.Arbitrary<AiElement> =>
  value.map((text) => ({ ai, value: text }));
const elements = fc
  .tuple(
    element('01', gtin14),
    element('00', sscc18),
    element('21', cset82),
    element('10', cset82),
    element('17', fc.constantFrom('271231', '271200', '280229')),
    element('240', cset82),
    element('30', textOf('0123456789', 8)),
    element('91', cset82),
    element('8010', textOf('#-/0123456789ABCXYZ', 30)),
    element('422', fc.constant('276')),
  )
  .chain((all) => fc.shuffledSubarray(all, { minLength: 1 }));

describe('parseElementString()', () => {
  it.each([true, false])('reads back what formatElementString wrote (bracketed: %s)', (bracketed) => {
    fc.assert(
      fc.property(elements, (list) => {
        expect(parseElementString(formatElementString(list, { bracketed }))).toEqual({
          ok: true,
          elements: list,
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('reads back a value full of brackets', () => {
    for (const value of ['(', ')', '()', '(21)', '((', '(10', 'A(1)(2)', '))((']) {
      const list = [
        { ai: '21', value },
        { ai: '10', value: 'L' },
      ];
      expect(parseElementString(formatElementString(list, { bracketed: true }))).toEqual({
        ok: true,
        elements: list,
      });
    }
  });

  it('reads a scanned string with every symbology identifier, leading, needless and trailing separators', () => {
    const expected = { _01: GTIN, _21: 'S1', _17: '271231' };
    for (const lead of ['', ']d2', ']C1', ']Q3', ']e0', ']J1', FNC1, `]d2${FNC1}`]) {
      expect(parsed(`${lead}01${GTIN}21S1${FNC1}17271231`)).toEqual(expected);
    }
    expect(parsed(`01${GTIN}${FNC1}21S1${FNC1}17271231${FNC1}`)).toEqual(expected);
  });

  it('reads the last value of variable length without a separator', () => {
    expect(parsed(`01${GTIN}1727123121S1`)).toEqual({ _01: GTIN, _17: '271231', _21: 'S1' });
  });

  it('takes what follows a lost separator as part of the value', () => {
    expect(parsed(`01${GTIN}21S117271231`)).toEqual({ _01: GTIN, _21: 'S117271231' });
  });

  it.each([
    ['', 'ID-01'],
    ['()', 'ID-01'],
    ['(01)', 'ID-01'],
    ['(01', 'ID-01'],
    ['01', 'ID-01'],
    [FNC1, 'ID-01'],
    [`(01)${GTIN}(`, 'ID-01'],
    [`(01)${GTIN}(21)`, 'ID-01'],
    [`(01)${GTIN}(21)A(B`, 'ID-01'],
    [`(01)${GTIN}(1)A`, 'ID-01'],
    [`(01)${GTIN}(00001)A`, 'ID-01'],
    [`(01)${GTIN}(89)A`, 'ID-01'],
    [`(01)${GTIN}(01)${GTIN}`, 'ID-01'],
    [`(01)${GTIN}(21)A(21)B`, 'ID-01'],
    [`(21)A x(01)${GTIN}`, 'ID-02'],
    [`01${GTIN}21A${FNC1}21A`, 'ID-01'],
    [`01${GTIN}${FNC1}${FNC1}21A`, 'ID-01'],
    [`01${GTIN.slice(0, 13)}${FNC1}21A`, 'ID-01'],
    [`(01)${GTIN.slice(0, 13)}3`, 'ID-02'],
    [`(01)${GTIN.slice(0, 13)}X`, 'ID-02'],
    [`(01)${GTIN}(21)Ä`, 'ID-02'],
    [`(01)${GTIN}(21)A\\B`, 'ID-02'],
    [`(01)${GTIN}(21)A\n`, 'ID-02'],
    [`(01)${GTIN}(17)271301`, 'ID-01'],
    [` (01)${GTIN}`, 'ID-01'],
    [`]d1(01)${GTIN}`, 'ID-01'],
    [`]d2(01)${GTIN}`, 'ID-01'],
  ])('answers %j with %s', (text, finding) => {
    expect(parsed(text)).toMatch(new RegExp(`^${finding} `));
  });

  it('never repeats the code in its reason', () => {
    fc.assert(
      fc.property(
        textOf('xyzw~#@', 20, 4).map((text) => `~${text}`),
        (junk) => {
          for (const text of [junk, `(01)${GTIN}(21)${junk}`, `(${junk})`, `01${junk}`]) {
            const result = parseElementString(text);
            expect(result.ok || result.reason.includes(junk.slice(0, 4))).toBe(false);
          }
        },
      ),
    );
  });

  it('refuses a string that is too long without reading it', () => {
    const start = performance.now();
    expect(parsed(`(01)${GTIN}(21)${'('.repeat(20_000_000)}`)).toBe('ID-01 too long');
    expect(performance.now() - start).toBeLessThan(500);
  });

  it('refuses what is no string with a TypeError', () => {
    for (const value of [undefined, null, 1, [], {}, new Uint8Array(3)]) {
      expect(() => parseElementString(value as unknown as string)).toThrow(TypeError);
    }
  });
});

describe('formatElementString()', () => {
  it('separates values of variable length only', () => {
    const list = [
      { ai: '01', value: GTIN },
      { ai: '21', value: 'S1' },
      { ai: '17', value: '271231' },
      { ai: '422', value: '276' },
      { ai: '10', value: 'L' },
    ];
    expect(formatElementString(list)).toBe(`01${GTIN}21S1${FNC1}17271231422276${FNC1}10L`);
    expect(formatElementString(list, { bracketed: true })).toBe(`(01)${GTIN}(21)S1(17)271231(422)276(10)L`);
  });

  it('writes what bwip-js prints', () => {
    const plain = textOf('ABCxyz0123456789-_./', 20);
    fc.assert(
      fc.property(gtin14, plain, plain, (gtin, serial, lot) => {
        const list = [
          { ai: '01', value: gtin },
          { ai: '21', value: serial },
          { ai: '10', value: lot },
          { ai: '17', value: '271200' },
        ];
        expect(printsElementString(formatElementString(list, { bracketed: true }))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    [[]],
    [[{ ai: '01', value: '123' }]],
    [[{ ai: '89', value: '123' }]],
    [
      [
        { ai: '21', value: 'A' },
        { ai: '21', value: 'A' },
      ],
    ],
    [[{ ai: '21', value: 'A\x1dB' }]],
    [[{ ai: '21', value: '' }]],
    [[{ ai: '21', value: 7 }]],
    [[{ ai: '__proto__', value: 'A' }]],
  ])('refuses %j with a RangeError', (list) => {
    expect(() => formatElementString(list as AiElement[])).toThrow(RangeError);
  });

  it('knows which AIs need no separator', () => {
    expect(aiFormat('17')?.predefined).toBe(true);
    expect(aiFormat('422')?.predefined).toBe(false);
  });
});
