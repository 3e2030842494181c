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
  idsOf,
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
  consulted,
  consultedByCode,
  correctionIds,
  isLotComplete,
  Judge,
  overIssue,
  unitView,
  type Finding,
  type LotMovement,
  type SubjectView,
} from '../judgement/index.ts';
import type { Registry } from '../registry/index.ts';
import { StockCounts } from './stock.ts';

/** A lot's fold so far. */
interface LotFold {
  readonly movements: LotMovement[];
  /** Sum of the movements. */
  units: number;
  readonly commissionings: Act[];
}

/** A world and its judge. */
interface Judged {
  readonly judge: Judge;
  readonly world: World;
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
  readonly #judges = new Map<Registry, Judged>();
  /** Units whose judgement asks for units of other partitions, and those they ask for. */
  readonly #waiting = new Map<string, Act[]>();
  readonly #consulted = new Set<string>();
  /** Corrections by the event they correct, and all events these name. */
  readonly #corrected = new Map<string, Act[]>();
  readonly #consultedEvents = new Set<string>();
  readonly #stock = new StockCounts();

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
  /** Greatest record time so far. */
  get asOfMs(): number {
    return this.#asOfMs;
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

  /** Findings about each container and lot; by another registry of the same log, if one is given. */
  *judgeShared(registry = this.#registry): Iterable<readonly Finding[]> {
    const { judge } = this.#judgeBy(registry);
    for (const container of this.#containers.keys()) yield judge.container(container);
    for (const [lot, { movements, commissionings }] of this.#lots) {
      yield overIssue(registry, lot, movements, commissionings);
    }
  }

  /** Findings about each unit of the partition held, but for those that must wait for units of other partitions. */
  *judgeUnits(registry = this.#registry): Iterable<readonly Finding[]> {
    const { judge, world } = this.#judgeBy(registry);
    for (const [unit, acts] of this.#units) {
      const { lot } = this.#index.get(unit);
      const isCounted = this.#stock.has(lot);
      if (!isCounted && judge.isClean(unit)) {
        yield NOTHING;
        continue;
      }
      const view = unitView(world, unit);
      if (isCounted) this.#stock.add(world, lot, view.timeline);
      if (registry === this.#registry && this.#mustWait(view)) this.#waiting.set(unit, acts);
      if (!this.#waiting.has(unit)) yield judge.unitView(view);
    }
  }

  /** Findings about what parties say they have of a lot, once all units have been judged. */
  judgeStock(registry = this.#registry): Iterable<readonly Finding[]> {
    return this.#stock.judge(this.#judgeBy(registry).world);
  }

  /** True if the rules may ask for a commissioned unit that is not held now; both are then held after the last partition. */
  #mustWait(view: SubjectView): boolean {
    if (this.#partitions === 1) return false;
    const elsewhere = consulted(view).filter(
      (unit) => this.#index.get(unit).lot !== undefined && !this.#units.has(unit),
    );
    for (const unit of elsewhere) this.#consulted.add(unit);
    return elsewhere.length > 0;
  }

  /** True if one more pass over the log must collect what units and corrections ask for across partitions. */
  get mustLookAgain(): boolean {
    if (this.#partitions === 1) return false;
    return this.#waiting.size > 0 || this.#corrected.size > 0 || this.#codes.size > 0;
  }
  /** Units that wait for that pass. */
  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** Begins that pass: holds the units that wait, and nothing else. */
  nextWaiting(): void {
    this.#events = new Map();
    this.#units = new Map(this.#waiting);
    for (const acts of this.#codes.values()) {
      for (const unit of consultedByCode(acts)) {
        if (this.#index.get(unit).lot !== undefined) this.#consulted.add(unit);
      }
    }
    for (const [eventId, acts] of this.#corrected) {
      for (const id of [eventId, ...acts.flatMap(correctionIds)]) this.#consultedEvents.add(id);
    }
  }

  /** Takes an entry's acts in that pass. */
  collectConsulted(acts: readonly Act[]): void {
    for (const act of acts) {
      for (const id of idsOf(act)) {
        if (this.#consulted.has(id) && !this.#waiting.has(id)) push(this.#units, id, act);
      }
      if (act.eventId !== undefined && this.#consultedEvents.has(act.eventId))
        this.#addEvent(act.eventId, act);
    }
  }

  /** Findings about the units that waited. */
  *judgeWaiting(registry = this.#registry): Iterable<readonly Finding[]> {
    const { judge } = this.#judgeBy(registry);
    for (const unit of this.#waiting.keys()) yield judge.unit(unit);
  }

  /** Findings about eventIDs of the partition held. */
  *judgeEvents(registry = this.#registry): Iterable<readonly Finding[]> {
    const { judge } = this.#judgeBy(registry);
    for (const [eventId, acts] of this.#events) {
      if (Array.isArray(acts)) yield judge.event(eventId, acts);
    }
  }

  /** Findings about codes that name no unit, when the units they may have meant are held. */
  *judgeCodes(registry = this.#registry): Iterable<readonly Finding[]> {
    const { judge } = this.#judgeBy(registry);
    for (const [code, acts] of this.#codes) yield judge.code(code, acts);
  }

  /** Findings about corrected events, when what they and their corrections name is held. */
  *judgeCorrections(registry = this.#registry): Iterable<readonly Finding[]> {
    const { judge } = this.#judgeBy(registry);
    const eventsOf = (eventId: string): readonly Act[] => [this.#events.get(eventId) ?? []].flat();
    for (const eventId of this.#corrected.keys()) yield judge.corrections(eventId, eventsOf);
  }

  #judgeBy(registry: Registry): Judged {
    const known = this.#judges.get(registry);
    if (known !== undefined) return known;
    const world = new World(
      registry,
      this.#containers,
      (unit) => this.#units.get(unit) ?? [],
      (unit) => this.#index.get(unit).lot,
      this.#asOfMs,
    );
    const judged = { judge: new Judge(world), world };
    this.#judges.set(registry, judged);
    return judged;
  }

  #addEvent(eventId: string, act: Act): void {
    const known = this.#events.get(eventId);
    if (Array.isArray(known)) known.push(act);
    else this.#events.set(eventId, known === undefined ? act : [known, act]);
  }

  #collectShared(act: Act): void {
    this.#stock.collect(act);
    if (act.step === 'correct' && act.eventId !== undefined) push(this.#corrected, act.eventId, act);
    if (act.parent !== undefined && isContainer(act.parent)) push(this.#containers, act.parent, act);
    for (const id of idsOf(act)) {
      if (id === act.parent) continue;
      const kind = subjectKind(id);
      if (kind === 'container') push(this.#containers, id, act);
      else if (kind === 'code') push(this.#codes, id, act);
    }
  }

  #collectUnits(act: Act): void {
    for (const id of idsOf(act)) {
      if (subjectKind(id) !== 'unit' || partitionOf(id, this.#partitions) !== this.#partition) continue;
      push(this.#units, id, act);
      this.#mentions++;
    }
    const { eventId } = act;
    if (eventId !== undefined && partitionOf(eventId, this.#partitions) === this.#partition) {
      this.#addEvent(eventId, act);
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
const NOTHING: readonly Finding[] = Object.freeze([]);
const NO_LOTS: ReadonlyMap<string, number> = new Map();

/** Which of `count` partitions a unit belongs to: FNV-1a of its id. */
function partitionOf(unit: string, count: number): number {
  if (count === 1) return 0;
  let hash = 0x811c9dc5;
  for (let i = 0; i < unit.length; i++) hash = Math.imul(hash ^ unit.charCodeAt(i), 0x01000193);
  return (hash >>> 8) % count;
}

const TAKEN_BACK = -1;
const TAKEN_BACK_UNIT: UnitRecord = Object.freeze({ lot: undefined, moved: false, takenBack: true });

/** Lot and movement of every commissioned unit, in two small numbers each. */
class UnitIndex {
  readonly #lots: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #records = new Map<string, number>();

  get(unit: string): UnitRecord {
    const packed = this.#records.get(unit);
    if (packed === undefined) return UNKNOWN_UNIT;
    if (packed === TAKEN_BACK) return TAKEN_BACK_UNIT;
    return { lot: this.#lots[packed >>> 1]!, moved: (packed & 1) === 1 };
  }

  set(unit: string, { lot, moved, takenBack }: UnitRecord): void {
    if (lot === undefined) {
      if (takenBack === true) this.#records.set(unit, TAKEN_BACK);
      return;
    }
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
