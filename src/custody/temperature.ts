// Browser-safe.
/**
 * Temperature in interval arithmetic: from readings to the time goods were certainly, and possibly, out of their storage range.
 *
 * Reads  nothing but the readings given, sorting.ts.   Used by  judgement/ (CC rules).
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
import { sortFew } from './sorting.ts';

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
  return trackOf(samples, range, gapMaxMs);
}

/** {@link exposureTrack} of what is known to be samples and a range. */
export function trackOf(
  samples: readonly TemperatureSample[],
  range: TemperatureRange,
  gapMaxMs: number,
): ExposureTrack {
  return allIn(samples, range, gapMaxMs) ?? mixed(samples, range, gapMaxMs);
}

/** The track of readings of which none is out of range: most goods are kept as they should be. Undefined for any others. */
function allIn(
  samples: readonly TemperatureSample[],
  range: TemperatureRange,
  gapMaxMs: number,
): ExposureTrack | undefined {
  let said = samples;
  for (const sample of samples) {
    if (sample.minMilliC < range.minMilliC || sample.maxMilliC > range.maxMilliC) return undefined;
    if (!sample.clears) said = NONE;
  }
  if (said === NONE) said = samples.filter(({ clears }) => clears);
  if (said.length === 0) return NOTHING_READ;
  if (!isSorted(said)) said = [...said].sort(byStart);
  const firstMs = said[0]!.startMs;
  const runs: ExposureRun[] = [];
  let fromMs = firstMs;
  let lastMs = firstMs;
  for (const { startMs, endMs } of said) {
    if (startMs - lastMs > gapMaxMs) {
      if (lastMs > fromMs) runs.push({ fromMs, toMs: lastMs, state: 'in', isSuspect: false });
      runs.push({ fromMs: lastMs, toMs: startMs, state: 'gap', isSuspect: false });
      fromMs = startMs;
    }
    if (endMs > lastMs) lastMs = endMs;
  }
  if (lastMs > fromMs) runs.push({ fromMs, toMs: lastMs, state: 'in', isSuspect: false });
  return { runs, firstMs, lastMs, isFirstSuspect: false, isLastSuspect: false };
}

const NONE: readonly TemperatureSample[] = Object.freeze([]);
const NOTHING_READ: ExposureTrack = Object.freeze({
  runs: [],
  firstMs: undefined,
  lastMs: undefined,
  isFirstSuspect: false,
  isLastSuspect: false,
});

function mixed(
  samples: readonly TemperatureSample[],
  range: TemperatureRange,
  gapMaxMs: number,
): ExposureTrack {
  const marks: Mark[] = [];
  const stretches: Stretch[] = [];
  for (const said of bySource(samples, range)) vouch(said, gapMaxMs, marks, stretches);
  return marks.length === 0 ? NOTHING_READ : sweep(momentsOf(marks), stretches, gapMaxMs);
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

/** The begin or end of a reading, with what it says. */
interface Mark {
  readonly timeMs: number;
  readonly state: SampleState;
}

/** A stretch of time one source vouches for. */
interface Stretch extends Span {
  readonly state: SampleState;
}

/** A reading with what it says. */
interface Said extends Period {
  readonly state: SampleState;
}

/** {@link sampleState} of what is known to be a sample and a range. */
export function stateOf(sample: TemperatureSample, range: TemperatureRange): SampleState {
  if (sample.minMilliC >= range.minMilliC && sample.maxMilliC <= range.maxMilliC) return 'in';
  if (!sample.isSure) return 'doubt';
  if (sample.minMilliC > range.maxMilliC) return 'above';
  return sample.maxMilliC < range.minMilliC ? 'below' : 'doubt';
}

/** What each source says, in time order; where it says two things of the same time, that time is in doubt. */
function bySource(
  samples: readonly TemperatureSample[],
  range: TemperatureRange,
): readonly (readonly Said[])[] {
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
  const lists: (readonly Said[])[] = [];
  for (const list of sources.values()) {
    if (list.length < 2) lists.push(list);
    else lists.push(joined(isSorted(list) ? list : sortFew(list, byStart)));
  }
  return lists;
}

interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

function byStart(a: Period, b: Period): number {
  return a.startMs - b.startMs || a.endMs - b.endMs;
}

function isSorted(list: readonly Period[]): boolean {
  for (let i = 1; i < list.length; i++) {
    const a = list[i - 1]!;
    const b = list[i]!;
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

/** What one source vouches for: its covering intervals, and what is between two readings near enough. */
function vouch(said: readonly Said[], gapMaxMs: number, marks: Mark[], stretches: Stretch[]): void {
  let before: Said | undefined;
  for (let i = 0; i < said.length; i++) {
    const here = said[i]!;
    const { startMs, state } = here;
    marks.push({ timeMs: startMs, state });
    if (before !== undefined && startMs > before.endMs && startMs - before.endMs <= gapMaxMs) {
      const joint = before.state === state ? state : 'doubt';
      stretches.push({ fromMs: before.endMs, toMs: startMs, state: joint });
    }
    // Readings in range one after the other say of all the time between the first and the last what one of them says.
    const isLatest = before === undefined || before.endMs <= startMs;
    if (isLatest && state === 'in') i = endOfRun(said, i, gapMaxMs);
    const last = said[i]!;
    const { endMs } = last;
    if (endMs > startMs) {
      stretches.push({ fromMs: startMs, toMs: endMs, state });
      marks.push({ timeMs: endMs, state });
    }
    if (before === undefined || endMs >= before.endMs) before = last;
  }
}

/** The last of the readings in range from number `i` on that follow each other near enough, none before the end of another. */
function endOfRun(said: readonly Said[], i: number, gapMaxMs: number): number {
  let last = i;
  for (let next = i + 1; next < said.length; next++) {
    const { startMs, state } = said[next]!;
    const { endMs } = said[last]!;
    if (state !== 'in' || startMs < endMs || startMs - endMs > gapMaxMs) break;
    last = next;
  }
  return last;
}

/** Each time at which a reading begins or ends, once: what all of them say then, ascending. Of one source the marks mostly are that already. */
function momentsOf(marks: Mark[]): readonly Mark[] {
  let isStrict = true;
  let isSorted = true;
  for (let i = 1; i < marks.length && isSorted; i++) {
    const before = marks[i - 1]!.timeMs;
    const { timeMs } = marks[i]!;
    if (before >= timeMs) isStrict = false;
    if (before > timeMs) isSorted = false;
  }
  if (isStrict) return marks;
  if (!isSorted) sortFew(marks, byTime);
  const moments: Mark[] = [];
  for (const mark of marks) {
    const last = moments[moments.length - 1];
    if (last === undefined || last.timeMs !== mark.timeMs) moments.push(mark);
    else if (last.state !== mark.state) moments[moments.length - 1] = { ...mark, state: 'doubt' };
  }
  return moments;
}

function byTime(a: Mark, b: Mark): number {
  return a.timeMs - b.timeMs;
}

/** Stretches by where they begin: of one source they mostly stand so. */
function byBegin(stretches: readonly Stretch[]): readonly Stretch[] {
  for (let i = 1; i < stretches.length; i++) {
    if (stretches[i - 1]!.fromMs > stretches[i]!.fromMs) {
      return sortFew([...stretches], (a, b) => a.fromMs - b.fromMs);
    }
  }
  return stretches;
}

function byEnd(stretches: readonly Stretch[]): readonly Stretch[] {
  for (let i = 1; i < stretches.length; i++) {
    if (stretches[i - 1]!.toMs > stretches[i]!.toMs) {
      return sortFew([...stretches], (a, b) => a.toMs - b.toMs);
    }
  }
  return stretches;
}

/** How many sources say what at the moment. */
type Voices = Record<SampleState, number>;

function sweep(moments: readonly Mark[], stretches: readonly Stretch[], gapMaxMs: number): ExposureTrack {
  const begins = byBegin(stretches);
  const ends = byEnd(stretches);
  const voices: Voices = { in: 0, above: 0, below: 0, doubt: 0 };
  const runs: ExposureRun[] = [];
  let begun = 0;
  let ended = 0;
  let from: Mark | undefined;
  let state: Exposure = 'in';
  for (let i = 0; i + 1 < moments.length; i++) {
    const left = moments[i]!;
    const right = moments[i + 1]!;
    while (begun < begins.length && begins[begun]!.fromMs <= left.timeMs) voices[begins[begun++]!.state]++;
    while (ended < ends.length && ends[ended]!.toMs <= left.timeMs) voices[ends[ended++]!.state]--;
    const next = stateBetween(voices, left, right, gapMaxMs);
    if (from !== undefined) {
      if (next === state && next !== 'gap') continue;
      runs.push(runOf(from, left, state));
    }
    from = left;
    state = next;
  }
  if (from !== undefined) runs.push(runOf(from, moments.at(-1)!, state));
  const [first, last] = [moments[0]!, moments.at(-1)!];
  return {
    runs,
    firstMs: first.timeMs,
    lastMs: last.timeMs,
    isFirstSuspect: first.state !== 'in',
    isLastSuspect: last.state !== 'in',
  };
}

function runOf(left: Mark, right: Mark, state: Exposure): ExposureRun {
  const isSuspect = state === 'gap' && (left.state !== 'in' || right.state !== 'in');
  return { fromMs: left.timeMs, toMs: right.timeMs, state, isSuspect };
}

/** What is between two neighbouring moments. */
function stateBetween(voices: Voices, left: Mark, right: Mark, gapMaxMs: number): Exposure {
  const kinds = (voices.in > 0 ? 1 : 0) + (voices.above > 0 ? 1 : 0) + (voices.below > 0 ? 1 : 0);
  if (voices.doubt > 0 || kinds > 1) return 'doubt';
  if (kinds === 1) return voices.in > 0 ? 'in' : 'out';
  // No source vouches for this time: the readings at its ends do, whoever made them, if they are near enough.
  if (right.timeMs - left.timeMs > gapMaxMs) return 'gap';
  if (left.state !== right.state || left.state === 'doubt') return 'doubt';
  return left.state === 'in' ? 'in' : 'out';
}

function assertRange(range: TemperatureRange): void {
  assertObject('range', range);
  assertInteger('minMilliC', range.minMilliC, -Number.MAX_SAFE_INTEGER);
  assertInteger('maxMilliC', range.maxMilliC, -Number.MAX_SAFE_INTEGER);
}

function assertSample(sample: TemperatureSample): void {
  if (isSample(sample)) return;
  assertRange(assertObject('sample', sample));
  assertInteger('startMs', sample.startMs, -Number.MAX_SAFE_INTEGER);
  assertInteger('endMs', sample.endMs, sample.startMs);
  assertText('source', sample.source);
}

/** The same at once, for the many that are what they should be. */
function isSample(sample: TemperatureSample | null): boolean {
  if (typeof sample !== 'object' || sample === null || typeof sample.source !== 'string') return false;
  const { startMs, endMs, minMilliC, maxMilliC } = sample;
  const isWhole = Number.isSafeInteger(startMs) && Number.isSafeInteger(endMs) && startMs <= endMs;
  return isWhole && Number.isSafeInteger(minMilliC) && Number.isSafeInteger(maxMilliC);
}

function assertSpans(spans: readonly Span[]): void {
  for (const span of assertArray('spans', spans, Number.MAX_SAFE_INTEGER)) {
    const { fromMs, toMs } = assertObject('span', span as Span);
    if (typeof fromMs !== 'number') throw argumentTypeError('fromMs', 'a number', fromMs);
    if (typeof toMs !== 'number') throw argumentTypeError('toMs', 'a number', toMs);
  }
}
