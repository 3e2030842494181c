// Browser-safe.
/**
 * Signed notes: a text, a blank line, and signatures by name, as transparency logs exchange them.
 *
 * Reads  key.ts, crypto/.   Used by  checkpoint.ts, tlog-proof.ts.
 * Source C2SP signed-note 1.0.0. The text ends at the LAST blank line; a line is `— <name> <base64(key id ‖ signature)>`.
 * Rule   lines of unknown (name, key id) are ignored; one bad signature by a known key refuses the whole note.
 * Never  tells a forger more than malformed, signature, or unknown-key; reads at most 100 signature lines.
 * @module
 */
import {
  assertArray,
  assertBytes,
  assertObject,
  assertString,
  concatBytes,
  equalBytes,
  fromBase64,
  isWellFormed,
  toBase64,
  utf8Decode,
  utf8Encode,
} from '../bytes/index.ts';
import { assertSigner, verify, type Signer } from '../crypto/index.ts';
import { DecodeError, argumentRangeError, argumentTypeError } from '../errors.ts';
import {
  assertKeyName,
  assertNoteVerifier,
  hasControl,
  isKeyName,
  noteKeyId,
  readUint32,
  type NoteVerifier,
} from './key.ts';

/** A key that signs notes, under the name others pin it by. */
export interface NoteSigner {
  readonly name: string;
  readonly signer: Signer;
}

/** Returns `value` if it is a {@link NoteSigner}. */
export function assertNoteSigner(title: string, value: NoteSigner): NoteSigner {
  assertObject(title, value);
  assertKeyName(`${title}.name`, value.name);
  assertSigner(`${title}.signer`, value.signer);
  return value;
}

/** One signature line, read but not verified. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  /** What follows the key id: at least one byte; 64 for Ed25519. */
  readonly signature: Uint8Array;
}

/** A note taken apart. Nothing in it is verified. */
export interface ParsedNote {
  /** Everything before the last blank line, with its final LF: what is signed. */
  readonly text: string;
  /** 1 .. 100 lines, in the order of the note. */
  readonly signatures: readonly NoteSignature[];
}

/** Why a note was refused: unreadable, a known key's signature is wrong, or no known key has signed it. */
export type NoteFault = 'malformed' | 'signature' | 'unknown-key';

/** What {@link openNote} found. */
export type NoteResult =
  | { readonly ok: true; readonly text: string; readonly verified: readonly NoteVerifier[] }
  | { readonly ok: false; readonly reason: NoteFault };

/** Most signature lines read or written: more are malformed. */
export const NOTE_SIGNATURES_MAX = 100;
/** Longest note read or written, in UTF-16 units (bytes, if it comes as bytes). */
export const NOTE_LENGTH_MAX = 1_000_000;

const DASH = '\u2014 ';
const ED25519_BYTES = 64;

/**
 * Signs `text`.
 * @param text - must end in LF; no control character but LF; shorter than a million characters. May hold blank lines.
 * @param signers - 1 .. 100, all different in (name, key id).
 * @returns the note: the text, a blank line, one line per signer in the order given.
 * @throws {TypeError | RangeError} if an argument is not as said.
 * @example
 * signNote('log.example\n1\n…\n', [{ name: 'log.example', signer }]);
 */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  assertString('text', text, NOTE_LENGTH_MAX);
  if (!text.endsWith('\n')) throw argumentRangeError('text', 'text that ends in LF', 'another ending');
  if (hasControl(text)) throw argumentRangeError('text', 'no control character but LF', 'one');
  assertArray('signers', signers, NOTE_SIGNATURES_MAX);
  if (signers.length === 0) throw argumentRangeError('signers', 'at least one signer', 0);
  const message = utf8Encode(text);
  const seen = new Set<string>();
  let note = `${text}\n`;
  for (const one of signers) {
    const { name, signer } = assertNoteSigner('signer', one);
    const keyId = keyIdOf(name, signer.publicKey);
    if (seen.size === seen.add(pairOf(name, keyId)).size) {
      throw argumentRangeError('signers', 'different keys', 'one twice');
    }
    const id = new Uint8Array(4);
    new DataView(id.buffer).setUint32(0, keyId);
    const signature = assertBytes('signature', signer.sign(message), ED25519_BYTES);
    note += `${DASH}${name} ${toBase64(concatBytes(id, signature))}\n`;
  }
  if (note.length > NOTE_LENGTH_MAX) {
    throw argumentRangeError('text', `a note of at most ${NOTE_LENGTH_MAX} characters`, note.length);
  }
  return note;
}

/**
 * Takes a note apart without verifying anything.
 * @param note - text, or strict UTF-8 bytes; attacker-controlled.
 * @throws {DecodeError} `ERR_DECODE_MALFORMED` for every fault of form alike.
 * @throws {TypeError} if `note` is neither string nor bytes.
 */
export function parseNote(note: string | Uint8Array): ParsedNote {
  const whole = noteText(note);
  // The text may hold blank lines itself; signature lines cannot. So the last blank line separates.
  const cut = whole.lastIndexOf('\n\n');
  const lines = whole.slice(cut + 2);
  if (cut < 0 || !lines.endsWith('\n')) throw malformedNote();
  const signatureLines = lines.slice(0, -1).split('\n', NOTE_SIGNATURES_MAX + 1);
  if (signatureLines.length > NOTE_SIGNATURES_MAX) throw malformedNote();
  return { text: whole.slice(0, cut + 1), signatures: signatureLines.map(parseSignatureLine) };
}

/**
 * Opens a note: finds and checks the signatures of known keys.
 *
 * Steps: take apart; ignore lines of unknown (name, key id); of each known pair check the first line and ignore repeats;
 * refuse if one is wrong; refuse if there is none.
 *
 * @param note - text, or strict UTF-8 bytes; attacker-controlled.
 * @param verifiers - the keys one believes, from configuration; no (name, key id) twice.
 * @returns the text and the verifiers whose signatures are good, in the order of the note; or the reason it was refused.
 * @throws {RangeError} if two verifiers share name and key id: a mistake of configuration.
 * @throws {TypeError} if `note` is neither string nor bytes, or `verifiers` no array.
 */
export function openNote(note: string | Uint8Array, verifiers: readonly NoteVerifier[]): NoteResult {
  const known = verifiersByPair(verifiers);
  let parsed;
  try {
    parsed = parseNote(note);
  } catch (error) {
    if (error instanceof DecodeError) return { ok: false, reason: 'malformed' };
    throw error;
  }
  const message = utf8Encode(parsed.text);
  const verified: NoteVerifier[] = [];
  for (const { name, keyId, signature } of parsed.signatures) {
    const verifier = known.get(pairOf(name, keyId));
    if (verifier === undefined || verified.includes(verifier)) continue;
    if (signature.length !== ED25519_BYTES || !verify(signature, message, verifier.publicKey)) {
      return { ok: false, reason: 'signature' };
    }
    verified.push(verifier);
  }
  if (verified.length === 0) return { ok: false, reason: 'unknown-key' };
  return { ok: true, text: parsed.text, verified };
}

function noteText(note: string | Uint8Array): string {
  if (typeof note !== 'string' && !(note instanceof Uint8Array)) {
    throw argumentTypeError('note', 'a string or Uint8Array', note);
  }
  if (note.length > NOTE_LENGTH_MAX) throw malformedNote();
  const text = typeof note === 'string' ? note : utf8Decode(note);
  if (hasControl(text) || !isWellFormed(text)) throw malformedNote();
  return text;
}

function parseSignatureLine(line: string): NoteSignature {
  const space = line.indexOf(' ', DASH.length);
  if (!line.startsWith(DASH) || space < 0) throw malformedNote();
  const name = line.slice(DASH.length, space);
  if (!isKeyName(name)) throw malformedNote();
  let bytes;
  try {
    bytes = fromBase64(line.slice(space + 1));
  } catch {
    throw malformedNote();
  }
  if (bytes.length < 5) throw malformedNote();
  return { name, keyId: readUint32(bytes), signature: bytes.slice(4) };
}

function verifiersByPair(verifiers: readonly NoteVerifier[]): Map<string, NoteVerifier> {
  assertArray('verifiers', verifiers, 65_535);
  const known = new Map<string, NoteVerifier>();
  for (const verifier of verifiers) {
    assertNoteVerifier('verifier', verifier);
    const pair = pairOf(verifier.name, verifier.keyId);
    if (known.has(pair)) throw argumentRangeError('verifiers', 'different names or key ids', 'a pair twice');
    known.set(pair, verifier);
  }
  return known;
}

/** Of the key that signed last: a log signs one checkpoint after the other. */
let lastKey: { readonly name: string; readonly publicKey: Uint8Array; readonly keyId: number } | undefined;

function keyIdOf(name: string, publicKey: Uint8Array): number {
  if (lastKey?.name !== name || !equalBytes(lastKey.publicKey, publicKey)) {
    lastKey = { name, publicKey: publicKey.slice(), keyId: noteKeyId(name, publicKey) };
  }
  return lastKey.keyId;
}

/** Names hold no "+", so no two pairs are written alike. */
function pairOf(name: string, keyId: number): string {
  return `${name}+${keyId}`;
}

function malformedNote(): DecodeError {
  return new DecodeError('ERR_DECODE_MALFORMED', "couldn't read signed note: malformed");
}
