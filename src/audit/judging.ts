// Browser-safe.
/**
 * The fourth stage: all findings about the units of one partition, and about containers; and at the end about what needs units of
 * several partitions.
 *
 * Reads  judgement/, custody/, held-acts.ts, shared.ts.   Used by  hand.ts (any thread), subjects.ts (the end).
 * Rule   most units are judged as soon as their partition is read. Two kinds are left until all partitions were: those whose findings
 *        fold by whether all units of a lot are registered, and those that ask for units not of their partition. Of the latter, those
 *        that ask for units somebody names then wait, and are held together with what they ask for when all partitions are done.
 * Never  lets the partition, or which thread has it, influence a finding.
 * @module
 */
import { lotOfUnit, parentsNamed, World, type Act } from '../custody/index.ts';
import {
  consulted,
  consultedByCode,
  containerView,
  correctionsWakeAt,
  FindingFold,
  Judge,
  unitView,
  type Finding,
  type Records,
  type SubjectView,
} from '../judgement/index.ts';
import type { Registry } from '../registry/index.ts';
import { isNamedIn, type PartitionContext } from './index-pass.ts';
import { Keeper } from './keeping.ts';
import type { PolicyTrial } from './policy-trial.ts';
import { partitionOfUnit } from './routing.ts';
import type { HeldActs } from './held-acts.ts';
import { StockCounts } from './stock.ts';

/** What units are judged by. */
export interface JudgingContext extends PartitionContext {
  /** The trial of a proposed policy, if there is one; `registry` is then the first of its pair. */
  readonly trial: PolicyTrial | undefined;
  /** Greatest record time. */
  readonly asOfMs: number;
  /** How what is only recorded is wanted. */
  readonly records: Records;
  /** Lots of the units that were ever in a container: asked for when containers are judged, and never before. */
  readonly lotOf: (unit: string) => string | undefined;
}

/** Where what is found in one partition goes. */
export interface PartitionTask {
  readonly findings: Findings;
  /** Takes the units of lots that somebody counted. */
  readonly stock: StockCounts;
  /** Lets other work have its turn; told how many units are done. */
  readonly turn: ((done: number) => Promise<void> | undefined) | undefined;
}

/** A unit that must be judged together with units of other partitions, and those that it asks for. */
export interface WaitingUnit {
  readonly unit: string;
  readonly asks: readonly string[];
}

/** Findings of one task, folded; what is only recorded, one by one. */
export class Findings {
  readonly records: Finding[] = [];
  /** Collects the same for the next audit, if that is wanted. */
  readonly keeper: Keeper | undefined;
  readonly #fold: FindingFold;

  constructor(isComplete: (lot: string) => boolean, keeps = false) {
    this.keeper = keeps ? new Keeper() : undefined;
    this.#fold = new FindingFold({ isComplete });
  }

  /** @param by - the subject judged: "unit …", "container …", "code …", "event …" or, for what is never judged again, "". */
  add(found: readonly Finding[], by = ''): void {
    this.keeper?.found(by, found);
    for (const one of found) {
      if (one.severity === 0) this.records.push(one);
      else this.#fold.add(one);
    }
  }

  /** Folded, worst first. */
  folded(): readonly Finding[] {
    return this.#fold.list();
  }
}

/** A registry's world with its judge. */
interface Judged {
  readonly judge: Judge;
  readonly world: World;
}

/** The judge of one thread. */
export class SubjectJudge {
  readonly #context: JudgingContext;
  #own: Judged;
  #proposed: Judged | undefined;
  #units: Map<string, Act[]> = new Map();

  constructor(context: JudgingContext) {
    this.#context = context;
    [this.#own, this.#proposed] = this.#judged([], []);
  }

  /** A stock counter for this judge's world. */
  newStock(): StockCounts {
    return new StockCounts(this.#context.shared.counted);
  }

  /** Containers [first, end), in the order the log first named them. */
  containers(first: number, end: number, findings: Findings): void {
    const { shared } = this.#context;
    const containers = shared.containers.slice(first, end);
    this.#hold(new Map(), containers);
    for (const container of containers) {
      this.#judge(findings, `container ${container}`, ({ judge }) => judge.container(container));
      const { keeper } = findings;
      const [act] = shared.actsOf(container);
      keeper?.seen(containerView(this.#own.world, container), act!.ref.entry);
    }
    this.#letGo();
  }

  /** The worlds it judges in: its own, and that of a proposed policy. */
  get worlds(): readonly World[] {
    return this.#judges.map(({ world }) => world);
  }

  get #judges(): readonly Judged[] {
    return this.#proposed === undefined ? [this.#own] : [this.#own, this.#proposed];
  }

  /**
   * Units of a partition that can be judged before the other partitions are known; the numbers of those that cannot. It stops trying
   * where too many of them have to be judged again later.
   */
  async early(held: HeldActs, { findings, stock, turn }: PartitionTask): Promise<Int32Array> {
    const numbers = held.numbers();
    if (this.#proposed !== undefined) return Int32Array.from(numbers);
    const left: number[] = [];
    let done = 0;
    for await (const some of this.#turns(held, numbers, turn)) {
      for (const number of some) if (!this.#early(held.idOf(number), findings, stock)) left.push(number);
      done += some.length;
      if (left.length > LEFT_MIN && left.length > done * LEFT_SHARE) break;
    }
    return Int32Array.from([...left, ...numbers.slice(done)]);
  }

  /** Units of a partition that {@link early} left, now that all partitions are known; those that must wait for units of others. */
  async late(
    held: HeldActs,
    left: Int32Array,
    named: readonly Uint8Array[],
    { findings, stock, turn }: PartitionTask,
  ): Promise<readonly WaitingUnit[]> {
    const waiting: WaitingUnit[] = [];
    for await (const some of this.#turns(held, [...left], turn)) {
      for (const number of some) {
        const unit = held.idOf(number);
        const asks = this.#late(unit, named, findings, stock);
        if (asks.length > 0) waiting.push({ unit, asks });
      }
    }
    return waiting;
  }

  /** Holds the units of a partition; some of their numbers at a time, with their labels verified. */
  async *#turns(
    held: HeldActs,
    numbers: readonly number[],
    turn: PartitionTask['turn'],
  ): AsyncIterable<readonly number[]> {
    this.#hold(held.byUnit());
    const presenting = numbers.filter((number) => held.presents(number));
    const ids = presenting.map((number) => held.idOf(number));
    let prepared = 0;
    try {
      for (let first = 0; first < numbers.length; first += UNITS_A_TURN) {
        if (turn !== undefined) await turn(first);
        const some = numbers.slice(first, first + UNITS_A_TURN);
        while (prepared < ids.length && presenting[prepared]! <= some.at(-1)!) {
          prepared = Math.min(...this.#judges.map(({ judge }) => judge.prepare(ids, prepared)));
        }
        yield some;
      }
    } finally {
      this.#letGo();
    }
  }

  /** Holds these units, and these containers if not all of them are held. */
  #hold(units: Map<string, Act[]>, containers: readonly string[] = NONE): void {
    this.#units = units;
    if (this.#context.shared.areHeld) return;
    const parents = new Set<string>();
    for (const [unit, acts] of units) for (const parent of parentsNamed(unit, acts)) parents.add(parent);
    [this.#own, this.#proposed] = this.#judged(containers, parents);
  }

  /** Lets go of the units held: what is remembered of one event keeps the texts of its whole range. */
  #letGo(): void {
    this.#units = new Map();
    for (const { judge } of this.#judges) judge.forgetUnits();
    this.#context.shared.letGo();
  }

  /** Judges a unit, or leaves it: false if it asks for units that are not here, or what is found of it folds by what a lot has. */
  #early(unit: string, findings: Findings, stock: StockCounts): boolean {
    const counted = this.#countedLot(unit, stock);
    const { judge, world } = this.#own;
    if (counted === undefined && judge.isClean(unit)) return true;
    const view = judge.view(unit);
    const isAlone =
      this.#context.parting.partitions === 1 || consulted(view).every((id) => this.#units.has(id));
    const found = isAlone ? judge.unitView(view) : NONE;
    if (!isAlone || found.some(({ severity, cause }) => severity > 0 && cause !== undefined)) return false;
    if (counted !== undefined) stock.add(world, counted, view.timeline);
    if (found.length > 0) findings.add(found, `unit ${unit}`);
    findings.keeper?.seen(view, this.#units.get(unit)![0]!.ref.entry);
    return true;
  }

  /** Judges a unit, unless it must be judged together with these. */
  #late(
    unit: string,
    named: readonly Uint8Array[],
    findings: Findings,
    stock: StockCounts,
  ): readonly string[] {
    const counted = this.#countedLot(unit, stock);
    if (counted !== undefined) {
      for (const { world } of this.#judges) stock.add(world, counted, world.unit(unit));
    } else if (this.#judges.every(({ judge }) => judge.isClean(unit))) return NONE;
    const own = this.#own;
    const view = own.judge.view(unit);
    const asks = this.#context.parting.partitions === 1 ? NONE : this.#asksElsewhere(view, named);
    if (asks.length > 0) return asks;
    const judge = (by: Judged) => by.judge.unitView(by === own ? view : by.judge.view(unit));
    this.#judge(findings, `unit ${unit}`, judge);
    findings.keeper?.seen(view, this.#units.get(unit)![0]!.ref.entry);
    return NONE;
  }

  /** The lot of a unit, if somebody counted it. */
  #countedLot(unit: string, stock: StockCounts): string | undefined {
    if (stock.isEmpty) return undefined;
    const lot = lotOfUnit(this.#context.registry, unit, this.#units.get(unit) ?? NONE);
    return stock.has(lot) ? lot : undefined;
  }

  /** Holds these units and judges those that wait. */
  together(units: Map<string, Act[]>, findings: Findings, waiting: readonly string[]): void {
    this.#hold(units);
    for (const unit of waiting) {
      this.#judge(findings, `unit ${unit}`, ({ judge }) => judge.unit(unit));
      findings.keeper?.seen(unitView(this.#own.world, unit), units.get(unit)![0]!.ref.entry);
    }
    this.#letGo();
  }

  /** Holds these units and judges all codes that name no unit. */
  codes(units: Map<string, Act[]>, findings: Findings): void {
    this.#hold(units);
    for (const [code, acts] of this.#context.shared.codes) {
      this.#judge(findings, `code ${code}`, ({ judge }) => judge.code(code, acts));
      findings.keeper?.asks(consultedByCode(acts), acts[0]!.ref.entry);
    }
    this.#letGo();
  }

  /** Findings about ids that several events bear; `events` holds all that bear one of the ids. */
  events(events: ReadonlyMap<string, readonly Act[]>, findings: Findings): void {
    for (const [eventId, acts] of events) {
      if (acts.length > 1)
        this.#judge(findings, `event ${eventId}`, ({ judge }) => judge.event(eventId, acts));
    }
  }

  /** Findings about corrected events; `events` holds all that bear an id that a correction names. */
  corrections(events: ReadonlyMap<string, readonly Act[]>, findings: Findings): void {
    const eventsOf = (eventId: string): readonly Act[] => events.get(eventId) ?? [];
    const { shared, registry, asOfMs } = this.#context;
    for (const [eventId, acts] of shared.corrected) {
      this.#judge(findings, `event ${eventId}`, ({ judge }) => judge.corrections(eventId, eventsOf));
      findings.keeper?.wakes(correctionsWakeAt(acts, asOfMs, registry), asOfMs, acts[0]!.ref.entry);
    }
  }

  /** Findings about what parties say they have of a lot, once all units have been counted. */
  stock(stock: StockCounts, findings: Findings): void {
    const others = this.#proposed === undefined ? undefined : [...stock.judge(this.#proposed.world)];
    for (const [i, found] of [...stock.judge(this.#own.world)].entries()) {
      findings.add(found, 'stock');
      if (others !== undefined) this.#context.trial!.compare(found, others[i] ?? NONE);
    }
  }

  /** Judges one subject; by a proposed policy too, if there is one. */
  #judge(findings: Findings, by: string, judge: (by: Judged) => readonly Finding[]): void {
    const found = judge(this.#own);
    if (found.length > 0) findings.add(found, by);
    if (this.#proposed !== undefined) this.#context.trial!.compare(found, judge(this.#proposed));
  }

  /** Units that the rules may ask for when they judge this one, if any of them may be in another partition; else none. */
  #asksElsewhere(view: SubjectView, named: readonly Uint8Array[]): readonly string[] {
    const asked = consulted(view);
    if (asked.length === 0) return NONE;
    const { parting } = this.#context;
    const isElsewhere = (unit: string): boolean =>
      !this.#units.has(unit) &&
      isNamedIn(named[partitionOfUnit(unit, parting.partitions, parting.seed)]!, unit);
    return asked.some(isElsewhere)
      ? asked.filter((unit) => this.#units.has(unit) || isElsewhere(unit))
      : NONE;
  }

  /** Judges by the log's registry, and by that with a proposed policy, in worlds of these containers and those around them. */
  #judged(containers: readonly string[], parents: Iterable<string>): [Judged, Judged | undefined] {
    const { registry, trial, shared } = this.#context;
    const around = shared.around(containers, parents);
    const proposed = trial === undefined ? undefined : this.#judgedBy(trial.proposed, around);
    return [this.#judgedBy(registry, around), proposed];
  }

  #judgedBy(registry: Registry, containers: ReadonlyMap<string, readonly Act[]>): Judged {
    const { lotOf, asOfMs, records } = this.#context;
    const actsOf = (unit: string): readonly Act[] => this.#units.get(unit) ?? NONE;
    const world = new World(registry, containers, actsOf, lotOf, asOfMs);
    return { judge: new Judge(world, undefined, undefined, records), world };
  }
}

const NONE: readonly never[] = Object.freeze([]);
/** Units judged before other work may have its turn. */
const UNITS_A_TURN = 128;
/** Units of a partition that may be left for later however few were judged, and the share of all that then may. */
const LEFT_MIN = 256;
const LEFT_SHARE = 0.125;
