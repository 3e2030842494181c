/**
 * Threads that are none: what worker threads of an audit do, in this thread, with every message copied or handed over as between threads.
 *
 * Reads  src/audit/thread.ts, src/node (the spill on disk).   Used by  the scenario runner, tests/audit.
 * Why    hundreds of audits with several workers each would mostly start threads; tests/audit/threads.test.ts has real ones.
 * @module
 */
import type { AuditHost, StartThread } from '../../src/audit/host.ts';
import type { ReadSpilled } from '../../src/audit/spill.ts';
import { serve } from '../../src/audit/thread.ts';
import { nodeHost } from '../../src/node/index.ts';
import { readSpilled } from '../../src/node/temporary-spill.ts';

/** Starts threads that take turns with the caller, and read spills by `read`. */
export function pretendedThread(read: ReadSpilled): StartThread {
  return (_module, ears) => {
    const answer = serve(read);
    let turn: Promise<void> = Promise.resolve();
    return {
      post: (message, transfer) => {
        const received = structuredClone(message, { transfer: [...transfer] });
        turn = turn.then(async () => {
          const served = await answer(received);
          ears.onMessage(structuredClone(served.message, { transfer: [...served.transfer] }));
        });
      },
      terminate: async () => {},
    };
  };
}

/** A host whose threads take turns with the caller. */
export const pretendedHost: AuditHost = {
  startThread: pretendedThread(readSpilled),
  openSpill: () => nodeHost.openSpill(),
};
