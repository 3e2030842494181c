// Browser-safe.
/**
 * The registry: who and what was true, at which log position and event time.
 * @module
 */
export * from './facts.ts';
export type { LicenceAnswer, LicenceScope } from './licence-book.ts';
export * from './licence-classes.ts';
export * from './registry.ts';
