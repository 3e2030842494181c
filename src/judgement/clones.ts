// Browser-safe.
/**
 * CL rules: one code in two places is two packs.
 *
 * Reads  view.ts, custody/geo.ts.   Used by  judge.ts.
 * Source `findings.md` CL-01, CL-02, CL-03; speed and clock tolerance are policy.
 * Never  uses events of a container, or events whose place nobody knows; the error of a place is always granted.
 * @module
 */
import { DISTANCE_MAX_M, distanceAtLeastM, type Act, type Step, type Stride } from '../custody/index.ts';
import type { Policy } from '../statement/index.ts';
import { stepBits } from './features.ts';
import { finding, NO_FINDINGS, type Finding } from './finding.ts';
import { isBarred, takenBack } from './use.ts';
import { byLine, isSecondLine, policyFor, type SubjectView } from './view.ts';

/** All CL rules of a unit. */
export function clones(view: SubjectView): Iterable<Finding> {
  const found = impossibleTravel(view);
  if (!isSuppliedAgain(view)) return found;
  const again = duplicateSupply(view);
  return found.length === 0 ? again : [...found, ...again];
}

interface Sighting {
  readonly stride: Stride;
  readonly latitude: number;
  readonly longitude: number;
  readonly radius: number;
}

function impossibleTravel(view: SubjectView): readonly Finding[] {
  const { subject } = view;
  let found: Finding[] | undefined;
  const first: Sighting[] = [];
  const second: Sighting[] = [];
  for (const stride of view.timeline.strides) {
    if (stride.duplicateOf !== undefined) continue;
    const here = sighting(view, stride);
    if (here === undefined) continue;
    const isSecond = isSecondLine(view, stride);
    // No claim of a stranger, and no vague place, may come between two events that contradict each other.
    const policy = policyFor(view, stride.act);
    const before = newestTooFar(first, policy, here) ?? newestTooFar(second, policy, here);
    if (before !== undefined) {
      const { act } = stride;
      const acts = [before.stride.act, act];
      const atOnce = act.timeMs === before.stride.act.timeMs && act.actor !== before.stride.act.actor;
      const one = finding({
        code: atOnce ? 'CL-02' : 'CL-01',
        severity: atOnce ? 4 : 3,
        subject,
        acts,
        secondLine: isSecondLine(view, before.stride, stride),
        detail: distanceText(before, here),
      });
      (found ??= []).push(one);
    }
    const seen = isSecond ? second : first;
    seen.push(here);
    if (seen.length > SIGHTINGS_MAX) seen.shift();
  }
  return found ?? NO_FINDINGS;
}

/** Newest sightings of each line that a new one is compared with: strangers can push out only what strangers said. */
const SIGHTINGS_MAX = 64;

function newestTooFar(seen: readonly Sighting[], policy: Policy, here: Sighting): Sighting | undefined {
  for (let i = seen.length - 1; i >= 0; i--) {
    if (isTooFar(policy, seen[i]!, here)) return seen[i];
  }
  return undefined;
}

function sighting(view: SubjectView, stride: Stride): Sighting | undefined {
  const { scan, place } = stride.act;
  if (scan?.point !== undefined) {
    const { latitude, longitude, radius } = scan.point;
    return { stride, latitude, longitude, radius };
  }
  const site = place === undefined ? undefined : view.registry.site(place, stride.act.timeMs)?.site;
  return site === undefined
    ? undefined
    : { stride, latitude: site.latitude, longitude: site.longitude, radius: 0 };
}

function isTooFar({ speedMaxKmh, skewMs }: Policy, a: Sighting, b: Sighting): boolean {
  // Most pairs are decided without a distance: no way to go, or time enough for any journey, or for the way around a corner.
  if (a.latitude === b.latitude && a.longitude === b.longitude) return false;
  const reachM = (speedMaxKmh * (elapsedMs(a, b) + skewMs)) / 3600;
  if (reachM >= DISTANCE_MAX_M || isWithin(a, b, reachM)) return false;
  return distanceAtLeastM(a, b) - a.radius - b.radius > reachM;
}

/** More than a millionth of a degree is on the earth, in any direction. */
const MICRODEGREE_MAX_M = 0.1113;

/** True if nobody goes further than so many metres who first goes along a meridian, then along a circle of latitude. */
function isWithin(a: Sighting, b: Sighting, metres: number): boolean {
  const north = a.latitude - b.latitude;
  const east = a.longitude - b.longitude;
  const degrees = (north < 0 ? -north : north) + (east < 0 ? -east : east);
  return degrees * MICRODEGREE_MAX_M <= metres;
}

/** Never negative: within the order tolerance a timeline puts the commissioning before events of an earlier time. */
function elapsedMs(a: Sighting, b: Sighting): number {
  const elapsed = b.stride.act.timeMs - a.stride.act.timeMs;
  return elapsed < 0 ? -elapsed : elapsed;
}

function distanceText(a: Sighting, b: Sighting): string {
  const metres = distanceAtLeastM(a, b);
  const minutes = elapsedMs(a, b) / 60_000;
  return `${(metres - (metres % 1000)) / 1000} km in ${minutes - (minutes % 1)} minutes`;
}

const SUPPLIES = ['administer', 'destroy', 'dispense'] as const;
const SUPPLY_BITS = stepBits(...SUPPLIES);

/** True if a step of supply occurs more than once. */
function isSuppliedAgain({ timeline, features }: SubjectView): boolean {
  if ((features.steps & SUPPLY_BITS) === 0) return false;
  let seen = 0;
  for (const { act, duplicateOf } of timeline.strides) {
    if (duplicateOf !== undefined || !(SUPPLIES as readonly Step[]).includes(act.step)) continue;
    const bit = stepBits(act.step);
    if ((seen & bit) !== 0) return true;
    seen |= bit;
  }
  return false;
}

/** CL-03: two end events of one kind, with different act ids, at different sites. */
function* duplicateSupply(view: SubjectView): Iterable<Finding> {
  const { subject, timeline } = view;
  if (timeline.commission === undefined) return;
  for (const step of SUPPLIES) {
    if ((view.features.steps & stepBits(step)) === 0) continue;
    const told = timeline.strides.filter(
      (stride) => stride.act.step === step && stride.duplicateOf === undefined && !isBarred(stride),
    );
    if (told.length < 2) continue;
    const undone = takenBack(view);
    const ends = told.filter((stride) => !undone.has(stride));
    for (const [first, ...later] of byLine(view, ends)) {
      const others = later.filter((stride) => isOtherSupply(first!.act, stride.act));
      if (others.length === 0) continue;
      yield finding({
        code: 'CL-03',
        severity: step === 'dispense' ? 3 : 4,
        subject,
        acts: [first!, ...others].map(({ act }) => act),
        secondLine: isSecondLine(view, first!, ...others),
        detail: `${step} at ${others.length + 1} places`,
      });
      break;
    }
  }
}

function isOtherSupply(a: Act, b: Act): boolean {
  const elsewhere =
    a.place !== undefined && b.place !== undefined ? a.place !== b.place : a.actor !== b.actor;
  return elsewhere && (a.actId === undefined || b.actId === undefined || a.actId !== b.actId);
}
