// Goal:   CU rules name who handled what was with somebody else, and call an honest gap a gap.
// Method: one small world a case, replayed into the judge; each code with its exact level and proof, beside a near miss.
import { describe, expect, it } from 'vitest';
import { expectClean, expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script } from '../support/script.ts';

describe('CU-01 not-custodian', () => {
  it('names a clinic that uses a unit another clinic holds', () => {
    const script = new Script();
    const unit = script.unit();
    const arrived = script.deliver(unit, 'clinicA').at(-1)!;
    const used = script.administer('clinicB', unit);
    expectOne(replay(script).findings(), 'CU-01', {
      severity: 3,
      subject: unit,
      proof: [arrived, used],
      last: used,
      secondLine: true,
      detail: /clinicB, step administer, while the goods were with clinicA/,
    });
  });

  it('names a distributor that ships a container a clinic holds and nobody returned, only above m', () => {
    const strict = new Script({ policy: { missingStepsMax: 1 } });
    const lenient = new Script();
    for (const script of [strict, lenient]) {
      const box = script.container();
      const unit = script.unit();
      script.commission(unit);
      script.pack('maker', box, unit);
      script.ship('maker', box, 'clinicA');
      script.receive('clinicA', box, 'maker');
      script.ship('north', box, 'clinicB');
    }
    const found = replay(strict).findings();
    expectOne(found, 'CU-01', { severity: 3, detail: /north, step ship/ });
    expect(said(replay(lenient).findings())).toEqual(['CU-06 L1']);
  });

  it('does not name a clinic that uses what it took out of its own box without a record', () => {
    const script = new Script();
    const unit = script.unit();
    const box = script.container();
    script.commission(unit);
    script.pack('maker', box, unit);
    script.ship('maker', box, 'clinicA');
    script.receive('clinicA', box, 'maker');
    script.administer('clinicA', unit);
    expect(said(replay(script).findings())).toEqual(['CU-06 L1']);
  });
});

describe('CU-05 receiver-mismatch', () => {
  it('names a clinic that receives what was meant for another', () => {
    const script = new Script();
    const unit = script.unit();
    const way = script.deliver(unit, 'clinicA').slice(0, -1);
    const sent = way.at(-1)!;
    const steps = script.steps.filter((step) => step !== script.steps.at(-1));
    const taken = script.receive('clinicB', unit, 'north');
    expectOne(replay(script, [...steps, taken]).findings(), 'CU-05', {
      severity: 3,
      subject: unit,
      proof: [sent, taken],
      secondLine: true,
      detail: /clinicB, step receive, while the goods were on the way to clinicA/,
    });
  });

  it('accepts the receiver a shipment names, and one that names nobody', () => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'clinicA');
    script.look(unit, { by: 'clinicB' });
    expectClean(replay(script).findings(), 0);
  });

  it('takes a forwarding between distributors that nobody recorded for a gap', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'north');
    script.receive('south', unit, 'north');
    expect(said(replay(script).findings())).toEqual(['CU-06 L1']);
  });
});

describe('CU-06 custody-gap', () => {
  it('names the missing steps and both events around the gap', () => {
    const script = new Script();
    const unit = script.unit();
    const made = script.commission(unit);
    const arrived = script.receive('north', unit, 'maker');
    expectOne(replay(script).findings(), 'CU-06', {
      severity: 1,
      subject: unit,
      proof: [made, arrived],
      last: arrived,
      detail: /not recorded: ship by maker to north/,
    });
  });

  it('counts per gap, not per life', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.receive('north', unit, 'maker');
    script.administer('clinicA', unit);
    const found = replay(script).findings();
    expect(said(found)).toEqual(['CU-06 L1', 'CU-06 L1']);
    expect(found[0]!.explanation + found[1]!.explanation).toMatch(
      /ship by north to clinicA; receive by clinicA/,
    );
  });

  it('is charged once, to the container, however much is in it', () => {
    const script = new Script();
    const units = script.units(5);
    const box = script.container();
    script.commission(units);
    script.pack('maker', box, units);
    script.ship('maker', box, 'north');
    script.ship('north', box, 'clinicA');
    script.receive('clinicA', box, 'north');
    script.unpack('clinicA', box, units);
    for (const unit of units) script.administer('clinicA', unit);
    expectOne(replay(script).findings(), 'CU-06', { severity: 1, subject: box, count: 1 });
  });

  it('folds one cause on many units into one finding with a count', () => {
    const script = new Script();
    const units = script.units(7);
    script.commission(units);
    script.receive('north', units, 'maker');
    expectOne(replay(script).findings(), 'CU-06', { severity: 1, count: 7 });
  });

  it('says nothing where nothing is missing', () => {
    const script = new Script();
    script.deliver(script.unit(), 'clinicA');
    expectNone(replay(script).findings(), 'CU-06');
  });
});
