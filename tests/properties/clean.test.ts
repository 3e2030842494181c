// Goal:   honest work accuses nobody, whatever the rules watch: nothing above L1 when all is recorded, and no L3 or L4 when up
//         to m custody events of a gap, never a commissioning, were missed.
// Method: random honest worlds of two makers, plain and rich in facts; steps removed by seed. fast-check prints the seed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../src/statement/policy.ts';
import type { Finding } from '../../src/judgement/index.ts';
import { DAY_MS } from '../support/cast.ts';
import { briefly } from '../support/expect-findings.ts';
import { Dice } from '../support/journeys.ts';
import { replay } from '../support/replay.ts';
import type { Script, Step } from '../support/script.ts';
import { richWorld, withGaps } from './rich-world.ts';

const seed = fc.integer({ min: 0, max: 0x7fff_ffff });
const RUNS = process.env['SLOW'] === '1' ? 2000 : 100;
const above = (found: readonly Finding[], level: number): readonly string[] =>
  found.filter(({ severity }) => severity > level).map(briefly);

/** Findings as of the newest record: deadlines count. */
function judged(script: Script, steps: readonly Step[]): readonly Finding[] {
  return replay(script, steps, Math.max(...steps.map(({ recordTimeMs }) => recordTimeMs))).findings();
}

describe('an honest world in which every rule has something to watch', () => {
  it('has nothing above a notice', () => {
    let units = 0;
    fc.assert(
      fc.property(seed, (n) => {
        const world = richWorld(n);
        units += world.units.length;
        expect(above(judged(world.script, world.script.steps), 1)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    expect(units).toBeGreaterThan(RUNS);
  });

  it('has no L3 or L4 where up to m custody events a gap were missed', () => {
    let missed = 0;
    fc.assert(
      fc.property(seed, (n) => {
        const world = richWorld(n);
        const steps = withGaps(world, new Dice(n + 1), DEFAULT_POLICY.missingStepsMax);
        missed += world.script.steps.length - steps.length;
        expect(above(judged(world.script, steps), 2)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    expect(missed).toBeGreaterThan(RUNS);
  });

  it('has nothing above a notice where events are captured twice, and late', () => {
    fc.assert(
      fc.property(seed, (n) => {
        const { script, mended } = richWorld(n);
        const dice = new Dice(n + 2);
        const noisy = script.steps.flatMap((step) => {
          if (step.kind !== 'events' || mended.has(step)) return [step];
          const late = { ...step, recordTimeMs: step.recordTimeMs + dice.below(9 * DAY_MS) };
          return dice.chance(10) ? [step, late] : [late];
        });
        expect(above(judged(script, noisy), 1)).toEqual([]);
      }),
      { numRuns: RUNS / 2 },
    );
  });
});
