/**
 * Key files: a secret seed, whose it is, and the next sequence number, in one small JSON file only its owner can read.
 *
 * Reads  files.ts, json-text.ts, node/ (signers).   Used by  keygen.ts, init.ts, signing.ts, ledger-file.ts.
 * Form   {kind: "party", party, seed, publicKey, sequence} or {kind: "log", origin, seed, publicKey}; bytes in base64url.
 * Rule   sequence numbers are stored durably before anything is signed with them: after a crash a number may be unused, never
 *        used twice. Two processes that sign with one file take turns by a lock file.
 * Never  prints the seed.
 * @module
 */
import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { equalBytes, fromBase64url, toBase64url } from '../bytes/index.ts';
import type { Signer } from '../crypto/index.ts';
import { errorCode } from '../errors.ts';
import { nativeSigner } from '../node/index.ts';
import { CliError } from './failure.ts';
import { fileError, readText, replaceFile, writeNew } from './files.ts';
import { parseJsonObject } from './json-text.ts';

/** Key of a party: signs statements. */
export interface PartyKey {
  readonly kind: 'party';
  /** Canonical party id. */
  readonly party: string;
  readonly signer: Signer;
  /** Next number to be used. */
  readonly sequence: number;
}

/** Key of a log: signs checkpoints. */
export interface LogKey {
  readonly kind: 'log';
  readonly origin: string;
  readonly signer: Signer;
}

const MODE = 0o600;
const LOCK_WAIT_MS = 5000;
const LOCK_TRY_MS = 20;

/** Makes a key file for a party; returns the key. */
export function makePartyKey(path: string, seed: Uint8Array, party: string): PartyKey {
  const signer = nativeSigner(seed);
  write(path, { kind: 'party', party, ...spelled(seed, signer), sequence: 0 });
  return { kind: 'party', party, signer, sequence: 0 };
}

/** Makes a key file for a log; returns the key. */
export function makeLogKey(path: string, seed: Uint8Array, origin: string): LogKey {
  const signer = nativeSigner(seed);
  write(path, { kind: 'log', origin, ...spelled(seed, signer) });
  return { kind: 'log', origin, signer };
}

/**
 * A party's key.
 * @throws {CliError} `ERR_FILE`, or `ERR_KEY_FILE` if it is no key file of a party.
 */
export async function readPartyKey(path: string, signal: AbortSignal): Promise<PartyKey> {
  const { fields, signer } = await read(path, signal);
  const { kind, party, sequence } = fields;
  if (kind !== 'party' || typeof party !== 'string') throw keyFileError(path, 'it holds no key of a party');
  if (!Number.isSafeInteger(sequence) || (sequence as number) < 0) {
    throw keyFileError(path, 'its sequence number is none');
  }
  return { kind, party, signer, sequence: sequence as number };
}

/**
 * A log's key.
 * @throws {CliError} `ERR_FILE`, or `ERR_KEY_FILE` if it is no key file of a log.
 */
export async function readLogKey(path: string, signal: AbortSignal): Promise<LogKey> {
  const { fields, signer } = await read(path, signal);
  const { kind, origin } = fields;
  if (kind !== 'log' || typeof origin !== 'string') throw keyFileError(path, 'it holds no key of a log');
  return { kind, origin, signer };
}

/**
 * Takes the next `count` sequence numbers of a party's key file; when it returns they are used up, on disk.
 * @returns the first of them.
 * @throws {CliError} `ERR_FILE_BUSY` if another process holds the file's lock for long.
 */
export async function takeSequence(path: string, count: number, signal: AbortSignal): Promise<number> {
  const target = realPath(path);
  const lock = `${target}.lock`;
  await acquire(lock, signal);
  try {
    const fields = parseJsonObject(fs.readFileSync(target, 'utf8'), path);
    const first = fields['sequence'];
    if (typeof first !== 'number' || !Number.isSafeInteger(first) || !Number.isSafeInteger(first + count)) {
      throw keyFileError(path, 'its sequence numbers are used up');
    }
    replaceFile(target, serialize({ ...fields, sequence: first + count }), MODE);
    return first;
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

async function acquire(lock: string, signal: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + LOCK_WAIT_MS;
  for (;;) {
    signal.throwIfAborted();
    try {
      fs.closeSync(fs.openSync(lock, 'wx', MODE));
      return;
    } catch (cause) {
      if (errorCode(cause) !== 'EEXIST') throw fileError('lock', lock, cause);
      if (performance.now() > deadlineMs) {
        throw new CliError('ERR_FILE_BUSY', `couldn't take sequence numbers: ${lock} exists`);
      }
    }
    await sleep(LOCK_TRY_MS);
  }
}

async function read(
  path: string,
  signal: AbortSignal,
): Promise<{ readonly fields: Readonly<Record<string, unknown>>; readonly signer: Signer }> {
  const fields = parseJsonObject(await readText(path, signal), path);
  const { seed, publicKey } = fields;
  let signer: Signer;
  try {
    signer = nativeSigner(fromBase64url(String(seed)));
    if (!equalBytes(signer.publicKey, fromBase64url(String(publicKey))))
      throw new Error('another public key');
  } catch {
    throw keyFileError(path, 'it is no key file, or damaged');
  }
  warnIfReadable(path);
  return { fields, signer };
}

function warnIfReadable(path: string): void {
  const mode = process.platform === 'win32' ? 0 : (fs.statSync(path, { throwIfNoEntry: false })?.mode ?? 0);
  if ((mode & 0o077) !== 0) {
    process.stderr.write(`warning: other users may read the key file ${path} (chmod 600)\n`);
  }
}

function realPath(path: string): string {
  try {
    return fs.realpathSync(path);
  } catch (cause) {
    throw fileError('read', path, cause);
  }
}

function write(path: string, content: Readonly<Record<string, unknown>>): void {
  writeNew(path, serialize(content), MODE);
}

function serialize(content: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

function spelled(seed: Uint8Array, signer: Signer): Readonly<Record<'seed' | 'publicKey', string>> {
  return { seed: toBase64url(seed), publicKey: toBase64url(signer.publicKey) };
}

function keyFileError(path: string, why: string): CliError {
  return new CliError('ERR_KEY_FILE', `couldn't use ${path}: ${why}`);
}
