// Goal:   whatever is presented as a code gets an answer: its parts, or one of two findings, fast and without a throw.
// Method: hand cases per scheme and per finding; thousands of hostile strings; growth of the time with the length.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64url } from '../../src/bytes/index.ts';
import { FNC1, parseCode, sgtin, sscc } from '../../src/gs1/index.ts';
import type { PresentedCode } from '../../src/gs1/index.ts';
import { anyText, CSET_82, textOf } from './arbitraries.ts';

const GTIN = '09506000134352';
const PRODUCT = `https://id.gs1.org/01/${GTIN}`;
const UNIT = `${PRODUCT}/21/S1`;
const SSCC = '040123451111111110';
const TRACE = '81234567890123456789';

const code = (text: string): PresentedCode => {
  const result = parseCode(text);
  if (!result.ok) throw new Error(`${result.finding} ${result.reason}`);
  return result.code;
};
const finding = (text: string): string => {
  const result = parseCode(text);
  return result.ok ? 'ok' : result.finding;
};

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function decoded(text: string): Uint8Array | undefined {
  try {
    return fromBase64url(text);
  } catch {
    return undefined;
  }
}

describe('parseCode()', () => {
  it('reads a unit code in each of its forms', () => {
    const expected = {
      scheme: 'gs1',
      unit: UNIT,
      product: PRODUCT,
      gtin: GTIN,
      serial: 'S1',
      lot: 'L1',
      expiry: '2027-12-31',
    };
    for (const text of [
      `(01)${GTIN}(21)S1(10)L1(17)271231`,
      `(17)271231(10)L1(21)S1(01)${GTIN}`,
      `01${GTIN}21S1${FNC1}10L1${FNC1}17271231`,
      `]d201${GTIN}1727123110L1${FNC1}21S1`,
      `https://id.gs1.org/01/${GTIN}/10/L1/21/S1?17=271231`,
      `http://brand.example/p/01/${GTIN}/10/L1/21/S1?17=271231&linkType=gs1:pip`,
      `]Q1https://brand.example/01/${GTIN}/10/L1/21/S1?17=271231`,
    ]) {
      expect(code(text)).toEqual(expected);
    }
  });

  it('reads less where less is said', () => {
    expect(code(UNIT)).toEqual({ scheme: 'gs1', unit: UNIT, product: PRODUCT, gtin: GTIN, serial: 'S1' });
    expect(code('urn:epc:id:sgtin:9506000.013435.S1')).toEqual(code(UNIT));
    expect(code(`(01)${GTIN}(10)L1`)).toEqual({ scheme: 'gs1', product: PRODUCT, gtin: GTIN, lot: 'L1' });
    expect(code(`(01)${GTIN}`)).toEqual({ scheme: 'gs1', product: PRODUCT, gtin: GTIN });
    for (const bare of [GTIN, GTIN.slice(1), `]E0${GTIN.slice(1)}`]) {
      expect(code(bare)).toEqual({ scheme: 'gs1', product: PRODUCT, gtin: GTIN });
    }
    for (const text of [
      `(00)${SSCC}`,
      `00${SSCC}`,
      `]C100${SSCC}`,
      SSCC,
      sscc(SSCC),
      'urn:epc:id:sscc:4012345.0111111111',
    ]) {
      expect(code(text)).toEqual({ scheme: 'gs1', container: sscc(SSCC) });
    }
  });

  it('takes day 00 as the last day of the month', () => {
    for (const [label, day] of [
      ['270200', '2027-02-28'],
      ['280200', '2028-02-29'],
      ['270400', '2027-04-30'],
      ['271200', '2027-12-31'],
      ['990100', '2099-01-31'],
    ]) {
      expect(code(`(01)${GTIN}(17)${label}`).expiry).toBe(day);
    }
  });

  it('reads a Chinese drug trace code', () => {
    const id = `https://countermark.org/ns/id/cn-trace/${TRACE}`;
    for (const text of [TRACE, `]C0${TRACE}`, id]) {
      expect(code(text)).toEqual({ scheme: 'cn-trace', unit: id, traceCodePrefix: '8123456' });
    }
  });

  it('tells twenty digits of GS1 from a trace code by their first two', () => {
    expect(code(`01${GTIN}2112`)).toEqual({
      scheme: 'gs1',
      unit: sgtin(GTIN, '12'),
      product: PRODUCT,
      gtin: GTIN,
      serial: '12',
    });
    expect(code(`00${SSCC}`).container).toBe(sscc(SSCC));
    expect(finding(`00${SSCC.slice(0, 17)}1`)).toBe('ID-02');
    expect(finding(`01${GTIN.slice(0, 13)}32112`)).toBe('ID-02');
  });

  it.each([
    ['one wrong digit in the GTIN', `(01)${GTIN.slice(0, 13)}3(21)S1`],
    ['the same scanned', `01${GTIN.slice(0, 13)}321S1`],
    ['the same as a link', `https://id.gs1.org/01/${GTIN.slice(0, 13)}3/21/S1`],
    ['a letter in the GTIN', `(01)O9506000134352(21)S1`],
    ['a character outside CSET 82 in the serial', `(01)${GTIN}(21)S#1`],
    ['a control character in the lot', `(01)${GTIN}(21)S1(10)L\x00`],
    ['a lone surrogate in the serial', `(01)${GTIN}(21)S\ud800`],
    ['a trailing line feed', `${UNIT}\n`],
    ['a wrong EAN-13', '9506000134353'],
    ['a wrong EAN-8', '96385075'],
    ['a wrong UPC-A', '036000291453'],
    ['a wrong SSCC', '040123451111111111'],
    ['a wrong GLN beside the GTIN', `(01)${GTIN}(21)S1(414)4012345000055`],
  ])('answers ID-02 for %s', (_, text) => {
    expect(finding(text)).toBe('ID-02');
  });

  it.each([
    ['nothing', ''],
    ['white space', ' '],
    ['words', 'hello world'],
    ['another web page', 'https://example.com/product?id=7'],
    ['a place', 'https://id.gs1.org/414/4012345000054'],
    ['a party URN', 'urn:epc:id:pgln:4000001.00012'],
    ['an asset', '(8004)4000001111'],
    ['a serial without a product', '(21)S1'],
    ['a serial that is too long', `(01)${GTIN}(21)${'S'.repeat(21)}`],
    ['an unknown AI', `(01)${GTIN}(89)X`],
    ['an impossible expiry', `(01)${GTIN}(21)S1(17)271301`],
    ['two serials', `(01)${GTIN}(21)S1(21)S2`],
    ['a trace code of 19 digits', TRACE.slice(1)],
    ['a trace code of 21 digits', `${TRACE}0`],
    ['a trace code with a letter', `${TRACE.slice(0, 19)}X`],
    ['full-width digits', '９５０６０００１３４３５２'],
    ['a JSON object', '{"gtin":"09506000134352"}'],
    ['a symbology identifier alone', ']d2'],
    ['a HIBC code', '+A99912345/$$52001510X3'],
  ])('answers ID-01 for %s', (_, text) => {
    expect(finding(text)).toBe('ID-01');
  });

  it('shows a key id and a signature only where they have the form of ours', () => {
    const keyId = 'AAAAAAAAAAA';
    const signature = 'A'.repeat(86);
    const base = `(01)${GTIN}(21)S1`;
    expect(code(`${base}(91)${keyId}(92)${signature}`)).toMatchObject({
      keyId,
      signature: new Uint8Array(64),
    });
    expect(code(`${base}(92)${signature}`)).not.toHaveProperty('keyId');
    expect(code(`${base}(91)${keyId}`)).not.toHaveProperty('signature');
    // Other people's AI 91 and 92: no claim of ours.
    for (const foreign of [`(91)EE06(92)${'a'.repeat(44)}`, '(91)X', '(92)X', `(91)AAAAAAAAAAB(92)X`]) {
      const other = code(base + foreign);
      expect(other).not.toHaveProperty('keyId');
      expect(other).not.toHaveProperty('signature');
    }
    // A mutilated signature under our key id is an invalid signature, not a missing one.
    for (const broken of [
      'A'.repeat(85),
      'A'.repeat(87),
      'X',
      `${'A'.repeat(85)}B`,
      `${'A'.repeat(85)}=`,
      `+${'A'.repeat(85)}`,
    ]) {
      expect(code(`${base}(91)${keyId}(92)${broken}`)).toMatchObject({ keyId, signature: new Uint8Array(0) });
    }
  });

  it('reads a key id and a signature exactly where they decode to 8 and 64 bytes', () => {
    const texts = (length: number): fc.Arbitrary<string> =>
      fc.string({ unit: fc.constantFrom(...BASE64URL), minLength: length, maxLength: length });
    const sized = fc.nat(2).chain((more) => fc.tuple(texts(10 + more), texts(85 + more)));
    fc.assert(
      fc.property(sized, ([keyId, signature]) => {
        const read = code(`(01)${GTIN}(21)S1(91)${keyId}(92)${signature}`);
        const isKey = decoded(keyId)?.length === 8;
        const bytes = decoded(signature);
        expect(read.keyId).toBe(isKey ? keyId : undefined);
        const isSigned = bytes?.length === 64;
        expect(read.signature).toEqual(isSigned ? bytes : isKey ? new Uint8Array(0) : undefined);
      }),
      { numRuns: 1000 },
    );
  });

  it('throws a TypeError only for what is no string', () => {
    for (const value of [undefined, null, 7, 7n, {}, [], new Uint8Array(9), Symbol('x')]) {
      expect(() => parseCode(value as unknown as string)).toThrow(TypeError);
    }
  });
});

describe('parseCode() under hostile input', () => {
  const hostile = fc.oneof(
    anyText(),
    anyText(3000),
    textOf(`${CSET_82}\x1d\\`, 80),
    textOf('0123456789', 60),
    textOf('()0123456789\\A', 60),
    fc
      .tuple(
        fc.constantFrom(
          '(01)',
          '01',
          ']d2',
          ']',
          FNC1,
          'https://',
          'https://id.gs1.org/',
          `${UNIT}?`,
          'urn:epc:id:',
          'urn:',
        ),
        fc.oneof(anyText(), textOf(`%/?&=#.:${CSET_82}`, 80)),
      )
      .map((parts) => parts.join('')),
  );

  it('never throws over 10,000 random strings, and answers in the same way twice', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const result = parseCode(text);
        expect(result.ok || result.finding === 'ID-01' || result.finding === 'ID-02').toBe(true);
        if (result.ok && result.code.unit !== undefined)
          expect(parseCode(result.code.unit)).toMatchObject({ ok: true });
      }),
      { numRuns: 10_000 },
    );
  });

  it('never throws on a valid code with any one unit replaced', () => {
    const valid = [
      `(01)${GTIN}(21)S1(10)L1(17)271231(91)AAAAAAAAAAA(92)${'A'.repeat(86)}`,
      `01${GTIN}21S1${FNC1}10L1${FNC1}17271231`,
      `https://id.gs1.org/01/${GTIN}/10/L1/21/S%2F1?17=271231&91=AAAAAAAAAAA`,
      'urn:epc:id:sgtin:9506000.013435.S1',
      TRACE,
    ];
    const units = [
      '',
      '\x00',
      '\x1d',
      '(',
      ')',
      '\\',
      '%',
      '/',
      '&',
      '#',
      '?',
      '0',
      '9',
      'A',
      'ä',
      '\ud800',
      '\udc00',
      '\uffff',
    ];
    for (const text of valid) {
      for (let at = 0; at <= text.length; at++) {
        for (const unit of units) {
          parseCode(text.slice(0, at) + unit + text.slice(at + 1));
          parseCode(text.slice(0, at) + unit + text.slice(at));
        }
      }
    }
  });

  it('refuses very long strings unread', () => {
    const start = performance.now();
    for (const text of ['(', '0', '%', '/', FNC1, 'https://a/', '(01)', '\\(', '\ud800', '01/']) {
      expect(finding(text.repeat(3_000_000))).toBe('ID-01');
    }
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('takes time in proportion to the length', () => {
    const shapes = [
      (n: number): string => `(01)${GTIN}(21)${'\\('.repeat(n / 2)}`,
      (n: number): string => '11271231'.repeat(n / 8),
      (n: number): string => FNC1.repeat(n),
      (n: number): string => '('.repeat(n),
      (n: number): string => `https://a/${'01/'.repeat(n / 3)}`,
      (n: number): string => `${UNIT}?${'91=a&'.repeat(n / 5)}`,
      (n: number): string => `${UNIT}?${'%41'.repeat(n / 3)}`,
      (n: number): string => `urn:epc:id:sgtin:${'1.'.repeat(n / 2)}`,
    ];
    for (const shape of shapes) {
      const short = time(shape(480));
      const long = time(shape(1920));
      // Four times the length: linear is 4, quadratic 16. The margin is for a busy machine.
      expect(long).toBeLessThan(Math.max(12 * short, 1));
    }
  });

  /** Least time of many batches of calls, in milliseconds per batch. */
  function time(text: string): number {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 20; round++) {
      const start = performance.now();
      for (let i = 0; i < 50; i++) parseCode(text);
      best = Math.min(best, performance.now() - start);
    }
    return best;
  }
});
