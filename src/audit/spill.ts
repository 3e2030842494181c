// Browser-safe.
/**
 * The spill: where packed acts wait, partition by partition, until their turn comes.
 *
 * Reads  nothing.   Used by  audit.ts; node/ has one on disk, host.ts says which is used.
 * @module
 */
import { assertBytes, assertInteger } from '../bytes/index.ts';

/** Runs of bytes by partition. What is appended belongs to the spill; what is read belongs to the reader. */
export interface Spill {
  /** Appends a run to a partition. */
  append(partition: number, bytes: Uint8Array): void;
  /** All runs of a partition, in the order they were appended, in one new buffer. */
  read(partition: number): Promise<readonly Uint8Array[]>;
  /** Frees everything. Idempotent. */
  close(): Promise<void>;
}

/** A spill in memory. */
export class MemorySpill implements Spill {
  readonly #partitions: Uint8Array[][] = [];

  append(partition: number, bytes: Uint8Array): void {
    assertInteger('partition', partition);
    (this.#partitions[partition] ??= []).push(assertBytes('bytes', bytes));
  }

  async read(partition: number): Promise<readonly Uint8Array[]> {
    return inOneBuffer(this.#partitions[partition] ?? []);
  }

  async close(): Promise<void> {
    this.#partitions.length = 0;
  }
}

/** Copies of runs, side by side in one new buffer. */
function inOneBuffer(runs: readonly Uint8Array[]): readonly Uint8Array[] {
  const all = new Uint8Array(runs.reduce((length, run) => length + run.length, 0));
  let at = 0;
  return runs.map((run) => {
    all.set(run, at);
    at += run.length;
    return all.subarray(at - run.length, at);
  });
}
