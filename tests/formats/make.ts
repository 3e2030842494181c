/**
 * Writes the stored ledger of format 1 and what a reader must make of it: `npx tsx tests/formats/make.ts [folder]`.
 *
 * Reads  story.ts, src/.   Used by  whoever adds a format; never by a test: what is stored is never written again.
 * Rule   deterministic: two runs of one version of the library give the same root and the same expected.json.
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CODES, type Finding } from '../../src/judgement/index.ts';
import { Ledger } from '../../src/ledger/index.ts';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { START_MS, ORIGIN, genesis, logKey, logSigner, submissions } from './story.ts';

const folder = process.argv[2] ?? fileURLToPath(new URL('v1', import.meta.url));
const file = join(folder, 'ledger.db');
if (existsSync(file)) throw new Error(`${file} exists; a stored format is never replaced`);
mkdirSync(folder, { recursive: true });

let nowMs = START_MS;
const store = await SqliteStore.open(file, { create: true });
const ledger = await Ledger.create({
  store,
  origin: ORIGIN,
  logSigner,
  genesis: genesis(),
  clock: () => nowMs,
});
for (const { timeMs, statements } of submissions()) {
  nowMs = timeMs;
  for (const outcome of await ledger.appendMany(statements)) {
    if (!outcome.ok) throw outcome.error;
  }
}
const findings: Finding[] = [];
const report = await ledger.audit({ onFinding: (found) => findings.push(found) });
if (!report.ok) throw new Error('the audit of a fresh ledger failed');
const expected = {
  format: 1,
  origin: ORIGIN,
  logKey,
  size: report.size,
  root: report.root,
  checkpoint: report.checkpoint,
  statements: report.statements,
  events: report.events,
  units: report.units,
  containers: report.containers,
  // Codes this version knew: a later version may find more, never other than these by these codes.
  codes: Object.keys(CODES).sort(),
  findings: findings
    .map(({ id, code, severity, subject, proof, count }) => ({ id, code, severity, subject, proof, count }))
    .sort((a, b) => (a.id < b.id ? -1 : 1)),
};
writeFileSync(join(folder, 'expected.json'), `${JSON.stringify(expected, null, 1)}\n`);
await ledger.close();
console.log(`${file}: ${report.size} entries, root ${report.root}`);
for (const { code, severity, subject, count } of findings)
  console.log(`  ${code} L${severity} ×${count} ${subject.type} ${subject.id}`);
