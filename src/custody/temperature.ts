// Browser-safe.
/**
 * Temperature in interval arithmetic: from readings to the time goods were certainly, and possibly, out of their storage range.
 *
 * Reads  nothing but the readings given.   Used by  judgement/ (CC rules).
 * Source `findings.md` CC-02 to CC-06, CC-08; design section 2, principle 4 (integers only).
 * Rule   what is between two readings of one device, no further apart than the longest gap, is as both of them are; where they
 *        differ it is in doubt. So an excursion is certain from its first to its last reading outside, and in doubt up to the
 *        readings inside on both sides. A covering interval is wholly in or out where its least and greatest are, else in doubt.
 * Rule   devices add up: a time is certainly out where one says so and none says in; where devices differ it is in doubt.
 * Never  lets a reading without weight say "out", nor one that may not clear say "in".
 * @module
 */
import { argumentTypeError } from '../errors.ts';
import { assertArray, assertInteger, assertObject, assertText } from '../bytes/index.ts';

/** A storage range, both ends inclusive, in milli-degrees Celsius. */
export interface TemperatureRange {
  readonly minMilliC: number;
  readonly maxMilliC: number;
}

/** One reading with its standing. `startMs` = `endMs`: one instant; else the extremes of that whole time. */
export interface TemperatureSample extends TemperatureRange {
  readonly startMs: number;
  readonly endMs: number;
  /** Which device, or who where none is named: what is between two readings is known only of the same source. */
  readonly source: string;
  /** False for a reading whose word is not enough to say "out": there it casts doubt. */
  readonly isSure: boolean;
  /** False for a reading that may not say "in": it is passed over where it does. */
  readonly clears: boolean;
}

/** `out`: certainly outside the range; `doubt`: readings leave it open; `gap`: no reading for too long. */
export type Exposure = 'in' | 'out' | 'doubt' | 'gap';

/** A stretch of time of one kind, never empty. */
export interface ExposureRun {
  readonly fromMs: number;
  readonly toMs: number;
  readonly state: Exposure;
  /** Of a gap: true where a reading at one of its ends is not in range. */
  readonly isSuspect: boolean;
}

/** All runs from the first reading to the last, without a hole between them. */
export interface ExposureTrack {
  readonly runs: readonly ExposureRun[];
  /** Undefined where there is no reading. */
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
  /** True where the first, or the last, reading is not in range. */
  readonly isFirstSuspect: boolean;
  readonly isLastSuspect: boolean;
}

/** A time from `fromMs` to `toMs`. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Time of each kind. */
export interface ExposureTime {
  readonly outMs: number;
  readonly doubtMs: number;
  readonly gapMs: number;
}

/** What one reading says of a range; `above` and `below` never join. */
export type SampleState = 'in' | 'above' | 'below' | 'doubt';

/** What a reading says by itself. */
export function sampleState(sample: TemperatureSample, range: TemperatureRange): SampleState {
  assertSample(sample);
  assertRange(range);
  return stateOf(sample, range);
}

/**
 * Joins readings to runs.
 * Cost: n log n in the number of readings.
 *
 * @param samples  - readings in any order, of any number of sources.
 * @param gapMaxMs - longest time between two readings over which they still speak for each other.
 */
export function exposureTrack(
  samples: readonly TemperatureSample[],
  range: TemperatureRange,
  gapMaxMs: number,
): ExposureTrack {
  for (const sample of assertArray('samples', samples, Number.MAX_SAFE_INTEGER)) {
    assertSample(sample as TemperatureSample);
  }
  assertRange(range);
  assertInteger('gapMaxMs', gapMaxMs);
  const marks = new Map<number, SampleState>();
  const borders: Border[] = [];
  for (const ofSource of bySource(samples, range).values()) pieces(ofSource, gapMaxMs, borders);
  for (const { fromMs, toMs, state } of borders) {
    if (toMs !== undefined) continue;
    const known = marks.get(fromMs);
    marks.set(fromMs, known === undefined || known === state ? state : 'doubt');
  }
  return sweep(borders, marks, gapMaxMs);
}

/** The time of each kind within `spans`, which are ascending and do not overlap. */
export function exposureWithin(track: ExposureTrack, spans: readonly Span[]): ExposureTime {
  const runs = assertArray('runs', assertObject('track', track).runs, Number.MAX_SAFE_INTEGER);
  assertSpans(spans);
  const time = { in: 0, out: 0, doubt: 0, gap: 0 };
  let s = 0;
  for (const run of runs as readonly ExposureRun[]) {
    while (s < spans.length && spans[s]!.toMs <= run.fromMs) s++;
    for (let i = s; i < spans.length && spans[i]!.fromMs < run.toMs; i++) {
      time[run.state] += overlapMs(run, spans[i]!);
    }
  }
  return { outMs: time.out, doubtMs: time.doubt, gapMs: time.gap };
}

/** How long two times are one. */
export function overlapMs(a: Span, b: Span): number {
  assertObject('a', a);
  assertObject('b', b);
  const ms = Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs);
  return ms > 0 ? ms : 0;
}

/** A stretch one source vouches for; without an end, the mark of one reading's begin or end. */
interface Border {
  readonly fromMs: number;
  readonly toMs: number | undefined;
  readonly state: SampleState;
}

/** A reading with what it says. */
interface Said {
  readonly startMs: number;
  readonly endMs: number;
  readonly state: SampleState;
}

function stateOf(sample: TemperatureSample, range: TemperatureRange): SampleState {
  if (sample.minMilliC >= range.minMilliC && sample.maxMilliC <= range.maxMilliC) return 'in';
  if (!sample.isSure) return 'doubt';
  if (sample.minMilliC > range.maxMilliC) return 'above';
  return sample.maxMilliC < range.minMilliC ? 'below' : 'doubt';
}

/** What each source says, in time order; where it says two things of the same time, that time is in doubt. */
function bySource(
  samples: readonly TemperatureSample[],
  range: TemperatureRange,
): ReadonlyMap<string, readonly Said[]> {
  const sources = new Map<string, Said[]>();
  for (const sample of samples) {
    const state = stateOf(sample, range);
    if (state === 'in' && !sample.clears) continue;
    const { startMs, endMs, source } = sample;
    const said = { startMs, endMs, state };
    const list = sources.get(source);
    if (list === undefined) sources.set(source, [said]);
    else list.push(said);
  }
  for (const [source, list] of sources) {
    if (!isSorted(list)) list.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
    sources.set(source, joined(list));
  }
  return sources;
}

function isSorted(list: readonly Said[]): boolean {
  for (let i = 1; i < list.length; i++) {
    const [a, b] = [list[i - 1]!, list[i]!];
    if (a.startMs > b.startMs || (a.startMs === b.startMs && a.endMs > b.endMs)) return false;
  }
  return true;
}

function joined(sorted: readonly Said[]): Said[] {
  const distinct: Said[] = [];
  for (const said of sorted) {
    const last = distinct.at(-1);
    if (last === undefined || last.startMs !== said.startMs || last.endMs !== said.endMs) distinct.push(said);
    else if (last.state !== said.state) distinct[distinct.length - 1] = { ...said, state: 'doubt' };
  }
  return distinct;
}

/** The stretches one source vouches for: its covering intervals, and what is between two readings near enough. */
function pieces(said: readonly Said[], gapMaxMs: number, into: Border[]): void {
  let before: Said | undefined;
  for (const here of said) {
    into.push({ fromMs: here.startMs, toMs: undefined, state: here.state });
    if (here.endMs > here.startMs) {
      into.push({ fromMs: here.startMs, toMs: here.endMs, state: here.state });
      into.push({ fromMs: here.endMs, toMs: undefined, state: here.state });
    }
    if (before !== undefined && here.startMs > before.endMs && here.startMs - before.endMs <= gapMaxMs) {
      const state = before.state === here.state ? here.state : 'doubt';
      into.push({ fromMs: before.endMs, toMs: here.startMs, state });
    }
    if (before === undefined || here.endMs >= before.endMs) before = here;
  }
}

/** How many sources say what at the moment. */
type Voices = Record<SampleState, number>;

function sweep(
  borders: readonly Border[],
  marks: ReadonlyMap<number, SampleState>,
  gapMaxMs: number,
): ExposureTrack {
  const times = [...marks.keys()].sort((a, b) => a - b);
  if (times.length === 0) {
    return { runs: [], firstMs: undefined, lastMs: undefined, isFirstSuspect: false, isLastSuspect: false };
  }
  const changes = new Map<number, Border[]>();
  for (const border of borders) {
    if (border.toMs === undefined) continue;
    for (const timeMs of [border.fromMs, border.toMs]) {
      const list = changes.get(timeMs);
      if (list === undefined) changes.set(timeMs, [border]);
      else list.push(border);
    }
  }
  const voices: Voices = { in: 0, above: 0, below: 0, doubt: 0 };
  const runs: ExposureRun[] = [];
  for (const [i, fromMs] of times.entries()) {
    for (const border of changes.get(fromMs) ?? []) voices[border.state] += border.fromMs === fromMs ? 1 : -1;
    const toMs = times[i + 1];
    if (toMs === undefined) break;
    addRun(runs, runOf(voices, fromMs, toMs, marks, gapMaxMs));
  }
  const [firstMs, lastMs] = [times[0]!, times.at(-1)!];
  return {
    runs,
    firstMs,
    lastMs,
    isFirstSuspect: marks.get(firstMs) !== 'in',
    isLastSuspect: marks.get(lastMs) !== 'in',
  };
}

function runOf(
  voices: Voices,
  fromMs: number,
  toMs: number,
  marks: ReadonlyMap<number, SampleState>,
  gapMaxMs: number,
): ExposureRun {
  const run = (state: Exposure, isSuspect = false): ExposureRun => ({ fromMs, toMs, state, isSuspect });
  const kinds = (voices.in > 0 ? 1 : 0) + (voices.above > 0 ? 1 : 0) + (voices.below > 0 ? 1 : 0);
  if (voices.doubt > 0 || kinds > 1) return run('doubt');
  if (kinds === 1) return run(voices.in > 0 ? 'in' : 'out');
  // No source vouches for this time: the readings at its ends do, whoever made them, if they are near enough.
  const [left, right] = [marks.get(fromMs)!, marks.get(toMs)!];
  if (toMs - fromMs > gapMaxMs) return run('gap', left !== 'in' || right !== 'in');
  if (left !== right || left === 'doubt') return run('doubt');
  return run(left === 'in' ? 'in' : 'out');
}

function addRun(runs: ExposureRun[], run: ExposureRun): void {
  const last = runs.at(-1);
  if (last === undefined || last.state !== run.state || run.state === 'gap') runs.push(run);
  else runs[runs.length - 1] = { ...last, toMs: run.toMs };
}

function assertRange(range: TemperatureRange): void {
  assertObject('range', range);
  assertInteger('minMilliC', range.minMilliC, -Number.MAX_SAFE_INTEGER);
  assertInteger('maxMilliC', range.maxMilliC, -Number.MAX_SAFE_INTEGER);
}

function assertSample(sample: TemperatureSample): void {
  assertRange(assertObject('sample', sample));
  assertInteger('startMs', sample.startMs, -Number.MAX_SAFE_INTEGER);
  assertInteger('endMs', sample.endMs, sample.startMs);
  assertText('source', sample.source);
}

function assertSpans(spans: readonly Span[]): void {
  for (const span of assertArray('spans', spans, Number.MAX_SAFE_INTEGER)) {
    const { fromMs, toMs } = assertObject('span', span as Span);
    if (typeof fromMs !== 'number') throw argumentTypeError('fromMs', 'a number', fromMs);
    if (typeof toMs !== 'number') throw argumentTypeError('toMs', 'a number', toMs);
  }
}
