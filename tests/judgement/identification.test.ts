// Goal:   ID rules catch codes, products, lots and serials that are not, and accuse no unit that is merely early or late.
// Method: one small world a case, replayed into the judge; each code with its exact level and proof, beside a near miss.
import { describe, expect, it } from 'vitest';
import { codeId } from '../../src/epcis/index.ts';
import { sgtin, traceCodeId } from '../../src/gs1/index.ts';
import { DAY_MS, EXPIRY, GTIN, LOT, PRODUCT, START_MS } from '../support/cast.ts';
import { expectClean, expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script } from '../support/script.ts';

describe('ID-01 code-unparseable', () => {
  it('names a recorded code that follows no scheme, on the code itself', () => {
    const script = new Script();
    const scan = script.look([], { presented: 'hello?' });
    expectOne(replay(script).findings(), 'ID-01', {
      severity: 1,
      subject: codeId('hello?'),
      proof: [scan],
      last: scan,
    });
  });

  it('says nothing of a code that names no unit but a product', () => {
    const script = new Script();
    script.look([], { presented: `(01)${GTIN}` });
    expect(said(replay(script).findings(), -1)).toEqual([]);
  });

  it('is one finding for one code however often it is scanned, counted', () => {
    const script = new Script();
    const scans = [1, 2, 3].map(() => script.look([], { presented: 'hello?' }));
    expectOne(replay(script).findings(), 'ID-01', { severity: 1, proof: scans, count: 3 });
  });
});

describe('ID-02 check-digit', () => {
  it('names a code whose check digit is wrong', () => {
    const script = new Script();
    const wrong = GTIN.slice(0, -1) + String((Number(GTIN.at(-1)) + 1) % 10);
    const scan = script.look([], { presented: `(01)${wrong}(21)ABC` });
    const found = replay(script).findings();
    expectOne(found, 'ID-02', { severity: 1, proof: [scan] });
    expectNone(found, 'ID-01');
  });
});

describe('ID-03 product-unknown', () => {
  it('stops at a unit of a product nobody registered, and suspects nobody', () => {
    const script = new Script({ unregistered: true });
    const unit = script.unit();
    const scan = script.look(unit);
    const found = replay(script).findings();
    expectOne(found, 'ID-03', { severity: 2, subject: unit, proof: [scan] });
    expectClean(found, 2);
  });

  it('names trace codes of no registered prefix', () => {
    const script = new Script();
    const unit = traceCodeId('81234560000000000001');
    const scan = script.look(unit);
    expectOne(replay(script).findings(), 'ID-03', { severity: 2, subject: unit, proof: [scan] });
  });

  it('goes by position: a scan before the registration is ID-03, one after it ID-05', () => {
    const script = new Script({ unregistered: true });
    const unit = script.unit();
    const early = script.look(unit);
    script.say('maker', 'product', { id: PRODUCT, name: 'Botulinum toxin' });
    const late = script.look(unit);
    const found = replay(script).findings();
    expectOne(found, 'ID-03', { severity: 2, proof: [early] });
    expectOne(found, 'ID-05', { severity: 3, proof: [late] });
  });
});

describe('ID-04 lot-unknown', () => {
  it('names a presented lot that nobody signed', () => {
    const script = new Script();
    const unit = script.unit();
    const scan = script.look(unit, { presented: script.label(unit, undefined, 'NOLOT') });
    const found = replay(script).findings();
    expectOne(found, 'ID-04', { severity: 3, subject: unit, proof: [scan] });
    expectNone(found, 'ID-05');
  });

  it('leaves a commissioned unit alone, whatever lot is printed on it', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.look(unit, { presented: script.label(unit) });
    expectNone(replay(script).findings(), 'ID-04', 'ID-05');
  });
});

describe('ID-05 serial-unknown', () => {
  it('names every event of a serial that was never commissioned', () => {
    const script = new Script();
    const forged = sgtin(GTIN, 'FORGED');
    const steps = [script.receive('clinicA', forged, 'north'), script.administer('clinicA', forged)];
    expectOne(replay(script).findings(), 'ID-05', {
      severity: 3,
      subject: forged,
      proof: steps,
      last: steps[1]!,
    });
  });

  it('waits for a commissioning that is captured late', () => {
    const script = new Script();
    const unit = script.unit();
    const made = script.commission(unit, { late: 9 * 24 });
    script.ship('maker', unit, 'north');
    const arrived = script.receive('north', unit, 'maker');
    const transient = replay(
      script,
      script.steps.filter((step) => step !== made),
    );
    expectOne(transient.findings(), 'ID-05', { severity: 3, last: arrived });
    expectClean(replay(script).findings(), 0);
  });

  it('does not count a commissioning by somebody else', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit, { by: 'rival' });
    const scan = script.look(unit);
    expectOne(replay(script).findings(), 'ID-05', { severity: 3, proof: [scan] });
  });

  it('is not cleared by a commissioning back-dated beyond belief', () => {
    const script = new Script();
    const unit = script.unit();
    const scan = script.look(unit);
    script.commission(unit, { time: START_MS - 20 * DAY_MS, late: 21 * 24 });
    expectOne(replay(script).findings(), 'ID-05', { severity: 3, subject: unit, proof: [scan] });
  });

  it('accuses nobody when old stock is registered first and moves later', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit, { time: START_MS - 50 * DAY_MS, late: 50 * 24 });
    script.ship('maker', unit, 'north', { time: START_MS + DAY_MS });
    script.receive('north', unit, 'maker');
    expectClean(replay(script).findings(), 0);
  });
});

describe('ID-12 serial-reused', () => {
  it('proves a second commissioning that says something else', () => {
    const script = new Script();
    const unit = script.unit();
    const first = script.commission(unit);
    const second = script.commission(unit, { expiry: '2029-12-31' });
    const one = { severity: 4, subject: unit, proof: [first, second], last: second };
    expectOne(replay(script).findings(), 'ID-12', one);
  });

  it('takes the same data sent again for a repeat', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.commission(unit, { after: 0, late: 5 });
    const found = replay(script).findings();
    expectNone(found, 'ID-12');
    expect(said(found, -1)).toEqual(['LG-09 L0']);
  });

  it('takes the same data sent again together with other units for a repeat', () => {
    const script = new Script();
    const [a, b] = script.units(2) as [string, string];
    script.commission(a);
    script.commission([a, b], { after: 0, late: 5 });
    expectClean(replay(script).findings(), 0);
  });

  it('is not hidden by dating the second one back', () => {
    const script = new Script();
    const unit = script.unit();
    const first = script.commission(unit);
    const second = script.commission(unit, { time: START_MS - 30 * DAY_MS, late: 31 * 24 });
    const found = replay(script).findings();
    expectOne(found, 'ID-12', { severity: 4, proof: [first, second] });
  });

  it("does not hold the rival's claim against the manufacturer", () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.commission(unit, { by: 'rival', lot: LOT, expiry: EXPIRY });
    expectNone(replay(script).findings(), 'ID-12');
  });
});
