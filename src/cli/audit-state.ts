/**
 * What an auditor keeps between audits: signed checkpoints, and the state an incremental audit goes on from.
 *
 * Reads  audit/ (its shape), node/ (the file), note/, files.ts.   Used by  audit.ts.
 * Trust  the state file, and the file of bytes beside it, are the auditor's own memory: whoever can change them can hide from the next
 *        audit what he likes. Keep them away from the ledger's operator.
 * @module
 */
import { existsSync } from 'node:fs';
import type { AuditState } from '../audit/index.ts';
import { readSummary } from '../audit/summary.ts';
import { DecodeError } from '../errors.ts';
import { FileMemory } from '../node/index.ts';
import { checkCheckpoint, parseVerifierKey } from '../note/index.ts';
import { readText } from './files.ts';
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

/** What an audit goes on from, and keeps for the next. */
export interface KeptState {
  readonly memory: FileMemory;
  /** True where the memory holds an audit to go on from. */
  readonly goesOn: boolean;
  /** What a file of version 1 holds: it spares signatures, no more. */
  readonly state: AuditState | undefined;
}

/** The state in a file; nothing yet, if there is no such file. @throws {DecodeError} if it is no state of this log. */
export async function openState(path: string, logKey: string, signal: AbortSignal): Promise<KeptState> {
  const memory = new FileMemory(path);
  if (!existsSync(path)) return { memory, goesOn: false, state: undefined };
  const kept = parseJsonObject(await readText(path, signal), path);
  if (kept['version'] === 1) return { memory, goesOn: false, state: stateOf(kept, path, logKey) };
  const { text } = kept;
  if (typeof text !== 'string') throw malformed(path, 'it is no state of an audit');
  const summary = readSummary(text);
  if (summary === undefined) {
    throw malformed(path, 'it was changed since an audit wrote it; move it away to audit from nothing');
  }
  assertOwn(path, logKey, summary.checkpoint, summary.size);
  return { memory, goesOn: true, state: undefined };
}

/** A state of version 1. */
function stateOf(state: Readonly<Record<string, unknown>>, path: string, logKey: string): AuditState {
  const { origin, size, root, checkpoint, refused } = state;
  const isState =
    typeof origin === 'string' &&
    isIndex(size) &&
    typeof root === 'string' &&
    typeof checkpoint === 'string' &&
    Array.isArray(refused) &&
    refused.every(isIndex);
  if (!isState) throw malformed(path, 'it is no state of an audit');
  assertOwn(path, logKey, checkpoint, size);
  return { version: 1, origin, size, root, checkpoint, refused };
}

function assertOwn(path: string, logKey: string, checkpoint: string, size: unknown): void {
  const opened = checkCheckpoint(checkpoint, parseVerifierKey(logKey));
  if (!opened.ok || opened.checkpoint.size !== size) throw malformed(path, 'it is about another log');
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function malformed(path: string, why: string): DecodeError {
  return new DecodeError('ERR_DECODE_MALFORMED', `couldn't use ${path}: ${why}`);
}
