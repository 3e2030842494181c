// Goal:   what units have in common is folded once, and every timeline is as if it had been folded alone.
// Method: scenarios and random worlds, with events moved to the same time or near it; all units folded one after the other, in both
//         orders, and each by itself; the list sorted by inserting against the engine's sort.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldUnit, type Act, type World } from '../../src/custody/index.ts';
import { sortFew } from '../../src/custody/sorting.ts';
import { readScenarios, scenarioFiles } from '../scenarios/parse.ts';
import { tell } from '../scenarios/teller.ts';
import { honestWorld } from '../support/journeys.ts';
import { replay, replayActs, type Replay } from '../support/replay.ts';
import { Script } from '../support/script.ts';

const MINUTE_MS = 60_000;

function assertAlone({ world, units }: Replay): number {
  let shared = 0;
  for (const order of [units, [...units].reverse()]) {
    const together = order.map((unit) => world.unit(unit));
    const alone = order.map((unit) => foldUnit(unit, [...world.acts(unit)], world));
    expect(together).toEqual(alone);
    for (const [i, { strides }] of together.entries()) {
      if (i > 0 && strides[0] !== undefined && strides[0] === together[i - 1]!.strides[0]) shared++;
    }
  }
  return shared;
}

/** All acts of a world, some of them shifted to the time of the one before or within minutes of it. */
function moved(world: World, units: readonly string[], shifts: readonly number[]): readonly Act[] {
  const all = [...new Set(units.flatMap((unit) => world.acts(unit)))];
  return all.map((act, i) => {
    const minutes = shifts[i % shifts.length]!;
    const timeMs = i > 0 && minutes > 0 ? all[i - 1]!.timeMs + (minutes - 1) * MINUTE_MS : act.timeMs;
    return { ...act, timeMs };
  });
}

const scenarios = scenarioFiles()
  .flatMap(readScenarios)
  .filter((_, i) => i % 9 === 0);

describe('units folded one after the other', () => {
  it.each(scenarios.map((scenario) => [scenario.title, scenario] as const))('%s', (_, scenario) => {
    assertAlone(replay(tell(scenario).script));
  });

  it('leave an event its place before what both went through, where a clock was ahead by a minute', () => {
    const script = new Script();
    const units = script.units(2);
    script.commission(units);
    script.ship('maker', units, 'north');
    const { timeMs } = script.ship('north', units, 'clinicB');
    script.receive('north', units[1]!, 'maker', { time: timeMs + MINUTE_MS });
    const judged = replay(script);
    expect(assertAlone(judged)).toBe(2);
    expect(judged.unit(units[1]!).strides.map(({ act: { step } }) => step)).toEqual([
      'commission',
      'ship',
      'receive',
      'ship',
    ]);
  });

  it('are folded as each by itself, however near their events are', () => {
    let shared = 0;
    const shifts = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7fff_ffff }), shifts, (seed, by) => {
        const { registry, world, units } = replay(honestWorld(seed).script);
        shared += assertAlone(replayActs(registry, moved(world, units, by)));
      }),
      { numRuns: 60 },
    );
    expect(shared, 'units that shared a beginning').toBeGreaterThan(50);
  });
});

describe('sortFew', () => {
  it('sorts as the engine does, equal items in their order', () => {
    const items = fc.array(fc.record({ key: fc.integer({ min: 0, max: 9 }), tag: fc.integer() }), {
      maxLength: 70,
    });
    fc.assert(
      fc.property(items, (list) => {
        const byKey = (a: { key: number }, b: { key: number }): number => a.key - b.key;
        expect(sortFew([...list], byKey)).toEqual([...list].sort(byKey));
      }),
    );
  });
});
