// Goal: only canonical, torsion-free keys are enrolled, and what is portable is decided by encodings alone.
// Method: the eight points of small order are derived from curve arithmetic, not from the table under test.
import * as ed from '@noble/ed25519';
import { decode, encode } from 'cbor2';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/bytes/index.ts';
import { checkEnrolment, createSigner, isPortableSignature, keyId, sha256 } from '../../src/crypto/index.ts';
import { encodeY, nonCanonicalEncodings, P, smallOrderPoints } from '../support/curve.ts';

const SEED = fromHex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');
const signer = createSigner(SEED);
const message = fromHex('0102');
const signature = signer.sign(message);

const SMALL = smallOrderPoints();

describe('checkEnrolment()', () => {
  it('accepts honest keys', () => {
    expect(checkEnrolment(signer.publicKey)).toBe('ok');
    for (let i = 0; i < 5; i++) {
      expect(checkEnrolment(createSigner(sha256(Uint8Array.of(i))).publicKey)).toBe('ok');
    }
  });

  it('refuses all eight points of small order', () => {
    expect(new Set(SMALL.map((point) => point.toHex())).size).toBe(8);
    for (const point of SMALL) expect(checkEnrolment(point.toBytes()), point.toHex()).toBe('small-order');
  });

  it('refuses every non-canonical encoding there is', () => {
    const keys = nonCanonicalEncodings();
    expect(keys).toHaveLength(40);
    for (const key of keys) expect(checkEnrolment(key), toHex(key)).toBe('not-canonical');
  });

  it('refuses honest keys with a torsion part added', () => {
    const honest = ed.Point.fromBytes(signer.publicKey);
    for (const torsion of SMALL.slice(1)) {
      expect(checkEnrolment(honest.add(torsion).toBytes())).toBe('torsion');
    }
  });

  it('refuses other lengths and bytes that are no point', () => {
    for (const length of [0, 31, 33, 64])
      expect(checkEnrolment(new Uint8Array(length))).toBe('not-canonical');
    expect(checkEnrolment(encodeY(2n))).toBe('not-canonical');
  });

  it('throws a TypeError for what is no byte array', () => {
    for (const wrong of [undefined, null, '00', 1, [], {}] as never[]) {
      expect(() => checkEnrolment(wrong)).toThrow(TypeError);
      expect(() => keyId(wrong)).toThrow(TypeError);
      expect(() => isPortableSignature(wrong, signer.publicKey)).toThrow(TypeError);
      expect(() => isPortableSignature(signature, wrong)).toThrow(TypeError);
    }
  });
});

describe('isPortableSignature()', () => {
  const withR = (r: Uint8Array): Uint8Array => Uint8Array.of(...r, ...signature.subarray(32));

  it('accepts honest signatures', () => {
    for (let i = 0; i < 10; i++) {
      expect(isPortableSignature(signer.sign(Uint8Array.of(i)), signer.publicKey)).toBe(true);
    }
  });

  it('refuses a small-order R or A', () => {
    for (const point of SMALL) {
      expect(isPortableSignature(withR(point.toBytes()), signer.publicKey)).toBe(false);
      expect(isPortableSignature(signature, point.toBytes())).toBe(false);
    }
  });

  it('refuses a non-canonical R or A', () => {
    for (const key of nonCanonicalEncodings()) {
      expect(isPortableSignature(withR(key), signer.publicKey)).toBe(false);
      expect(isPortableSignature(signature, key)).toBe(false);
    }
  });

  it('accepts y = p - 2 and refuses S from L upwards, to the unit', () => {
    expect(isPortableSignature(withR(encodeY(P - 2n)), signer.publicKey)).toBe(true);
    const order = ed.Point.CURVE().n;
    const withS = (s: bigint): Uint8Array => Uint8Array.of(...signature.subarray(0, 32), ...encodeY(s));
    expect(isPortableSignature(withS(order - 1n), signer.publicKey)).toBe(true);
    expect(isPortableSignature(withS(0n), signer.publicKey)).toBe(true);
    expect(isPortableSignature(withS(order), signer.publicKey)).toBe(false);
    expect(isPortableSignature(withS(order + 1n), signer.publicKey)).toBe(false);
    expect(isPortableSignature(withS(2n ** 255n), signer.publicKey)).toBe(false);
  });

  it('refuses other lengths', () => {
    expect(isPortableSignature(signature.subarray(1), signer.publicKey)).toBe(false);
    expect(isPortableSignature(signature, signer.publicKey.subarray(1))).toBe(false);
  });
});

describe('keyId()', () => {
  it('is the SHA-256 of the deterministic CBOR of the COSE key', () => {
    const coseKey = new Map<number, unknown>([
      [1, 1],
      [-1, 6],
      [-2, signer.publicKey],
    ]);
    const bytes = encode(coseKey);
    expect(toHex(bytes)).toBe('a301012006215820' + toHex(signer.publicKey));
    expect(decode(bytes)).toEqual(coseKey);
    expect(toHex(keyId(signer.publicKey))).toBe(toHex(sha256(bytes)));
  });

  it('refuses a key of another length', () => {
    expect(() => keyId(new Uint8Array(31))).toThrow(RangeError);
  });
});
