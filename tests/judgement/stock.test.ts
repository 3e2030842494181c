// Goal:   QA-07 holds a party's count of a lot against the units that can have come to it, gaps and clocks granted.
// Method: small worlds replayed; the count alone over completed timelines, whole and in parts.
import { describe, expect, it } from 'vitest';
import type { Act } from '../../src/custody/index.ts';
import { actsOfDocument } from '../../src/custody/index.ts';
import { addStock, NO_STOCK, possibleStock, stockBalance, stockSurplus } from '../../src/judgement/index.ts';
import { openStatement } from '../../src/statement/index.ts';
import { ID, LOT_ID, type Who } from '../support/cast.ts';
import { expectOne } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script, type Step } from '../support/script.ts';

function actOf({ bytes, entry, recordTimeMs }: Step): Act {
  const { statement } = openStatement(bytes);
  if (statement.kind !== 'events') throw new Error('no events');
  return actsOfDocument(statement.payload, {
    entry: entry!,
    recordTimeMs,
    issuer: statement.issuer,
    kid: '',
  })[0]!;
}

/** QA-07 of the last step, a count. */
function judged(script: Script, units: readonly string[]) {
  const { world } = replay(script);
  const timelines = units.map((unit) => world.unit(unit));
  const act = actOf(script.steps.at(-1)!);
  return stockBalance(world, act.actor, LOT_ID, timelines, [act]);
}

function counted(script: Script, who: Who, quantity: number, after = 12): Step {
  return script.stockTake(who, [{ lot: LOT_ID, quantity }], { after });
}

describe('QA-07 balance-surplus', () => {
  it('names a clinic that counts more than it can have, with its count and where the units are', () => {
    const script = new Script();
    const units = script.units(3);
    script.deliver(units, 'clinicA');
    const taken = script.steps.at(-1)!;
    const count = counted(script, 'clinicA', 4);
    expectOne(judged(script, units), 'QA-07', {
      severity: 3,
      subject: `${ID.clinicA} ${LOT_ID}`,
      proof: [script.newest('lot'), taken, count],
      last: count,
      secondLine: false,
      detail: /clinicA counted 4, at most 3 can be there/,
    });
  });

  it('accepts a count of what came, or less', () => {
    for (const quantity of [0, 2, 3]) {
      const script = new Script();
      const units = script.units(3);
      script.deliver(units, 'clinicA');
      counted(script, 'clinicA', quantity);
      expect(judged(script, units)).toEqual([]);
    }
  });

  it('does not count what was used, supplied or sent back before', () => {
    const script = new Script();
    const [a, b, c] = script.units(3) as [string, string, string];
    script.deliver([a, b, c], 'clinicA');
    script.administer('clinicA', a);
    script.giveBack('clinicA', b, 'north');
    script.receive('north', b, 'clinicA');
    script.ship('north', b, 'clinicB');
    script.receive('clinicB', b, 'north');
    counted(script, 'clinicA', 2);
    expectOne(judged(script, [a, b, c]), 'QA-07', { severity: 3, detail: /counted 2, at most 1/ });
  });

  it('counts what left within the order tolerance: the shelf may have been counted before', () => {
    const script = new Script();
    const units = script.units(2);
    script.deliver(units, 'clinicA');
    script.administer('clinicA', units[0]!);
    counted(script, 'clinicA', 2, 1);
    expect(judged(script, units)).toEqual([]);
  });

  it('counts what is on its way to the party, and what m missing steps may have brought', () => {
    const script = new Script();
    const [a, b] = script.units(2) as [string, string];
    script.commission([a, b]);
    script.ship('maker', [a, b], 'north');
    script.receive('north', [a, b], 'maker');
    script.ship('north', a, 'clinicA');
    counted(script, 'clinicA', 2);
    expect(judged(script, [a, b])).toEqual([]);
  });

  it('does not count what a later event shows to have stayed where it was', () => {
    const script = new Script();
    const [a, b] = script.units(2) as [string, string];
    script.commission([a, b]);
    script.ship('maker', [a, b], 'north');
    script.receive('north', [a, b], 'maker');
    script.ship('north', a, 'clinicA');
    const count = counted(script, 'clinicA', 2);
    script.ship('north', b, 'clinicB');
    const { world } = replay(script);
    const timelines = [a, b].map((unit) => world.unit(unit));
    expectOne(stockBalance(world, ID.clinicA, LOT_ID, timelines, [actOf(count)]), 'QA-07', { severity: 3 });
  });

  it('counts what is in a box the party has', () => {
    const script = new Script();
    const units = script.units(3);
    const box = script.container();
    script.commission(units);
    script.pack('maker', box, units);
    script.ship('maker', box, 'north');
    script.receive('north', box, 'maker');
    counted(script, 'north', 3);
    expect(judged(script, units)).toEqual([]);
    counted(script, 'north', 4);
    expectOne(judged(script, units), 'QA-07', { severity: 3 });
  });

  it('judges only what the party itself declares', () => {
    const script = new Script();
    const units = script.units(1);
    script.deliver(units, 'clinicA');
    const count = counted(script, 'clinicB', 9);
    const { world } = replay(script);
    expect(stockBalance(world, ID.clinicA, LOT_ID, [world.unit(units[0]!)], [actOf(count)])).toEqual([]);
  });

  it('adds up: the parts of a lot give what the whole gives', () => {
    const script = new Script();
    const units = script.units(5);
    script.deliver(units, 'clinicA');
    const count = counted(script, 'clinicA', 6);
    const { world } = replay(script);
    const timelines = units.map((unit) => world.unit(unit));
    const act = actOf(count);
    const parts = [timelines.slice(0, 2), timelines.slice(2, 3), timelines.slice(3)]
      .map((part) => possibleStock(world, LOT_ID, act, part))
      .reduce(addStock, NO_STOCK);
    expect(stockSurplus(world, LOT_ID, act, parts)).toEqual(
      stockBalance(world, ID.clinicA, LOT_ID, timelines, [act]),
    );
    expect(parts.units).toBe(5);
  });
});
