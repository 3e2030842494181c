// Browser-safe.
/**
 * The kernel's exact verdict about one signature, and noble's word on what the kernel refuses.
 *
 * Reads  kernel.ts, ed25519.ts.   Used by  batch.ts; node/native.ts and prepareKernel() put it beneath verify().
 * Source ZIP 215.
 * Rule   noble confirms the first hundred refusals of a thread, one by one: a kernel that refused what noble accepts would be
 *        broken, and nothing it says could be believed. After a hundred, a log of nothing but bad signatures must not buy 3 ms each.
 * @module
 */
import { invariant } from '../errors.ts';
import { installExact, nativeCrypto } from './backend.ts';
import { portableVerify } from './ed25519.ts';
import { KERNEL_AFTER, isKernelMade, kernel, loadKernel } from './kernel.ts';
import { runOne } from './kernel-run.ts';
import { MESSAGE_BYTES_MAX, Stage } from './stage.ts';

/** Refusals of a thread that noble is asked about. */
const CONFIRMED_MAX = 100;
let confirmed = 0;

/** Single signatures of this thread until its kernel was made. */
let asked = 0;
/** Made at the first use. */
let stage: Stage | undefined;

/**
 * ZIP 215's verdict about a 64-byte signature with S < L and a 32-byte key by the kernel; undefined where there is none, where a
 * native engine is installed and the thread has not yet asked often enough to make one, or where the message is too long.
 *
 * Cost: less than half of node:crypto's for a key met before, as much for any other.
 *
 * @throws {InternalError} if noble accepts what the kernel refused.
 */
export function exactVerdict(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): boolean | undefined {
  if (message.length > MESSAGE_BYTES_MAX || !isKernelWorth()) return undefined;
  const engine = kernel();
  if (engine === undefined) return undefined;
  stage ??= new Stage();
  stage.clear();
  stage.put(signature, message, publicKey, 0);
  const verdict = runOne(engine, stage);
  if (verdict === false) confirmRefusal(stage, 0);
  return verdict;
}

function isKernelWorth(): boolean {
  return isKernelMade() || nativeCrypto() === undefined || ++asked >= KERNEL_AFTER;
}

/**
 * Asks noble about an item the kernel refused, while this thread has refused no more than a hundred.
 * @throws {InternalError} if noble accepts it.
 */
export function confirmRefusal(refused: Stage, index: number): void {
  if (confirmed === CONFIRMED_MAX) return;
  confirmed++;
  const accepts = portableVerify(refused.signature(index), refused.message(index), refused.publicKey(index));
  invariant(!accepts, 'the kernel refused a signature that is valid');
}

/**
 * Makes this thread's kernel and puts it beneath {@link verify}; where engines compile only small modules at once, a page's main
 * thread needs this before {@link verifyBatch} is fast. On Node the kernel is made without it, when it first pays.
 *
 * @returns false where the engine has no WebAssembly SIMD; verdicts are then the same, and slower.
 * @example
 * await prepareKernel();
 */
export async function prepareKernel(): Promise<boolean> {
  const isThere = await loadKernel();
  if (isThere) installExact(exactVerdict);
  return isThere;
}
