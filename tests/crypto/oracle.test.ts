// Goal: batches, single checks and the kernel give the verdicts of ZIP 215, on honest, spoilt and strange signatures alike.
// Method: verdicts known by algebra (support/signed-cases.ts), which noble confirms on a sample; all fourteen small-order encodings
//         against each other; Wycheproof. SLOW=1 checks COUNTERMARK_CASES signatures, default two million, and noble 20,000 of them.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8Encode } from '../../src/bytes/index.ts';
import { accelerate, BatchVerifier, verify, verifyBatch } from '../../src/crypto/index.ts';
import { portableVerify } from '../../src/crypto/ed25519.ts';
import { exactVerdict } from '../../src/crypto/exact.ts';
import { kernel, replaceKernel } from '../../src/crypto/kernel.ts';
import { installNativeCrypto } from '../../src/node/index.ts';
import { encodeY, nonCanonicalEncodings, ORDER, smallOrderEncodings } from '../support/curve.ts';
import { SignedCases, type SignedCase } from '../support/signed-cases.ts';
import { vectorsPath } from '../support/vectors.ts';

const SLOW = process.env['SLOW'] === '1';
const CASES = SLOW ? Number(process.env['COUNTERMARK_CASES'] ?? 2_000_000) : 20_000;
const NOBLE_CASES = SLOW ? 20_000 : 250;
const SEED = process.env['COUNTERMARK_SEED'] ?? 'oracle';
const TIMEOUT_MS = SLOW ? 3_600_000 : 60_000;
/** Sizes of batches: around what one run holds, around powers of two, and small ones. */
const SIZES = [64, 1, 2, 3, 500, 17, 1024, 5, 33, 8192, 300, 4, 8193, 100, 2500];

beforeAll(() => {
  installNativeCrypto();
  kernel(); // else node:crypto would be asked first for a while
});
afterAll(() => accelerate(undefined));

function added(batch: BatchVerifier, cases: readonly SignedCase[]): BatchVerifier {
  for (const { signature, message, publicKey } of cases) batch.add(signature, message, publicKey);
  return batch;
}

/** What went wrong, readable and repeatable. */
function described({ signature, message, publicKey, valid, kind }: SignedCase): string {
  return `${kind}, ${valid ? 'valid' : 'invalid'}: ${[signature, message, publicKey].map(toHex).join(' ')}`;
}

function differing(cases: readonly SignedCase[], verdicts: ArrayLike<number>): readonly string[] {
  return cases.filter((one, i) => verdicts[i] !== (one.valid ? 1 : 0)).map(described);
}

describe('the algebra of the test cases', () => {
  it(`is noble's verdict (${NOBLE_CASES} cases, seed ${SEED})`, { timeout: TIMEOUT_MS }, () => {
    const source = new SignedCases(`${SEED} noble`);
    const wrong: string[] = [];
    let valid = 0;
    for (let done = 0; done < NOBLE_CASES;) {
      for (const one of source.each()) {
        done++;
        if (one.valid) valid++;
        if (portableVerify(one.signature, one.message, one.publicKey) !== one.valid)
          wrong.push(described(one));
      }
    }
    expect(wrong).toEqual([]);
    expect(valid).toBeGreaterThan(NOBLE_CASES / 8);
  });
});

describe('verifyBatch() and BatchVerifier', () => {
  it(
    `agree with the algebra in batches of all sizes (${CASES} cases, seed ${SEED})`,
    { timeout: TIMEOUT_MS },
    () => {
      const source = new SignedCases(SEED);
      const batch = new BatchVerifier();
      for (let done = 0, round = 0; done < CASES; round++) {
        const count = SIZES[round % SIZES.length]!;
        // Every third batch is honest but for one, every seventh holds no honest one at all.
        const cases = Array.from({ length: count }, (_, i) => {
          if (round % 7 === 6) return source.next('bit of S');
          return round % 3 === 0 && i !== round % count ? source.next('honest') : source.next();
        });
        expect(differing(cases, added(batch, cases).verify())).toEqual([]);
        done += count;
      }
    },
  );

  it('agree with verify() on each, and with themselves without the kernel', () => {
    const source = new SignedCases('alone');
    const cases = Array.from({ length: 6 }, () => source.each()).flat();
    const together = verifyBatch(cases);
    expect(cases.map(({ signature, message, publicKey }) => verify(signature, message, publicKey))).toEqual(
      together,
    );
    replaceKernel(null);
    expect(verifyBatch(cases)).toEqual(together);
    replaceKernel(undefined);
  });

  it('accept every small-order A and R with S = 0, in all fourteen encodings', () => {
    const points = smallOrderEncodings();
    expect(new Set(points.map(toHex)).size).toBe(14);
    const message = utf8Encode('Zcash');
    const items = points.flatMap((publicKey) =>
      points.map((r) => ({ signature: Uint8Array.of(...r, ...new Uint8Array(32)), message, publicKey })),
    );
    expect(verifyBatch(items)).toEqual(items.map(() => true));
    const off = items.map(({ signature, ...rest }) => ({
      ...rest,
      signature: Uint8Array.of(...signature.subarray(0, 32), ...encodeY(1n)),
    }));
    expect(verifyBatch(off)).toEqual(items.map(() => false));
  });

  it(
    'agree with noble about every encoding that is not canonical, as R and as A, and about S around L',
    { timeout: TIMEOUT_MS },
    () => {
      const [honest] = [new SignedCases('edges').next('honest')];
      const withR = (r: Uint8Array): Uint8Array => Uint8Array.of(...r, ...honest.signature.subarray(32));
      const withS = (s: bigint): Uint8Array =>
        Uint8Array.of(...honest.signature.subarray(0, 32), ...encodeY(s));
      const items = [
        ...nonCanonicalEncodings().flatMap((bytes) => [
          { ...honest, signature: withR(bytes) },
          { ...honest, publicKey: bytes },
          { ...honest, publicKey: bytes, signature: Uint8Array.of(...bytes, ...new Uint8Array(32)) },
        ]),
        ...[0n, 1n, ORDER - 1n].map((s) => ({ ...honest, signature: withS(s) })),
      ];
      const expected = items.map(({ signature, message, publicKey }) =>
        portableVerify(signature, message, publicKey),
      );
      expect(verifyBatch(items)).toEqual(expected);
      expect(
        items.map(({ signature, message, publicKey }) => exactVerdict(signature, message, publicKey)),
      ).toEqual(expected);
      for (const s of [ORDER, ORDER + 1n, 2n ** 255n, 2n ** 256n - 1n]) {
        expect(verifyBatch([{ ...honest, signature: withS(s) }, honest, honest])).toEqual([
          false,
          true,
          true,
        ]);
      }
    },
  );

  const wycheproof = vectorsPath('ed25519-wycheproof.json');
  it.skipIf(wycheproof === undefined)('agree with Wycheproof but for case 151, which ZIP 215 accepts', () => {
    const { testGroups } = JSON.parse(readFileSync(wycheproof!, 'utf8')) as {
      readonly testGroups: readonly {
        readonly publicKey: { readonly pk: string };
        readonly tests: readonly { readonly tcId: number; msg: string; sig: string; result: string }[];
      }[];
    };
    const tests = testGroups.flatMap(({ publicKey, tests: own }) =>
      own.map((test) => ({ ...test, pk: publicKey.pk })),
    );
    const verdicts = verifyBatch(
      tests.map(({ sig, msg, pk }) => ({
        signature: fromHex(sig),
        message: fromHex(msg),
        publicKey: fromHex(pk),
      })),
    );
    const wrong = tests
      .filter(({ result }, i) => verdicts[i] !== (result === 'valid'))
      .map(({ tcId }) => tcId);
    expect([tests.length, wrong]).toEqual([151, [151]]);
  });
});

describe('verify() with the kernel', () => {
  it('agrees with the algebra', { timeout: TIMEOUT_MS }, () => {
    const source = new SignedCases('exactly');
    const cases = Array.from({ length: SLOW ? 2000 : 40 }, () => source.each()).flat();
    const verdicts = cases.map(({ signature, message, publicKey }) =>
      verify(signature, message, publicKey) ? 1 : 0,
    );
    expect(differing(cases, verdicts)).toEqual([]);
  });
});
