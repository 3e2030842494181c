/**
 * A kernel of the tests' own: the same memory layout, verdicts from any function, and faults on demand.
 *
 * Reads  crypto/kernel-run.ts for the interface.   Used by  tests/crypto/kernel.test.ts.
 * @module
 */
import type { Kernel } from '../../src/crypto/kernel-run.ts';

/** What a double answers about one item; the real one's arguments, read back from its memory. */
export type Answer = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;

/** What a double does wrong. */
export interface Faults {
  /** layout() answers 0. */
  readonly full?: boolean;
  /** verifyAll() returns one refusal too many. */
  readonly miscounts?: boolean;
  /** verifyAll() and verifyOne() trap. */
  readonly traps?: boolean;
}

/** One run, as the kernel saw it. */
export interface Run {
  readonly count: number;
  readonly keyCount: number;
  readonly messageBytes: number;
  readonly coefficients: Uint8Array;
}

/** A kernel that answers by `answer`, and what it was asked. */
export function kernelDouble(
  answer: Answer,
  faults: Faults = {},
): Kernel & { readonly runs: readonly Run[] } {
  const memory = { buffer: new ArrayBuffer(0) };
  const runs: Run[] = [];
  let addresses: number[] = [];
  const item = (i: number): boolean => {
    if (faults.traps === true) throw new WebAssembly.RuntimeError('unreachable');
    const bytes = new Uint8Array(memory.buffer);
    const words = new Uint32Array(memory.buffer);
    const [signatures, keyIndex, offsets, messages, keys] = addresses as [
      number,
      number,
      number,
      number,
      number,
    ];
    const [start, end] = [words[offsets / 4 + i]!, words[offsets / 4 + i + 1]!];
    const key = keys + words[keyIndex / 4 + i]! * 32;
    return answer(
      bytes.slice(signatures + i * 64, signatures + i * 64 + 64),
      bytes.slice(messages + start, messages + end),
      bytes.slice(key, key + 32),
    );
  };
  return {
    memory,
    runs,
    layout(count, keyCount, messageBytes) {
      if (faults.full === true) return 0;
      const sizes = [count * 64, count * 4, (count + 1) * 4, messageBytes, keyCount * 32, count * 16, count];
      let end = 64;
      addresses = sizes.map((size) => {
        const start = end;
        end += Math.ceil(size / 16) * 16;
        return start;
      });
      memory.buffer = new ArrayBuffer(end);
      new Uint32Array(memory.buffer, 16, 7).set(addresses);
      runs.push({
        count,
        keyCount,
        messageBytes,
        coefficients: new Uint8Array(memory.buffer, addresses[5], count * 16),
      });
      return 16;
    },
    verifyAll(count) {
      const verdicts = Array.from({ length: count }, (_, i) => (item(i) ? 1 : 0));
      new Uint8Array(memory.buffer).set(verdicts, addresses[6]);
      return verdicts.filter((verdict) => verdict === 0).length + (faults.miscounts === true ? 1 : 0);
    },
    verifyOne: () => (item(0) ? 1 : 0),
  };
}
