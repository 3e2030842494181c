// Browser-safe.
/**
 * Batches: the readings one event reports of one bearer, taken together, so that goods kept as they should be cost a step a report
 * and not one a reading.
 *
 * Reads  custody/ (temperature, extents).   Used by  cold-readings.ts, cold-memory.ts, cold-exposure.ts.
 * Rule   a batch says of its time what its readings say one by one, or it is taken apart: {@link samplesOf}.
 * Never  knows of what unit it is: units that one event names share it.
 * @module
 */
import type { Act, Reading, Span, TemperatureRange, TemperatureSample } from '../custody/index.ts';
import { extentOf, type Extent } from '../custody/extent.ts';

/** A reading with its event, and what it was taken of. */
export interface Witness extends TemperatureSample {
  readonly act: Act;
  /** Container the event names; undefined where it names the unit itself. */
  readonly bearer: string | undefined;
  /** False where only a part of its time concerns the subject: its extremes may lie in the other part. */
  readonly isWhole: boolean;
}

/**
 * Readings of one event of one bearer as one sample: from the first to the last, between their least and greatest temperature;
 * sure, or clearing, if all of them are. Never empty.
 */
export interface Batch extends TemperatureSample {
  readonly act: Act;
  /** Longest time between a reading and the next; Infinity where they overlap, are in no order, or of several sources. */
  readonly gapMs: number;
  readonly witnesses: readonly Witness[];
  /** What they say of a storage range. */
  against(range: TemperatureRange, gapMaxMs: number): Against;
}

/** The readings of a batch against one storage range. */
export interface Against {
  /** Those not wholly in range. */
  readonly notable: readonly Witness[];
  /** The fewest samples that say the same as all of them, where nothing else of their source is of their time. */
  readonly samples: readonly TemperatureSample[];
}

/** How far all readings of an event are believed. */
export type Weight = Pick<TemperatureSample, 'isSure' | 'clears'>;

/** All readings of an event that names units, each of the same weight; there must be one. */
export function batchOfAct(act: Act, weight: Weight): SharedBatch {
  const { readings, extent } = act.more!;
  const { device } = readings[0]!;
  return new SharedBatch(act, undefined, device ?? act.actor, weight, extent ?? extentOf(readings, device));
}

/** One reading of an event. */
export function witnessOf(
  act: Act,
  bearer: string | undefined,
  { startMs, endMs, minMilliC, maxMilliC, device }: Reading,
  { isSure, clears }: Weight,
): Witness {
  const source = device ?? act.actor;
  return { startMs, endMs, minMilliC, maxMilliC, source, isSure, clears, act, bearer, isWhole: true };
}

/** Takes readings of one event of one bearer together; there must be one. */
export function batchOf(witnesses: readonly Witness[]): Batch {
  return new ListBatch(witnesses);
}

abstract class PlainBatch implements Batch {
  readonly act: Act;
  readonly extent: Extent;
  readonly source: string;
  readonly isSure: boolean;
  readonly clears: boolean;
  abstract readonly witnesses: readonly Witness[];
  /** The same, as they were given: for whoever needs no witnesses. */
  protected abstract readonly measured: readonly Measured[];
  /** The answer given last: goods that travel together bear the same. */
  #asked: (Against & TemperatureRange & { readonly gapMaxMs: number }) | undefined;

  constructor(act: Act, source: string, { isSure, clears }: Weight, extent: Extent) {
    this.act = act;
    this.extent = extent;
    this.source = source;
    this.isSure = isSure;
    this.clears = clears;
  }

  get startMs(): number {
    return this.extent.startMs;
  }

  get endMs(): number {
    return this.extent.endMs;
  }

  get minMilliC(): number {
    return this.extent.minMilliC;
  }

  get maxMilliC(): number {
    return this.extent.maxMilliC;
  }

  get gapMs(): number {
    return this.extent.gapMs;
  }

  against(range: TemperatureRange, gapMaxMs: number): Against {
    const { minMilliC, maxMilliC } = range;
    const asked = this.#asked;
    const isSame = asked?.minMilliC === minMilliC && asked.maxMilliC === maxMilliC;
    if (isSame && asked.gapMaxMs === gapMaxMs) return asked;
    const notable = isIn(this, range) ? NOTHING : this.witnesses.filter((witness) => !isIn(witness, range));
    const isInOrder = this.gapMs !== Infinity && this.clears;
    const runs = isInOrder ? runsOf(this.measured, this, range, gapMaxMs) : undefined;
    const samples = runs ?? this.witnesses;
    this.#asked = { minMilliC, maxMilliC, gapMaxMs, notable, samples };
    return this.#asked;
  }
}

const NOTHING: readonly Witness[] = Object.freeze([]);

/** A reading, or a witness of one. */
interface Measured extends TemperatureRange {
  readonly startMs: number;
  readonly endMs: number;
  /** As that of the batch where it says nothing. */
  readonly isSure?: boolean;
}

/**
 * Readings of one source, none before the end of another, with those in range that follow each other near enough as one. Undefined
 * where a reading out of range touches one in range: that instant is in doubt, and all stay as they are.
 */
function runsOf(
  readings: readonly Measured[],
  { source, isSure, clears }: PlainBatch,
  range: TemperatureRange,
  gapMaxMs: number,
): readonly TemperatureSample[] | undefined {
  const runs: TemperatureSample[] = [];
  let last: { -readonly [K in keyof TemperatureSample]: TemperatureSample[K] } | undefined;
  let wasIn = false;
  for (const reading of readings) {
    const { startMs, endMs, minMilliC, maxMilliC } = reading;
    const isHere = isIn(reading, range);
    if (last !== undefined && isHere !== wasIn && startMs === last.endMs) return undefined;
    if (last !== undefined && isHere && wasIn && startMs - last.endMs <= gapMaxMs) {
      last.endMs = endMs;
      if (minMilliC < last.minMilliC) last.minMilliC = minMilliC;
      if (maxMilliC > last.maxMilliC) last.maxMilliC = maxMilliC;
      if (reading.isSure === false) last.isSure = false;
    } else {
      last = { startMs, endMs, minMilliC, maxMilliC, source, isSure: reading.isSure ?? isSure, clears };
      runs.push(last);
    }
    wasIn = isHere;
  }
  return runs;
}

/** All readings of an event, which are made witnesses only when somebody asks. */
export class SharedBatch extends PlainBatch {
  readonly #bearer: string | undefined;
  #witnesses: readonly Witness[] | undefined;

  constructor(act: Act, bearer: string | undefined, source: string, weight: Weight, extent: Extent) {
    super(act, source, weight, extent);
    this.#bearer = bearer;
  }

  /** The same of a container. */
  of(bearer: string): SharedBatch {
    return new SharedBatch(this.act, bearer, this.source, this, this.extent);
  }

  protected get measured(): readonly Measured[] {
    return this.act.more!.readings;
  }

  get witnesses(): readonly Witness[] {
    return (this.#witnesses ??= this.act.more!.readings.map((reading) =>
      witnessOf(this.act, this.#bearer, reading, this),
    ));
  }
}

class ListBatch extends PlainBatch {
  readonly witnesses: readonly Witness[];

  constructor(witnesses: readonly Witness[]) {
    const { act, source } = witnesses[0]!;
    const isSure = witnesses.every((one) => one.isSure);
    const clears = witnesses.every((one) => one.clears);
    const isOfOne = witnesses.every((one) => one.source === source);
    super(act, source, { isSure, clears }, extentOf(witnesses, undefined, isOfOne));
    this.witnesses = witnesses;
  }

  protected get measured(): readonly Measured[] {
    return this.witnesses;
  }
}

/** Adds the part of a batch that lies within a time, of which what is after `sureUntilMs` only casts doubt. */
export function addWithin(
  into: Batch[],
  batch: Batch,
  within: Span & { readonly sureUntilMs: number },
): void {
  const { fromMs, toMs, sureUntilMs } = within;
  if (batch.startMs > toMs || batch.endMs < fromMs) return;
  const isWhole = batch.startMs >= fromMs && batch.endMs <= toMs;
  if (isWhole && batch.endMs <= sureUntilMs) {
    into.push(batch);
    return;
  }
  const parts: Witness[] = [];
  for (const witness of batch.witnesses) addPart(parts, witness, within);
  if (parts.length > 0) into.push(batchOf(parts));
}

function addPart(
  into: Witness[],
  witness: Witness,
  { fromMs, toMs, sureUntilMs }: Span & { readonly sureUntilMs: number },
): void {
  if (witness.startMs > toMs || witness.endMs < fromMs) return;
  const isWhole = witness.startMs >= fromMs && witness.endMs <= toMs;
  const isSure = witness.isSure && witness.endMs <= sureUntilMs;
  if (isWhole && isSure === witness.isSure) {
    into.push(witness);
    return;
  }
  const startMs = Math.max(witness.startMs, fromMs);
  const endMs = Math.min(witness.endMs, toMs);
  into.push({ ...witness, startMs, endMs, isSure, isWhole: witness.isWhole && isWhole });
}

/** The batches without some of their readings. */
export function without(batches: readonly Batch[], left: ReadonlySet<Witness>): readonly Batch[] {
  return batches.flatMap((batch) => {
    const rest = batch.witnesses.filter((witness) => !left.has(witness));
    if (rest.length === batch.witnesses.length) return batch;
    return rest.length === 0 ? [] : batchOf(rest);
  });
}

/** True if all a batch says is that the goods were in range. */
export function isIn({ minMilliC, maxMilliC }: TemperatureRange, range: TemperatureRange): boolean {
  return minMilliC >= range.minMilliC && maxMilliC <= range.maxMilliC;
}

/**
 * The fewest samples of which the track is that of all readings: readings in range, near enough to each other to speak for the
 * time between them, are one sample. Where others are out of range, only if nothing else of their source lies among them.
 * Cost: a reading is looked at once for a range, and not for each of the goods that share its report.
 */
export function samplesOf(
  batches: readonly Batch[],
  range: TemperatureRange,
  gapMaxMs: number,
): readonly TemperatureSample[] {
  let isAllIn = true;
  let isAllSolid = true;
  for (const batch of batches) {
    isAllIn &&= isIn(batch, range);
    isAllSolid &&= isSolid(batch, gapMaxMs);
  }
  if (isAllIn && isAllSolid) return batches;
  const samples: TemperatureSample[] = [];
  for (const batch of batches) {
    if (batch.gapMs === Infinity || !batch.clears || !(isAllIn || isByItself(batch, batches, range))) {
      for (const witness of batch.witnesses) samples.push(witness);
    } else if (batch.gapMs <= gapMaxMs && isIn(batch, range)) samples.push(batch);
    else for (const sample of batch.against(range, gapMaxMs).samples) samples.push(sample);
  }
  return samples;
}

/** True if its readings speak for all of its time. */
function isSolid({ gapMs, clears }: Batch, gapMaxMs: number): boolean {
  return gapMs <= gapMaxMs && clears;
}

/** True if no other readings of the source are of any of its time; where all are in range, these may touch it. */
function isByItself(batch: Batch, batches: readonly Batch[], range: TemperatureRange): boolean {
  if (batches.length > COMPARED_MAX) return false;
  const { startMs, endMs, source } = batch;
  const isHere = isIn(batch, range);
  for (const other of batches) {
    if (other === batch || other.endMs < startMs || other.startMs > endMs) continue;
    if (other.gapMs !== Infinity && other.source !== source) continue;
    const touches = other.endMs === startMs || other.startMs === endMs;
    if (!isHere || !touches || !isIn(other, range)) return false;
  }
  return true;
}

/** Batches compared with each other, each with each. */
const COMPARED_MAX = 100;
