// Goal:   CS rules count sessions, not scans, turn a count into a word only at the thresholds of the policy, and take what consumers
//         say for a stranger's word, without telling one patient about another.
// Method: one small world a case, replayed into the judge; each threshold from both sides.
import { describe, expect, it } from 'vitest';
import { HOUR_MS, SITE } from '../support/cast.ts';
import { expectClean, expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script, type Step } from '../support/script.ts';
import { SmallWorld } from '../support/world.ts';

function checked(script: Script, unit: string, sessions: number): Step[] {
  return Array.from({ length: sessions }, () => script.look(unit, { session: script.id(), after: 1 }));
}

describe('CS-01 first-check', () => {
  it('records the first session in event time, whichever was captured first', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    const first = script.look(unit, { session: script.id(), late: 50 });
    script.look(unit, { session: script.id() });
    expectOne(replay(script).findings(), 'CS-01', { severity: 0, subject: unit, proof: [first] });
  });

  it("does not take a clinic's look for a consumer's", () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.look(unit, { by: 'clinicA' });
    expectNone(replay(script).findings(), 'CS-01', 'CS-02');
  });
});

describe('CS-02 repeat-check', () => {
  it.each([
    [2, 0],
    [4, 0],
    [5, 1],
    [19, 1],
    [20, 2],
    [40, 2],
  ])('at %d sessions is L%d', (sessions, severity) => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    const steps = checked(script, unit, sessions);
    const found = replay(script).findings();
    const proof = [steps[0]!, steps.at(-1)!];
    const detail = new RegExp(`${sessions} sessions`);
    expectOne(found, 'CS-02', { severity, subject: unit, proof, last: steps.at(-1)!, detail });
    expectClean(found, 2);
  });

  it('counts a session once, however often it scans', () => {
    const script = new Script();
    const unit = script.unit();
    const session = script.id();
    script.commission(unit);
    for (let i = 0; i < 30; i++) script.look(unit, { session, after: 1 });
    expect(said(replay(script).findings(), -1)).toEqual(['CS-01 L0']);
  });

  it('goes by the policy in the log', () => {
    const script = new Script({ policy: { checksNotice: 2, checksStop: 3 } });
    const unit = script.unit();
    script.commission(unit);
    checked(script, unit, 3);
    expectOne(replay(script).findings(), 'CS-02', { severity: 2 });
  });
});

describe('joint checks', () => {
  it('CS-03 is positive evidence, CS-07 names the other institution, and neither says which patient or where exactly', () => {
    const script = new Script();
    const unit = script.unit();
    const arrived = script.deliver(unit, 'clinicA').at(-1)!;
    const joint = { joint: true } as const;
    const good = script.look(unit, { by: 'clinicA', place: SITE.clinicA, session: script.id(), ...joint });
    const bad = script.look(unit, { by: 'clinicB', place: SITE.clinicB, session: script.id(), ...joint });
    const found = replay(script).findings();
    expectOne(found, 'CS-03', { severity: 0, subject: unit, proof: [good], secondLine: false });
    const proof = [arrived, bad];
    const shown = expectOne(found, 'CS-07', { severity: 3, proof, last: bad, secondLine: true });
    expect(shown.explanation).toMatch(/: an institution in DE\.$/);
  });

  it('CS-07 counts every institution once, and asks of at most sixteen', () => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'clinicA');
    for (let i = 0; i < 40; i++) {
      const by = i % 2 === 0 ? 'clinicB' : 'pharmacy';
      script.look(unit, { by, place: SITE[by], session: script.id(), joint: true, after: 24 });
    }
    const found = replay(script)
      .findings()
      .filter(({ code }) => code === 'CS-07');
    expect(found).toHaveLength(2);
  });

  it('says nothing where missed steps may have brought it there', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'north');
    script.receive('north', unit, 'maker');
    script.look(unit, { by: 'clinicA', place: SITE.clinicA, session: script.id(), joint: true });
    expect(said(replay(script).findings(), -1)).toEqual(['CS-01 L0']);
  });
});

describe('what a consumer says of the purchase', () => {
  it.each([
    [48, []],
    [48 + 1 / 60, ['CS-04 L1']],
  ])('CS-04 %d hours after the purchase says %j', (hours, expected) => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'pharmacy');
    const purchased = script.nowMs + HOUR_MS;
    script.look(unit, { session: script.id(), purchased, after: 1 });
    const asOfMs = purchased + hours * HOUR_MS;
    expect(said(replay(script, script.steps, asOfMs).findings())).toEqual(expected);
  });

  it('CS-05 is a second line for everybody, whoever recorded it, and first for who asks now', async () => {
    const world = await SmallWorld.create();
    const unit = world.unit();
    world.deliver(unit, 'pharmacy');
    const supply = world.dispense('pharmacy', unit);
    await world.record();
    const scan = { timeMs: world.nowMs + HOUR_MS, session: world.id(), claim: 'not-supplied' } as const;
    const own = await world.check(world.label(unit), scan);
    expectOne(own.findings, 'CS-05', { severity: 3, secondLine: false });
    expect(own.word).toBe('suspect');
    const claim = world.look(unit, { by: 'pharmacy', session: world.id(), claim: 'not-supplied' });
    const found = await world.findings();
    expectOne(found, 'CS-05', { severity: 3, subject: unit, proof: [supply, claim], secondLine: true });
    const other = await world.check(world.label(unit), {
      timeMs: world.nowMs + HOUR_MS,
      session: world.id(),
    });
    expect(other.severity).toBeLessThanOrEqual(2);
  });

  it('CS-06 rests on the supplies and is explained by CL-03; a stranger’s supply keeps it in the second line', () => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'clinicA');
    const supplies = [script.administer('clinicA', unit), script.administer('clinicB', unit)];
    const check = script.look(unit, { session: script.id() });
    const found = replay(script).findings();
    const proof = [...supplies, check];
    const one = expectOne(found, 'CS-06', { severity: 3, subject: unit, proof, secondLine: true });
    expect(one.explainedBy).toBe('CL-03');
  });

  it('CS-06 of one clinic that uses one dose twice is of the first line, though a stranger looked', () => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'clinicA');
    script.administer('clinicA', unit);
    script.administer('clinicA', unit);
    script.look(unit, { session: script.id() });
    const one = expectOne(replay(script).findings(), 'CS-06', { severity: 3, secondLine: false });
    expect(one.explainedBy).toBeUndefined();
  });

  it('names no session, no time and no place of anybody', () => {
    const script = new Script();
    const unit = script.unit();
    const sessions = [script.id(), script.id(), script.id()];
    script.deliver(unit, 'pharmacy');
    script.look(unit, { session: sessions[0]!, purchased: script.nowMs, after: 1 });
    script.look(unit, { by: 'clinicB', place: SITE.clinicB, session: sessions[1]!, joint: true, after: 60 });
    script.dispense('pharmacy', unit);
    script.dispense('clinicB', unit);
    script.look(unit, { session: sessions[2]!, claim: 'not-supplied' });
    const found = replay(script, script.steps, script.nowMs).findings();
    const words = found
      .filter(({ code }) => code.startsWith('CS'))
      .map(({ explanation }) => explanation)
      .join('\n');
    expect(words).not.toMatch(/id-\d|\d{4}-\d\d|\d:\d\d|id\.gs1\.org|pharmacy|clinic[AB]|hours|minutes/);
    expectOne(found, 'CS-06', { severity: 3 });
  });
});
