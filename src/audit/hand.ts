// Browser-safe.
/**
 * A hand: does what one thread of an audit is told, order by order. The same code runs inline and in a worker thread.
 *
 * Reads  range.ts, index-pass.ts, judging.ts, shared.ts, child-lots.ts.   Used by  crew.ts.
 * Rule   orders and answers are numbers, texts and typed arrays only, so they cross between threads as they are.
 * @module
 */
import { assertObject } from '../bytes/index.ts';
import { invariant } from '../errors.ts';
import { correctionIds } from '../judgement/index.ts';
import type { EntryRun } from '../log/index.ts';
import { Registry } from '../registry/index.ts';
import { openStatement, type Policy } from '../statement/index.ts';
import { ChildLots, type ToldLots } from './child-lots.ts';
import { EntrySet } from './entry-set.ts';
import { PartitionIndexer, type PartitionContext, type PartitionIndex } from './index-pass.ts';
import { HeldActs } from './held-acts.ts';
import { Findings, SubjectJudge, type WaitingUnit } from './judging.ts';
import type { IdBytes } from './joined-ids.ts';
import type { RegistryStatement } from './merge.ts';
import { PolicyTrial, trialRegistries } from './policy-trial.ts';
import { RangeStage, type RangeResult, type RangeSetup } from './range.ts';
import type { SpilledRuns } from './replay.ts';
import { SharedRange } from './shared-range.ts';
import { SharedActs } from './shared.ts';
import { eventHash, readRuns, type Parting, type StreamVisitor } from './streams.ts';
import { tell } from './told.ts';
import type { ReadSpilled, Runs, Spill } from './spill.ts';
import type { StockCounts } from './stock.ts';
import { wordsOf, type ToldWords } from './words.ts';

/** Everything the subject stage needs of the whole log. */
export interface SubjectSetup {
  readonly parting: Parting;
  /** Registry statements that count, in log order. */
  readonly statements: readonly RegistryStatement[];
  /** Ids of the keys that they enrol: checked once is enough. */
  readonly kids: readonly string[];
  /** A proposed policy as JSON, if one is on trial. */
  readonly policy: string | undefined;
  /** Words of all ranges. */
  readonly words: ToldWords;
  /** By what threads read the spill; undefined where they cannot, and are given copies. */
  readonly spill: number | undefined;
  /** Lists of ids, and shared acts with where each ends, range by range: see RangeStreams. */
  readonly ids: SpilledRuns;
  readonly shared: SpilledRuns;
  readonly sharedEnds: readonly Uint32Array[];
  /** Most shared acts that are held whole; undefined for the usual. */
  readonly heldMax: number | undefined;
  /** Bits of an {@link EntrySet}. */
  readonly rejected: Uint8Array;
  /** True if what is found is told subject by subject too, for the next audit. */
  readonly keeps: boolean;
  readonly asOfMs: number;
  /** True if what is only recorded must be told one by one. */
  readonly listsRecords: boolean;
}

/** What is said when a partition was read for the first time. */
export interface PartitionAnswer extends PartitionIndex {
  /** What was found of the units that were judged at once; see told.ts. */
  readonly texts: readonly string[];
  /** Numbers of the others. */
  readonly left: Int32Array;
}

/** What all partitions together said. */
export interface Settled {
  /** By partition: see {@link PartitionIndex}. */
  readonly childLots: readonly ToldLots[];
  readonly named: readonly Uint8Array[];
  readonly completeLots: readonly string[];
}

/** What a hand can be told. */
export type Order =
  | { readonly order: 'begin'; readonly setup: RangeSetup }
  | { readonly order: 'learn'; readonly publicKeys: Uint8Array }
  | { readonly order: 'range'; readonly block: EntryRun }
  | { readonly order: 'subjects'; readonly setup: SubjectSetup }
  | { readonly order: 'partition'; readonly runs: Runs }
  | { readonly order: 'settle'; readonly settled: Settled }
  | { readonly order: 'left'; readonly runs: Runs; readonly left: Int32Array }
  | { readonly order: 'containers'; readonly first: number; readonly end: number };

/** What a hand answers: to 'range', to 'partition', to 'left' and 'containers' (see told.ts), and to all else. */
export type Answer = RangeResult | PartitionAnswer | readonly string[] | undefined;

/** Lets other work have its turn; told how many units of the partition at hand are done. */
export type Turn = (done: number) => Promise<void> | undefined;

/** What the hand of the main thread shares with it. */
export interface Shared {
  /** Where acts wait, once they do. */
  spill: Spill | undefined;
  readonly registry: Registry;
  readonly proposed: Registry | undefined;
  /** Its subject stage, once there is one. */
  stage: SubjectStage | undefined;
  turn: Turn | undefined;
}

/** What the hand of another thread is given. */
export interface Apart {
  readonly read: ReadSpilled;
}

/** One thread's work. */
export class Hand {
  readonly #given: Shared | Apart;
  readonly #own: Shared | undefined;
  #ranges: RangeStage | undefined;
  #subjects: SubjectStage | undefined;

  constructor(given: Shared | Apart) {
    this.#given = given;
    this.#own = 'read' in given ? undefined : given;
  }

  /** Carries out one order. */
  async carryOut(order: Order): Promise<Answer> {
    assertObject('order', order);
    switch (order.order) {
      case 'begin':
        this.#ranges = new RangeStage(order.setup);
        return undefined;
      case 'learn':
        this.#ranges!.learn(order.publicKeys);
        return undefined;
      case 'range':
        return this.#ranges!.run(order.block);
      case 'subjects':
        this.#ranges = undefined;
        this.#subjects = this.#own?.stage ?? new SubjectStage(order.setup, this.#given);
        return undefined;
      case 'partition':
        return this.#subjects!.partition(order.runs, this.#own?.turn);
      case 'settle':
        this.#subjects!.settle(order.settled);
        return undefined;
      case 'left':
        return this.#subjects!.left(order.runs, order.left, this.#own?.turn);
      case 'containers':
        return this.#subjects!.containers(order.first, order.end);
    }
  }
}

/** The subject stage of one thread. */
export class SubjectStage {
  readonly context: PartitionContext;
  readonly #setup: SubjectSetup;
  readonly #proposed: Registry | undefined;
  #settled: Settled | undefined;
  #judge: SubjectJudge | undefined;
  #trial: PolicyTrial | undefined;
  #lots: ChildLots | undefined;
  #isComplete: (lot: string) => boolean = () => false;

  constructor(setup: SubjectSetup, given: Shared | Apart) {
    this.#setup = setup;
    const { parting, rejected } = setup;
    const { registry, proposed } = 'read' in given ? registriesOf(setup) : given;
    this.#proposed = proposed;
    const set = new EntrySet(rejected);
    const acts = new SharedActs(rangesOf(setup, given), set, setup.heldMax);
    this.context = { registry, parting, shared: acts, rejected: set, wanted: wantedBy(acts, parting) };
  }

  settle(settled: Settled): void {
    const complete = new Set(settled.completeLots);
    this.#isComplete = (lot) => complete.has(lot);
    this.#settled = settled;
  }

  /** The judge; made when it is first asked for, since it folds all containers. */
  judgeOf(): SubjectJudge {
    if (this.#judge !== undefined) return this.#judge;
    if (this.#proposed !== undefined)
      this.#trial = new PolicyTrial(this.#proposed, (lot) => this.#isComplete(lot));
    this.#judge = new SubjectJudge({
      ...this.context,
      trial: this.#trial,
      asOfMs: this.#setup.asOfMs,
      // What a proposed policy gains and loses is known by the ids of all findings.
      records: this.#setup.listsRecords || this.#trial !== undefined ? 'told' : 'counted',
      lotOf: (unit) => this.#lotsOfChildren().of(unit),
    });
    return this.#judge;
  }

  #lotsOfChildren(): ChildLots {
    invariant(this.#settled !== undefined, 'a lot asked for before all partitions were read');
    return (this.#lots ??= new ChildLots(this.#settled.childLots, this.context.parting));
  }

  /** Reads a partition for the first time, and judges what can be judged of it. */
  async partition(runs: Runs, turn?: Turn): Promise<PartitionAnswer> {
    const held = new HeldActs(this.context.rejected);
    const indexer = new PartitionIndexer(this.context, held.table);
    this.#read(runs, held, {
      onUnits: (said, numbers) => {
        indexer.onUnits(said, numbers);
        held.onUnits(said, numbers);
      },
      onEvent: (hash, entry) => indexer.onEvent(hash, entry),
    });
    const index = indexer.finish();
    const judge = this.judgeOf();
    const [findings, stock] = [this.newFindings(), judge.newStock()];
    const left = await judge.early(held, { findings, stock, turn });
    return { ...index, left, texts: this.told(findings, [], stock) };
  }

  /** Judges what was left of a partition. */
  async left(runs: Runs, left: Int32Array, turn?: Turn): Promise<readonly string[]> {
    // In one partition all that units ask for is here; in several, whatever is not left is elsewhere and waited for.
    const { rejected, parting } = this.context;
    const held = new HeldActs(rejected, undefined, parting.partitions === 1 ? undefined : left);
    this.#read(runs, held, held);
    const judge = this.judgeOf();
    const [findings, stock] = [this.newFindings(), judge.newStock()];
    const waiting = await judge.late(held, left, this.#settled!.named, { findings, stock, turn });
    return this.told(findings, waiting, stock);
  }

  #read(runs: Runs, held: HeldActs, visitor: StreamVisitor): void {
    readRuns(runs, this.context.shared.ranges, held.table, visitor);
  }

  containers(first: number, end: number): readonly string[] {
    const findings = this.newFindings();
    this.judgeOf().containers(first, end, findings);
    return this.told(findings);
  }

  newFindings(): Findings {
    return new Findings(this.#isComplete, this.#setup.keeps);
  }

  /** What was found, and gained and lost by a proposed policy, since this was last asked. */
  told(findings: Findings, waiting: readonly WaitingUnit[] = [], stock?: StockCounts): readonly string[] {
    const { records } = findings;
    const lists = this.#setup.listsRecords;
    const counted: Partial<Record<(typeof records)[number]['code'], number>> = {};
    if (!lists) for (const { code, count } of records) counted[code] = (counted[code] ?? 0) + count;
    return tell({
      folded: findings.folded(),
      records: lists ? records : [],
      counted,
      changes: this.#trial?.takeTold(),
      kept: findings.keeper?.take(),
      waiting,
      stock: stock === undefined || stock.isEmpty ? [] : stock.told(this.judgeOf().worlds),
    });
  }
}

/** The registry of the whole log, built again from the statements that count. */
function registriesOf({ statements, kids, policy }: SubjectSetup): {
  readonly registry: Registry;
  readonly proposed: Registry | undefined;
} {
  const made =
    policy === undefined
      ? { registry: new Registry(new Set(kids)), proposed: undefined }
      : trialRegistries(JSON.parse(policy) as Partial<Policy>);
  for (const { entry, recordTimeMs, bytes } of statements) {
    made.registry.apply(entry, recordTimeMs, openStatement(bytes).statement);
  }
  return made;
}

/** What each range's runs refer to. */
function rangesOf(
  { words, ids, shared, sharedEnds, spill }: SubjectSetup,
  given: Shared | Apart,
): readonly SharedRange[] {
  const readIn = ({ bytes, starts }: SpilledRuns, range: number): IdBytes => {
    const start = starts[range]!;
    if (bytes !== undefined) return (at, length) => bytes.subarray(start + at, start + at + length);
    if ('read' in given) return (at, length) => given.read(spill!, start + at, length);
    return (at, length) => given.spill!.readNow(start + at, length);
  };
  return wordsOf(words).map(
    (own, range) => new SharedRange(sharedEnds[range]!, readIn(shared, range), own, readIn(ids, range)),
  );
}

/** Hashes of all event ids that corrections name. */
function wantedBy(shared: SharedActs, { seed }: Parting): ReadonlySet<number> {
  const wanted = new Set<number>();
  for (const [eventId, acts] of shared.corrected) {
    for (const id of [eventId, ...acts.flatMap(correctionIds)]) wanted.add(eventHash(id, seed));
  }
  return wanted;
}
