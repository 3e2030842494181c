// Browser-safe.
/**
 * What is remembered of the cold in one world: containers' logs, reports, and journeys that many units share.
 *
 * Reads  cold-readings.ts, cold-batches.ts.   Used by  cold-chain.ts, cold-sensors.ts.
 * Rule   an answer depends on nothing but the world and what is asked: who forgets everything gets the same answers, later.
 * Cost   each container's readings are gathered once for a world, however many units it holds.
 * @module
 */
import { cutFree } from '../bytes/index.ts';
import { sortFew } from '../custody/sorting.ts';
import { isCredible, type Act, type Reading, type Span, type World } from '../custody/index.ts';
import { addWithin, batchOf, batchOfAct, type Batch, type SharedBatch } from './cold-batches.ts';
import type { Journey } from './cold-exposure.ts';
import {
  changesOfHands,
  DEVICE_CALIBRATION,
  deviceTrust,
  insidesOf,
  ownBatches,
  weighed,
  type Border,
  type DeviceTrust,
  type Inside,
} from './cold-readings.ts';

/** What a subject's readings, and those of the containers around it, say. */
export class ColdLog {
  readonly batches: readonly Batch[];
  /** True if an event that counts names this very subject. */
  readonly hasOwn: boolean;
  readonly insides: readonly Inside[];
  readonly #bordersOf: () => readonly Border[];
  #borders: readonly Border[] | undefined;

  /** @param bordersOf - makes the borders when they are asked for: most goods are quiet without. */
  constructor(
    batches: readonly Batch[],
    hasOwn: boolean,
    insides: readonly Inside[],
    bordersOf: () => readonly Border[],
  ) {
    this.batches = batches;
    this.hasOwn = hasOwn;
    this.insides = insides;
    this.#bordersOf = bordersOf;
  }

  /**
   * Changes of hands of the subject and of the containers around it while it was inside, and its moves: of a container in time
   * order; of a unit only those around it, in no order.
   */
  get borders(): readonly Border[] {
    return (this.#borders ??= this.#bordersOf());
  }

  /** The same with other readings. */
  with(batches: readonly Batch[]): ColdLog {
    return new ColdLog(batches, this.hasOwn, this.insides, () => this.borders);
  }
}

/** One container by itself. */
interface Parts {
  readonly own: readonly Batch[];
  readonly insides: readonly Inside[];
  readonly borders: readonly Border[];
}

/** Most of what containers share that is remembered at once: units ask for it that are judged much later. */
const MADE_MAX = 10_000;
/** Most journeys of units remembered at once: units that share one are judged near each other, and what outlives that is only kept. */
const NEAR_MAX = 256;

/** Most different journeys remembered that end with one report. */
const SHARED_MAX = 16;

/** When something was in a container. */
type Stayed = Pick<Inside, 'fromMs' | 'toMs' | 'sureUntilMs'>;

/** What a container says of such a time; of no particular unit. */
interface Within extends Stayed {
  readonly batches: readonly Batch[];
}

/** A journey of units, with all it depends on. */
interface Shared {
  readonly storage: string;
  readonly own: readonly Batch[];
  readonly insides: readonly Inside[];
  readonly journey: Journey;
}

function isEach<T>(a: readonly T[], b: readonly T[], isEqual: (a: T, b: T) => boolean): boolean {
  return a.length === b.length && a.every((one, i) => isEqual(one, b[i]!));
}

function isIt(a: Batch, b: Batch): boolean {
  return a === b;
}

function isSameStay(a: Inside, b: Inside): boolean {
  return a.container === b.container && isSameTime(a, b);
}

function isSameTime(a: Stayed, b: Stayed): boolean {
  return a.fromMs === b.fromMs && a.toMs === b.toMs && a.sureUntilMs === b.sureUntilMs;
}

/** What is remembered of one world. */
export class ColdMemory {
  readonly world: World;
  readonly #parts = new Map<string, Parts>();
  readonly #logs = new Map<string, ColdLog>();
  readonly #within = new Map<string, Within[]>();
  readonly #containerJourneys = new Map<string, Map<string, Journey>>();
  readonly #unitJourneys = new Map<Batch | ColdLog, Shared[]>();
  readonly #devices = new Map<string, boolean>();
  readonly #trusts = new Map<Act, readonly DeviceTrust[]>();
  /** What holders report of units, on more than their own word and on no more. */
  readonly #held: Readonly<Record<'sure' | 'bounded', Map<Act, SharedBatch>>> = {
    sure: new Map(),
    bounded: new Map(),
  };

  constructor(world: World) {
    this.world = world;
  }

  /** Forgets what it remembers of units' events; of containers it forgets nothing. */
  forgetUnits(): void {
    this.#unitJourneys.clear();
    this.#trusts.clear();
    this.#held.sure.clear();
    this.#held.bounded.clear();
  }

  /** True if the log knows of a calibration of the device. */
  knows(device: string | undefined): boolean {
    if (device === undefined) return false;
    let isKnown = this.#devices.get(device);
    if (isKnown === undefined) {
      isKnown = this.world.registry.licencesOf(device, DEVICE_CALIBRATION).length > 0;
      this.#devices.set(device, isKnown);
    }
    return isKnown;
  }

  /** Whether the device of each reading of an event may be believed; empty if that of every one. */
  trusts(act: Act): readonly DeviceTrust[] {
    const { registry } = this.world;
    const policy = registry.policyAt(act.ref.entry);
    if (!policy.devicesRegistered && !registry.knowsLicenceType(DEVICE_CALIBRATION)) return ALL_FINE;
    let trusts = this.#trusts.get(act);
    if (trusts === undefined) {
      const { readings } = act.more!;
      const isAsked = policy.devicesRegistered || this.#knowsAny(readings);
      trusts = isAsked ? readings.map((reading) => deviceTrust(registry, policy, reading)) : ALL_FINE;
      if (isAsked && trusts.every((trust) => trust === 'fine')) trusts = ALL_FINE;
      remember(this.#trusts, act, trusts);
    }
    return trusts;
  }

  #knowsAny(readings: readonly Reading[]): boolean {
    let asked: string | undefined;
    for (const { device } of readings) {
      if (device === asked) continue;
      if (this.knows(device)) return true;
      asked = device;
    }
    return false;
  }

  /** What the holder of goods reports of them; of units, the same for all that the event names. */
  heldBatch(act: Act, bearer: string | undefined, standing: 'sure' | 'bounded'): Batch {
    if (this.trusts(act) !== ALL_FINE) return batchOf(weighed(this, act, bearer, () => standing));
    const known = this.#held[standing];
    let batch = known.get(act);
    if (batch === undefined) {
      const credible = isCredible(act, this.world.registry.policyAt(act.ref.entry));
      batch = batchOfAct(act, { isSure: credible && standing === 'sure', clears: credible });
      remember(known, act, batch);
    }
    return bearer === undefined ? batch : batch.of(bearer);
  }

  /** The log of a container, through everything around it. */
  log(container: string): ColdLog {
    let log = this.#logs.get(container);
    if (log === undefined) {
      const { own, insides, borders } = this.#partsOf(container);
      log = this.#climb(own, insides, borders, [container]);
      this.#logs.set(cutFree(container), log);
    }
    return log;
  }

  /**
   * The journey of a container, made once.
   * @param storage - names the storage range.
   */
  containerJourney(container: string, storage: string, make: () => Journey): Journey {
    let journeys = this.#containerJourneys.get(storage);
    if (journeys === undefined) remember(this.#containerJourneys, storage, (journeys = new Map()));
    let journey = journeys.get(container);
    if (journey === undefined) remember(journeys, cutFree(container), (journey = make()));
    return journey;
  }

  /**
   * The journey of a unit with these readings and ways, made once for all units that have the same; found by the last report.
   * @param storage - names the storage range.
   */
  unitJourney(
    storage: string,
    own: readonly Batch[],
    insides: readonly Inside[],
    make: () => Journey,
  ): Journey {
    const last = own.at(-1) ?? this.log(insides[0]!.container);
    let shared = this.#unitJourneys.get(last);
    if (shared === undefined) remember(this.#unitJourneys, last, (shared = []), NEAR_MAX);
    for (const one of shared) {
      const isEqual =
        one.storage === storage && isEach(one.own, own, isIt) && isEach(one.insides, insides, isSameStay);
      if (isEqual) return one.journey;
    }
    const journey = make();
    if (shared.length >= SHARED_MAX) shared.shift();
    shared.push({ storage, own, insides, journey });
    return journey;
  }

  /** The log of a unit with these readings of its own. */
  unitLog(own: readonly Batch[], insides: readonly Inside[]): ColdLog {
    const batches = [...own];
    for (const inside of insides) for (const batch of this.within(inside)) batches.push(batch);
    return new ColdLog(batches, own.length > 0, insides, () =>
      bordersAround(
        insides,
        NO_BORDERS,
        insides.map((inside) => ({ inside, log: this.log(inside.container) })),
      ),
    );
  }

  /** What the container around a unit says of the time inside; units that came and left together share it. */
  within(inside: Inside): readonly Batch[] {
    const { container } = inside;
    let known = this.#within.get(container);
    if (known === undefined) remember(this.#within, cutFree(container), (known = []));
    for (const one of known) if (isSameTime(one, inside)) return one.batches;
    const batches: Batch[] = [];
    for (const batch of this.log(container).batches) addWithin(batches, batch, inside);
    if (known.length >= SHARED_MAX) known.shift();
    const { fromMs, toMs, sureUntilMs } = inside;
    known.push({ fromMs, toMs, sureUntilMs, batches });
    return batches;
  }

  /** Outwards from `path`, its last container first; a circle of containers ends where it closes, so each sees the same world. */
  #climb(
    own: readonly Batch[],
    insides: readonly Inside[],
    borders: readonly Border[],
    path: readonly string[],
  ): ColdLog {
    const depthMax = this.world.registry.policyAt(Infinity).containerDepthMax;
    const around: Around[] = [];
    for (const inside of insides) {
      if (path.includes(inside.container) || path.length > depthMax) continue;
      const outer = this.#partsOf(inside.container);
      // What was never inside another says the same to all it holds.
      if (outer.insides.length === 0) around.push({ inside, log: this.log(inside.container) });
      else {
        const further = outer.insides.flatMap((next) => clipped(next, inside));
        const log = this.#climb(outer.own, further, outer.borders, [...path, inside.container]);
        around.push({ inside, log });
      }
    }
    return joined(own, insides, borders, around);
  }

  #partsOf(container: string): Parts {
    let parts = this.#parts.get(container);
    if (parts === undefined) {
      const timeline = this.world.container(container);
      parts = {
        own: ownBatches(this, container, timeline),
        insides: insidesOf(this.world, timeline),
        borders: changesOfHands(timeline.strides),
      };
      this.#parts.set(cutFree(container), parts);
    }
    return parts;
  }
}

const ALL_FINE: readonly DeviceTrust[] = Object.freeze([]);

/** Remembers something for as long as there is room. */
function remember<K, V>(known: Map<K, V>, key: K, value: V, most = MADE_MAX): void {
  if (known.size >= most) known.clear();
  known.set(key, value);
}

const memories = new WeakMap<World, ColdMemory>();

/** The memory of a world: it lives as long as the world does. */
export function coldMemory(world: World): ColdMemory {
  let memory = memories.get(world);
  if (memory === undefined) {
    memory = new ColdMemory(world);
    memories.set(world, memory);
  }
  return memory;
}

/** Order of borders. */
export function byTime(a: Border, b: Border): number {
  return a.timeMs - b.timeMs;
}

function movesOf(insides: readonly Inside[]): readonly Border[] {
  return insides.flatMap(({ fromMs, toMs }) => [
    { timeMs: fromMs, kind: 'move' as const },
    { timeMs: toMs, kind: 'move' as const },
  ]);
}

/** The part of a stay that lies within another; stays in one container never overlap, so the parts of all are no more than events. */
function clipped(next: Inside, within: Span): readonly Inside[] {
  const fromMs = Math.max(next.fromMs, within.fromMs);
  const toMs = Math.min(next.toMs, within.toMs);
  return toMs <= fromMs ? [] : [{ ...next, fromMs, toMs, sureUntilMs: Math.min(next.sureUntilMs, toMs) }];
}

/** A time inside a container, with what was said of it. */
interface Around {
  readonly inside: Inside;
  readonly log: ColdLog;
}

/** A subject's own log, with what those of the containers around it say of the time inside. */
function joined(
  own: readonly Batch[],
  insides: readonly Inside[],
  borders: readonly Border[],
  around: readonly Around[],
): ColdLog {
  if (around.length === 0 && insides.length === 0)
    return new ColdLog(own, own.length > 0, insides, () => sortFew([...borders], byTime));
  const batches = [...own];
  for (const { inside, log } of around) {
    for (const batch of log.batches) addWithin(batches, batch, inside);
  }
  return new ColdLog(batches, own.length > 0, insides, () =>
    sortFew(bordersAround(insides, borders, around), byTime),
  );
}

const NO_BORDERS: readonly Border[] = Object.freeze([]);

/** A subject's own borders, its moves, and those of the containers around it while it was inside; in no order. */
function bordersAround(
  insides: readonly Inside[],
  borders: readonly Border[],
  around: readonly Around[],
): Border[] {
  const all = [...borders, ...movesOf(insides)];
  for (const { inside, log } of around) {
    for (const border of log.borders) {
      if (border.timeMs >= inside.fromMs && border.timeMs <= inside.toMs) all.push(border);
    }
  }
  return all;
}
