// Goal: units that always travelled together are judged once, and no differently than each by itself.
// Method: worlds in which some leave the group; one judge for all against a fresh judge for each unit, in every order.
import { describe, expect, it } from 'vitest';
import { Judge } from '../../src/judgement/index.ts';
import { HOUR_MS } from '../support/cast.ts';
import { replay } from '../support/replay.ts';
import { Script } from '../support/script.ts';

const alone = (script: Script, unit: string) => new Judge(replay(script).world).unit(unit);

function expectEqual(script: Script, units: readonly string[]): void {
  const expected = new Map(units.map((unit) => [unit, alone(script, unit)]));
  for (const order of [units, [...units].reverse()]) {
    const judge = new Judge(replay(script).world);
    for (const unit of order) expect([unit, judge.unit(unit)]).toEqual([unit, expected.get(unit)]);
  }
}

describe('Judge.unit() of units that travel together', () => {
  it('finds nothing of all of them by judging one', () => {
    const script = new Script();
    const units = script.units(6);
    script.commission(units);
    script.ship('maker', units, 'north');
    script.receive('north', units, 'maker');
    const judge = new Judge(replay(script).world);
    expect(units.map((unit) => judge.isClean(unit))).toEqual(units.map(() => false));
    expect(judge.unit(units[0]!)).toEqual([]);
    expect(units.map((unit) => judge.isClean(unit))).toEqual(units.map(() => true));
    expectEqual(script, units);
  });

  it('finds in each what is found in one', () => {
    const script = new Script();
    const units = script.units(3);
    script.commission(units);
    script.receive('clinicA', units, 'maker');
    script.ship('salon', units, 'trader');
    const judge = new Judge(replay(script).world);
    for (const unit of units) {
      expect(judge.unit(unit).map(({ subject }) => subject.id)).toEqual(judge.unit(unit).map(() => unit));
      expect(judge.unit(unit).length).toBeGreaterThan(0);
    }
    expectEqual(script, units);
  });

  it('judges by itself whoever was missed, scanned, marked or used apart from the others', () => {
    const script = new Script();
    const units = script.units(6);
    script.commission(units);
    script.ship('maker', units, 'north');
    script.receive('north', units.slice(1), 'maker');
    script.look(units.slice(0, 2), { presented: script.label(units[4]!) });
    script.ship('north', units.slice(1), 'clinicA');
    script.receive('clinicA', units.slice(1), 'north');
    script.administer('clinicA', units[2]!);
    script.administer('clinicA', units[2]!, { after: 48 });
    script.look(units.slice(3), { time: script.nowMs - 60 * 24 * HOUR_MS });
    expectEqual(script, units);
  });

  it('takes no unit nobody registered for one of them', () => {
    const script = new Script();
    const units = script.units(4);
    script.commission(units.slice(1));
    script.ship('maker', units, 'north');
    expectEqual(script, units);
    const judge = new Judge(replay(script).world);
    for (const unit of [...units].reverse()) judge.unit(unit);
    expect(judge.isClean(units[0]!)).toBe(false);
    expect(judge.isClean('no unit')).toBe(false);
  });
});
