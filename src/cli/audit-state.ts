/**
 * What an auditor keeps between audits: signed checkpoints, and the state an incremental audit goes on from.
 *
 * Reads  audit/ (its shape), note/, files.ts.   Used by  audit.ts.
 * Trust  the state file is the auditor's own memory: whoever can change it can make him skip signatures. Keep it away from
 *        the ledger's operator.
 * @module
 */
import { existsSync } from 'node:fs';
import type { AuditState } from '../audit/index.ts';
import { DecodeError } from '../errors.ts';
import { checkCheckpoint, parseVerifierKey } from '../note/index.ts';
import { readText, replaceFile } from './files.ts';
import { parseJsonObject } from './json-text.ts';

/**
 * The checkpoints in files.
 * @throws {DecodeError} if one is not signed by the log.
 */
export async function readPinned(
  paths: readonly string[],
  logKey: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const verifier = parseVerifierKey(logKey);
  const notes: string[] = [];
  for (const path of paths) {
    const note = await readText(path, signal);
    const opened = checkCheckpoint(note, verifier);
    if (!opened.ok) {
      const message = `couldn't use ${path}: it is no checkpoint signed by the log (${opened.reason})`;
      throw new DecodeError('ERR_DECODE_MALFORMED', message);
    }
    notes.push(note);
  }
  return notes;
}

/** The state in a file, or undefined if there is no such file yet. */
export async function readState(
  path: string,
  logKey: string,
  signal: AbortSignal,
): Promise<AuditState | undefined> {
  if (!existsSync(path)) return undefined;
  const state = parseJsonObject(await readText(path, signal), path);
  const { version, origin, size, root, checkpoint, refused } = state;
  const isState =
    version === 1 &&
    typeof origin === 'string' &&
    isIndex(size) &&
    typeof root === 'string' &&
    typeof checkpoint === 'string' &&
    Array.isArray(refused) &&
    refused.every(isIndex);
  if (!isState) throw malformed(path, 'it is no state of an audit');
  const opened = checkCheckpoint(checkpoint, parseVerifierKey(logKey));
  if (!opened.ok || opened.checkpoint.size !== size) throw malformed(path, 'it is about another log');
  return { version, origin, size, root, checkpoint, refused };
}

/** Stores the state for the next audit, in one step. */
export function writeState(path: string, state: AuditState): void {
  replaceFile(path, `${JSON.stringify(state)}\n`);
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function malformed(path: string, why: string): DecodeError {
  return new DecodeError('ERR_DECODE_MALFORMED', `couldn't use ${path}: ${why}`);
}
