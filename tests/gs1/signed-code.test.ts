// Goal:   a signed unit code in its common spellings is read by the short cut, and nothing is read there that is not read so without it.
// Method: the reader of every spelling as the oracle: signed codes in both forms, their elements in any order, dropped, doubled, cut
//         and spoilt character by character; the message of what was read against the checked one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase64url } from '../../src/bytes/index.ts';
import { FNC1, parseCode, unitCodeMessage } from '../../src/gs1/index.ts';
import { parseAnyScheme } from '../../src/gs1/code.ts';
import { readSignedCode } from '../../src/gs1/signed-code.ts';
import { MESSAGE_ROOM, writeReadMessage } from '../../src/gs1/unit-code.ts';
import { anyText, cset82, day, gtin14, textOf } from './arbitraries.ts';

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const plainValue = textOf(`${ALPHANUMERIC}-._`);

/** The six elements of a signed code, in the order they are printed. */
const elements = (value: fc.Arbitrary<string>): fc.Arbitrary<readonly (readonly [string, string])[]> =>
  fc
    .record({
      gtin: gtin14,
      serial: value,
      lot: value,
      expiry: day,
      keyId: fc.uint8Array({ minLength: 8, maxLength: 8 }),
      signature: fc.uint8Array({ minLength: 64, maxLength: 64 }),
      monthOnly: fc.boolean(),
    })
    .map(({ gtin, serial, lot, expiry, keyId, signature, monthOnly }) => {
      const yymmdd = expiry.slice(2).replaceAll('-', '');
      return [
        ['01', gtin],
        ['21', serial],
        ['10', lot],
        ['17', monthOnly ? `${yymmdd.slice(0, 4)}00` : yymmdd],
        ['91', toBase64url(keyId)],
        ['92', toBase64url(signature)],
      ] as const;
    });

const scanned = (parts: readonly (readonly [string, string])[]): string =>
  parts
    .map(([ai, value], i) => ai + value + (ai === '01' || ai === '17' || i === parts.length - 1 ? '' : FNC1))
    .join('');

const linked = (parts: readonly (readonly [string, string])[], host = 'id.gs1.org'): string => {
  const valueOf = (wanted: string): string => parts.find(([ai]) => ai === wanted)?.[1] ?? '';
  const path = ['01', '10', '21'].map((ai) => `/${ai}/${valueOf(ai)}`).join('');
  const query = parts.filter(([ai]) => ai === '17' || ai.startsWith('9'));
  return `https://${host}${path}?${query.map(([ai, value]) => `${ai}=${value}`).join('&')}`;
};

const whole = fc.oneof(
  elements(cset82)
    .chain((parts) => fc.shuffledSubarray([...parts], { minLength: 6 }))
    .map(scanned),
  elements(plainValue)
    .chain((parts) => fc.shuffledSubarray([...parts], { minLength: 6 }))
    .map((parts) => linked(parts)),
);

/** Elements left out or said twice, and values that are none. */
const crippled = elements(fc.oneof(cset82, plainValue)).chain((parts) =>
  fc
    .array(fc.constantFrom(...parts, ['10', ''] as const, ['91', 'abc'] as const, ['30', '5'] as const), {
      maxLength: 8,
    })
    .chain((some) => fc.constantFrom(scanned(some), linked(some), linked(some, 'example.com:8080/shop'))),
);

/** A text with a few of its characters changed, doubled or taken out. */
const spoilt = fc
  .tuple(
    fc.oneof(whole, crippled),
    fc.array(
      fc.tuple(fc.nat(300), fc.constantFrom('', FNC1, '/', '?', '&', '%', '0', '9', 'A', '~', 'é', '#')),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
    fc.constantFrom(0, 1),
  )
  .map(([text, slips, taken]) =>
    slips.reduce((now, [at, put]) => now.slice(0, at) + put + now.slice(at + taken), text),
  );

describe('the short cut of parseCode()', () => {
  it('reads signed codes in the order of any maker, as the reader of all spellings does', () => {
    const prefixed = fc.tuple(
      fc.constantFrom('', FNC1, ']d2', `]C1${FNC1}`),
      whole,
      fc.constantFrom('', FNC1),
    );
    fc.assert(
      fc.property(prefixed, ([prefix, text, suffix]) => {
        const isLink = text.startsWith('https');
        const presented = isLink ? text : prefix + text + suffix;
        const code = readSignedCode(presented);
        expect(code).toBeDefined();
        expect({ ok: true, code }).toEqual(parseAnyScheme(presented));
      }),
    );
  });

  it('leaves every other text to it, or reads the same', () => {
    const texts = fc.oneof({ arbitrary: spoilt, weight: 6 }, { arbitrary: crippled, weight: 3 }, anyText());
    fc.assert(
      fc.property(texts, (text) => {
        const code = readSignedCode(text);
        const expected = text.length === 0 ? undefined : parseAnyScheme(text);
        if (code !== undefined) expect({ ok: true, code }).toEqual(expected);
        if (expected !== undefined) expect(parseCode(text)).toEqual(expected);
      }),
      { numRuns: 1500 },
    );
  });

  it('is not taken by what the text before had', () => {
    fc.assert(
      fc.property(elements(plainValue), fc.nat(5), fc.nat(90), (parts, which, at) => {
        expect(readSignedCode(linked(parts))).toBeDefined();
        const [ai, value] = parts[which]!;
        const changed = parts.map((part, i) => (i === which ? ([ai, value.slice(0, at)] as const) : part));
        for (const text of [linked(changed), scanned(changed)])
          expect(parseCode(text)).toEqual(parseAnyScheme(text));
      }),
    );
  });

  it('stops at a value that the text ends within', () => {
    const parts = fc.sample(elements(plainValue), 1)[0]!;
    for (const last of parts) {
      const text = scanned([...parts.filter((part) => part !== last), last]);
      for (let length = 1; length < text.length; length++) {
        const cut = text.slice(0, length);
        const code = readSignedCode(cut);
        if (code !== undefined) expect({ ok: true, code }).toEqual(parseAnyScheme(cut));
      }
    }
  });
});

describe('writeReadMessage()', () => {
  it('writes what must have been signed, as unitCodeMessage() spells it', () => {
    fc.assert(
      fc.property(whole, (text) => {
        const code = readSignedCode(text)!;
        const to = new Uint8Array(MESSAGE_ROOM);
        const { gtin, serial, lot, expiry, keyId } = code as Required<typeof code>;
        const expected = unitCodeMessage({ gtin, serial, lot, expiry }, keyId);
        expect(to.subarray(0, writeReadMessage(code, to))).toEqual(expected);
      }),
    );
  });

  it('writes none of a code that lacks a field', () => {
    const code = readSignedCode(fc.sample(whole, 1)[0]!)!;
    for (const field of ['gtin', 'serial', 'lot', 'expiry', 'keyId'] as const)
      expect(writeReadMessage({ ...code, [field]: undefined }, new Uint8Array(MESSAGE_ROOM))).toBe(0);
  });
});
