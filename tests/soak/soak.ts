/**
 * The kernel under load for a set time: npx tsx tests/soak/soak.ts [seconds] [threads]
 *
 * Method threads check batches of all sizes, honest, spoilt and strange, against known verdicts; they end and begin again, so that
 *        kernels are made and dropped; resident memory is sampled. Prints JSON; fails if a verdict was wrong.
 * Reads  worker.ts.   Used by  soak.test.ts, whoever changes the kernel.
 * @module
 */
import { Worker } from 'node:worker_threads';
import type { Tally } from './worker.ts';

const [seconds = 60, threads = 2] = process.argv.slice(2).map(Number);
/** A thread's life; then its memory is given back and another one begins. */
const LIFE_MS = Math.max(1000, Math.min(60_000, (seconds * 1000) / 3));

/** A thread does not inherit what makes Node read TypeScript. */
const START = `import('tsx/esm/api').then(({ register }) => {
  register();
  return import('${new URL('worker.ts', import.meta.url).href}');
});`;

const endMs = Date.now() + seconds * 1000;
const tallies: Tally[] = [];
/** Resident bytes after each thread's life. */
const resident: number[] = [];
let peakBytes = 0;
const sampler = setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
}, 100);

await Promise.all(Array.from({ length: threads }, (_, thread) => live(thread)));
clearInterval(sampler);
report();

async function live(thread: number): Promise<void> {
  for (let life = 0; Date.now() < endMs; life++) {
    tallies.push(await oneLife({ seed: `soak ${thread} ${life}`, lifeMs: LIFE_MS }));
    resident.push(process.memoryUsage.rss());
  }
}

function oneLife(workerData: { readonly seed: string; readonly lifeMs: number }): Promise<Tally> {
  const worker = new Worker(START, { workerData, eval: true });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function report(): void {
  const sum = (of: (tally: Tally) => number): number =>
    tallies.reduce((total, tally) => total + of(tally), 0);
  const wrong = tallies.flatMap((tally) => tally.wrong);
  const clean = tallies.flatMap((tally) => tally.clean).sort((a, b) => a - b);
  const at = (share: number): number =>
    Number((clean[Math.floor((clean.length - 1) * share)] ?? 0).toFixed(1));
  const [slowest] = tallies
    .map((tally) => tally.slowest)
    .sort((a, b) => b.microsecondsEach - a.microsecondsEach);
  const mebibytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);
  const third = Math.ceil(resident.length / 3);
  process.stdout.write(
    `${JSON.stringify({
      seconds,
      threads,
      lives: tallies.length,
      signatures: sum((tally) => tally.signatures),
      batches: sum((tally) => tally.batches),
      refused: sum((tally) => tally.refused),
      wrong: wrong.length,
      cleanMicroseconds: { p1: at(0.01), p50: at(0.5), p99: at(0.99), max: at(1) },
      slowest,
      kernelMiB: mebibytes(Math.max(...tallies.map((tally) => tally.kernelBytes))),
      residentMiB: {
        peak: mebibytes(peakBytes),
        firstThird: mebibytes(Math.max(...resident.slice(0, third))),
        lastThird: mebibytes(Math.max(...resident.slice(-third))),
      },
    })}\n`,
  );
  if (wrong.length > 0) {
    process.stderr.write(`${wrong.slice(0, 20).join('\n')}\n`);
    process.exitCode = 1;
  }
}
