// Browser-safe.
/**
 * Judgement: the table of codes, findings, and the pure judge with one file of rules a family.
 * @module
 */
export { consulted, consultedByCode } from './capture-errors.ts';
export * from './codes.ts';
export { candidates, CANDIDATES_MAX } from './corruptions.ts';
export { correctionsWakeAt, wakesAt } from './deadlines.ts';
export { correctionIds, corrections, type EventSource } from './corrections.ts';
export * from './finding.ts';
export * from './fold.ts';
export { Judge, RULES, type RuleBook } from './judge.ts';
export { keyEquivocation, weakSignature } from './keys.ts';
export { registryFindings } from './licences.ts';
export { labelVerdict, type LabelVerdict } from './labels.ts';
export { recordTimeRegression } from './log-rules.ts';
export * from './quantity.ts';
export * from './stock.ts';
export { clearances } from './two-party.ts';
export { containerView, registeredIn, unitView } from './view.ts';
export type { RegisteredUnits, Rule, SubjectView } from './view.ts';
