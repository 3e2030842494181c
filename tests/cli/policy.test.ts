// Goal: `audit --policy` says on a terminal and as JSON what a proposed policy would change, and refuses what is no policy.
// Method: the papers of the small supply chain, and a proposal that makes a recorded receipt break a rule.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditReport } from '../../src/audit/index.ts';
import { foundedShell } from './papers.ts';
import type { Shell } from './shell.ts';

let shell: Shell;
beforeAll(async () => {
  shell = await foundedShell();
  shell.file('strict.json', { requiredLicences: { clinic: ['clinic-registration'] } });
  shell.file('same.json', { missingStepsMax: 2 });
  shell.file('none.json', { missingStepsMax: 99 });
  await shell.script(`
      $ countermark import --key maker.key made.epcis.json >/dev/null
      $ countermark import --key clinic.key got.epcis.json >/dev/null
  `);
});
afterAll(() => shell?.folder.remove());

describe('countermark audit --policy', () => {
  it('shows what would be gained and lost, with counts and examples, before anything is activated', async () => {
    await shell.script(`
      $ countermark audit --policy strict.json
      OK  example.com/ledger, 10 entries <any>
      …
        findings    none
      By the proposed policy gained: LC-01 5
        L3 LC-01 licence-missing  unit <any> and 4 more
           <any>
      By the proposed policy lost: none
      $ countermark audit --policy same.json | tail -n 2
      By the proposed policy gained: none
      By the proposed policy lost: none
      $ countermark audit | grep -c proposed
      0
      [1]
    `);
  });

  it('answers it as JSON', async () => {
    const { value, exit } = await shell.json<AuditReport>('audit --policy strict.json');
    expect([exit, value.ok, value.counts]).toEqual([0, true, {}]);
    expect(value.policy!.gained.counts).toEqual({ 'LC-01': 5 });
    expect(value.policy!.gained.findings).toHaveLength(1);
    expect(value.policy!.lost).toEqual({ counts: {}, records: {}, findings: [] });
  });

  it('refuses what no policy statement could say', async () => {
    await shell.script(`
      $ countermark audit --policy none.json
      ! countermark: ERR_DECODE_<any>
      [2]
      $ countermark audit --policy missing.json
      ! countermark: ERR_<any>
      [2]
    `);
  });
});
