// Goal: whoever changes the file behind the ledger's back is named: with the code, and the first entry that does not hold.
// Method: a SQLite file damaged by plain SQL, one way a time; the auditor holds the log's key, and where said a checkpoint.
import Database from 'better-sqlite3';
import { copyFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit, type AuditReport } from '../../src/audit/index.ts';
import type { FindingCode } from '../../src/judgement/index.ts';
import { Ledger } from '../../src/ledger/index.ts';
import { encodeEntry, decodeEntry } from '../../src/log/index.ts';
import { EMPTY_ROOT, storedNodeCount } from '../../src/merkle/index.ts';
import { signCheckpoint } from '../../src/note/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { collect, rejection } from '../../src/testing/index.ts';
import { made, openBench, reopen, seen, unitOf } from '../ledger/bench.ts';
import { GENESIS_MS, logKey, logSigner, ORIGIN, signerOf } from '../support/cast.ts';
import { copyToSqlite } from '../support/stores.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

const SIZE = 23;
const OLD_SIZE = 15;
let folder: TemporaryFolder;
let pristine: string;
let older: string;
let checkpoint: string;
let olderCheckpoint: string;

beforeAll(async () => {
  folder = temporaryFolder();
  [pristine, older] = [folder.file('pristine.db'), folder.file('older.db')];
  const { ledger, store, clock } = await openBench(new MemoryStore());
  await ledger.append(made([0, 1, 2, 3]));
  for (let n = 8; n < SIZE; n++) {
    if (n === OLD_SIZE) {
      await copyToSqlite(store, older);
      olderCheckpoint = (await ledger.head()).checkpoint;
    }
    clock.ms += 1000;
    await ledger.append(seen(n % 5, clock.ms));
  }
  await copyToSqlite(store, pristine);
  checkpoint = (await ledger.head()).checkpoint;
});
afterAll(() => folder.remove());

let copies = 0;

/** A copy of the pristine file, changed by plain SQL. */
function damaged(change: (database: Database.Database) => void, from = pristine): string {
  const path = folder.file(`copy-${copies++}.db`);
  copyFileSync(from, path);
  const database = new Database(path);
  change(database);
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
  return path;
}

async function auditFile(path: string, pinned: readonly string[] = []): Promise<AuditReport> {
  const store = await SqliteStore.open(path, { readonly: true });
  try {
    return await audit(store, { logKey, pinned });
  } finally {
    await store.close();
  }
}

function entryOf(database: Database.Database, idx: number): Buffer {
  return database.prepare('SELECT bytes FROM entries WHERE idx = ?').pluck().get(idx) as Buffer;
}

function setEntry(database: Database.Database, idx: number, bytes: Uint8Array): void {
  database.prepare('UPDATE entries SET bytes = ? WHERE idx = ?').run(bytes, idx);
}

function flip(database: Database.Database, idx: number, at: number): void {
  const bytes = entryOf(database, idx);
  const i = at < 0 ? bytes.length + at : at;
  bytes[i] = bytes[i]! ^ 1;
  setEntry(database, idx, bytes);
}

function expectBad(report: AuditReport, code: FindingCode, entry: number): void {
  expect({ ok: report.ok, code: report.log.firstBad?.code, entry: report.log.firstBad?.entry }).toEqual({
    ok: false,
    code,
    entry,
  });
  expect(report.findings.map((found) => found.code)).toContain(code);
  expect(report.counts[code]).toBe(1);
  expect(report.state).toBeUndefined();
  expect(report.derived.ok).toBeUndefined();
}

/** Regions of an entry: where a bit is flipped. */
const REGIONS: readonly (readonly [name: string, at: number])[] = [
  ['version', 0],
  ['type', 1],
  ['first byte of the record time', 2],
  ['last byte of the record time', 9],
  ['first byte of the link', 10],
  ['last byte of the link', 41],
  ['first byte of the statement', 42],
  ['protected header', 70],
  ['payload', 400],
  ['signature', -10],
  ['last byte', -1],
];

describe('an audit after a bit of an entry was flipped', () => {
  for (const [name, at] of REGIONS) {
    it(`names the entry: ${name}`, async () => {
      for (const entry of [0, 1, 11, SIZE - 2, SIZE - 1]) {
        const report = await auditFile(damaged((database) => flip(database, entry, at)));
        expect(report.ok).toBe(false);
        expect(['LG-01', 'LG-02']).toContain(report.log.firstBad?.code);
        expectBad(report, report.log.firstBad!.code, entry);
      }
    });
  }

  it('names it as a broken chain where the next entry shows it, as a wrong root where none does', async () => {
    expectBad(await auditFile(damaged((db) => flip(db, 11, 400))), 'LG-01', 11);
    expectBad(await auditFile(damaged((db) => flip(db, SIZE - 1, 400))), 'LG-02', SIZE - 1);
  });

  it('names the entry whose link breaks where the tree was changed as well', async () => {
    const path = damaged((db) => {
      flip(db, 11, 400);
      db.exec('DELETE FROM nodes');
    });
    expectBad(await auditFile(path), 'LG-01', 12);
  });
});

describe('an audit after entries were moved', () => {
  it('names the first of two that were swapped', async () => {
    for (const [a, b] of [
      [0, 1],
      [5, 6],
      [3, 20],
      [0, SIZE - 1],
      [SIZE - 2, SIZE - 1],
    ] as const) {
      const path = damaged((db) => {
        const [first, second] = [entryOf(db, a), entryOf(db, b)];
        setEntry(db, a, second);
        setEntry(db, b, first);
      });
      expectBad(await auditFile(path), 'LG-01', a);
    }
  });

  it('names the one that was deleted, first, middle or last', async () => {
    for (const entry of [0, 1, 11, SIZE - 1]) {
      const path = damaged((db) => db.prepare('DELETE FROM entries WHERE idx = ?').run(entry));
      expectBad(await auditFile(path), 'LG-02', entry);
    }
  });

  it('names the place where one was taken out and the rest moved up', async () => {
    const path = damaged((db) => {
      db.prepare('DELETE FROM entries WHERE idx = 11').run();
      for (let i = 12; i < SIZE; i++) db.prepare('UPDATE entries SET idx = ? WHERE idx = ?').run(i - 1, i);
    });
    expectBad(await auditFile(path), 'LG-01', 11);
  });

  it('names the first of a tail that was cut off', async () => {
    for (const first of [0, 1, 12, SIZE - 1]) {
      const path = damaged((db) => db.prepare('DELETE FROM entries WHERE idx >= ?').run(first));
      expectBad(await auditFile(path), 'LG-02', first);
    }
  });

  it('names an entry that nobody signed for at the end', async () => {
    const path = damaged((db) => {
      db.prepare('INSERT INTO entries VALUES (?, ?)').run(SIZE, entryOf(db, SIZE - 1));
    });
    expectBad(await auditFile(path), 'LG-02', SIZE);
  });

  it('names an entry with an index far beyond, and one that is far too long', async () => {
    const far = damaged((db) => db.prepare('INSERT INTO entries VALUES (?, ?)').run(1e9, entryOf(db, 1)));
    expectBad(await auditFile(far), 'LG-02', 1e9);
    const long = damaged((db) => setEntry(db, 9, new Uint8Array(1_000_000)));
    expectBad(await auditFile(long), 'LG-01', 9);
  });

  it('names the entry from which a tail was rewritten with a whole chain of its own', async () => {
    const path = damaged((db) => {
      const { recordTimeMs, previous, statement } = decodeEntry(entryOf(db, SIZE - 1));
      setEntry(db, SIZE - 1, encodeEntry({ recordTimeMs: recordTimeMs + 1, previous, statement }));
    });
    expectBad(await auditFile(path), 'LG-02', SIZE - 1);
  });

  it('names an entry recorded before the one before it', async () => {
    const path = damaged((db) => {
      const { previous, statement } = decodeEntry(entryOf(db, 12));
      setEntry(db, 12, encodeEntry({ recordTimeMs: GENESIS_MS - 1, previous, statement }));
    });
    const report = await auditFile(path);
    expectBad(report, 'LG-01', 12);
  });
});

describe('an audit after the checkpoint was changed', () => {
  const note = (text: string) => (db: Database.Database) =>
    void db.prepare('UPDATE head SET checkpoint = ?').run(text);

  it('finds a signature that is broken, of another key, or missing', async () => {
    const broken =
      checkpoint.slice(0, -20) + (checkpoint.at(-20) === 'A' ? 'B' : 'A') + checkpoint.slice(-19);
    const stranger = { name: ORIGIN, signer: signerOf(99) };
    const forged = signCheckpoint(
      { origin: ORIGIN, size: SIZE, root: EMPTY_ROOT.map((_, i) => i) },
      stranger,
    );
    for (const text of [broken, forged, checkpoint.split('\n\n')[0]!, '']) {
      expectBad(await auditFile(damaged(note(text))), 'LG-02', 0);
    }
  });

  it('finds a root that the entries do not give', async () => {
    const forged = signCheckpoint(
      { origin: ORIGIN, size: SIZE, root: EMPTY_ROOT.map((_, i) => i) },
      logSigner,
    );
    expectBad(await auditFile(damaged(note(forged))), 'LG-02', 0);
  });

  it('finds a head that was removed', async () => {
    expectBad(await auditFile(damaged((db) => db.exec('DELETE FROM head'))), 'LG-02', 0);
  });

  it('finds a head row rolled back under the entries', async () => {
    const path = damaged((db) => {
      db.prepare('ATTACH ? AS old').run(older);
      db.exec('DELETE FROM head; INSERT INTO head SELECT * FROM old.head');
      db.exec('DETACH old');
    });
    expectBad(await auditFile(path), 'LG-02', OLD_SIZE);
    expectBad(await auditFile(path, [checkpoint]), 'LG-06', OLD_SIZE);
    const store = await SqliteStore.open(path);
    const ledger = await reopen(store);
    expect(await rejection(ledger.append(seen(77)))).toBe('ERR_STORE_CORRUPT');
    await ledger.close();
  });

  it('finds a head row beside its checkpoint that is not the last entry’s', async () => {
    for (const change of [
      'record_time_ms = record_time_ms + 1',
      'leaf_hash = zeroblob(32)',
      'subtrees = zeroblob(length(subtrees))',
    ]) {
      const report = await auditFile(damaged((db) => db.exec(`UPDATE head SET ${change}`)));
      expect([report.ok, report.derived.ok]).toEqual([false, false]);
      expect(report.counts['LG-17']).toBe(1);
    }
  });
});

describe('an audit with pinned checkpoints', () => {
  it('passes the log that extends them', async () => {
    expect((await auditFile(pristine, [checkpoint, olderCheckpoint, checkpoint])).ok).toBe(true);
    const empty = signCheckpoint({ origin: ORIGIN, size: 0, root: EMPTY_ROOT }, logSigner);
    expect((await auditFile(pristine, [empty])).ok).toBe(true);
  });

  it('finds the whole file rolled back, which nobody can see without them', async () => {
    expect((await auditFile(older)).ok).toBe(true);
    expectBad(await auditFile(older, [checkpoint]), 'LG-06', OLD_SIZE);
  });

  it('finds a split view: the same size signed twice with different roots', async () => {
    const other = signCheckpoint(
      { origin: ORIGIN, size: SIZE, root: EMPTY_ROOT.map((_, i) => i) },
      logSigner,
    );
    expectBad(await auditFile(pristine, [other]), 'LG-04', 0);
  });

  it('finds a log that is no extension of what was signed before', async () => {
    const other = signCheckpoint(
      { origin: ORIGIN, size: OLD_SIZE, root: EMPTY_ROOT.map((_, i) => i) },
      logSigner,
    );
    expectBad(await auditFile(pristine, [other]), 'LG-03', 0);
  });

  it('refuses pinned checkpoints that are not the log’s', async () => {
    const store = await SqliteStore.open(pristine, { readonly: true });
    const foreign = signCheckpoint(
      { origin: ORIGIN, size: 0, root: EMPTY_ROOT },
      { name: ORIGIN, signer: signerOf(99) },
    );
    for (const pinned of [[foreign], ['x'], [''], [5], 'x', [undefined]] as never[]) {
      expect(await rejection(audit(store, { logKey, pinned }))).toMatch(
        /^ERR_(OUT_OF_RANGE|INVALID_ARG_TYPE)$/,
      );
    }
    await store.close();
  });
});

/** Changes to derived data, by SQL. */
const DERIVED: readonly (readonly [name: string, sql: string, named: RegExp])[] = [
  [
    'a posting deleted',
    "DELETE FROM postings WHERE entry = 9 AND subject LIKE 'http%'",
    /^posting of entry 9 .* is missing$/,
  ],
  [
    'a posting moved to another entry',
    "UPDATE postings SET entry = 20 WHERE entry = 9 AND subject LIKE 'http%'",
    /^posting of entry (9|20) /,
  ],
  [
    'a posting with another count',
    "UPDATE postings SET count = 7 WHERE entry = 6 AND subject LIKE 'sequence%'",
    /^posting of entry 6 /,
  ],
  [
    'a posting added',
    "INSERT INTO postings VALUES ('registry', 9, 1)",
    /^posting of entry 9 for registry .* should not be there$/,
  ],
  [
    'a posting of an entry that is not there',
    "INSERT INTO postings VALUES ('registry', 900, 1)",
    /^posting of entry 900 /,
  ],
  ['the registry’s postings deleted', "DELETE FROM postings WHERE subject = 'registry'", /is missing$/],
  ['a lot’s count changed', "UPDATE postings SET count = 1 WHERE subject LIKE '%/10/%'", /for https.*\/10\//],
  ['all postings deleted', 'DELETE FROM postings', /is missing$/],
  ['a tree node changed', 'UPDATE nodes SET hash = zeroblob(32) WHERE idx = 9', /^tree node 9 is changed$/],
  ['a leaf of the tree deleted', 'DELETE FROM nodes WHERE idx = 0', /^tree node 0 is missing$/],
  ['the last tree node deleted', `DELETE FROM nodes WHERE idx = ${storedNodeCount(SIZE) - 1}`, /is missing$/],
  ['a tree node added', `INSERT INTO nodes VALUES (${storedNodeCount(SIZE)}, zeroblob(32))`, /too many/],
  ['all tree nodes deleted', 'DELETE FROM nodes', /is missing$/],
];

async function derivedRows(path: string): Promise<string> {
  const store = await SqliteStore.open(path, { readonly: true });
  const indexes = Array.from({ length: storedNodeCount(SIZE) + 2 }, (_, i) => i);
  const nodes = (await store.readNodes(indexes)).map((node) =>
    node === undefined ? '' : Buffer.from(node).toString('hex'),
  );
  const postings = await collect(store.scanPostings());
  await store.close();
  return JSON.stringify([nodes, postings]);
}

describe('derived data that was changed', () => {
  for (const [name, sql, named] of DERIVED) {
    it(`is LG-17, makes every check say stop, and is the same again after rebuild(): ${name}`, async () => {
      const path = damaged((db) => db.exec(sql));
      const ledger = await Ledger.open({ store: await SqliteStore.open(path), logKey, logSigner });
      const report = await ledger.audit();
      expect([report.ok, report.log.ok, report.derived.ok, report.counts['LG-17']]).toEqual([
        false,
        true,
        false,
        1,
      ]);
      expect(report.derived.differences.length).toBeLessThanOrEqual(20);
      expect(report.derived.differences.some((line) => named.test(line))).toBe(true);
      const flagged = await ledger.check('nonsense');
      expect([flagged.word, flagged.findings[0]!.code]).toEqual(['stop', 'LG-17']);
      await ledger.rebuild();
      expect((await ledger.check('nonsense')).word).toBe('notice');
      expect((await ledger.audit()).ok).toBe(true);
      expect((await ledger.check(unitOf(1))).findings.map(({ code }) => code)).not.toContain('LG-17');
      await ledger.append(made([50]));
      expect((await ledger.audit()).ok).toBe(true);
      await ledger.close();
    });
  }

  it('is byte for byte what it was once rebuilt', async () => {
    const expected = await derivedRows(pristine);
    const path = damaged((db) => db.exec('DELETE FROM nodes; DELETE FROM postings'));
    const ledger = await Ledger.open({ store: await SqliteStore.open(path), logKey });
    await ledger.rebuild();
    await ledger.close();
    expect(await derivedRows(path)).toBe(expected);
  });

  it('is not looked at if the caller says so', async () => {
    const path = damaged((db) => db.exec('DELETE FROM postings'));
    const store = await SqliteStore.open(path, { readonly: true });
    const report = await audit(store, { logKey, checkDerived: false });
    expect([report.ok, report.derived.ok]).toEqual([true, undefined]);
    await store.close();
  });

  it('is reported, though not flagged, by an audit of a read-only store', async () => {
    const path = damaged((db) => db.exec('DELETE FROM postings WHERE entry = 9'));
    const ledger = await Ledger.open({ store: await SqliteStore.open(path, { readonly: true }), logKey });
    expect((await ledger.audit()).derived.ok).toBe(false);
    await ledger.close();
  });
});

describe('Ledger.rebuild()', () => {
  it('refuses a log that does not hold, and changes nothing then', async () => {
    for (const change of [
      (db: Database.Database) => flip(db, 11, 400),
      (db: Database.Database) => flip(db, SIZE - 1, 400),
      (db: Database.Database) => void db.prepare('DELETE FROM entries WHERE idx = 11').run(),
      (db: Database.Database) => void db.prepare('DELETE FROM entries WHERE idx >= 20').run(),
    ]) {
      const path = damaged((db) => {
        change(db);
        db.exec('DELETE FROM postings WHERE entry = 9');
        db.exec("INSERT INTO flags VALUES ('derived-mismatch', 'x')");
      });
      const before = await derivedRows(path);
      const ledger = await Ledger.open({ store: await SqliteStore.open(path), logKey });
      expect(await rejection(ledger.rebuild())).toBe('ERR_STORE_CORRUPT');
      expect((await ledger.check('x')).word).toBe('stop');
      await ledger.close();
      expect(await derivedRows(path)).toBe(before);
    }
  });
});
