// Goal: a verdict says in a clerk's words what the findings are worth, inherits what it must, and checking leaves no trace.
// Method: small worlds, one for each word; the scan in hand compared with the same scan once it is recorded.
import { describe, expect, it } from 'vitest';
import { traceCodeId } from '../../src/gs1/index.ts';
import type { Finding } from '../../src/judgement/index.ts';
import type { Scan } from '../../src/ledger/index.ts';
import { checkReceipt } from '../../src/log/index.ts';
import { rejection } from '../../src/testing/index.ts';
import { GTIN, HOUR_MS, ID, logKey, LOT, LOT_ID, PRODUCT, SITE, signerOf } from '../support/cast.ts';
import { fingerprint } from '../support/stores.ts';
import { refOf, SmallWorld } from '../support/world.ts';

const codesOf = (findings: readonly Finding[]): readonly string[] =>
  findings.filter(({ severity }) => severity > 0).map(({ code, severity }) => `${code} L${severity}`);

describe('Ledger.check()', () => {
  it('says genuine of a unit with an unbroken journey, and where it is', async () => {
    const world = await SmallWorld.create();
    const unit = world.unit();
    const last = world.deliver(unit, 'clinicA').at(-1)!;
    const verdict = await world.check(world.label(unit));
    expect(verdict).toMatchObject({
      word: 'genuine',
      severity: 0,
      subject: unit,
      product: { id: PRODUCT },
      manufacturer: { id: ID.maker, name: 'maker' },
      lot: LOT,
      expiry: '2028-01-31',
      custody: { at: 'held', by: { id: ID.clinicA } },
      checks: { count: 0 },
    });
    const [entry] = await world.store.readEntriesAt([refOf(last).entry]);
    expect(checkReceipt(verdict.receipt!, entry!, logKey)).toBe(true);
  });

  it('shows what the manufacturer signed about the product, and nothing nobody said', async () => {
    const bare = await SmallWorld.create();
    expect((await bare.check(bare.unit())).product).toEqual({
      id: PRODUCT,
      name: 'Botulinum toxin',
      composition: undefined,
      indications: [],
      storage: undefined,
      inUseMs: undefined,
      price: undefined,
      doses: 1,
      usedBy: [],
    });
    const facts = {
      composition: 'toxin type A, 100 units',
      indications: ['glabellar lines'],
      storage: { minMilliC: 2000, maxMilliC: 8000, budgetMs: 32_400_000, freezeMilliC: 0 },
      inUseMs: 86_400_000,
      price: { currency: 'EUR', amount: 19_900 },
      doses: 4,
      usedBy: ['medical-aesthetic'],
    };
    const world = await SmallWorld.create({ product: { ...facts, certified: true } });
    expect((await world.check(world.unit())).product).toEqual({
      id: PRODUCT,
      name: 'Botulinum toxin',
      ...facts,
    });
  });

  it('says notice of a unit with a small irregularity', async () => {
    const world = await SmallWorld.create();
    const unit = world.unit();
    world.commission(unit);
    world.receive('north', unit, 'maker');
    const verdict = await world.check(unit);
    expect([verdict.word, codesOf(verdict.findings)]).toEqual(['notice', ['CU-06 L1']]);
  });

  it('says stop of a unit of an unknown product', async () => {
    const world = await SmallWorld.create({ unregistered: true });
    const verdict = await world.check(world.unit());
    expect([verdict.word, codesOf(verdict.findings)]).toEqual(['stop', ['ID-03 L2']]);
  });

  it('says suspect of a serial number nobody commissioned, and of a forged label', async () => {
    const world = await SmallWorld.create();
    expect(await world.check(world.unit())).toMatchObject({ word: 'suspect' });
    const unit = world.unit();
    world.deliver(unit, 'clinicA');
    const forged = await world.check(world.label(unit, signerOf(222)));
    expect([forged.word, codesOf(forged.findings)]).toEqual(['suspect', ['SG-03 L3']]);
  });

  it('says contradiction proved of a unit used up in two places', async () => {
    const world = await SmallWorld.create();
    const unit = world.unit();
    world.deliver(unit, 'clinicA');
    world.administer('clinicA', unit);
    world.administer('clinicA', unit, { place: SITE.clinicB });
    expect((await world.check(unit)).severity).toBeGreaterThanOrEqual(3);
    const twice = world.unit();
    world.commission(twice);
    world.commission(twice, { after: 100, expiry: '2029-01-31' });
    expect(await world.check(twice)).toMatchObject({ word: 'contradiction proved', severity: 4 });
  });

  it('takes a second line at stop at most', async () => {
    const world = await SmallWorld.create();
    const unit = world.unit();
    world.deliver(unit, 'clinicA');
    world.ship('salon', unit, 'trader');
    const { severity, findings } = await world.check(unit);
    expect(findings.some((found) => found.secondLine && found.severity > 2)).toBe(true);
    expect(severity).toBe(2);
  });

  it('never calls genuine what no manufacturer registered as a unit', async () => {
    const world = await SmallWorld.create();
    for (const code of [
      PRODUCT,
      `(01)${GTIN}`,
      LOT_ID,
      SITE.maker,
      ID.maker,
      world.container(),
      'nonsense',
      '',
    ]) {
      expect([code, (await world.check(code)).word]).toEqual([code, 'notice']);
    }
  });

  it('knows the product of a Chinese trace code by its first seven digits', async () => {
    const world = await SmallWorld.create({ product: { traceCodePrefix: '8112345' } });
    const code = '81123450000000000017';
    const unit = traceCodeId(code);
    world.commission(unit);
    const verdict = await world.check(code);
    expect(verdict).toMatchObject({
      subject: unit,
      product: { id: PRODUCT },
      manufacturer: { id: ID.maker },
      lot: LOT,
    });
  });

  it('inherits what is found on the containers a unit was in, and not what happened after it left', async () => {
    const world = await SmallWorld.create();
    const [inside, left] = world.units(2);
    const [carton, pallet] = [world.container(), world.container()];
    world.commission([inside!, left!]);
    world.pack('maker', carton, [inside!, left!]);
    world.unpack('maker', carton, left);
    world.pack('maker', pallet, carton);
    world.ship('maker', pallet, 'trader');
    world.receive('trader', pallet, 'maker');
    const verdict = await world.check(inside!);
    const inherited = verdict.findings.filter(({ subject }) => subject.id === pallet);
    expect(inherited.length).toBeGreaterThan(0);
    expect(verdict.severity).toBeGreaterThanOrEqual(2);
    const outer = await world.check(carton);
    expect(outer.findings.filter(({ subject }) => subject.id === pallet).length).toBe(inherited.length);
    expect((await world.check(left!)).findings.filter(({ subject }) => subject.id === pallet)).toEqual([]);
    expect((await world.check(pallet)).word).toBe(outer.word);
  });

  it('inherits an over-issue of its lot: suspect beyond the quantity, a notice within', async () => {
    const world = await SmallWorld.create({ lot: { quantity: 2 } });
    const [first, second, third] = world.units(3);
    world.commission([first!, second!]);
    expect((await world.check(first!)).word).toBe('genuine');
    world.commission(third!);
    expect((await world.check(first!)).word).toBe('notice');
    const beyond = await world.check(third!);
    expect([beyond.word, codesOf(beyond.findings)]).toEqual(['suspect', ['QA-09 L3']]);
  });

  it('says stop while the derived data is flagged', async () => {
    const world = await SmallWorld.create();
    const unit = world.unit();
    world.commission(unit);
    await world.record();
    await world.store.writeFlag('derived-mismatch', 'posting of entry 3 is missing');
    for (const code of [unit, world.container(), PRODUCT]) {
      const verdict = await world.check(code);
      expect([code, verdict.word]).toEqual([code, 'stop']);
      expect(verdict.findings.map((found) => found.code)).toContain('LG-17');
    }
  });

  it('counts consumers’ sessions before this one', async () => {
    const world = await SmallWorld.create();
    const unit = world.unit();
    world.deliver(unit, 'clinicA');
    const first = world.look(unit, { session: world.id() });
    world.look(unit, { session: world.id() });
    const { checks } = await world.check(unit, { session: world.id() });
    expect(checks).toEqual({ count: 2, firstTimeMs: first.timeMs });
  });
});

/** Scans of every kind, hours after the last event. */
const SCANS: readonly (readonly [string, number, (world: SmallWorld) => Scan])[] = [
  ['at the holder’s site', 5, () => ({ place: SITE.clinicA })],
  ['nowhere', 5, () => ({})],
  ['too far away too soon', 1, () => ({ place: SITE.maker })],
  [
    'by a consumer in the market',
    30,
    (world) => ({
      latitude: 52_000_000,
      longitude: 13_000_000,
      radius: 20_000,
      countries: ['DE'],
      session: world.id(),
    }),
  ],
  [
    'by a consumer outside the market',
    30,
    (world) => ({
      latitude: 48_000_000,
      longitude: 2_000_000,
      radius: 20_000,
      countries: ['FR'],
      session: world.id(),
      unused: true,
    }),
  ],
  ['entered by hand', 5, () => ({ entryMode: 'manual' })],
];

describe('the scan in hand', () => {
  for (const [what, after, scanOf] of SCANS) {
    it(`raises what recording it raises: ${what}`, async () => {
      for (const used of [false, true]) {
        for (const forged of [false, true]) {
          const world = await SmallWorld.create();
          const unit = world.unit();
          world.deliver(unit, 'clinicA');
          if (used) world.administer('clinicA', unit);
          const code = world.label(unit, forged ? signerOf(222) : undefined);
          const timeMs = world.nowMs + after * HOUR_MS;
          const scan = { ...scanOf(world), timeMs };
          const verdict = await world.check(code, scan);
          const { timeMs: time, ...facts } = scan;
          const step = world.look(unit, { time, presented: code, ...facts });
          await world.record();
          expect(step.entry).toBe(verdict.size);
          const told = (findings: readonly Finding[]): unknown =>
            findings.map(({ code: one, severity, proof }) => ({ one, severity, proof }));
          expect(told(verdict.findings)).toEqual(told(step.findings));
        }
      }
    });
  }

  it('leaves nothing behind: no entry, no posting, no flag', async () => {
    const world = await SmallWorld.create();
    const unit = world.unit();
    world.deliver(unit, 'clinicA');
    await world.record();
    const before = await fingerprint(world.store);
    for (const code of [unit, world.label(unit), world.container(), 'nonsense', PRODUCT, world.unit()]) {
      await world.check(code, { place: SITE.clinicA });
      await world.ledger.trace(code);
    }
    await world.ledger.prove(3);
    await world.ledger.audit();
    expect(await fingerprint(world.store)).toBe(before);
  });

  it('must be one that could be recorded', async () => {
    const world = await SmallWorld.create();
    const unit = world.unit();
    const bad: readonly object[] = [
      { timeMs: -1 },
      { timeMs: 1.5 },
      { timeMs: 2 ** 53 },
      { place: 'no uri' },
      { place: 5 },
      { latitude: 1 },
      { latitude: 1, longitude: 1 },
      { latitude: 90_000_001, longitude: 0, radius: 0 },
      { latitude: 0.5, longitude: 0, radius: 0 },
      { latitude: 0, longitude: 0, radius: -1 },
      { latitude: 0, longitude: 0, radius: 9_999, session: 'a'.repeat(16) },
      { countries: 'DE' },
      { countries: ['de'] },
      { countries: [1] },
      { session: 'short' },
      { session: 'Jane Doe, born 1970' },
      { entryMode: 'eye' },
      { unused: 'yes' },
      { patient: 'x' },
      [],
    ];
    for (const scan of bad) {
      expect([scan, await rejection(world.ledger.check(unit, scan))]).toEqual([
        scan,
        expect.stringMatching(/^ERR_(OUT_OF_RANGE|INVALID_ARG_TYPE)$/),
      ]);
    }
  });
});

describe('Ledger.trace()', () => {
  it('tells the journey event by event, its containers’ events included', async () => {
    const world = await SmallWorld.create();
    const unit = world.unit();
    const carton = world.container();
    world.commission(unit);
    world.pack('maker', carton, unit);
    world.ship('maker', carton, 'north');
    world.receive('north', carton, 'maker');
    world.unpack('north', carton);
    await world.record();
    const { steps, lot, size } = await world.ledger.trace(world.label(unit));
    expect(steps.map(({ step, via }) => `${step}${via === undefined ? '' : ' via'}`)).toEqual([
      'commission',
      'pack',
      'ship via',
      'receive via',
      'unpack via',
    ]);
    expect([lot, size]).toEqual([LOT, (await world.ledger.head()).size]);
  });

  it('tells it as of a size, by what was registered then', async () => {
    const world = await SmallWorld.create();
    const unit = world.unit();
    const steps = world.deliver(unit, 'clinicA');
    await world.record();
    const whole = await world.ledger.trace(unit);
    for (const step of steps) {
      const { steps: told } = await world.ledger.trace(unit, { size: step.entry! });
      expect(told).toEqual(whole.steps.filter(({ entry }) => entry < step.entry!));
    }
    expect((await world.ledger.trace(unit, { size: 0 })).steps).toEqual([]);
    const before = (await world.ledger.head()).size;
    world.say('operator', 'party', { id: ID.maker, name: 'renamed', roles: ['manufacturer'] });
    await world.record();
    const nameAt = async (size?: number): Promise<string> =>
      (await world.ledger.trace(unit, size === undefined ? {} : { size })).steps[0]!.actor.name;
    expect([await nameAt(before), await nameAt()]).toEqual(['maker', 'renamed']);
    expect(await rejection(world.ledger.trace(unit, { size: -1 }))).toBe('ERR_OUT_OF_RANGE');
  });
});
