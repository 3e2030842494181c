// Browser-safe.
/**
 * A log store in memory.
 * @module
 */
export { MemoryStore } from './memory-store.ts';
