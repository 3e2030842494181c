// Browser-safe.
/**
 * Honest gaps: the cheapest legal way from one recorded state to the next event, in missing steps.
 *
 * Reads  transitions.ts.   Used by  timeline.ts.
 * Source design section 6 "Honest gaps": a missed event is a step that costs one; only insertable steps, by actors with
 *        role and licence; a stretch in an unrecorded container costs two, whatever its hops.
 * Never  inserts a commissioning, an end of life other than the first use before a retirement, or a correction.
 * @module
 */
import { assertInteger, assertObject } from '../bytes/index.ts';
import { assertStep } from './act.ts';
import type { Act, Step } from './act.ts';
import { handedOn, heldBy, TRANSITIONS, type Custody, type State } from './transitions.ts';

/** A step nobody recorded but the timeline needs. */
export interface MissingStep {
  readonly step: Step;
  readonly actor: string;
  readonly to?: string;
  readonly container?: string;
}

/** A way from a state to one in which the act is legal, and the state after the act. */
export interface Completion {
  readonly missing: readonly MissingStep[];
  readonly after: State;
  /** True if, just before the act, only its actor's word puts the subject with him: also where he then gives it back at once. */
  readonly alone: boolean;
}

/** What the search asks about the world at the time of the act; answers must be pure. */
export interface CompletionWorld {
  /** Custody of a container, its own missing steps filled in; undefined where nothing of it is recorded by then. */
  containerCustody(container: string): Custody | undefined;
  /** True if the container was with `party` at some time since the subject was last seen. */
  containerWasWith(container: string, party: string): boolean;
  /** True if the party had role and licences for the step. */
  mayInsert(step: Step, party: string): boolean;
  /** True if goods may flow from the first party to the second without passing a third role. */
  mayFlow(from: string, to: string): boolean;
  /** True where a further use is within the doses of the container. */
  dosesRemain: boolean;
}

/** No step missing: shared by all completions that need none. */
export const NOTHING_MISSING: readonly MissingStep[] = Object.freeze([]);

interface Move {
  readonly state: State;
  readonly missing: readonly MissingStep[];
}

/**
 * The cheapest completion of at most `stepsMax` missing steps, or undefined if there is none.
 * Ties go to the first in the fixed order of moves, so every computer finds the same one.
 * Cost: at most about 4^stepsMax states; 0 missing steps cost one table look-up.
 */
export function completeGap(
  state: State,
  act: Act,
  world: CompletionWorld,
  stepsMax: number,
): Completion | undefined {
  assertInteger('stepsMax', stepsMax, 0, STEPS_MAX);
  assertWorldOf(state, act, world);
  return cheapest(state, act, world, stepsMax);
}

/** {@link completeGap} of what is known to be a state, an act and a world. */
export function cheapest(
  state: State,
  act: Act,
  world: CompletionWorld,
  stepsMax: number,
): Completion | undefined {
  const after = legalAfter(state, act, world);
  if (after !== undefined) return { missing: NOTHING_MISSING, after, alone: isClaimed(state, act) };
  for (let budget = 1; budget <= stepsMax; budget++) {
    const found = search(state, act, world, budget, NOTHING_MISSING);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isClaimed({ custody }: State, { actor }: Act): boolean {
  return custody.claimed === actor;
}

/** The state after `act`, or undefined where the table does not allow it. */
export function applyAct(state: State, act: Act, world: CompletionWorld): State | undefined {
  assertWorldOf(state, act, world);
  return legalAfter(state, act, world);
}

function legalAfter(state: State, act: Act, world: CompletionWorld): State | undefined {
  const transition = TRANSITIONS[act.step];
  const again = act.step === 'administer' && state.life === 'administered' && world.dosesRemain;
  if (!transition.from.includes(state.life) && !again) return undefined;
  const custody = handedOn(transition.hand, state.custody, act, world);
  return custody === undefined ? undefined : { life: transition.to ?? state.life, custody };
}

function search(
  state: State,
  act: Act,
  world: CompletionWorld,
  budget: number,
  missing: readonly MissingStep[],
): Completion | undefined {
  if (budget === 0) {
    const after = legalAfter(state, act, world);
    return after === undefined ? undefined : { missing, after, alone: isClaimed(state, act) };
  }
  for (const move of movesFrom(state, act, world)) {
    if (move.missing.length > budget) continue;
    const found = search(move.state, act, world, budget - move.missing.length, [...missing, ...move.missing]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function* movesFrom(state: State, act: Act, world: CompletionWorld): Iterable<Move> {
  const { custody } = state;
  yield* firstUse(state, act, world);
  if (custody.at === 'inside') yield* leaveContainer(state, custody, world);
  if (custody.at === 'transit' && custody.to !== undefined && state.life === 'active') {
    if (world.mayInsert('receive', custody.to)) {
      yield step(state, heldAfter(custody.to, custody), { step: 'receive', actor: custody.to });
    }
  }
  if (custody.at === 'held' && state.life === 'active') {
    yield* enterContainer(state, custody.by, act, world);
    yield* giveAway(state, custody, act, world);
  }
  if (custody.at === 'released' && state.life === 'dispensed' && custody.by === act.actor) {
    if (TRANSITIONS[act.step].from.includes('active') && world.mayInsert('undo', custody.by)) {
      const after: State = { life: 'active', custody: heldAfter(custody.by, custody) };
      yield { state: after, missing: [{ step: 'undo', actor: custody.by }] };
    }
  }
}

/** A use nobody recorded before a retirement. */
function* firstUse(state: State, act: Act, world: CompletionWorld): Iterable<Move> {
  const unused = state.life === 'active' || state.life === 'opened' || state.life === 'dispensed';
  if (act.step !== 'retire' || !unused || !world.mayInsert('administer', act.actor)) return;
  yield {
    state: { ...state, life: 'administered' },
    missing: [{ step: 'administer', actor: act.actor }],
  };
}

type Inside = Extract<Custody, { at: 'inside' }>;
type Held = Extract<Custody, { at: 'held' }>;

function* leaveContainer(state: State, inside: Inside, world: CompletionWorld): Iterable<Move> {
  const { container } = inside;
  const outer = world.containerCustody(container);
  if (outer === undefined) return;
  if (outer.at === 'held' && world.mayInsert('unpack', outer.by)) {
    yield step(state, heldAfter(outer.by, inside, outer), { step: 'unpack', actor: outer.by, container });
  }
  if (outer.at === 'transit' && outer.to !== undefined && world.mayInsert('receive', outer.to)) {
    yield {
      state: { ...state, custody: heldAfter(outer.to, inside, outer) },
      missing: [
        { step: 'receive', actor: outer.to, container },
        { step: 'unpack', actor: outer.to, container },
      ],
    };
  }
}

/** A packing nobody recorded, told by the unpacking that follows; an unrecorded container is one stretch of cost two. */
function* enterContainer(state: State, holder: string, act: Act, world: CompletionWorld): Iterable<Move> {
  if (act.step !== 'unpack' || act.parent === undefined) return;
  const inside: Custody = { at: 'inside', container: act.parent, claimed: undefined };
  const pack: MissingStep = { step: 'pack', actor: holder, container: act.parent };
  if (world.containerWasWith(act.parent, holder)) {
    yield step(state, inside, pack);
  } else if (holder !== act.actor && world.mayFlow(holder, act.actor)) {
    yield {
      state: { ...state, custody: { at: 'inside', container: act.parent, claimed: act.actor } },
      missing: [pack, { step: 'ship', actor: holder, to: act.actor }],
    };
  }
}

/** A hand-over its giver never recorded rests on the word of whoever needs it. */
function* giveAway(state: State, held: Held, act: Act, world: CompletionWorld): Iterable<Move> {
  const holder = held.by;
  const claimed = holder === act.actor ? held.claimed : act.actor;
  for (const to of new Set([act.actor, act.from])) {
    if (to === undefined || to === holder || !world.mayFlow(holder, to)) continue;
    for (const kind of ['ship', 'return'] as const) {
      if (!world.mayInsert(kind, holder)) continue;
      yield step(state, { at: 'transit', from: holder, to, claimed }, { step: kind, actor: holder, to });
      break;
    }
  }
}

/** Held by a party, on its word alone if what was before rests on that. */
function heldAfter(by: string, ...before: readonly Custody[]): Custody {
  return heldBy(
    by,
    before.some(({ claimed }) => claimed === by),
  );
}

function step(state: State, custody: Custody, missing: MissingStep): Move {
  return { state: { ...state, custody }, missing: [missing] };
}

/** Most missing steps a policy may allow. */
const STEPS_MAX = 8;

function assertWorldOf(state: State, act: Act, world: CompletionWorld): void {
  assertObject('custody', assertObject('state', state).custody);
  assertStep(assertObject('act', act).step);
  assertObject('world', world, ['containerCustody', 'containerWasWith', 'mayInsert', 'mayFlow']);
}
