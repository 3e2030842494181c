/**
 * One thread of the soak test: batches of random size and content against known verdicts, until its time is over.
 *
 * Reads  workerData {seed, lifeMs}.   Used by  soak.ts.
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { BatchVerifier } from '../../src/crypto/index.ts';
import { kernel } from '../../src/crypto/kernel.ts';
import { installNativeCrypto } from '../../src/node/index.ts';
import { Seeded, SignedCases, type SignedCase } from '../support/signed-cases.ts';

/** What a thread has done; times are of the wall, in milliseconds. */
export interface Tally {
  signatures: number;
  batches: number;
  refused: number;
  wrong: string[];
  /** The slowest batch of which nothing was refused, by what its size should take. */
  slowest: { ms: number; count: number; microsecondsEach: number };
  /** Microseconds an item of clean batches of a thousand or more, each. */
  clean: number[];
  kernelBytes: number;
}

const { seed, lifeMs } = workerData as { readonly seed: string; readonly lifeMs: number };
/** Made once: making cases takes as long as checking them. */
const POOL = 2000;

const tally: Tally = {
  signatures: 0,
  batches: 0,
  refused: 0,
  wrong: [],
  slowest: { ms: 0, count: 0, microsecondsEach: 0 },
  clean: [],
  kernelBytes: 0,
};

installNativeCrypto();
const source = new SignedCases(seed);
const seeded = new Seeded(`${seed} sizes`);
const honest = Array.from({ length: POOL }, () => source.next('honest'));
const mixed = Array.from({ length: POOL }, () => source.next());
const long = longMessages();
const batch = new BatchVerifier();

const untilMs = Date.now() + lifeMs;
while (Date.now() < untilMs) {
  const pool = [honest, honest, mixed, long][seeded.below(4)]!;
  // As many small batches as large ones: sizes are even on a logarithmic scale, from 1 to 32,767.
  const count =
    pool === long ? 1 + seeded.below(200) : (1 << seeded.below(15)) + seeded.below(1 << seeded.below(15));
  soak(pool, count);
}
tally.kernelBytes = kernel()?.memory.buffer.byteLength ?? 0;
parentPort!.postMessage(tally);

/** Signatures over 60,000 bytes: they fill a run by its bytes, so that memory grows otherwise than by count. */
function longMessages(): readonly SignedCase[] {
  return Array.from({ length: 8 }, () => source.next('honest', 60_000));
}

function soak(pool: readonly SignedCase[], count: number): void {
  const first = seeded.below(pool.length);
  const startMs = performance.now();
  for (let i = 0; i < count; i++) {
    const { signature, message, publicKey } = pool[(first + i) % pool.length]!;
    batch.add(signature, message, publicKey);
  }
  const verdicts = batch.verify();
  const ms = performance.now() - startMs;
  let refused = 0;
  for (let i = 0; i < count; i++) {
    const { valid, kind } = pool[(first + i) % pool.length]!;
    if (verdicts[i] !== (valid ? 1 : 0)) tally.wrong.push(`${kind} at ${i} of ${count}`);
    refused += 1 - verdicts[i]!;
  }
  tally.signatures += count;
  tally.batches++;
  tally.refused += refused;
  const microsecondsEach = (ms * 1000) / (count + 20);
  if (refused === 0 && microsecondsEach > tally.slowest.microsecondsEach)
    tally.slowest = { ms, count, microsecondsEach };
  if (pool === honest && count >= 1000) tally.clean.push((ms * 1000) / count);
}
