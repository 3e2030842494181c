// Goal: the kernel's verdicts are those of ZIP 215, one by one, alone and in a batch, for what honest and hostile writers make.
// Method: decoding and verdicts against noble on non-canonical, small-order, mixed and mutated inputs; the public edge vectors.
import { readFileSync } from 'node:fs';
import { randomBytes, randomInt } from 'node:crypto';
import * as ed from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { nativeSigner } from '../../src/node/index.ts';
import { vectorsPath } from '../support/vectors.ts';
import { L, modulo, openKernel, P, readBytes, toBytes, toNumber, write } from './driver.ts';
import { valueOf, verdictAlone, verdictsOf, type Item, type OpenKernel } from './driver.ts';

let kernel: OpenKernel;
beforeAll(async () => {
  ed.hashes.sha512 = sha512;
  kernel = await openKernel();
}, 120_000);

/** Encodings of the eight points of small order: canonical ones, and those that are not. */
const SMALL_ORDER: readonly Uint8Array[] = [0n, 1n, P - 1n, P, P + 1n]
  .flatMap((y) => [y, y | (1n << 255n)])
  .map((y) => toBytes(y, 32))
  .concat(
    [
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    ]
      .flatMap((hex) => [hex, hex.slice(0, 62) + (Number.parseInt(hex.slice(62), 16) | 0x80).toString(16)])
      .map((hex) => Uint8Array.from(Buffer.from(hex, 'hex'))),
  );

const noble = ({ signature, message }: Item, key: Uint8Array): number =>
  ed.verify(signature, message, key) ? 1 : 0;

describe('decoding', () => {
  it('takes the points noble takes by ZIP 215, with the same coordinates', () => {
    const { call, space } = kernel;
    const encodings = [...SMALL_ORDER];
    for (let i = -20n; i < 20n; i++) {
      for (const sign of [0n, 1n << 255n]) encodings.push(toBytes(modulo(P + i, 2n ** 255n) | sign, 32));
    }
    while (encodings.length < 400) encodings.push(Uint8Array.from(randomBytes(32)));
    let points = 0;
    for (let i = 0; i < encodings.length; i += 4) {
      const four = encodings.slice(i, i + 4);
      four.forEach((bytes, j) => write(kernel, space + 32 * j, bytes));
      const to = [0, 1, 2, 3].map((j) => space + 128 + 128 * j);
      const good = call['decompress']!(space, space + 32, space + 64, space + 96, ...to);
      four.forEach((bytes, j) => {
        const expected = decodedByNoble(bytes);
        expect((good >> j) & 1).toBe(expected === undefined ? 0 : 1);
        if (expected === undefined) return;
        points++;
        const words = new Int16Array(readBytes(kernel, to[j]!, 120).buffer);
        const [plus, minus, product] = [0, 20, 40].map((k) => valueOf([...words.subarray(k, k + 20)]));
        expect(modulo(plus! + minus!, P)).toBe(expected.y);
        expect(modulo(plus! - minus!, P)).toBe(expected.x);
        expect(modulo(product! * 121666n, P)).toBe(modulo(-121665n * expected.x * expected.y, P));
      });
    }
    expect(points).toBeGreaterThan(150);
  });
});

function decodedByNoble(bytes: Uint8Array): { x: bigint; y: bigint } | undefined {
  try {
    return ed.Point.fromBytes(bytes, true).toAffine();
  } catch {
    return undefined;
  }
}

describe('verdicts', () => {
  it('are ZIP 215’s for small-order keys and R, all accepted, in one batch and each alone', () => {
    const items: Item[] = SMALL_ORDER.flatMap((r) =>
      SMALL_ORDER.map((_, key) => ({
        signature: Uint8Array.of(...r, ...new Uint8Array(32)),
        message: randomBytes(3),
        key,
      })),
    );
    expect([...verdictsOf(kernel, items, SMALL_ORDER)]).toEqual(items.map(() => 1));
    const few = items.filter((_, i) => i % 7 === 0);
    for (const item of few) {
      const alone = verdictsOf(kernel, [{ ...item, key: 0 }], [SMALL_ORDER[item.key]!]);
      expect([...alone]).toEqual([noble(item, SMALL_ORDER[item.key]!)]);
    }
  });

  it('are ZIP 215’s where R or A has a part of small order', () => {
    const items: Item[] = [];
    const keys: Uint8Array[] = [];
    for (const torsion of SMALL_ORDER.slice(-4)) {
      const T = ed.Point.fromBytes(torsion, true);
      const a = modulo(toNumber(randomBytes(32)), L);
      const r = modulo(toNumber(randomBytes(32)), L);
      const A = ed.Point.BASE.multiply(a).add(T).toBytes();
      const R = ed.Point.BASE.multiply(r).add(T).toBytes();
      keys.push(A);
      const message = randomBytes(20);
      const h = toNumber(sha512(Uint8Array.of(...R, ...A, ...message)));
      for (const more of [0n, 0n, 1n]) {
        items.push({
          signature: Uint8Array.of(...R, ...toBytes(modulo(r + h * a + more, L), 32)),
          message,
          key: keys.length - 1,
        });
      }
    }
    const expected = items.map((item) => noble(item, keys[item.key]!));
    expect(expected).toEqual([1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0]);
    expect([...verdictsOf(kernel, items, keys)]).toEqual(expected);
  });

  it(
    'agree with noble on mutated signatures in batches of many sizes and numbers of keys',
    { timeout: 240_000 },
    () => {
      const signers = Array.from({ length: 130 }, () => nativeSigner(randomBytes(32)));
      for (const [count, keyCount] of [
        [0, 0],
        [0, 3],
        [1, 1],
        [2, 5],
        [5, 2],
        [33, 130],
        [90, 4],
        [170, 3],
        [260, 100],
        [700, 64],
      ] as const) {
        const keys = signers.slice(0, keyCount).map((signer) => signer.publicKey);
        const sure = new Set<number>();
        const items = Array.from({ length: count }, (_, i): Item => {
          const message = randomBytes(randomInt(2) * randomInt(200));
          const signature = signers[i % keyCount]!.sign(message);
          const item = { signature, message, key: i % keyCount };
          if (randomInt(count < 100 ? 4 : 60) > 0) sure.add(i);
          else mutate(item, keyCount);
          return sure.has(i) ? item : { ...item, key: randomInt(8) === 0 ? randomInt(keyCount) : item.key };
        });
        const expected = items.map((item, i) => (sure.has(i) ? 1 : noble(item, keys[item.key]!)));
        expect([...verdictsOf(kernel, items, keys)]).toEqual(expected);
      }
    },
  );

  it('agree with noble where every signature is bad, and where keys are no points', () => {
    const signer = nativeSigner(randomBytes(32));
    const keys = [signer.publicKey, toBytes(2n, 32), toBytes(7n, 32)];
    const items = Array.from({ length: 60 }, (_, i): Item => ({
      signature: signer.sign(Uint8Array.of(i)),
      message: Uint8Array.of(i + 1),
      key: i % 3,
    }));
    expect(verdictsOf(kernel, items, keys).every((verdict) => verdict === 0)).toBe(true);
  });

  it('are the same alone, by a key’s first check, its second, and those after', () => {
    const signers = Array.from({ length: 6 }, () => nativeSigner(randomBytes(32)));
    for (let i = 0; i < 60; i++) {
      const signer = signers[i % signers.length]!;
      const message = randomBytes(i);
      const item = { signature: signer.sign(message), message, key: 0 };
      if (i % 3 === 1) mutate(item, 1);
      expect(verdictAlone(kernel, item, signer.publicKey)).toBe(noble(item, signer.publicKey));
      const r = SMALL_ORDER[i % SMALL_ORDER.length]!;
      const small = { signature: Uint8Array.of(...r, ...toBytes(i % 2 === 0 ? 0n : L, 32)), message, key: 0 };
      const key = SMALL_ORDER[(i * 5) % 7]!;
      expect(verdictAlone(kernel, small, key)).toBe(i % 2 === 0 ? 1 : 0);
    }
  });

  it('are the published ones of Wycheproof', () => {
    const path = vectorsPath('ed25519-wycheproof.json');
    if (path === undefined) return;
    const { testGroups } = JSON.parse(readFileSync(path, 'utf8')) as WycheproofFile;
    const keys = testGroups.map(({ publicKey }) => Uint8Array.from(Buffer.from(publicKey.pk, 'hex')));
    const tests = testGroups.flatMap((group, key) =>
      group.tests.map(({ sig, msg, result, tcId }) => ({
        item: { signature: Uint8Array.from(Buffer.from(sig, 'hex')), message: Buffer.from(msg, 'hex'), key },
        valid: result === 'valid' || tcId === 151 ? 1 : 0,
      })),
    );
    const whole = tests.filter(({ item }) => item.signature.length === 64);
    expect(whole.length).toBeGreaterThan(130);
    const items = whole.map(({ item }) => item);
    const found = [...verdictsOf(kernel, items, keys)];
    expect(found).toEqual(items.map((item) => noble(item, keys[item.key]!)));
    expect(found.filter((verdict, i) => verdict !== whole[i]!.valid).length).toBeLessThanOrEqual(1);
  });
});

interface WycheproofFile {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string };
    readonly tests: readonly { tcId: number; msg: string; sig: string; result: string }[];
  }[];
}

/** Changes a bit of R, S or the message, adds L to S, or takes another R. */
function mutate(item: Item, keyCount: number): void {
  const { signature, message } = item;
  const way = randomInt(5);
  if (way === 0) signature[randomInt(32)]! ^= 1 << randomInt(8);
  else if (way === 1) signature[32 + randomInt(32)]! ^= 1 << randomInt(8);
  else if (way === 2) signature.set(toBytes(toNumber(signature.subarray(32)) + L, 32), 32);
  else if (way === 3 && message.length > 0) message[randomInt(message.length)]! ^= 1 << randomInt(8);
  else signature.set(SMALL_ORDER[(randomInt(SMALL_ORDER.length) + keyCount) % SMALL_ORDER.length]!, 0);
}
