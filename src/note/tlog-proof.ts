// Browser-safe.
/**
 * The tlog-proof file: an inclusion proof and the checkpoint it leads to, in one text that travels by itself.
 *
 * Reads  note.ts.   Used by  log/receipt.ts, cli (files named .tlog-proof).
 * Source C2SP tlog-proof: `c2sp.org/tlog-proof@v1`, [extra], index, hashes, blank line, the checkpoint note verbatim.
 * Never  verifies: the reader still owes leaf hash, origin, signature and inclusion, in this order. `extra` is never authenticated.
 * @module
 */
import {
  assertArray,
  assertBytes,
  assertInteger,
  assertObject,
  assertString,
  assertText,
  fromBase64,
  toBase64,
} from '../bytes/index.ts';
import { DecodeError, argumentRangeError } from '../errors.ts';

import { NOTE_LENGTH_MAX, parseNote } from './note.ts';

/** What a tlog-proof file holds. Nothing in it is verified. */
export interface TlogProof {
  /** 0-based index of the entry, 0 .. 2^53-1. */
  readonly index: number;
  /** Inclusion proof, lowest level first, 32 bytes each, at most 63. */
  readonly proof: readonly Uint8Array[];
  /** Signed checkpoint note, verbatim. */
  readonly checkpoint: string;
  /** Opaque bytes for the application, 1 .. 65,535; not authenticated. */
  readonly extra?: Uint8Array;
}

const MAGIC = 'c2sp.org/tlog-proof@v1';
const PROOF_MAX = 63;
const EXTRA_BYTES_MAX = 65_535;
/** Magic, extra, index, 63 hashes, with room to spare. */
const HEADER_LENGTH_MAX = 100_000;
const INDEX = /^index (0|[1-9][0-9]{0,15})$/;

/**
 * Writes a tlog-proof file.
 * @throws {TypeError | RangeError} if a member is out of its range.
 * @throws {DecodeError} `ERR_DECODE_MALFORMED` if `checkpoint` is no signed note.
 */
export function formatTlogProof(parts: TlogProof): string {
  assertObject('parts', parts);
  const index = assertInteger('index', parts.index);
  assertArray('proof', parts.proof, PROOF_MAX);
  parseNote(assertString('checkpoint', parts.checkpoint, NOTE_LENGTH_MAX));
  let text = `${MAGIC}\n`;
  if (parts.extra !== undefined) text += `extra ${toBase64(assertExtra(parts.extra))}\n`;
  text += `index ${index}\n`;
  for (const hash of parts.proof) text += `${toBase64(assertBytes('proof', hash, 32))}\n`;
  return `${text}\n${parts.checkpoint}`;
}

/**
 * Reads a tlog-proof file; accepts exactly what {@link formatTlogProof} writes.
 * @param text - attacker-controlled.
 * @throws {DecodeError} `ERR_DECODE_MALFORMED`; `ERR_DECODE_VERSION` for another version; `ERR_DECODE_LIMIT` for an index
 *   above 2^53-1.
 */
export function parseTlogProof(text: string): TlogProof {
  assertText('text', text);
  if (text.length > HEADER_LENGTH_MAX + NOTE_LENGTH_MAX) throw malformedProof();
  const cut = text.indexOf('\n\n');
  if (cut < 0 || cut > HEADER_LENGTH_MAX) throw malformedProof();
  const lines = text.slice(0, cut).split('\n');
  const checkpoint = text.slice(cut + 2);
  if (lines[0] !== MAGIC) {
    if (!lines[0]!.startsWith('c2sp.org/tlog-proof@')) throw malformedProof();
    throw new DecodeError('ERR_DECODE_VERSION', "couldn't read tlog-proof: unknown version");
  }
  const extraText = lines[1]?.startsWith('extra ') === true ? lines[1].slice('extra '.length) : undefined;
  const indexAt = extraText === undefined ? 1 : 2;
  const digits = INDEX.exec(lines[indexAt] ?? '')?.[1];
  if (digits === undefined || lines.length - indexAt - 1 > PROOF_MAX) throw malformedProof();
  const index = Number(digits);
  if (!Number.isSafeInteger(index)) {
    throw new DecodeError('ERR_DECODE_LIMIT', "couldn't read tlog-proof: index above 2^53-1");
  }
  const proof = lines.slice(indexAt + 1).map((line) => decode(line, 32, 32));
  parseNote(checkpoint);
  if (extraText === undefined) return { index, proof, checkpoint };
  return { index, proof, checkpoint, extra: decode(extraText, 1, EXTRA_BYTES_MAX) };
}

function assertExtra(extra: Uint8Array): Uint8Array {
  const length = assertBytes('extra', extra).length;
  if (length < 1 || length > EXTRA_BYTES_MAX) {
    throw argumentRangeError('extra', `1 to ${EXTRA_BYTES_MAX} bytes`, `length=${length}`);
  }
  return extra;
}

function decode(text: string, bytesMin: number, bytesMax: number): Uint8Array {
  let bytes;
  try {
    bytes = fromBase64(text);
  } catch {
    throw malformedProof();
  }
  if (bytes.length < bytesMin || bytes.length > bytesMax) throw malformedProof();
  return bytes;
}

function malformedProof(): DecodeError {
  return new DecodeError('ERR_DECODE_MALFORMED', "couldn't read tlog-proof: malformed");
}
