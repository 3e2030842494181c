// Goal: one Ed25519 verdict, ZIP 215, whichever engine computes it.
// Method: RFC 8032 and Wycheproof vectors, hand-made edge cases, and native against portable on mutated signatures.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8Encode } from '../../src/bytes/index.ts';
import { accelerate, createSigner, sha256, verify } from '../../src/crypto/index.ts';
import { replaceKernel } from '../../src/crypto/kernel.ts';
import { installNativeCrypto, nativeSigner, randomBytes32 } from '../../src/node/index.ts';
import { vectorsPath } from '../support/vectors.ts';

interface WycheproofFile {
  testGroups: {
    publicKey: { pk: string };
    tests: { tcId: number; comment: string; msg: string; sig: string; result: 'valid' | 'invalid' }[];
  }[];
}

// RFC 8032 section 7.1, TEST 2
const SEED = fromHex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb');
const KEY = fromHex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
const MESSAGE = fromHex('72');
const SIGNATURE = fromHex(
  '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
);
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

const wycheproof = vectorsPath('ed25519-wycheproof.json');

function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const out = bytes.slice();
  out[bit >>> 3]! ^= 1 << (bit & 7);
  return out;
}

/** The signature with L added to S: the same point equation, another encoding. */
function withOrderAdded(signature: Uint8Array): Uint8Array {
  const out = signature.slice();
  let scalar = ORDER;
  for (let i = 63; i >= 32; i--) scalar += BigInt(signature[i]!) << BigInt(8 * (i - 32));
  for (let i = 32; i < 64; i++, scalar >>= 8n) out[i] = Number(scalar & 255n);
  return out;
}

afterEach(() => {
  accelerate(undefined);
  replaceKernel(undefined);
});

for (const engine of ['portable', 'native'] as const) {
  describe(`verify() with the ${engine} engine`, () => {
    const setUp = (): void => (engine === 'native' ? installNativeCrypto() : accelerate(undefined));

    it('accepts the RFC 8032 vector', () => {
      setUp();
      expect(verify(SIGNATURE, MESSAGE, KEY)).toBe(true);
      expect(verify(SIGNATURE, utf8Encode('other'), KEY)).toBe(false);
    });

    it.skipIf(wycheproof === undefined)(
      'agrees with Wycheproof but for case 151, which ZIP 215 accepts',
      () => {
        setUp();
        const file = JSON.parse(readFileSync(wycheproof!, 'utf8')) as WycheproofFile;
        const differing: number[] = [];
        let count = 0;
        for (const group of file.testGroups) {
          for (const test of group.tests) {
            count++;
            const ok = verify(fromHex(test.sig), fromHex(test.msg), fromHex(group.publicKey.pk));
            if (ok !== (test.result === 'valid')) differing.push(test.tcId);
          }
        }
        expect(count).toBe(151);
        expect(differing).toEqual([151]);
      },
    );

    it('refuses S + L, which satisfies the same equation', () => {
      setUp();
      expect(verify(withOrderAdded(SIGNATURE), MESSAGE, KEY)).toBe(false);
    });

    it('accepts all-zero R and S for a small-order key, as ZIP 215 says: enrolment is what keeps such keys out', () => {
      setUp();
      const neutral = fromHex('01' + '00'.repeat(31));
      const signature = new Uint8Array(64);
      signature.set(neutral);
      expect(verify(signature, MESSAGE, neutral)).toBe(true);
    });

    it('gives false, not an error, for wrong lengths and for keys that are no point', () => {
      setUp();
      for (const length of [0, 31, 33, 63, 65, 128]) {
        expect(verify(new Uint8Array(length), MESSAGE, KEY)).toBe(false);
        expect(verify(SIGNATURE, MESSAGE, new Uint8Array(length))).toBe(false);
      }
      expect(verify(SIGNATURE, MESSAGE, fromHex('02' + '00'.repeat(31)))).toBe(false);
      expect(verify(SIGNATURE, MESSAGE, new Uint8Array(32).fill(0xff))).toBe(false);
    });

    it('throws a TypeError for what is no byte array', () => {
      setUp();
      for (const wrong of [undefined, null, '', 'ab', 1, [], {}, new ArrayBuffer(64)] as never[]) {
        expect(() => verify(wrong, MESSAGE, KEY)).toThrow(TypeError);
        expect(() => verify(SIGNATURE, wrong, KEY)).toThrow(TypeError);
        expect(() => verify(SIGNATURE, MESSAGE, wrong)).toThrow(TypeError);
      }
    });
  });
}

describe('accelerate()', () => {
  it('leaves every verdict on mutated signatures as it was', { timeout: 60_000 }, () => {
    const cases: [Uint8Array, Uint8Array, Uint8Array][] = [[SIGNATURE, MESSAGE, KEY]];
    for (let bit = 0; bit < 512; bit += 13) cases.push([flipBit(SIGNATURE, bit), MESSAGE, KEY]);
    for (let bit = 0; bit < 256; bit += 17) cases.push([SIGNATURE, MESSAGE, flipBit(KEY, bit)]);
    for (let round = 0; round < 10; round++) {
      const signer = nativeSigner(sha256(Uint8Array.of(round)));
      cases.push(
        [signer.sign(MESSAGE), MESSAGE, signer.publicKey],
        [signer.sign(KEY), MESSAGE, signer.publicKey],
      );
    }
    const verdicts = (): boolean[] => cases.map((one) => verify(...one));
    accelerate(undefined);
    const portable = verdicts();
    installNativeCrypto();
    expect(verdicts()).toEqual(portable);
    expect(portable.filter(Boolean)).toHaveLength(11);
  });

  it('asks noble when native says false or throws', () => {
    for (const verifyAccepts of [
      () => false,
      () => {
        throw new Error('no engine');
      },
    ]) {
      accelerate({ sha256: sha256OfAbc, verifyAccepts });
      expect(verify(SIGNATURE, MESSAGE, KEY)).toBe(true);
      expect(verify(flipBit(SIGNATURE, 3), MESSAGE, KEY)).toBe(false);
    }
  });

  it('does not ask native about signatures whose length or S is wrong', () => {
    accelerate({ sha256: sha256OfAbc, verifyAccepts: () => true });
    expect(verify(SIGNATURE.subarray(1), MESSAGE, KEY)).toBe(false);
    expect(verify(withOrderAdded(SIGNATURE), MESSAGE, KEY)).toBe(false);
  });

  it('refuses an engine with a wrong hash or a missing method', () => {
    expect(() => accelerate({ sha256: () => new Uint8Array(32), verifyAccepts: () => true })).toThrow(
      RangeError,
    );
    expect(() => accelerate({ sha256: sha256OfAbc } as never)).toThrow(TypeError);
    expect(() => accelerate(null as never)).toThrow(TypeError);
  });
});

describe('sha256()', () => {
  it('gives the same bytes from both engines, for all lengths around a block', () => {
    const data = Uint8Array.from({ length: 200 }, (_, i) => (i * 7) & 255);
    for (let length = 0; length <= 200; length++) {
      accelerate(undefined);
      const portable = sha256(data.subarray(0, length));
      installNativeCrypto();
      const native = sha256(data.subarray(0, length));
      expect(toHex(native)).toBe(toHex(portable));
      expect(native.constructor).toBe(Uint8Array);
    }
  });

  it('throws a TypeError for a string', () => {
    expect(() => sha256('abc' as never)).toThrow(TypeError);
  });
});

describe('createSigner() and nativeSigner()', () => {
  it('sign the RFC 8032 vector', () => {
    for (const signer of [createSigner(SEED), nativeSigner(SEED)]) {
      expect(toHex(signer.publicKey)).toBe(toHex(KEY));
      expect(toHex(signer.sign(MESSAGE))).toBe(toHex(SIGNATURE));
      expect(signer.publicKey.constructor).toBe(Uint8Array);
      expect(signer.sign(MESSAGE).constructor).toBe(Uint8Array);
    }
  });

  it('give equal signatures for random seeds', () => {
    for (let round = 0; round < 5; round++) {
      const seed = randomBytes32();
      const message = randomBytes32();
      expect(toHex(createSigner(seed).sign(message)), toHex(seed)).toBe(
        toHex(nativeSigner(seed).sign(message)),
      );
    }
  });

  it('keep their own copy of the seed', () => {
    const seed = SEED.slice();
    const signers = [createSigner(seed), nativeSigner(seed)];
    seed.fill(0);
    for (const signer of signers) expect(toHex(signer.sign(MESSAGE))).toBe(toHex(SIGNATURE));
  });

  it('refuse a seed of another length or type', () => {
    for (const create of [createSigner, nativeSigner]) {
      expect(() => create(new Uint8Array(31))).toThrow(RangeError);
      expect(() => create('seed' as never)).toThrow(TypeError);
    }
  });
});

describe('installNativeCrypto()', () => {
  it('stays correct when more keys are used than are kept', () => {
    installNativeCrypto();
    replaceKernel(null); // else it would be asked first
    const signer = nativeSigner(SEED);
    for (let i = 0; i < 2100; i++) {
      const other = nativeSigner(sha256(Uint8Array.of(i & 255, i >>> 8)));
      if (!verify(other.sign(MESSAGE), MESSAGE, other.publicKey)) expect.fail(`key ${i}`);
    }
    expect(verify(signer.sign(MESSAGE), MESSAGE, signer.publicKey)).toBe(true);
  });
});

/** Enough of SHA-256 to be installed: these tests hash nothing else. */
function sha256OfAbc(): Uint8Array {
  return fromHex('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
}
