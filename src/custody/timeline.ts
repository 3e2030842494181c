// Browser-safe.
/**
 * Timelines: a subject's events in event time, each with the state before and after, and the steps that must be missing.
 *
 * Reads  completion.ts, transitions.ts, admission.ts.   Used by  world.ts, judgement/.
 * Source design section 6: an event moves a subject only if its signer is admitted and at most m missing steps make it legal;
 *        every other event stays a second line and moves nothing.
 * Never  depends on the order of capture, nor on who computes it.
 * @module
 */
import { assertRegistry } from '../registry/index.ts';
import { assertArray, assertObject } from '../bytes/index.ts';
import type { Registry } from '../registry/index.ts';
import { compareActs, isSameEvent, type Act, type EventRef, assertAct, assertActs } from './act.ts';
import { admits, isCredible, mayFlow, type Admission } from './admission.ts';
import { completeGap, type CompletionWorld, type MissingStep } from './completion.ts';
import { END_STEPS, ENDED, NOWHERE, moves, type Custody, type State } from './transitions.ts';

/** Why an event could not be made legal. */
export type Broken =
  | 'not-admitted'
  | 'not-commissioned'
  | 'before-commission'
  | 'after-end'
  | 'out-of-order'
  | 'receiver-mismatch'
  | 'not-shipped'
  | 'not-custodian'
  | 'forbidden';

/** One event of a timeline. */
export interface Stride {
  readonly act: Act;
  readonly before: State;
  readonly after: State;
  /** Steps that must have been missed since the last event of the main line. */
  readonly missing: readonly MissingStep[];
  /** `main` moved the subject, or its holder speaks; `second` is somebody else's claim. */
  readonly line: 'main' | 'second';
  /** True if only the actor says that the subject is with him: it moves, but is no better evidence than a second line. */
  readonly alone: boolean;
  readonly broken: Broken | undefined;
  readonly admission: Admission;
  /** Last event of the main line before this one. */
  readonly previous: EventRef | undefined;
  /** The same event, captured before. */
  readonly duplicateOf: EventRef | undefined;
  /** The same end of life declared before by the same party with the same act id. */
  readonly repeatOf: EventRef | undefined;
}

/** A subject's completed timeline. */
export interface Timeline {
  readonly subject: string;
  readonly strides: readonly Stride[];
  /** State after the last event. */
  readonly final: State;
  /** The commissioning that registered a unit; undefined for containers and unregistered units. */
  readonly commission: Act | undefined;
  /** Further admitted commissionings by the same issuer that say something else (ID-12). */
  readonly recommissions: readonly Act[];
}

/** What a fold asks about other subjects. */
export interface TimelineWorld {
  readonly registry: Registry;
  /**
   * Custody of a container at a time, through any outer containers; undefined where nothing is recorded by then.
   * @param until - at that very instant, only what comes before this act by rank of step.
   */
  containerCustody(container: string, timeMs: number, until?: Act): Custody | undefined;
  /** True if the container was held by `party` at some time in [fromMs, toMs]. */
  containerWasWith(container: string, party: string, fromMs: number, toMs: number): boolean;
  /** The first event after `sinceMs`, up to `untilMs`, that took everything out of the container. */
  containerEmptied(container: string, sinceMs: number, untilMs: number): Emptying | undefined;
}

/** An event that took everything out of a container. */
export interface Emptying {
  readonly timeMs: number;
  readonly actor: string;
  /** True if only the actor says that the container was with him. */
  readonly alone: boolean;
}

/** What the fold needs to know of the subject itself. */
export interface SubjectFacts {
  readonly lot: string | undefined;
  readonly products: readonly string[];
  readonly doses: number;
}

/** Custody an event of a container proves when nothing before it is recorded. */
export function bornFrom(act: Act): Custody {
  assertAct(act);
  switch (act.step) {
    case 'receive':
      return { at: 'transit', from: act.from ?? act.actor, to: act.actor };
    case 'unpack':
      return act.parent === undefined ? NOWHERE : { at: 'inside', container: act.parent };
    default:
      return { at: 'held', by: act.actor };
  }
}

/** A stride while it is being decided. */
type Draft = { -readonly [K in keyof Stride]: Stride[K] };
const NOTHING_MISSING: readonly MissingStep[] = Object.freeze([]);

/** Folds acts, one after the other, into strides. */
export class TimelineFold {
  readonly strides: Stride[] = [];
  state: State;
  #sinceMs = 0;
  #previous: EventRef | undefined;
  #endedAtMs = -Infinity;
  #dosesUsed = 0;
  readonly #actIds = new Map<string, EventRef>();
  readonly #world: TimelineWorld;
  readonly #facts: SubjectFacts;

  constructor(world: TimelineWorld, facts: SubjectFacts, state: State) {
    assertWorld(world);
    assertArray('products', assertObject('facts', facts).products, 1_000_000);
    assertObject('custody', assertObject('state', state).custody);
    this.#world = world;
    this.#facts = facts;
    this.state = state;
  }

  /** Adds the next act in timeline order. `refuse` names a reason known beforehand why it cannot move the subject. */
  add(act: Act, refuse?: Broken): void {
    assertAct(act);
    this.#settle(act.timeMs);
    const last = this.strides.at(-1);
    const admission = this.#admission(act);
    const stride: Draft = {
      act,
      before: this.state,
      after: this.state,
      missing: NOTHING_MISSING,
      alone: this.#isAlone(this.state.custody, act),
      line: 'second',
      broken: undefined,
      admission,
      previous: this.#previous,
      duplicateOf: undefined,
      repeatOf: undefined,
    };
    this.strides.push(stride);
    if (last !== undefined && isSameEvent(last.act, act)) {
      stride.line = last.line;
      stride.duplicateOf = last.duplicateOf ?? last.act.ref;
    } else if (!moves(act.step)) {
      stride.line = this.#isWith(act) ? 'main' : 'second';
    } else if (refuse !== undefined || !admission.ok) {
      stride.broken = refuse ?? 'not-admitted';
    } else {
      stride.repeatOf = this.#repeated(act);
      if (stride.repeatOf !== undefined) stride.line = 'main';
      else this.#move(stride);
    }
  }

  /** Moves the subject by an admitted act, if at most m missing steps make it legal. */
  #move(stride: Draft): void {
    const { act } = stride;
    const policy = this.#world.registry.policyAt(act.ref.entry);
    const found = completeGap(this.state, act, this.#worldAt(act), policy.missingStepsMax);
    if (found === undefined) {
      stride.broken = this.#broken(act, policy.orderToleranceMs);
      // Its holder's own illegal step moves nothing, but it is no stranger's claim.
      stride.line = this.#isWith(act) ? 'main' : 'second';
      return;
    }
    stride.line = 'main';
    stride.after = found.after;
    stride.missing = found.missing;
    stride.alone ||= this.#isAlone(found.after.custody, act);
    this.#advance(act, found.after);
  }

  /** Applies what containers did up to a time, so that `state` is the state then. */
  settleAt(timeMs: number): State {
    this.#settle(timeMs);
    return this.state;
  }

  /** True if the subject is with the actor: held, handed over to or by him, or in a container he holds. */
  #isWith(act: Act): boolean {
    const { custody } = this.state;
    const { actor, timeMs } = act;
    if (custody.at === 'held' || custody.at === 'released') return custody.by === actor;
    if (custody.at === 'transit') {
      // Nobody is drawn into the first line by a shipment that only its sender's word stands behind.
      return custody.from === actor || (custody.to === actor && custody.claimed === undefined);
    }
    if (custody.at === 'nowhere') return false;
    const outer = this.#world.containerCustody(custody.container, timeMs, act);
    return outer?.at === 'held' && outer.by === actor;
  }

  #isAlone(custody: Custody, act: Act): boolean {
    if (custody.claimed === act.actor) return true;
    if (custody.at !== 'inside') return false;
    return this.#world.containerCustody(custody.container, act.timeMs, act)?.claimed === act.actor;
  }

  #advance(act: Act, after: State): void {
    this.state = after;
    this.#sinceMs = act.timeMs;
    this.#previous = act.ref;
    if (!ENDED.has(after.life)) this.#endedAtMs = -Infinity;
    else if (this.#endedAtMs === -Infinity) this.#endedAtMs = act.timeMs;
    if (act.step === 'administer') this.#dosesUsed += act.doses;
    if (END_STEPS.has(act.step)) this.#actIds.set(endKey(act), act.ref);
  }

  #repeated(act: Act): EventRef | undefined {
    return END_STEPS.has(act.step) ? this.#actIds.get(endKey(act)) : undefined;
  }

  #admission(act: Act): Admission {
    const { registry } = this.#world;
    const policy = registry.policyAt(act.ref.entry);
    const admission = admits(
      registry,
      policy,
      act.actor,
      act.step,
      act.timeMs,
      this.#facts.products,
      act.ref.entry,
    );
    if (!admission.ok || act.step === 'commission' || !moves(act.step)) return admission;
    return isCredible(act, policy) ? admission : { ok: false, reason: 'time' };
  }

  #settle(untilMs: number): void {
    const { custody } = this.state;
    if (custody.at !== 'inside') return;
    const emptied = this.#world.containerEmptied(custody.container, this.#sinceMs, untilMs);
    if (emptied === undefined) return;
    const { actor, alone } = emptied;
    const claim = alone || custody.claimed === actor ? { claimed: actor } : {};
    this.state = { ...this.state, custody: { at: 'held', by: actor, ...claim } };
    this.#sinceMs = emptied.timeMs;
  }

  #worldAt(act: Act): CompletionWorld {
    const { registry } = this.#world;
    const policy = registry.policyAt(act.ref.entry);
    const { lot, products, doses } = this.#facts;
    return {
      containerCustody: (container) => this.#world.containerCustody(container, act.timeMs, act),
      containerWasWith: (container, party) =>
        this.#world.containerWasWith(container, party, this.#sinceMs, act.timeMs),
      mayInsert: (step, party) =>
        admits(registry, policy, party, step, act.timeMs, products, act.ref.entry).ok,
      mayFlow: (from, to) => mayFlow(registry, from, to, lot, act.timeMs),
      dosesRemain: this.#dosesUsed + act.doses <= doses,
    };
  }

  #broken(act: Act, toleranceMs: number): Broken {
    const { life, custody } = this.state;
    if (ENDED.has(life) && !(life === 'dispensed' && (act.step === 'open' || act.step === 'administer'))) {
      const late = act.timeMs - this.#endedAtMs > toleranceMs;
      return late || END_STEPS.has(act.step) ? 'after-end' : 'out-of-order';
    }
    if (act.step === 'receive') {
      const misdirected = custody.at === 'transit' && custody.to !== undefined && custody.to !== act.actor;
      return misdirected ? 'receiver-mismatch' : 'not-shipped';
    }
    const mine = custody.at === 'held' && custody.by === act.actor;
    return mine ? 'forbidden' : 'not-custodian';
  }
}

/** Sorts acts into timeline order, in place. */
export function sortActs(acts: Act[]): Act[] {
  assertActs(acts);
  return acts.sort(compareActs);
}

function endKey(act: Act): string {
  return `${act.step} ${act.actor} ${act.actId ?? ''}`;
}

/** Returns `world` if it can answer for containers. */
export function assertWorld<T extends TimelineWorld>(world: T): T {
  assertObject<TimelineWorld>('world', world, ['containerCustody', 'containerWasWith', 'containerEmptied']);
  assertRegistry(world.registry);
  return world;
}
