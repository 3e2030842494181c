// Browser-safe.
/**
 * The exact verdict about one signature by the kernel, and noble's word on what the kernel refuses.
 *
 * Reads  kernel.ts, ed25519.ts.   Used by  batch.ts; node/native.ts and prepareKernel() put it beneath verify().
 * Source ZIP 215.
 * Rule   noble confirms the first hundred refusals of a thread, one by one: a kernel that refused what noble accepts would be
 *        broken, and nothing it says could be believed. After a hundred, a log of nothing but bad signatures must not buy 3 ms each.
 * @module
 */
import { invariant } from '../errors.ts';
import { installExact } from './backend.ts';
import { portableVerify } from './ed25519.ts';
import { isKernelMade, kernel, loadKernel } from './kernel.ts';
import { runOne } from './kernel-run.ts';
import { MESSAGES_BYTES_MAX, Stage } from './stage.ts';

/** Refusals of a thread that noble is asked about. */
const CONFIRMED_MAX = 100;
let confirmed = 0;
/** Verdicts noble gives before a thread's kernel is made, which takes as long as so many. */
const KERNEL_AFTER = 5;
let portableVerdicts = 0;

/** Made at the first use. */
let stage: Stage | undefined;

/**
 * ZIP 215's verdict about a 64-byte signature with S < L and a 32-byte key, by the kernel where there is one and it is worth making, else by noble.
 * @throws {InternalError} if noble accepts what the kernel refused.
 */
export function verifyExactly(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  const isWorthKernel = isKernelMade() || ++portableVerdicts > KERNEL_AFTER;
  const engine = isWorthKernel && message.length <= MESSAGES_BYTES_MAX ? kernel() : undefined;
  if (engine === undefined) return portableVerify(signature, message, publicKey);
  stage ??= new Stage();
  stage.clear();
  stage.put(signature, message, publicKey, 0);
  const verdict = runOne(engine, stage);
  if (verdict === undefined) return portableVerify(signature, message, publicKey);
  if (!verdict) confirmRefusal(stage, 0);
  return verdict;
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
 * thread needs this before {@link verifyBatch} is fast. On Node nothing is gained: there the kernel is made when first needed.
 *
 * @returns false where the engine has no WebAssembly SIMD; verdicts are then the same, and slower.
 * @example
 * await prepareKernel();
 */
export async function prepareKernel(): Promise<boolean> {
  const isThere = await loadKernel();
  if (isThere) installExact(verifyExactly);
  return isThere;
}
