// Goal:   ST-03 and ST-12 to ST-16 name who moves, sells or uses goods declared locked, lost, sampled, exported or damaged.
// Method: one small world a case, replayed into the judge; who declared, who acted, and how long after, one changed at a time.
import { describe, expect, it } from 'vitest';
import type { Mark } from '../../src/custody/index.ts';
import { SITE } from '../support/cast.ts';
import { expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script, type Step } from '../support/script.ts';

/** A unit in stock at north. */
function atNorth(): { script: Script; unit: string } {
  const script = new Script();
  const unit = script.unit();
  script.commission(unit);
  script.ship('maker', unit, 'north');
  script.receive('north', unit, 'maker');
  return { script, unit };
}

/** Codes found of a unit at north that is declared something, and then dealt with. */
function codesAfter(mark: Mark, act: (script: Script, unit: string) => unknown): readonly string[] {
  const { script, unit } = atNorth();
  script.declare('north', unit, { set: [mark] });
  act(script, unit);
  return said(replay(script).findings());
}

describe('what may be done with declared goods', () => {
  it.each([
    ['locked', ['ST-12 L3']],
    ['sample', ['ST-14 L3']],
    ['to-destroy', ['ST-14 L3']],
    ['damaged', ['ST-16 L3']],
    ['tampered', ['ST-16 L3']],
    ['free-sample', []],
    ['exported', []],
    ['stolen', []],
    ['lost', []],
  ] as const)('%s and shipped to a clinic by its own declarer says %j', (mark, expected) => {
    expect(codesAfter(mark, (s, u) => s.ship('north', u, 'clinicA'))).toEqual(expected);
  });

  it.each(['locked', 'sample', 'to-destroy', 'damaged', 'tampered', 'free-sample', 'exported'] as const)(
    '%s goods may go back to their maker and be destroyed',
    (mark) => {
      expect(codesAfter(mark, (s, u) => s.giveBack('north', u, 'maker'))).toEqual([]);
      expect(codesAfter(mark, (s, u) => s.destroy('north', u))).toEqual([]);
    },
  );

  it.each(['locked', 'damaged', 'sample', 'lost', 'exported'] as const)(
    '%s goods are free again once the declaration is lifted',
    (mark) => {
      const freed = codesAfter(mark, (s, u) => {
        s.declare('north', u, { unset: [mark] });
        s.ship('north', u, 'clinicA');
        s.receive('clinicA', u, 'north');
        s.administer('clinicA', u);
      });
      expect(freed).toEqual([]);
    },
  );
});

describe('ST-12 locked-moved', () => {
  it('proves the declaration and the move, and names both parties', () => {
    const { script, unit } = atNorth();
    const locked = script.declare('north', unit, { set: ['locked'] });
    const moved = script.ship('north', unit, 'clinicA');
    const expected = { severity: 3, subject: unit, proof: [locked, moved], last: moved, secondLine: false };
    expectOne(replay(script).findings(), 'ST-12', { ...expected, detail: /locked by north.*ship by north/ });
  });

  it('grants another party the order tolerance, to the minute', () => {
    for (const [hours, expected] of [
      [2 + 10 / 60, []],
      [2 + 11 / 60, ['ST-12 L3']],
    ] as const) {
      const { script, unit } = atNorth();
      script.declare('regulator', unit, { set: ['locked'] });
      script.ship('north', unit, 'clinicA', { after: hours });
      expect(said(replay(script).findings())).toEqual(expected);
    }
  });

  it('of a stranger is of the second line', () => {
    const { script, unit } = atNorth();
    const locked = script.declare('north', unit, { set: ['locked'] });
    const used = script.administer('clinicB', unit, { after: 24 });
    expectOne(replay(script).findings(), 'ST-12', { severity: 3, proof: [locked, used], secondLine: true });
  });

  it('follows a unit through its box, and stops where it leaves', () => {
    const script = new Script();
    const [unit, other] = script.units(2) as [string, string];
    const box = script.container();
    script.commission([unit, other]);
    const locked = script.declare('maker', unit, { set: ['locked'] });
    script.pack('maker', box, [unit, other]);
    const moved = script.ship('maker', box, 'north');
    script.receive('north', box, 'maker');
    script.unpack('north', box, unit);
    script.ship('north', box, 'clinicA');
    const found = replay(script).findings();
    expectOne(found, 'ST-12', { severity: 3, subject: unit, proof: [locked, moved] });
  });
});

describe('ST-13 stolen-or-lost-seen', () => {
  it('names every party that handles stolen goods, and no look of its own declarer or an authority', () => {
    const { script, unit } = atNorth();
    const stolen = script.declare('north', unit, { set: ['stolen'] });
    script.look(unit, { by: 'north' });
    script.look(unit, { by: 'regulator' });
    expectNone(replay(script).findings(), 'ST-13');
    const used = script.administer('clinicB', unit);
    expectOne(replay(script).findings(), 'ST-13', { severity: 3, proof: [stolen, used], secondLine: true });
  });

  it('tells looks together: the first and the newest', () => {
    const { script, unit } = atNorth();
    const stolen = script.declare('north', unit, { set: ['stolen'] });
    const looks = [1, 2, 3].map(() => script.look(unit, { session: script.id(), after: 1 }));
    const proof = [stolen, looks[0]!, looks[2]!];
    expectOne(replay(script).findings(), 'ST-13', { severity: 3, proof, last: looks[2]!, secondLine: true });
  });

  /** South says, after the theft was declared, that north had shipped to it before. */
  function backdated(before?: (script: Script, unit: string) => Step): {
    script: Script;
    unit: string;
    late: Step;
  } {
    const { script, unit } = atNorth();
    before?.(script, unit);
    script.declare('north', unit, { set: ['stolen'], after: 48 });
    const time = script.nowMs - 24 * 3_600_000;
    const late = script.receive('south', unit, 'north', { time, late: 30 });
    return { script, unit, late };
  }

  it('is what a receipt from before the theft is that nobody bears out', () => {
    const { script, late } = backdated();
    expectOne(replay(script).findings(), 'ST-13', { severity: 3, last: script.steps.at(-2)! });
    expect(late.recordTimeMs).toBeGreaterThan(script.steps.at(-2)!.recordTimeMs);
  });

  it('is cleared by the shipment that was recorded before the declaration', () => {
    const { script } = backdated((s, u) => s.ship('north', u, 'south'));
    expectNone(replay(script).findings(), 'ST-13');
  });

  it('is not cleared by an accomplice who speaks up afterwards', () => {
    const { script, unit } = backdated();
    const time = script.nowMs + 3_600_000;
    script.ship('south', unit, 'clinicB', { time, late: 40 });
    script.receive('clinicB', unit, 'south', { time: time + 3_600_000, late: 40 });
    expect(said(replay(script).findings())).toContain('ST-13 L3');
  });
});

describe('declarations of strangers', () => {
  it.each(['locked', 'stolen', 'lost', 'sample', 'to-destroy', 'damaged', 'tampered', 'exported'] as const)(
    'that goods are %s make nobody who uses them suspect',
    (mark) => {
      const script = new Script();
      const unit = script.unit();
      script.deliver(unit, 'clinicA');
      script.declare('clinicB', unit, { set: [mark] });
      script.administer('clinicA', unit);
      expect(said(replay(script).findings())).toEqual(['CU-01 L3']);
    },
  );
});

describe('ST-15 export-seen-home', () => {
  it.each([
    ['names a use where the lot is sold', undefined, ['ST-15 L3']],
    ['is no matter of a site the lot exempts', [SITE.clinicA], []],
  ])('%s', (_, exemptSites, expected) => {
    const script = new Script(exemptSites === undefined ? {} : { lot: { exemptSites } });
    const unit = script.unit();
    script.deliver(unit, 'clinicA');
    script.declare('maker', unit, { set: ['exported'] });
    script.administer('clinicA', unit);
    expect(said(replay(script).findings())).toEqual(expected);
  });
});
