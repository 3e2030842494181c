/**
 * What an auditor keeps, in two files: a text, and beside it the bytes it refers to.
 *
 * Reads  node:fs.   Used by  cli/, and whoever audits on in Node.
 * Method the text names its file of bytes and how many of them count. Bytes are only added, and are on the disk before the text that
 *        refers to them takes the place of the one before, by renaming. A renewal begins another file; the old one goes once a text
 *        names the new. So whatever fails, and whenever, one text stands with all its bytes.
 * Trust  the auditor's own: see audit/memory.ts.
 * @module
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { assertBytes, assertInteger, assertText, toHex } from '../bytes/index.ts';
import { StoreError } from '../errors.ts';

/** What the first file says. */
interface Kept {
  /** Name of the file of bytes, in the same folder. */
  readonly bytes: string;
  readonly length: number;
  readonly text: string;
}

/** A memory in the file at `path`, and one beside it whose name begins with that. */
export class FileMemory {
  readonly #path: string;
  #kept: Kept | undefined;
  #file: { readonly name: string; readonly handle: number } | undefined;
  #length = 0;

  /** Nothing is read or written yet. */
  constructor(path: string) {
    this.#path = assertText('path', path);
  }

  /** The text kept last. @throws {StoreError} `ERR_STORE_CORRUPT` if the file holds something else. */
  async recall(): Promise<string | undefined> {
    // An audit that ended before it kept anything may have begun another.
    this.#leave();
    if (!attempt('read', () => existsSync(this.#path))) return undefined;
    const kept = keptIn(attempt('read', () => readFileSync(this.#path, 'utf8')));
    if (kept === undefined)
      throw new StoreError('ERR_STORE_CORRUPT', `${this.#path} holds no state of an audit`);
    this.#kept = kept;
    this.#length = kept.length;
    return kept.text;
  }

  /** Bytes of the file that the text names; none where they are missing. */
  async read(at: number, length: number): Promise<Uint8Array> {
    assertInteger('at', at);
    assertInteger('length', length);
    const handle = this.#open();
    if (handle === undefined) return new Uint8Array(0);
    const bytes = new Uint8Array(length);
    let read = 0;
    while (read < length) {
      const more = attempt('read', () => readSync(handle, bytes, read, length - read, at + read));
      if (more === 0) break;
      read += more;
    }
    return bytes.subarray(0, read);
  }

  /** Adds bytes; returns where they begin. */
  async write(bytes: Uint8Array): Promise<number> {
    const { length } = assertBytes('bytes', bytes);
    const at = this.#length;
    const handle = this.#open() ?? this.#begin();
    for (let written = 0; written < length;) {
      written += attempt('write', () => writeSync(handle, bytes, written, length - written, at + written));
    }
    this.#length += length;
    return at;
  }

  /** Begins another file of bytes. */
  async renew(): Promise<void> {
    this.#leave();
    this.#begin();
  }

  /** Keeps the text with all bytes written. */
  async keep(text: string): Promise<void> {
    const handle = this.#open() ?? this.#begin();
    const { name } = this.#file!;
    const kept: Kept = { bytes: name, length: this.#length, text: assertText('text', text) };
    const next = `${this.#path}.${toHex(randomBytes(4))}.new`;
    attempt('write', () => {
      fsyncSync(handle);
      try {
        const file = openSync(next, 'wx', 0o600);
        try {
          // Goes on after a short write, which writeSync() would leave to its caller.
          writeFileSync(file, `${JSON.stringify(kept)}\n`);
          fsyncSync(file);
        } finally {
          closeSync(file);
        }
        renameSync(next, this.#path);
        syncFolder(dirname(this.#path));
      } catch (cause) {
        rmSync(next, { force: true });
        throw cause;
      }
    });
    const old = this.#kept?.bytes;
    this.#kept = kept;
    if (old !== undefined && old !== name) rmSync(join(dirname(this.#path), old), { force: true });
  }

  /** Closes the file of bytes; one that nothing kept names goes. Idempotent. */
  close(): void {
    this.#leave();
  }

  #leave(): void {
    if (this.#file === undefined) return;
    const { name, handle } = this.#file;
    closeSync(handle);
    this.#file = undefined;
    if (name !== this.#kept?.bytes) rmSync(join(dirname(this.#path), name), { force: true });
  }

  /** The file the text names; undefined if there is none. What stands behind the bytes that count was never kept. */
  #open(): number | undefined {
    const { bytes: name, length } = this.#kept ?? { bytes: '', length: 0 };
    if (this.#file !== undefined || name === '') return this.#file?.handle;
    const path = join(dirname(this.#path), name);
    if (!existsSync(path)) return undefined;
    const handle = attempt('open', () => openSync(path, 'r+'));
    if (attempt('read', () => fstatSync(handle)).size > length)
      attempt('write', () => ftruncateSync(handle, length));
    this.#file = { name, handle };
    return handle;
  }

  #begin(): number {
    const name = `${basename(this.#path)}.${toHex(randomBytes(4))}.bytes`;
    const handle = attempt('write', () => openSync(join(dirname(this.#path), name), 'wx+', 0o600));
    this.#file = { name, handle };
    this.#length = 0;
    return handle;
  }
}

/** What a text of the first file says; undefined if it is none. */
function keptIn(text: string): Kept | undefined {
  try {
    const { bytes, length, text: own } = JSON.parse(text) as Partial<Record<keyof Kept, unknown>>;
    const isKept =
      typeof bytes === 'string' &&
      bytes === basename(bytes) &&
      typeof length === 'number' &&
      Number.isSafeInteger(length) &&
      length >= 0 &&
      typeof own === 'string';
    return isKept ? { bytes, length, text: own } : undefined;
  } catch {
    return undefined;
  }
}

/** Has a name given in a folder outlast a loss of power. Windows opens no folder, and writes names down by itself. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function attempt<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new StoreError('ERR_STORE_IO', `couldn't ${what} the state of an audit`, { cause });
  }
}
