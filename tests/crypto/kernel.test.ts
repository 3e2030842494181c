// Goal: the kernel is used where it can be and believed no further than it deserves; without it every verdict is the same.
// Method: doubles with the real one's memory layout that count, trap, miscount and lie; engines with parts taken away.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { accelerate, BatchVerifier, prepareKernel, sha256, verify } from '../../src/crypto/index.ts';
import { portableVerify } from '../../src/crypto/ed25519.ts';
import { exactVerdict } from '../../src/crypto/exact.ts';
import { KERNEL_AFTER, isKernelMade, kernel, loadKernel, replaceKernel } from '../../src/crypto/kernel.ts';
import { KEYS_MAX, KeyTable } from '../../src/crypto/key-table.ts';
import { passesFirstTest } from '../../src/crypto/kernel-run.ts';
import { fillRandom } from '../../src/crypto/random.ts';
import { COUNT_MAX, MESSAGE_BYTES_MAX, MESSAGES_BYTES_MAX } from '../../src/crypto/stage.ts';
import { InternalError } from '../../src/errors.ts';
import { installNativeCrypto, nativeSigner } from '../../src/node/index.ts';
import { kernelDouble, type Answer } from '../support/kernel-double.ts';
import { Seeded } from '../support/signed-cases.ts';

const signers = [1, 2, 3].map((i) => nativeSigner(sha256(Uint8Array.of(i))));
const yes: Answer = () => true;

/** Adds `count` good signatures over messages of `bytes` bytes. */
function addGood(batch: BatchVerifier, count: number, bytes = 10): void {
  for (let i = 0; i < count; i++) {
    const signer = signers[i % signers.length]!;
    const message = new Uint8Array(bytes).fill(i);
    batch.add(signer.sign(message), message, signer.publicKey);
  }
}

/** Adds signatures that are good for another message. */
function addBad(batch: BatchVerifier, count: number): void {
  const [signer] = signers;
  for (let i = 0; i < count; i++)
    batch.add(signer!.sign(Uint8Array.of(1)), Uint8Array.of(2), signer!.publicKey);
}

beforeEach(() => installNativeCrypto());
afterEach(() => {
  vi.unstubAllGlobals();
  replaceKernel(undefined);
  accelerate(undefined);
});

// First: nothing has been checked in this thread yet.
describe('the kernel of a thread', () => {
  it('is made when a native engine has checked as many as that takes: 128 one by one, or 128 at once', () => {
    const batch = new BatchVerifier();
    addGood(batch, 127);
    expect([batch.verify().length, isKernelMade()]).toEqual([127, false]);
    addGood(batch, 1);
    expect([batch.verify().length, isKernelMade()]).toEqual([1, true]);
    replaceKernel(undefined);
    addGood(batch, KERNEL_AFTER);
    expect([batch.verify().length, isKernelMade()]).toEqual([128, true]);
  });
});

describe('kernel()', () => {
  it('is there on the engines this library is tested on, and made once', () => {
    expect(kernel()).toBeDefined();
    expect(kernel()).toBe(kernel());
  });

  it('is absent without WebAssembly and without a random generator', async () => {
    for (const name of ['WebAssembly', 'crypto']) {
      replaceKernel(undefined);
      vi.stubGlobal(name, undefined);
      expect(kernel(), name).toBeUndefined();
      expect(await loadKernel(), name).toBe(false);
      expect(await prepareKernel(), name).toBe(false);
      const batch = new BatchVerifier();
      addGood(batch, 4);
      addBad(batch, 1);
      expect([...batch.verify()], name).toEqual([1, 1, 1, 1, 0]);
      vi.unstubAllGlobals();
    }
  });

  it('is made later where the engine compiles nothing at once', async () => {
    const { instantiate } = WebAssembly;
    vi.stubGlobal('WebAssembly', { instantiate });
    expect(kernel()).toBeUndefined();
    expect(await prepareKernel()).toBe(true);
    expect(kernel()).toBeDefined();
  });

  it('is refused if its first test fails, by wrong answers or by a trap', () => {
    const honest = kernelDouble(portableVerify);
    expect(passesFirstTest(honest)).toBe(true);
    expect(passesFirstTest(kernelDouble(yes))).toBe(false);
    expect(passesFirstTest(kernelDouble(() => false))).toBe(false);
    expect(passesFirstTest(kernelDouble(portableVerify, { traps: true }))).toBe(false);
    expect(passesFirstTest(kernelDouble(portableVerify, { full: true }))).toBe(false);
    expect(passesFirstTest(kernelDouble(portableVerify, { miscounts: true }))).toBe(false);
    expect(passesFirstTest({} as never)).toBe(false);
  });
});

describe('verify() and exactVerdict()', () => {
  it('ask the kernel first, once it is prepared', async () => {
    accelerate(undefined);
    const [signer] = signers;
    const message = Uint8Array.of(5);
    const double = kernelDouble(portableVerify);
    replaceKernel(double);
    const ask = (): boolean => verify(signer!.sign(message), message, signer!.publicKey);
    expect([ask(), double.runs.length]).toEqual([true, 0]);
    expect(await prepareKernel()).toBe(true);
    expect([ask(), double.runs.length]).toEqual([true, 1]);
    expect(verify(signer!.sign(message), Uint8Array.of(6), signer!.publicKey)).toBe(false);
    expect(double.runs.length).toBe(2);
  });

  it('ask the others where there is no kernel, its memory is full, or the message is long', () => {
    const [signer] = signers;
    const long = new Uint8Array(MESSAGE_BYTES_MAX + 1);
    const signature = signer!.sign(long);
    const double = kernelDouble(() => false);
    replaceKernel(double);
    expect(exactVerdict(signature, long, signer!.publicKey)).toBeUndefined();
    expect(verify(signature, long, signer!.publicKey)).toBe(true);
    expect(double.runs).toEqual([]);
    for (const none of [null, kernelDouble(yes, { full: true })]) {
      replaceKernel(none);
      const message = Uint8Array.of(7);
      expect(exactVerdict(signature, message, signer!.publicKey)).toBeUndefined();
      expect(verify(signature, message, signer!.publicKey)).toBe(false);
      expect(verify(signer!.sign(message), message, signer!.publicKey)).toBe(true);
    }
  });
});

describe('BatchVerifier with a kernel', () => {
  it('draws other coefficients for each run, for all items', () => {
    const double = kernelDouble(yes);
    replaceKernel(double);
    const batch = new BatchVerifier();
    for (let round = 0; round < 2; round++) {
      addGood(batch, 5000, 0);
      batch.verify();
    }
    const drawn = double.runs.flatMap(({ count, coefficients }) =>
      Array.from({ length: count }, (_, i) => String(coefficients.subarray(i * 16, i * 16 + 16))),
    );
    expect(drawn).toHaveLength(10_000);
    expect(new Set(drawn).size).toBe(10_000);
  });

  it('gives each key once, and splits by count and by bytes', () => {
    const double = kernelDouble(yes);
    replaceKernel(double);
    const batch = new BatchVerifier();
    addGood(batch, COUNT_MAX + 5, 0);
    expect(batch.verify()).toHaveLength(COUNT_MAX + 5);
    addGood(batch, 200, 65_536);
    batch.verify();
    expect(double.runs.map(({ count, keyCount, messageBytes }) => [count, keyCount, messageBytes])).toEqual([
      [COUNT_MAX, 3, 0],
      [5, 3, 0],
      [128, 3, MESSAGES_BYTES_MAX],
      [72, 3, 72 * 65_536],
    ]);
  });

  it('checks alone a message above 65,536 bytes', () => {
    const double = kernelDouble(yes);
    replaceKernel(double);
    const batch = new BatchVerifier();
    addGood(batch, 4, MESSAGE_BYTES_MAX + 1);
    expect([...batch.verify()]).toEqual([1, 1, 1, 1]);
    expect(double.runs).toEqual([]);
  });

  it('checks one by one when the kernel has no memory', () => {
    replaceKernel(kernelDouble(yes, { full: true }));
    const batch = new BatchVerifier();
    addGood(batch, 4);
    addBad(batch, 1);
    expect([...batch.verify()]).toEqual([1, 1, 1, 1, 0]);
  });

  it('throws an InternalError, and is empty, when the kernel traps or contradicts itself', () => {
    for (const faults of [{ traps: true }, { miscounts: true }]) {
      replaceKernel(kernelDouble(portableVerify, faults));
      const batch = new BatchVerifier();
      addGood(batch, 4);
      expect(() => batch.verify()).toThrow(InternalError);
      expect(batch.size).toBe(0);
      replaceKernel(null);
      expect([...batch.verify()]).toEqual([]);
    }
  });
});

describe('fillRandom()', () => {
  it('throws an InternalError if the generator leaves zeros', () => {
    vi.stubGlobal('crypto', { getRandomValues: () => undefined });
    expect(() => fillRandom(new Uint8Array(32).fill(1))).toThrow(InternalError);
  });
});

describe('KeyTable', () => {
  it('numbers keys in the order first seen, as many as there may be, and again after forget()', () => {
    const seeded = new Seeded('keys');
    const table = new KeyTable();
    for (const count of [KEYS_MAX, 100]) {
      const base = seeded.bytes(32);
      const key = (i: number): Uint8Array => {
        const bytes = base.slice();
        new DataView(bytes.buffer).setUint32(28, i); // keys that differ in their last bytes only
        return bytes;
      };
      for (let i = 0; i < count; i++) {
        if (table.indexOf(key(i)) !== i) expect.fail(`key ${i}`);
        if (table.indexOf(key(i >>> 1)) !== i >>> 1) expect.fail(`key ${i >>> 1} again`);
      }
      expect(table.count).toBe(count);
      expect(table.bytes.subarray(32 * 7, 32 * 8)).toEqual(key(7));
      table.forget();
      expect(table.count).toBe(0);
    }
  });
});

// Last: these use up the refusals of this thread that noble is asked about.
describe('noble', () => {
  it('is asked about the first hundred refusals: a kernel that refuses a valid signature is an InternalError', () => {
    const [signer] = signers;
    const [message, other] = [Uint8Array.of(1), Uint8Array.of(2)];
    const signature = signer!.sign(message);
    replaceKernel(kernelDouble(() => false));
    const batch = new BatchVerifier();
    addGood(batch, 3);
    expect(() => batch.verify()).toThrow(InternalError);
    expect(() => exactVerdict(signature, message, signer!.publicKey)).toThrow(InternalError);
    for (let i = 0; i < 100; i++) expect(exactVerdict(signature, other, signer!.publicKey)).toBe(false);
    // From here on the kernel is taken at its word.
    expect(exactVerdict(signature, message, signer!.publicKey)).toBe(false);
    addGood(batch, 3);
    expect([...batch.verify()]).toEqual([0, 0, 0]);
  });
});
