// Browser-safe.
/**
 * For tests of stores and of what stands on them: a conformance suite, a store that fails on request, a sample log.
 * @module
 */
export { storeConformance } from './store-conformance.ts';
export { collect, rejection } from './harness.ts';
export type { StoreFactory, StoreManifest, StoreUnderTest, TestRunner } from './harness.ts';
export { FAULTY_CALLS, FaultyStore } from './faulty-store.ts';
export type { FaultMoment, FaultyCall } from './faulty-store.ts';
export {
  SAMPLE_ORIGIN,
  SAMPLE_SIGNER,
  SAMPLE_TIME_MS,
  SAMPLE_VERIFIER_KEY,
  sampleCommit,
  sampleStatement,
  sampleStatements,
} from './sample-log.ts';
