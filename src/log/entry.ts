// Browser-safe.
/**
 * The entry: one leaf of the log, as bytes. What an entry carries is opaque here.
 *
 * Reads  bytes/.   Used by  append.ts, ledger/, audit/.
 * Layout byte 0 version = 1 · 1 type (1 = statement, 2 reserved) · 2..9 record time, ms since 1970, uint64 big-endian ·
 *        10..41 RFC 6962 leaf hash of the previous entry (32 zero bytes for entry 0) · 42.. the statement, 1 .. 65,493 bytes.
 * Why    the link to the previous entry lies inside the leaf, so the hash chain is under the Merkle root too; and the
 *        whole fits the 16-bit length of a C2SP entry bundle.
 * Never  accepts an unknown version or type: a reader that skipped what it cannot read could be made to skip evidence.
 * @module
 */
import {
  TIME_MAX_MS,
  assertBytes,
  assertInteger,
  assertOptions,
  readUint64,
  writeUint64,
} from '../bytes/index.ts';
import { DecodeError, argumentRangeError } from '../errors.ts';

/** Most bytes of an encoded entry: what a C2SP entry bundle can hold. */
export const ENTRY_BYTES_MAX = 65_535;
/** Bytes before the statement. */
export const ENTRY_HEADER_BYTES = 42;
/** The one version of the layout. */
export const ENTRY_VERSION = 1;
/** The one entry type in use: a signed statement. */
export const ENTRY_TYPE_STATEMENT = 1;

/** What an entry says. */
export interface Entry {
  readonly version: number;
  readonly type: number;
  /** When the log recorded it, ms since 1970; never decreases along the log. */
  readonly recordTimeMs: number;
  /** Leaf hash of the entry before, 32 bytes; zeros for entry 0. */
  readonly previous: Uint8Array;
  /** The statement's exact bytes: a view into the decoded bytes, not a copy. */
  readonly statement: Uint8Array;
}

/** What {@link encodeEntry} needs. */
export interface NewEntry {
  /** 0 .. {@link TIME_MAX_MS}. */
  readonly recordTimeMs: number;
  /** 32 bytes. */
  readonly previous: Uint8Array;
  /** 1 .. 65,493 bytes. */
  readonly statement: Uint8Array;
}

/**
 * The bytes of a new entry.
 *
 * @param entry - record time, link and statement; the statement is copied.
 * @returns 43 .. {@link ENTRY_BYTES_MAX} bytes.
 * @throws {TypeError | RangeError} on a wrong type or size.
 * @example
 * const first = encodeEntry({ recordTimeMs: 1_767_225_600_000, previous: new Uint8Array(32), statement });
 */
export function encodeEntry(entry: NewEntry): Uint8Array {
  assertOptions('entry', entry, ['recordTimeMs', 'previous', 'statement']);
  assertInteger('recordTimeMs', entry.recordTimeMs, 0, TIME_MAX_MS);
  assertBytes('previous', entry.previous, 32);
  assertStatement(entry.statement);
  const out = new Uint8Array(ENTRY_HEADER_BYTES + entry.statement.length);
  out[0] = ENTRY_VERSION;
  out[1] = ENTRY_TYPE_STATEMENT;
  writeUint64(out, 2, entry.recordTimeMs);
  out.set(entry.previous, 10);
  out.set(entry.statement, ENTRY_HEADER_BYTES);
  return out;
}

/** Returns `statement` if it is bytes that fit an entry: 1 .. 65,493 of them. */
export function assertStatement(statement: unknown): Uint8Array {
  const bytes = assertBytes('statement', statement);
  const max = ENTRY_BYTES_MAX - ENTRY_HEADER_BYTES;
  if (bytes.length < 1 || bytes.length > max) {
    throw argumentRangeError('statement', `1 to ${max} bytes`, `length=${bytes.length}`);
  }
  return bytes;
}

/**
 * Reads an entry. Says nothing about what the statement is, nor whether the link is right.
 *
 * @param bytes - attacker-controlled.
 * @returns views into `bytes`; {@link encodeEntry} of the result gives the same bytes again.
 * @throws {DecodeError} `ERR_DECODE_LIMIT` if too long or the time is beyond {@link TIME_MAX_MS}, `ERR_DECODE_VERSION` for
 *   another version or type, `ERR_DECODE_MALFORMED` if too short.
 */
export function decodeEntry(bytes: Uint8Array): Entry {
  assertBytes('bytes', bytes);
  if (bytes.length > ENTRY_BYTES_MAX) {
    throw new DecodeError('ERR_DECODE_LIMIT', `couldn't decode entry: more than ${ENTRY_BYTES_MAX} bytes`);
  }
  if (bytes.length <= ENTRY_HEADER_BYTES) {
    throw new DecodeError('ERR_DECODE_MALFORMED', "couldn't decode entry: too short");
  }
  const version = bytes[0]!;
  const type = bytes[1]!;
  if (version !== ENTRY_VERSION || type !== ENTRY_TYPE_STATEMENT) {
    throw new DecodeError('ERR_DECODE_VERSION', "couldn't decode entry: unknown version or type", {
      details: { version, type },
    });
  }
  const recordTimeMs = readUint64(bytes, 2);
  if (recordTimeMs > TIME_MAX_MS) {
    throw new DecodeError('ERR_DECODE_LIMIT', "couldn't decode entry: record time beyond the year 9999");
  }
  return {
    version,
    type,
    recordTimeMs,
    previous: bytes.subarray(10, ENTRY_HEADER_BYTES),
    statement: bytes.subarray(ENTRY_HEADER_BYTES),
  };
}
