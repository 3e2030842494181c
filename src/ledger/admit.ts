// Browser-safe.
/**
 * Admission to the log: what is refused with a coded error and leaves no trace, and what everything else becomes.
 *
 * Reads  statement/, crypto/, registry/.   Used by  append.ts.
 * Source design section 5 "Append", principle 3: only what nobody can be held to is refused; domain rules never refuse.
 * Order  size and shape → audience → key known, not revoked, valid now, its party's own → signature → payload.
 * @module
 */
import { assertBytes, fromBase64url, toBase64url } from '../bytes/index.ts';
import {
  BatchVerifier,
  checkEnrolment,
  isPortableSignature,
  verify,
  type SignedMessage,
} from '../crypto/index.ts';
import type { Act, StatementHead, StatementReader } from '../custody/index.ts';
import { DecodeError, VerificationError } from '../errors.ts';
import type { KeyFact, Registry } from '../registry/index.ts';
import {
  openEnvelope,
  openStatement,
  readEnvelope,
  STATEMENT_BYTES_MAX,
  verifyStatement,
  type Envelope,
  type Statement,
} from '../statement/index.ts';

/** A statement on its way in: who says something, or why nobody does. */
export type Submitted = StatementHead | Error;

/** What may be appended: of events the acts, of anything else the whole statement. */
export interface Admitted {
  readonly fact: Statement | undefined;
  readonly acts: readonly Act[];
}

/**
 * Takes a statement's envelope apart; what is wrong with it comes back as a value, for {@link Admission.admit}.
 *
 * @param bytes - a whole statement. Attacker-controlled.
 */
export function submitted(reader: StatementReader, bytes: Uint8Array): Submitted {
  try {
    if (assertBytes('statement', bytes).length > STATEMENT_BYTES_MAX) {
      throw new DecodeError(
        'ERR_DECODE_LIMIT',
        `couldn't append statement: more than ${STATEMENT_BYTES_MAX} bytes`,
        { details: { bytes: bytes.length } },
      );
    }
    return reader.head(bytes);
  } catch (error) {
    return asError(error);
  }
}

/** Fewer signatures than this are checked one by one, which is faster. */
export const BATCH_LEAST = 8;

/** Admits statements to one log, the faster the more of them come from parties met before. */
export class Admission {
  readonly #reader: StatementReader;
  readonly #batch = new BatchVerifier();

  constructor(reader: StatementReader) {
    this.#reader = reader;
  }

  /**
   * What each statement says, if it may be appended now, or the error that refuses it: `TypeError` if it is no Uint8Array, `DecodeError`
   * if it is no statement of a known kind with a payload of that kind, `VerificationError` `ERR_AUDIENCE`, `ERR_KEY_UNKNOWN`,
   * `ERR_KEY_REVOKED`, `ERR_KEY_NOT_VALID`, `ERR_ISSUER`, `ERR_SIGNATURE_NOT_PORTABLE`, `ERR_SIGNATURE`, or `ERR_KEY_WEAK` for a key
   * statement that enrols a weak key. Signatures are checked in one batch.
   *
   * @param registry - of the log's head.
   * @param nowMs - record time they would get.
   */
  admit(statements: readonly Submitted[], registry: Registry, nowMs: number): readonly (Admitted | Error)[] {
    const signed: SignedMessage[] = [];
    const places = statements.map((statement): number | Error => {
      if (statement instanceof Error) return statement;
      const { signature, toBeSigned: message } = statement;
      try {
        const { publicKey } = keyFor(statement, registry, nowMs);
        if (!isPortableSignature(signature, publicKey)) {
          throw refusal(
            'ERR_SIGNATURE_NOT_PORTABLE',
            'libraries would disagree about its signature',
            statement,
          );
        }
        return signed.push({ signature, message, publicKey }) - 1;
      } catch (error) {
        return asError(error);
      }
    });
    const verdicts = this.#verify(signed);
    return places.map((place, i) => {
      if (typeof place !== 'number') return place;
      try {
        return this.#open(statements[i] as StatementHead, verdicts[place]!, nowMs);
      } catch (error) {
        return asError(error);
      }
    });
  }

  #verify(signed: readonly SignedMessage[]): readonly boolean[] {
    if (signed.length < BATCH_LEAST) {
      return signed.map(({ signature, message, publicKey }) => verify(signature, message, publicKey));
    }
    for (const { signature, message, publicKey } of signed) this.#batch.add(signature, message, publicKey);
    return Array.from(this.#batch.verify(), (verdict) => verdict === 1);
  }

  #open(head: StatementHead, isSigned: boolean, nowMs: number): Admitted {
    if (!isSigned) throw refusal('ERR_SIGNATURE', 'its signature does not verify', head);
    // The entry's index is not known yet; rows do not depend on it, and all the registry knows is at lower positions.
    if (head.kind === 'events') {
      return { fact: undefined, acts: this.#reader.acts(head, Number.MAX_SAFE_INTEGER, nowMs) };
    }
    const { statement } = openStatement(head.bytes);
    if (statement.kind === 'key' && statement.payload.action === 'add') {
      assertStrong(fromBase64url(statement.payload.publicKey), head);
    }
    return { fact: statement, acts: [] };
  }
}

/** The key a statement names, if its party may sign with it now. */
function keyFor(envelope: StatementHead, registry: Registry, nowMs: number): KeyFact {
  const { audience, kind } = envelope;
  if (kind === 'genesis') throw refusal('ERR_AUDIENCE', 'a genesis only begins a log', envelope);
  if (audience !== registry.origin) throw refusal('ERR_AUDIENCE', 'it was signed for another log', envelope);
  // Found by its key id, which is its public key's hash.
  const key = registry.key(envelope.thumbprint);
  if (key === undefined) throw refusal('ERR_KEY_UNKNOWN', 'its key is not registered', envelope);
  if (key.revokedAt < Infinity) throw refusal('ERR_KEY_REVOKED', 'its key was revoked', envelope);
  if (nowMs < key.validFromMs || nowMs >= key.validToMs) {
    throw refusal('ERR_KEY_NOT_VALID', 'its key is not valid now', envelope);
  }
  if (key.party !== envelope.issuer)
    throw refusal('ERR_ISSUER', 'its key belongs to another party', envelope);
  return key;
}

/** The opened genesis of a new log, checked against the key it brings itself. */
export function admitGenesis(bytes: Uint8Array, origin: string, logKey: string): Statement {
  const envelope = readEnvelope(assertBytes('genesis', bytes));
  if (envelope.kind !== 'genesis') throw refusal('ERR_AUDIENCE', 'a log begins with a genesis', envelope);
  const opened = openEnvelope(envelope).statement;
  if (opened.kind !== 'genesis' || opened.payload.origin !== origin) {
    throw refusal('ERR_AUDIENCE', 'its genesis names another origin', envelope);
  }
  if (opened.payload.logKey !== logKey)
    throw refusal('ERR_KEY_UNKNOWN', 'its genesis names another log key', envelope);
  for (const text of opened.payload.keys) {
    const publicKey = fromBase64url(text);
    assertStrong(publicKey, envelope);
    if (verifyStatement(envelope, publicKey)) return opened;
  }
  throw refusal('ERR_SIGNATURE', 'its genesis is not signed by a key it names', envelope);
}

function assertStrong(publicKey: Uint8Array, envelope: Refused): void {
  const enrolment = checkEnrolment(publicKey);
  if (enrolment !== 'ok') throw refusal('ERR_KEY_WEAK', `it names a weak key (${enrolment})`, envelope);
}

/** What an error says of the statement it refuses. */
type Refused = Envelope | StatementHead;

function refusal(code: VerificationError['code'], why: string, envelope: Refused): VerificationError {
  const { kind, sequence } = envelope;
  const kid = typeof envelope.kid === 'string' ? envelope.kid : toBase64url(envelope.kid);
  const details = { kid, kind, sequence };
  return new VerificationError(code, `couldn't append statement: ${why}`, { details });
}

/** What was thrown, as an error. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
