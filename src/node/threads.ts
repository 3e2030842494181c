/**
 * Worker threads: a module's work, message by message, in a thread of its own.
 *
 * Reads  node:worker_threads, thread-main.ts.   Used by  host.ts.
 * Note   a thread runs what is compiled: beside TypeScript sources, as tests import them, there are no threads to have.
 * @module
 */
import { Worker } from 'node:worker_threads';
import { assertObject, assertText } from '../bytes/index.ts';

/** Called with what the thread sent, and once with why it ended unasked. */
export interface Ears {
  onMessage(message: unknown): void;
  onError(error: unknown): void;
}

/** A running thread. */
export interface Thread {
  post(message: unknown, transfer: readonly ArrayBuffer[]): void;
  terminate(): Promise<void>;
}

/** What one range of entries leaves behind dies young if there is room to be young in: Node's own 16 MiB are too few. */
const YOUNG_MIB = 32;

/**
 * Starts a thread of a module that exports `serve()`, which is told how to read spills of this process.
 * @param module - its address.
 * @param ears - `onError` hears of a thread that could not start, threw, or ended before it was told to.
 */
export function startThread(module: string, ears: Ears): Thread {
  assertText('module', module);
  assertObject('ears', ears, ['onMessage', 'onError']);
  const worker = new Worker(new URL('./thread-main.js', import.meta.url), {
    workerData: module,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
  });
  worker.on('message', (message) => ears.onMessage(message));
  worker.on('error', (error) => ears.onError(error));
  worker.on('messageerror', (error) => ears.onError(error));
  worker.on('exit', () => ears.onError(new Error('a worker thread ended')));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    terminate: async () => void (await worker.terminate()),
  };
}
