// Goal:   ST-08 to ST-11 know an opened container's time, what becomes of the empty one, and a container filled again.
// Method: one small world a case, replayed into the judge; limits from both sides, with the exact proof.
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/judgement/index.ts';
import { HOUR_MS } from '../support/cast.ts';
import { expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script, type WorldOptions } from '../support/script.ts';

function atClinic(product: NonNullable<WorldOptions['product']> = {}, policy: WorldOptions['policy'] = {}) {
  const script = new Script({ product, policy });
  const unit = script.unit();
  script.deliver(unit, 'clinicA');
  return { script, unit };
}

/** What is found when time has gone by since the last step. */
function foundAfter(script: Script, hours: number): readonly Finding[] {
  return replay(script, script.steps, script.nowMs + hours * HOUR_MS).findings();
}

describe('ST-09 in-use window', () => {
  const product = { doses: 5, inUseMs: 24 * HOUR_MS };

  it('is granted to the minute, with the skew of one clock', () => {
    for (const [hours, expected] of [
      [24, []],
      [24 + 5 / 60, []],
      [24 + 6 / 60, ['ST-09 L3']],
    ] as const) {
      const { script, unit } = atClinic(product);
      script.open('clinicA', unit);
      script.administer('clinicA', unit, { after: hours });
      expect(said(replay(script).findings()), `${hours} hours`).toEqual(expected);
    }
  });

  it('names the opening and the use', () => {
    const { script, unit } = atClinic(product);
    const opened = script.open('clinicA', unit);
    script.administer('clinicA', unit, { after: 1 });
    const late = script.administer('clinicA', unit, { after: 47 });
    const proof = [opened, late];
    const found = replay(script).findings();
    expectOne(found, 'ST-09', {
      severity: 3,
      subject: unit,
      proof,
      last: late,
      detail: /48 hours after open/,
    });
  });

  it('is not begun by the opening of somebody who does not hold it', () => {
    const { script, unit } = atClinic(product);
    script.open('clinicB', unit);
    script.administer('clinicA', unit, { after: 72 });
    expectNone(replay(script).findings(), 'ST-09');
  });

  it('of a stranger who uses it late is of the second line', () => {
    const { script, unit } = atClinic(product);
    script.open('clinicA', unit);
    script.administer('clinicB', unit, { after: 72 });
    expectOne(replay(script).findings(), 'ST-09', { severity: 3, secondLine: true });
  });
});

describe('ST-10 container-not-retired', () => {
  it.each([
    [30 * 24, []],
    [30 * 24 + 1, ['ST-10 L1']],
    [180 * 24, ['ST-10 L1']],
    [180 * 24 + 1, ['ST-10 L2']],
  ])('after %d hours says %j', (hours, expected) => {
    const { script, unit } = atClinic();
    script.administer('clinicA', unit);
    expect(said(foundAfter(script, hours))).toEqual(expected);
  });

  it('proves the last use', () => {
    const { script, unit } = atClinic({ doses: 2 });
    script.administer('clinicA', unit);
    const last = script.administer('clinicA', unit, { after: 24 });
    expectOne(foundAfter(script, 40 * 24), 'ST-10', { severity: 1, subject: unit, proof: [last], last });
  });

  it('is not silenced by a stranger who says that he put it away', () => {
    const { script, unit } = atClinic();
    script.administer('clinicA', unit);
    script.retire('pharmacy', unit, { after: 0.1 });
    expectOne(foundAfter(script, 40 * 24), 'ST-10', { severity: 1 });
  });
});

describe('ST-11 refill-suspect', () => {
  it('explains ST-06 of the same event', () => {
    const { script, unit } = atClinic();
    const used = script.administer('clinicA', unit);
    const again = script.receive('clinicB', unit, 'south', { after: 24 });
    const found = replay(script).findings();
    expectOne(found, 'ST-11', { severity: 4, subject: unit, proof: [used, again], last: again });
    expect(expectOne(found, 'ST-06', { severity: 3, proof: [used, again] }).explainedBy).toBe('ST-11');
  });

  it('is silent within the order tolerance', () => {
    const { script, unit } = atClinic();
    script.administer('clinicA', unit);
    script.receive('clinicB', unit, 'south', { after: 2 + 10 / 60 });
    expectNone(replay(script).findings(), 'ST-11');
    script.receive('clinicB', unit, 'south', { after: 1 / 60 });
    expectOne(replay(script).findings(), 'ST-11', { severity: 4 });
  });

  it('calls a missed receipt recorded late no refill', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'north');
    script.receive('north', unit, 'maker');
    script.ship('north', unit, 'clinicA');
    script.administer('clinicA', unit);
    script.receive('clinicA', unit, 'north', { after: 30 });
    expectNone(replay(script).findings(), 'ST-11');
  });

  it('calls a missed use recorded late, after the container was put away, no refill', () => {
    const { script, unit } = atClinic();
    script.retire('clinicA', unit);
    script.administer('clinicA', unit, { after: 30 });
    expectNone(replay(script).findings(), 'ST-11');
  });

  it('of a stranger leaves the first line alone', () => {
    const { script, unit } = atClinic();
    script.administer('clinicA', unit);
    script.dispense('pharmacy', unit, { after: 48 });
    expectOne(replay(script).findings(), 'ST-11', { severity: 4, secondLine: true });
  });

  it('does not hear signers whose role could never have had it', () => {
    const { script, unit } = atClinic();
    script.administer('clinicA', unit);
    script.administer('north', unit, { after: 48 });
    expectNone(replay(script).findings(), 'ST-11', 'ST-02');
  });
});
