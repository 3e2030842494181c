// Goal:   the check digit is GS1's, for every length in use, and no one-digit error passes.
// Method: numbers published by GS1, every wrong digit at every place, and bwip-js as a second opinion.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDigit, isGln, isGtin, isSscc, toGtin14 } from '../../src/gs1/index.ts';
import { prints, printsElementString } from './oracle.ts';

const digits = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
    .map((list) => list.join(''));

describe('checkDigit()', () => {
  it.each([
    ['9638507', '4'], // EAN-8
    ['03600029145', '2'], // UPC-A
    ['629104150021', '3'], // General Specifications figure 7.9.1-2
    ['0950600013435', '2'],
    ['37610425002123456', '9'], // General Specifications figure 7.9.1-2, 18 digits
    ['1', '7'],
  ])('of %s is %s', (number, check) => {
    expect(checkDigit(number)).toBe(check);
  });

  it('differs after any one wrong digit', () => {
    const right = '0950600013435';
    for (let at = 0; at < right.length; at++) {
      for (let digit = 0; digit <= 9; digit++) {
        if (String(digit) === right[at]) continue;
        expect(checkDigit(right.slice(0, at) + digit + right.slice(at + 1))).not.toBe('2');
      }
    }
  });

  it.each(['', 'x', '12 4', '１２', '1'.repeat(101), '-1'])('refuses %j with a RangeError', (text) => {
    expect(() => checkDigit(text)).toThrow(RangeError);
  });

  it.each([undefined, null, 7, 7n, ['1'], {}])('refuses %s with a TypeError', (value) => {
    expect(() => checkDigit(value as unknown as string)).toThrow(TypeError);
  });
});

describe('isGtin(), isSscc(), isGln()', () => {
  it.each([
    ['ean8', 7, isGtin],
    ['upca', 11, isGtin],
    ['ean13', 12, isGtin],
    ['ean13', 12, isGln],
    ['ean14', 13, isGtin],
    ['sscc18', 17, isSscc],
  ] as const)('agrees with bwip-js on %s of %i digits and a check digit', (symbology, length, accepts) => {
    const text = (number: string): string =>
      symbology === 'ean14' ? `(01)${number}` : symbology === 'sscc18' ? `(00)${number}` : number;
    fc.assert(
      fc.property(digits(length), fc.integer({ min: 0, max: 9 }), (body, last) => {
        const number = body + last;
        expect(accepts(number)).toBe(prints(symbology, text(number)));
        expect(accepts(body + checkDigit(body))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('agree with bwip-js inside element strings', () => {
    fc.assert(
      fc.property(fc.constantFrom(['01', 13], ['00', 17], ['414', 12] as const), fc.nat(9), (pair, last) => {
        const [ai, length] = pair as readonly [string, number];
        const number = '5'.repeat(length) + last;
        const accepts = ai === '01' ? isGtin : ai === '00' ? isSscc : isGln;
        expect(accepts(number)).toBe(printsElementString(`(${ai})${number}`));
      }),
      { numRuns: 40 },
    );
  });

  it.each(['', '4', '0'.repeat(15), '0950600013435X', ' 9506000134352', '9506000134352\n', '٠٩٥٠٦٠٠٠١٣٤٣٥٢'])(
    'are false for %j',
    (text) => {
      expect([isGtin(text), isSscc(text), isGln(text)]).toEqual([false, false, false]);
    },
  );

  it('are false for what is no string', () => {
    for (const value of [undefined, null, 9506000134352, [], {}]) {
      const text = value as unknown as string;
      expect([isGtin(text), isSscc(text), isGln(text)]).toEqual([false, false, false]);
    }
  });
});

describe('toGtin14()', () => {
  it('pads shorter GTINs with zeros', () => {
    expect(toGtin14('96385074')).toBe('00000096385074');
    expect(toGtin14('036000291452')).toBe('00036000291452');
    expect(toGtin14('9506000134352')).toBe('09506000134352');
    expect(toGtin14('09506000134352')).toBe('09506000134352');
  });

  it('gives undefined for a wrong check digit', () => {
    expect(toGtin14('9506000134353')).toBeUndefined();
  });
});
