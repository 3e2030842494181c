// Goal:   nobody frames honest goods: what a stranger or a liar states never lifts a check above L2, and never clears anything.
// Method: random honest worlds with random false statements of admitted and unadmitted strangers; false times before and after.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verdictSeverity, type Finding } from '../../src/judgement/index.ts';
import { MARKS } from '../../src/epcis/index.ts';
import { traceCodeId } from '../../src/gs1/index.ts';
import { DAY_MS, HOUR_MS, LOT_ID, SITE, type Who } from '../support/cast.ts';
import { briefly, expectOne } from '../support/expect-findings.ts';
import { Dice, honestWorld, type Journeys } from '../support/journeys.ts';
import { replay } from '../support/replay.ts';
import {
  Script,
  type LookOptions,
  type Step,
  type StepOptions,
  type WorldOptions,
} from '../support/script.ts';
import { SmallWorld } from '../support/world.ts';

const seed = fc.integer({ min: 0, max: 0x7fff_ffff });

/** A product with everything a rule may watch. */
const WATCHED: WorldOptions = {
  product: {
    doses: 2,
    inUseMs: DAY_MS,
    storage: { minMilliC: 2000, maxMilliC: 8000, budgetMs: 9 * HOUR_MS, freezeMilliC: 0 },
    cartonUnits: 2,
  },
};

type Lie = (script: Script, who: Who, unit: string, box: string, options: StepOptions) => Step;

/** False statements about a unit, its box, or both: events that move, look or measure. */
const STEPS: Readonly<Record<string, Lie>> = {
  uses: (s, who, unit, _, at) => s.administer(who, unit, at),
  opens: (s, who, unit, _, at) => s.open(who, unit, at),
  sells: (s, who, unit, _, at) => s.dispense(who, unit, at),
  retires: (s, who, unit, _, at) => s.retire(who, unit, at),
  destroys: (s, who, unit, _, at) => s.destroy(who, unit, at),
  'takes out of circulation': (s, who, unit, _, at) => s.decommission(who, unit, at),
  ships: (s, who, unit, _, at) => s.ship(who, unit, 'pharmacy', at),
  'sends back': (s, who, unit, _, at) => s.giveBack(who, unit, 'maker', at),
  receives: (s, who, unit, _, at) => s.receive(who, unit, undefined, at),
  'packs it away': (s, who, unit, _, at) => s.pack(who, s.container(), unit, at),
  'packs it into its box': (s, who, unit, box, at) => s.pack(who, box, unit, at),
  'unpacks it': (s, who, unit, box, at) => s.unpack(who, box, unit, at),
  'empties the box': (s, who, _, box, at) => s.unpack(who, box, undefined, at),
  'ships the box': (s, who, _, box, at) => s.ship(who, box, 'clinicB', at),
  'receives the box': (s, who, _, box, at) => s.receive(who, box, undefined, at),
  'boxes the box': (s, who, _, box, at) => s.pack(who, s.container(), box, at),
  'destroys the box': (s, who, _, box, at) => s.destroy(who, box, at),
  commissions: (s, who, unit, _, at) => s.commission(unit, { ...at, by: who }),
  looks: (s, who, unit, _, at) => s.look(unit, { ...at, by: who, latitude: 0, longitude: 0, radius: 10_000 }),
  accepts: (s, who, unit, _, at) => s.accept(who, unit, 'maker', at),
  'refuses it': (s, who, unit, _, at) => s.reject(who, unit, 'maker', at),
  'refuses its box': (s, who, _, box, at) => s.reject(who, box, 'maker', at),
  'takes back a shipment': (s, who, unit, _, at) => s.voidShipment(who, unit, 'clinicA', at),
  'finds it missing': (s, who, unit, box, at) => s.receive(who, box, 'maker', { ...at, absent: [unit] }),
  'undoes a supply': (s, who, unit, _, at) => s.undo(who, unit, 'dispense', at),
  'undoes a destruction': (s, who, unit, _, at) => s.undo(who, unit, 'destroy', at),
  'repacks it': (s, who, unit, _, at) => s.repack(who, [unit], [s.unit()], at),
  'counts more than there is': (s, who, _unit, _, at) =>
    s.stockTake(who, [{ lot: LOT_ID, quantity: 500 }], at),
  'names it otherwise': (s, who, unit, _, at) => s.alias(who, unit, traceCodeId('81234560000000000001'), at),
  'will not verify it': (s, who, unit, _, at) => s.decline(who, unit, 'no-reason', at),
  'reports heat': (s, who, unit, _, at) => heat(s, who, unit, 40, at),
  'reports frost in the box': (s, who, _, box, at) => heat(s, who, box, -20, at),
  'corrects what another said': (s, who, _unit, _, at) => s.correct(who, wrong(s), at),
  'asserts what the box holds': (s, who, unit, box, at) => s.assertContents(who, box, [unit], at),
  'claims it was not supplied': (s, _who, unit, _, at) => claim(s, unit, { claim: 'not-supplied' }, at),
  'claims to have bought it': (s, _who, unit, _, at) => claim(s, unit, { purchased: s.nowMs }, at),
  'checks it with a patient': (s, who, unit, _, at) =>
    s.look(unit, { ...at, by: who, place: SITE[who], session: s.id(), joint: true }),
};

const DECLARATIONS = declarations();
const LIES: Readonly<Record<string, Lie>> = { ...STEPS, ...DECLARATIONS };

/** Every mark of the unit or its box, and the same lifted. */
function declarations(): Record<string, Lie> {
  const set = MARKS.flatMap((mark): [string, Lie][] => [
    [`declares it ${mark}`, (s, who, unit, _, at) => s.declare(who, unit, { ...at, set: [mark] })],
    [`declares the box ${mark}`, (s, who, _, box, at) => s.declare(who, box, { ...at, set: [mark] })],
    [
      `declares it no longer ${mark}`,
      (s, who, unit, _, at) => s.declare(who, unit, { ...at, unset: [mark] }),
    ],
    [`undoes ${mark}`, (s, who, unit, _, at) => s.undo(who, unit, mark, at)],
  ]);
  return Object.fromEntries(set);
}

function heat(script: Script, who: Who, id: string, degrees: number, at: StepOptions): Step {
  const endMs = at.time ?? script.nowMs + (at.after ?? 12) * HOUR_MS;
  const part = { startMs: endMs - 12 * HOUR_MS, endMs, everyMs: HOUR_MS, min: degrees, max: degrees };
  return script.log(who, id, [part], at);
}

function claim(script: Script, unit: string, said: Partial<LookOptions>, at: StepOptions): Step {
  return script.look(unit, { ...at, session: script.id(), ...said });
}

describe("an admitted stranger's false statements", () => {
  it('never lift a verdict on honest goods above L2', () => {
    let told = 0;
    fc.assert(
      fc.property(seed, (n) => {
        const journeys = honestWorld(n);
        told += lie(journeys, new Dice(n), 1 + (n % 4));
        const { script, units, containers } = journeys;
        const { judge } = replay(script);
        const found = [
          ...units.flatMap((unit) => judge.unit(unit)),
          ...containers.flatMap((box) => judge.container(box)),
        ];
        expect(found.filter((one) => verdictSeverity(one) > 2).map(briefly)).toEqual([]);
      }),
      { numRuns: 150, examples: [[2_140_644_835]] },
    );
    expect(told).toBeGreaterThan(100);
  });

  it.each(Object.keys(LIES))('"%s" leaves unit and box at L2 or below', (name) => {
    for (const who of ['clinicB', 'south', 'pharmacy', 'salon'] as const) {
      const script = new Script(WATCHED);
      const { unit } = honestBox(script, (box, id) => LIES[name]!(script, who, id, box, { after: 1 }));
      const { judge, containers } = replay(script);
      const found = [...judge.unit(unit), ...containers.flatMap((box) => judge.container(box))];
      expect(worst(found), `${who} ${name}: ${found.map(briefly).join('; ')}`).toBeLessThanOrEqual(2);
    }
  });

  it.each(Object.keys(LIES).filter((name) => !(name in DECLARATIONS)))(
    '"%s" leaves a check through the ledger at L2 or below',
    async (name) => {
      const world = await SmallWorld.create(WATCHED);
      const { unit } = honestBox(world, (box, id) => LIES[name]!(world, 'clinicB', id, box, { after: 1 }));
      expect((await world.check(world.label(unit))).severity).toBeLessThanOrEqual(2);
    },
  );

  it('leave a check through the ledger at L2 or below when everything is declared and lifted at once', async () => {
    const world = await SmallWorld.create(WATCHED);
    const { unit } = honestBox(world, (box, id) => {
      for (const declare of Object.values(DECLARATIONS)) declare(world, 'clinicB', id, box, { after: 0.01 });
    });
    expect((await world.check(world.label(unit))).severity).toBeLessThanOrEqual(2);
  });

  it('take no weight from a finding that stands without them', () => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'clinicA');
    script.administer('clinicA', unit);
    script.administer('clinicA', unit);
    expectOne(replay(script).findings(), 'ST-08', { severity: 4, secondLine: false });
    script.administer('clinicB', unit);
    const found = replay(script).findings();
    expectOne(found, 'ST-08', { severity: 4, secondLine: false });
    expect(worst(found)).toBe(4);
  });

  it.each([
    ['by name', true],
    ['all at once', false],
  ])('bear no weight after a box was claimed and emptied %s', (_, named) => {
    const script = new Script();
    const unit = script.unit();
    const box = script.container();
    script.commission(unit);
    script.pack('maker', box, unit);
    script.ship('maker', box, 'north');
    script.receive('north', box, 'maker');
    script.receive('clinicB', box, 'north');
    script.unpack('clinicB', box, named ? unit : undefined);
    script.administer('clinicB', unit);
    script.administer('clinicB', unit);
    expectOne(replay(script).findings(), 'ST-08', { severity: 4, secondLine: true });
  });

  it('do not turn the owner of an unused pack away as a forger', async () => {
    const world = await SmallWorld.create();
    const unit = world.unit();
    world.commission(unit);
    world.ship('maker', unit, 'north');
    world.receive('north', unit, 'maker');
    world.administer('clinicB', unit);
    await world.record();
    const verdict = await world.check(world.label(unit), {
      timeMs: world.nowMs + DAY_MS,
      session: world.id(),
      unused: true,
    });
    expectOne(verdict.findings, 'ST-06', { severity: 3, secondLine: true });
    expect(verdict.word).toBe('stop');
  });

  it('lose that weight when the next holder bears them out', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.receive('north', unit, 'maker');
    script.ship('north', unit, 'clinicA');
    script.receive('clinicA', unit, 'north');
    script.administer('clinicA', unit);
    script.administer('clinicA', unit);
    expectOne(replay(script).findings(), 'ST-08', { severity: 4, secondLine: false });
  });

  it('bear no weight where goods are refused that nobody sent, far from where they are', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.reject('south', unit, 'maker', { after: 1 });
    expectOne(replay(script).findings(), 'CL-01', { severity: 3, secondLine: true });
  });

  it('do not come between two sightings that contradict each other', () => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'clinicA');
    script.look(unit, {
      by: 'clinicB',
      latitude: 52_000_000,
      longitude: 13_000_000,
      radius: 20_000_000,
      after: 0.5,
    });
    const far = script.look(unit, {
      by: 'clinicA',
      latitude: 37_000_000,
      longitude: 127_000_000,
      radius: 0,
      after: 0.5,
    });
    expectOne(replay(script).findings(), 'CL-01', { severity: 3, last: far, secondLine: false });
  });
});

describe('an event of incredible time', () => {
  const early = { time: -12 * DAY_MS };
  const late = { time: DAY_MS };

  it('never removes a finding, whoever signs it', () => {
    fc.assert(
      fc.property(seed, (n) => {
        const { script, units, containers } = honestWorld(n);
        const dice = new Dice(n + 3);
        const events = script.steps.filter(({ kind }) => kind === 'events');
        for (let i = 1 + dice.below(3); i > 0; i--) {
          if (events.length > 4) script.steps.splice(script.steps.indexOf(dice.pick(events)), 1);
        }
        // One by one: a case that folds several units is named by any of them.
        const before = replay(script).unfolded();
        for (let i = 0; i < 3; i++) incredible(script, dice, dice.pick(units), containers);
        const after = replay(script).unfolded();
        expect(missingFrom(after, before)).toEqual([]);
      }),
      { numRuns: 60, examples: [[162_558_685], [459_045_566]] },
    );
  });

  it.each([
    ['long before its record', early],
    ['after its record', late],
  ])('moves nothing: a receipt %s', (_, { time }) => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'clinicA');
    const final = replay(script).unit(unit).final;
    const at = script.nowMs + time;
    script.receive('north', unit, 'clinicA', { time: at, late: -time / HOUR_MS + 1 });
    const { unit: timeline } = replay(script);
    expect(timeline(unit).final).toEqual(final);
    expect(timeline(unit).strides.find(({ line }) => line === 'second')?.admission).toMatchObject({
      reason: 'time',
    });
  });

  it('counts to the last millisecond of lag and skew', () => {
    for (const [lateMs, line] of [
      [10 * DAY_MS, 'main'],
      [10 * DAY_MS + 1, 'second'],
      [-300_000, 'main'],
      [-300_001, 'second'],
    ] as const) {
      const script = new Script();
      const unit = script.unit();
      script.commission(unit);
      script.ship('maker', unit, 'north', { late: lateMs / HOUR_MS });
      expect(replay(script).unit(unit).strides.at(-1)!.line, `${lateMs} ms`).toBe(line);
    }
  });
});

/** The newest event that is not itself a correction. */
function wrong({ steps }: Script): Step {
  return steps.findLast(
    ({ kind, bytes }) => kind === 'events' && !Buffer.from(bytes).includes('errorDeclaration'),
  )!;
}

/** A unit that goes its honest way in a box, with one interruption halfway and one at the end. */
function honestBox(script: Script, interrupt: (box: string, unit: string) => void): { unit: string } {
  const [unit, other] = script.units(2) as [string, string];
  const box = script.container();
  script.commission([unit, other]);
  script.pack('maker', box, [unit, other]);
  script.ship('maker', box, 'north');
  script.receive('north', box, 'maker');
  interrupt(box, unit);
  script.ship('north', box, 'clinicA');
  script.receive('clinicA', box, 'north');
  interrupt(box, unit);
  script.unpack('clinicA', box);
  script.administer('clinicA', other);
  interrupt(box, unit);
  return { unit };
}

/**
 * Adds false statements of one party that never had the goods; returns how many. Two that lie together are believed, and so is
 * one that speaks of a container before anybody who has it: the README says so.
 */
function lie(journeys: Journeys, dice: Dice, count: number): number {
  const { script, units, containers, packedMs, parties } = journeys;
  const all = ['south', 'clinicB', 'salon', 'trader', 'scanner', 'rival'] as const;
  const who = dice.pick(all.filter((one) => !parties.has(one)));
  const { timeMs: begin } = script.steps.find(({ kind }) => kind === 'events')!;
  const end = script.nowMs + DAY_MS;
  for (let i = 0; i < count; i++) {
    const box = containers.length === 0 ? script.container() : dice.pick(containers);
    const from = packedMs.get(box) ?? begin;
    const time = from + 1 + dice.below((end - from) / 1000) * 1000;
    LIES[dice.pick(Object.keys(LIES))]!(script, who, dice.pick(units), box, { time });
  }
  return count;
}

/** A statement about a unit or container with a time nobody believes, by anyone. */
function incredible(script: Script, dice: Dice, unit: string, containers: readonly string[]): void {
  const who = dice.pick(['maker', 'north', 'clinicA', 'clinicB', 'pharmacy', 'south'] as const);
  const box = containers.length === 0 ? script.container() : dice.pick(containers);
  const name = dice.pick(Object.keys(LIES).filter((one) => one !== 'looks'));
  const anyEvent = dice.pick(script.steps.filter(({ kind }) => kind === 'events'));
  const time = anyEvent.timeMs + dice.below(48) * HOUR_MS;
  const isEarly = dice.chance(70);
  const record = isEarly ? Math.max(time, script.nowMs) + 11 * DAY_MS : time - HOUR_MS;
  LIES[name]!(script, who, unit, box, { time, late: (record - time) / HOUR_MS });
}

/** Findings at L2 and above of `before` that `after` lacks, by code, level and subject. */
function missingFrom(after: readonly Finding[], before: readonly Finding[]): readonly string[] {
  const key = ({ code, severity, subject }: Finding): string => `${code} L${severity} ${subject.id}`;
  const kept = new Set(after.map(key));
  return before
    .filter(({ severity }) => severity >= 2)
    .map(key)
    .filter((line) => !kept.has(line));
}

function worst(found: readonly Finding[]): number {
  return Math.max(0, ...found.map(verdictSeverity));
}
