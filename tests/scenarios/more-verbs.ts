/**
 * What is declared, corrected, counted and measured: further event sentences of scenarios.
 *
 * Reads  tale.ts, words.ts (holes).   Used by  teller.ts.
 * @module
 */
import type { Verb } from './event-verbs.ts';

export const MORE_VERBS: readonly Verb[] = [];
