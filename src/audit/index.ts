// Browser-safe.
/**
 * Audit: replay everything, trust nobody.
 * @module
 */
export { audit } from './audit.ts';
export { deriveBlocks } from './rebuild.ts';
export * from './report.ts';
