// Goal:   out-of-range time is certain only where every history the readings allow has it, and possible wherever one has.
// Method: small worlds completely: every placing of readings on a short grid, against all 2^n histories of its slots that obey the
//         rule of interpolation, written out as constraints; then seeded worlds of several devices, and the laws of the arithmetic.
import { describe, expect, it } from 'vitest';
import {
  exposureTrack,
  exposureWithin,
  overlapMs,
  sampleState,
  type TemperatureSample,
} from '../../src/custody/index.ts';
import { Dice } from '../support/journeys.ts';

const RANGE = { minMilliC: 2000, maxMilliC: 8000 };
const TEMPERATURE = { in: 5000, above: 12_000, below: -1000 } as const;
type Kind = keyof typeof TEMPERATURE;

function at(startMs: number, kind: Kind, more: Partial<TemperatureSample> = {}): TemperatureSample {
  const milli = TEMPERATURE[kind];
  return {
    startMs,
    endMs: startMs,
    minMilliC: milli,
    maxMilliC: milli,
    source: 'D1',
    isSure: true,
    clears: true,
    ...more,
  };
}

/** Time of each kind from the first reading to the last. */
function timeOf(samples: readonly TemperatureSample[], gapMaxMs: number) {
  return exposureWithin(exposureTrack(samples, RANGE, gapMaxMs), [{ fromMs: -1000, toMs: 1000 }]);
}

interface Bounds {
  readonly certain: number;
  readonly possible: number;
}

/** What one source, or all of them, pins a slot to. */
type Pin = 'in' | 'out' | 'free';

/**
 * Least and greatest time out of range over all histories of the slots between the first and the last reading.
 * A slot is pinned by what vouches for it; where two that vouch differ, or nothing does, it is free.
 */
function bruteForce(samples: readonly TemperatureSample[], gapMaxMs: number): Bounds {
  const times = samples.flatMap(({ startMs, endMs }) => [startMs, endMs]);
  if (times.length === 0) return { certain: 0, possible: 0 };
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const pins: Pin[] = [];
  for (let slot = first; slot < last; slot++) pins.push(pinOf(slot, samples, gapMaxMs));
  let certain = Infinity;
  let possible = 0;
  for (let history = 0; history < 2 ** pins.length; history++) {
    const isOut = (i: number): boolean => (history & (1 << i)) !== 0;
    if (pins.some((pin, i) => pin !== 'free' && isOut(i) !== (pin === 'out'))) continue;
    const out = pins.filter((_, i) => isOut(i)).length;
    certain = Math.min(certain, out);
    possible = Math.max(possible, out);
  }
  return { certain, possible };
}

function pinOf(slot: number, samples: readonly TemperatureSample[], gapMaxMs: number): Pin {
  const sources = [...new Set(samples.map(({ source }) => source))];
  const voices = new Set(
    sources.flatMap((source) =>
      voicesAt(
        slot,
        samples.filter((s) => s.source === source),
        gapMaxMs,
      ),
    ),
  );
  if (voices.size === 0) {
    // Between the nearest moments anybody vouches for, or reads, on both sides.
    let from = slot;
    while (!isKnown(from, 'end', samples, sources, gapMaxMs)) from--;
    let to = slot + 1;
    while (!isKnown(to, 'start', samples, sources, gapMaxMs)) to++;
    if (to - from > gapMaxMs) return 'free';
    const [left, right] = [stateAt(from, samples), stateAt(to, samples)];
    return left !== right || left === 'doubt' ? 'free' : left === 'in' ? 'in' : 'out';
  }
  if (voices.size > 1 || voices.has('doubt')) return 'free';
  return voices.has('in') ? 'in' : 'out';
}

/** What one source says of a slot: its covering readings, and its neighbours on both sides if they are near enough. */
function voicesAt(slot: number, own: readonly TemperatureSample[], gapMaxMs: number): string[] {
  const covering = own.filter(({ startMs, endMs }) => startMs <= slot && endMs >= slot + 1);
  if (covering.length > 0) return covering.map((sample) => sampleState(sample, RANGE));
  const before = own.filter(({ endMs }) => endMs <= slot).map(({ endMs }) => endMs);
  const after = own.filter(({ startMs }) => startMs >= slot + 1).map(({ startMs }) => startMs);
  if (before.length === 0 || after.length === 0) return [];
  const [from, to] = [Math.max(...before), Math.min(...after)];
  if (to - from > gapMaxMs) return [];
  const left = own.filter(({ endMs }) => endMs === from).map((s) => sampleState(s, RANGE));
  const right = own.filter(({ startMs }) => startMs === to).map((s) => sampleState(s, RANGE));
  const all = new Set([...left, ...right]);
  return [all.size === 1 ? [...all][0]! : 'doubt'];
}

function isKnown(
  time: number,
  side: 'start' | 'end',
  samples: readonly TemperatureSample[],
  sources: readonly string[],
  gapMaxMs: number,
): boolean {
  if (samples.some(({ startMs, endMs }) => startMs === time || endMs === time)) return true;
  const slot = side === 'end' ? time - 1 : time;
  return sources.some(
    (source) =>
      voicesAt(
        slot,
        samples.filter((s) => s.source === source),
        gapMaxMs,
      ).length > 0,
  );
}

/** What all readings that begin or end at a moment say together. */
function stateAt(time: number, samples: readonly TemperatureSample[]): string {
  const said = new Set(
    samples
      .filter(({ startMs, endMs }) => startMs === time || endMs === time)
      .map((sample) => sampleState(sample, RANGE)),
  );
  return said.size === 1 ? [...said][0]! : 'doubt';
}

function compare(samples: readonly TemperatureSample[], gapMaxMs: number): void {
  const { outMs, doubtMs, gapMs } = timeOf(samples, gapMaxMs);
  const { certain, possible } = bruteForce(samples, gapMaxMs);
  const told = JSON.stringify(samples.map((s) => [s.source, s.startMs, s.endMs, sampleState(s, RANGE)]));
  expect(outMs, `certain: ${told} gap ${gapMaxMs}`).toBe(certain);
  expect(outMs + doubtMs + gapMs, `possible: ${told} gap ${gapMaxMs}`).toBe(possible);
}

describe('exposureTrack()', () => {
  it('bounds every placing of one device’s readings on a grid of eight moments', () => {
    const choices: readonly (Kind | undefined)[] = [undefined, 'in', 'above'];
    for (let world = 0; world < 3 ** 8; world++) {
      const samples: TemperatureSample[] = [];
      for (let time = 0, rest = world; time < 8; time++, rest = (rest - (rest % 3)) / 3) {
        const kind = choices[rest % 3];
        if (kind !== undefined) samples.push(at(time, kind));
      }
      for (const gapMaxMs of [0, 1, 3]) compare(samples, gapMaxMs);
    }
  });

  it('bounds every placing of warm, cold and good readings on a grid of five moments', () => {
    const choices: readonly (Kind | undefined)[] = [undefined, 'in', 'above', 'below'];
    for (let world = 0; world < 4 ** 5; world++) {
      const samples: TemperatureSample[] = [];
      for (let time = 0, rest = world; time < 5; time++, rest = (rest - (rest % 4)) / 4) {
        const kind = choices[rest % 4];
        if (kind !== undefined) samples.push(at(time, kind));
      }
      compare(samples, 2);
    }
  });

  it.each([1, 2, 3, 4])(
    'bounds random readings and covering intervals of up to three devices (seed %d)',
    (seed) => {
      const dice = new Dice(seed);
      for (let round = 0; round < 400; round++) {
        const taken = new Map<string, number>();
        const samples: TemperatureSample[] = [];
        for (let i = dice.below(7); i >= 0; i--) {
          const source = dice.pick(['D1', 'D2', 'D3']);
          // Readings of one device do not overlap: a device that contradicts itself is CC-12.
          const startMs = (taken.get(source) ?? -1) + 1 + dice.below(3);
          const endMs = startMs + (dice.chance(40) ? dice.below(4) : 0);
          if (endMs > 11) continue;
          taken.set(source, endMs);
          const kind = dice.pick<Kind>(['in', 'in', 'above', 'below']);
          const wide = endMs > startMs && dice.chance(30) ? { minMilliC: 3000, maxMilliC: 9000 } : {};
          samples.push(at(startMs, kind, { endMs, source, isSure: dice.chance(80), ...wide }));
        }
        compare(samples, dice.below(5));
      }
    },
  );

  it('does not depend on the order of readings', () => {
    const dice = new Dice(7);
    for (let round = 0; round < 200; round++) {
      const samples = Array.from({ length: 2 + dice.below(8) }, () =>
        at(dice.below(12), dice.pick<Kind>(['in', 'above', 'below']), { source: dice.pick(['D1', 'D2']) }),
      );
      const shuffled = [...samples].sort(() => dice.below(3) - 1);
      expect(exposureTrack(shuffled, RANGE, 3)).toEqual(exposureTrack(samples, RANGE, 3));
    }
  });

  it('covers the time from the first reading to the last without a hole', () => {
    const dice = new Dice(8);
    for (let round = 0; round < 200; round++) {
      const samples = Array.from({ length: 2 + dice.below(6) }, () =>
        at(dice.below(30), dice.pick<Kind>(['in', 'above']), { source: dice.pick(['D1', 'D2']) }),
      );
      const { runs, firstMs, lastMs } = exposureTrack(samples, RANGE, 4);
      let time = firstMs!;
      for (const run of runs) {
        expect(run.fromMs).toBe(time);
        expect(run.toMs).toBeGreaterThan(run.fromMs);
        time = run.toMs;
      }
      expect(time).toBe(lastMs);
    }
  });

  it('never makes less possible by one more warm reading, nor more certain by one more good reading', () => {
    const dice = new Dice(9);
    for (let round = 0; round < 500; round++) {
      const samples = Array.from({ length: 1 + dice.below(6) }, (_, i) =>
        at(i * 2, dice.pick<Kind>(['in', 'above'])),
      );
      const last = (samples.length - 1) * 2;
      const before = timeOf(samples, 2);
      const good = timeOf([...samples, at(dice.below(last + 1), 'in', { source: 'D2' })], 2);
      expect(good.outMs).toBeLessThanOrEqual(before.outMs);
      const warm = timeOf([...samples, at(dice.below(last + 1), 'above', { source: 'D2' })], 2);
      expect(warm.outMs + warm.doubtMs + warm.gapMs).toBeGreaterThanOrEqual(
        before.outMs + before.doubtMs + before.gapMs,
      );
    }
  });

  it('lets a second device that agrees fill the gap of the first', () => {
    const first = [at(0, 'in'), at(20, 'in')];
    expect(timeOf(first, 4).gapMs).toBe(20);
    const second = [4, 8, 12, 16].map((time) => at(time, 'in', { source: 'D2' }));
    expect(timeOf([...first, ...second], 4)).toEqual({ outMs: 0, doubtMs: 0, gapMs: 0 });
  });

  it('puts in doubt what two devices contradict each other about', () => {
    const warm = [0, 1, 2, 3].map((time) => at(time, 'above'));
    const good = [0, 1, 2, 3].map((time) => at(time, 'in', { source: 'D2' }));
    expect(timeOf([...warm, ...good], 4)).toEqual({ outMs: 0, doubtMs: 3, gapMs: 0 });
  });

  it('says nothing from a reading out of range that is not sure, and nothing from a good one that may not clear', () => {
    expect(timeOf([at(0, 'above', { isSure: false }), at(3, 'above', { isSure: false })], 4)).toEqual({
      outMs: 0,
      doubtMs: 3,
      gapMs: 0,
    });
    expect(timeOf([at(0, 'above'), at(1, 'in', { clears: false }), at(2, 'above')], 4).outMs).toBe(2);
  });

  it('joins nothing between too warm and too cold', () => {
    expect(timeOf([at(0, 'above'), at(3, 'below')], 4)).toEqual({ outMs: 0, doubtMs: 3, gapMs: 0 });
  });

  it('knows the moment at the very border as in range', () => {
    expect(sampleState(at(0, 'in', { minMilliC: 2000, maxMilliC: 8000 }), RANGE)).toBe('in');
    expect(sampleState(at(0, 'in', { minMilliC: 1999, maxMilliC: 8000 }), RANGE)).toBe('doubt');
    expect(sampleState(at(0, 'in', { minMilliC: 8001, maxMilliC: 8001 }), RANGE)).toBe('above');
  });

  it('is empty without readings', () => {
    expect(exposureTrack([], RANGE, 4)).toEqual({
      runs: [],
      firstMs: undefined,
      lastMs: undefined,
      isFirstSuspect: false,
      isLastSuspect: false,
    });
  });

  it('joins 100,000 readings in linear time', () => {
    const samples = Array.from({ length: 100_000 }, (_, i) => at(i, i % 7 === 0 ? 'above' : 'in'));
    const from = performance.now();
    timeOf(samples, 4);
    expect(performance.now() - from).toBeLessThan(3000);
  });
});

describe('exposureWithin()', () => {
  it('counts only the time within spans', () => {
    const track = exposureTrack([at(0, 'above'), at(10, 'above')], RANGE, 20);
    const spans = [
      { fromMs: -5, toMs: 2 },
      { fromMs: 4, toMs: 5 },
      { fromMs: 9, toMs: 30 },
    ];
    expect(exposureWithin(track, spans)).toEqual({ outMs: 4, doubtMs: 0, gapMs: 0 });
    expect(exposureWithin(track, [])).toEqual({ outMs: 0, doubtMs: 0, gapMs: 0 });
  });
});

describe('overlapMs()', () => {
  it('is what two times share', () => {
    expect(overlapMs({ fromMs: 0, toMs: 5 }, { fromMs: 3, toMs: Infinity })).toBe(2);
    expect(overlapMs({ fromMs: 0, toMs: 5 }, { fromMs: 5, toMs: 9 })).toBe(0);
  });
});
