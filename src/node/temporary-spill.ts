/**
 * A spill in a temporary file that has no name: whatever ends the process, its room is free again.
 *
 * Reads  node:fs.   Used by  host.ts, and in other threads thread-main.ts.
 * Method one file, appended to. The name is taken away as soon as the file is open; where the system does not allow that, it goes
 *        when the spill is closed.
 * @module
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertBytes, assertInteger } from '../bytes/index.ts';
import { StoreError } from '../errors.ts';

/** What is appended is gathered up to this before it is written. */
const WRITE_BYTES = 1024 * 1024;

/** What to do where nothing can be written. */
const ROOM =
  'an audit of a large log needs room in the folder of temporary files; name another folder in TMPDIR (on Windows: TEMP)';

/** Pieces of what was appended: where each begins in the file, and where it ends among those asked for. */
interface Pieces {
  readonly starts: Float64Array;
  readonly ends: Uint32Array;
}

/** Room for bytes on disk. */
export class TemporarySpill {
  readonly #folder: string;
  #file: number | undefined;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Bytes written and held. */
  #end = 0;

  /**
   * @param folder - where it makes one of its own.
   * @throws {StoreError} `ERR_STORE_IO` if that cannot be written to.
   */
  constructor(folder = tmpdir()) {
    this.#folder = attempt(`make a temporary folder: ${ROOM}`, () =>
      mkdtempSync(join(folder, 'countermark-audit-')),
    );
    this.#file = attempt(`make a temporary file: ${ROOM}`, () =>
      openSync(join(this.#folder, 'acts'), 'wx+', 0o600),
    );
    this.#forget();
  }

  /** Appends bytes; returns where they begin. */
  append(bytes: Uint8Array): number {
    const start = this.#end;
    const { length } = assertBytes('bytes', bytes);
    this.#held.push(bytes);
    this.#heldBytes += length;
    this.#end += length;
    if (this.#heldBytes >= WRITE_BYTES) this.#write();
    return start;
  }

  /** What was appended at these places, side by side in one new buffer. */
  async read({ starts, ends }: Pieces): Promise<Uint8Array> {
    this.#write();
    const all = new Uint8Array(ends.at(-1) ?? 0);
    for (let i = 0, at = 0; i < ends.length; at = ends[i++]!) {
      readInto(this.#file!, starts[i]!, all.subarray(at, ends[i]));
    }
    return all;
  }

  /** What was appended at one place, at once. */
  readNow(start: number, length: number): Uint8Array {
    this.#write();
    return readSpilled(this.#file!, start, length);
  }

  /** By this other threads read all that was appended until it was asked for, see {@link readSpilled}. */
  get handle(): number {
    this.#write();
    return this.#file!;
  }

  /** Frees everything. Idempotent. */
  async close(): Promise<void> {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
    this.#held = [];
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(): void {
    let at = this.#end - this.#heldBytes;
    attempt(`write a temporary file: ${ROOM}`, () => {
      for (const bytes of this.#held) {
        for (let done = 0; done < bytes.length;) {
          done += writeSync(this.#file!, bytes, done, bytes.length - done, at + done);
        }
        at += bytes.length;
      }
    });
    this.#held = [];
    this.#heldBytes = 0;
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

/** Reads what was appended to a spill of this process; `handle` is its own. */
export function readSpilled(handle: number, start: number, length: number): Uint8Array {
  const bytes = new Uint8Array(assertInteger('length', length));
  readInto(assertInteger('handle', handle), assertInteger('start', start), bytes);
  return bytes;
}

function readInto(file: number, start: number, out: Uint8Array): void {
  attempt('read a temporary file', () => {
    for (let done = 0; done < out.length;) {
      const read = readSync(file, out, done, out.length - done, start + done);
      if (read === 0) throw new Error('it is shorter than what was written');
      done += read;
    }
  });
}

function attempt<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new StoreError('ERR_STORE_IO', `couldn't ${what}`, { cause });
  }
}
