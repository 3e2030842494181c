// Browser-safe.
/**
 * Statements read one after the other: who signed what, and of events the acts, without the objects in between.
 *
 * Reads  statement/, event-reader.ts, act.ts.   Used by  audit/, ledger/; start here.
 * Rule   reads what openStatement and actsOfDocument read, to the same acts, and refuses what they refuse with their errors.
 * @module
 */
import { TIME_MAX_MS, assertBytes, assertInteger, toBase64url } from '../bytes/index.ts';
import { openStatement, type Statement, type StatementKind } from '../statement/index.ts';
import { EnvelopeSkimmer } from '../statement/skim.ts';
import { actsOfDocument, type Act } from './act.ts';
import { EventReader } from './event-reader.ts';

/** A statement, well-formed throughout; its signature is NOT checked. */
export interface ReadStatement {
  readonly kind: StatementKind;
  readonly issuer: string;
  readonly audience: string;
  /** RFC 9679 thumbprint of the signing key, base64url. */
  readonly kid: string;
  readonly sequence: number;
  /** RFC 9052 Sig_structure: the bytes the signature is over. */
  readonly toBeSigned: Uint8Array;
  /** 64 bytes; a view into the statement. */
  readonly signature: Uint8Array;
  /** The statement itself, if the registry is made of it; undefined for events, of which the acts are all that is read. */
  readonly statement: Statement | undefined;
  /** What events say; empty for every other kind. */
  readonly acts: readonly Act[];
}

const NO_ACTS: readonly Act[] = Object.freeze([]);

/** Reads statements, the faster the more alike they are. Bounded memory, whatever it reads. */
export class StatementReader {
  readonly #envelopes = new EnvelopeSkimmer();
  readonly #events = new EventReader();

  /**
   * Reads a whole statement.
   *
   * Cost: linear in its bytes; events of a form met before cost about what `JSON.parse` of them does.
   *
   * @param bytes - a whole statement. Attacker-controlled.
   * @param entry - index of its entry in the log.
   * @param recordTimeMs - when the log recorded it, ms since 1970.
   * @throws {DecodeError} as openStatement.
   * @throws {TypeError | RangeError} on a wrong argument.
   */
  read(bytes: Uint8Array, entry: number, recordTimeMs: number): ReadStatement {
    const plain = plainBytes(assertBytes('bytes', bytes));
    assertInteger('entry', entry);
    assertInteger('recordTimeMs', recordTimeMs, 0, TIME_MAX_MS);
    return this.#readMoulded(plain, entry, recordTimeMs) ?? this.#readWhole(plain, entry, recordTimeMs);
  }

  #readMoulded(bytes: Uint8Array, entry: number, recordTimeMs: number): ReadStatement | undefined {
    const envelope = this.#envelopes.skim(bytes);
    if (envelope?.kind !== 'events') return undefined;
    const { kind, issuer, audience, kid, sequence, toBeSigned, signature, payloadBytes } = envelope;
    const acts = this.#events.read(payloadBytes, { entry, recordTimeMs, issuer, kid });
    if (acts === undefined) return undefined;
    return { kind, issuer, audience, kid, sequence, toBeSigned, signature, statement: undefined, acts };
  }

  #readWhole(bytes: Uint8Array, entry: number, recordTimeMs: number): ReadStatement {
    const opened = openStatement(bytes);
    this.#envelopes.remember(bytes, opened);
    const { statement, toBeSigned, signature } = opened;
    const { kind, issuer, audience, sequence } = statement;
    const kid = toBase64url(statement.kid);
    const read = { kind, issuer, audience, kid, sequence, toBeSigned, signature };
    if (statement.kind !== 'events') return { ...read, statement, acts: NO_ACTS };
    const acts = actsOfDocument(statement.payload, { entry, recordTimeMs, issuer, kid });
    this.#events.learn(statement.payload);
    return { ...read, statement: undefined, acts };
  }
}

/** A Buffer's slices would be Buffers. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
