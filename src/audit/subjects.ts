// Browser-safe.
/**
 * Events by subject: the part of the log one judging pass holds in memory.
 *
 * Reads  custody/.   Used by  audit.ts.
 * Method containers, codes and lots are held whole; units in partitions by a hash of their id. When a partition would hold
 *        too many mentions, the number of partitions doubles and what no longer belongs is dropped.
 * Never  lets the number of partitions, or which worker has which, influence a finding.
 * @module
 */
import {
  affectsUnits,
  isContainer,
  subjectKind,
  UNKNOWN_UNIT,
  unitChanges,
  World,
  type Act,
  type UnitRecord,
} from '../custody/index.ts';
import {
  commissionsLot,
  isLotComplete,
  Judge,
  overIssue,
  type Finding,
  type LotMovement,
} from '../judgement/index.ts';
import type { Registry } from '../registry/index.ts';

/** A lot's fold so far. */
interface LotFold {
  readonly movements: LotMovement[];
  /** Sum of the movements. */
  units: number;
  readonly commissionings: Act[];
}

/** Everything of a log that is not a unit's own, and one partition of the units. */
export class SubjectCollector {
  readonly #registry: Registry;
  readonly #mentionsMax: number;
  readonly #containers = new Map<string, Act[]>();
  readonly #codes = new Map<string, Act[]>();
  readonly #lots = new Map<string, LotFold>();
  readonly #index = new UnitIndex();
  #units = new Map<string, Act[]>();
  #events = new Map<string, Act | Act[]>();
  /** Greatest record time so far. */
  #asOfMs = 0;
  #mentions = 0;
  #partition = 0;
  #partitions = 1;
  readonly #judges = new Map<Registry, Judge>();

  constructor(registry: Registry, mentionsMax: number) {
    this.#registry = registry;
    this.#mentionsMax = mentionsMax;
  }

  /** Number of passes over the log that judging all units takes; the first is the pass that collected. */
  get partitions(): number {
    return this.#partitions;
  }
  get containerCount(): number {
    return this.#containers.size;
  }
  /** Units held in this partition. */
  get unitCount(): number {
    return this.#units.size;
  }

  /** True for a lot whose every unit is registered. */
  isComplete(lot: string): boolean {
    return isLotComplete(this.#registry, lot, this.#lots.get(lot)?.units ?? 0);
  }

  /** First pass: takes an entry's acts; returns the lots it added units to, as the derived index has them. */
  collect(entry: number, acts: readonly Act[], recordTimeMs: number): ReadonlyMap<string, number> {
    if (recordTimeMs > this.#asOfMs) this.#asOfMs = recordTimeMs;
    for (const act of acts) {
      this.#collectShared(act);
      this.#collectUnits(act);
    }
    if (!acts.some(affectsUnits)) return NO_LOTS;
    const { units, lots } = unitChanges(this.#registry, acts, (unit) => this.#index.get(unit));
    for (const [unit, record] of units) this.#index.set(unit, record);
    for (const [lot, change] of lots) this.#addToLot(lot, entry, change, acts);
    return lots;
  }

  /** Further passes: forgets the units held and takes the next partition, entry by entry. */
  nextPartition(partition: number): void {
    this.#partition = partition;
    this.#units = new Map();
    this.#events = new Map();
  }

  /** Takes an entry's acts in a further pass. */
  collectAgain(acts: readonly Act[]): void {
    for (const act of acts) this.#collectUnits(act);
  }

  /** Findings about each container, code and lot; by another registry of the same log, if one is given. */
  *judgeShared(registry = this.#registry): Iterable<readonly Finding[]> {
    const judge = this.#judgeBy(registry);
    for (const container of this.#containers.keys()) yield judge.container(container);
    for (const [code, acts] of this.#codes) yield judge.code(code, acts);
    for (const [lot, { movements, commissionings }] of this.#lots) {
      yield overIssue(registry, lot, movements, commissionings);
    }
  }

  /** Findings about each unit of the partition held. */
  *judgeUnits(registry = this.#registry): Iterable<readonly Finding[]> {
    const judge = this.#judgeBy(registry);
    for (const unit of this.#units.keys()) yield judge.unit(unit);
  }

  /** Findings about eventIDs of the partition held: used for two things, or corrected. */
  *judgeEvents(registry = this.#registry): Iterable<readonly Finding[]> {
    const judge = this.#judgeBy(registry);
    for (const acts of this.#events.values()) {
      if (Array.isArray(acts) || acts.more !== undefined) yield judge.event([acts].flat());
    }
  }

  #judgeBy(registry: Registry): Judge {
    const known = this.#judges.get(registry);
    if (known !== undefined) return known;
    const judge = new Judge(
      new World(
        registry,
        this.#containers,
        (unit) => this.#units.get(unit) ?? [],
        (unit) => this.#index.get(unit).lot,
        this.#asOfMs,
      ),
    );
    this.#judges.set(registry, judge);
    return judge;
  }

  #collectShared(act: Act): void {
    if (act.parent !== undefined && isContainer(act.parent)) push(this.#containers, act.parent, act);
    for (const id of act.ids) {
      if (id === act.parent) continue;
      const kind = subjectKind(id);
      if (kind === 'container') push(this.#containers, id, act);
      else if (kind === 'code') push(this.#codes, id, act);
    }
  }

  #collectUnits(act: Act): void {
    for (const id of act.ids) {
      if (subjectKind(id) !== 'unit' || partitionOf(id, this.#partitions) !== this.#partition) continue;
      push(this.#units, id, act);
      this.#mentions++;
    }
    const { eventId } = act;
    if (eventId !== undefined && partitionOf(eventId, this.#partitions) === this.#partition) {
      const known = this.#events.get(eventId);
      if (Array.isArray(known)) known.push(act);
      else this.#events.set(eventId, known === undefined ? act : [known, act]);
      this.#mentions++;
    }
    if (this.#partition === 0 && this.#mentions > this.#mentionsMax) this.#split();
  }

  /** One unit cannot be split, and every pass reads the whole log: nobody may make it many by choosing serial numbers. */
  #split(): void {
    if (this.#units.size < 2 || this.#partitions >= PARTITIONS_MAX) return;
    this.#partitions *= 2;
    this.#mentions = 0;
    for (const [unit, acts] of this.#units) {
      if (partitionOf(unit, this.#partitions) === 0) this.#mentions += acts.length;
      else this.#units.delete(unit);
    }
    for (const [eventId, acts] of this.#events) {
      if (partitionOf(eventId, this.#partitions) === 0)
        this.#mentions += Array.isArray(acts) ? acts.length : 1;
      else this.#events.delete(eventId);
    }
  }

  #addToLot(lot: string, entry: number, change: number, acts: readonly Act[]): void {
    let fold = this.#lots.get(lot);
    if (fold === undefined) this.#lots.set(lot, (fold = { movements: [], units: 0, commissionings: [] }));
    fold.movements.push({ entry, units: change });
    fold.units += change;
    for (const act of acts) {
      if (commissionsLot(act, lot)) fold.commissionings.push({ ...act, ids: [] });
    }
  }
}

/** Most passes over the log. */
const PARTITIONS_MAX = 1024;
const NO_LOTS: ReadonlyMap<string, number> = new Map();

/** Which of `count` partitions a unit belongs to: FNV-1a of its id. */
function partitionOf(unit: string, count: number): number {
  if (count === 1) return 0;
  let hash = 0x811c9dc5;
  for (let i = 0; i < unit.length; i++) hash = Math.imul(hash ^ unit.charCodeAt(i), 0x01000193);
  return (hash >>> 8) % count;
}

/** Lot and movement of every commissioned unit, in two small numbers each. */
class UnitIndex {
  readonly #lots: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #records = new Map<string, number>();

  get(unit: string): UnitRecord {
    const packed = this.#records.get(unit);
    if (packed === undefined) return UNKNOWN_UNIT;
    return { lot: this.#lots[packed >>> 1]!, moved: (packed & 1) === 1 };
  }

  set(unit: string, { lot, moved }: UnitRecord): void {
    if (lot === undefined) return;
    let number = this.#numbers.get(lot);
    if (number === undefined) {
      number = this.#lots.push(lot) - 1;
      this.#numbers.set(lot, number);
    }
    this.#records.set(unit, number * 2 + (moved ? 1 : 0));
  }
}

function push(map: Map<string, Act[]>, key: string, act: Act): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [act]);
  else if (list.at(-1) !== act) list.push(act);
}
