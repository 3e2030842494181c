// Browser-safe.
/**
 * What the audit can ask of the machine it runs on: more threads, and room beside memory. A browser offers neither.
 *
 * Reads  spill.ts.   Used by  crew.ts, audit.ts; node-entry.ts and the command line install node/'s.
 * Rule   what is installed changes how fast an audit is and how much memory it takes, never what it says.
 * @module
 */
import { assertFunction, assertObject, assertOptions } from '../bytes/index.ts';
import { errorCode } from '../errors.ts';
import { assertSpill, MemorySpill, type Spill } from './spill.ts';

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

/** From how many bytes of entries on acts wait beside memory. */
const SPILL_BYTES_MIN = 128 * 1024 * 1024;

/**
 * Where the acts of a log wait.
 * @param bytes - about how long its entries are together.
 * @param workers - how many threads read them: several read what is on disk, and no memory of each other.
 * @throws {StoreError} `ERR_STORE_IO` if there is no room beside memory, and the log is too large to do without.
 * @throws {TypeError} if what is installed opens no spill.
 */
export function openSpill(bytes: number, workers: number): Spill {
  const isSmall = bytes < SPILL_BYTES_MIN;
  if (installed === undefined || (isSmall && workers === 1)) return new MemorySpill();
  try {
    return assertSpill('host.openSpill()', installed.openSpill());
  } catch (error) {
    if (isSmall && errorCode(error) === 'ERR_STORE_IO') return new MemorySpill();
    throw error;
  }
}

/** What is installed. */
export function auditHost(): AuditHost | undefined {
  return installed;
}
