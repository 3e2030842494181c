// Browser-safe.
/**
 * Why a recorded statement has no effect. Append refuses all of these, so they show a log written by others.
 *
 * Reads  registry/, statement/, judgement/ (findings).   Used by  merge.ts (audit), verify.ts (rebuild).
 * Source `findings.md` SG-03, SG-04, SG-05, SG-07, SG-08, LC-09; design section 5 "Append".
 * @module
 */
import { assertInteger, assertObject } from '../bytes/index.ts';
import { finding, type Finding, type FindingCode, type Severity } from '../judgement/index.ts';
import { Registry, type KeyFact } from '../registry/index.ts';
import type { Statement, StatementKind } from '../statement/index.ts';

/** Origin and verifier key a genesis must name. */
export interface LogIdentity {
  readonly origin: string;
  readonly logKey: string;
}

/** Code, severity and sentence of a refusal. */
export type Fault = readonly [FindingCode, Severity, string];

/** What a header says of its signer. */
export interface Signed {
  readonly issuer: string;
  readonly audience: string;
}

export const NO_STATEMENT: Fault = ['SG-07', 4, 'its bytes are no statement'];

/** Why a key may not sign this at this position, or undefined. `key` is as the registry below the entry has it. */
export function keyFault(
  index: number,
  recordTimeMs: number,
  { issuer, audience }: Signed,
  key: KeyFact | undefined,
  origin: string,
): Fault | undefined {
  if (key === undefined) return ['SG-03', 3, 'the signing key is not registered'];
  if (key.party !== issuer) return ['SG-08', 3, 'the signing key belongs to another party'];
  if (key.revokedAt < index) return ['SG-04', 4, 'the signing key was revoked before'];
  if (recordTimeMs < key.validFromMs || recordTimeMs >= key.validToMs) {
    return ['SG-05', 3, 'the signing key was not valid at the time'];
  }
  return audience === origin ? undefined : ['SG-07', 4, 'it was signed for another log'];
}

/** A genesis brings its own keys, so it is judged by a registry of nothing but itself: its fault, or its key. */
export function genesisKey(recordTimeMs: number, statement: Statement, log?: LogIdentity): Fault | KeyFact {
  assertInteger('recordTimeMs', recordTimeMs);
  assertObject('statement', statement);
  if (statement.kind !== 'genesis') {
    return ['SG-03', 3, 'the log does not begin with a genesis'];
  }
  const { origin, logKey } = statement.payload;
  if (log !== undefined && (origin !== log.origin || logKey !== log.logKey)) {
    return ['SG-07', 4, 'it was signed for another log'];
  }
  const own = new Registry();
  own.apply(0, recordTimeMs, statement);
  return own.key(statement.kid) ?? ['SG-03', 3, 'the signing key is too weak to be registered'];
}

/** What a signature that does not verify makes of a statement. */
export function signatureFault(kind: StatementKind): Fault {
  return [kind === 'licence' ? 'LC-09' : 'SG-07', 4, 'its signature does not verify'];
}

/** The finding about a statement that has no effect. */
export function refusal(index: number, [code, severity, detail]: Fault): Finding {
  const subject = { type: 'statement', id: String(assertInteger('index', index)) } as const;
  return finding({ code, severity, subject, acts: [], facts: [index], detail });
}
