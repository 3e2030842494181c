// Browser-safe.
/**
 * One entry after the other: leaf, chain, statement, signature, registry. What does not verify has no effect.
 *
 * Reads  log/, statement/, registry/, custody/ (acts).   Used by  audit.ts (full), locate.ts.
 * Source design section 5 "Audit"; `findings.md` SG-03, SG-04, SG-05, SG-07, SG-08, LC-09.
 * Never  trusts the store: everything is recomputed from the entry's bytes.
 * @module
 */
import { equalBytes, toBase64url } from '../bytes/index.ts';
import { actsOfDocument, type Act, type IndexedStatement } from '../custody/index.ts';
import { decodeEntry } from '../log/index.ts';
import {
  finding,
  recordTimeRegression,
  weakSignature,
  type Finding,
  type FindingCode,
  type Severity,
} from '../judgement/index.ts';
import { hashLeaf } from '../merkle/index.ts';
import { Registry } from '../registry/index.ts';
import { openStatement, verifyStatement, type OpenedStatement } from '../statement/index.ts';

/** What one entry gave. */
export interface VerifiedEntry {
  readonly leafHash: Uint8Array;
  readonly recordTimeMs: number;
  /** The statement's exact bytes. */
  readonly statement: Uint8Array;
  /** True for a statement the registry is made of. */
  readonly isRegistry: boolean;
  /** Whose statement it is, if it verifies. */
  readonly signed: { readonly kid: string; readonly sequence: number } | undefined;
  readonly acts: readonly Act[];
  /** Findings about the statement itself. */
  readonly findings: readonly Finding[];
}

/** Origin and verifier key a genesis must name. */
export interface LogIdentity {
  readonly origin: string;
  readonly logKey: string;
}

/** Why the chain does not hold at an entry. */
export interface ChainBreak {
  readonly chainBreak: string;
}

/** The statement of an entry as the derived index sees it. */
export function indexed({ statement, isRegistry, signed }: VerifiedEntry): IndexedStatement {
  return { bytes: statement, isRegistry, signed };
}

const NO_FINDINGS: readonly Finding[] = Object.freeze([]);

type Fault = [FindingCode, Severity, string];

/** Verifies entries in log order and builds the registry as it goes. */
export class EntryVerifier {
  readonly #registry: Registry;
  readonly #trustedBefore: number;
  readonly #refused: Set<number>;
  readonly #log: LogIdentity | undefined;
  #previous: Uint8Array = new Uint8Array(32);
  #previousTimeMs = 0;
  #signatures = 0;

  /**
   * @param trustedBefore - signatures of entries below this index were verified before …
   * @param refused - … and all are good but these.
   * @param log - whose entries they should be; by default whatever the genesis says.
   */
  constructor(registry: Registry, trustedBefore = 0, refused: Iterable<number> = [], log?: LogIdentity) {
    this.#registry = registry;
    this.#log = log;
    this.#trustedBefore = trustedBefore;
    this.#refused = new Set(refused);
  }

  /** Entries whose signature does not verify, ascending. */
  get refused(): readonly number[] {
    return [...this.#refused];
  }

  /** Signatures verified so far. */
  get signatures(): number {
    return this.#signatures;
  }

  /** Verifies entry number `index`, the one after the last given. */
  next(index: number, bytes: Uint8Array): VerifiedEntry | ChainBreak {
    let entry: ReturnType<typeof decodeEntry>;
    try {
      entry = decodeEntry(bytes);
    } catch {
      return { chainBreak: 'its bytes are no entry' };
    }
    if (!equalBytes(entry.previous, this.#previous)) {
      return { chainBreak: 'it does not link to the entry before it' };
    }
    const leafHash = hashLeaf(bytes);
    this.#previous = leafHash;
    const { recordTimeMs } = entry;
    const opened = this.#open(index, recordTimeMs, entry.statement);
    const previousTimeMs = this.#previousTimeMs;
    if (recordTimeMs >= previousTimeMs) {
      this.#previousTimeMs = recordTimeMs;
      return { ...opened, leafHash };
    }
    const { skewMs } = this.#registry.policyAt(index);
    const backwards = recordTimeRegression(index, previousTimeMs, recordTimeMs, skewMs);
    const findings = backwards === undefined ? opened.findings : [...opened.findings, backwards];
    return { ...opened, findings, leafHash };
  }

  #open(index: number, recordTimeMs: number, bytes: Uint8Array): Omit<VerifiedEntry, 'leafHash'> {
    const base = {
      recordTimeMs,
      statement: bytes,
      isRegistry: false,
      signed: undefined,
      acts: [],
      findings: NO_FINDINGS,
    };
    const refuse = (code: FindingCode, severity: Severity, detail: string) => ({
      ...base,
      findings: [refusal(index, code, severity, detail)],
    });
    let opened: OpenedStatement;
    try {
      opened = openStatement(bytes);
    } catch {
      return refuse('SG-07', 4, 'its bytes are no statement');
    }
    const { statement } = opened;
    const fault =
      index === 0 ? this.#genesisFault(recordTimeMs, opened) : this.#fault(index, recordTimeMs, opened);
    if (fault !== undefined) return refuse(...fault);
    const isRegistry = statement.kind !== 'events';
    if (isRegistry) this.#registry.apply(index, recordTimeMs, statement);
    const { issuer, sequence } = statement;
    const kid = toBase64url(statement.kid);
    const signed = { kid, sequence };
    const findings = this.#weakness(index, opened);
    if (statement.kind !== 'events') return { ...base, isRegistry, signed, findings };
    const source = { entry: index, recordTimeMs, issuer, kid };
    return { ...base, signed, findings, acts: actsOfDocument(statement.payload, source) };
  }

  /** SG-12: append refuses such signatures, so they show a log written by others. */
  #weakness(index: number, { kid, signature }: OpenedStatement): readonly Finding[] {
    const key = this.#registry.key(kid);
    const weak = key === undefined ? undefined : weakSignature(index, signature, key.publicKey);
    return weak === undefined ? NO_FINDINGS : [weak];
  }

  /** Why entry 0 begins no log: a genesis brings its own keys, so it is judged by a registry of nothing but itself. */
  #genesisFault(recordTimeMs: number, opened: OpenedStatement): Fault | undefined {
    const { statement } = opened;
    if (statement.kind !== 'genesis') return ['SG-03', 3, 'the log does not begin with a genesis'];
    const { origin, logKey } = statement.payload;
    if (this.#log !== undefined && (origin !== this.#log.origin || logKey !== this.#log.logKey)) {
      return ['SG-07', 4, 'it was signed for another log'];
    }
    const own = new Registry();
    own.apply(0, recordTimeMs, statement);
    const key = own.key(opened.kid);
    if (key === undefined) return ['SG-03', 3, 'the signing key is too weak to be registered'];
    return this.#signatureFault(0, opened, key.publicKey);
  }

  /** Why a statement has no effect, or undefined. Append refuses all of these, so they show a log written by others. */
  #fault(index: number, recordTimeMs: number, opened: OpenedStatement): Fault | undefined {
    const { statement } = opened;
    const key = this.#registry.key(opened.kid, index);
    if (key === undefined) return ['SG-03', 3, 'the signing key is not registered'];
    if (key.party !== statement.issuer) return ['SG-08', 3, 'the signing key belongs to another party'];
    if (key.revokedAt < index) return ['SG-04', 4, 'the signing key was revoked before'];
    if (recordTimeMs < key.validFromMs || recordTimeMs >= key.validToMs) {
      return ['SG-05', 3, 'the signing key was not valid at the time'];
    }
    if (statement.audience !== this.#registry.origin) return ['SG-07', 4, 'it was signed for another log'];
    return this.#signatureFault(index, opened, key.publicKey);
  }

  #signatureFault(index: number, opened: OpenedStatement, publicKey: Uint8Array): Fault | undefined {
    if (index >= this.#trustedBefore) {
      this.#signatures++;
      if (!verifyStatement(opened, publicKey)) this.#refused.add(index);
    }
    if (!this.#refused.has(index)) return undefined;
    const isCredential = opened.statement.kind === 'licence';
    return [isCredential ? 'LC-09' : 'SG-07', 4, 'its signature does not verify'];
  }
}

function refusal(index: number, code: FindingCode, severity: Severity, detail: string): Finding {
  const subject = { type: 'statement', id: String(index) } as const;
  return finding({ code, severity, subject, acts: [], facts: [index], detail });
}
