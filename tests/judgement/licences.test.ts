// Goal:   LC rules judge a licence at the event's time, whoever recorded what when.
// Method: one small world a case, replayed into the judge; each code with its exact level and proof, beside a near miss.
import { describe, expect, it } from 'vitest';
import { formatTime } from '../../src/bytes/index.ts';
import { DAY_MS, ID, RIVAL_PRODUCT, SITE, START_MS, VALID_FROM, VALID_TO } from '../support/cast.ts';
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
    const entries = lines.map(({ proof }) => proof[0]!.entry).sort((a, b) => a - b);
    expect(entries).toEqual([taken.entry, used.entry]);
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

describe('LC-04 and LC-05, scope and site', () => {
  const scoped = (script: Script, scope: object): Step =>
    script.say('regulator', 'licence', {
      ...PRACTICE,
      validFrom: VALID_FROM,
      validTo: VALID_TO,
      ...scope,
    });

  it('prove the licence that does not reach, and move nothing', () => {
    const { script, unit } = towardsSalon();
    const fact = scoped(script, { places: [SITE.clinicB] });
    const taken = script.receive('salon', unit, 'north', { time: script.nowMs + DAY_MS });
    const judged = replay(script);
    const found = judged.findings();
    expectOne(found, 'LC-05', { severity: 3, subject: unit, proof: [fact, taken], secondLine: true });
    expectNone(found, 'LC-01');
    expect(judged.unit(unit).final.custody).toMatchObject({ at: 'transit', from: ID.north });
  });

  it('accept a part of a licensed place', () => {
    const { script, unit } = towardsSalon();
    scoped(script, { places: [SITE.salon] });
    script.receive('salon', unit, 'north', { place: `${SITE.salon}/254/ROOM1` });
    expectClean(replay(script).findings(), 0);
  });

  it('say expired of a licence that would reach, rather than out of scope of one that is in force', () => {
    const { script, unit } = towardsSalon();
    scoped(script, { id: 'old', validTo: formatTime(START_MS) });
    scoped(script, { id: 'elsewhere', places: [SITE.clinicB] });
    script.receive('salon', unit, 'north');
    const found = replay(script).findings();
    expectOne(found, 'LC-02', { severity: 3, subject: unit });
    expectNone(found, 'LC-05');
  });
});

describe('LC-08 issuer-untrusted', () => {
  it('of a revocation leaves the licence in force', () => {
    const { script, unit } = towardsSalon();
    licence(script, VALID_FROM, VALID_TO);
    const effectiveFrom = formatTime(START_MS);
    script.say('clinicB', 'revocation', { licence: 'salon', effectiveFrom, reason: 'envy' });
    script.receive('salon', unit, 'north');
    const found = replay(script).findings();
    expectNone(found, 'LC-03', 'LC-13');
    expectOne(found, 'LC-08', { severity: 3 });
  });
});

describe('LC-10 licence-expiring', () => {
  it('speaks from thirty days before the end until the end, of the prefix’s own time', () => {
    const endMs = START_MS + 100 * DAY_MS;
    const script = new Script();
    const fact = licence(script, VALID_FROM, formatTime(endMs));
    const at = (asOfMs: number): readonly string[] =>
      replay(script, script.steps, asOfMs)
        .findings()
        .filter(({ code }) => code === 'LC-10')
        .map(({ subject, proof }) => `${subject.id} ${proof[0]!.entry}`);
    expect(at(endMs - 30 * DAY_MS - 1)).toEqual([]);
    expect(at(endMs - 30 * DAY_MS)).toEqual([`salon ${fact.entry}`]);
    expect(at(endMs - 1)).toEqual([`salon ${fact.entry}`]);
    expect(at(endMs)).toEqual([]);
  });
});

describe('LC-13 retroactive-licence', () => {
  it('begins with a licence recorded one millisecond after the event', () => {
    for (const [afterMs, codes] of [
      [0, []],
      [1, ['LC-13 L2']],
    ] as const) {
      const { script, unit } = towardsSalon();
      const taken = script.receive('salon', unit, 'north');
      const valid = { validFrom: VALID_FROM, validTo: VALID_TO };
      const late = script.say(
        'regulator',
        'licence',
        { ...PRACTICE, ...valid },
        { time: taken.timeMs + afterMs },
      );
      const found = replay(script).findings();
      expect(said(found, 0)).toEqual(codes);
      if (afterMs > 0) expectOne(found, 'LC-13', { severity: 2, subject: unit, proof: [taken, late] });
    }
  });

  it('is silent where an older version of the same licence covers the event', () => {
    const { script, unit } = towardsSalon();
    licence(script, VALID_FROM, VALID_TO);
    const taken = script.receive('salon', unit, 'north');
    script.say(
      'regulator',
      'licence',
      { ...PRACTICE, validFrom: VALID_FROM, validTo: VALID_TO },
      { time: taken.timeMs + DAY_MS },
    );
    expect(said(replay(script).findings(), -1)).toEqual([]);
  });
});

describe('LC-06 and LC-07, who injects', () => {
  it('are claims of the second line where a stranger says who injected', () => {
    const script = new Script({ product: { certified: true } });
    const unit = script.unit();
    script.deliver(unit, 'pharmacy');
    script.administer('clinicB', unit, { practitioner: 'https://doctors.example/77' });
    const found = replay(script).findings();
    expectOne(found, 'LC-06', { severity: 3, subject: unit, secondLine: true });
    expectOne(found, 'LC-07', { severity: 2, subject: unit, secondLine: true });
  });
});
