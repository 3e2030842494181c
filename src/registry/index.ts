// Browser-safe.
/**
 * The registry: who and what was true, at which log position and event time.
 * @module
 */
export * from './facts.ts';
export * from './registry.ts';
