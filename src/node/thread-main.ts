/**
 * What a worker thread runs first: native speed, then the module it was started for, message by message, one after the other.
 *
 * Reads  native.ts, temporary-spill.ts; the module named by whoever starts the thread.   Used by  threads.ts, by its address; never imported.
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { installNativeCrypto } from './native.ts';
import { readSpilled } from './temporary-spill.ts';

/** What a served message gives: the answer, and the buffers that go with it. */
interface Served {
  readonly message: unknown;
  readonly transfer: readonly ArrayBuffer[];
}

interface Service {
  serve(read: typeof readSpilled): (message: unknown) => Promise<Served>;
}

installNativeCrypto();
const service = (async () => ((await import(workerData as string)) as Service).serve(readSpilled))();
let turn: Promise<void> = Promise.resolve();

parentPort!.on('message', (message: unknown) => {
  turn = turn.then(async () => {
    const served = await (await service)(message);
    parentPort!.postMessage(served.message, served.transfer);
  });
});
