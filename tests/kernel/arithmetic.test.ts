// Goal: the kernel's arithmetic is right, also at the limits its bounds are proved for.
// Method: field and scalar functions against BigInt on random and extreme limbs in all lanes, hashing against node:crypto.
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { getLimbs, L, modulo, openKernel, P, putLimbs, readBytes, toBytes, toNumber } from './driver.ts';
import { valueOf, write, type OpenKernel } from './driver.ts';

/** Greatest limb of a product, and of a link in a chain of squares. */
const M = 4867;
const CHAIN = 8194;

let kernel: OpenKernel;
beforeAll(async () => {
  kernel = await openKernel();
}, 120_000);

/** Limbs within ±bound: at random, all extreme, or extreme with random signs. */
function limbs(bound: number): number[] {
  const kind = randomInt(4);
  return Array.from({ length: 20 }, () => {
    if (kind === 0) return bound;
    if (kind === 1) return -bound;
    if (kind === 2) return randomInt(2) === 0 ? bound : -bound;
    return randomInt(2 * bound + 1) - bound;
  });
}

function fill(at: number, bound: number): number[][] {
  return [0, 1, 2, 3].map((lane) => {
    const made = limbs(bound);
    putLimbs(kernel, at, lane, made);
    return made;
  });
}

/** Expects each lane to hold `expected` with limbs in [least, most]. */
function expectLanes(at: number, expected: readonly bigint[], least: number, most: number): void {
  expected.forEach((value, lane) => {
    const found = getLimbs(kernel, at, lane);
    expect(valueOf(found)).toBe(modulo(value, P));
    expect(Math.min(...found)).toBeGreaterThanOrEqual(least);
    expect(Math.max(...found)).toBeLessThanOrEqual(most);
  });
}

describe('the kernel’s field', () => {
  it('multiplies whatever the bounds allow, result over either factor too', () => {
    const { call, space } = kernel;
    const [a, b, c] = [space, space + 160, space + 320];
    for (let run = 0; run < 400; run++) {
      const [boundA, boundB] = [
        [M, 4 * M],
        [4 * M, M],
        [2 * M, 2 * M],
        [3 * M, M],
      ][run % 4] as [number, number];
      const [as, bs] = [fill(a, boundA), fill(b, boundB)];
      const products = as.map((x, lane) => valueOf(x) * valueOf(bs[lane]!));
      call['multiply']!(c, a, b);
      expectLanes(c, products, -M, M);
      call['multiplyAgain']!(c, a);
      expectLanes(c, products, -M, M);
      call['multiply']!(run % 2 === 0 ? a : b, a, b);
      expectLanes(run % 2 === 0 ? a : b, products, -M, M);
    }
  });

  it('squares, once and many times', () => {
    const { call, space } = kernel;
    for (let run = 0; run < 400; run++) {
      const as = fill(space, run % 2 === 0 ? 2 * M : CHAIN).map(valueOf);
      call['squareTimes']!(space + 160, space, 3);
      expectLanes(
        space + 160,
        as.map((x) => x ** 8n),
        -3,
        CHAIN,
      );
      call['square']!(space, space);
      expectLanes(
        space,
        as.map((x) => x * x),
        -M,
        M,
      );
    }
  });

  it('finds zero and parity in every representation', () => {
    const { call, space } = kernel;
    const near = [0n, 1n, 2n, 18n, 19n, 20n, P - 1n, P - 2n, 2n ** 254n, 2n ** 255n - 20n];
    for (let run = 0; run < 400; run++) {
      // any element less the canonical digits of its value, and a small number more: a small number in large limbs
      const small = near[run % near.length]!;
      const values = fill(space, 4 * M - CHAIN).map((x, lane) => {
        const excess = modulo(valueOf(x) - small, P);
        const made = x.map((limb, k) => limb - Number((excess >> BigInt(13 * k)) & 8191n));
        putLimbs(kernel, space, lane, made);
        return valueOf(made);
      });
      expect(values).toEqual([small, small, small, small]);
      expect(call['zeros']!(space)).toBe(small === 0n ? 15 : 0);
      expect(call['odds']!(space)).toBe(small % 2n === 1n ? 15 : 0);
    }
  });

  it('reads 255 bits, reduced or not', () => {
    const { call, space } = kernel;
    for (let run = 0; run < 100; run++) {
      const bytes = [0, 1, 2, 3].map(() => (run === 0 ? new Uint8Array(32).fill(255) : randomBytes(32)));
      bytes.forEach((b, i) => write(kernel, space + 160 + 32 * i, b));
      const signs = call['signs']!(space, space + 160, space + 192, space + 224, space + 256);
      expect(signs).toBe(bytes.reduce((sum, b, i) => sum | ((b[31]! >> 7) << i), 0));
      bytes.forEach((b, i) => {
        const y = toNumber(b) & (2n ** 255n - 1n);
        const found = getLimbs(kernel, space, i);
        expect(found.reduce((sum, limb, k) => sum + (BigInt(limb) << BigInt(13 * k)), 0n)).toBe(y);
      });
    }
  });
});

it('the kernel inverts every number there is but 0', () => {
  const { call, memory, space } = kernel;
  const numbers = Array.from({ length: 3000 }, () => modulo(toNumber(randomBytes(32)), P) || 1n);
  for (let i = 0n; i < 255n; i++)
    numbers.push(2n ** i, modulo(-(2n ** i), P), i + 1n, P - 1n - i, 2n ** 255n - 20n - 2n ** i);
  for (const a of numbers.filter((number) => number > 0n && number < P)) {
    const limbs = new BigInt64Array(memory.buffer, space, 9);
    limbs.forEach((_, i) => (limbs[i] = (a >> BigInt(30 * i)) & 0x3fffffffn));
    expect(call['invert']!(space)).toBe(1);
    const inverse = limbs.reduce((sum, limb, i) => sum + (limb << BigInt(30 * i)), 0n);
    expect(inverse > 0n && inverse < P && (inverse * a) % P === 1n).toBe(true);
  }
});

describe('the kernel’s scalars', () => {
  const numberAt = (at: number, words: number): bigint => toNumber(readBytes(kernel, at, 4 * words));

  it('reduces sums of every length modulo L', () => {
    const { call, space } = kernel;
    for (let run = 0; run < 600; run++) {
      const words = 8 + (run % 17);
      const exact = [L, L - 1n, L + 1n, 2n * L, 2n ** 252n, 2n ** 252n - 1n, 16n * L - 1n, 0n];
      const bytes = randomBytes(4 * words);
      if (run % 5 === 0) bytes.fill(255);
      else if (run % 5 === 1) bytes.set(toBytes(exact[run % 8]!, 4 * words));
      write(kernel, space, bytes);
      call['reduce']!(space + 128, space, words);
      expect(numberAt(space + 128, 8)).toBe(toNumber(bytes) % L);
    }
  });

  it('multiplies, adds products and negates', () => {
    const { call, space } = kernel;
    for (let run = 0; run < 200; run++) {
      const [a, b] =
        run === 0
          ? [new Uint8Array(64).fill(255), new Uint8Array(64).fill(255)]
          : [randomBytes(64), randomBytes(64)];
      write(kernel, space, a);
      write(kernel, space + 64, b);
      call['multiplyScalars']!(space + 128, space, space + 64);
      const expected = (toNumber(a.subarray(0, 32)) * toNumber(b.subarray(0, 32))) % L;
      expect(numberAt(space + 128, 8)).toBe(expected);
      write(kernel, space + 256, new Uint8Array(96));
      for (let i = 0; i < 3; i++) call['addProduct']!(space + 256, space, space + 64, 16);
      expect(numberAt(space + 256, 24)).toBe(3n * toNumber(a.subarray(0, 16)) * toNumber(b));
      call['negateScalar']!(space + 128);
      expect(numberAt(space + 128, 8)).toBe((L - expected) % L);
    }
  });

  it('tells S < L', () => {
    const { call, space } = kernel;
    for (const [s, reduced] of [
      [0n, 1],
      [L - 1n, 1],
      [L, 0],
      [L + 1n, 0],
      [2n ** 252n, 1],
      [2n ** 256n - 1n, 0],
      [L - 2n ** 32n, 1],
      [L + 2n ** 224n, 0],
    ] as const) {
      write(kernel, space, toBytes(s, 32));
      expect(call['isReduced']!(space)).toBe(reduced);
    }
  });
});

it('the kernel hashes like node:crypto, at every length across several blocks and at 65,000 bytes', () => {
  const { call, space } = kernel;
  for (const length of [...Array(420).keys(), 4095, 65_000]) {
    const bytes = randomBytes(64 + length);
    write(kernel, space + 64, bytes);
    call['sha512']!(space, space + 64, space + 96, space + 128, length);
    expect(Buffer.from(readBytes(kernel, space, 64)).toString('hex')).toBe(
      createHash('sha512').update(bytes).digest('hex'),
    );
  }
});
