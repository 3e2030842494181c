// Browser-safe.
/**
 * Verifier keys: the one-line text by which everybody pins a log's public key, and the short id inside each signature.
 *
 * Reads  crypto/, bytes/.   Used by  note.ts, checkpoint.ts, cli (printing and pinning keys).
 * Source C2SP signed-note 1.0.0: `<name>+<8 hex digits>+<base64(type byte ‖ key)>`, key id from SHA-256(name, LF, type, key).
 * Never  believes the id in the text: it is computed again. Only type 1, Ed25519, is known here.
 * @module
 */
import {
  assertBytes,
  assertInteger,
  assertObject,
  assertString,
  assertText,
  concatBytes,
  fromBase64,
  isWellFormed,
  toBase64,
  utf8Encode,
} from '../bytes/index.ts';
import { checkEnrolment, sha256 } from '../crypto/index.ts';
import { DecodeError, VerificationError, argumentRangeError } from '../errors.ts';

/** A public key one is ready to believe, under the name it signs with. Make one with {@link parseVerifierKey}. */
export interface NoteVerifier {
  /** Key name; for a log, its origin. */
  readonly name: string;
  /** First 32 bits of the key's hash: finds the signature line, proves nothing. */
  readonly keyId: number;
  /** 32-byte Ed25519 key. */
  readonly publicKey: Uint8Array;
  /** The verifier key text itself. */
  readonly text: string;
}

/** Longest key name this library makes or pins, in UTF-16 units. */
export const KEY_NAME_LENGTH_MAX = 255;

const TYPE_ED25519 = 1;
const VERIFIER_KEY_LENGTH_MAX = 1024;

/** Unicode White_Space from LF up (other controls: {@link hasControl}), so that no engine's tables are asked, and "+". */
const NOT_IN_NAME = /[\n +\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** True if `name` is not empty and holds no white space, no `+`, no control character below U+0020, no lone surrogate. */
export function isKeyName(name: string): boolean {
  return (
    typeof name === 'string' &&
    name !== '' &&
    !NOT_IN_NAME.test(name) &&
    !hasControl(name) &&
    isWellFormed(name)
  );
}

/** True if `text` holds a UTF-16 unit below U+0020 other than LF: signed notes never do. */
export function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 && unit !== 0x0a) return true;
  }
  return false;
}

/** A key name that was found to be one; a log asks for its own all the time. */
let lastName: string | undefined;

/** Returns `name` if it can name a key of ours. */
export function assertKeyName(title: string, name: unknown): string {
  if (name !== undefined && name === lastName) return lastName as string;
  const text = assertString(title, name, KEY_NAME_LENGTH_MAX);
  if (!isKeyName(text))
    throw argumentRangeError(title, 'a key name without white space and "+"', 'another text');
  lastName = text;
  return text;
}

/** Returns `value` if it is a {@link NoteVerifier}. */
export function assertNoteVerifier(title: string, value: NoteVerifier): NoteVerifier {
  assertObject(title, value);
  assertKeyName(`${title}.name`, value.name);
  assertInteger(`${title}.keyId`, value.keyId, 0, 0xffff_ffff);
  assertBytes(`${title}.publicKey`, value.publicKey, 32);
  return value;
}

/**
 * The key id of an Ed25519 key under `name`, an unsigned 32-bit integer.
 * @throws {TypeError | RangeError} if `name` is no key name or `publicKey` is not 32 bytes.
 */
export function noteKeyId(name: string, publicKey: Uint8Array): number {
  assertKeyName('name', name);
  assertBytes('publicKey', publicKey, 32);
  const hash = sha256(concatBytes(utf8Encode(`${name}\n`), Uint8Array.of(TYPE_ED25519), publicKey));
  return readUint32(hash);
}

/**
 * The verifier key text of an Ed25519 key under `name`.
 * @throws {TypeError | RangeError} if `name` is no key name or `publicKey` is not 32 bytes.
 * @example
 * formatVerifierKey('log.example/2025', signer.publicKey); // 'log.example/2025+1a2b3c4d+AQ…'
 */
export function formatVerifierKey(name: string, publicKey: Uint8Array): string {
  const id = noteKeyId(name, publicKey).toString(16).padStart(8, '0');
  return `${name}+${id}+${toBase64(concatBytes(Uint8Array.of(TYPE_ED25519), publicKey))}`;
}

const KEYS_REMEMBERED_MAX = 1000;
/** Verifier keys that were read before: enrolment costs about a millisecond, and logs name the same few keys again and again. */
const remembered = new Map<string, NoteVerifier>();

/**
 * Reads a verifier key. Enrols the key, which costs about a millisecond the first time; up to a thousand keys are remembered.
 * @param text - from configuration, never from the note it is to verify.
 * @throws {DecodeError} `ERR_DECODE_MALFORMED` for anything but the one spelling of an Ed25519 verifier key.
 * @throws {VerificationError} `ERR_KEY_WEAK` if the key may not be enrolled (see checkEnrolment).
 */
export function parseVerifierKey(text: string): NoteVerifier {
  const known = remembered.get(assertText('text', text));
  if (known !== undefined) return copyOf(known);
  // The base64 part may hold "+": only the first two separate.
  const first = text.indexOf('+');
  const second = text.indexOf('+', first + 1);
  if (text.length > VERIFIER_KEY_LENGTH_MAX || first < 0 || second < 0) throw malformedKey();
  const name = text.slice(0, first);
  const publicKey = decodeKey(text.slice(second + 1));
  if (name.length > KEY_NAME_LENGTH_MAX || !isKeyName(name)) throw malformedKey();
  // Writing it again checks the id, and that every part has its one spelling.
  if (formatVerifierKey(name, publicKey) !== text) throw malformedKey();
  const enrolment = checkEnrolment(publicKey);
  if (enrolment !== 'ok') {
    throw new VerificationError('ERR_KEY_WEAK', `couldn't enrol verifier key: ${enrolment}`, {
      details: { enrolment },
    });
  }
  const verifier = { name, keyId: noteKeyId(name, publicKey), publicKey, text };
  if (remembered.size >= KEYS_REMEMBERED_MAX) remembered.clear();
  remembered.set(text, verifier);
  return copyOf(verifier);
}

/** A verifier whose key bytes are the caller's own: nobody can change what is remembered. */
function copyOf(verifier: NoteVerifier): NoteVerifier {
  return Object.freeze({ ...verifier, publicKey: verifier.publicKey.slice() });
}

/** The first four bytes as an unsigned big-endian integer. */
export function readUint32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
}

function decodeKey(base64: string): Uint8Array {
  let bytes;
  try {
    bytes = fromBase64(base64);
  } catch {
    throw malformedKey();
  }
  if (bytes.length !== 33 || bytes[0] !== TYPE_ED25519) throw malformedKey();
  return bytes.slice(1);
}

function malformedKey(): DecodeError {
  return new DecodeError('ERR_DECODE_MALFORMED', "couldn't read verifier key: malformed");
}
