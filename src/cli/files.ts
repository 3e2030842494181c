/**
 * Files the commands read and write: inputs are bounded, outputs whole or absent, and nothing is overwritten by accident.
 *
 * Reads  the file system, standard input.   Used by  every command.
 * Rules  a new file is made with "must not exist" and synced; a changed file is written beside, synced, and renamed into place.
 * Never  follows a symbolic link into replacing the link itself, and never truncates a file in place.
 * @module
 */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { utf8Decode } from '../bytes/index.ts';
import { DecodeError, errorCode } from '../errors.ts';
import { CliError } from './failure.ts';

/** Most bytes of one input file. */
export const FILE_BYTES_MAX = 256 * 1024 * 1024;

/**
 * The bytes of a file, or of standard input for `-`.
 * @throws {CliError} `ERR_FILE` if it cannot be read; {@link DecodeError} `ERR_DECODE_LIMIT` beyond {@link FILE_BYTES_MAX};
 *   `signal.reason` if aborted.
 */
export async function readBytes(path: string, signal: AbortSignal): Promise<Uint8Array> {
  signal.throwIfAborted();
  const stream = path === '-' ? process.stdin : fs.createReadStream(path);
  let interrupt: (() => void) | undefined;
  const interrupted = new Promise<never>((_, reject) => {
    interrupt = () => reject(signal.reason as Error);
    signal.addEventListener('abort', interrupt, { once: true });
  });
  try {
    return await Promise.race([collect(stream, path), interrupted]);
  } catch (cause) {
    throw signal.aborted || cause instanceof DecodeError ? cause : fileError('read', path, cause);
  } finally {
    signal.removeEventListener('abort', interrupt!);
    stream.destroy();
  }
}

async function collect(stream: AsyncIterable<Uint8Array>, path: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size <= FILE_BYTES_MAX) continue;
    const message = `couldn't read ${nameOf(path)}: more than ${FILE_BYTES_MAX} bytes`;
    throw new DecodeError('ERR_DECODE_LIMIT', message);
  }
  return new Uint8Array(Buffer.concat(chunks, size));
}

/** The text of a file, or of standard input for `-`; a byte-order mark is dropped. */
export async function readText(path: string, signal: AbortSignal): Promise<string> {
  const bytes = await readBytes(path, signal);
  try {
    return utf8Decode(bytes).replace(/^\ufeff/, '');
  } catch {
    throw new DecodeError('ERR_DECODE_MALFORMED', `couldn't read ${nameOf(path)}: not UTF-8`);
  }
}

/** Throws `ERR_FILE_EXISTS` if there is anything at one of `paths`. */
export function assertAbsent(...paths: readonly string[]): void {
  for (const path of paths) {
    if (fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw existsError(path);
  }
}

/** Makes a file that did not exist; durable when it returns. */
export function writeNew(path: string, content: string, mode = 0o666): void {
  try {
    writeSynced(path, content, mode);
    syncFolder(path);
  } catch (cause) {
    throw errorCode(cause) === 'EEXIST' ? existsError(path) : fileError('write', path, cause);
  }
}

/** Replaces a file's content in one step, or makes the file; durable when it returns. */
export function replaceFile(path: string, content: string, mode = 0o666): void {
  const target = fs.existsSync(path) ? fs.realpathSync(path) : path;
  const draft = `${target}.new-${randomBytes(8).toString('hex')}`;
  try {
    writeSynced(draft, content, mode);
    fs.renameSync(draft, target);
    syncFolder(target);
  } catch (cause) {
    fs.rmSync(draft, { force: true });
    throw fileError('write', path, cause);
  }
}

/** An output written piece by piece: standard output, or a file that stays only if all of it was written. */
export interface Sink {
  write(text: string): Promise<void>;
  /** Durable when it returns. */
  end(): void;
  /** Takes back an unfinished file. */
  abandon(): void;
}

/** Standard output as a sink: a slow reader slows the writer. */
export const STANDARD_OUTPUT: Sink = {
  write: (text) => new Promise((resolve) => process.stdout.write(text, () => resolve())),
  end: () => undefined,
  abandon: () => undefined,
};

/** A new file as a sink. */
export function fileSink(path: string): Sink {
  let descriptor: number;
  try {
    descriptor = fs.openSync(path, 'wx');
  } catch (cause) {
    throw errorCode(cause) === 'EEXIST' ? existsError(path) : fileError('write', path, cause);
  }
  return {
    write: async (text) => {
      try {
        fs.writeFileSync(descriptor, text);
      } catch (cause) {
        throw fileError('write', path, cause);
      }
    },
    end: () => {
      fs.fsyncSync(descriptor);
      fs.closeSync(descriptor);
      syncFolder(path);
    },
    abandon: () => {
      fs.closeSync(descriptor);
      fs.rmSync(path, { force: true });
    },
  };
}

/** A file's name in a message. */
export function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/** The CliError for a failed file operation. */
export function fileError(what: string, path: string, cause: unknown): CliError {
  const code = errorCode(cause) ?? 'error';
  return new CliError('ERR_FILE', `couldn't ${what} ${nameOf(path)}: ${REASONS[code] ?? code}`, { cause });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
};

function existsError(path: string): CliError {
  return new CliError('ERR_FILE_EXISTS', `couldn't write ${path}: it exists`);
}

function writeSynced(path: string, content: string, mode: number): void {
  const descriptor = fs.openSync(path, 'wx', mode);
  try {
    fs.writeFileSync(descriptor, content);
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Makes a new name durable; systems that cannot sync a folder do it themselves. */
function syncFolder(path: string): void {
  let descriptor: number | undefined;
  try {
    descriptor = fs.openSync(dirname(path), 'r');
    fs.fsyncSync(descriptor);
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EINVAL', 'EACCES'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}
