// Goal:   RX rules speak of goods past their day, recalled, withdrawn or declared, at the very instant, and of nobody who sends them back.
// Method: one small world a case, replayed into the judge; instants on both sides of each border. Stories stand in tests/scenarios.
import { describe, expect, it } from 'vitest';
import { formatTime, parseDate } from '../../src/bytes/index.ts';
import {
  DAY_MS,
  HOUR_MS,
  ID,
  LOT,
  PRODUCT,
  SITE,
  siteOf,
  START_MS,
  VALID_FROM,
  VALID_TO,
} from '../support/cast.ts';
import { expectClean, expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script, type Step } from '../support/script.ts';

const DAY = '2026-03-31';
const MIDNIGHT_MS = parseDate(DAY)! + DAY_MS;
const RECALL = { id: 'r', product: PRODUCT, lots: [LOT], reason: 'potency' };
const BATCH = { product: PRODUCT, lot: LOT, quantity: 1000, markets: ['DE'] };

/** A unit in the hands of clinicA; `expiry` is the day on the pack. */
function atClinic(expiry?: string): { script: Script; unit: string } {
  const script = new Script();
  const unit = script.unit();
  script.commission(unit, expiry === undefined ? {} : { expiry });
  script.ship('maker', unit, 'north');
  script.receive('north', unit, 'maker');
  script.ship('north', unit, 'clinicA');
  script.receive('clinicA', unit, 'north');
  return { script, unit };
}

describe('RX-01 expired', () => {
  it('begins with the first instant after the expiry day', () => {
    for (const [time, count] of [
      [MIDNIGHT_MS - 1, 0],
      [MIDNIGHT_MS, 1],
    ] as const) {
      const { script, unit } = atClinic(DAY);
      const used = script.administer('clinicA', unit, { time });
      const found = replay(script).findings();
      if (count === 0) expectNone(found, 'RX-01');
      else expectOne(found, 'RX-01', { severity: 2, subject: unit, last: used, secondLine: false });
    }
  });

  it('gives the western half of the world its evening', () => {
    // 118.24 degrees west: 7 h 52 min 58 s by the sun, and one hour.
    const eveningMs = HOUR_MS + 118.24 * 240_000;
    for (const [lateMs, codes] of [
      [eveningMs - 1, []],
      [eveningMs, ['RX-01 L2']],
    ] as const) {
      const { script, unit } = atClinic(DAY);
      const site = { ...siteOf('clinicA'), longitude: -118_240_000 };
      script.say('operator', 'party', { id: ID.clinicA, name: 'clinicA', roles: ['clinic'], sites: [site] });
      script.administer('clinicA', unit, { time: MIDNIGHT_MS + lateMs });
      expect(said(replay(script).findings(), 1)).toEqual(codes);
    }
  });

  it('is cleared by an extension, even one recorded after the use', () => {
    const { script, unit } = atClinic(DAY);
    script.administer('clinicA', unit, { time: MIDNIGHT_MS + DAY_MS });
    expectOne(replay(script).findings(), 'RX-01', { severity: 2 });
    const extension = script.say('maker', 'lot', { ...BATCH, expiry: '2029-01-31' });
    const found = replay(script).findings();
    expectNone(found, 'RX-01');
    expectOne(found, 'RX-08', { severity: 0, subject: unit, detail: /now 2029-01-31/ });
    expect(found.find(({ code }) => code === 'RX-08')!.proof).toContainEqual({
      entry: extension.entry,
      event: -1,
    });
  });

  it('takes a claim by a stranger for no more than that', () => {
    const { script, unit } = atClinic(DAY);
    script.administer('clinicB', unit, { time: MIDNIGHT_MS + DAY_MS });
    expectOne(replay(script).findings(), 'RX-01', { severity: 2, secondLine: true });
  });
});

describe('RX-02 expiring', () => {
  it('says it once, of the last event, and of no other lot', () => {
    const { script, unit } = atClinic('2026-03-20');
    const scanned = script.look(unit, { by: 'clinicA' });
    expectOne(replay(script).findings(), 'RX-02', { severity: 0, subject: unit, last: scanned, count: 1 });
  });
});

describe('RX-03 lot-recalled', () => {
  const recalled = (script: Script, more: object = {}, who: 'maker' | 'regulator' = 'maker'): Step =>
    script.say(who, 'recall', { ...RECALL, effectiveFrom: formatTime(script.nowMs + 1), ...more });

  it('names the use at the very instant the recall takes effect, and proves it with the recall', () => {
    for (const [earlyMs, level] of [
      [0, 3],
      [1, 0],
    ] as const) {
      const { script, unit } = atClinic();
      const time = script.nowMs + DAY_MS;
      const fact = recalled(script, { effectiveFrom: formatTime(time + earlyMs) }, 'regulator');
      const used = script.administer('clinicA', unit, { time });
      const found = replay(script).findings();
      if (level === 0) expectNone(found, 'RX-03');
      else expectOne(found, 'RX-03', { severity: level, subject: unit, proof: [fact, used], last: used });
    }
  });

  it('applies where nobody knows the country: a consumer is told', () => {
    const { script, unit } = atClinic();
    recalled(script, { regions: ['FR'] });
    script.look(unit, { session: script.id() });
    expectOne(replay(script).findings(), 'RX-03', { severity: 2, subject: unit });
  });

  it('ends for a lot that a newer version no longer names', () => {
    const { script, unit } = atClinic();
    recalled(script);
    recalled(script, { lots: ['OTHER'] });
    script.administer('clinicA', unit);
    expectNone(replay(script).findings(), 'RX-03');
  });

  it('lets a wholesaler collect and forward, to the maker or to where the lot says goods are destroyed', () => {
    const script = new Script({ lot: { exemptSites: [SITE.south] } });
    const unit = script.unit();
    script.deliver(unit, 'clinicA');
    recalled(script);
    script.giveBack('clinicA', unit, 'north');
    script.receive('north', unit, 'clinicA');
    script.ship('north', unit, 'south');
    script.receive('south', unit, 'north');
    script.destroy('south', unit);
    expectClean(replay(script).findings());
  });

  it('is raised on the box that is shipped, not on what is in it', () => {
    const script = new Script();
    const units = script.units(3);
    const box = script.container();
    script.commission(units);
    script.pack('maker', box, units);
    script.ship('maker', box, 'north');
    recalled(script);
    const taken = script.receive('north', box, 'maker');
    expectOne(replay(script).findings(), 'RX-03', { severity: 2, subject: box, count: 1, last: taken });
  });
});

describe('RX-04 product-withdrawn', () => {
  it('accepts a withdrawal elsewhere, and names one that takes effect here', () => {
    const script = new Script({ lot: { markets: ['DE', 'FR'] } });
    const issues = [{ type: 'marketing-authorisation' }];
    script.say('operator', 'party', { id: ID.regulator, name: 'r', roles: ['regulator'], issues });
    const given = { type: 'marketing-authorisation', holder: ID.maker, products: [PRODUCT] };
    const valid = { validFrom: VALID_FROM, validTo: VALID_TO };
    const fact = script.say('regulator', 'licence', { id: 'de', ...given, ...valid, territory: ['DE'] });
    script.say('regulator', 'licence', { id: 'fr', ...given, ...valid, territory: ['FR'] });
    const unit = script.unit();
    script.deliver(unit, 'clinicA');
    const end = (licence: string): Step =>
      script.say('regulator', 'revocation', {
        licence,
        effectiveFrom: formatTime(script.nowMs + 1),
        reason: 'harm',
      });
    end('fr');
    script.open('clinicA', unit);
    expectNone(replay(script).findings(), 'RX-04', 'RX-10');
    const ended = end('de');
    const used = script.administer('clinicA', unit);
    expectOne(replay(script).findings(), 'RX-04', {
      severity: 3,
      subject: unit,
      proof: [fact, ended, used],
      detail: 'revoked',
    });
  });
});

describe('RX-05 recall-unactioned', () => {
  const deadlineMs = START_MS + 40 * DAY_MS;
  const recall = (script: Script, who: 'maker' | 'regulator' = 'maker'): Step =>
    script.say(who, 'recall', { ...RECALL, effectiveFrom: VALID_FROM, deadline: formatTime(deadlineMs) });

  it('begins when the log is newer than the deadline', () => {
    const { script, unit } = atClinic();
    const held = script.steps.at(-1)!;
    const fact = recall(script);
    expectNone(replay(script, script.steps, deadlineMs).findings(), 'RX-05');
    const found = replay(script, script.steps, deadlineMs + 1).findings();
    expectOne(found, 'RX-05', {
      severity: 2,
      subject: unit,
      proof: [fact, held],
      detail: /clinicA holds lot LOT1/,
    });
  });

  it('leaves alone whom the goods go back to, goods on their way, and goods in a box to the box', () => {
    const script = new Script();
    const [kept, sent, ...boxed] = script.units(4) as [string, string, string, string];
    const box = script.container();
    script.commission([kept, sent, ...boxed]);
    script.pack('maker', box, boxed);
    script.ship('maker', box, 'north');
    script.receive('north', box, 'maker');
    script.ship('maker', sent, 'north');
    recall(script, 'regulator');
    const found = replay(script, script.steps, deadlineMs + 1).findings();
    expectOne(found, 'RX-05', { severity: 2, subject: box, count: 1 });
  });
});

describe('RX-06, RX-07 declarations', () => {
  it('of an authority stand until it, or the maker, lifts them', () => {
    const { script, unit } = atClinic();
    const set = script.declare('regulator', unit, { set: ['suspect'] });
    expectOne(replay(script).findings(), 'RX-06', {
      severity: 3,
      subject: unit,
      proof: [set],
      secondLine: false,
    });
    script.declare('clinicA', unit, { unset: ['suspect'] });
    expectOne(replay(script).findings(), 'RX-06', { severity: 3 });
    script.declare('maker', unit, { unset: ['suspect'] });
    expectNone(replay(script).findings(), 'RX-06');
  });

  it('of a stranger are not heard', () => {
    const { script, unit } = atClinic();
    script.declare('rival', unit, { set: ['illegitimate', 'suspect'] });
    expectNone(replay(script).findings(), 'RX-06', 'RX-07');
  });
});

describe('RX-11 declined', () => {
  it('stands until whoever declined looks again', () => {
    const { script, unit } = atClinic();
    const refused = script.decline('maker', unit, 'policy');
    script.look(unit, { by: 'clinicA' });
    expectOne(replay(script).findings(), 'RX-11', { severity: 2, subject: unit, proof: [refused] });
    script.look(unit, { by: 'maker' });
    expectNone(replay(script).findings(), 'RX-11');
  });
});
