// Browser-safe.
/**
 * Audit: replay everything, trust nobody.
 * @module
 */
export { audit } from './audit.ts';
export { TransientMemory, type AuditMemory } from './memory.ts';
export { installAuditHost } from './host.ts';
export type { AuditHost, AuditThread, StartThread, ThreadEars } from './host.ts';
export type { Spill } from './spill.ts';
export type { PolicyChange, PolicyEffect } from './policy-trial.ts';
export { deriveBlocks } from './rebuild.ts';
export { FINDINGS_LISTED_MAX } from './report.ts';
export type { AuditOptions, AuditReport, AuditState, FirstBad, GoneOn, Progress } from './report.ts';
