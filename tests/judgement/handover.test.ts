// Goal:   hand-overs that stay open, go wrong or in circles are named with the events that prove it; late answers clear them.
// Method: one small world a case, replayed as of a time; each code with its exact level and proof, beside a near miss.
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../support/cast.ts';
import { expectClean, expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script, type Step } from '../support/script.ts';

/** Findings as of so many days after the last event. */
function after(script: Script, days: number) {
  return replay(script, script.steps, script.nowMs + days * DAY_MS).findings();
}

describe('CU-02 ship-not-received', () => {
  it.each([
    [14, undefined],
    [14.01, 1],
    [45, 1],
    [45.01, 2],
  ] as const)('says of %d days on the way: L%s', (days, severity) => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    const sent = script.ship('maker', unit, 'north');
    const found = after(script, days);
    if (severity === undefined) expectNone(found, 'CU-02');
    else {
      expectOne(found, 'CU-02', {
        severity,
        subject: unit,
        proof: [sent],
        detail: /maker to north, (?:14|45) days ago/,
      });
    }
  });

  it('is said once of the container, not of what is in it', () => {
    const script = new Script();
    const units = script.units(5);
    const box = script.container();
    script.commission(units);
    script.pack('maker', box, units);
    script.ship('maker', box, 'north');
    expectOne(after(script, 20), 'CU-02', { severity: 1, subject: box, count: 1 });
  });

  it('does not count how late the receipt was recorded', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'north');
    script.receive('north', unit, 'maker', { after: 24 * 13, late: 24 * 9 });
    expectClean(after(script, 60), 0);
  });
});

describe('CU-03 received-not-shipped', () => {
  it('speaks where no completion within m explains the receipt', () => {
    const script = new Script();
    const unit = script.unit();
    const arrived = script.deliver(unit, 'clinicA').at(-1)!;
    const taken = script.receive('clinicB', unit, 'north');
    expectOne(replay(script).findings(), 'CU-03', {
      severity: 2,
      subject: unit,
      proof: [arrived, taken],
      secondLine: true,
      detail: /clinicB, step receive, while the goods were with clinicA/,
    });
  });
});

describe('CU-04 data-no-product', () => {
  it('names the shipment and the receipt that lacks the unit', () => {
    const script = new Script();
    const [here, gone] = script.units(2) as [string, string];
    script.commission([here, gone]);
    const sent = script.ship('maker', [here, gone], 'north');
    const taken = script.receive('north', here, 'maker', { absent: [gone] });
    expectOne(replay(script).findings(), 'CU-04', {
      severity: 2,
      subject: gone,
      proof: [sent, taken],
      detail: /shipped by maker, absent at north/,
    });
  });

  it('leaves the unit where it was, and is cleared when it turns up', () => {
    const script = new Script();
    const [here, gone] = script.units(2) as [string, string];
    script.commission([here, gone]);
    script.ship('maker', [here, gone], 'north');
    script.receive('north', here, 'maker', { absent: [gone] });
    expect(replay(script).unit(gone).final.custody.at).toBe('transit');
    script.receive('north', gone, 'maker');
    expectClean(replay(script).findings(), 0);
  });

  it('says nothing about a unit nobody made', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'north');
    script.receive('north', unit, 'maker', { absent: [script.unit()] });
    expectNone(replay(script).findings(), 'CU-04');
  });
});

describe('CU-06 custody-gap', () => {
  it('is a stop where there was no time for the missing steps', () => {
    const [slow, fast] = [12, 1].map((hours) => {
      const script = new Script();
      const box = script.container();
      const unit = script.unit();
      script.commission(unit);
      script.pack('maker', box, unit);
      script.receive('north', box, 'maker', { after: hours });
      return said(replay(script).findings());
    });
    expect(slow).toEqual(['CU-06 L1']);
    expect(fast).toEqual(['CU-06 L2']);
  });
});

describe('CU-07 double-ship', () => {
  it('names both shipments, in the first line', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    const first = script.ship('maker', unit, 'north');
    const second = script.ship('maker', unit, 'south');
    const found = replay(script).findings();
    expectOne(found, 'CU-07', { severity: 3, subject: unit, proof: [first, second], secondLine: false });
    expectNone(found, 'CU-01');
  });

  it('is CU-01 where a stranger ships what is on its way', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'clinicA');
    script.ship('south', unit, 'clinicB', { after: 1 });
    expectNone(replay(script).findings(), 'CU-07');
  });
});

describe('CU-08 return-unverified', () => {
  it('names the return, its receipt and the resale', () => {
    const script = new Script();
    const units = script.units(3);
    const box = script.container();
    script.commission(units);
    script.pack('maker', box, units);
    script.ship('maker', box, 'clinicA');
    script.receive('clinicA', box, 'maker');
    const back = script.giveBack('clinicA', box, 'north');
    const taken = script.receive('north', box, 'clinicA');
    const sold = script.ship('north', box, 'clinicB');
    expectOne(replay(script).findings(), 'CU-08', {
      severity: 2,
      subject: box,
      proof: [back, taken, sold],
      last: sold,
    });
  });
});

describe('CU-09 reflow', () => {
  it('names the supply and the trade, with ST-06', () => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'pharmacy');
    const supplied = script.dispense('pharmacy', unit);
    const taken = script.receive('north', unit);
    expectOne(replay(script).findings(), 'CU-09', {
      severity: 3,
      subject: unit,
      proof: [supplied, taken],
      secondLine: true,
    });
  });

  it('takes a complaint sent back to the distributor for what it is', () => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'pharmacy');
    script.dispense('pharmacy', unit);
    script.giveBack('pharmacy', unit, 'north', { after: 24 * 15 });
    script.receive('north', unit, 'pharmacy');
    expectNone(replay(script).findings(), 'CU-09');
  });
});

describe('CU-10 loop', () => {
  it('counts from the policy’s number on, and never returns', () => {
    const script = new Script({ policy: { loopsMax: 2 } });
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'north');
    script.receive('north', unit, 'maker');
    const back: Step[] = [];
    for (const [from, to] of [
      ['north', 'south'],
      ['south', 'north'],
      ['north', 'south'],
    ] as const) {
      script.ship(from, unit, to);
      back.push(script.receive(to, unit, from));
    }
    expectOne(replay(script).findings(), 'CU-10', { severity: 2, subject: unit, proof: back.slice(1) });
    const fewer = script.steps.filter((step) => step !== back.at(-1));
    expectNone(replay(script, fewer).findings(), 'CU-10');
  });
});

const named = (documents: readonly string[]) => (documents.length === 0 ? {} : { documents });

describe('CU-11 document-missing', () => {
  it.each([
    [['desadv', 'inv'], [], undefined],
    [['desadv'], ['inv'], undefined],
    [['desadv'], [], 1],
    [[], ['inv'], 1],
    [[], [], 2],
  ] as const)('says of %j when shipped and %j when received: L%s', (sent, received, severity) => {
    const script = new Script({ policy: { documentsRequired: ['desadv', 'inv'] } });
    const unit = script.unit();
    script.commission(unit);
    const out = script.ship('maker', unit, 'north', named(sent));
    const taken = script.receive('north', unit, 'maker', named(received));
    const found = replay(script).findings();
    if (severity === undefined) expectNone(found, 'CU-11');
    else expectOne(found, 'CU-11', { severity, subject: unit, proof: [out, taken] });
  });
});

describe('CU-12 handover-open', () => {
  it('speaks of products whose maker asks for two signatures, from the policy’s time on', () => {
    const script = new Script({ product: { twoParty: true } });
    const unit = script.unit();
    script.commission(unit);
    const sent = script.ship('maker', unit, 'north');
    const at = (hours: number) => replay(script, script.steps, script.nowMs + hours * HOUR_MS).findings();
    expectNone(at(72), 'CU-12');
    expectOne(at(73), 'CU-12', { severity: 1, subject: unit, proof: [sent] });
    script.accept('north', unit, 'maker');
    expectNone(after(script, 30), 'CU-12');
  });
});

describe('CU-13 handover-rejected', () => {
  it('names the rejection and the report, in the first line of both', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'north');
    const refused = script.reject('north', unit, 'maker');
    const report = script.reportDelivery('maker', unit, 'north');
    expectOne(replay(script).findings(), 'CU-13', {
      severity: 3,
      subject: unit,
      proof: [refused, report],
      secondLine: false,
    });
  });

  it('grants the clocks their difference', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'north');
    script.reject('north', unit, 'maker');
    script.reportDelivery('maker', unit, 'north', { after: 2 });
    expectNone(replay(script).findings(), 'CU-13');
  });
});

describe('a declaration by somebody else', () => {
  it('is CU-01 where the holder goes on', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    const slander = script.declare('north', unit, { set: ['stolen'] });
    script.ship('maker', unit, 'south');
    expectOne(replay(script).findings(), 'CU-01', {
      severity: 3,
      proof: [slander, script.steps.at(-3)!],
      secondLine: true,
    });
  });

  it('accuses nobody while missed steps may have made him the holder', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.declare('north', unit, { set: ['locked'] });
    expectNone(replay(script).findings(), 'CU-01');
    script.ship('north', unit, 'clinicA', { after: 200 });
    expectNone(replay(script).findings(), 'CU-01');
  });

  it('is CU-01 where no holder may declare it', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.declare('north', unit, { set: ['illegitimate'] });
    expectOne(replay(script).findings(), 'CU-01', { severity: 3 });
  });
});
