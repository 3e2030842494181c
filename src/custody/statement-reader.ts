// Browser-safe.
/**
 * Statements read one after the other: who signed what, and of events the acts, without the objects in between.
 *
 * Reads  statement/, event-reader.ts, act.ts.   Used by  audit/, ledger/; start here.
 * Rule   reads what readEnvelope, openStatement and actsOfDocument read, to the same acts, and refuses what they refuse with their
 *        errors; what is met again and again is only read faster.
 * @module
 */
import {
  TIME_MAX_MS,
  assertBoolean,
  assertBytes,
  assertInteger,
  assertObject,
  toBase64url,
} from '../bytes/index.ts';
import { argumentRangeError } from '../errors.ts';
import { openStatement, readEnvelope } from '../statement/index.ts';
import { isCanonical } from '../statement/fields.ts';
import { EnvelopeSkimmer, type StatementHead } from '../statement/skim.ts';
import { actsOfDocument, type Act } from './act.ts';
import { EventReader } from './event-reader.ts';
import type { ScannedActs } from './event-scanner.ts';

export type { ScannedAct, ScannedActs, ScannedUnits } from './event-scanner.ts';
export type { StatementHead } from '../statement/skim.ts';

/** Reads statements, the faster the more alike they are. Bounded memory, whatever it reads. */
export class StatementReader {
  readonly #envelopes: EnvelopeSkimmer;
  readonly #events = new EventReader();

  /** @param isPassing - true if `toBeSigned` of a head need last only until the next is read, which makes less garbage. */
  constructor(isPassing = false) {
    this.#envelopes = new EnvelopeSkimmer(assertBoolean('isPassing', isPassing));
  }

  /**
   * Reads who says something, without parsing what.
   *
   * @param bytes - a whole statement. Attacker-controlled; `payloadBytes` and `signature` may be views into it.
   * @throws {DecodeError} as readEnvelope.
   */
  head(bytes: Uint8Array): StatementHead {
    const plain = plainBytes(assertBytes('bytes', bytes));
    const known = this.#envelopes.skim(plain);
    if (known !== undefined) return known;
    const envelope = readEnvelope(plain);
    const { kind, issuer, audience, sequence, payloadBytes, toBeSigned, signature } = envelope;
    const isByParty = isCanonical(issuer, 'party');
    if (isByParty) this.#envelopes.remember(plain, envelope);
    const thumbprint = envelope.kid;
    const kid = toBase64url(thumbprint);
    return {
      kind,
      issuer,
      audience,
      kid,
      thumbprint,
      sequence,
      payloadBytes,
      toBeSigned,
      signature,
      bytes: plain,
      isByParty,
    };
  }

  /**
   * Where the acts of a statement stand in its payload, for whoever wants no objects; undefined for what must be read by {@link acts},
   * which gives the same acts.
   *
   * Cost: about a microsecond an event, of forms that {@link acts} read before.
   *
   * @param head - from {@link head}.
   */
  scan(head: StatementHead): ScannedActs | undefined {
    const { kind, isByParty, payloadBytes } = assertObject('head', head);
    if (kind !== 'events' || !isByParty) return undefined;
    return this.#events.scan(assertBytes('head.payloadBytes', payloadBytes));
  }

  /**
   * Reads what events say.
   *
   * Cost: linear in the payload; events of a form met before cost about what `JSON.parse` of them does.
   *
   * @param head - of an `events` statement, from {@link head}.
   * @param entry - index of its entry in the log.
   * @param recordTimeMs - when the log recorded it, ms since 1970.
   * @returns the acts, in the order of the events.
   * @throws {DecodeError} as openStatement.
   * @throws {TypeError | RangeError} on a wrong argument, such as the head of another kind.
   */
  acts(head: StatementHead, entry: number, recordTimeMs: number): readonly Act[] {
    const { kind, issuer, kid, isByParty, payloadBytes, bytes } = assertObject('head', head);
    if (kind !== 'events') throw argumentRangeError('head', 'a statement of events', 'another kind');
    assertBytes('head.payloadBytes', payloadBytes);
    assertInteger('entry', entry);
    assertInteger('recordTimeMs', recordTimeMs, 0, TIME_MAX_MS);
    const source = { entry, recordTimeMs, issuer, kid };
    const read = isByParty ? this.#events.read(payloadBytes, source) : undefined;
    if (read !== undefined) return read;
    const { statement } = openStatement(bytes);
    if (statement.kind !== 'events')
      throw argumentRangeError('head', 'that of its own bytes', 'another kind');
    this.#events.learn(statement.payload);
    return actsOfDocument(statement.payload, source);
  }
}

/** A Buffer's slices would be Buffers. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
