// Browser-safe.
/**
 * A container's timeline: born from its first event, handled, shipped, nested; and what was inside it when.
 *
 * Reads  timeline.ts.   Used by  world.ts.
 * Source EPCIS 2.0 section 7.4.3 (aggregation); design section 6: a container's gap is charged once, to the container.
 * Note   a container emptied by recorded events may be used again by anyone: it is born again.
 * @module
 */
import { assertArray, assertObject } from '../bytes/index.ts';
import { asAbsent, rankOf, type Act, assertAct } from './act.ts';
import { Fold } from './folding.ts';
import { NO_MARKS, type Marks } from './marks.ts';
import { near, NOTHING_TAKEN, shouldPrecede, withRepeats } from './order.ts';
import {
  bornFrom,
  type Broken,
  type Emptying,
  type Stride,
  type SubjectFacts,
  type Timeline,
  type TimelineWorld,
} from './timeline.ts';
import { isMoving, NOWHERE, type Custody, type State } from './transitions.ts';
import type { Withdrawal } from './withdrawals.ts';

/** A child inside a container from `fromMs` (inclusive) until `toMs` (exclusive), as packings and unpackings say. */
export interface Stay {
  readonly child: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A container's completed timeline, with its contents. */
export interface ContainerTimeline extends Timeline {
  readonly stays: readonly Stay[];
  /** Events that took everything out, in time order. */
  readonly emptied: readonly Emptying[];
}

const NO_ACTS: readonly Act[] = Object.freeze([]);
const UNPACKED: State = { life: 'active', custody: NOWHERE };
const GOODS: SubjectFacts = { lot: undefined, products: [], doses: 1, issuer: undefined };

/** What is known of a container's events before any is folded. */
export interface ContainerQueue {
  /** All its events in timeline order: the next ones are looked at where clocks may disagree. */
  readonly acts: readonly Act[];
  /** How far two events may change places, ms. */
  readonly toleranceMs: number;
  /** Why an event cannot move it, where that is known beforehand. */
  refused(act: Act): Broken | undefined;
  readonly withdrawn: readonly Withdrawal[];
}

const NO_QUEUE: ContainerQueue = { acts: [], toleranceMs: 0, refused: () => undefined, withdrawn: [] };

/** Folds one container's events, given in timeline order; the world feeds all containers side by side. */
export class ContainerFold {
  readonly container: string;
  readonly #fold: Fold;
  readonly #queue: ContainerQueue;
  /** Those that changed places with one before, until their own turn comes. */
  #taken: Set<Act> | undefined;
  readonly #contents = new Contents();
  #next = 0;
  /** True once anything was declared of it. */
  isMarked = false;

  constructor(container: string, world: TimelineWorld, queue: ContainerQueue = NO_QUEUE) {
    this.container = container;
    this.#queue = queue;
    this.#fold = new Fold(world, GOODS, UNPACKED);
  }

  /** Adds the next event that names the container, as child or as parent. */
  add(act: Act): void {
    assertAct(act);
    if (this.#taken?.delete(act) === true) return;
    const { acts, toleranceMs } = this.#queue;
    while (this.#next < acts.length && acts[this.#next] !== act) this.#next++;
    const seen = this.#asSeen(act);
    while (isMoving(seen.step)) {
      const later = near(acts, this.#next, toleranceMs, this.#taken ?? NOTHING_TAKEN);
      if (later.length === 0 || this.#isBirth(act, seen)) break;
      const others = later.map((other) => this.#asSeen(other));
      const early = shouldPrecede(this.#fold, seen, others, toleranceMs);
      if (early === undefined) break;
      for (const other of withRepeats(later[others.indexOf(early)]!, later)) {
        (this.#taken ??= new Set()).add(other);
        this.#take(other, this.#asSeen(other), act.timeMs);
      }
    }
    this.#take(act, seen);
  }

  /** The event as the container sees it: whoever packs or unpacks it handles it. */
  #asSeen(act: Act): Act {
    const handled = act.parent === this.container;
    const seen = handled || act.more === undefined ? act : asAbsent(act, this.container);
    // Whoever makes a logistic unit may commission its SSCC: that is no commissioning of goods.
    const touched = handled ? seen.step !== 'observe' : seen.step === 'commission';
    return touched ? { ...seen, step: 'handle' } : seen;
  }

  #isBirth(act: Act, seen: Act): boolean {
    const reborn = this.#contents.isEmptied && act.parent === this.container && act.step === 'pack';
    return isMoving(seen.step) && (this.#fold.state.custody.at === 'nowhere' || reborn);
  }

  #take(act: Act, seen: Act, atMs?: number): void {
    const fold = this.#fold;
    const isBirth = this.#isBirth(act, seen);
    const before = fold.state;
    if (isBirth) fold.state = { life: 'active', custody: bornFrom(seen) };
    fold.add(seen, this.#queue.refused(act), atMs);
    this.isMarked ||= fold.marks.size > 0;
    const stride = fold.strides[fold.strides.length - 1]!;
    if (stride.line === 'second' || stride.broken !== undefined) {
      if (isBirth) fold.state = before;
    } else if (stride.duplicateOf === undefined && act.parent === this.container) {
      this.#contents.record(act, stride.alone);
    }
  }

  /** What is declared of the container itself, in order of time. */
  marksAt(timeMs: number): Marks {
    if (!this.isMarked) return NO_MARKS;
    let marks = NO_MARKS;
    for (const stride of this.#fold.strides) {
      if (stride.atMs > timeMs) return stride.marks;
      marks = stride.marks;
    }
    return this.#fold.strides.length === 0 ? marks : this.#fold.marks;
  }

  /** Everything folded so far. */
  get timeline(): ContainerTimeline {
    return {
      subject: this.container,
      strides: this.#fold.strides,
      final: this.#fold.state,
      commission: undefined,
      recommissions: NO_ACTS,
      withdrawn: this.#queue.withdrawn,
      marks: this.#fold.marks,
      stays: this.#contents.stays(),
      emptied: this.#contents.emptied,
    };
  }

  /** Events folded so far. */
  get strides(): readonly Stride[] {
    return this.#fold.strides;
  }

  /** Events so far that took everything out. */
  get emptied(): readonly Emptying[] {
    return this.#contents.emptied;
  }
}

/**
 * Custody after the last main-line event at or before a time; undefined before the first.
 * @param until - events of that very instant that rank after this act do not count yet.
 */
export function custodyAt(strides: readonly Stride[], timeMs: number, until?: Act): Custody | undefined {
  for (const stride of assertArray('strides', strides, Number.MAX_SAFE_INTEGER))
    assertStride(stride as Stride);
  if (until !== undefined) assertAct(until);
  return lastCustody(strides, timeMs, until);
}

/** {@link custodyAt} of what is known to be strides. */
export function lastCustody(strides: readonly Stride[], timeMs: number, until?: Act): Custody | undefined {
  let low = 0;
  let high = strides.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (strides[middle]!.atMs <= timeMs) low = middle + 1;
    else high = middle;
  }
  for (let i = low - 1; i >= 0; i--) {
    const stride = strides[i]!;
    if (until !== undefined && isRankedAfter(stride.act, until)) continue;
    if (stride.line === 'main' && stride.after.custody.at !== 'nowhere') return stride.after.custody;
  }
  return undefined;
}

function assertStride(stride: Stride): Stride {
  assertAct(assertObject('stride', stride).act);
  assertObject('custody', assertObject('after', stride.after).custody);
  return stride;
}

/** True for a later step at one instant; the container's own packings and unpackings never move it. */
function isRankedAfter(act: Act, until: Act): boolean {
  return act.timeMs === until.timeMs && act.step !== 'handle' && rankOf(act.step) > rankOf(until.step);
}

class Contents {
  readonly emptied: Emptying[] = [];
  isEmptied = false;
  readonly #inside = new Map<string, number>();
  readonly #stays: Stay[] = [];

  record(act: Act, alone: boolean): void {
    if (act.step === 'pack') {
      this.isEmptied = false;
      for (const child of act.ids) this.#inside.set(child, act.timeMs);
    } else if (act.step === 'unpack') {
      const all = act.ids.length === 0;
      for (const child of all ? [...this.#inside.keys()] : act.ids) this.#leave(child, act.timeMs);
      if (all) this.emptied.push({ timeMs: act.timeMs, actor: act.actor, alone });
      this.isEmptied = this.#inside.size === 0;
    }
  }

  stays(): readonly Stay[] {
    if (this.#inside.size === 0) return this.#stays;
    const stays = this.#stays.slice();
    for (const [child, fromMs] of this.#inside) stays.push({ child, fromMs, toMs: Infinity });
    return stays;
  }

  #leave(child: string, toMs: number): void {
    const fromMs = this.#inside.get(child);
    if (fromMs === undefined) return;
    this.#inside.delete(child);
    this.#stays.push({ child, fromMs, toMs });
  }
}
