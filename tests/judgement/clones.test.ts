// Goal:   CL rules see one code in two places, and grant clocks and places their error.
// Method: one small world a case, replayed into the judge; distances from known cities, each limit from both sides.
import { describe, expect, it } from 'vitest';
import { distanceAtLeastM } from '../../src/custody/index.ts';
import { SITE, siteOf } from '../support/cast.ts';
import { expectClean, expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script } from '../support/script.ts';

const SEOUL = { latitude: 37_560_000, longitude: 126_990_000, radius: 10_000 };

function atClinic(): { script: Script; unit: string; arrived: ReturnType<Script['receive']> } {
  const script = new Script();
  const unit = script.unit();
  const arrived = script.deliver(unit, 'clinicA').at(-1)!;
  return { script, unit, arrived };
}

describe('distanceAtLeastM()', () => {
  it('gives the chord between cities, never more than the way over ground', () => {
    const berlin = siteOf('clinicA');
    const seoul = siteOf('maker');
    expect(distanceAtLeastM(berlin, berlin)).toBe(0);
    // Great circle Berlin–Seoul 8,130 km: chord 2 R sin(d / 2R) = 7,592 km.
    expect(distanceAtLeastM(berlin, seoul) / 1000).toBeCloseTo(7592, -2);
    expect(distanceAtLeastM(berlin, siteOf('clinicB')) / 1000).toBeCloseTo(379, -1);
  });
});

describe('CL-01 impossible-travel', () => {
  it('names two events too far apart for the time between them', () => {
    const { script, unit, arrived } = atClinic();
    const scan = script.look(unit, { ...SEOUL, after: 2 });
    expectOne(replay(script).findings(), 'CL-01', {
      severity: 3,
      subject: unit,
      proof: [arrived, scan],
      last: scan,
      secondLine: true,
    });
  });

  it('accepts the same journey by aeroplane', () => {
    const { script, unit } = atClinic();
    script.look(unit, { ...SEOUL, after: 12 });
    expectClean(replay(script).findings(), 0);
  });

  it('subtracts the radius of the place, whose true point may be anywhere in it', () => {
    const { script, unit } = atClinic();
    script.look(unit, { ...SEOUL, radius: 8_000_000, after: 0.1 });
    expectNone(replay(script).findings(), 'CL-01', 'CL-02');
  });

  it('grants the clocks their skew', () => {
    // 379 km at 1,000 km/h take 22.8 minutes; five of them the clocks may owe.
    for (const [minutes, is] of [
      [17, ['CL-01 L3']],
      [18, []],
    ] as const) {
      const { script, unit } = atClinic();
      script.look(unit, { place: SITE.clinicB, after: minutes / 60 });
      expect(said(replay(script).findings(), 1), `${minutes} minutes`).toEqual(is);
    }
  });

  it('uses no event of the container, only those that name the unit itself', () => {
    const script = new Script();
    const unit = script.unit();
    const box = script.container();
    script.commission(unit);
    script.pack('maker', box, unit);
    script.ship('maker', box, 'clinicA');
    script.receive('clinicA', box, 'maker', { after: 1 });
    expectNone(replay(script).findings(), 'CL-01');
  });

  it('uses no event without a place', () => {
    const { script, unit } = atClinic();
    script.look(unit, { after: 0 });
    expectNone(replay(script).findings(), 'CL-01', 'CL-02');
  });
});

describe('CL-02 simultaneous-custody', () => {
  it('proves two parties at one instant far apart', () => {
    const { script, unit } = atClinic();
    const here = script.look(unit, { by: 'clinicA', place: SITE.clinicA });
    const there = script.look(unit, { by: 'clinicB', ...SEOUL, after: 0 });
    const found = replay(script).findings();
    expectOne(found, 'CL-02', { severity: 4, subject: unit, proof: [here, there] });
    expectNone(found, 'CL-01');
  });

  it('needs two parties: one party at two places at once is CL-01', () => {
    const { script, unit } = atClinic();
    script.look(unit, { by: 'clinicB', place: SITE.clinicA });
    script.look(unit, { by: 'clinicB', ...SEOUL, after: 0 });
    const found = replay(script).findings();
    expectNone(found, 'CL-02');
    expectOne(found, 'CL-01', { severity: 3 });
  });

  it('accepts two parties at one instant in one place', () => {
    const { script, unit } = atClinic();
    script.look(unit, { by: 'clinicA', place: SITE.clinicA });
    script.look(unit, { by: 'clinicB', place: SITE.clinicA, after: 0 });
    expectNone(replay(script).findings(), 'CL-01', 'CL-02');
  });
});

describe('CL-03 duplicate-supply', () => {
  it('proves two uses with different act ids at different sites', () => {
    const { script, unit } = atClinic();
    const here = script.administer('clinicA', unit);
    const there = script.administer('clinicB', unit);
    expectOne(replay(script).findings(), 'CL-03', {
      severity: 4,
      subject: unit,
      proof: [here, there],
      secondLine: true,
    });
  });

  it('proves a unit destroyed twice, at two sites', () => {
    const { script, unit } = atClinic();
    const here = script.destroy('clinicA', unit);
    const there = script.destroy('clinicB', unit);
    expectOne(replay(script).findings(), 'CL-03', { severity: 4, proof: [here, there] });
  });

  it('suspects two supplies at different sites, where an undo may be missing', () => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'pharmacy');
    const here = script.dispense('pharmacy', unit);
    const there = script.dispense('clinicB', unit);
    expectOne(replay(script).findings(), 'CL-03', { severity: 3, proof: [here, there] });
  });

  it('takes one act id at two sites for one act', () => {
    const { script, unit } = atClinic();
    const actId = script.id();
    script.administer('clinicA', unit, { actId });
    script.administer('clinicB', unit, { actId });
    expectNone(replay(script).findings(), 'CL-03', 'ST-08');
  });

  it('leaves two acts at one site to the doses', () => {
    const { script, unit } = atClinic();
    script.administer('clinicA', unit);
    script.administer('clinicA', unit);
    const found = replay(script).findings();
    expectNone(found, 'CL-03');
    expectOne(found, 'ST-08', { severity: 4 });
  });
});
