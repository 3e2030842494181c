// Goal:   ST rules see what happens to a unit before its beginning and after its end, and know repeats from second uses.
// Method: one small world a case, replayed into the judge; each code with its exact level and proof, beside a near miss.
import { describe, expect, it } from 'vitest';
import { DAY_MS, SITE } from '../support/cast.ts';
import { expectClean, expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script } from '../support/script.ts';

/** A unit in stock at clinicA. */
function atClinic(doses = 1): { script: Script; unit: string } {
  const script = new Script(doses === 1 ? {} : { product: { doses } });
  const unit = script.unit();
  script.deliver(unit, 'clinicA');
  return { script, unit };
}

describe('ST-01 already-in-state', () => {
  it.each([
    [1, 0],
    [2, 1],
    [3, 2],
    [4, 3],
    [6, 3],
  ])('after %d repeats of one act is L%d', (repeats, severity) => {
    const { script, unit } = atClinic();
    const actId = script.id();
    const steps = [script.administer('clinicA', unit, { actId })];
    for (let i = 0; i < repeats; i++) steps.push(script.administer('clinicA', unit, { actId, after: 1 }));
    const found = replay(script).findings();
    expectOne(found, 'ST-01', { severity, subject: unit, proof: steps, last: steps.at(-1)! });
    expectNone(found, 'ST-06', 'ST-08', 'CL-03');
  });

  it('takes another act id for another act', () => {
    const { script, unit } = atClinic(2);
    script.administer('clinicA', unit);
    script.administer('clinicA', unit);
    expect(said(replay(script).findings(), -1)).toEqual([]);
  });
});

describe('ST-05 before-commission', () => {
  it('names a move that claims to be earlier than the commissioning', () => {
    const script = new Script();
    const unit = script.unit();
    const moved = script.ship('maker', unit, 'north');
    const made = script.commission(unit, { after: 3 });
    expectOne(replay(script).findings(), 'ST-05', { severity: 3, subject: unit, proof: [moved, made] });
  });

  it('names a look of somebody else at a code that was not out yet', () => {
    const script = new Script();
    const unit = script.unit();
    const scan = script.look(unit);
    const made = script.commission(unit);
    expectOne(replay(script).findings(), 'ST-05', { severity: 3, proof: [scan, made] });
  });

  it('is not cleared by a second commissioning dated back beyond belief', () => {
    const script = new Script();
    const unit = script.unit();
    const moved = script.ship('maker', unit, 'north');
    const made = script.commission(unit, { after: 3 });
    script.commission(unit, { time: moved.timeMs - 20 * DAY_MS, late: 21 * 24 });
    expectOne(replay(script).findings(), 'ST-05', { severity: 3, proof: [moved, made] });
  });

  it('lets the manufacturer look at his own labels before', () => {
    const script = new Script();
    const unit = script.unit();
    script.look(unit, { by: 'maker' });
    script.commission(unit);
    expect(said(replay(script).findings(), -1)).toEqual([]);
  });

  it('grants the order tolerance', () => {
    const script = new Script();
    const unit = script.unit();
    script.ship('maker', unit, 'north');
    script.commission(unit, { after: 2 });
    script.receive('north', unit, 'maker');
    expect(said(replay(script).findings(), -1)).toEqual([]);
  });
});

describe('ST-06 after-end-of-life', () => {
  it('names a shipment of a used unit', () => {
    const { script, unit } = atClinic();
    const used = script.administer('clinicA', unit);
    const moved = script.giveBack('clinicA', unit, 'north');
    const shipped = script.ship('north', unit, 'clinicB');
    const found = replay(script).findings();
    expectOne(found, 'ST-06', { severity: 3, subject: unit, proof: [used, shipped], secondLine: true });
    expect(found.filter(({ proof }) => proof.some(({ entry }) => entry === moved.entry))).toEqual([]);
  });

  it('names a use after the unit had been put beyond use, also by the same clinic', () => {
    const { script, unit } = atClinic(5);
    const used = script.administer('clinicA', unit);
    const retired = script.retire('clinicA', unit);
    const again = script.administer('clinicA', unit);
    const proof = [used, retired, again];
    expectOne(replay(script).findings(), 'ST-06', { severity: 3, proof, secondLine: false });
  });

  it('names a supply of a unit that was destroyed', () => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'pharmacy');
    const end = script.destroy('pharmacy', unit);
    const sold = script.dispense('pharmacy', unit);
    expectOne(replay(script).findings(), 'ST-06', { severity: 3, proof: [end, sold] });
  });

  it('names a check of a pack its owner declares unused, after a recorded use', () => {
    const { script, unit } = atClinic();
    const used = script.administer('clinicA', unit);
    const scan = script.look(unit, { session: script.id(), unused: true });
    expectOne(replay(script).findings(), 'ST-06', { severity: 3, proof: [used, scan], secondLine: true });
  });

  it.each([
    [
      'open and administer after a supply',
      (s: Script, u: string) => [s.open('clinicA', u), s.administer('clinicA', u)],
    ],
    [
      'a check of a supplied pack, declared unused',
      (s: Script, u: string) => [s.look(u, { session: s.id(), unused: true })],
    ],
  ])('accepts %s', (_, sequel) => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'pharmacy');
    script.dispense('pharmacy', unit);
    sequel(script, unit);
    expectClean(replay(script).findings(), 0);
  });

  it('accepts retiring and destroying the empty vial, and a check of it', () => {
    const { script, unit } = atClinic();
    script.administer('clinicA', unit);
    script.look(unit, { session: script.id() });
    script.retire('clinicA', unit);
    script.destroy('clinicA', unit);
    expectClean(replay(script).findings(), 0);
  });

  it('accepts a receipt that clocks put shortly after the use', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'north');
    script.receive('north', unit, 'maker');
    script.ship('north', unit, 'clinicA');
    script.administer('clinicA', unit);
    script.receive('clinicA', unit, 'north', { after: 2 });
    expect(said(replay(script).findings())).toEqual(['ST-07 L1']);
  });
});

describe('ST-08 dose-overdraw', () => {
  it('proves two treatments from a container of one dose', () => {
    const { script, unit } = atClinic();
    const steps = [script.administer('clinicA', unit), script.administer('clinicA', unit)];
    const found = replay(script).findings();
    expectOne(found, 'ST-08', {
      severity: 4,
      subject: unit,
      proof: steps,
      last: steps[1]!,
      secondLine: false,
    });
    expectNone(found, 'CL-03', 'ST-06');
  });

  it('adds up the doses of each treatment once', () => {
    const { script, unit } = atClinic(5);
    const actId = script.id();
    const first = script.administer('clinicA', unit, { actId, doses: 3 });
    script.administer('clinicA', unit, { actId, doses: 3 });
    const second = script.administer('clinicA', unit, { doses: 3 });
    expectOne(replay(script).findings(), 'ST-08', {
      severity: 4,
      proof: [first, second],
      detail: /6 doses in 2/,
    });
  });

  it('accepts a container drawn to its last dose', () => {
    const { script, unit } = atClinic(5);
    script.administer('clinicA', unit, { doses: 2 });
    script.administer('clinicA', unit, { doses: 3 });
    expect(said(replay(script).findings(), -1)).toEqual([]);
  });

  it('does not count a use by somebody whose role could never use', () => {
    const { script, unit } = atClinic();
    script.administer('clinicA', unit);
    script.administer('north', unit);
    const found = replay(script).findings();
    expectNone(found, 'ST-08', 'CL-03');
    expectOne(found, 'SG-09', { severity: 3, secondLine: true });
  });
});

describe('ST-02 already-in-state-elsewhere', () => {
  it('proves the end of life that stands and the one declared elsewhere', () => {
    const { script, unit } = atClinic();
    const first = script.destroy('clinicA', unit);
    const again = script.destroy('clinicB', unit);
    const proof = [first, again];
    expectOne(replay(script).findings(), 'ST-02', { severity: 3, subject: unit, proof, secondLine: true });
  });

  it('takes the same party at another site for another, unless the act is the same', () => {
    const { script, unit } = atClinic();
    const first = script.destroy('clinicA', unit);
    const again = script.destroy('clinicA', unit, { place: SITE.clinicB });
    expectOne(replay(script).findings(), 'ST-02', { severity: 3, proof: [first, again], secondLine: false });
    const other = atClinic();
    const actId = other.script.id();
    other.script.administer('clinicA', other.unit, { actId });
    other.script.administer('clinicA', other.unit, { actId, place: SITE.clinicB });
    expect(said(replay(other.script).findings(), -1)).toEqual(['ST-01 L0']);
  });

  it('does not hear of an end that somebody declared who never had it', () => {
    const { script, unit } = atClinic();
    script.destroy('clinicB', unit);
    script.destroy('clinicA', unit);
    expectNone(replay(script).findings(), 'ST-02');
  });
});

describe('ST-04 transition-forbidden', () => {
  it('proves the state and the step', () => {
    const { script, unit } = atClinic(5);
    const opened = script.open('clinicA', unit);
    const again = script.open('clinicA', unit, { after: 24 });
    const expected = { severity: 3, subject: unit, proof: [opened, again], secondLine: false };
    expectOne(replay(script).findings(), 'ST-04', { ...expected, detail: /open of a unit that was opened/ });
  });

  it('grants an opening scanned twice the order tolerance', () => {
    for (const [hours, expected] of [
      [2 + 10 / 60, []],
      [2 + 11 / 60, ['ST-04 L3']],
    ] as const) {
      const { script, unit } = atClinic(5);
      script.open('clinicA', unit);
      script.open('clinicA', unit, { after: hours });
      expect(said(replay(script).findings())).toEqual(expected);
    }
  });

  it('leaves custody to the rules of custody', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.voidShipment('maker', unit, 'north');
    expectNone(replay(script).findings(), 'ST-04');
  });
});

describe('ST-07 out-of-order', () => {
  it('names the two that changed places', () => {
    const { script, unit } = atClinic();
    const received = script.steps.at(-1)!;
    const used = script.administer('clinicA', unit, { after: -1 });
    const proof = [received, used];
    expectOne(replay(script).findings(), 'ST-07', {
      severity: 1,
      subject: unit,
      proof,
      detail: /receive came first/,
    });
  });

  it('is told of a container too', () => {
    const script = new Script();
    const unit = script.unit();
    const box = script.container();
    script.commission(unit);
    script.pack('maker', box, unit);
    const sent = script.ship('maker', box, 'north');
    const came = script.receive('north', box, 'maker', { after: -0.05 });
    expectOne(replay(script).findings(), 'ST-07', { severity: 1, subject: box, proof: [sent, came] });
  });
});
