// Browser-safe.
/**
 * Travel: whether goods could have come from one registered site to another in the time between two events.
 *
 * Reads  view.ts, custody/ (distance), registry/ (sites).   Used by  custody.ts.
 * Source `findings.md` CU-06 (a lane's least time); policy `speedMaxKmh`, `skewMs`.
 * Never  overstates a distance: the straight line through the earth is its least.
 * @module
 */
import { DISTANCE_MAX_M, distanceAtLeastM, type Act } from '../custody/index.ts';
import { policyFor, type SubjectView } from './view.ts';

/** True if both events name registered sites too far apart for any journey between them. */
export function isTooFast(view: SubjectView, from: Act, to: Act): boolean {
  const { registry } = view;
  if (from.place === undefined || to.place === undefined || from.place === to.place) return false;
  const policy = policyFor(view, to);
  const elapsedMs = to.timeMs > from.timeMs ? to.timeMs - from.timeMs : 0;
  const reachM = (policy.speedMaxKmh * (elapsedMs + policy.skewMs)) / 3600;
  if (reachM >= DISTANCE_MAX_M) return false;
  const a = registry.site(from.place, from.timeMs)?.site;
  const b = registry.site(to.place, to.timeMs)?.site;
  return a !== undefined && b !== undefined && distanceAtLeastM(a, b) > reachM;
}
