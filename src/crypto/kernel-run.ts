// Browser-safe.
/**
 * One run of the kernel: a stage copied into its memory, fresh coefficients drawn, verdicts read back.
 *
 * Reads  stage.ts, random.ts; the exports of kernel/.   Used by  batch.ts, exact.ts, kernel.ts.
 * Rule   the coefficients are drawn when everything they multiply already lies in the kernel's memory: whoever made the
 *        signatures cannot have known them.
 * Never  believes a kernel that contradicts itself: that is an InternalError.
 * @module
 */
import { fromHex } from '../bytes/index.ts';
import { InternalError, invariant } from '../errors.ts';
import { fillRandom } from './random.ts';
import { Stage } from './stage.ts';

/** What the WebAssembly module exports; kernel/ says how it works, docs/kernel.md why it is right. */
export interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  /**
   * Lays out memory for a run, growing it where needed. Returns the address of seven addresses of 32 bits each (signatures, key
   * numbers, message offsets, messages, keys, coefficients, verdicts), or 0 if memory cannot grow.
   */
  layout(count: number, keyCount: number, messageBytes: number): number;
  /** Writes each item's ZIP 215 verdict, 1 or 0; returns how many are 0. */
  verifyAll(count: number, keyCount: number): number;
  /** The verdict about item 0 alone, by the exact check, without a coefficient. */
  verifyOne(): number;
}

const COEFFICIENT_BYTES = 16;

/** Verdicts of all items of a stage, a view of the kernel's memory until its next run; undefined if memory cannot grow. */
export function runAll(kernel: Kernel, stage: Stage): Uint8Array | undefined {
  return guarded(() => {
    const { count } = stage;
    const places = copyIn(kernel, stage);
    if (places === undefined) return undefined;
    fillRandom(new Uint8Array(kernel.memory.buffer, places.coefficients, count * COEFFICIENT_BYTES));
    const refused = kernel.verifyAll(count, stage.keys.count);
    const verdicts = new Uint8Array(kernel.memory.buffer, places.verdicts, count);
    let accepted = 0;
    for (let i = 0; i < count; i++) accepted += verdicts[i]!;
    invariant(accepted + refused === count, 'the kernel miscounted its verdicts');
    return verdicts;
  });
}

/** The exact verdict about the one item of a stage; undefined if memory cannot grow. */
export function runOne(kernel: Kernel, stage: Stage): boolean | undefined {
  return guarded(() => (copyIn(kernel, stage) === undefined ? undefined : kernel.verifyOne() === 1));
}

/** Copies the stage to where the kernel wants it. */
function copyIn(kernel: Kernel, stage: Stage): { coefficients: number; verdicts: number } | undefined {
  const { count, messageBytes, keys } = stage;
  const table = kernel.layout(count, keys.count, messageBytes);
  if (table === 0) return undefined;
  const { buffer } = kernel.memory;
  const [signatures, keyIndex, offsets, messages, keyBytes, coefficients, verdicts] = new Uint32Array(
    buffer,
    table,
    7,
  );
  const bytes = new Uint8Array(buffer);
  bytes.set(stage.signatures.subarray(0, count * 64), signatures);
  new Uint32Array(buffer, keyIndex, count).set(stage.keyIndex.subarray(0, count));
  new Uint32Array(buffer, offsets, count + 1).set(stage.offsets.subarray(0, count + 1));
  bytes.set(stage.messages.subarray(0, messageBytes), messages);
  bytes.set(keys.bytes.subarray(0, keys.count * 32), keyBytes);
  return { coefficients: coefficients!, verdicts: verdicts! };
}

/** A trap of the engine, which no input may cause, as an error with a code. */
function guarded<Value>(run: () => Value): Value {
  try {
    return run();
  } catch (error) {
    if (error instanceof InternalError) throw error;
    throw new InternalError(`the kernel failed: ${error instanceof Error ? error.message : typeof error}`);
  }
}

// RFC 8032 section 7.1, TEST 2
const KNOWN_KEY = fromHex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
const KNOWN_MESSAGE = Uint8Array.of(0x72);
const KNOWN_SIGNATURE = fromHex(
  '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
);

/** True if the kernel, on this engine, is right about a known signature, a spoilt one, and one that only ZIP 215 accepts. */
export function passesFirstTest(kernel: Kernel): boolean {
  const spoilt = KNOWN_SIGNATURE.slice();
  spoilt[32]! ^= 1;
  const neutral = Uint8Array.of(1, ...new Uint8Array(31));
  const items = [
    [KNOWN_SIGNATURE, KNOWN_MESSAGE, KNOWN_KEY, 1],
    [spoilt, KNOWN_MESSAGE, KNOWN_KEY, 0],
    [Uint8Array.of(...neutral, ...new Uint8Array(32)), KNOWN_MESSAGE, neutral, 1],
    [KNOWN_SIGNATURE, neutral, KNOWN_KEY, 0],
  ] as const;
  try {
    const stage = new Stage();
    for (const [signature, message, key] of items) stage.put(signature, message, key, 0);
    const verdicts = runAll(kernel, stage);
    if (verdicts === undefined || items.some(([, , , expected], i) => verdicts[i] !== expected)) return false;
    return items.every(([signature, message, key, expected]) => {
      stage.clear();
      stage.put(signature, message, key, 0);
      return runOne(kernel, stage) === (expected === 1);
    });
  } catch {
    return false; // an engine that cannot run it
  }
}
