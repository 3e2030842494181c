// Browser-safe.
/**
 * Audit: replay everything, trust nobody.
 * @module
 */
export { audit } from './audit.ts';
export type { PolicyChange, PolicyEffect } from './policy-trial.ts';
export { deriveBlocks } from './rebuild.ts';
export { FINDINGS_LISTED_MAX } from './report.ts';
export type { AuditOptions, AuditReport, AuditState, FirstBad, Progress } from './report.ts';
