/**
 * Tampering: what somebody with the database password can do to the file, and what an audit says about it.
 *
 * Reads  better-sqlite3 (plain SQL), the package's audit.   Used by  ../simulate.ts, tests.
 * Rule   works on copies; the auditor holds nothing but the log's key and the newest checkpoint.
 * @module
 */
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { audit } from 'countermark';
import { SqliteStore } from 'countermark/store/sqlite';
import type { SimulationResult } from './simulation.ts';

/** One kind of damage and the audit's answer. */
export interface TamperResult {
  readonly damage: string;
  /** What was changed, in words. */
  readonly target: string;
  /** First finding of the audit about the log or its derived data. */
  readonly code: string | undefined;
  /** What the audit names: an entry, or the derived row that differs. */
  readonly named: string | undefined;
  readonly why: string | undefined;
  /** True if the audit failed, with the right code, at the right entry. */
  readonly ok: boolean;
}

interface Damage {
  readonly name: string;
  readonly target: string;
  /** Codes that name it. */
  readonly codes: readonly string[];
  /** Entry that must be named; undefined for derived data. */
  readonly entry?: number;
  apply(database: Database.Database): void;
}

interface Row {
  readonly idx: number;
  readonly bytes: Buffer;
}
interface PostingRow {
  readonly subject: string;
  readonly entry: number;
  readonly count: number;
}

/**
 * Damages copies of a finished run's file in every way, and audits each copy.
 * @param oldCopy - an older state of the same file, and how many entries it has: what a roll-back puts back.
 */
export async function tamper(
  result: SimulationResult,
  oldCopy: { readonly path: string; readonly entries: number },
): Promise<TamperResult[]> {
  const results: TamperResult[] = [];
  for (const damage of damagesTo(result)) {
    const path = join(result.options.out, 'tampered.db');
    copyFileSync(result.ledger, path);
    const database = new Database(path);
    damage.apply(database);
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
    results.push(await auditCopy(result, path, damage));
    removeDatabase(path);
  }
  results.push(
    await auditCopy(result, oldCopy.path, {
      name: 'file rolled back',
      target: `the file as it was at ${oldCopy.entries} entries`,
      codes: ['LG-06'],
      entry: oldCopy.entries,
      apply: () => undefined,
    }),
  );
  return results;
}

/** Copies a ledger file while it is in use, as a thief or a careless backup would. */
export async function copyLedger(from: string, to: string): Promise<void> {
  removeDatabase(to);
  const database = new Database(from, { readonly: true });
  try {
    await database.backup(to);
  } finally {
    database.close();
  }
}

/** Removes a database file and its journals. */
export function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}

function damagesTo({ entries }: SimulationResult): Damage[] {
  const middle = Math.floor(entries / 2);
  const late = Math.floor(entries * 0.9);
  return [
    {
      name: 'a byte of an entry changed',
      target: `entry ${middle}`,
      codes: ['LG-01', 'LG-02', 'SG-07'],
      entry: middle,
      apply: (database) => {
        const { bytes } = entryRow(database, middle);
        const at = Math.floor(bytes.length / 2);
        bytes[at] = bytes[at]! ^ 1;
        database.prepare('UPDATE entries SET bytes = ? WHERE idx = ?').run(bytes, middle);
      },
    },
    {
      name: 'two entries swapped',
      target: `entries ${middle} and ${middle + 3}`,
      codes: ['LG-01', 'LG-02'],
      entry: middle,
      apply: (database) => {
        const first = entryRow(database, middle);
        const second = entryRow(database, middle + 3);
        const update = database.prepare('UPDATE entries SET bytes = ? WHERE idx = ?');
        update.run(second.bytes, first.idx);
        update.run(first.bytes, second.idx);
      },
    },
    {
      name: 'an entry deleted',
      target: `entry ${middle}`,
      codes: ['LG-01', 'LG-02', 'LG-05'],
      entry: middle,
      apply: (database) => void database.prepare('DELETE FROM entries WHERE idx = ?').run(middle),
    },
    {
      name: 'the tail cut off',
      target: `entries from ${late} on`,
      codes: ['LG-02', 'LG-05', 'LG-06'],
      entry: late,
      apply: (database) => void database.prepare('DELETE FROM entries WHERE idx >= ?').run(late),
    },
    {
      name: 'a derived row changed',
      target: 'one posting',
      codes: ['LG-17'],
      apply: (database) => {
        const row = postingRow(database);
        database
          .prepare('UPDATE postings SET entry = ? WHERE subject = ? AND entry = ?')
          .run(row.entry + 1_000_000, row.subject, row.entry);
      },
    },
    {
      name: 'a derived row deleted',
      target: 'one posting',
      codes: ['LG-17'],
      apply: (database) => {
        const row = postingRow(database);
        database.prepare('DELETE FROM postings WHERE subject = ? AND entry = ?').run(row.subject, row.entry);
      },
    },
  ];
}

function entryRow(database: Database.Database, index: number): Row {
  return database.prepare<[number], Row>('SELECT idx, bytes FROM entries WHERE idx = ?').get(index)!;
}

/** The posting of a unit that was used: deleting it would hide the use from `check`. */
function postingRow(database: Database.Database): PostingRow {
  return database
    .prepare<[], PostingRow>(
      `SELECT subject, entry, count FROM postings WHERE subject LIKE '%/21/%' ORDER BY entry DESC, subject LIMIT 1`,
    )
    .get()!;
}

async function auditCopy(result: SimulationResult, path: string, damage: Damage): Promise<TamperResult> {
  const store = await SqliteStore.open(path, { readonly: true });
  try {
    const report = await audit(store, { logKey: result.logKey, pinned: [result.checkpoint] });
    const { firstBad } = report.log;
    const isDerived = damage.entry === undefined;
    const code = firstBad?.code ?? (report.counts['LG-17'] === undefined ? undefined : 'LG-17');
    const isRightPlace = isDerived ? report.derived.ok === false : firstBad?.entry === damage.entry;
    return {
      damage: damage.name,
      target: damage.target,
      code,
      named: firstBad === undefined ? report.derived.differences[0] : `entry ${firstBad.entry}`,
      why: firstBad?.why,
      ok: !report.ok && code !== undefined && damage.codes.includes(code) && isRightPlace,
    };
  } finally {
    await store.close();
  }
}
