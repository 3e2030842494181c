// Goal:   QA-09 holds a lot to the quantity signed before the commissioning: raised later it excuses nothing.
// Method: small worlds replayed and, for what a unit inherits, checked through the ledger; the fold alone over movements.
import { describe, expect, it } from 'vitest';
import { lotBalance, overIssue, PROOF_MAX } from '../../src/judgement/index.ts';
import { EXPIRY, LOT, LOT_ID, PRODUCT } from '../support/cast.ts';
import { expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script } from '../support/script.ts';
import { SmallWorld } from '../support/world.ts';

const tenUnits = (): Script => new Script({ lot: { quantity: 10 } });

function signed(script: Script, quantity: number): void {
  script.say('maker', 'lot', { product: PRODUCT, lot: LOT, quantity, expiry: EXPIRY, markets: ['DE'] });
}

describe('QA-09 over-issue', () => {
  it('proves more units than the lot statement signs for, with all commissionings, in several statements', () => {
    const script = tenUnits();
    const lot = script.newest('lot');
    const made = [4, 6, 1].map((count) => script.commission(script.units(count)));
    expectOne(replay(script).findings(), 'QA-09', {
      severity: 4,
      subject: LOT_ID,
      proof: [lot, ...made],
      last: made[2]!,
      detail: /11 commissioned, 10 signed for/,
    });
  });

  it('accepts a lot filled to its last unit', () => {
    const script = tenUnits();
    script.commission(script.units(4));
    script.commission(script.units(6));
    expectNone(replay(script).findings(), 'QA-09');
  });

  it('counts a unit once, however often it is commissioned', () => {
    const script = tenUnits();
    const units = script.units(10);
    script.commission(units);
    script.commission(units, { after: 0, late: 3 });
    expectNone(replay(script).findings(), 'QA-09');
  });

  it('accepts a quantity raised before the commissioning, not one raised after', () => {
    const before = tenUnits();
    before.commission(before.units(10));
    signed(before, 12);
    before.commission(before.units(2));
    expectNone(replay(before).findings(), 'QA-09');
    const after = tenUnits();
    after.commission(after.units(12));
    signed(after, 100);
    after.commission(after.units(1));
    expectOne(replay(after).findings(), 'QA-09', { severity: 4, detail: /12 commissioned, 10 signed for/ });
  });

  it('forgives units taken back before they were shipped, not after', () => {
    const taken = tenUnits();
    const units = taken.units(12);
    taken.commission(units);
    taken.decommission('maker', units.slice(10));
    expectNone(replay(taken).findings(), 'QA-09');
    const shipped = tenUnits();
    const others = shipped.units(12);
    shipped.commission(others);
    shipped.ship('maker', others, 'north');
    shipped.receive('north', others, 'maker');
    shipped.decommission('north', others.slice(10));
    expectOne(replay(shipped).findings(), 'QA-09', { severity: 4 });
  });

  it('does not count what another party commissions', () => {
    const script = tenUnits();
    script.commission(script.units(10));
    script.commission(script.units(5), { by: 'rival' });
    expectNone(replay(script).findings(), 'QA-09');
  });

  it('holds a lot nobody signed to nothing', () => {
    const script = new Script();
    script.commission(script.unit(), { lot: 'UNSIGNED' });
    expectOne(replay(script).findings(), 'QA-09', { severity: 4, detail: /1 commissioned, 0 signed for/ });
  });

  it('is inherited by a unit beyond the quantity at L3, by one within it at L1', async () => {
    const world = await SmallWorld.create({ lot: { quantity: 2 } });
    const within = world.units(2);
    const beyond = world.unit();
    world.commission(within);
    world.commission(beyond);
    await world.record();
    const late = await world.check(world.label(beyond));
    const early = await world.check(world.label(within[0]!));
    expect([late.word, ...said(late.findings)]).toEqual(['suspect', 'QA-09 L3']);
    expect([early.word, ...said(early.findings)]).toEqual(['notice', 'QA-09 L1']);
  });
});

describe('lotBalance()', () => {
  const { registry } = replay(tenUnits());

  it.each([
    ['nothing', [], undefined],
    ['ten', [10], undefined],
    ['eleven', [11], 1000],
    ['the entry that went beyond first', [5, 6, 1], 1001],
    ['made good', [11, -1], undefined],
    ['made good in part', [12, -1], 1000],
    ['made good, then beyond again', [11, -1, 1], 1002],
  ] as const)('says of %s when it went beyond', (_, units, exceededAt) => {
    const movements = units.map((count, i) => ({ entry: 1000 + i, units: count }));
    expect(lotBalance(registry, LOT_ID, movements).exceededAt).toBe(exceededAt);
  });

  it('keeps the lot statement in a proof of more commissionings than a finding holds', () => {
    const movements = Array.from({ length: PROOF_MAX + 50 }, (_, i) => ({ entry: 1000 + i, units: 1 }));
    const script = tenUnits();
    script.commission(script.unit());
    const replayed = replay(script);
    const act = replayed.unit(replayed.units[0]!).commission!;
    const acts = movements.map(({ entry }) => ({ ...act, ref: { entry, event: 0 } }));
    const [found] = overIssue(registry, LOT_ID, movements, acts);
    expect(found!.proof).toHaveLength(PROOF_MAX);
    expect(found!.proof[0]).toEqual({ entry: registry.lot(LOT_ID)!.entry, event: -1 });
    expect(found!.proof.at(-1)).toEqual({ entry: 1000 + PROOF_MAX + 49, event: 0 });
  });
});
