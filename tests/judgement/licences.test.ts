// Goal:   LC rules judge a licence at the event's time, whoever recorded what when.
// Method: one small world a case, replayed into the judge; each code with its exact level and proof, beside a near miss.
import { describe, expect, it } from 'vitest';
import { formatTime } from '../../src/bytes/index.ts';
import { DAY_MS, ID, RIVAL_PRODUCT, START_MS, VALID_FROM, VALID_TO } from '../support/cast.ts';
import { expectClean, expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script, type Step } from '../support/script.ts';

const PRACTICE = { id: 'salon', type: 'institution-practice', holder: ID.salon };

/** A unit on its way to the salon. */
function towardsSalon(): { script: Script; unit: string } {
  const script = new Script();
  const unit = script.unit();
  script.commission(unit);
  script.ship('maker', unit, 'north');
  script.receive('north', unit, 'maker');
  script.ship('north', unit, 'salon');
  return { script, unit };
}

function licence(script: Script, validFrom: string, validTo: string): Step {
  return script.say('regulator', 'licence', { ...PRACTICE, validFrom, validTo }, { after: 0 });
}

describe('LC-01 licence-missing', () => {
  it('names a clinic that receives and uses without a licence', () => {
    const { script, unit } = towardsSalon();
    const taken = script.receive('salon', unit, 'north');
    const used = script.administer('salon', unit);
    const found = replay(script).findings();
    const lines = found.filter(({ code }) => code === 'LC-01');
    expect(lines.map(({ proof }) => proof[0]!.entry)).toEqual([taken.entry, used.entry]);
    expect(lines.every(({ severity, secondLine }) => severity === 3 && secondLine)).toBe(true);
  });

  it('names a distributor without an authorisation for the product', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'trader');
    const taken = script.receive('trader', unit, 'maker');
    const found = replay(script).findings();
    expectOne(found, 'LC-01', {
      severity: 3,
      subject: unit,
      proof: [taken],
      detail: /trader needs distribution to receive/,
    });
  });

  it('counts a licence that starts only after the event as none', () => {
    const { script, unit } = towardsSalon();
    const taken = script.receive('salon', unit, 'north');
    licence(script, formatTime(taken.timeMs + 1), VALID_TO);
    expectOne(replay(script).findings(), 'LC-01', { severity: 3, proof: [taken] });
  });

  it('accepts a licence recorded after the event that covers its time', () => {
    const { script, unit } = towardsSalon();
    const taken = script.receive('salon', unit, 'north');
    licence(script, formatTime(taken.timeMs), VALID_TO);
    expect(said(replay(script).findings(), -1)).toEqual([]);
  });

  it('asks none of a regulator that looks, nor of a clinic that looks', () => {
    const { script, unit } = towardsSalon();
    script.look(unit, { by: 'salon' });
    script.look(unit, { by: 'regulator' });
    expectNone(replay(script).findings(), 'LC-01');
  });
});

describe('LC-02 licence-expired', () => {
  it('names the receipt at the very instant the licence ends, and proves it with the licence', () => {
    const { script, unit } = towardsSalon();
    const taken = script.receive('salon', unit, 'north');
    const fact = licence(script, VALID_FROM, formatTime(taken.timeMs));
    const found = replay(script).findings();
    expectOne(found, 'LC-02', { severity: 3, subject: unit, proof: [taken, fact], last: taken });
    expectNone(found, 'LC-01');
  });

  it('accepts the receipt one millisecond before', () => {
    const { script, unit } = towardsSalon();
    const taken = script.receive('salon', unit, 'north');
    licence(script, VALID_FROM, formatTime(taken.timeMs + 1));
    expect(said(replay(script).findings(), -1)).toEqual([]);
  });

  it('accepts a licence that was renewed, in either order', () => {
    const { script, unit } = towardsSalon();
    const taken = script.receive('salon', unit, 'north');
    const renewal = { ...PRACTICE, id: 'new', validFrom: VALID_FROM, validTo: VALID_TO };
    script.say('regulator', 'licence', renewal, { time: taken.timeMs });
    licence(script, VALID_FROM, formatTime(taken.timeMs - DAY_MS));
    expectClean(replay(script).findings(), 0);
  });

  it('raises it on the container, once, when the container is received', () => {
    const script = new Script();
    const units = script.units(3);
    const box = script.container();
    script.commission(units);
    script.pack('maker', box, units);
    script.ship('maker', box, 'salon');
    licence(script, VALID_FROM, formatTime(START_MS));
    const taken = script.receive('salon', box, 'maker');
    const found = replay(script).findings();
    const one = expectOne(found, 'LC-02', { severity: 3, subject: box, count: 1 });
    expect(one.last).toEqual({ entry: taken.entry, event: 0 });
  });
});

describe('LC-03 licence-revoked', () => {
  it('names a use after the revocation took effect, and none before', () => {
    const { script, unit } = towardsSalon();
    const fact = licence(script, VALID_FROM, VALID_TO);
    script.receive('salon', unit, 'north');
    const effectiveFrom = formatTime(script.nowMs + 1);
    const ended = script.say('regulator', 'revocation', {
      licence: 'salon',
      effectiveFrom,
      reason: 'hygiene',
    });
    const used = script.administer('salon', unit);
    expectOne(replay(script).findings(), 'LC-03', { severity: 3, subject: unit, proof: [fact, ended, used] });
  });
});

describe('LC scopes', () => {
  it("take another manufacturer's authorisation for none of this product", () => {
    const script = new Script();
    const unit = script.unit();
    const valid = { validFrom: VALID_FROM, validTo: VALID_TO };
    const licence = { id: 'trade-trader', type: 'distribution', holder: ID.trader, ...valid };
    script.say('rival', 'licence', { ...licence, products: [RIVAL_PRODUCT] });
    script.commission(unit);
    script.ship('maker', unit, 'trader');
    const taken = script.receive('trader', unit, 'maker');
    expectOne(replay(script).findings(), 'LC-01', { severity: 3, proof: [taken] });
  });
});
