// Goal:   what is said to be in a container is held against what was packed, where the goods are, and what it may hold.
// Method: one small world a case; each code with its exact level and proof, beside a near miss; acts split into parts as one.
import { describe, expect, it } from 'vitest';
import { LOT, LOT_ID, PRODUCT } from '../support/cast.ts';
import { expectClean, expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script } from '../support/script.ts';

describe('QA-01 two-parents and QA-03 child-apart', () => {
  it('prove two parents by both packings and the assertion', () => {
    const script = new Script();
    const units = script.units(2);
    const [old, newer] = [script.container(), script.container()];
    script.commission(units);
    const first = script.pack('maker', old, units);
    const second = script.pack('maker', newer, units[0]!);
    const asserted = script.assertContents('maker', old, units);
    const found = replay(script).findings();
    expectOne(found, 'QA-01', { severity: 3, subject: units[0]!, proof: [first, second, asserted] });
    expectNone(found, 'QA-03');
  });

  it('prove a child apart by the packing, the sighting and the assertion', () => {
    const script = new Script();
    const units = script.units(2);
    const box = script.container();
    script.commission(units);
    const packed = script.pack('maker', box, units);
    script.ship('maker', units[0]!, 'north');
    const seen = script.receive('north', units[0]!, 'maker');
    const asserted = script.assertContents('maker', box, units);
    expectOne(replay(script).findings(), 'QA-03', {
      severity: 3,
      subject: units[0]!,
      proof: [packed, seen, asserted],
      secondLine: true,
    });
  });

  it('say nothing of a box used again', () => {
    const script = new Script();
    const [a, b] = script.units(2) as [string, string];
    const box = script.container();
    script.commission([a, b]);
    script.pack('maker', box, a);
    script.unpack('maker', box);
    script.pack('maker', box, b);
    script.ship('maker', a, 'north');
    script.receive('north', a, 'maker');
    script.assertContents('maker', box, b);
    expectClean(replay(script).findings(), 0);
  });
});

describe('QA-02 content-difference', () => {
  it('is suspect where what came out was never made', () => {
    const script = new Script();
    const [a, b] = script.units(2) as [string, string];
    const fake = a.slice(0, -6) + 'NOTOURS9';
    const box = script.container();
    script.commission([a, b]);
    script.pack('maker', box, [a, b]);
    const opened = script.unpack('maker', box, [a, fake]);
    expectOne(replay(script).findings(), 'QA-02', { severity: 3, subject: fake, proof: [opened] });
  });

  it('is a stop on the box where contents are declared absent, with their packing', () => {
    const script = new Script();
    const [a, b] = script.units(2) as [string, string];
    const box = script.container();
    script.commission([a, b]);
    script.pack('maker', box, a);
    const packed = script.pack('maker', box, b);
    const opened = script.unpack('maker', box, a, { absent: [b] });
    expectOne(replay(script).findings(), 'QA-02', {
      severity: 2,
      subject: box,
      proof: [packed, opened],
      detail: /maker found 1 missing/,
    });
  });

  it('takes a partial unpacking for honest, in however many parts', () => {
    const script = new Script();
    const units = script.units(6);
    const box = script.container();
    script.commission(units);
    script.pack('maker', box, units);
    script.unpack('maker', box, units.slice(0, 2));
    script.unpack('maker', box, units.slice(2, 4));
    expectClean(replay(script).findings(), 0);
  });
});

describe('QA-04 mixed-lot and QA-05 loose-carton', () => {
  const carton = (count: number, quantities?: boolean) => {
    const script = new Script({ product: { cartonUnits: 4 } });
    const units = script.units(count);
    const box = script.container();
    script.commission(units);
    const stated = quantities === true ? { quantities: [{ lot: LOT_ID, quantity: count }] } : {};
    const packed = script.pack('maker', box, units, stated);
    script.ship('maker', box, 'north');
    return { script, box, packed };
  };

  it.each([
    [1, ['QA-05 L1']],
    [3, ['QA-05 L1']],
    [4, []],
    [5, []],
  ] as const)('say of a carton of %d for four: %j', (count, expected) => {
    expect(said(replay(carton(count).script).findings())).toEqual(expected);
  });

  it('prove a loose carton by its packings and the product', () => {
    const { script, box, packed } = carton(3);
    const product = script.newest('product');
    expectOne(replay(script).findings(), 'QA-05', {
      severity: 1,
      subject: box,
      proof: [product, packed],
      detail: /3 of 4/,
    });
  });

  it('believe a packing that says so itself', () => {
    expectClean(replay(carton(3, true).script).findings(), 0);
  });

  it('wait for all parts of a packing', () => {
    const script = new Script({ product: { cartonUnits: 4 } });
    const units = script.units(4);
    const box = script.container();
    script.commission(units);
    script.pack('maker', box, units.slice(0, 2));
    expectClean(replay(script).findings(), 0);
    script.pack('maker', box, units.slice(2));
    script.ship('maker', box, 'north');
    expectClean(replay(script).findings(), 0);
  });

  it('name two lots', () => {
    const script = new Script({ product: { cartonUnits: 2 } });
    const [a, b] = script.units(2) as [string, string];
    const box = script.container();
    script.say('maker', 'lot', {
      product: PRODUCT,
      lot: 'LOT2',
      quantity: 9,
      expiry: '2028-01-31',
      markets: ['DE'],
    });
    script.commission(a, { lot: LOT });
    script.commission(b, { lot: 'LOT2' });
    const packed = script.pack('maker', box, [a, b]);
    script.ship('maker', box, 'north');
    const product = script.newest('product');
    expectOne(replay(script).findings(), 'QA-04', { severity: 1, subject: box, proof: [product, packed] });
  });
});

describe('QA-06 hierarchy-cycle', () => {
  it('is proved by the events of one instant', () => {
    const script = new Script();
    const [a, b, c] = [script.container(), script.container(), script.container()];
    const unit = script.unit();
    script.commission(unit);
    script.pack('maker', a, unit);
    script.pack('maker', b, unit, { after: 0 });
    const circle = [
      script.pack('maker', b, a),
      script.pack('maker', c, b, { after: 0 }),
      script.pack('maker', a, c, { after: 0 }),
    ];
    const found = replay(script)
      .unfolded()
      .filter(({ code }) => code === 'QA-06');
    expect(found.map(({ subject }) => subject.id).sort()).toEqual([a, b, c].sort());
    for (const one of found) expect(one.proof).toHaveLength(circle.length);
  });

  it('says nothing of boxes that change places in time', () => {
    const script = new Script();
    const [a, b] = [script.container(), script.container()];
    const unit = script.unit();
    script.commission(unit);
    script.pack('maker', a, unit);
    script.pack('maker', b, a);
    script.unpack('maker', b, a);
    script.pack('maker', a, b);
    expectClean(replay(script).findings(), 0);
  });
});

describe('QA-11 repack-imbalance', () => {
  it('is said once, on the first unit that went in', () => {
    const script = new Script({ product: { doses: 5 } });
    const [a, b, c, d, e] = script.units(5) as [string, string, string, string, string];
    script.commission([a, b, c, d, e]);
    const made = script.repack('maker', [a, b], [c, d, e]);
    expectOne(replay(script).findings(), 'QA-11', {
      severity: 3,
      subject: a,
      proof: [made],
      detail: /15 doses made of 10 by maker/,
    });
  });

  it('does not weigh what it does not know', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.repack('maker', [unit], ['https://id.gs1.org/01/04012345123456/21/1', 'urn:x:2']);
    expectNone(replay(script).findings(), 'QA-11');
  });
});
