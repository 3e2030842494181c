// Browser-safe.
/**
 * The first phase: the log from its first entry to its last, range by range, each taken by a hand and then merged in order.
 *
 * Reads  blocks.ts, crew.ts, merge.ts, spill.ts.   Used by  audit.ts.
 * Source design section 5 "Audit"; `findings.md` LG-01, LG-03.
 * Memory a few ranges at a time; acts go to the spill, and where the shared ones stand there is kept.
 * @module
 */
import type { EntryRun, LogStore } from '../log/index.ts';
import { storedNodeCount, type CompactRange } from '../merkle/index.ts';
import { packBlocks } from './blocks.ts';
import { inOrder, type Crew } from './crew.ts';
import type { NodeComparison } from './derived.ts';
import type { Keeping } from './keeping.ts';
import { SpilledLeaves } from './leaves.ts';
import type { Merge } from './merge.ts';
import { keysIn } from './named-keys.ts';
import type { Pace } from './pace.ts';
import type { RangeResult } from './range.ts';
import { SpilledBlocks, type Runs, type Spill } from './spill.ts';
import { WordBook, type ToldWords } from './words.ts';

/** What a replay works with. */
export interface ReplayOptions {
  readonly store: LogStore;
  readonly crew: Crew;
  readonly merge: Merge;
  readonly nodes: NodeComparison | undefined;
  readonly spilled: SpilledActs;
  readonly pace: Pace;
  /** Most entries of a range. */
  readonly rangeEntries: number;
  /** Sizes of earlier checkpoints, ascending; `onSize` is told the range there. */
  readonly sizes: readonly number[];
  readonly onSize: (range: CompactRange) => void;
  /** Takes the keys of each range, if they are kept. */
  readonly keeping: Keeping | undefined;
}

/** How a replay ended. */
export interface Replayed {
  /** Entries that hold together. */
  readonly held: number;
  /** Why the next does not; undefined if it is missing, or all are there. */
  readonly chainBreak: string | undefined;
}

/** Replays the first `size` entries, up to the first that does not hold. */
export async function replay(size: number, options: ReplayOptions): Promise<Replayed> {
  const { merge, pace } = options;
  options.onSize(merge.range);
  for await (const result of results(size, options)) {
    pace.stopIfAborted();
    const chainBreak = merge.breakBefore(result);
    if (chainBreak !== undefined) return { held: merge.range.end, chainBreak };
    await take(result, options);
    options.onSize(merge.range);
    if (result.chainBreak !== undefined) return { held: merge.range.end, chainBreak: result.chainBreak };
    const progress = { phase: 'entries', done: merge.range.end, total: size } as const;
    if (pace.isDue) await pace.breathe(progress);
    else pace.report(progress);
  }
  return { held: merge.range.end, chainBreak: undefined };
}

/** What each range says, in log order. */
function results(size: number, options: ReplayOptions): AsyncIterable<RangeResult> {
  return inOrder(tasks(blocksOf(size, options), options), options.crew.ahead);
}

/** The log's blocks; where threads take them, the first is short, so that all have something to do soon. */
async function* blocksOf(
  size: number,
  { store, crew, rangeEntries, sizes }: ReplayOptions,
): AsyncIterable<EntryRun> {
  const first = crew.workers === 1 ? 0 : Math.min(size, FIRST_ENTRIES);
  let next = 0;
  for await (const block of packBlocks(store, 0, first, rangeEntries, sizes)) {
    next = block.first + block.ends.length;
    yield block;
  }
  if (next === first) yield* packBlocks(store, first, size, rangeEntries, sizes);
}

const FIRST_ENTRIES = 512;

/**
 * One task for each block. Signatures by keys that a range does not know are verified one by one, where ranges are merged: so all hands
 * are told which keys the first entries name, most of all there are, and later which keys count.
 */
async function* tasks(
  blocks: AsyncIterable<EntryRun>,
  { crew, merge, pace }: ReplayOptions,
): AsyncIterable<() => Promise<RangeResult>> {
  for await (const block of blocks) {
    pace.stopIfAborted();
    const isToldEarly = crew.workers > 1 && block.first === 0;
    const keys = isToldEarly ? keysIn(block, FIRST_ENTRIES) : merge.takeKeys();
    if (keys.length > 0) {
      const publicKeys = new Uint8Array(keys.length * 32);
      for (const [i, key] of keys.entries()) publicKeys.set(key, i * 32);
      // Each hears of it before it takes another range; one that did not would only know fewer keys.
      crew.tellAll({ order: 'learn', publicKeys }).catch(() => undefined);
    }
    yield async () => (await crew.carryOut({ order: 'range', block })) as RangeResult;
  }
}

async function take(result: RangeResult, { merge, nodes, spilled, keeping }: ReplayOptions): Promise<void> {
  merge.take(result);
  await nodes?.compare(storedNodeCount(result.first), result.nodes);
  spilled.add(result);
  keeping?.addKeys(result.keys);
}

/** One run of each range: where each begins, in the spill or in a copy of them all. It can be handed to another thread. */
export interface SpilledRuns {
  readonly bytes: Uint8Array | undefined;
  readonly starts: Float64Array;
}

/** What is kept of all ranges: acts, packed, and leaf hashes in the spill; where they are, at hand. */
export class SpilledActs {
  /** Where in its shared acts each ends, range by range. */
  readonly sharedEnds: Uint32Array[] = [];
  readonly leaves: SpilledLeaves;
  readonly #blocks: SpilledBlocks;
  readonly #words = new WordBook();

  constructor(spill: Spill) {
    this.#blocks = new SpilledBlocks(spill);
    this.leaves = new SpilledLeaves(spill);
  }

  /** Words of all ranges. */
  get words(): ToldWords {
    return this.#words.told();
  }

  add({ first, count, nodes, sharedEnds, words, partitions }: RangeResult): void {
    this.leaves.add(first, count, nodes);
    this.sharedEnds.push(sharedEnds);
    this.#words.add(words);
    this.#blocks.add(partitions);
  }

  /** Run `number` of each range, for whoever reads the spill. */
  runOf(number: number): SpilledRuns {
    return { bytes: undefined, starts: this.#blocks.startsOf(number) };
  }

  /** Run `number` of each range, for threads that cannot read the spill. */
  async copyOf(number: number): Promise<SpilledRuns> {
    const { bytes, ends } = await this.#blocks.read(number);
    return { bytes, starts: Float64Array.from(ends, (_, range) => ends[range - 1] ?? 0) };
  }

  /** What each range says to a partition; it is the reader's. */
  async read(partition: number): Promise<Runs> {
    return this.#blocks.read(partition);
  }
}
