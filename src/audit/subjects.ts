// Browser-safe.
/**
 * The second phase: subjects, partition by partition. First what each partition has, and most of what is found in it; then what could
 * not be judged before all partitions were read, and what needs several.
 *
 * Reads  crew.ts, hand.ts, lots.ts, reread.ts.   Used by  audit.ts.
 * Source design section 5 "Audit", section 6.
 * Memory one partition for each hand, and what shared.ts says of the acts all of them share.
 * @module
 */
import { cutFree } from '../bytes/index.ts';
import type { Act } from '../custody/index.ts';
import { commissionsLot, consultedByCode, overIssueOf, type Finding } from '../judgement/index.ts';
import type { LogStore } from '../log/index.ts';
import type { ToldLots } from './child-lots.ts';
import { inOrder, type Crew } from './crew.ts';
import { SubjectStage, type PartitionAnswer, type Shared, type SubjectSetup } from './hand.ts';
import { HeldActs } from './held-acts.ts';
import { isNamedIn } from './index-pass.ts';
import type { Findings, SubjectJudge, WaitingUnit } from './judging.ts';
import { completeLots, LotMovements, type LotState } from './lots.ts';
import type { Merge } from './merge.ts';
import type { Pace } from './pace.ts';
import type { SpilledActs } from './replay.ts';
import { readSaid } from './reread.ts';
import { partitionOfUnit } from './routing.ts';
import { eventHash, readRuns, type Parting } from './streams.ts';
import { listen, type Told } from './told.ts';

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
  /** True if findings are told subject by subject too, for the next audit. */
  readonly keeps: boolean;
  /** Most units, and events, held together at the end. */
  readonly heldMax: number | undefined;
  readonly pace: Pace;
  /** Takes what each task found. */
  readonly take: (told: Told) => void;
  /** Takes findings no policy changes. */
  readonly emit: (found: readonly Finding[]) => void;
}

/** Containers judged by one order. */
const CONTAINERS_AN_ORDER = 1024;
/** Waiting units held together; events that seem to bear ids used before, about. */
const WAITING_MAX = 10_000;
const REPEATED_MAX = 100_000;

/** All subjects of a log. */
export class Subjects {
  readonly movements = new LotMovements();
  readonly #options: SubjectsOptions;
  readonly #setup: SubjectSetup;
  /** The main thread's own stage: what all share, and the end. */
  readonly #stage: SubjectStage;
  readonly #named: Uint8Array[] = [];
  readonly #childLots: ToldLots[] = [];
  /** Numbers of the units that each partition left to be judged later. */
  readonly #left: Int32Array[] = [];
  readonly #possible: Told['stock'][] = [];
  /** Entries by partition: see PartitionIndex. */
  readonly #repeated: Float64Array[] = [];
  readonly #wanted: Float64Array[] = [];
  #lots: readonly LotState[] = [];
  #complete: ReadonlySet<string> = new Set();
  #units = 0;
  #shown = 0;

  constructor(options: SubjectsOptions) {
    this.#options = options;
    const { merge, parting, spilled, policy, keeps, listsRecords } = options;
    this.#setup = {
      parting,
      statements: merge.registryStatements,
      kids: [...options.own.registry.kids()],
      policy,
      words: spilled.words,
      spill: options.own.spill!.handle,
      ids: spilled.runOf(parting.partitions),
      shared: spilled.runOf(parting.partitions + 1),
      sharedEnds: spilled.sharedEnds,
      heldMax: options.heldMax,
      rejected: merge.rejected.bits,
      keeps,
      asOfMs: merge.asOfMs,
      listsRecords,
    };
    this.#stage = new SubjectStage(this.#setup, options.own);
    options.own.stage = this.#stage;
    options.own.turn = (done) => this.#turn(done);
  }

  get units(): number {
    return this.#units;
  }
  /** Lots with their units, once all partitions were read. */
  get lots(): readonly LotState[] {
    return this.#lots;
  }
  /** Lots somebody counted. */
  get counted(): readonly string[] {
    const { counted } = this.#stage.context.shared;
    return [...new Set(counted.flatMap((act) => (act.more?.stock ?? []).map(({ lot }) => lot)))];
  }
  get containers(): number {
    return this.#stage.context.shared.containers.length;
  }

  /** True for a lot whose every unit is registered; asked once all partitions were read. */
  isComplete(lot: string): boolean {
    return this.#complete.has(lot);
  }

  /** Told by the main thread's hand how far it is in the partition at hand. */
  #turn(done: number): Promise<void> | undefined {
    const { pace } = this.#options;
    return pace.isDue ? pace.breathe(this.#progress(done)) : undefined;
  }

  /** Reads all partitions and judges most units: afterwards lots are complete or not, and units counted. */
  async read(): Promise<void> {
    const { crew, pace, parting, spilled, own } = this.#options;
    const isRead = crew.workers === 1 || this.#setup.spill !== undefined;
    const { partitions } = parting;
    const copies = async () => ({
      ids: await spilled.copyOf(partitions),
      shared: await spilled.copyOf(partitions + 1),
    });
    const setup = isRead ? this.#setup : { ...this.#setup, ...(await copies()) };
    await crew.tellAll({ order: 'subjects', setup });
    const tasks = partitionsOf(parting).map((partition) => async () => {
      const runs = await spilled.read(partition);
      return (await crew.carryOut({ order: 'partition', runs })) as PartitionAnswer;
    });
    for await (const { units, named, childLots, movements, texts, left, ...events } of inOrder(
      tasks,
      crew.ahead,
    )) {
      this.#units += units;
      this.#named.push(named);
      this.#childLots.push(childLots);
      this.#repeated.push(events.repeated);
      this.#wanted.push(events.wanted);
      this.#left.push(left);
      this.movements.add(movements);
      this.#take(texts);
      if (pace.isDue) await pace.breathe(this.#progress(0));
    }
    this.#lots = this.movements.fold(own.registry);
    this.#complete = completeLots(own.registry, this.#lots);
  }

  /** Judges everything that is not judged yet. */
  async judge(): Promise<void> {
    const { crew, pace, spilled, take } = this.#options;
    const settled = {
      childLots: this.#childLots,
      named: this.#named,
      completeLots: [...this.#complete],
    };
    await crew.tellAll({ order: 'settle', settled });
    this.#stage.settle(settled);
    for await (const texts of inOrder(this.#containerTasks(), crew.ahead)) {
      for (const text of texts) take(listen(text));
      if (pace.isDue) await pace.breathe(this.#progress(0));
    }
    const waiting: WaitingUnit[] = [];
    const unfinished = [...this.#left.keys()].filter((partition) => this.#left[partition]!.length > 0);
    const tasks = unfinished.map((partition) => async () => {
      const runs = await spilled.read(partition);
      const left = this.#left[partition]!;
      return (await crew.carryOut({ order: 'left', runs, left })) as readonly string[];
    });
    for await (const texts of inOrder(tasks, crew.ahead)) {
      for (const unit of this.#take(texts)) waiting.push(unit);
      if (pace.isDue) await pace.breathe(this.#progress(0));
    }
    await this.#judgeOverIssues();
    await this.#judgeEnd(waiting);
    pace.report({ phase: 'subjects', done: this.#units, total: this.#units });
  }

  /** Takes what was found in a partition; returns the units that wait. */
  #take(texts: readonly string[]): readonly WaitingUnit[] {
    const waiting: WaitingUnit[] = [];
    for (const text of texts) {
      const told = listen(text);
      this.#options.take(told);
      for (const unit of told.waiting) waiting.push(unit);
      if (told.stock.length > 0) this.#possible.push(told.stock);
    }
    return waiting;
  }

  #containerTasks(): (() => Promise<readonly string[]>)[] {
    const { crew } = this.#options;
    const tasks: (() => Promise<readonly string[]>)[] = [];
    for (let first = 0; first < this.containers; first += CONTAINERS_AN_ORDER) {
      const end = Math.min(first + CONTAINERS_AN_ORDER, this.containers);
      tasks.push(async () => (await crew.carryOut({ order: 'containers', first, end })) as readonly string[]);
    }
    return tasks;
  }

  /** QA-09: only lots that went beyond their quantity are asked for their commissionings. */
  async #judgeOverIssues(): Promise<void> {
    const { store, merge, spilled, own, emit } = this.#options;
    const over = new Map(
      this.#lots
        .filter(({ balance }) => balance.exceededAt !== undefined)
        .map((state) => [state.lot, { ...state, acts: [] as Act[] }]),
    );
    if (over.size === 0) return;
    const lotsOf = new Map<number, readonly string[]>();
    for (const { entry, lots } of this.movements.byEntry()) {
      const concerned = [...lots.keys()].filter((lot) => over.has(lot));
      if (concerned.length > 0) lotsOf.set(entry, concerned);
    }
    for await (const { index, acts } of readSaid(store, [...lotsOf.keys()], merge.rejected, spilled.leaves)) {
      for (const lot of lotsOf.get(index)!) {
        const held = over.get(lot)!.acts;
        for (const act of acts) if (commissionsLot(act, lot)) held.push({ ...act, ids: [] });
      }
    }
    for (const { lot, balance, acts } of over.values()) emit(overIssueOf(own.registry, lot, balance, acts));
  }

  /** What needs units or events of several partitions. */
  async #judgeEnd(waiting: readonly WaitingUnit[]): Promise<void> {
    const { heldMax = WAITING_MAX } = this.#options;
    for (let from = 0; from < waiting.length; from += heldMax) {
      const batch = waiting.slice(from, from + heldMax);
      const units = await this.#gather(new Set(batch.flatMap(({ unit, asks }) => [unit, ...asks])));
      const ids = batch.map(({ unit }) => unit);
      this.#tell((judge, findings) => judge.together(units, findings, ids));
    }
    const { codes, corrected, counted } = this.#stage.context.shared;
    if (codes.size > 0) {
      const asked = [...codes.values()].flatMap((acts) => consultedByCode(acts));
      const units = await this.#gather(new Set(asked));
      this.#tell((judge, findings) => judge.codes(units, findings));
    }
    await this.#judgeRepeated();
    if (corrected.size > 0) {
      const { seed } = this.#options.parting;
      const { wanted } = this.#stage.context;
      const events = await this.#eventsOf(this.#wanted, (eventId) => wanted.has(eventHash(eventId, seed)));
      this.#tell((judge, findings) => judge.corrections(events, findings));
    }
    if (counted.length === 0) return;
    this.#tell((judge, findings) => {
      const stock = judge.newStock();
      for (const told of this.#possible) stock.addTold(judge.worlds, told);
      judge.stock(stock, findings);
    });
  }

  /** Tells what is found by judging something. */
  #tell(find: (judge: SubjectJudge, findings: Findings) => void): void {
    const findings = this.#stage.newFindings();
    find(this.#stage.judgeOf(), findings);
    for (const text of this.#stage.told(findings)) this.#options.take(listen(text));
  }

  /** Event ids that seem to be used twice, so many partitions together as can be held: a log may repeat every one of its events. */
  async #judgeRepeated(): Promise<void> {
    const { heldMax = REPEATED_MAX, parting } = this.#options;
    const { partitions, seed } = parting;
    for (let first = 0; first < partitions;) {
      let end = first;
      let held = 0;
      do held += this.#repeated[end++]!.length;
      while (end < partitions && held + this.#repeated[end]!.length <= heldMax);
      const isOwn = (eventId: string): boolean => {
        const partition = eventHash(eventId, seed) % partitions;
        return partition >= first && partition < end;
      };
      if (held > 0) {
        const events = await this.#eventsOf(this.#repeated.slice(first, end), isOwn);
        this.#tell((judge, findings) => judge.events(events, findings));
      }
      first = end;
    }
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
    const gathered = new Set<Act>();
    for (const partition of wanted.keys()) {
      const held = new HeldActs(rejected, ids);
      readRuns(await spilled.read(partition), shared.ranges, held.table, held);
      for (const [unit, acts] of held.byUnit()) {
        units.set(cutFree(unit), acts);
        for (const act of acts) gathered.add(act);
      }
      // The shared acts of all other units of the partition were read, too.
      shared.letGo(gathered);
      this.#options.pace.stopIfAborted();
    }
    return units;
  }

  /** Events of these entries by their ids, but for ids that are not asked for; each entry is read once. */
  async #eventsOf(
    found: readonly Float64Array[],
    isAsked: (eventId: string) => boolean,
  ): Promise<ReadonlyMap<string, readonly Act[]>> {
    const { store, merge, spilled, pace } = this.#options;
    const entries = new Set<number>();
    for (const some of found) for (const entry of some) entries.add(entry);
    const events = new Map<string, Act[]>();
    const inLogOrder = [...entries].sort((a, b) => a - b);
    for await (const { acts } of readSaid(store, inLogOrder, merge.rejected, spilled.leaves)) {
      for (const act of acts) {
        if (act.eventId === undefined || !isAsked(act.eventId)) continue;
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
    const read = this.#left.length;
    const isRead = read === partitions;
    // Partitions are not of one size, and nobody likes to see progress go back.
    this.#shown = Math.max(this.#shown, isRead ? this.#units : this.#units + done);
    const all = isRead ? this.#units : Math.ceil((this.#units * partitions) / Math.max(1, read));
    return { phase: 'subjects', done: this.#shown, total: Math.max(all, this.#shown) + 1 };
  }
}

function partitionsOf({ partitions }: Parting): number[] {
  return Array.from({ length: partitions }, (_, partition) => partition);
}
