// Browser-safe.
/**
 * Acts that must be at hand whatever subject is judged: of containers, of codes that name no unit, corrections, and stock counts.
 *
 * Reads  shared-range.ts, custody/.   Used by  hand.ts (makes them), judging.ts, subjects.ts.
 * Memory a container's events stand for all that is in it. While there are few, every thread holds them whole; of many it holds where
 *        they stand, and reads those of the containers it is judging by.
 * @module
 */
import { cutFree } from '../bytes/index.ts';
import { contentsNamed, idsOf, isContainer, parentsNamed, subjectKind, type Act } from '../custody/index.ts';
import type { EntrySet } from './entry-set.ts';
import type { SharedRange } from './shared-range.ts';

/** Most acts that are held whole: a few hundred megabytes of what is made of them. */
const HELD_MAX = 65_536;
/** An act's place is its range and its number there. */
const RANGE_PLACES = 2 ** 32;

/** All shared acts of a log, by subject. */
export class SharedActs {
  /** Range by range, in the order they were written: partitions name them so. */
  readonly ranges: readonly SharedRange[];
  readonly codes = new Map<string, Act[]>();
  /** Corrections by the event they correct. */
  readonly corrected = new Map<string, Act[]>();
  /** Acts that declare stock, in log order. */
  readonly counted: Act[] = [];
  /** True if the acts of all containers are held. */
  readonly areHeld: boolean;
  /** Acts of containers in log order, or where they are. */
  readonly #held = new Map<string, Act[]>();
  readonly #places = new Map<string, number[]>();
  #containers: readonly string[] | undefined;

  /**
   * @param rejected - entries whose statements do not count.
   * @param heldMax - most acts that are held whole.
   */
  constructor(ranges: readonly SharedRange[], rejected: EntrySet, heldMax = HELD_MAX) {
    this.ranges = ranges;
    this.areHeld = ranges.reduce((sum, { count }) => sum + count, 0) <= heldMax;
    for (const [number, range] of ranges.entries()) {
      for (const [i, act] of range.entries()) {
        if (!rejected.isEmpty && rejected.has(act.ref.entry)) continue;
        const isKept = this.#collect(act, number * RANGE_PLACES + i);
        if (isKept || this.areHeld) range.keep(i, act);
      }
    }
  }

  /** All containers, in the order the log first named them. */
  get containers(): readonly string[] {
    return (this.#containers ??= [...(this.areHeld ? this.#held : this.#places).keys()]);
  }

  /** Acts of a container, in log order; none of one that nobody named. */
  actsOf(container: string): readonly Act[] {
    if (this.areHeld) return this.#held.get(container) ?? NO_ACTS;
    const places = this.#places.get(container) ?? NO_ACTS;
    return places.map((place) => this.ranges[Math.floor(place / RANGE_PLACES)]!.act(place % RANGE_PLACES));
  }

  /** Lets go of the acts that were read, but of those `still` at hand; they are read again for others, as other objects. */
  letGo(still: ReadonlySet<Act> = NOTHING): void {
    if (!this.areHeld) for (const range of this.ranges) range.letGo(still);
  }

  /**
   * Acts of these containers and of all those they, or other subjects, were ever packed into, outwards.
   * @param parents - containers that other subjects were packed into.
   */
  around(containers: readonly string[], parents: Iterable<string>): ReadonlyMap<string, readonly Act[]> {
    if (this.areHeld) return this.#held;
    const around = new Map<string, readonly Act[]>();
    for (let level = [...this.#opened(containers), ...parents]; level.length > 0;) {
      const above: string[] = [];
      for (const container of level) {
        if (!isContainer(container) || around.has(container)) continue;
        const acts = this.actsOf(container);
        around.set(container, acts);
        for (const parent of parentsNamed(container, acts)) above.push(parent);
      }
      level = above;
    }
    return around;
  }

  /** These containers, and all that were ever in them, inwards. */
  #opened(containers: readonly string[]): Iterable<string> {
    const opened = new Set<string>();
    for (let level = containers; level.length > 0;) {
      const inside: string[] = [];
      for (const container of level) {
        if (opened.has(container)) continue;
        opened.add(container);
        for (const child of contentsNamed(container, this.actsOf(container)))
          if (isContainer(child)) inside.push(child);
      }
      level = inside;
    }
    return opened;
  }

  /** True if the act is one of those that are held in any case. */
  #collect(act: Act, place: number): boolean {
    let isKept = false;
    if ((act.more?.stock.length ?? 0) > 0) isKept = this.counted.push(act) > 0;
    if (act.step === 'correct' && act.eventId !== undefined) {
      push(this.corrected, act.eventId, act);
      isKept = true;
    }
    if (act.parent !== undefined && isContainer(act.parent)) this.#addTo(act.parent, act, place);
    for (const id of idsOf(act)) {
      if (id === act.parent) continue;
      const kind = subjectKind(id);
      if (kind === 'container') this.#addTo(id, act, place);
      else if (kind === 'code') {
        push(this.codes, id, act);
        isKept = true;
      }
    }
    return isKept;
  }

  #addTo(container: string, act: Act, place: number): void {
    if (this.areHeld) push(this.#held, container, act);
    else push(this.#places, this.#places.has(container) ? container : cutFree(container), place);
  }
}

const NO_ACTS: readonly never[] = Object.freeze([]);
const NOTHING: ReadonlySet<Act> = new Set();

/** Adds to a subject's list, once however often an act names the subject. */
export function push<T>(map: Map<string, T[]>, key: string, one: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [one]);
  else if (list.at(-1) !== one) list.push(one);
}
