// Goal: all honest noise together accuses nobody, and each part of it is what it says.
// Method: small simulations without attacks; garbled codes, clocks and late records by themselves.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { observe, type EpcisEvent } from 'countermark/epcis';
import { parseCode } from 'countermark/gs1';
import { Clocks } from '../../examples/simulation/clocks.ts';
import { garble } from '../../examples/simulation/garble.ts';
import { makeLot, planLots, type Unit } from '../../examples/simulation/lots.ts';
import { DEFAULT_NOISE, NO_NOISE, NOISE_FLAGS, noNoiseYet } from '../../examples/simulation/noise.ts';
import { DEFAULT_OPTIONS, HELP, parseCommand } from '../../examples/simulation/options.ts';
import { Overdue } from '../../examples/simulation/overdue.ts';
import { makeCast } from '../../examples/simulation/parties.ts';
import { Random } from '../../examples/simulation/random.ts';
import { limitsOf } from '../../examples/simulation/score.ts';
import { simulate } from '../../examples/simulation/simulation.ts';

const SEEDS = process.env['SLOW'] === '1' ? [7, 8, 10, 11] : [7];
const folder = mkdtempSync(join(tmpdir(), 'countermark-noise-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cast = makeCast(new Random('cast'), 200, { unlicensed: 0, selfLicensed: 0 });

function someUnit(): Unit {
  const plan = planLots(new Random('lots'), cast, 480, 0)[0]!;
  return makeLot(new Random('lot'), cast, plan, { relabelled: 0, isShortDated: false }).units[0]!;
}

describe('simulate() with all honest noise', () => {
  it.each(SEEDS)(
    'raises no alert, but for codes cut inside their serial number (seed %i)',
    async (seed) => {
      const noise = { ...DEFAULT_NOISE, garbledCodes: 0.02, relabelled: 0.02, forgottenUndos: 0.02 };
      const out = join(folder, 'honest');
      const {
        benign,
        audit,
        scorer,
        noise: counts,
      } = await simulate({
        ...DEFAULT_OPTIONS,
        units: 400,
        seed,
        attacks: [],
        noise,
        out,
      });
      expect(audit.ok).toBe(true);
      // A serial number without its end is another one: nothing tells which was meant.
      const { 'ID-05': cut = 0, ...others } = benign.alertCodes;
      expect(others).toEqual({});
      expect(cut).toBeLessThanOrEqual(1);
      expect(scorer.unprovoked).toEqual([]);
      for (const [what, count] of Object.entries(counts)) {
        if (what !== 'clocksOff') expect(count, what).toBeGreaterThan(0);
      }
    },
    300_000,
  );

  it('proves nothing against anybody where two reads of five are missed', async () => {
    const noise = { ...DEFAULT_NOISE, missedReads: 0.4 };
    const out = join(folder, 'many-missed');
    const { scorer } = await simulate({ ...DEFAULT_OPTIONS, units: 400, seed: 9, attacks: [], noise, out });
    expect(scorer.unprovoked).toEqual([]);
  }, 300_000);
});

describe('noise flags', () => {
  it('are all in the help, with their defaults, and all read', () => {
    for (const { key, flag, letter } of NOISE_FLAGS) {
      expect(HELP).toContain(`--${flag} ${letter}`);
      expect(parseCommand([`--${flag}`, '0']).noise).toEqual({ ...DEFAULT_NOISE, [key]: 0 });
    }
    expect(NOISE_FLAGS.map(({ key }) => key).sort()).toEqual(Object.keys(DEFAULT_NOISE).sort());
  });

  it('loosen the limits with the missed reads, up to none', () => {
    expect(limitsOf(DEFAULT_NOISE)).toEqual({ alertRate: 0.0002, stopRate: 0.005 });
    expect(limitsOf({ ...DEFAULT_NOISE, missedReads: 0.05 })).toEqual({ alertRate: 0.0005, stopRate: 0.02 });
    expect(limitsOf({ ...DEFAULT_NOISE, missedReads: 0.4 })).toBeUndefined();
  });
});

describe('garble()', () => {
  it('never gives the unit itself with a whole code, and names what its code parses to', () => {
    const unit = someUnit();
    const random = new Random('garble');
    const modes = new Set<string>();
    for (let i = 0; i < 300; i++) {
      const { presented, entryMode, ids } = garble(random, unit);
      modes.add(entryMode);
      const parsed = parseCode(presented);
      expect(ids).toEqual(parsed.ok && parsed.code.unit !== undefined ? [parsed.code.unit] : []);
      if (entryMode === 'manual') expect(ids).not.toContain(unit.id);
      expect(() => observe({ ids, presented, entryMode, time: 1_750_000_000_000 })).not.toThrow();
    }
    expect([...modes].sort()).toEqual(['manual', 'scan']);
  });
});

describe('Clocks', () => {
  const party = cast.networks[0]!.importer;

  it('keep one error a device, within the limit', () => {
    const clocks = new Clocks({ ...NO_NOISE, clockMinutes: 2 }, new Random('clocks'), noNoiseYet());
    const error = clocks.read(party, 'gate', 1_000_000) - 1_000_000;
    expect(Math.abs(error)).toBeLessThanOrEqual(300_000);
    expect(clocks.read(party, 'gate', 5_000_000) - 5_000_000).toBe(error);
  });

  it('are an hour off where the flag says so, but not the page server', () => {
    const count = noNoiseYet();
    const clocks = new Clocks({ ...NO_NOISE, clocksOff: 1 }, new Random('clocks'), count);
    expect(Math.abs(clocks.read(party, 'gate', 0))).toBe(3_600_000);
    expect(Math.abs(clocks.read(cast.service, 'counter', 0))).toBe(0);
    expect(count.clocksOff).toBe(1);
  });
});

describe('Overdue', () => {
  const event = { bizStep: 'commissioning', epcList: ['a', 'b'] } as unknown as EpcisEvent;
  const other = { bizStep: 'packing', parentID: 'c', childEPCs: ['a'] } as unknown as EpcisEvent;

  it('says what is on its way about an id until it has come', () => {
    const overdue = new Overdue();
    overdue.expect(event, 'recorded late');
    overdue.expect(other, 'out of order');
    expect(overdue.on(['b'])).toBe('commissioning recorded late');
    expect(overdue.on(['x', 'c'])).toBe('packing out of order');
    overdue.arrived(event);
    expect(overdue.on(['a'])).toBe('packing out of order');
    expect(overdue.on(['b'])).toBeUndefined();
    overdue.arrived(other);
    overdue.arrived(other);
    expect(overdue.on(['a', 'b', 'c'])).toBeUndefined();
  });
});
