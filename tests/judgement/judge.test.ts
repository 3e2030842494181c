// Goal:   one judge for all: the ledger's audit, its appends and a bare replay say the same of one log; folding keeps the count.
// Method: one world with a little of every family, judged three ways; findings folded in random orders and groupings.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compareFindings, FindingFold, verdictSeverity, type Finding } from '../../src/judgement/index.ts';
import { expectClean, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { SmallWorld } from '../support/world.ts';

let world: SmallWorld;
let audited: readonly Finding[];

beforeAll(async () => {
  world = await SmallWorld.create({ lot: { quantity: 30 } });
  const units = world.units(24);
  const [box, pallet] = [world.container(), world.container()];
  world.commission(units);
  world.pack('maker', box, units.slice(0, 12));
  world.pack('maker', pallet, box);
  world.ship('maker', pallet, 'north');
  world.receive('north', pallet, 'maker', { late: 30 });
  world.unpack('north', pallet);
  world.ship('north', box, 'clinicA');
  world.receive('clinicA', box, 'north');
  world.unpack('clinicA', box, units.slice(0, 12));
  for (const unit of units.slice(0, 4)) world.administer('clinicA', unit);
  world.administer('clinicA', units[0]!);
  world.administer('clinicB', units[1]!);
  world.receive('north', units.slice(12, 20), 'maker');
  world.ship('north', units[12]!, 'trader');
  world.receive('trader', units[12]!, 'north');
  world.commission(units[13]!, { by: 'clinicB' });
  world.look(world.unit(), { presented: 'nonsense' });
  world.look([], { presented: 'nonsense' });
  world.look(units[14]!, { session: world.id(), latitude: 0, longitude: 0, radius: 20_000, after: 1 });
  world.commission(world.units(8));
  world.say('rival', 'policy', { missingStepsMax: 8 });
  audited = await world.findings();
});

describe('Judge', () => {
  it('says the same in an audit and in a bare replay, byte for byte', () => {
    const replayed = replay(world).findings();
    expect([...audited].sort(compareFindings)).toEqual(replayed);
    expect(new Set(audited.map(({ code }) => code)).size).toBeGreaterThan(12);
  });

  it('says at an append what a replay of that size says of the subjects named', () => {
    for (const step of world.steps.slice(-8)) {
      const prefix = world.steps.filter(({ entry }) => entry! <= step.entry!);
      const { unfolded, findings } = replay(world, prefix);
      const all = new Set([...unfolded(), ...findings()].map(({ id }) => id));
      const alone = step.findings.filter(({ count }) => count === 1);
      expect(alone.filter(({ id }) => !all.has(id))).toEqual([]);
    }
    replay(world);
  });

  it('says nothing of a world without events', () => {
    expect(
      replay(
        world,
        world.steps.filter(({ kind }) => kind !== 'events'),
      ).findings(),
    ).toHaveLength(1);
  });

  it('judges a scan in hand as the first line, whoever scans', async () => {
    const unit = world.unit();
    const found = (await world.check(unit)).findings;
    expect(said(found)).toEqual(['ID-05 L3']);
    expect(found.every((one) => verdictSeverity(one) === one.severity)).toBe(true);
    expectClean(replay(world).judge.unit(unit), -1);
  });
});

describe('FindingFold', () => {
  it('gives one result for every order and grouping', () => {
    const loose = replay(world).unfolded();
    const whole = foldOf(loose);
    fc.assert(
      fc.property(fc.shuffledSubarray([...loose], { minLength: loose.length }), fc.nat(), (shuffled, cut) => {
        const at = cut % shuffled.length;
        const parts = [...foldOf(shuffled.slice(0, at)), ...foldOf(shuffled.slice(at))];
        expect(foldOf(parts)).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps the count and the last event of each folded finding', () => {
    const loose = replay(world).unfolded();
    const sum = foldOf(loose).reduce((total, { count }) => total + count, 0);
    expect(sum).toBe(loose.length);
  });
});

function foldOf(findings: readonly Finding[]): readonly Finding[] {
  const fold = new FindingFold();
  for (const found of findings) fold.add(found);
  return fold.list();
}
