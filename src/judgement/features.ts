// Browser-safe.
/**
 * Features: what occurs in a timeline at all, read in one pass, so that rules about anything else are not asked.
 *
 * Reads  custody/ (timelines), labels.ts.   Used by  view.ts, triggers.ts, rule files.
 * Rule   a bit says that something may be there; that a bit is not set proves that it is not.
 * Never  depends on anything but timeline and registry.
 * @module
 */
import { isCredible, rankOf, type Act, type EventRef, type Step, type Timeline } from '../custody/index.ts';
import { isMoving } from '../custody/transitions.ts';
import type { Registry } from '../registry/index.ts';
import { isSound } from './labels.ts';

/** Steps and signs of a timeline, each a set of bits. */
export interface Features {
  /** One bit for each step, by its rank. */
  readonly steps: number;
  readonly signs: number;
}

/** The same event captured again. */
export const DUPLICATE = 1;
/** The same end of life told again. */
export const REPEATED = 1 << 1;
/** An event that could not be made legal. */
export const BROKEN = 1 << 2;
/** A step that must be missing. */
export const MISSING = 1 << 3;
/** A signer who is not admitted. */
export const REFUSED = 1 << 4;
/** A signer admitted by licences recorded later. */
export const LATE = 1 << 5;
/** Events that changed places. */
export const REORDERED = 1 << 6;
/** A presented code that is not for certain the signed code of the unit as it was registered. */
export const UNSOUND = 1 << 7;
/** A code typed by hand. */
export const MANUAL = 1 << 8;
/** A consumer's check. */
export const SESSION = 1 << 9;
/** Declarations, corrections, undoings, aliases and refusals to verify. */
export const TOLD = 1 << 10;
/** Temperatures, or faults of a report. */
export const MEASURED = 1 << 11;
/** A declaration in force at some time. */
export const MARKED = 1 << 12;
/** An aggregation that was observed, not made. */
export const ASSERTED = 1 << 13;
/** Time inside a container. */
export const ENCLOSED = 1 << 14;
/** No credible commissioning. */
export const UNREGISTERED = 1 << 15;
/** More than one commissioning. */
export const RECOMMISSIONED = 1 << 16;
/** A claimed time that its record does not bear out. */
export const IMPLAUSIBLE = 1 << 17;
/** A move recorded before one that happened earlier. */
export const INSERTED = 1 << 18;
/** Something happened before its commissioning. */
export const PRECEDED = 1 << 19;
/** Still on its way at the end. */
export const TRAVELLING = 1 << 20;
/** A commissioning that did not register the unit. */
export const RIVALLED = 1 << 21;
/** A consumer's check of a pack he says is unused. */
export const UNUSED = 1 << 22;

/** Bits of these steps. */
export function stepBits(...steps: readonly Step[]): number {
  let bits = 0;
  for (const step of steps) bits |= 1 << rankOf(step);
  return bits;
}

/** What occurs in a timeline. */
export function featuresOf(registry: Registry, timeline: Timeline): Features {
  const { strides, commission, recommissions, marks, final } = timeline;
  let steps = 0;
  let signs = 0;
  let moved: EventRef | undefined;
  for (const stride of strides) {
    const { act, admission, broken } = stride;
    const { step, scan, more, ref } = act;
    steps |= 1 << rankOf(step);
    if (stride.duplicateOf !== undefined) signs |= DUPLICATE;
    if (stride.repeatOf !== undefined) signs |= REPEATED;
    if (broken !== undefined) signs |= BROKEN;
    if (stride.missing.length > 0) signs |= MISSING;
    if (!admission.ok) signs |= REFUSED;
    else if (admission.late !== undefined) signs |= LATE;
    if (stride.reordered) signs |= REORDERED;
    if (scan !== undefined) {
      if (scan.presented !== undefined && !isSound(registry, timeline, act)) signs |= UNSOUND;
      if (scan.manual) signs |= MANUAL;
      if (scan.session !== undefined) signs |= scan.unused ? SESSION | UNUSED : SESSION;
    }
    if (more !== undefined) {
      if (more.readings.length > 0 || more.sensorFaults.length > 0) signs |= MEASURED;
      if (tells(more)) signs |= TOLD;
    }
    if (stride.marks.size > 0) signs |= MARKED;
    if (act.parent !== undefined && step === 'observe') signs |= ASSERTED;
    if (step === 'commission' && act !== commission) signs |= RIVALLED;
    if (stride.after.custody.at === 'inside') signs |= ENCLOSED;
    const { skewMs, lagMaxMs } = registry.policyAt(ref.entry);
    const lateMs = act.recordTimeMs - act.timeMs;
    if (lateMs > lagMaxMs || -lateMs > skewMs) signs |= IMPLAUSIBLE;
    if (stride.line !== 'main' || broken !== undefined || !isMoving(step)) continue;
    if (moved !== undefined && isBefore(ref, moved)) signs |= INSERTED;
    moved = ref;
  }
  if (commission === undefined || !isCredible(commission, registry.policyAt(commission.ref.entry)))
    signs |= UNREGISTERED;
  if (recommissions.length > 0) signs |= RECOMMISSIONED;
  if (strides[0]?.act !== commission) signs |= PRECEDED;
  if (marks.size > 0) signs |= MARKED;
  if (final.custody.at === 'transit') signs |= TRAVELLING;
  return { steps, signs };
}

function tells({ sets, unsets, undoes, corrects, alias, declined }: NonNullable<Act['more']>): boolean {
  if (sets.length > 0 || unsets.length > 0 || undoes !== undefined) return true;
  return corrects !== undefined || alias !== undefined || declined !== undefined;
}

function isBefore(a: EventRef, b: EventRef): boolean {
  return a.entry < b.entry || (a.entry === b.entry && a.event < b.event);
}
