// Browser-safe.
/**
 * Proofs a stranger can check offline: one entry, its inclusion proof and the signed checkpoint, in one C2SP tlog-proof.
 *
 * Reads  log/, merkle/ (inclusion), note/ (tlog-proof), statement/.   Used by  ledger.ts, cli/, countermark/verify.
 * Note   the entry travels in the proof's `extra` line. C2SP calls that line unauthenticated; here it is proved like any data
 *        the checker already has: its leaf hash must be under the signed root.
 * Never  needs the ledger, a network or a clock.
 * @module
 */
import { assertObject, assertString } from '../bytes/index.ts';
import { errorCode } from '../errors.ts';
import { decodeEntry, type Receipt } from '../log/index.ts';
import { checkInclusion, hashLeaf } from '../merkle/index.ts';
import {
  checkCheckpoint,
  formatTlogProof,
  parseTlogProof,
  parseVerifierKey,
  type NoteVerifier,
} from '../note/index.ts';
import { openStatement, type Statement } from '../statement/index.ts';

/** What a checked proof proves. */
export type ProofResult =
  | {
      readonly ok: true;
      readonly origin: string;
      readonly entry: number;
      /** Size of the log the proof stands for. */
      readonly size: number;
      readonly recordTimeMs: number;
      /** The statement that was recorded; whose key signed it is for the log's registry to say. */
      readonly statement: Statement;
    }
  | {
      readonly ok: false;
      /** LG-05: not under the signed root. */
      readonly code: 'LG-05' | 'ERR_CHECKPOINT' | 'ERR_DECODE_MALFORMED';
      readonly reason: string;
    };

const PROOF_LENGTH_MAX = 200_000;

/** The tlog-proof of an entry. */
export function formatProof(receipt: Receipt, entryBytes: Uint8Array): string {
  const { entryIndex, proof, checkpoint } = assertObject('receipt', receipt);
  return formatTlogProof({ index: entryIndex, proof, checkpoint, extra: entryBytes });
}

/**
 * Checks a proof made by {@link formatProof}.
 *
 * @param text - the proof. Attacker-controlled.
 * @param logKey - C2SP verifier key of the log, known from elsewhere, or the verifier parsed from it.
 * @returns what it proves, or why it proves nothing; never throws on a bad proof.
 * @throws {TypeError | RangeError | DecodeError} if `logKey` is no verifier key, or `text` no string.
 */
export function verifyProof(text: string, logKey: string | NoteVerifier): ProofResult {
  assertString('text', text, PROOF_LENGTH_MAX);
  const verifier = typeof logKey === 'string' ? parseVerifierKey(logKey) : logKey;
  let parsed: ReturnType<typeof parseTlogProof>;
  try {
    parsed = parseTlogProof(text);
  } catch (error) {
    return {
      ok: false,
      code: 'ERR_DECODE_MALFORMED',
      reason: `it is no tlog-proof (${errorCode(error) ?? 'error'})`,
    };
  }
  const { index, proof, checkpoint, extra } = parsed;
  const opened = checkCheckpoint(checkpoint, verifier);
  if (!opened.ok) {
    return {
      ok: false,
      code: 'ERR_CHECKPOINT',
      reason: `its checkpoint is not signed by the log (${opened.reason})`,
    };
  }
  if (extra === undefined) return { ok: false, code: 'ERR_DECODE_MALFORMED', reason: 'it carries no entry' };
  const { origin, size, root } = opened.checkpoint;
  if (!checkInclusion(hashLeaf(extra), index, size, proof, root)) {
    return { ok: false, code: 'LG-05', reason: 'its entry is not under the signed root' };
  }
  try {
    const { recordTimeMs, statement } = decodeEntry(extra);
    return {
      ok: true,
      origin,
      entry: index,
      size,
      recordTimeMs,
      statement: openStatement(statement).statement,
    };
  } catch {
    return { ok: false, code: 'ERR_DECODE_MALFORMED', reason: 'its entry holds no statement' };
  }
}
