// Goal:   CS rules count sessions, not scans, and turn a count into a word only at the thresholds of the policy.
// Method: one small world a case, replayed into the judge; each threshold from both sides.
import { describe, expect, it } from 'vitest';
import { expectClean, expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script, type Step } from '../support/script.ts';

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
