/**
 * What a Node process offers a long job: threads, and room on disk.
 *
 * Reads  threads.ts, temporary-spill.ts.   Used by  node-entry.ts, cli/ (installed for the audit).
 * @module
 */
import { TemporarySpill } from './temporary-spill.ts';
import { startThread } from './threads.ts';

const IS_COMPILED = import.meta.url.endsWith('.js');

/** Threads of this process, and spills in its temporary folder: give it to `installAuditHost`. */
export const nodeHost = Object.freeze({
  startThread: IS_COMPILED ? startThread : undefined,
  openSpill: (): TemporarySpill => new TemporarySpill(),
});
