// Goal: a recall learns who held which unit at its position, what was used since, and what nobody's record accounts for.
// Method: one lot whose units go every way a unit can go, traced as of every interesting size of the log, against a hand-made table.
import { describe, expect, it } from 'vitest';
import { formatTime } from '../../src/bytes/index.ts';
import type { LotPlaces, LotTrace } from '../../src/ledger/index.ts';
import { rejection } from '../../src/testing/index.ts';
import { DAY_MS, GTIN, ID, LOT, LOT_ID, PRODUCT } from '../support/cast.ts';
import { refOf, SmallWorld } from '../support/world.ts';

const recall = (world: SmallWorld, id = 'R1', lots: readonly string[] = [LOT]) =>
  world.say('maker', 'recall', {
    id,
    product: PRODUCT,
    lots,
    effectiveFrom: formatTime(world.nowMs),
    reason: 'particles seen',
    level: 1,
    deadline: formatTime(world.nowMs + 7 * DAY_MS),
  });

const placesOf = ({ holders, used, gone, unaccounted }: LotPlaces) => ({
  held: Object.fromEntries(holders.map(({ party, units }) => [party.name, units])),
  used,
  gone,
  unaccounted: unaccounted.map(({ unit, why }) => `${why} ${unit}`),
});

/** A lot whose units are everywhere; returns the world and its units by what becomes of them. */
async function everywhere() {
  const world = await SmallWorld.create();
  const [plant, shelf, boxed, way, early, late, dispensed, broken] = world.units(8) as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const all = [plant, shelf, boxed, way, early, late, dispensed, broken];
  world.commission(all);
  world.ship('maker', [shelf, boxed, way, early, late, broken], 'north');
  world.receive('north', [shelf, boxed, way, early, late, broken], 'maker');
  const carton = world.container();
  world.pack('north', carton, boxed);
  world.ship('north', [carton, early, late, broken], 'clinicA');
  world.receive('clinicA', [carton, early, late, broken], 'north');
  world.ship('north', way, 'clinicB');
  world.ship('maker', dispensed, 'south');
  world.receive('south', dispensed, 'maker');
  world.ship('south', dispensed, 'pharmacy');
  world.receive('pharmacy', dispensed, 'south');
  world.administer('clinicA', early);
  const recalled = recall(world);
  world.administer('clinicA', late);
  world.dispense('pharmacy', dispensed);
  world.decommission('maker', plant);
  await world.record();
  const units = { plant, shelf, boxed, way, early, late, dispensed, broken, all };
  return { world, recalled, units, carton };
}

describe('Ledger.traceLot()', () => {
  it('says where every unit was at the recall and is now, through containers', async () => {
    const { world, units, recalled } = await everywhere();
    const { plant, shelf, boxed, way, early, late, dispensed, broken } = units;
    const trace = await world.ledger.traceLot(LOT_ID);
    expect(placesOf(trace.atRecall)).toEqual({
      held: { maker: [plant], north: [shelf], clinicA: [boxed, late, broken], pharmacy: [dispensed] },
      used: [early],
      gone: [],
      unaccounted: [`transit ${way}`],
    });
    expect(placesOf(trace.now)).toEqual({
      held: { north: [shelf], clinicA: [boxed, broken] },
      used: [early, late, dispensed],
      gone: [plant],
      unaccounted: [`transit ${way}`],
    });
    expect(trace.now.unaccounted[0]).toMatchObject({ from: { name: 'north' }, to: { name: 'clinicB' } });
    expect(trace).toMatchObject({
      lot: LOT_ID,
      number: LOT,
      product: { id: PRODUCT },
      manufacturer: { id: ID.maker },
      recall: {
        id: 'R1',
        entry: refOf(recalled).entry,
        level: 1,
        reason: 'particles seen',
        issuer: { name: 'maker' },
      },
      atRecall: { size: refOf(recalled).entry + 1, units: 8 },
    });
    expect(trace.atRecall.holders[0]).toMatchObject({ party: { name: 'clinicA' }, count: 3 });
  });

  it('lists what was used since, whoever says so, and says if it happened before the recall', async () => {
    const { world, units } = await everywhere();
    world.administer('salon', units.shelf);
    world.administer('clinicA', units.broken, { time: world.nowMs - 30 * DAY_MS, late: 30 * 24 + 1 });
    await world.record();
    const { usedSince } = await world.ledger.traceLot(LOT_ID);
    expect(usedSince.map(({ unit, step, by, line, before }) => [unit, step, by.name, line, before])).toEqual([
      [units.late, 'administer', 'clinicA', 'main', false],
      [units.dispensed, 'dispense', 'pharmacy', 'main', false],
      [units.shelf, 'administer', 'salon', 'second', false],
      [units.broken, 'administer', 'clinicA', expect.any(String), true],
    ]);
  });

  it('takes back a supply that was undone', async () => {
    const { world, units } = await everywhere();
    world.undo('pharmacy', units.dispensed, 'dispense');
    await world.record();
    const { usedSince, now } = await world.ledger.traceLot(LOT_ID);
    expect(usedSince.map(({ unit }) => unit)).toEqual([units.late]);
    expect(placesOf(now).held).toMatchObject({ pharmacy: [units.dispensed] });
  });

  it('counts what its holder declared lost or stolen as unaccounted for', async () => {
    const { world, units, carton } = await everywhere();
    world.declare('north', units.shelf, { set: ['stolen'] });
    world.declare('clinicA', carton, { set: ['lost'] });
    await world.record();
    const { now, atRecall } = await world.ledger.traceLot(LOT_ID);
    expect(placesOf(now).unaccounted.sort()).toEqual(
      [`lost ${units.boxed}`, `stolen ${units.shelf}`, `transit ${units.way}`].sort(),
    );
    expect(placesOf(atRecall).unaccounted).toEqual([`transit ${units.way}`]);
  });

  it('tells it as of any size, by the newest recall of that prefix', async () => {
    const { world, recalled } = await everywhere();
    const before = await world.ledger.traceLot(LOT_ID, { size: refOf(recalled).entry });
    expect([before.recall, before.usedSince, before.atRecall]).toEqual([undefined, [], before.now]);
    const at = await world.ledger.traceLot(LOT_ID, { size: refOf(recalled).entry + 1 });
    expect([at.recall?.id, at.usedSince, at.atRecall]).toEqual(['R1', [], at.now]);
    recall(world, 'R2');
    recall(world, 'R3', ['LOT2']);
    await world.record();
    const again = await world.ledger.traceLot(LOT_ID);
    expect([again.recall?.id, again.usedSince]).toEqual(['R2', []]);
    const whole = await world.ledger.traceLot(LOT_ID, { size: again.recall!.entry });
    expect(whole.usedSince).toHaveLength(2);
    expect(await world.ledger.traceLot(LOT_ID, { size: 0 })).toMatchObject({ now: { units: 0 }, size: 0 });
  });

  it('takes a lot by GTIN/LOT and by a code, knows no units of an unknown one, and refuses what names none', async () => {
    const { world } = await everywhere();
    const counts = async (lot: string): Promise<number> => (await world.ledger.traceLot(lot)).now.units;
    expect(await counts(`${GTIN}/${LOT}`)).toBe(8);
    expect(await counts(`(01)${GTIN}(10)${LOT}`)).toBe(8);
    expect(await counts(`${GTIN}/NONE`)).toBe(0);
    for (const bad of ['', 'x', PRODUCT, `${GTIN.slice(0, 13)}9/L`, `${GTIN}/`]) {
      expect([bad, await rejection(world.ledger.traceLot(bad))]).toEqual([bad, 'ERR_OUT_OF_RANGE']);
    }
  });

  it('reports progress, stops when asked, and lets others have their turn', async () => {
    const world = await SmallWorld.create({ lot: { quantity: 2000 } });
    for (let i = 0; i < 6; i++) world.commission(world.units(200), { after: 0 });
    await world.record();
    const seen: string[] = [];
    const trace: Promise<LotTrace> = world.ledger.traceLot(LOT_ID, {
      onProgress: ({ done, total }) => seen.push(`${done}/${total}`),
    });
    const checked = world.ledger.check(world.unit()).then(() => seen.push('check'));
    await Promise.all([trace, checked]);
    expect(seen).toEqual(expect.arrayContaining(['500/1200', '1000/1200', '1200/1200']));
    expect(seen.indexOf('check')).toBeLessThan(seen.indexOf('1200/1200'));
    const abort = new AbortController();
    const stopped = world.ledger.traceLot(LOT_ID, {
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
  });
});
