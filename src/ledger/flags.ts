// Browser-safe.
/**
 * Flags: what an audit found wrong with a store, kept beside the log so that every later check says so.
 *
 * Reads  audit/ (reports), log/ (named values of a store).   Used by  ledger.ts, check.ts, cli/.
 * Source `findings.md` LG-17 ("check on that ledger says stop until rebuilt"); the same for a log that does not hold.
 * Note   a flag is a warning to honest users of the file; who can change the file can remove it, and an audit sets it again.
 * @module
 */
import type { AuditReport } from '../audit/index.ts';
import { errorCode } from '../errors.ts';
import { finding, type Finding } from '../judgement/index.ts';
import { type LogStore } from '../log/index.ts';
import { checkCheckpoint, parseVerifierKey } from '../note/index.ts';
import { after, type Reads, type Soon } from './reads.ts';

/** Set while derived data is known to differ from the log; a rebuild clears it. */
export const DERIVED_FLAG = 'derived-mismatch';
const DAMAGE_FLAG = 'log-damaged';
const DAMAGES = ['LG-01', 'LG-02', 'LG-03', 'LG-04', 'LG-06'] as const;

/**
 * Sets the flags an audit's report asks for and clears those it refutes; a read-only store is left as it is, and so is
 * one whose checkpoint this key did not sign: that may be the wrong key, and no ledger opens with it.
 */
export async function flagAudit(store: LogStore, report: AuditReport, logKey: string): Promise<void> {
  if (!checkCheckpoint(report.checkpoint, parseVerifierKey(logKey)).ok) return;
  const { firstBad } = report.log;
  const damage =
    firstBad === undefined ? undefined : `${firstBad.code} entry ${firstBad.entry}, ${firstBad.why}`;
  try {
    await writeChanged(store, DAMAGE_FLAG, damage);
    const { ok, differences } = report.derived;
    if (ok !== undefined) {
      await writeChanged(store, DERIVED_FLAG, ok ? undefined : (differences[0] ?? 'derived data differs'));
    }
  } catch (error) {
    // The report says the same to whoever may only read.
    if (errorCode(error) !== 'ERR_STORE_READONLY') throw error;
  }
}

/** True while an audit's word that something is wrong with the store stands. */
export async function isFlagged(store: LogStore): Promise<boolean> {
  return (
    (await store.readFlag(DERIVED_FLAG)) !== undefined || (await store.readFlag(DAMAGE_FLAG)) !== undefined
  );
}

/** Findings the flags of a store stand for. */
export function flaggedFindings(reads: Reads): Soon<readonly Finding[]> {
  return after(reads.readFlag(DERIVED_FLAG), (derived) =>
    after(reads.readFlag(DAMAGE_FLAG), (damage) => findingsOfFlags(derived, damage)),
  );
}

function findingsOfFlags(derived: string | undefined, damage: string | undefined): readonly Finding[] {
  const found: Finding[] = [];
  if (derived !== undefined) {
    const subject = { type: 'log', id: 'derived' } as const;
    found.push(finding({ code: 'LG-17', severity: 2, subject, acts: [], detail: derived }));
  }
  if (damage !== undefined) {
    const code = DAMAGES.find((one) => damage.startsWith(one)) ?? 'LG-02';
    const detail = damage.replace(/^LG-\d\d /, '');
    found.push(finding({ code, severity: 4, subject: { type: 'log', id: 'entries' }, acts: [], detail }));
  }
  return found;
}

async function writeChanged(store: LogStore, name: string, value: string | undefined): Promise<void> {
  if ((await store.readFlag(name)) !== value) await store.writeFlag(name, value);
}
