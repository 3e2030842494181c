// Browser-safe.
/**
 * Judgement: the table of codes, findings, and the pure judge with one file of rules a family.
 * @module
 */
export * from './codes.ts';
export * from './finding.ts';
export * from './fold.ts';
export { Judge, RULES, type RuleBook } from './judge.ts';
export { registryFindings } from './licences.ts';
export * from './quantity.ts';
export { labelVerdict, type LabelVerdict } from './signatures.ts';
export { containerView, unitView, type Rule, type SubjectView } from './view.ts';
