// Browser-safe.
/**
 * countermark: a tamper-evident custody ledger for serialised products. What most services need; every room has its own subpath.
 *
 * Example
 *   import { Ledger } from 'countermark';
 *   import { SqliteStore } from 'countermark/store/sqlite';
 *   const ledger = await Ledger.open({ store: await SqliteStore.open('ledger.db'), logKey });
 *   const verdict = await ledger.check(code);
 * @module
 */
export { Ledger, formatProof, verifyProof } from './ledger/index.ts';
export type {
  AppendManyOptions,
  AppendOptions,
  AppendOutcome,
  AppendResult,
  CreateOptions,
  Named,
  OpenOptions,
  ProductFacts,
  ProofResult,
  Scan,
  Trace,
  TraceStep,
  Verdict,
} from './ledger/index.ts';
export { audit } from './audit/index.ts';
export type { AuditOptions, AuditReport, AuditState, FirstBad, Progress } from './audit/index.ts';
export { CODES, WORDS } from './judgement/index.ts';
export type { Equivalents, Finding, FindingCode, Severity, VerdictWord } from './judgement/index.ts';
export * from './errors.ts';
