// Browser-safe.
/**
 * What the audit can ask of the machine it runs on: more threads, and room beside memory. A browser offers neither.
 *
 * Reads  spill.ts.   Used by  crew.ts, audit.ts; node-entry.ts and the command line install node/'s.
 * Rule   what is installed changes how fast an audit is and how much memory it takes, never what it says.
 * @module
 */
import { assertOptions } from '../bytes/index.ts';
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

/** What a machine offers. */
export interface AuditHost {
  /** Starts a thread of a module that exports `serve`; see thread.ts. */
  startThread(module: string, ears: ThreadEars): AuditThread;
  /** Opens a spill that takes no memory, and leaves nothing behind however the process ends. */
  openSpill(): Spill;
}

let installed: AuditHost | undefined;

/** Installs what this machine offers, or with `undefined` nothing. */
export function installAuditHost(host: AuditHost | undefined): void {
  if (host !== undefined) assertOptions('host', host, ['startThread', 'openSpill']);
  installed = host;
}

/** What is installed. */
export function auditHost(): AuditHost | undefined {
  return installed;
}
