// Browser-safe.
/**
 * Checkpoints: a log's signed word about its size and root; whoever holds one can hold the log to it.
 *
 * Reads  note.ts.   Used by  log/ (signs one per commit), ledger/, audit/, cli.
 * Source C2SP tlog-checkpoint 1.0.0: origin, decimal size, base64 root, each on its line. No extension lines.
 * Never  accepts a checkpoint whose origin is not the name of the key that signed it: one key, one log.
 * @module
 */
import {
  assertBytes,
  assertInteger,
  assertObject,
  assertString,
  assertText,
  equalBytes,
  fromBase64,
  isWellFormed,
  toBase64,
} from '../bytes/index.ts';
import { sha256 } from '../crypto/index.ts';
import { DecodeError, VerificationError, argumentRangeError } from '../errors.ts';
import { hasControl, parseVerifierKey, type NoteVerifier } from './key.ts';
import { assertNoteSigner, openNote, signNote, type NoteFault, type NoteSigner } from './note.ts';

/** What a checkpoint says. */
export interface Checkpoint {
  /** Name of the log: a URL without scheme. */
  readonly origin: string;
  /** Number of entries, 0 .. 2^53-1. */
  readonly size: number;
  /** 32-byte RFC 6962 root of these entries. */
  readonly root: Uint8Array;
}

/** Why a checkpoint was refused: the note's faults, or a good signature under another log's origin. */
export type CheckpointFault = NoteFault | 'origin';

/** What {@link checkCheckpoint} found. */
export type CheckpointResult =
  | { readonly ok: true; readonly checkpoint: Checkpoint }
  | { readonly ok: false; readonly reason: CheckpointFault };

/** Longest origin, in UTF-16 units. */
const ORIGIN_LENGTH_MAX = 255;
/** Origin, 16 digits, 44 characters, three LF; anything longer is refused unread. */
const CHECKPOINT_LENGTH_MAX = ORIGIN_LENGTH_MAX + 16 + 44 + 3;
const SIZE = /^(?:0|[1-9][0-9]*)$/;

/**
 * The checkpoint text: three lines, unsigned.
 * @throws {TypeError | RangeError} if a member is out of its range, or the root of size 0 is not SHA-256 of nothing.
 */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  assertObject('checkpoint', checkpoint);
  const origin = assertString('checkpoint.origin', checkpoint.origin, ORIGIN_LENGTH_MAX);
  const size = assertInteger('checkpoint.size', checkpoint.size);
  const root = assertBytes('checkpoint.root', checkpoint.root, 32);
  if (!isOrigin(origin)) throw argumentRangeError('checkpoint.origin', 'one line of text', 'another text');
  if (size === 0 && !isEmptyRoot(root)) {
    throw argumentRangeError('checkpoint.root', 'SHA-256 of nothing for size 0', 'another root');
  }
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/**
 * Reads a checkpoint text; accepts exactly what {@link formatCheckpoint} writes.
 * @param text - the text of a note, with its final LF; attacker-controlled unless the note was opened.
 * @throws {DecodeError} `ERR_DECODE_MALFORMED`; `ERR_DECODE_LIMIT` for a size above 2^53-1; `ERR_DECODE_VERSION` for a
 *   checkpoint with extension lines, which this library's logs never have.
 */
export function parseCheckpoint(text: string): Checkpoint {
  assertText('text', text);
  const [origin, digits, rootText] = text.slice(0, CHECKPOINT_LENGTH_MAX + 1).split('\n');
  if (origin === undefined || digits === undefined || rootText === undefined || !text.endsWith('\n')) {
    throw malformedCheckpoint();
  }
  if (origin.length > ORIGIN_LENGTH_MAX || !isOrigin(origin) || !SIZE.test(digits))
    throw malformedCheckpoint();
  const root = decodeRoot(rootText);
  const size = Number(digits);
  if (!Number.isSafeInteger(size)) {
    throw new DecodeError('ERR_DECODE_LIMIT', "couldn't read checkpoint: size above 2^53-1");
  }
  if (size === 0 && !isEmptyRoot(root)) throw malformedCheckpoint();
  const end = origin.length + digits.length + rootText.length + 3;
  if (text[end] === '\n') throw malformedCheckpoint(); // an empty extension line
  if (text.length !== end) {
    throw new DecodeError('ERR_DECODE_VERSION', "couldn't read checkpoint: extension lines");
  }
  return { origin, size, root };
}

/**
 * The checkpoint as a signed note.
 * @throws {TypeError | RangeError} if the checkpoint is out of range, or its origin is not the signer's name.
 */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  const text = formatCheckpoint(checkpoint);
  if (checkpoint.origin !== assertNoteSigner('signer', signer).name) {
    throw argumentRangeError('checkpoint.origin', "the signer's name", 'another origin');
  }
  return signNote(text, [signer]);
}

/**
 * Opens a signed checkpoint: signature, origin, form.
 * @param note - attacker-controlled.
 * @param verifier - the pinned key of the log; text is parsed anew each time, which costs about a millisecond.
 * @returns the checkpoint, or why it was refused.
 * @throws {DecodeError | VerificationError} only if `verifier` is text and no verifier key: a mistake of configuration.
 */
export function checkCheckpoint(
  note: string | Uint8Array,
  verifier: NoteVerifier | string,
): CheckpointResult {
  const pinned = typeof verifier === 'string' ? parseVerifierKey(verifier) : verifier;
  const opened = openNote(note, [pinned]);
  if (!opened.ok) return opened;
  let checkpoint;
  try {
    checkpoint = parseCheckpoint(opened.text);
  } catch (error) {
    if (error instanceof DecodeError) return { ok: false, reason: 'malformed' };
    throw error;
  }
  if (checkpoint.origin !== pinned.name) return { ok: false, reason: 'origin' };
  return { ok: true, checkpoint };
}

/**
 * Opens a signed checkpoint or throws: the asserting form of {@link checkCheckpoint}.
 * @throws {VerificationError} `ERR_CHECKPOINT`, with the reason in `details`.
 * @example
 * const { size, root } = openCheckpoint(note, verifier);
 */
export function openCheckpoint(note: string | Uint8Array, verifier: NoteVerifier | string): Checkpoint {
  const result = checkCheckpoint(note, verifier);
  if (result.ok) return result.checkpoint;
  throw new VerificationError('ERR_CHECKPOINT', `couldn't open checkpoint: ${result.reason}`, {
    details: { reason: result.reason },
  });
}

function isOrigin(text: string): boolean {
  return text !== '' && !text.includes('\n') && !hasControl(text) && isWellFormed(text);
}

function isEmptyRoot(root: Uint8Array): boolean {
  return equalBytes(root, sha256(new Uint8Array(0)));
}

function decodeRoot(text: string): Uint8Array {
  let root;
  try {
    root = fromBase64(text);
  } catch {
    throw malformedCheckpoint();
  }
  if (root.length !== 32) throw malformedCheckpoint();
  return root;
}

function malformedCheckpoint(): DecodeError {
  return new DecodeError('ERR_DECODE_MALFORMED', "couldn't read checkpoint: malformed");
}
