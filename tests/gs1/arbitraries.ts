/**
 * Random GS1 values for property tests; fast-check prints the seed of a failing run.
 * @module
 */
import fc from 'fast-check';
import { checkDigit } from '../../src/gs1/index.ts';

/** The 82 characters of GS1 character set 82. */
export const CSET_82 = '!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';

/** 1 .. `maxLength` characters of `alphabet`. */
export const textOf = (alphabet: string, maxLength = 20, minLength = 1): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });

export const cset82 = textOf(CSET_82);

/** Serial numbers that can stand in a link: no dot segments. */
export const linkable = cset82.filter((text) => text !== '.' && text !== '..');

const checkedDigits = (length: number): fc.Arbitrary<string> =>
  textOf('0123456789', length - 1, length - 1).map((digits) => digits + checkDigit(digits));

export const gtin14 = checkedDigits(14);
export const sscc18 = checkedDigits(18);
export const gln13 = checkedDigits(13);

/** `YYYY-MM-DD` in 2000 .. 2099; days to 28, so that each exists. */
export const day = fc
  .tuple(
    fc.integer({ min: 2000, max: 2099 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
  )
  .map(([year, month, date]) => `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`);

export const unitCode = fc.record({ gtin: gtin14, serial: linkable, lot: linkable, expiry: day });

/** Any UTF-16, lone surrogates and control characters included. */
export const anyText = (maxLength = 60): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength }).map((units) => String.fromCharCode(...units));
