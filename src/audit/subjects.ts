// Browser-safe.
/**
 * The second phase: subjects, partition by partition. First what each partition has, then what is found in it, then what needs several.
 *
 * Reads  crew.ts, hand.ts, lots.ts, reread.ts.   Used by  audit.ts.
 * Source design section 5 "Audit", section 6.
 * Memory one partition for each hand, and the acts all of them share.
 * @module
 */
import type { Act } from '../custody/index.ts';
import { commissionsLot, consultedByCode, overIssueOf, type Finding } from '../judgement/index.ts';
import type { LogStore } from '../log/index.ts';
import { inOrder, type Crew } from './crew.ts';
import { SubjectStage, type Shared, type SubjectSetup } from './hand.ts';
import { isNamedIn, type PartitionIndex } from './index-pass.ts';
import type { Findings, WaitingUnit } from './judging.ts';
import { completeLots, LotMovements, type LotState } from './lots.ts';
import type { Merge } from './merge.ts';
import type { Pace } from './pace.ts';
import type { SpilledActs } from './replay.ts';
import { readSaid } from './reread.ts';
import { partitionOfUnit } from './routing.ts';
import { push } from './shared.ts';
import { readStream, type Parting } from './streams.ts';
import { listen, type Told } from './told.ts';
import type { StockCounts } from './stock.ts';

/** What judging a log works with. */
export interface SubjectsOptions {
  readonly store: LogStore;
  readonly crew: Crew;
  readonly merge: Merge;
  readonly spilled: SpilledActs;
  readonly parting: Parting;
  readonly own: Shared;
  /** A proposed policy as JSON. */
  readonly policy: string | undefined;
  readonly listsRecords: boolean;
  readonly pace: Pace;
  /** Takes what each task found. */
  readonly take: (told: Told) => void;
  /** Takes findings no policy changes. */
  readonly emit: (found: readonly Finding[]) => void;
}

/** Containers judged by one order. */
const CONTAINERS_AN_ORDER = 1024;
/** Waiting units held together. */
const TOGETHER_MAX = 10_000;

/** All subjects of a log. */
export class Subjects {
  readonly movements = new LotMovements();
  readonly #options: SubjectsOptions;
  readonly #setup: SubjectSetup;
  /** The main thread's own stage: what all share, and the end. */
  readonly #stage: SubjectStage;
  readonly #named: Uint8Array[] = [];
  readonly #childLots: Uint8Array[] = [];
  readonly #repeated: Float64Array[] = [];
  #lots: readonly LotState[] = [];
  #complete: ReadonlySet<string> = new Set();
  #units = 0;
  #done = 0;
  #shown = 0;

  constructor(options: SubjectsOptions) {
    this.#options = options;
    const { merge, parting, spilled, policy } = options;
    this.#setup = {
      parting,
      statements: merge.registryStatements,
      policy,
      shared: spilled.shared,
      rejected: merge.rejected.bits,
    };
    this.#stage = new SubjectStage(this.#setup, options.own);
    options.own.stage = this.#stage;
    options.own.turn = (done) => this.#turn(done);
  }

  get units(): number {
    return this.#units;
  }
  get containers(): number {
    return this.#stage.context.shared.containers.size;
  }

  /** True for a lot whose every unit is registered; asked once all partitions are indexed. */
  isComplete(lot: string): boolean {
    return this.#complete.has(lot);
  }

  /** Told by the main thread's hand how far it is in the partition at hand. */
  #turn(done: number): Promise<void> | undefined {
    const { pace } = this.#options;
    return pace.isDue ? pace.breathe(this.#progress(done)) : undefined;
  }

  /** Indexes all partitions: afterwards lots are complete or not, and units counted. */
  async index(): Promise<void> {
    const { crew, pace, parting, spilled, own } = this.#options;
    await crew.tellAll({ order: 'subjects', setup: this.#setup });
    const tasks = partitionsOf(parting).map((partition) => async () => {
      const runs = await spilled.read(partition);
      return (await crew.carryOut({ order: 'index', partition, runs })) as PartitionIndex;
    });
    for await (const { units, named, childLots, movements, events } of inOrder(tasks, crew.ahead)) {
      this.#units += units;
      this.#named.push(named);
      this.#childLots.push(childLots);
      this.#repeated.push(events);
      this.movements.add(movements);
      if (pace.isDue) await pace.breathe(this.#progress(0));
    }
    this.#lots = this.movements.fold(own.registry);
    this.#complete = completeLots(own.registry, this.#lots);
  }

  /** Judges everything. */
  async judge(): Promise<void> {
    const { crew, merge, listsRecords, pace, parting, spilled, take } = this.#options;
    const settled = {
      asOfMs: merge.asOfMs,
      childLots: this.#childLots,
      named: this.#named,
      completeLots: [...this.#complete],
      listsRecords,
    };
    await crew.tellAll({ order: 'settle', settled });
    this.#stage.settle(settled);
    for await (const told of inOrder(this.#containerTasks(), crew.ahead)) take(told);
    const waiting: WaitingUnit[] = [];
    const possible: Told['stock'][] = [];
    const tasks = partitionsOf(parting).map((partition) => async () => {
      const runs = await spilled.read(partition);
      return listen((await crew.carryOut({ order: 'judge', runs })) as string);
    });
    for await (const told of inOrder(tasks, crew.ahead)) {
      take(told);
      for (const unit of told.waiting) waiting.push(unit);
      if (told.stock.length > 0) possible.push(told.stock);
      this.#done++;
      if (pace.isDue) await pace.breathe(this.#progress(0));
    }
    await this.#judgeOverIssues();
    await this.#judgeEnd(waiting, possible);
    pace.report({ phase: 'subjects', done: this.#units, total: this.#units });
  }

  #containerTasks(): (() => Promise<Told>)[] {
    const { crew } = this.#options;
    const tasks: (() => Promise<Told>)[] = [];
    for (let first = 0; first < this.containers; first += CONTAINERS_AN_ORDER) {
      const end = Math.min(first + CONTAINERS_AN_ORDER, this.containers);
      tasks.push(async () => listen((await crew.carryOut({ order: 'containers', first, end })) as string));
    }
    return tasks;
  }

  /** QA-09: only lots that went beyond their quantity are asked for their commissionings. */
  async #judgeOverIssues(): Promise<void> {
    const { store, merge, own, emit } = this.#options;
    const over = new Map(
      this.#lots
        .filter(({ balance }) => balance.exceededAt !== undefined)
        .map((state) => [state.lot, { ...state, acts: [] as Act[], entries: new Set<number>() }]),
    );
    if (over.size === 0) return;
    const entries: number[] = [];
    for (const { entry, lots } of this.movements.byEntry()) {
      const concerned = [...lots.keys()].filter((lot) => over.has(lot));
      for (const lot of concerned) over.get(lot)!.entries.add(entry);
      if (concerned.length > 0) entries.push(entry);
    }
    for await (const { index, acts } of readSaid(store, entries, merge.rejected)) {
      for (const { lot, acts: held, entries: moved } of over.values()) {
        if (!moved.has(index)) continue;
        for (const act of acts) if (commissionsLot(act, lot)) held.push({ ...act, ids: [] });
      }
    }
    for (const { lot, balance, acts } of over.values()) emit(overIssueOf(own.registry, lot, balance, acts));
  }

  /** What needs units or events of several partitions. */
  async #judgeEnd(waiting: readonly WaitingUnit[], possible: readonly Told['stock'][]): Promise<void> {
    const { shared } = this.#stage.context;
    const repeated = this.#repeatedEntries();
    const isOver = waiting.length + shared.codes.size + shared.corrected.size + shared.counted.length === 0;
    if (isOver && repeated.length === 0) return;
    const judge = this.#stage.judgeOf();
    const findings = this.#stage.newFindings();
    for (let from = 0; from < waiting.length; from += TOGETHER_MAX) {
      const batch = waiting.slice(from, from + TOGETHER_MAX);
      const ids = new Set(batch.flatMap(({ unit, asks }) => [unit, ...asks]));
      judge.together(
        await this.#gather(ids),
        findings,
        batch.map(({ unit }) => unit),
      );
    }
    const codes = [...shared.codes.values()].flatMap((acts) => consultedByCode(acts));
    judge.codes(await this.#gather(new Set(codes)), findings);
    judge.events(await this.#eventsOf(repeated), findings);
    this.#judgeStock(judge.newStock(), possible, findings);
    this.#options.take(listen(this.#stage.told(findings)));
  }

  #judgeStock(stock: StockCounts, possible: readonly Told['stock'][], findings: Findings): void {
    if (stock.isEmpty) return;
    const judge = this.#stage.judgeOf();
    for (const told of possible) stock.addTold(judge.worlds, told);
    judge.stock(stock, findings);
  }

  /** All acts of these units, from their partitions. */
  async #gather(ids: ReadonlySet<string>): Promise<Map<string, Act[]>> {
    const { parting, spilled } = this.#options;
    const { shared, rejected } = this.#stage.context;
    const wanted = new Map<number, number>();
    for (const id of ids) {
      const partition = partitionOfUnit(id, parting.partitions, parting.seed);
      if (isNamedIn(this.#named[partition]!, id)) wanted.set(partition, (wanted.get(partition) ?? 0) + 1);
    }
    const units = new Map<string, Act[]>();
    const onUnit = (unit: string, act: Act): void => {
      if (ids.has(unit) && !rejected.has(act.ref.entry)) push(units, unit, act);
    };
    for (const partition of wanted.keys()) {
      for (const { range, bytes } of await spilled.read(partition)) {
        readStream(bytes, shared.ranges[range]!, { onUnit });
      }
      this.#options.pace.stopIfAborted();
    }
    return units;
  }

  /** Entries whose events bear an id that another event seems to bear, or a correction names; ascending, each once. */
  #repeatedEntries(): readonly number[] {
    const entries = new Set<number>();
    for (const found of this.#repeated) for (const entry of found) entries.add(entry);
    return [...entries].sort((a, b) => a - b);
  }

  async #eventsOf(entries: readonly number[]): Promise<ReadonlyMap<string, readonly Act[]>> {
    const { store, merge, pace } = this.#options;
    const events = new Map<string, Act[]>();
    for await (const { acts } of readSaid(store, entries, merge.rejected)) {
      for (const act of acts) {
        if (act.eventId === undefined) continue;
        const known = events.get(act.eventId);
        if (known === undefined) events.set(act.eventId, [act]);
        else known.push(act);
      }
      pace.stopIfAborted();
    }
    return events;
  }

  #progress(done: number): { readonly phase: 'subjects'; readonly done: number; readonly total: number } {
    const { partitions } = this.#options.parting;
    const before = Math.floor((this.#units * this.#done) / partitions);
    // Partitions are not of one size, and nobody likes to see progress go back.
    this.#shown = Math.max(this.#shown, Math.min(before + done, this.#units));
    return { phase: 'subjects', done: this.#shown, total: this.#units + 1 };
  }
}

function partitionsOf({ partitions }: Parting): number[] {
  return Array.from({ length: partitions }, (_, partition) => partition);
}
