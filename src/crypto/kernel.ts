// Browser-safe.
/**
 * The kernel of this thread: Ed25519 verification in WebAssembly SIMD, where the engine has it.
 *
 * Reads  kernel-wasm.ts (made by the build from kernel/), the engine's WebAssembly.   Used by  batch.ts, exact.ts.
 * Rule   an engine without WebAssembly, without SIMD, without a random generator, or on which the kernel fails its first
 *        test gets none: everything then works with the same verdicts, and more slowly.
 * @module
 */
import { fromBase64 } from '../bytes/index.ts';
import { passesFirstTest, type Kernel } from './kernel-run.ts';
import { KERNEL_BASE64 } from './kernel-wasm.ts';
import { hasRandom } from './random.ts';

/** Signatures that a native engine checks before a thread's kernel is made: that takes about as long as so many of them. */
export const KERNEL_AFTER = 128;

/** The kernel; null where there can be none; undefined before the first question. */
let current: Kernel | null | undefined;

/** True once this thread's kernel was asked for, whether there is one or not: kernel() then costs nothing. */
export function isKernelMade(): boolean {
  return current !== undefined;
}

/** This thread's kernel, made at the first call (about 15 ms of a cold process), or undefined where there is none. */
export function kernel(): Kernel | undefined {
  if (current === undefined) {
    try {
      current = tested(new WebAssembly.Instance(new WebAssembly.Module(wasmBytes())));
    } catch {
      current = null; // no WebAssembly, no SIMD, or too large to compile at once on this thread
    }
  }
  return current ?? undefined;
}

/** Makes the kernel without blocking the thread, also where engines compile nothing large at once. True if there is one. */
export async function loadKernel(): Promise<boolean> {
  if ((current ?? null) === null) {
    try {
      const { instance } = await WebAssembly.instantiate(wasmBytes());
      current = tested(instance);
    } catch {
      current = null;
    }
  }
  return current !== null;
}

/** Puts another kernel in place of this thread's: null for none, undefined to make it anew. For tests of what it cannot do. */
export function replaceKernel(replacement: Kernel | null | undefined): void {
  current = replacement;
}

function wasmBytes(): Uint8Array<ArrayBuffer> {
  return fromBase64(KERNEL_BASE64) as Uint8Array<ArrayBuffer>;
}

function tested(instance: WebAssembly.Instance): Kernel | null {
  const made = instance.exports as unknown as Kernel;
  return hasRandom() && passesFirstTest(made) ? made : null;
}
