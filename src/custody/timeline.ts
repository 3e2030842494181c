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
import type { Policy } from '../statement/index.ts';
import type { Step } from './act.ts';
import { isSame, orderOf, type Act, type EventRef, assertAct, assertActs } from './act.ts';
import { admissionOf, admitsMissing, isWithin, mayFlow, type Admission } from './admission.ts';
import {
  cheapest,
  NOTHING_MISSING,
  type Completion,
  type CompletionWorld,
  type MissingStep,
} from './completion.ts';
import { joinMarks, marksAfter, maySet, NO_MARKS, type Declarer, type Marks } from './marks.ts';
import { sortFew } from './sorting.ts';
import { END_STEPS, ENDED, isMoving, NOWHERE, type Custody, type State } from './transitions.ts';
import type { Withdrawal } from './withdrawals.ts';

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
  | 'forbidden'
  /** Claims, after a loss was declared, to have happened before it, and nobody else bears it out (principle 8). */
  | 'after-declaration'
  | 'undo-too-late'
  | 'undo-by-other'
  | 'undo-mismatch';

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
  /** What entitled parties have declared of the subject, or of what it is in, before this event. */
  readonly marks: Marks;
  /** Legal only because the order tolerance lets it change places with the event that now follows (ST-07). */
  readonly reordered: boolean;
  /** When it takes effect: its event time, but never after that of the stride behind it. */
  readonly atMs: number;
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
  /** Events their own signers took back: no strides, and proof of nothing but their correction. */
  readonly withdrawn: readonly Withdrawal[];
  /** What is declared of the subject after the last event. */
  readonly marks: Marks;
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
  /** What is declared of the container, and of all it is in, at a time. */
  marksAt(container: string, timeMs: number): Marks;
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
  /** Manufacturer of the product; undefined for containers. */
  readonly issuer: string | undefined;
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

/** Folds acts, one after the other, into strides. */
export class TimelineFold {
  readonly strides: Stride[] = [];
  state: State;
  #marks: Marks = NO_MARKS;
  #sinceMs = 0;
  #previous: EventRef | undefined;
  #endedAtMs = -Infinity;
  #dosesUsed = 0;
  /** Who gave the goods in the last hand-over. */
  #giver: string | undefined;
  /** The act whose admission was asked last, and the answer. */
  #asked: Act | undefined;
  #admitted: Admission | undefined;
  #actIds: Map<string, EventRef> | undefined;
  /** The gap asked for last, and its completion: what is tried out of order is most often what then happens. */
  #tried: { readonly act: Act; readonly state: State; readonly found: Completion | undefined } | undefined;
  readonly #gap: GapWorld;
  readonly #world: TimelineWorld;
  readonly #facts: SubjectFacts;

  constructor(world: TimelineWorld, facts: SubjectFacts, state: State) {
    assertWorld(world);
    assertArray('products', assertObject('facts', facts).products, 1_000_000);
    assertObject('custody', assertObject('state', state).custody);
    this.#world = world;
    this.#facts = facts;
    this.state = state;
    this.#gap = new GapWorld(world, facts);
  }

  /** A fold of the same events that goes on by itself. */
  branch(): TimelineFold {
    const other = new TimelineFold(this.#world, this.#facts, this.state);
    for (const stride of this.strides) other.strides.push(stride);
    other.#marks = this.#marks;
    other.#sinceMs = this.#sinceMs;
    other.#previous = this.#previous;
    other.#endedAtMs = this.#endedAtMs;
    other.#dosesUsed = this.#dosesUsed;
    other.#giver = this.#giver;
    if (this.#actIds !== undefined) other.#actIds = new Map(this.#actIds);
    return other;
  }

  /**
   * Adds the next act in timeline order. `refuse` names a reason known beforehand why it cannot move the subject.
   * @param atMs - when it takes effect, where it changed places with a later one.
   */
  add(act: Act, refuse?: Broken, atMs?: number): void {
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
      marks: this.#marksNow(act.timeMs),
      reordered: atMs !== undefined && atMs < act.timeMs,
      atMs: atMs ?? act.timeMs,
      previous: this.#previous,
      duplicateOf: undefined,
      repeatOf: undefined,
    };
    this.strides.push(stride);
    if (last !== undefined && isSame(last.act, act)) {
      stride.line = last.line;
      stride.duplicateOf = last.duplicateOf ?? last.act.ref;
      return;
    }
    if (!isMoving(act.step)) {
      stride.line = this.#isWith(act) ? 'main' : 'second';
    } else if (refuse !== undefined || !admission.ok) {
      stride.broken = refuse ?? 'not-admitted';
    } else {
      stride.repeatOf = this.#repeated(act);
      if (stride.repeatOf !== undefined) stride.line = 'main';
      else this.#move(stride);
    }
    if (act.more !== undefined) this.#declare(stride, act.more);
  }

  /**
   * Most missing steps these acts would need one after the other, or Infinity if one of them could not be made legal. Changes nothing.
   */
  cost(acts: readonly Act[]): number {
    assertActs(acts);
    let { state } = this;
    let cost = 0;
    for (const act of acts) {
      if (!this.#admission(act).ok) return Infinity;
      const policy = this.#world.registry.policyAt(act.ref.entry);
      const found = this.#completion(state, act, policy, policy.missingStepsMax);
      if (found === undefined) return Infinity;
      cost += found.missing.length;
      state = found.after;
    }
    return cost;
  }

  /** The cheapest way to make an act legal from a state. */
  #completion(state: State, act: Act, policy: Policy, stepsMax: number): Completion | undefined {
    const tried = this.#tried;
    if (tried !== undefined && tried.act === act && tried.state === state) return tried.found;
    this.#gap.at(act, policy, this.#sinceMs, this.#dosesUsed);
    const found = cheapest(state, act, this.#gap, stepsMax);
    if (state === this.state) this.#tried = { act, state, found };
    return found;
  }

  /** Moves the subject by an admitted act, if at most m missing steps make it legal. */
  #move(stride: Draft): void {
    const { act } = stride;
    const policy = this.#world.registry.policyAt(act.ref.entry);
    const isLate = act.step === 'undo' && act.timeMs - this.#endedAtMs > policy.undoMaxMs;
    const found = isLate ? undefined : this.#completion(this.state, act, policy, policy.missingStepsMax);
    if (found === undefined) {
      stride.broken = this.#broken(act, policy.orderToleranceMs, isLate);
      // Its holder's own illegal step moves nothing, but it is no stranger's claim.
      stride.line = this.#isWith(act) ? 'main' : 'second';
      return;
    }
    stride.line = 'main';
    stride.after = found.after;
    stride.missing = found.missing;
    stride.alone ||= found.alone || this.#isAlone(found.after.custody, act);
    this.#advance(act, found.after);
  }

  /** Sets and lifts marks, as far as the declarer may; a declaration he may not make is a second line. */
  #declare(stride: Draft, more: NonNullable<Act['more']>): void {
    if (more.sets.length === 0 && more.unsets.length === 0) return;
    const { act, admission } = stride;
    const { registry } = this.#world;
    const policy = registry.policyAt(act.ref.entry);
    const declarer: Declarer = {
      isHolder: stride.line === 'main' && !stride.alone,
      isIssuer: this.#facts.issuer === act.actor,
      isAuthority: registry.hasRole(act.actor, 'regulator', act.ref.entry),
    };
    const isEntitled = [...more.sets, ...more.unsets].every((mark) => maySet(mark, declarer));
    if (isEntitled && admission.ok) {
      if (act.step === 'declare') stride.line = 'main';
      if (isWithin(act, policy)) this.#marks = marksAfter(this.#marks, act, declarer, policy.undoMaxMs);
    } else if (act.step === 'declare' && stride.broken === undefined) {
      // A holder's own suspicion is no official word; of goods that only he says he has, his word marks nothing.
      if (stride.line === 'main') return;
      // A sender may not know yet that his goods have arrived.
      if (act.actor === this.#giver) return;
      stride.broken = admission.ok ? 'not-custodian' : 'not-admitted';
    }
  }

  /** Own marks, with those of the containers the subject is in. */
  #marksNow(timeMs: number): Marks {
    const { custody } = this.state;
    if (custody.at !== 'inside') return this.#marks;
    return joinMarks(this.#marks, this.#world.marksAt(custody.container, timeMs));
  }

  /** What is declared of the subject by now. */
  get marks(): Marks {
    return this.#marks;
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
    if (outer?.at === 'transit') {
      return outer.from === actor || (outer.to === actor && outer.claimed === undefined);
    }
    return outer?.at === 'held' && outer.by === actor;
  }

  #isAlone(custody: Custody, act: Act): boolean {
    if (custody.claimed === act.actor) return true;
    if (custody.at !== 'inside') return false;
    return this.#world.containerCustody(custody.container, act.timeMs, act)?.claimed === act.actor;
  }

  #advance(act: Act, after: State): void {
    // What was declared of a container stays with what was in it.
    if (after.custody.at !== 'inside') this.#marks = this.#marksNow(act.timeMs);
    if (this.state.custody.at === 'transit') this.#giver = this.state.custody.from;
    else if (after.custody.at === 'transit') this.#giver = after.custody.from;
    this.state = after;
    this.#sinceMs = act.timeMs;
    this.#previous = act.ref;
    if (!ENDED.has(after.life)) this.#endedAtMs = -Infinity;
    else if (this.#endedAtMs === -Infinity) this.#endedAtMs = act.timeMs;
    if (act.step === 'administer') this.#dosesUsed += act.doses;
    if (END_STEPS.has(act.step)) (this.#actIds ??= new Map()).set(endKey(act), act.ref);
  }

  #repeated(act: Act): EventRef | undefined {
    if (this.#actIds === undefined || !END_STEPS.has(act.step)) return undefined;
    return this.#actIds.get(endKey(act));
  }

  /** Whether the signer may do this; asked twice of most acts that others are near to. */
  #admission(act: Act): Admission {
    if (this.#asked !== act) {
      const { registry } = this.#world;
      this.#admitted = admissionOf(registry, registry.policyAt(act.ref.entry), act, this.#facts.products);
      this.#asked = act;
    }
    return this.#admitted!;
  }

  #settle(untilMs: number): void {
    const { custody } = this.state;
    if (custody.at !== 'inside') return;
    const emptied = this.#world.containerEmptied(custody.container, this.#sinceMs, untilMs);
    if (emptied === undefined) return;
    const { actor, alone } = emptied;
    const claim = alone || custody.claimed === actor ? { claimed: actor } : {};
    this.#marks = this.#marksNow(emptied.timeMs);
    this.state = { ...this.state, custody: { at: 'held', by: actor, ...claim } };
    this.#sinceMs = emptied.timeMs;
  }

  #broken(act: Act, toleranceMs: number, isLateUndo: boolean): Broken {
    const { life, custody } = this.state;
    if (act.step === 'undo') {
      if (life !== 'dispensed') return 'undo-mismatch';
      const isOwn = custody.at === 'released' && custody.by === act.actor;
      return isLateUndo && isOwn ? 'undo-too-late' : isOwn ? 'undo-mismatch' : 'undo-by-other';
    }
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

/** What a search for missing steps asks, at the time of one act after the other. */
class GapWorld implements CompletionWorld {
  readonly #world: TimelineWorld;
  readonly #facts: SubjectFacts;
  #act: Act | undefined;
  #policy: Policy | undefined;
  #sinceMs = 0;
  dosesRemain = true;

  constructor(world: TimelineWorld, facts: SubjectFacts) {
    this.#world = world;
    this.#facts = facts;
  }

  at(act: Act, policy: Policy, sinceMs: number, dosesUsed: number): void {
    this.#act = act;
    this.#policy = policy;
    this.#sinceMs = sinceMs;
    this.dosesRemain = dosesUsed + act.doses <= this.#facts.doses;
  }

  containerCustody(container: string): Custody | undefined {
    return this.#world.containerCustody(container, this.#act!.timeMs, this.#act);
  }

  containerWasWith(container: string, party: string): boolean {
    return this.#world.containerWasWith(container, party, this.#sinceMs, this.#act!.timeMs);
  }

  mayInsert(step: Step, party: string): boolean {
    const { timeMs, ref } = this.#act!;
    const asked = { party, step, timeMs, products: this.#facts.products, before: ref.entry };
    return admitsMissing(this.#world.registry, this.#policy!, asked);
  }

  mayFlow(from: string, to: string): boolean {
    return mayFlow(this.#world.registry, from, to, this.#facts.lot, this.#act!.timeMs);
  }
}

/** Sorts acts into timeline order, in place. */
export function sortActs(acts: Act[]): Act[] {
  assertActs(acts);
  return inOrder(acts);
}

/** {@link sortActs} of what is known to be acts; most are recorded in the order they happened. */
export function inOrder(acts: Act[]): Act[] {
  return isOrdered(acts) ? acts : sortFew(acts, orderOf);
}

/** The same of acts that stay as they are. */
export function sortedActs(acts: readonly Act[]): readonly Act[] {
  return isOrdered(acts) ? acts : sortFew([...acts], orderOf);
}

function isOrdered(acts: readonly Act[]): boolean {
  for (let i = 1; i < acts.length; i++) {
    const before = acts[i - 1]!;
    const act = acts[i]!;
    if (before.timeMs < act.timeMs) continue;
    if (before.timeMs > act.timeMs || orderOf(before, act) > 0) return false;
  }
  return true;
}

function endKey(act: Act): string {
  return `${act.step} ${act.actor} ${act.actId ?? ''}`;
}

/** Returns `world` if it can answer for containers. */
export function assertWorld<T extends TimelineWorld>(world: T): T {
  assertObject<TimelineWorld>('world', world, [
    'containerCustody',
    'containerWasWith',
    'containerEmptied',
    'marksAt',
  ]);
  assertRegistry(world.registry);
  return world;
}
