/**
 * What an auditor keeps, in two files: a text, and beside it the bytes it refers to.
 *
 * Reads  node:fs.   Used by  cli/, and whoever audits on in Node.
 * Method the text names its file of bytes and how many of them count. Bytes are only added, and are on the disk before the text that
 *        refers to them takes the place of the one before, by renaming. A renewal begins another file; the old one goes once a text
 *        names the new. So whatever fails, and whenever, one text stands with all its bytes.
 * Two    at once go on from one text: what is new is held until it is kept, and kept one after the other, under a lock file. Who comes
 *        second finds another text than he went on from, and leaves it: it is as good as his.
 * Trust  the auditor's own: see audit/memory.ts.
 * @module
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { assertBytes, assertInteger, assertText, concatBytes, toHex } from '../bytes/index.ts';
import { errorCode, StoreError } from '../errors.ts';

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
  /** Bytes behind those that count in the file the text names, until they are kept. */
  #added: Uint8Array[] = [];

  /** Nothing is read or written yet. */
  constructor(path: string) {
    this.#path = assertText('path', path);
  }

  /** The text kept last. @throws {StoreError} `ERR_STORE_CORRUPT` if the file holds something else. */
  async recall(): Promise<string | undefined> {
    // An audit that ended before it kept anything may have begun another.
    this.#leave();
    if (!attempt('read', () => existsSync(this.#path))) return undefined;
    const kept = this.#textNow();
    if (kept === undefined)
      throw new StoreError('ERR_STORE_CORRUPT', `${this.#path} holds no state of an audit`);
    this.#kept = kept;
    this.#length = kept.length;
    // Opened at once: an audit that begins anew meanwhile takes the file away.
    this.#open();
    return kept.text;
  }

  /** What the file says now; undefined if it is none of ours, or not there. */
  #textNow(): Kept | undefined {
    const isThere = attempt('read', () => existsSync(this.#path));
    return isThere ? keptIn(attempt('read', () => readFileSync(this.#path, 'utf8'))) : undefined;
  }

  /** Bytes of the file that the text names, and those added since; none where they are missing. */
  async read(at: number, length: number): Promise<Uint8Array> {
    assertInteger('at', at);
    assertInteger('length', length);
    const handle = this.#open();
    if (handle === undefined) return new Uint8Array(0);
    const inFile = this.#length - lengthOf(this.#added);
    const stored = readAt(handle, at, Math.max(0, Math.min(length, inFile - at)));
    if (this.#added.length === 0 || stored.length === length) return stored;
    const from = Math.max(0, at - inFile);
    return concatBytes(stored, concatBytes(...this.#added).subarray(from, from + length - stored.length));
  }

  /** Adds bytes; returns where they begin. */
  async write(bytes: Uint8Array): Promise<number> {
    const { length } = assertBytes('bytes', bytes);
    const at = this.#length;
    const handle = this.#open() ?? this.#begin();
    if (this.#isShared) this.#added.push(bytes.slice());
    else writeAt(handle, bytes, at);
    this.#length += length;
    return at;
  }

  /** Begins another file of bytes. */
  async renew(): Promise<void> {
    this.#leave();
    this.#begin();
  }

  /** Keeps the text with all bytes written; where somebody else has kept another since this one was recalled, that stands. */
  async keep(text: string): Promise<void> {
    assertText('text', text);
    const handle = this.#open() ?? this.#begin();
    const kept: Kept = { bytes: this.#file!.name, length: this.#length, text };
    const lockPath = `${this.#path}.lock`;
    await lock(lockPath);
    try {
      const now = this.#textNow();
      if (this.#isShared && !isSame(now, this.#kept)) {
        this.#leave();
        this.#kept = now;
        return;
      }
      attempt('write', () => this.#replace(handle, kept));
      const old = now?.bytes;
      if (old !== undefined && old !== kept.bytes) rmSync(join(dirname(this.#path), old), { force: true });
    } finally {
      rmSync(lockPath, { force: true });
    }
    this.#kept = kept;
    this.#added = [];
  }

  #replace(handle: number, kept: Kept): void {
    if (this.#added.length > 0) writeAt(handle, concatBytes(...this.#added), this.#kept!.length);
    fsyncSync(handle);
    const next = `${this.#path}.${toHex(randomBytes(4))}.new`;
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
  }

  /** Closes the file of bytes; one that nothing kept names goes. Idempotent. */
  close(): void {
    this.#leave();
  }

  /** True if the file of bytes is one that a text names: others may go on from it, too. */
  get #isShared(): boolean {
    return this.#file !== undefined && this.#file.name === this.#kept?.bytes;
  }

  #leave(): void {
    this.#added = [];
    if (this.#file === undefined) return;
    const { name, handle } = this.#file;
    closeSync(handle);
    this.#file = undefined;
    if (name !== this.#kept?.bytes) rmSync(join(dirname(this.#path), name), { force: true });
  }

  /** The file the text names; undefined if there is none. What stands behind the bytes that count was never kept. */
  #open(): number | undefined {
    const name = this.#kept?.bytes ?? '';
    if (this.#file !== undefined || name === '') return this.#file?.handle;
    const path = join(dirname(this.#path), name);
    if (!existsSync(path)) return undefined;
    const handle = attempt('open', () => openSync(path, 'r+'));
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

function isSame(a: Kept | undefined, b: Kept | undefined): boolean {
  return a?.bytes === b?.bytes && a?.length === b?.length && a?.text === b?.text;
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function readAt(handle: number, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let read = 0;
  while (read < length) {
    const more = attempt('read', () => readSync(handle, bytes, read, length - read, at + read));
    if (more === 0) break;
    read += more;
  }
  return bytes.subarray(0, read);
}

function writeAt(handle: number, bytes: Uint8Array, at: number): void {
  const { length } = bytes;
  for (let written = 0; written < length;) {
    written += attempt('write', () => writeSync(handle, bytes, written, length - written, at + written));
  }
}

/** Whoever keeps is done within this; a lock that is older was left behind by a process that ended. */
const LOCK_MS = 10_000;
const LOCK_LOOK_MS = 20;

/** Returns once the lock file is ours; waits while somebody else's is there. */
async function lock(path: string): Promise<void> {
  for (;;) {
    try {
      closeSync(openSync(path, 'wx', 0o600));
      return;
    } catch (cause) {
      if (errorCode(cause) !== 'EEXIST') {
        throw new StoreError('ERR_STORE_IO', "couldn't write the state of an audit", { cause });
      }
    }
    const since = attempt('read', () => statSync(path, { throwIfNoEntry: false }))?.mtimeMs;
    if (since !== undefined && Date.now() - since > LOCK_MS) rmSync(path, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, LOCK_LOOK_MS));
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
