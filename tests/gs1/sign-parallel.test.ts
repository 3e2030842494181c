// Goal: codes signed on several threads are exactly those signed on one, in order, whatever happens on the way.
// Method: streams of a few pieces compared with signUnitCodes(); sources and consumers that stop, fail or are aborted.
import { describe, expect, it } from 'vitest';
import { signUnitCodes, verifyUnitCode, type SignedUnitCode, type UnitCode } from 'countermark/gs1';
import { nativeSigner, signUnitCodesParallel } from 'countermark/node';

const SEED = new Uint8Array(32).fill(7);
const SIGNER = nativeSigner(SEED);

function codeOf(number: number): UnitCode {
  return { gtin: '09521141012345', serial: `S${number}`, lot: 'A1', expiry: '2027-05-31' };
}

function* codes(count: number, onEnd: () => void = () => {}): Generator<UnitCode, void, undefined> {
  try {
    for (let i = 0; i < count; i++) yield codeOf(i);
  } finally {
    onEnd();
  }
}

async function collect(stream: AsyncIterable<SignedUnitCode>): Promise<SignedUnitCode[]> {
  const all: SignedUnitCode[] = [];
  for await (const one of stream) all.push(one);
  return all;
}

describe('signUnitCodesParallel()', () => {
  it.each([0, 1, 256, 257, 1500])('gives what signUnitCodes() gives: %i codes', async (count) => {
    const expected = [...signUnitCodes(codes(count), SIGNER)];
    for (const workers of [1, 3]) {
      expect(await collect(signUnitCodesParallel(codes(count), SEED, { workers }))).toEqual(expected);
    }
  });

  it('takes an asynchronous source, and gives frozen codes whose signatures are their own', async () => {
    const source = (async function* () {
      yield* codes(3);
    })();
    const signed = await collect(signUnitCodesParallel(source, SEED));
    for (const one of signed) {
      expect(verifyUnitCode(one, SIGNER.publicKey)).toBe(true);
      expect(Object.isFrozen(one)).toBe(true);
      expect(one.signature.buffer.byteLength).toBe(64);
    }
  });

  it('has copied the seed when it returns', async () => {
    const seed = SEED.slice();
    const stream = signUnitCodesParallel(codes(2), seed);
    seed.fill(0);
    expect((await collect(stream)).every((one) => verifyUnitCode(one, SIGNER.publicKey))).toBe(true);
  });

  it('tells how far it is after each piece', async () => {
    const told: number[] = [];
    const onProgress = ({ done }: { done: number }): void => void told.push(done);
    await collect(signUnitCodesParallel(codes(600), SEED, { onProgress }));
    expect(told).toEqual([256, 512, 600]);
  });

  it('pulls no more than a few pieces ahead, and closes the source when it is left early', async () => {
    let pulled = 0;
    let closed = false;
    const source = (function* () {
      for (const code of codes(Infinity, () => (closed = true))) {
        pulled++;
        yield code;
      }
    })();
    for await (const { serial } of signUnitCodesParallel(source, SEED, { workers: 2 })) {
      if (serial === 'S5') break;
    }
    expect(closed).toBe(true);
    expect(pulled).toBeLessThanOrEqual(5 * 256);
  });

  it('gives every code before a wrong one, then its error', async () => {
    const source = [...codes(300), { ...codeOf(300), serial: '' }, codeOf(301)];
    const seen: string[] = [];
    const walk = async (): Promise<void> => {
      for await (const { serial } of signUnitCodesParallel(source, SEED)) seen.push(serial);
    };
    await expect(walk()).rejects.toThrow('"serial" expected 1 to 20 characters');
    expect(seen).toHaveLength(300);
  });

  it('passes on what the source throws, undefined too', async () => {
    const source = (function* () {
      yield codeOf(0);
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw undefined;
    })();
    await expect(collect(signUnitCodesParallel(source, SEED))).rejects.toBeUndefined();
  });

  it('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const seen: string[] = [];
    const walk = async (): Promise<void> => {
      const stream = signUnitCodesParallel(codes(5000), SEED, { signal: controller.signal });
      for await (const { serial } of stream) {
        seen.push(serial);
        if (seen.length === 300) controller.abort(reason);
      }
    };
    await expect(walk()).rejects.toBe(reason);
    expect(seen).toHaveLength(512);
    const stream = signUnitCodesParallel(codes(1), SEED, { signal: controller.signal });
    await expect(collect(stream)).rejects.toBe(reason);
  });

  it('refuses wrong arguments before it starts', () => {
    const call = signUnitCodesParallel as (...args: unknown[]) => unknown;
    expect(() => call(5, SEED)).toThrow(TypeError);
    expect(() => call([], new Uint8Array(31))).toThrow(RangeError);
    expect(() => call([], SEED, { workers: 0 })).toThrow(RangeError);
    expect(() => call([], SEED, { workers: 65 })).toThrow(RangeError);
    expect(() => call([], SEED, { signal: {} })).toThrow(TypeError);
    expect(() => call([], SEED, { onProgress: 1 })).toThrow(TypeError);
    expect(() => call([], SEED, { threads: 2 })).toThrow(RangeError);
  });
});
