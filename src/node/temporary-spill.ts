/**
 * A spill in a temporary file that has no name: whatever ends the process, its room is free again.
 *
 * Reads  node:fs.   Used by  host.ts.
 * Method one file, appended to; where each run lies is kept in memory. The name is taken away as soon as the file is open; where
 *        the system does not allow that, it goes when the spill is closed.
 * @module
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertBytes, assertInteger } from '../bytes/index.ts';
import { StoreError } from '../errors.ts';

/** Runs are gathered up to this before they are written. */
const WRITE_BYTES = 1024 * 1024;

/** Where a run lies. */
interface Extent {
  readonly at: number;
  readonly length: number;
}

/** Runs of bytes by partition, on disk. */
export class TemporarySpill {
  readonly #folder: string;
  readonly #extents: Extent[][] = [];
  #file: number | undefined;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Bytes written and held. */
  #end = 0;

  /** @throws {StoreError} `ERR_STORE_IO` if there is no temporary folder to write to. */
  constructor() {
    this.#folder = attempt('make a temporary folder', () =>
      mkdtempSync(join(tmpdir(), 'countermark-audit-')),
    );
    this.#file = attempt('make a temporary file', () => openSync(join(this.#folder, 'acts'), 'wx+', 0o600));
    this.#forget();
  }

  /** Appends a run to a partition. */
  append(partition: number, bytes: Uint8Array): void {
    assertInteger('partition', partition);
    const { length } = assertBytes('bytes', bytes);
    (this.#extents[partition] ??= []).push({ at: this.#end, length });
    this.#held.push(bytes);
    this.#heldBytes += length;
    this.#end += length;
    if (this.#heldBytes >= WRITE_BYTES) this.#write();
  }

  /** All runs of a partition, in the order they were appended, in one new buffer. */
  async read(partition: number): Promise<readonly Uint8Array[]> {
    this.#write();
    const extents = this.#extents[partition] ?? [];
    const all = new Uint8Array(extents.reduce((sum, { length }) => sum + length, 0));
    let filled = 0;
    return extents.map(({ at, length }) => {
      attempt('read a temporary file', () => {
        for (let done = 0; done < length;) {
          const read = readSync(this.#file!, all, filled + done, length - done, at + done);
          if (read === 0) throw new Error('it is shorter than what was written');
          done += read;
        }
      });
      filled += length;
      return all.subarray(filled - length, filled);
    });
  }

  /** Frees everything. Idempotent. */
  async close(): Promise<void> {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
    this.#held = [];
    this.#extents.length = 0;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(): void {
    if (this.#heldBytes === 0) return;
    const bytes = Buffer.concat(this.#held, this.#heldBytes);
    const at = this.#end - this.#heldBytes;
    this.#held = [];
    this.#heldBytes = 0;
    attempt('write a temporary file', () => {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.#file!, bytes, done, bytes.length - done, at + done);
      }
    });
  }

  /** Takes the name away; an open file can be used without one. */
  #forget(): void {
    try {
      rmSync(this.#folder, { recursive: true });
    } catch {
      // Windows keeps the name of an open file: close() removes it.
    }
  }
}

function attempt<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new StoreError('ERR_STORE_IO', `couldn't ${what}`, { cause });
  }
}
