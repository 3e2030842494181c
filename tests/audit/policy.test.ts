// Goal: an operator sees which findings a proposed policy would gain and lose before it is activated, and nothing else changes.
// Method: worlds that sit between two thresholds, audited with and without a proposal; the same world begun under the proposal.
import { describe, expect, it } from 'vitest';
import type { AuditReport } from '../../src/audit/index.ts';
import type { Finding } from '../../src/judgement/index.ts';
import type { Policy } from '../../src/statement/index.ts';
import { rejection } from '../../src/testing/index.ts';
import { SmallWorld, type WorldOptions } from '../support/world.ts';

/** Seven checks of one unit, one missed scan of another, and a third's quick journey. */
async function world(options: WorldOptions = {}): Promise<SmallWorld> {
  const made = await SmallWorld.create(options);
  const [checked, missed] = made.units(2) as [string, string];
  made.deliver(checked, 'clinicA');
  for (let i = 0; i < 7; i++) made.look(checked, { session: made.id() });
  made.commission(missed);
  made.receive('north', missed, 'maker');
  await made.record();
  return made;
}

async function audit(made: SmallWorld, policy?: Partial<Policy>, mentionsMax?: number) {
  const findings: Finding[] = [];
  const report = await made.ledger.audit({
    onFinding: (found) => findings.push(found),
    ...(policy !== undefined && { policy }),
    ...(mentionsMax !== undefined && { mentionsMax }),
  });
  return { report, findings };
}

const said = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ code, severity }) => `${code} L${severity}`);

describe('audit({ policy })', () => {
  it('names what a stricter policy would gain, at which level, and what it would lose', async () => {
    const made = await world();
    const { report } = await audit(made, { checksStop: 6, missingStepsMax: 0 });
    const { gained, lost } = report.policy!;
    expect(said(gained.findings)).toEqual(expect.arrayContaining(['CS-02 L2']));
    expect(said(lost.findings)).toEqual(expect.arrayContaining(['CS-02 L1', 'CU-06 L1']));
    expect(lost.counts['CU-06']).toBe(1);
    expect(said(gained.findings)).not.toContain('CU-06 L1');
  });

  it('counts what is only recorded, and does not list it', async () => {
    const { report } = await audit(await world(), { checksNotice: 100, checksStop: 100 });
    expect(report.policy!.gained).toEqual({
      counts: {},
      records: { 'CS-02': expect.any(Number) },
      findings: [],
    });
    expect(said(report.policy!.lost.findings)).toEqual(['CS-02 L1']);
  });

  it('judges as a log that began with the policy would be judged', async () => {
    const policy = { checksNotice: 3, checksStop: 4, missingStepsMax: 0 };
    const tried = await audit(await world(), policy);
    const lived = await audit(await world({ policy }));
    const before = said(tried.findings.filter(({ severity }) => severity > 0));
    const { gained, lost } = tried.report.policy!;
    const left = [...before];
    for (const one of said(lost.findings)) left.splice(left.indexOf(one), 1);
    const after = said(lived.findings.filter(({ severity }) => severity > 0));
    expect([...left, ...said(gained.findings)].sort()).toEqual([...after].sort());
  });

  it('gains and loses nothing by the policy in force', async () => {
    const nothing = { counts: {}, records: {}, findings: [] };
    const made = await world();
    for (const policy of [{}, { missingStepsMax: 2, checksStop: 20 }]) {
      const { report } = await audit(made, policy);
      expect(report.policy).toEqual({ gained: nothing, lost: nothing });
    }
  });

  it('changes nothing the audit says itself, and does not depend on the number of passes', async () => {
    const made = await world();
    const own = ({ policy: _policy, ...report }: AuditReport): object => report;
    const without = await audit(made);
    const within = await audit(made, { checksStop: 6, missingStepsMax: 0 });
    const inPasses = await audit(made, { checksStop: 6, missingStepsMax: 0 }, 1);
    expect(without.report.policy).toBeUndefined();
    expect(own(within.report)).toEqual(own(without.report));
    expect(within.findings).toEqual(without.findings);
    expect(inPasses.report.policy).toEqual(within.report.policy);
  });

  it('refuses what no policy statement could say', async () => {
    const made = await world();
    for (const policy of [{ checksStop: -1 }, { checksStop: '6' }, { nonsense: 1 }, { missingStepsMax: 9 }]) {
      const asked = made.ledger.audit({ policy: policy as Partial<Policy> });
      expect([policy, await rejection(asked)]).toEqual([policy, expect.stringMatching(/^ERR_DECODE_/)]);
    }
  });
});

describe('the counts of an audit', () => {
  it('are those of the findings it lists, and L0 stands apart', async () => {
    const { report, findings } = await audit(await world());
    const sum = (of: readonly Finding[]): object => {
      const counts: Record<string, number> = {};
      for (const { code, count } of of) counts[code] = (counts[code] ?? 0) + count;
      return counts;
    };
    expect(report.counts).toEqual(sum(report.findings));
    expect(report.counts).toEqual(sum(findings.filter(({ severity }) => severity > 0)));
    expect(report.records).toEqual(sum(findings.filter(({ severity }) => severity === 0)));
    expect(Object.keys(report.records).length).toBeGreaterThan(0);
  });
});
