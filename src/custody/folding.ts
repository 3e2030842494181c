// Browser-safe.
/**
 * Folding: acts, one after the other, become strides; what a fold has come to after some of them may be taken up again.
 *
 * Reads  completion.ts, transitions.ts, admission.ts, marks.ts.   Used by  timeline.ts, order.ts, units.ts, containers.ts, trunk.ts.
 * Source design section 6: an event moves a subject only if its signer is admitted and at most m missing steps make it legal;
 *        every other event stays a second line and moves nothing.
 * Never  checks what it is given: worlds and acts were. {@link TimelineFold} is the same for whoever has them from elsewhere.
 * @module
 */
import type { Policy } from '../statement/index.ts';
import type { Step } from './act.ts';
import { isSame, type Act, type EventRef } from './act.ts';
import { admissionOf, admitsMissing, isWithin, mayFlow, type Admission } from './admission.ts';
import { cheapest, NOTHING_MISSING, type Completion, type CompletionWorld } from './completion.ts';
import { joinMarks, marksAfter, maySet, NO_MARKS, type Declarer, type Marks } from './marks.ts';
import type { Broken, Stride, SubjectFacts, TimelineWorld } from './timeline.ts';
import { END_STEPS, ENDED, heldBy, isMoving, type Custody, type State } from './transitions.ts';

/** A stride while it is being decided. */
type Draft = { -readonly [K in keyof Stride]: Stride[K] };

/** What a fold has come to after some of its strides: all that what follows depends on, but world and facts. */
export interface Stage {
  /** Strides of the fold it is taken from; only the first `count` are in it. */
  readonly strides: readonly Stride[];
  readonly count: number;
  readonly state: State;
  readonly marks: Marks;
  readonly sinceMs: number;
  readonly previous: EventRef | undefined;
  readonly endedAtMs: number;
  readonly dosesUsed: number;
  readonly giver: string | undefined;
  readonly ended: Act | undefined;
  readonly endedLater: ReadonlyMap<string, EventRef> | undefined;
}

/** Folds acts, one after the other, into strides. */
export class Fold {
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
  /** The first end of life that moved the subject, and by their {@link endKey} all after it: few subjects have a second one. */
  #ended: Act | undefined;
  #endedLater: Map<string, EventRef> | undefined;
  /** The gap asked for last, and its completion: what is tried out of order is most often what then happens. */
  #triedAct: Act | undefined;
  #triedState: State | undefined;
  #triedFound: Completion | undefined;
  #gap: GapWorld | undefined;
  readonly #world: TimelineWorld;
  readonly #facts: SubjectFacts;

  constructor(world: TimelineWorld, facts: SubjectFacts, state: State) {
    this.#world = world;
    this.#facts = facts;
    this.state = state;
  }

  /** What it has come to by now. */
  stage(): Stage {
    return {
      strides: this.strides,
      count: this.strides.length,
      state: this.state,
      marks: this.#marks,
      sinceMs: this.#sinceMs,
      previous: this.#previous,
      endedAtMs: this.#endedAtMs,
      dosesUsed: this.#dosesUsed,
      giver: this.#giver,
      ended: this.#ended,
      endedLater: this.#endedLater === undefined ? undefined : new Map(this.#endedLater),
    };
  }

  /** A fold that goes on from a stage of another one of the same world and facts. */
  static from(stage: Stage, world: TimelineWorld, facts: SubjectFacts): Fold {
    const fold = new Fold(world, facts, stage.state);
    for (let i = 0; i < stage.count; i++) fold.strides.push(stage.strides[i]!);
    fold.#marks = stage.marks;
    fold.#sinceMs = stage.sinceMs;
    fold.#previous = stage.previous;
    fold.#endedAtMs = stage.endedAtMs;
    fold.#dosesUsed = stage.dosesUsed;
    fold.#giver = stage.giver;
    fold.#ended = stage.ended;
    if (stage.endedLater !== undefined) fold.#endedLater = new Map(stage.endedLater);
    return fold;
  }

  /**
   * Adds the next act in timeline order. `refuse` names a reason known beforehand why it cannot move the subject.
   * @param atMs - when it takes effect, where it changed places with a later one.
   */
  add(act: Act, refuse?: Broken, atMs?: number): void {
    if (this.state.custody.at === 'inside') this.#settle(act.timeMs);
    const { strides } = this;
    const last = strides.length === 0 ? undefined : strides[strides.length - 1];
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
    strides.push(stride);
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
    if (this.#triedAct === act && this.#triedState === state) return this.#triedFound;
    const gap = (this.#gap ??= new GapWorld(this.#world, this.#facts));
    gap.at(act, policy, this.#sinceMs, this.#dosesUsed);
    const found = cheapest(state, act, gap, stepsMax);
    if (state === this.state) {
      this.#triedAct = act;
      this.#triedState = state;
      this.#triedFound = found;
    }
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
    if (!END_STEPS.has(act.step)) return;
    if (this.#ended === undefined) this.#ended = act;
    else (this.#endedLater ??= new Map()).set(endKey(act), act.ref);
  }

  #repeated(act: Act): EventRef | undefined {
    const first = this.#ended;
    if (first === undefined || !END_STEPS.has(act.step)) return undefined;
    const isFirst = first.step === act.step && first.actor === act.actor;
    if (isFirst && (first.actId ?? '') === (act.actId ?? '')) return first.ref;
    return this.#endedLater?.get(endKey(act));
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
    this.#marks = this.#marksNow(emptied.timeMs);
    this.state = { life: this.state.life, custody: heldBy(actor, alone || custody.claimed === actor) };
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

function endKey(act: Act): string {
  return `${act.step} ${act.actor} ${act.actId ?? ''}`;
}
