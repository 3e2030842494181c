// Goal:   false alerts are the failure of this field: honest worlds of any shape have nothing to say, with honest noise at most L1.
// Method: properties over seeds of random honest worlds; one missed step, late capture, repeats; fast-check prints the seed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { briefly, said } from '../support/expect-findings.ts';
import { Dice, honestWorld } from '../support/journeys.ts';
import { replay } from '../support/replay.ts';

const seed = fc.integer({ min: 0, max: 0x7fff_ffff });
const worse = (found: ReturnType<ReturnType<typeof replay>['findings']>, level: number): readonly string[] =>
  found.filter(({ severity }) => severity > level).map(briefly);

describe('an honest world of random shape', () => {
  it('has nothing at L1 or above', () => {
    fc.assert(
      fc.property(seed, (n) => {
        expect(worse(replay(honestWorld(n).script).findings(), 0)).toEqual([]);
      }),
      { numRuns: 80 },
    );
  });

  it('with any one step missing has nothing above L1', () => {
    fc.assert(
      fc.property(seed, (n) => {
        const { script, missable } = honestWorld(n);
        const missed = new Dice(n + 1).pick(missable);
        const found = replay(
          script,
          script.steps.filter((step) => step !== missed),
        ).findings();
        expect(worse(found, 1)).toEqual([]);
        expect(new Set(said(found)), 'only gaps').not.toContain('ST-01 L1');
      }),
      { numRuns: 100 },
    );
  });

  it('with events captured twice and late has nothing at L1 or above', () => {
    fc.assert(
      fc.property(seed, (n) => {
        const { script } = honestWorld(n);
        const dice = new Dice(n + 2);
        const noisy = script.steps.flatMap((step) => {
          if (step.kind !== 'events') return [step];
          const late = { ...step, recordTimeMs: step.timeMs + dice.below(10 * 24 * 3_600_000) };
          return dice.chance(10) ? [step, late] : [late];
        });
        expect(worse(replay(script, noisy).findings(), 0)).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
