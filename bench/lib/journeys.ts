/**
 * Journeys in memory: the acts of honest units and their containers, with the registry they are judged by; no log, no signatures.
 *
 * Reads  world.ts, logged.ts, the package by its name.   Used by  ../judge.ts.
 * Note   times, places and hand-overs are those of statements.ts; labels are not presented, for checking them is a signature's cost.
 * @module
 */
import { actOfEvent, isContainer, subjectKind, type Act } from '../../dist/custody/index.js';
import {
  administer,
  commission,
  observe,
  open,
  pack,
  receive,
  retire,
  ship,
  unpack,
  type EpcisEvent,
} from '../../dist/epcis/index.js';
import { lotId, productId } from '../../dist/gs1/index.js';
import { Registry } from '../../dist/registry/index.js';
import { openStatement } from '../../dist/statement/index.js';
import { logged, STORAGE } from './logged.ts';
import {
  DAY_MS,
  EXPIRY,
  gtinOf,
  HOUR_MS,
  START_MS,
  type Batch,
  type Carton,
  type Party,
  type World,
} from './world.ts';

/** What an audit has collected when it begins to judge. */
export interface Collected {
  readonly registry: Registry;
  readonly units: ReadonlyMap<string, readonly Act[]>;
  readonly containers: ReadonlyMap<string, readonly Act[]>;
  readonly lots: ReadonlyMap<string, string>;
  /** Number of events, and how many units they name, each time counted. */
  readonly events: number;
  readonly named: number;
  readonly asOfMs: number;
}

/**
 * How units travel: each by itself; a batch of 100 at a time, to the end or until each is used by itself; or made by the batch,
 * moved in cartons and used one by one; or under loggers, all the way (logged.ts).
 */
export type Travel = 'singly' | 'together' | 'parted' | 'mixed' | 'logged';

/** All acts of a world whose units travel so. */
export function journeys(world: World, travel: Travel): Collected {
  const collector = new Collector(world, travel === 'logged');
  for (const batch of world.batches) {
    if (travel === 'singly') singly(collector, batch);
    else if (travel === 'logged') measured(collector, batch);
    else if (travel !== 'mixed') together(collector, batch, travel === 'parted');
    else mixed(collector, batch);
  }
  return collector.collected();
}

function singly(collector: Collector, batch: Batch): void {
  for (const carton of batch.cartons) {
    for (const unit of carton.units) {
      delivered(collector, batch, carton, [unit]);
      used(collector, carton, unit);
    }
  }
}

function together(collector: Collector, batch: Batch, isParted: boolean): void {
  const units = batch.cartons.flatMap((carton) => carton.units);
  const carton = batch.cartons[0]!;
  delivered(collector, batch, carton, units);
  const { clinic } = carton;
  collector.add(clinic, observe({ ids: units, time: START_MS + 5 * DAY_MS, place: clinic.place }));
  if (isParted) for (const unit of units) used(collector, carton, unit);
}

function mixed(collector: Collector, batch: Batch): void {
  const { maker, lot, cartons } = batch;
  const units = cartons.flatMap((carton) => carton.units);
  collector.add(maker, commission({ units, time: START_MS, place: maker.place, lot, expiry: EXPIRY }));
  for (const carton of cartons) {
    const { id: container, units: children, clinic } = carton;
    const packedMs = START_MS + HOUR_MS / 2;
    const unpackedMs = START_MS + 4 * DAY_MS;
    collector.add(maker, pack({ container, children, time: packedMs, place: maker.place }));
    moved(collector, carton, [container]);
    collector.add(clinic, unpack({ container, children, time: unpackedMs + HOUR_MS, place: clinic.place }));
    for (const unit of children) used(collector, carton, unit);
  }
}

function measured(collector: Collector, batch: Batch): void {
  const leftMs = logged(collector, batch);
  for (const carton of batch.cartons) for (const unit of carton.units) used(collector, carton, unit, leftMs);
}

function delivered(
  collector: Collector,
  { maker, lot }: Batch,
  carton: Carton,
  units: readonly string[],
): void {
  collector.add(maker, commission({ units, time: START_MS, place: maker.place, lot, expiry: EXPIRY }));
  moved(collector, carton, units);
}

function moved(collector: Collector, carton: Carton, ids: readonly string[]): void {
  const { maker, distributor, clinic } = carton;
  for (const [day, from, to] of [
    [0, maker, distributor],
    [2, distributor, clinic],
  ] as const) {
    const sentMs = START_MS + day * DAY_MS + HOUR_MS;
    const way = { ids, from: from.id, to: to.id };
    collector.add(from, ship({ ...way, time: sentMs, place: from.place, toPlace: to.place }));
    collector.add(to, receive({ ...way, time: sentMs + 2 * DAY_MS - 2 * HOUR_MS, place: to.place }));
  }
}

function used(
  collector: Collector,
  { clinic }: Carton,
  unit: string,
  time: number = START_MS + 6 * DAY_MS,
): void {
  const base = { ids: [unit], place: clinic.place };
  collector.add(clinic, observe({ ...base, time }));
  collector.add(clinic, open({ ...base, time: time + HOUR_MS }));
  const actId = `treatment-${String(collector.events).padStart(12, '0')}`;
  collector.add(clinic, administer({ ...base, time: time + 2 * HOUR_MS, actId }));
  collector.add(clinic, retire({ ...base, time: time + 3 * HOUR_MS }));
}

/** Acts as they would be collected from a log. */
export class Collector {
  readonly #registry = new Registry();
  readonly #units = new Map<string, Act[]>();
  readonly #containers = new Map<string, Act[]>();
  readonly #lots = new Map<string, string>();
  readonly #kids = new Map<Party, string>();
  events = 0;
  #named = 0;
  #asOfMs = START_MS;

  constructor(world: World, isStored: boolean) {
    const storage = isStored ? world.makers.map((maker, side) => storageOf(world, maker, side)) : [];
    for (const [entry, bytes] of [world.genesis(), ...world.registry(), ...storage].entries()) {
      this.#registry.apply(entry, START_MS, openStatement(bytes).statement);
    }
    for (const [side, maker] of world.makers.entries()) {
      for (const batch of world.batches) {
        if (batch.maker !== maker) continue;
        const lot = lotId(gtinOf(side), batch.lot);
        for (const { units } of batch.cartons) for (const unit of units) this.#lots.set(unit, lot);
      }
    }
  }

  /** Records an event an hour after it happened. */
  add(party: Party, event: EpcisEvent): void {
    const entry = this.#registry.size + this.events++;
    const recordTimeMs = Date.parse(event.eventTime) + HOUR_MS;
    this.#asOfMs = Math.max(this.#asOfMs, recordTimeMs);
    let kid = this.#kids.get(party);
    if (kid === undefined) {
      kid = this.#registry.keysOf(party.id)[0]!.kid;
      this.#kids.set(party, kid);
    }
    const source = { entry, recordTimeMs, issuer: party.id, kid };
    const act = actOfEvent(event, { entry, event: 0 }, source);
    if (act.parent !== undefined) push(this.#containers, act.parent, act);
    for (const id of act.ids) {
      if (isContainer(id)) push(this.#containers, id, act);
      else if (subjectKind(id) === 'unit') {
        push(this.#units, id, act);
        this.#named++;
      }
    }
  }

  collected(): Collected {
    return {
      registry: this.#registry,
      units: this.#units,
      containers: this.#containers,
      lots: this.#lots,
      events: this.events,
      named: this.#named,
      asOfMs: this.#asOfMs,
    };
  }
}

/** A maker's statement of what its product bears. */
function storageOf(world: World, maker: Party, side: number): Uint8Array {
  const id = productId(gtinOf(side));
  return world.sign(maker, 'product', { id, name: `Product of ${maker.name}`, storage: STORAGE });
}

/** Adds an act to those of a subject. */
export function push(map: Map<string, Act[]>, key: string, act: Act): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [act]);
  else list.push(act);
}
