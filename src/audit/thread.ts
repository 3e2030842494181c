// Browser-safe.
/**
 * What a worker thread of the audit runs: one hand, and its answers with the buffers that go with them.
 *
 * Reads  hand.ts, failures.ts.   Used by  whatever threads are installed (host.ts), by its address; never imported.
 * @module
 */
import { assertFunction, assertObject } from '../bytes/index.ts';
import { buffersOf } from './crew.ts';
import { tellFailure } from './failures.ts';
import { Hand, type Order } from './hand.ts';
import type { ReadSpilled } from './spill.ts';

/** An answer, and what is handed over with it. */
export interface Served {
  readonly message: unknown;
  readonly transfer: readonly ArrayBuffer[];
}

/**
 * Opens a thread's work: each message is an order, carried out in turn.
 * @param read - reads the spill of the audit.
 */
export function serve(read: ReadSpilled): (message: unknown) => Promise<Served> {
  const hand = new Hand({ read: assertFunction('read', read) });
  return async (message) => {
    try {
      const answer = await hand.carryOut(assertObject('message', message as Order));
      return { message: { answer }, transfer: buffersOf(answer) };
    } catch (error) {
      return { message: { failure: tellFailure(error) }, transfer: [] };
    }
  };
}
