// Goal:   what happens elsewhere changes nothing: an unrelated event with the same record time leaves every finding as it was.
// Method: random honest worlds with lies and losses, and all scenarios; a pack of its own is made and looked at by others,
//         recorded with one of their events, before or after it. Findings compare by what was signed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GENESIS_MS, HOUR_MS } from '../support/cast.ts';
import { Dice, honestWorld } from '../support/journeys.ts';
import { replay } from '../support/replay.ts';
import type { Script, Step } from '../support/script.ts';
import { readScenarios, scenarioFiles } from '../scenarios/parse.ts';
import { tell } from '../scenarios/teller.ts';
import { richWorld } from './rich-world.ts';
import { spelled } from './spelled.ts';

const seed = fc.integer({ min: 0, max: 0x7fff_ffff });
const RUNS = process.env['SLOW'] === '1' ? 1000 : 50;
/** Serial number of the pack that has nothing to do with anything. */
const STRANGER_UNIT = 'UNRELATED';

/** Findings without and with an unrelated event at the record time of one of the script's events. */
function withAndWithout(
  script: Script,
  dice: Dice,
): { readonly without: readonly string[]; readonly with: readonly string[] } {
  const steps = [...script.steps];
  const asOfMs = Math.max(...steps.map(({ recordTimeMs }) => recordTimeMs));
  const without = spelled(replay(script, steps, asOfMs).unfolded(), steps);
  const events = steps.filter(({ recordTimeMs }) => recordTimeMs > GENESIS_MS);
  const beside = dice.pick(events);
  const others = unrelated(script, beside);
  const at = steps.indexOf(beside) + (dice.chance(50) ? 0 : 1);
  const order = [...steps.slice(0, at), ...others, ...steps.slice(at)];
  const found = replay(script, order, asOfMs).unfolded();
  const names = new Set(others.map((step) => step.entry));
  const theirs = found.filter(({ subject, proof }) => {
    const isOurs = subject.id.includes(STRANGER_UNIT) || proof.every(({ entry }) => names.has(entry));
    return !isOurs;
  });
  return { without, with: spelled(theirs, order) };
}

/** A pack of its own, made and looked at, all recorded when `beside` is. */
function unrelated(script: Script, beside: Step): readonly Step[] {
  const unit = script.unit().replace(/\/21\/.*/, `/21/${STRANGER_UNIT}`);
  const time = beside.recordTimeMs - 2 * HOUR_MS;
  const made = script.commission(unit, { time, late: 2, lot: 'ELSEWHERE' });
  const seen = script.look(unit, { by: 'maker', time: time + HOUR_MS, late: 1 });
  script.steps.splice(-2, 2);
  return [made, seen];
}

describe('an unrelated event with the same record time', () => {
  it('changes nothing in honest worlds', () => {
    fc.assert(
      fc.property(seed, (n) => {
        const { without, with: after } = withAndWithout(honestWorld(n).script, new Dice(n));
        expect(after).toEqual(without);
      }),
      { numRuns: RUNS },
    );
  });

  it('changes nothing in worlds full of facts, with steps lost', () => {
    fc.assert(
      fc.property(seed, (n) => {
        const { script } = richWorld(n);
        const dice = new Dice(n + 5);
        for (let i = dice.below(5); i > 0; i--) script.steps.splice(dice.below(script.steps.length), 1);
        const { without, with: after } = withAndWithout(script, dice);
        expect(after).toEqual(without);
      }),
      { numRuns: RUNS },
    );
  });

  it.each(scenarioFiles())('changes nothing in the scenarios of %s', (file) => {
    for (const scenario of readScenarios(file)) {
      const { script } = tell(scenario);
      const events = script.steps.filter(({ kind }) => kind === 'events');
      if (events.length === 0) continue;
      const { without, with: after } = withAndWithout(script, new Dice(scenario.at.number));
      expect(after, `tests/scenarios/${file}:${scenario.at.number}`).toEqual(without);
    }
  });
});
