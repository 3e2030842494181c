// Browser-safe.
/**
 * The ledger: open, append, check, trace, prove, audit.
 * @module
 */
export type { AppendManyOptions, AppendOptions, AppendOutcome, AppendResult } from './append.ts';
export { auditOn } from './audit-on.ts';
export { DERIVED_FLAG } from './flags.ts';
export { Ledger } from './ledger.ts';
export type { CreateOptions, OpenOptions } from './ledger.ts';
export type {
  LotGap,
  LotHolder,
  LotPlaces,
  LotRecall,
  LotTrace,
  LotTraceOptions,
  LotUse,
} from './lot-trace.ts';
export type { Overdue, OverdueOptions } from './overdue.ts';
export { formatProof, verifyProof } from './proof.ts';
export type { ProofResult } from './proof.ts';
export type { Scan } from './scan.ts';
export type { Trace, TraceStep } from './trace.ts';
export { NOTHING_TO_DO } from './verdict.ts';
export type { Named, ProductFacts, Verdict } from './verdict.ts';
