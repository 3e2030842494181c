// Browser-safe.
/**
 * Facts: what the registry remembers of each registry statement, with its place in the log and whether it took effect.
 *
 * Reads  statement/ (payload shapes).   Used by  registry.ts, custody/, judgement/.
 * Rule   a fact its signer had no authority for is kept, named in `ineffective`, and answers no question.
 * @module
 */
import type { Authority } from '../statement/index.ts';
import type {
  CasePayload,
  LicencePayload,
  LotPayload,
  PartyPayload,
  ProductPayload,
  RecallPayload,
  Site,
  StatementKind,
} from '../statement/kinds.ts';

/** Anything signed, with where it stands. */
export interface Fact<P> {
  /** Entry index: the fact's position n. */
  readonly entry: number;
  readonly recordTimeMs: number;
  /** Party that signed it. */
  readonly issuer: string;
  readonly payload: P;
}

export type PartyFact = Fact<PartyPayload>;
export type ProductFact = Fact<ProductPayload>;
export interface LotFact extends Fact<LotPayload> {
  /** First instant after the expiry day, UTC. */
  readonly endMs: number;
}
export type CaseFact = Fact<CasePayload>;

/** A recall of lots of one product. */
export interface RecallFact extends Fact<RecallPayload> {
  readonly effectiveMs: number;
  /** Infinity where none was set. */
  readonly deadlineMs: number;
}

/** A registered place, with the party that operates it. */
export interface SiteFact {
  readonly entry: number;
  readonly recordTimeMs: number;
  readonly party: string;
  readonly site: Site;
}

/** An enrolled key and its life. */
export interface KeyFact {
  readonly entry: number;
  /** RFC 9679 thumbprint, base64url. */
  readonly kid: string;
  readonly party: string;
  readonly publicKey: Uint8Array;
  /** Valid for record times in [validFromMs, validToMs). */
  readonly validFromMs: number;
  readonly validToMs: number;
  /** Position of the revocation, or Infinity. */
  readonly revokedAt: number;
  /** Statements recorded from this time on are distrusted, or Infinity. */
  readonly distrustSinceMs: number;
}

/** A revocation of a licence, or its suspension for a time. */
export interface Ending {
  readonly entry: number;
  readonly recordTimeMs: number;
  readonly issuer: string;
  /** In effect for event times in [fromMs, untilMs); a revocation has no end. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** One version of a licence and its life. */
export interface LicenceFact {
  readonly entry: number;
  readonly recordTimeMs: number;
  readonly id: string;
  readonly type: string;
  readonly holder: string;
  readonly issuer: string;
  readonly validFromMs: number;
  readonly validToMs: number;
  /** From when a newer version stands in its place, or Infinity. */
  readonly supersededMs: number;
  /** Effective time of its revocation, or Infinity. */
  readonly revokedFromMs: number;
  /** Revocations and suspensions, in the order of the log. */
  readonly endings: readonly Ending[];
  readonly products: readonly string[] | undefined;
  readonly places: readonly string[] | undefined;
  readonly territory: readonly string[] | undefined;
  readonly departments: readonly string[] | undefined;
  readonly productClasses: readonly string[] | undefined;
  readonly procedures: readonly string[] | undefined;
  readonly payload: LicencePayload;
}

/** A registry statement whose signer had no authority for it. */
export interface IneffectiveFact {
  readonly entry: number;
  readonly recordTimeMs: number;
  readonly kind: StatementKind;
  readonly issuer: string;
  readonly subject: string;
  readonly code: Exclude<Authority, 'ok'>;
}
