// Browser-safe.
/**
 * Checks of what this room's functions take: acts, steps and worlds are made by this library, but a caller may pass anything.
 *
 * Reads  bytes/ (argument checks), registry/.   Used by  every file of this room, judgement/.
 * Never  looks deeper than a step needs to fail with a coded error: what an event says was checked when it was read.
 * @module
 */
import { assertArray, assertObject } from '../bytes/index.ts';
import { argumentRangeError, argumentTypeError } from '../errors.ts';
import { Registry } from '../registry/index.ts';
import type { Act } from './act.ts';
import { STEPS, type Step } from './steps.ts';
import type { TimelineWorld } from './timeline.ts';

const KNOWN_STEPS: ReadonlySet<unknown> = new Set(STEPS);

/** Returns `step` if it is one of STEPS. */
export function assertStep(step: Step): Step {
  if (KNOWN_STEPS.has(step)) return step;
  throw argumentRangeError('step', STEPS.join(', '), 'another one');
}

/** Returns `act` if it has the parts of an act. */
export function assertAct(act: Act): Act {
  if (typeof act !== 'object' || act === null || !Array.isArray(act.ids) || typeof act.ref !== 'object') {
    throw argumentTypeError('act', 'an Act', act);
  }
  assertStep(act.step);
  return act;
}

/** Returns `acts` if all of them are acts. */
export function assertActs<T extends readonly Act[]>(acts: T): T {
  for (const act of assertArray('acts', acts, Number.MAX_SAFE_INTEGER)) assertAct(act as Act);
  return acts;
}

/** Returns `registry` if it is one. */
export function assertRegistry(registry: Registry): Registry {
  if (registry instanceof Registry) return registry;
  throw argumentTypeError('registry', 'a Registry', registry);
}

/** Returns `world` if it can answer for containers. */
export function assertWorld<T extends TimelineWorld>(world: T): T {
  assertObject('world', world, ['containerCustody', 'containerWasWith', 'containerEmptied']);
  assertRegistry(world.registry);
  return world;
}
