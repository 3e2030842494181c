// Browser-safe.
/**
 * Custody: events as acts, the transition table, the search for missing steps, and every subject's timeline.
 * @module
 */
export {
  actOfEvent,
  actsOfDocument,
  asAbsent,
  assertAct,
  assertActs,
  assertStep,
  compareActs,
  contentOf,
  idsOf,
  isSameEvent,
  rankOf,
  STEPS,
  type Act,
  type ActSourceFacts,
  type EventRef,
  type ScanFacts,
  type Step,
} from './act.ts';
export * from './act-more.ts';
export {
  admits,
  inLotGraph,
  isCredible,
  mayFlow,
  practiceOf,
  tierOf,
  type Admission,
  type Practice,
} from './admission.ts';
export {
  applyAct,
  completeGap,
  type Completion,
  type CompletionWorld,
  type MissingStep,
} from './completion.ts';
export {
  ContainerFold,
  custodyAt,
  type ContainerQueue,
  type ContainerTimeline,
  type Stay,
} from './containers.ts';
export * from './geo.ts';
export { DECLARED_LOST, NO_MARKS, TERMINAL_MARKS, type Marks } from './marks.ts';
export * from './nesting.ts';
export * from './readings.ts';
export * from './statement-reader.ts';
export * from './subjects.ts';
export {
  sampleState,
  exposureTrack,
  exposureWithin,
  overlapMs,
  type TemperatureRange,
  type TemperatureSample,
  type Exposure,
  type ExposureRun,
  type ExposureTrack,
  type Span,
  type ExposureTime,
  type SampleState,
} from './temperature.ts';
export {
  assertWorld,
  bornFrom,
  sortActs,
  TimelineFold,
  type Broken,
  type Emptying,
  type Stride,
  type SubjectFacts,
  type Timeline,
  type TimelineWorld,
} from './timeline.ts';
export {
  custodyAfter,
  END_STEPS,
  ENDED,
  LIVES,
  moves,
  NOWHERE,
  roleAllows,
  TRANSITIONS,
  type Custody,
  type Hand,
  type Life,
  type State,
  type Transition,
} from './transitions.ts';
export { foldUnit, identityOf, isAdmittedCommissioning, type UnitIdentity } from './units.ts';
export { uncorroborated, type Withdrawal } from './withdrawals.ts';
export * from './world.ts';
