// Browser-safe.
/**
 * The world of one log prefix: every subject's timeline, containers resolved before the units they hold.
 *
 * Reads  units.ts, containers.ts.   Used by  judgement/, ledger/ (subjects at hand), audit/ (a partition of all subjects).
 * Rule   containers are folded side by side in one order of event time, so a circle of containers cannot ask for itself;
 *        a chain of containers deeper than policy allows leads nowhere.
 * Never  reads a store: `actsOf` answers from memory, for every subject and all its containers.
 * @module
 */
import { argumentTypeError } from '../errors.ts';
import { assertRegistry } from '../registry/index.ts';
import { assertFunction, assertInteger, assertText, cutFree, TIME_MAX_MS } from '../bytes/index.ts';
import { lotId } from '../gs1/index.ts';
import type { Registry } from '../registry/index.ts';
import { idsOf, orderOf, type Act, assertAct, assertActs } from './act.ts';
import { ContainerFold, lastCustody, type ContainerTimeline, type Stay } from './containers.ts';
import { joinMarks, NO_MARKS, type Marks } from './marks.ts';
import { isContainer } from './nesting.ts';
import {
  sortedActs,
  type Broken,
  type Emptying,
  type Stride,
  type Timeline,
  type TimelineWorld,
} from './timeline.ts';
import { heldBy, type Custody } from './transitions.ts';
import { Trunk } from './trunk.ts';
import { identityOf, isAdmittedCommissioning, nobody, timelineOf } from './units.ts';
import {
  claimsAmong,
  CORRECTED,
  MARKING,
  remainingOf,
  signsOf,
  untouched,
  type Remaining,
} from './withdrawals.ts';

/** Where the events of a unit come from; an empty array for a unit nobody named. */
export type ActSource = (unit: string) => readonly Act[];

/** Timelines of one prefix. */
export class World implements TimelineWorld {
  readonly registry: Registry;
  readonly asOfMs: number;
  readonly #actsOf: ActSource;
  readonly #lotOf: (unit: string) => string | undefined;
  readonly #containers = new Map<string, ContainerFold>();
  #trunk = new Trunk();
  #isMarked = false;
  readonly #timelines = new Map<string, ContainerTimeline>();
  readonly #contents = new Map<string, Contents>();

  /**
   * @param containers - every event of every container concerned, and of all containers those were ever packed into.
   * @param actsOf - events of a unit.
   * @param lotOf - lot id of a commissioned unit; by default asked of `actsOf`. An audit that holds only a part of the
   *                units gives its own index.
   * @param asOfMs - greatest record time of the prefix: what deadlines are judged against. By default none has passed.
   */
  constructor(
    registry: Registry,
    containers: ReadonlyMap<string, readonly Act[]>,
    actsOf: ActSource,
    lotOf?: (unit: string) => string | undefined,
    asOfMs = 0,
  ) {
    assertRegistry(registry);
    if (!(containers instanceof Map)) throw argumentTypeError('containers', 'a Map', containers);
    for (const acts of containers.values()) assertActs(acts as readonly Act[]);
    assertFunction('actsOf', actsOf);
    if (lotOf !== undefined) assertFunction('lotOf', lotOf);
    assertInteger('asOfMs', asOfMs, 0, TIME_MAX_MS);
    this.registry = registry;
    this.asOfMs = asOfMs;
    this.#actsOf = actsOf;
    this.#lotOf = lotOf ?? ((unit) => lotOfUnit(registry, unit, actsOf(unit)));
    this.#foldContainers(containers);
  }

  /** Events of a unit, as they were given. */
  acts(unit: string): readonly Act[] {
    return this.#actsOf(assertText('unit', unit));
  }

  /** The unit's completed timeline; `extra` is one more event after the prefix, such as the scan in hand. */
  unit(unit: string, extra?: Act): Timeline {
    if (extra !== undefined) assertAct(extra);
    const acts = this.#actsOf(assertText('unit', unit));
    return extra === undefined
      ? timelineOf(unit, acts, this, this.#trunk)
      : timelineOf(unit, [...acts, extra], this);
  }

  /** Lets go of the events of the units folded last; timelines stay the same. */
  forgetUnits(): void {
    this.#trunk = new Trunk();
  }

  /** True if any event at hand names the unit. */
  isNamed(unit: string): boolean {
    return this.#actsOf(unit).length > 0;
  }

  /** The container's completed timeline; empty for a container nobody named. */
  container(container: string): ContainerTimeline {
    const known = this.#timelines.get(container);
    if (known !== undefined) return known;
    const fold = this.#containers.get(container) ?? new ContainerFold(container, this);
    const timeline = fold.timeline;
    this.#timelines.set(cutFree(container), timeline);
    return timeline;
  }

  containerCustody(container: string, timeMs: number, until?: Act): Custody | undefined {
    if (until !== undefined) assertAct(until);
    const depthMax = this.registry.policyAt(Infinity).containerDepthMax;
    let claims = NO_CLAIMS;
    let id = container;
    for (let depth = 0; depth <= depthMax; depth++) {
      const strides = this.#containers.get(id)?.strides ?? NO_STRIDES;
      const custody = lastCustody(strides, timeMs, until);
      if (custody === undefined || custody.at !== 'inside') return withClaims(custody, claims);
      if (custody.claimed !== undefined) claims = new Set([...claims, custody.claimed]);
      const emptied = this.containerEmptied(custody.container, lastPackedMs(strides, timeMs), timeMs);
      if (emptied !== undefined) {
        const { actor, alone } = emptied;
        return withClaims(heldBy(actor, alone), claims);
      }
      id = custody.container;
    }
    return undefined;
  }

  containerWasWith(container: string, party: string, fromMs: number, toMs: number): boolean {
    const strides = this.#containers.get(container)?.strides ?? [];
    return strides.some(
      ({ act, after, line }) =>
        line === 'main' &&
        act.timeMs >= fromMs &&
        act.timeMs <= toMs &&
        ((after.custody.at === 'held' && after.custody.by === party) || act.actor === party),
    );
  }

  containerEmptied(container: string, sinceMs: number, untilMs: number): Emptying | undefined {
    const emptied = this.#containers.get(container)?.emptied;
    if (emptied === undefined || emptied.length === 0) return undefined;
    return emptied.find(({ timeMs }) => timeMs > sinceMs && timeMs <= untilMs);
  }

  /** Lot ids of everything inside the container at a time, through all inner containers; sorted. */
  lotsInside(container: string, timeMs: number): readonly string[] {
    const lots: string[] = [];
    let seen: Set<string> | undefined;
    const depthMax = this.registry.policyAt(Infinity).containerDepthMax;
    let level: readonly string[] = [container];
    for (let depth = 0; depth <= depthMax && level.length > 0; depth++) {
      const inner: string[] = [];
      for (const id of level) {
        const { boxes, goods } = this.#contentsOf(id);
        for (const { lot, fromMs, toMs } of goods) {
          if (fromMs <= timeMs && toMs > timeMs && lots[lots.length - 1] !== lot) lots.push(lot);
        }
        for (const { child, fromMs, toMs } of boxes) {
          if (fromMs > timeMs || toMs <= timeMs || child === container || seen?.has(child) === true) continue;
          (seen ??= new Set()).add(child);
          inner.push(child);
        }
      }
      level = inner;
    }
    return lots.length < 2 ? lots : [...new Set(lots)].sort();
  }

  /** What was ever in a container itself: the times of its units lot by lot, many of which came and left together, and inner containers. */
  #contentsOf(container: string): Contents {
    let contents = this.#contents.get(container);
    if (contents === undefined) {
      const boxes: Stay[] = [];
      const goods: LotStay[] = [];
      for (const stay of this.container(container).stays) {
        if (isContainer(stay.child)) boxes.push(stay);
        else addLot(goods, this.#lotOf(stay.child), stay);
      }
      this.#contents.set(cutFree(container), (contents = { boxes, goods }));
    }
    return contents;
  }

  marksAt(container: string, timeMs: number): Marks {
    if (!this.#isMarked) return NO_MARKS;
    let marks = NO_MARKS;
    let id: string | undefined = container;
    const depthMax = this.registry.policyAt(Infinity).containerDepthMax;
    for (let depth = 0; id !== undefined && depth <= depthMax; depth++) {
      const fold = this.#containers.get(id);
      marks = joinMarks(marks, fold?.marksAt(timeMs) ?? NO_MARKS);
      const custody: Custody | undefined = lastCustody(fold?.strides ?? NO_STRIDES, timeMs);
      id = custody?.at === 'inside' ? custody.container : undefined;
    }
    return marks;
  }

  /**
   * Folds all containers side by side. What claims, after a loss was declared, to have happened before it is refused without
   * corroboration; if the declaration turns out to be none of its declarer's business, all is folded again without that refusal.
   */
  #foldContainers(containers: ReadonlyMap<string, readonly Act[]>): void {
    const named = new Map<string, Remaining>();
    const claims = new Map<string, ReadonlyMap<Act, readonly Act[]>>();
    const policyAt = (entry: number) => this.registry.policyAt(entry);
    for (const [container, acts] of containers) {
      const sorted = sortedActs(acts);
      const signs = signsOf(sorted);
      const remaining = (signs & CORRECTED) === 0 ? untouched(sorted) : remainingOf(sorted, policyAt);
      named.set(container, remaining);
      if ((signs & MARKING) === 0) continue;
      const found = claimsAmong(remaining.acts);
      if (found.size > 0) claims.set(container, found);
    }
    for (;;) {
      this.#foldSideBySide(named, claims);
      let unfounded = 0;
      for (const [container, found] of claims) {
        const entitled = new Set(
          this.#containers
            .get(container)!
            .strides.filter(({ line, broken }) => line === 'main' && broken === undefined)
            .map(({ act }) => act),
        );
        const standing = new Map(
          [...found].filter(([, declared]) => declared.some((act) => entitled.has(act))),
        );
        unfounded += found.size - standing.size;
        claims.set(container, standing);
      }
      if (unfounded === 0) return;
    }
  }

  #foldSideBySide(
    named: ReadonlyMap<string, Remaining>,
    claims: ReadonlyMap<string, ReadonlyMap<Act, readonly Act[]>>,
  ): void {
    const toleranceMs = this.registry.policyAt(Infinity).orderToleranceMs;
    const all = new Set<Act>();
    this.#isMarked = false;
    for (const [container, { acts, withdrawn }] of named) {
      const found = claims.get(container);
      const refused =
        found === undefined || found.size === 0
          ? nobody
          : (act: Act): Broken | undefined => (found.has(act) ? 'after-declaration' : undefined);
      this.#containers.set(
        container,
        new ContainerFold(container, this, { acts, toleranceMs, refused, withdrawn }),
      );
      for (const act of acts) all.add(act);
    }
    const add = (container: string, act: Act): void => {
      const fold = this.#containers.get(container);
      fold?.add(act);
      this.#isMarked ||= fold?.isMarked === true;
    };
    const sorted = [...all].sort(orderOf);
    for (let i = 0; i < sorted.length; i++) {
      const act = sorted[i]!;
      if (isReadAgain(act, sorted[i + 1])) continue;
      if (act.parent !== undefined) add(act.parent, act);
      for (const id of idsOf(act)) {
        if (isContainer(id) && id !== act.parent) add(id, act);
      }
    }
  }
}

const NO_STRIDES: readonly Stride[] = Object.freeze([]);
const NO_CLAIMS: ReadonlySet<string> = new Set();

/** True of an act that stands in the log where the next one does: one event, however often it was read. */
function isReadAgain({ ref }: Act, next: Act | undefined): boolean {
  return next !== undefined && next.ref.entry === ref.entry && next.ref.event === ref.event;
}

/** What only its holder's word put into a container is no more than that, however well the container itself is known. */
function withClaims(custody: Custody | undefined, claims: ReadonlySet<string>): Custody | undefined {
  if (claims.size === 0 || (custody?.at !== 'held' && custody?.at !== 'transit')) return custody;
  const party = custody.at === 'held' ? custody.by : custody.from;
  return claims.has(party) ? { ...custody, claimed: party } : custody;
}

/** Lot id of a unit by its first recorded commissioning that was admitted then: the same as in the unit index (subjects.ts). */
export function lotOfUnit(registry: Registry, unit: string, acts: readonly Act[]): string | undefined {
  assertRegistry(registry);
  assertActs(acts);
  let first: Act | undefined;
  let lot: string | undefined;
  for (const act of acts) {
    if (act.step !== 'commission' || act.lot === undefined) continue;
    const { product, gtin } = identityOf(registry, unit, act.ref.entry);
    if (gtin === undefined || !isAdmittedCommissioning(registry, act, product, act.ref.entry)) continue;
    if (first !== undefined && !isRecordedBefore(act, first)) continue;
    first = act;
    lot = lotId(gtin, act.lot);
  }
  return lot;
}

function isRecordedBefore(a: Act, b: Act): boolean {
  return a.ref.entry !== b.ref.entry ? a.ref.entry < b.ref.entry : a.ref.event < b.ref.event;
}

/** A time some units of a lot were in a container. */
interface LotStay extends Omit<Stay, 'child'> {
  readonly lot: string;
}

interface Contents {
  readonly boxes: readonly Stay[];
  readonly goods: readonly LotStay[];
}

/** Adds the stay of a unit of a lot, unless the one before came and left with it. */
function addLot(goods: LotStay[], lot: string | undefined, { fromMs, toMs }: Stay): void {
  if (lot === undefined) return;
  const last = goods.at(-1);
  if (last?.lot !== lot || last.fromMs !== fromMs || last.toMs !== toMs) goods.push({ lot, fromMs, toMs });
}

function lastPackedMs(strides: readonly Stride[], timeMs: number): number {
  let sinceMs = 0;
  for (const { act, after, line } of strides) {
    if (act.timeMs > timeMs) break;
    if (line === 'main' && after.custody.at === 'inside') sinceMs = act.timeMs;
  }
  return sinceMs;
}
