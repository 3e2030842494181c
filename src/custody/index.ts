// Browser-safe.
/**
 * Custody: events as acts, the transition table, the search for missing steps, and every subject's timeline.
 * @module
 */
export * from './act.ts';
export * from './act-more.ts';
export * from './admission.ts';
export * from './completion.ts';
export * from './containers.ts';
export * from './geo.ts';
export { DECLARED_LOST, NO_MARKS, TERMINAL_MARKS, type Marks } from './marks.ts';
export * from './nesting.ts';
export * from './readings.ts';
export * from './subjects.ts';
export * from './temperature.ts';
export * from './timeline.ts';
export * from './transitions.ts';
export * from './units.ts';
export { uncorroborated, type Withdrawal } from './withdrawals.ts';
export * from './world.ts';
