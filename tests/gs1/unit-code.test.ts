// Goal:   a signed unit code survives printing and scanning in every form, and any change of any field is refused.
// Method: round trips with a fixed key, every field altered one at a time, a golden message, lazy streaming.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64url, toBase64url } from '../../src/bytes/index.ts';
import { createSigner, keyId, verify } from '../../src/crypto/index.ts';
import type { Signer } from '../../src/crypto/index.ts';
import {
  FNC1,
  labelKeyId,
  parseCode,
  signUnitCode,
  signUnitCodes,
  toDigitalLink,
  toElementString,
  unitCodeMessage,
  verifyUnitCode,
} from '../../src/gs1/index.ts';
import type { PresentedCode, SignedUnitCode, UnitCode } from '../../src/gs1/index.ts';
import { unitCode } from './arbitraries.ts';
import { printsDigitalLink, printsElementString } from './oracle.ts';

const signer = createSigner(new Uint8Array(32).fill(7));
const stranger = createSigner(new Uint8Array(32).fill(8));
const CODE: UnitCode = { gtin: '09506000134352', serial: 'S/1+(2)%', lot: 'L"1', expiry: '2027-12-31' };
const signed = signUnitCode(CODE, signer);

const read = (text: string): PresentedCode => {
  const result = parseCode(text);
  if (!result.ok) throw new Error(`${result.finding} ${result.reason}`);
  return result.code;
};

/** A signer that signs nothing: for tests of the stream alone. */
const blank: Signer = { publicKey: signer.publicKey, sign: () => new Uint8Array(64) };

function* codes(count: number, onPull: () => void = () => {}): Generator<UnitCode> {
  for (let i = 0; i < count; i++) {
    onPull();
    yield { ...CODE, serial: `S${i}` };
  }
}

describe('signUnitCode()', () => {
  it('signs the documented bytes', () => {
    const message = unitCodeMessage(CODE, signed.keyId);
    const text =
      'https://countermark.org/ns/unit-code/1\n09506000134352\nS/1+(2)%\nL"1\n2027-12-31\n' +
      signed.keyId +
      '\n';
    expect(new TextDecoder().decode(message)).toBe(text);
    expect(verify(signed.signature, message, signer.publicKey)).toBe(true);
  });

  it('names the key by the first eight bytes of its thumbprint', () => {
    expect(signed.keyId).toHaveLength(11);
    expect(fromBase64url(signed.keyId)).toEqual(keyId(signer.publicKey).slice(0, 8));
    expect(labelKeyId(signer.publicKey)).toBe(signed.keyId);
  });

  it('gives a frozen copy of the code and nothing else', () => {
    expect(Object.isFrozen(signed)).toBe(true);
    expect(signUnitCode({ ...CODE, extra: 1 } as UnitCode, signer)).toEqual(signed);
  });

  it.each([
    ['gtin', ['', '9506000134352', '09506000134353', '0950600013435X', ' 9506000134352']],
    ['serial', ['', 'S'.repeat(21), 'Ä', 'a b', 'a\nb', 'a\x1db', '\ud800', '#']],
    ['lot', ['', 'L'.repeat(21), 'Ä', 'a\nb']],
    [
      'expiry',
      ['', '271231', '2027-13-01', '2027-02-29', '2027-12-00', '1999-12-31', '2100-01-01', '2027-12-31\n'],
    ],
  ])('refuses a bad %s', (field, values) => {
    for (const value of values) {
      expect(() => signUnitCode({ ...CODE, [field]: value }, signer)).toThrow(RangeError);
      expect(() => unitCodeMessage({ ...CODE, [field]: value }, signed.keyId)).toThrow(RangeError);
    }
    for (const value of [undefined, null, 7, {}, []]) {
      const code = { ...CODE, [field]: value } as unknown as UnitCode;
      expect(() => signUnitCode(code, signer)).toThrow(TypeError);
    }
  });

  it('refuses what is no unit code', () => {
    for (const value of [undefined, null, 7, 'x']) {
      expect(() => signUnitCode(value as unknown as UnitCode, signer)).toThrow(TypeError);
    }
    expect(() => unitCodeMessage(CODE, 'short')).toThrow(RangeError);
    expect(() => unitCodeMessage(CODE, `${'A'.repeat(10)}\n`)).toThrow(RangeError);
  });
});

describe('verifyUnitCode()', () => {
  const forms: readonly (readonly [string, (code: SignedUnitCode) => string])[] = [
    ['printed', (code) => toElementString(code, { bracketed: true })],
    ['scanned', (code) => toElementString(code)],
    ['scanned with its symbology', (code) => `]d2${toElementString(code)}`],
    ['linked', (code) => toDigitalLink(code)],
    ['linked at another domain', (code) => toDigitalLink(code, { domain: 'brand.example' })],
  ];

  it.each(forms)('accepts the %s code', (_, write) => {
    const presented = read(write(signed));
    const { unit, product, scheme, ...fields } = presented;
    expect(fields).toEqual(signed);
    expect([scheme, product, unit]).toEqual([
      'gs1',
      'https://id.gs1.org/01/09506000134352',
      'https://id.gs1.org/01/09506000134352/21/S%2F1%2B%282%29%25',
    ]);
    expect(verifyUnitCode(presented, signer.publicKey)).toBe(true);
  });

  it('gets the fields and the signature of any code back from each form', () => {
    fc.assert(
      fc.property(unitCode, fc.uint8Array({ minLength: 64, maxLength: 64 }), (code, signature) => {
        const any: SignedUnitCode = { ...code, keyId: signed.keyId, signature };
        for (const [, write] of forms) expect(read(write(any))).toMatchObject(any);
      }),
      { numRuns: 500 },
    );
  });

  it('accepts random codes of the signer after each form', () => {
    fc.assert(
      fc.property(unitCode, fc.constantFrom(...forms), (code, [, write]) => {
        expect(verifyUnitCode(read(write(signUnitCode(code, signer))), signer.publicKey)).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  it('accepts a label with day 00 for the last day of the month', () => {
    const text = toElementString(signed, { bracketed: true });
    expect(verifyUnitCode(read(text.replace('(17)271231', '(17)271200')), signer.publicKey)).toBe(true);
  });

  it.each([
    ['gtin', { gtin: '09506000134369' }],
    ['serial', { serial: 'S/1+(2)&' }],
    ['serial in another case', { serial: 's/1+(2)%' }],
    ['lot', { lot: 'L"2' }],
    ['expiry', { expiry: '2028-12-31' }],
    ['key id', { keyId: labelKeyId(stranger.publicKey) }],
    ['serial and lot exchanged', { serial: 'L"1', lot: 'S/1+(2)%' }],
    ['serial moved into the lot', { serial: 'S/1+(2)', lot: '%L"1' }],
  ])('refuses another %s, whatever the form', (_, change) => {
    const altered = { ...signed, ...change };
    expect(verifyUnitCode(altered, signer.publicKey)).toBe(false);
    for (const [, write] of forms) expect(verifyUnitCode(read(write(altered)), signer.publicKey)).toBe(false);
  });

  it('refuses a signature with any one byte changed', () => {
    for (let at = 0; at < 64; at += 9) {
      const signature = signed.signature.slice();
      signature[at]! ^= 1;
      expect(verifyUnitCode({ ...signed, signature }, signer.publicKey)).toBe(false);
    }
  });

  it('refuses a signature of the same key over other bytes', () => {
    const signature = signer.sign(unitCodeMessage(CODE, signed.keyId).subarray(1));
    expect(verifyUnitCode({ ...signed, signature }, signer.publicKey)).toBe(false);
  });

  it("refuses another party's key, and another party's signature under this key's id", () => {
    expect(verifyUnitCode(signed, stranger.publicKey)).toBe(false);
    const signature = stranger.sign(unitCodeMessage(CODE, signed.keyId));
    expect(verifyUnitCode({ ...signed, signature }, signer.publicKey)).toBe(false);
    expect(verifyUnitCode({ ...signed, signature }, stranger.publicKey)).toBe(false);
  });

  it.each(['gtin', 'serial', 'lot', 'expiry', 'keyId', 'signature'] as const)(
    'refuses a code without its %s',
    (field) => {
      const { [field]: _, ...rest } = signed;
      expect(verifyUnitCode(rest, signer.publicKey)).toBe(false);
      for (const value of [null, 7, '', {}, [], 'x'.repeat(200)]) {
        expect(
          verifyUnitCode({ ...signed, [field]: value } as unknown as PresentedCode, signer.publicKey),
        ).toBe(false);
      }
    },
  );

  it('refuses every mutilated signature text', () => {
    const text = toElementString(signed, { bracketed: true });
    const printed = toBase64url(signed.signature);
    const spellings = [
      printed.slice(1),
      `${printed}A`,
      `${printed.slice(0, 85)}_`,
      printed.toLowerCase(),
      'A'.repeat(86),
    ];
    for (const spelling of spellings) {
      expect(verifyUnitCode(read(text.replace(printed, spelling)), signer.publicKey)).toBe(false);
    }
  });

  it("throws only for a public key that is none (a caller's mistake)", () => {
    expect(() => verifyUnitCode(signed, new Uint8Array(31))).toThrow(RangeError);
    expect(() => verifyUnitCode(signed, 'key' as unknown as Uint8Array)).toThrow(TypeError);
  });
});

describe('toElementString() and toDigitalLink()', () => {
  const plain = { ...signed, serial: 'S1', lot: 'L1', signature: new Uint8Array(64) };
  const zeros = 'A'.repeat(86);

  it('write the documented texts', () => {
    const id = signed.keyId;
    expect(toElementString(plain, { bracketed: true })).toBe(
      `(01)09506000134352(21)S1(10)L1(17)271231(91)${id}(92)${zeros}`,
    );
    expect(toElementString(plain)).toBe(
      `010950600013435221S1${FNC1}10L1${FNC1}1727123191${id}${FNC1}92${zeros}`,
    );
    expect(toDigitalLink(plain)).toBe(
      `https://id.gs1.org/01/09506000134352/10/L1/21/S1?17=271231&91=${id}&92=${zeros}`,
    );
  });

  it('write what bwip-js prints', () => {
    expect(printsElementString(toElementString(plain, { bracketed: true }))).toBe(true);
    expect(printsDigitalLink(toDigitalLink(signed))).toBe(true);
  });

  it('refuse unknown options, bad signatures and bad domains', () => {
    expect(() => toElementString(signed, { brackets: true } as object)).toThrow(RangeError);
    expect(() => toDigitalLink(signed, { host: 'x' } as object)).toThrow(RangeError);
    expect(() => toDigitalLink(signed, { domain: 'a/b' })).toThrow(RangeError);
    expect(() => toElementString({ ...signed, signature: new Uint8Array(63) })).toThrow(RangeError);
    expect(() => toElementString({ ...signed, keyId: 'Ä' })).toThrow(RangeError);
  });
});

describe('signUnitCodes()', () => {
  it('signs as signUnitCode does, in order', () => {
    const all = [...signUnitCodes(codes(5), signer)];
    expect(all).toEqual([...codes(5)].map((code) => signUnitCode(code, signer)));
    expect(all.every((code) => verifyUnitCode(code, signer.publicKey))).toBe(true);
  });

  it('pulls one code at a time and holds none back', () => {
    let pulled = 0;
    let taken = 0;
    for (const code of signUnitCodes(
      codes(5000, () => pulled++),
      blank,
    )) {
      expect(code.serial).toBe(`S${taken}`);
      taken++;
      if (pulled !== taken) throw new Error(`pulled ${pulled} after ${taken}`);
    }
    expect(taken).toBe(5000);
  });

  it('keeps no signed code alive', async () => {
    // Every signature holds 64 kB, so that codes kept alive would show as 400 MB beside the heap.
    const heavy: Signer = { publicKey: signer.publicKey, sign: () => new Uint8Array(65_536).subarray(0, 64) };
    let peakBytes = 0;
    let count = 0;
    const before = process.memoryUsage().arrayBuffers;
    for (const _ of signUnitCodes(codes(6000), heavy)) {
      count++;
      if (count % 500 !== 0) continue;
      peakBytes = Math.max(peakBytes, process.memoryUsage().arrayBuffers - before);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(count).toBe(6000);
    expect(peakBytes).toBeLessThan(200_000_000);
  });

  it('closes its source when the reader stops early', () => {
    let closed = false;
    function* source(): Generator<UnitCode> {
      try {
        yield* codes(100);
      } finally {
        closed = true;
      }
    }
    for (const _ of signUnitCodes(source(), blank)) break;
    expect(closed).toBe(true);
  });

  it('throws at the first bad code, after the good ones', () => {
    const stream = signUnitCodes([CODE, { ...CODE, serial: '' }], blank);
    expect(stream.next().done).toBe(false);
    expect(() => stream.next()).toThrow(RangeError);
  });
});
