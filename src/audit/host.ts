// Browser-safe.
/**
 * What the audit can ask of the machine it runs on: more threads, and room beside memory. A browser offers neither.
 *
 * Reads  spill.ts.   Used by  crew.ts, audit.ts; node-entry.ts and the command line install node/'s.
 * Rule   what is installed changes how fast an audit is and how much memory it takes, never what it says.
 * @module
 */
import { assertFunction, assertObject, assertOptions } from '../bytes/index.ts';
import type { Spill } from './spill.ts';

/** Called with what the other side sent; errors end the thread. */
export interface ThreadEars {
  onMessage(message: unknown): void;
  onError(error: unknown): void;
}

/** A thread that runs one module. */
export interface AuditThread {
  /** Sends a message; the buffers of `transfer` are gone here afterwards. */
  post(message: unknown, transfer: readonly ArrayBuffer[]): void;
  /** Ends it, whatever it is doing. Idempotent. */
  terminate(): Promise<void>;
}

/** Starts a thread of a module, given by its address; calls its `serve` with what reads this machine's spills there ({@link ReadSpilled}). */
export type StartThread = (module: string, ears: ThreadEars) => AuditThread;

/** What a machine offers. */
export interface AuditHost {
  /** Starts a thread of a module that exports `serve` (see thread.ts); undefined where there are none. */
  readonly startThread: StartThread | undefined;
  /** Opens a spill that takes no memory, and leaves nothing behind however the process ends. */
  openSpill(): Spill;
}

let installed: AuditHost | undefined;

/**
 * Installs what this machine offers, or with `undefined` nothing. `import 'countermark'` on Node has done so.
 * @throws {TypeError | RangeError} unless `host` has the parts of one.
 * @example
 * import { nodeHost } from 'countermark/node';
 * installAuditHost(nodeHost);
 */
export function installAuditHost(host: AuditHost | undefined): void {
  if (host !== undefined) {
    assertOptions('host', host, ['startThread', 'openSpill']);
    assertObject('host', host, ['openSpill']);
    if (host.startThread !== undefined) assertFunction('host.startThread', host.startThread);
  }
  installed = host;
}

/** What is installed. */
export function auditHost(): AuditHost | undefined {
  return installed;
}
