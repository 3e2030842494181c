// Goal:   readings taken together by the report they came in say what they say one by one.
// Method: reports of a few devices at times that touch, overlap and leave gaps; the track of the samples against that of every reading.
import { describe, expect, it } from 'vitest';
import { exposureTrack, type Act } from '../../src/custody/index.ts';
import {
  addWithin,
  batchOf,
  samplesOf,
  without,
  type Batch,
  type Witness,
} from '../../src/judgement/cold-batches.ts';
import { Dice } from '../support/journeys.ts';

const RANGE = { minMilliC: 2000, maxMilliC: 8000 };
const GAP_MS = 4;

function batches(dice: Dice): Batch[] {
  return Array.from({ length: 1 + dice.below(5) }, (_, entry) => {
    const act = { ref: { entry, event: 0 } } as Act;
    const device = `device ${dice.below(2)}`;
    const isWarm = dice.chance(30);
    const isMixed = dice.chance(10);
    let timeMs = dice.below(40);
    const witnesses = Array.from({ length: 1 + dice.below(6) }, (): Witness => {
      const startMs = dice.chance(5) ? dice.below(40) : timeMs;
      const endMs = startMs + (dice.chance(50) ? 0 : dice.below(5));
      timeMs = endMs + dice.below(dice.chance(20) ? 8 : 4);
      const milliC = isWarm && dice.chance(40) ? 9000 + 1000 * dice.below(3) : 5000;
      return {
        startMs,
        endMs,
        minMilliC: milliC - (dice.chance(5) ? 4000 : 0),
        maxMilliC: milliC,
        source: isMixed ? `device ${dice.below(3)}` : device,
        isSure: !dice.chance(10),
        clears: !dice.chance(5),
        act,
        bearer: undefined,
        isWhole: true,
      };
    });
    return batchOf(witnesses);
  });
}

function readings(list: readonly Batch[]): readonly Witness[] {
  return list.flatMap(({ witnesses }) => witnesses);
}

describe('samplesOf', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'gives the track of all readings (seed %d)',
    (seed) => {
      const dice = new Dice(seed);
      for (let round = 0; round < 100; round++) {
        const list = batches(dice);
        const track = exposureTrack(samplesOf(list, RANGE, GAP_MS), RANGE, GAP_MS);
        expect(track).toEqual(exposureTrack(readings(list), RANGE, GAP_MS));
      }
    },
  );

  it('takes a report in range for one sample, also beside one that is not', () => {
    const list = [...Array(3).keys()].map((i) => {
      const act = { ref: { entry: i, event: 0 } } as Act;
      const one = {
        minMilliC: 5000,
        source: 'device',
        isSure: true,
        clears: true,
        act,
        bearer: undefined,
        isWhole: true,
      };
      const maxMilliC = i === 2 ? 9000 : 5000;
      return batchOf([0, 1, 2].map((j) => ({ ...one, startMs: 10 * i + j, endMs: 10 * i + j, maxMilliC })));
    });
    expect(samplesOf(list.slice(0, 2), RANGE, GAP_MS)).toHaveLength(2);
    expect(samplesOf(list, RANGE, GAP_MS)).toHaveLength(5);
  });
});

describe('addWithin and without', () => {
  it.each(Array.from({ length: 10 }, (_, seed) => seed))(
    'treat a batch as its readings (seed %d)',
    (seed) => {
      const dice = new Dice(seed);
      for (let round = 0; round < 100; round++) {
        const list = batches(dice);
        const fromMs = dice.below(30);
        const toMs = fromMs + dice.below(30);
        const within = { fromMs, toMs, sureUntilMs: fromMs + dice.below(30) };
        const together: Batch[] = [];
        const apart: Batch[] = [];
        for (const batch of list) addWithin(together, batch, within);
        for (const one of readings(list)) addWithin(apart, batchOf([one]), within);
        expect(readings(together)).toEqual(readings(apart));
        const left = new Set(readings(together).filter(() => dice.chance(20)));
        const rest = readings(together).filter((one) => !left.has(one));
        expect(readings(without(together, left))).toEqual(rest);
      }
    },
  );
});
