// Browser-safe.
/**
 * The conformance suite of {@link LogStore}: what every store must do, as tests for the runner at hand.
 *
 * Reads  reading-suite.ts, writing-suite.ts, derived-suite.ts.   Used by  tests/store and whoever writes a store.
 * Source the storage suites of golang.org/x/mod/sumdb/storage and abstract-level: the tests ship with the interface.
 * @module
 */
import { derivedSuite } from './derived-suite.ts';
import { createSuite } from './harness.ts';
import type { StoreFactory, TestRunner } from './harness.ts';
import { readingSuite } from './reading-suite.ts';
import { writingSuite } from './writing-suite.ts';

/**
 * Registers the tests every store must pass.
 *
 * @param runner - `describe`, `it` and `expect` of vitest, jest or the like.
 * @param factory - makes a new, empty log for each test.
 * @example
 * storeConformance({ describe, it, expect }, {
 *   manifest: { persistent: false },
 *   async create() {
 *     const store = new MemoryStore();
 *     return { open: async () => store.share(), remove: () => store.close() };
 *   },
 * });
 */
export function storeConformance(runner: TestRunner, factory: StoreFactory): void {
  const suite = createSuite(runner, factory);
  readingSuite(suite);
  writingSuite(suite);
  derivedSuite(suite);
}
