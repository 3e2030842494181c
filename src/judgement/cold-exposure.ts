// Browser-safe.
/**
 * Exposure of goods: which of their time was out of range, in doubt, or not measured although it should have been.
 *
 * Reads  cold-readings.ts, custody/ (temperature).   Used by  cold-chain.ts.
 * Source `findings.md` CC-05, CC-08, CC-09.
 * Rule   measuring is a matter of policy: where nobody must (`coldChainRequired`), goods nobody ever measured say nothing. Of goods
 *        that were measured, every gap between two readings counts; what follows the last reading counts to the next change of
 *        hands or container, as far as the goods were seen there, if he who had them had measured them longer than a gap may be;
 *        what is before the first does not.
 *        What lies beside a reading out of range always counts.
 * Never  counts what follows the last reading before it can be late: readings may come until max lag has passed.
 * @module
 */
import {
  overlapMs,
  type Act,
  type ExposureRun,
  type ExposureTrack,
  type Span,
  type Timeline,
} from '../custody/index.ts';
import { trackOf } from '../custody/temperature.ts';
import type { Policy } from '../statement/index.ts';
import type { ProductPayload } from '../statement/kinds.ts';
import { isIn, samplesOf, without, type Batch, type Witness } from './cold-batches.ts';
import type { ColdLog } from './cold-memory.ts';
import type { Border } from './cold-readings.ts';

/** What a product bears. */
export type Storage = NonNullable<ProductPayload['storage']>;

/** Readings of one journey against one storage range. */
export interface Journey {
  readonly log: ColdLog;
  readonly track: ExposureTrack;
  /** In force at the newest event that measured. */
  readonly policy: Policy;
  /** Readings not wholly in range. */
  readonly notable: readonly Witness[];
  /** True if at least two readings, or one over a time, belong together: a check now and then is no monitoring. */
  readonly isMonitored: boolean;
  readonly hasGaps: boolean;
}

/** Times that count, each list ascending. */
export interface Assessment {
  readonly out: readonly Span[];
  readonly doubt: readonly Span[];
  readonly gaps: readonly Span[];
}

/** The journey of a log. */
export function journeyOf(log: ColdLog, storage: Storage, policyAt: (entry: number) => Policy): Journey {
  const { batches } = log;
  let newest = -1;
  for (const { act } of batches) if (act.ref.entry > newest) newest = act.ref.entry;
  const policy = policyAt(newest < 0 ? Infinity : newest);
  const track = trackOf(samplesOf(batches, storage, policy.gapMaxMs), storage, policy.gapMaxMs);
  return {
    log,
    track,
    policy,
    notable: notableOf(batches, storage, policy.gapMaxMs),
    isMonitored: track.runs.some(isMeasured),
    hasGaps: !track.runs.every(isMeasured),
  };
}

function isMeasured({ state }: ExposureRun): boolean {
  return state !== 'gap';
}

function notableOf(batches: readonly Batch[], storage: Storage, gapMaxMs: number): readonly Witness[] {
  let notable = NOTHING;
  for (const batch of batches) {
    if (isIn(batch, storage)) continue;
    const found = batch.against(storage, gapMaxMs).notable;
    notable = notable.length === 0 ? found : [...notable, ...found];
  }
  return notable;
}

const NOTHING: readonly Witness[] = Object.freeze([]);

/** The same without readings out of range of a time when the goods did not need the cold: they say nothing of before or after. */
export function keptJourney(journey: Journey, storage: Storage, spans: readonly Span[]): Journey {
  const { log, notable, policy } = journey;
  if (notable.every((witness) => concerns(witness, spans))) return journey;
  const foreign = new Set(notable.filter((witness) => !concerns(witness, spans)));
  return journeyOf(log.with(without(log.batches, foreign)), storage, () => policy);
}

/** True for a reading of some of these times. */
export function concerns({ startMs, endMs }: Witness, spans: readonly Span[]): boolean {
  return spans.some(({ fromMs, toMs }) => endMs >= fromMs && startMs <= toMs);
}

/** From the last reading to the next border of the containers around it: what follows it counts no longer than that. */
export function tailOf({ log: { borders }, track: { lastMs } }: Journey): number {
  if (lastMs === undefined) return Infinity;
  return firstFrom([borders], lastMs) - lastMs;
}

/** Lives in which a unit needs the cold. */
const KEPT: ReadonlySet<string> = new Set(['active', 'opened']);
/** Marks after which nobody keeps the goods cold any more. */
const UNKEPT = ['stolen', 'lost', 'exported', 'to-destroy', 'sample'] as const;

/**
 * When custody of a unit required cold: from commissioning to supply, use or end. Where none of these is recorded, to when it was
 * seen last: a missed scan is no gap.
 */
export function keptSpans({ strides, marks }: Timeline, seenMs: number): readonly Span[] {
  const spans: Span[] = [];
  let endMs = seenMs;
  if (marks.size > 0) for (const mark of UNKEPT) endMs = Math.min(endMs, marks.get(mark)?.timeMs ?? Infinity);
  let fromMs: number | undefined;
  for (const { line, after, atMs } of strides) {
    if (line !== 'main') continue;
    if (KEPT.has(after.life)) fromMs ??= atMs;
    else if (fromMs !== undefined) {
      const toMs = Math.min(atMs, endMs);
      if (toMs > fromMs) spans.push({ fromMs, toMs });
      fromMs = undefined;
    }
  }
  if (fromMs !== undefined && endMs > fromMs) spans.push({ fromMs, toMs: endMs });
  return spans;
}

/** What of a journey's time counts. */
export interface Terms {
  /** When the goods needed the cold: ascending, not overlapping. */
  readonly spans: readonly Span[];
  /** Lists of them, in no order. */
  readonly borders: readonly (readonly Border[])[];
  /** Nothing measured may be missing before this. */
  readonly limitMs: number;
  readonly isRequired: boolean;
}

/** The times that count. */
export function assess(journey: Journey, terms: Terms): Assessment {
  const { track, policy, isMonitored } = journey;
  const found = { out: [] as Span[], doubt: [] as Span[], gaps: [] as Span[] };
  for (const open of unmeasured(journey, terms)) {
    for (const piece of clip(open, terms.spans)) {
      const isGap = piece.toMs - piece.fromMs > policy.gapMaxMs;
      if (isGap && (open.isSuspect || isMonitored || terms.isRequired)) found.gaps.push(piece);
      else if (open.isSuspect) found.doubt.push(piece);
    }
  }
  for (const run of track.runs) {
    if (run.state !== 'out' && run.state !== 'doubt') continue;
    found[run.state].push(...clip(run, terms.spans));
  }
  return found;
}

interface Unmeasured extends Span {
  readonly isSuspect: boolean;
}

/** Gaps between readings, and what counts of the time before the first and after the last. */
function* unmeasured({ track, policy }: Journey, terms: Terms): Iterable<Unmeasured> {
  const { firstMs, lastMs, isFirstSuspect, isLastSuspect, runs } = track;
  const { isRequired, limitMs, borders } = terms;
  if (firstMs === undefined || lastMs === undefined) {
    if (isRequired) yield { fromMs: -Infinity, toMs: limitMs, isSuspect: false };
    return;
  }
  const before = isRequired ? -Infinity : isFirstSuspect ? lastBefore(borders, firstMs + 1) : firstMs;
  if (before < firstMs) yield { fromMs: before, toMs: firstMs, isSuspect: isFirstSuspect };
  for (const run of runs) if (run.state === 'gap') yield run;
  const leg: Span = { fromMs: lastBefore(borders, lastMs), toMs: lastMs };
  let measuredMs = 0;
  for (const run of runs) if (run.state !== 'gap') measuredMs += overlapMs(run, leg);
  if (!isRequired && !isLastSuspect && measuredMs <= policy.gapMaxMs) return;
  const after = isRequired ? Infinity : firstFrom(borders, lastMs);
  const toMs = Math.min(after, limitMs);
  if (toMs > lastMs) yield { fromMs: lastMs, toMs, isSuspect: isLastSuspect };
}

/** Where the part of a journey begins that leads to a time. */
function lastBefore(borders: Terms['borders'], timeMs: number): number {
  let last = -Infinity;
  for (const list of borders) {
    for (const border of list) if (border.timeMs < timeMs && border.timeMs > last) last = border.timeMs;
  }
  return last;
}

/** Where the part of a journey ends that begins at a time. */
function firstFrom(borders: Terms['borders'], timeMs: number): number {
  let first = Infinity;
  for (const list of borders) {
    for (const border of list) if (border.timeMs >= timeMs && border.timeMs < first) first = border.timeMs;
  }
  return first;
}

/** The parts of a time within spans. */
export function clip(time: Span, spans: readonly Span[]): readonly Span[] {
  const parts: Span[] = [];
  for (const span of spans) {
    const fromMs = Math.max(time.fromMs, span.fromMs);
    const toMs = Math.min(time.toMs, span.toMs);
    if (toMs > fromMs) parts.push({ fromMs, toMs });
  }
  return parts;
}

/** How much of these times lies within one. */
export function timeWithin(times: readonly Span[], within: Span): number {
  let ms = 0;
  for (const time of times) ms += overlapMs(time, within);
  return ms;
}

/** One way of the goods between two hands. */
export interface Transit extends Span {
  readonly acts: readonly Act[];
}

/** From each giving to the next taking; what was never taken is on its way for ever. */
export function transitsOf(borders: readonly Border[]): readonly Transit[] {
  const transits: Transit[] = [];
  let given: Extract<Border, { act: Act }> | undefined;
  for (const change of borders) {
    if (change.kind === 'move') continue;
    if (change.kind === 'give') given ??= change;
    else if (given !== undefined) {
      transits.push({ fromMs: given.timeMs, toMs: change.timeMs, acts: [given.act, change.act] });
      given = undefined;
    }
  }
  if (given !== undefined) transits.push({ fromMs: given.timeMs, toMs: Infinity, acts: [given.act] });
  return transits;
}
