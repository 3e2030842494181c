// Browser-safe.
/**
 * The one table of finding codes: types, documentation and tests are made from it.
 *
 * Reads  codes/, one file a family.   Used by  finding.ts, every rule, docs/findings.md (generated), tests/judgement.
 * Source `findings.md`, the rule book: code, trigger, level, class, and the alerts of the field's systems each answers to.
 * Rule   a code never changes meaning; a code is listed here only when a rule of this library can raise it.
 * @module
 */
import { CLONE_AND_DIVERSION_CODES } from './codes/clones-and-diversion.ts';
import { COLD_CHAIN_CODES } from './codes/cold-chain.ts';
import { CONSUMER_AND_OPERATION_CODES } from './codes/consumer-and-operations.ts';
import { CUSTODY_CODES } from './codes/custody.ts';
import { IDENTIFICATION_CODES } from './codes/identification.ts';
import { LICENCE_CODES } from './codes/licences.ts';
import { LOG_CODES } from './codes/log.ts';
import type { CodeRow } from './codes/row.ts';
import { SIGNATURE_CODES } from './codes/signatures.ts';
import { STATE_CODES } from './codes/states.ts';
import { STATUS_CODES } from './codes/status.ts';

export type { CodeRow, Equivalents, EvidenceClass, Severity, SubjectType } from './codes/row.ts';

/** All codes this version can raise, in order of evaluation. */
export const CODES = {
  ...LOG_CODES,
  ...SIGNATURE_CODES,
  ...IDENTIFICATION_CODES,
  ...STATUS_CODES,
  ...STATE_CODES,
  ...CUSTODY_CODES,
  ...LICENCE_CODES,
  ...COLD_CHAIN_CODES,
  ...CLONE_AND_DIVERSION_CODES,
  ...CONSUMER_AND_OPERATION_CODES,
} as const satisfies Record<string, CodeRow>;

/** Every finding code of this version. */
export type FindingCode = keyof typeof CODES;

/** Severity as a counter clerk hears it. */
export const WORDS = ['genuine', 'notice', 'stop', 'suspect', 'contradiction proved'] as const;
export type VerdictWord = (typeof WORDS)[number];
