// Goal: many rows read as one value say what the rows say, or that they cannot.
// Method: a log's file read both ways; then tampered with by the driver.
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postingsIn } from '../../src/audit/derived.ts';
import type { Posting } from '../../src/log/index.ts';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { sampleCommit } from '../../src/testing/index.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

const ENTRIES = 300;
const POSTINGS = 4500;
let folder: TemporaryFolder;
let path: string;
let store: SqliteStore;

beforeEach(async () => {
  folder = temporaryFolder();
  path = folder.file('log.db');
  store = await SqliteStore.open(path, { create: true });
  await store.commit(sampleCommit(undefined, ENTRIES).commit);
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

function tamper(sql: string, ...values: unknown[]): void {
  const database = new Database(path);
  database.prepare(sql).run(...values);
  database.close();
}

async function allPacked(): Promise<Posting[]> {
  const rows: Posting[] = [];
  for await (const page of store.scanPackedPostings()) {
    const read = postingsIn(page)!;
    expect(read.length).toBe(page.rows);
    expect(Math.max(...read.map(({ entry }) => entry))).toBe(page.greatest);
    rows.push(...read);
  }
  return rows;
}

async function allPostings(): Promise<Posting[]> {
  const rows: Posting[] = [];
  for await (const row of store.scanPostings()) rows.push(row);
  return rows;
}

describe('readEntryRun', () => {
  it('reads what readEntries reads, also bytes that are no text', async () => {
    tamper(`UPDATE entries SET bytes = x'00ff00c3280000' WHERE idx = 3`);
    tamper(`UPDATE entries SET bytes = x'' WHERE idx = 5`);
    const { first, bytes, ends } = (await store.readEntryRun(2, 9))!;
    const entries = await store.readEntries(2, 9);
    expect(first).toBe(2);
    expect(ends.length).toBe(7);
    for (const [i, entry] of entries.entries()) {
      expect(bytes.subarray(i === 0 ? 0 : ends[i - 1], ends[i])).toEqual(Buffer.from(entry.bytes));
    }
  });

  it('stops where the log ends', async () => {
    expect((await store.readEntryRun(ENTRIES - 2, ENTRIES + 5))?.ends.length).toBe(2);
    expect(await store.readEntryRun(ENTRIES, ENTRIES + 5)).toBe(undefined);
    expect(await store.readEntryRun(4, 4)).toBe(undefined);
  });

  it('leaves a hole to readEntries', async () => {
    tamper('DELETE FROM entries WHERE idx = 7');
    expect(await store.readEntryRun(7, 9)).toBe(undefined);
    expect(await store.readEntryRun(5, 9)).toBe(undefined);
    expect((await store.readEntryRun(5, 7))?.ends.length).toBe(2);
  });
});

describe('readNodeRun', () => {
  it('reads what readNodes reads', async () => {
    const run = (await store.readNodeRun(3, 50))!;
    const nodes = await store.readNodes(Array.from({ length: 47 }, (_, i) => 3 + i));
    expect(Buffer.from(run)).toEqual(Buffer.concat(nodes as Uint8Array[]));
  });

  it.each(['DELETE FROM nodes WHERE idx = 9', `UPDATE nodes SET hash = x'00' WHERE idx = 9`])(
    'has nothing to say after %s',
    async (sql) => {
      tamper(sql);
      expect(await store.readNodeRun(3, 50)).toBe(undefined);
    },
  );
});

describe('scanPackedPostings', () => {
  it('reads what scanPostings reads, over several pages', async () => {
    for (let i = 0; i < POSTINGS; i += 500) {
      tamper(
        `WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         INSERT INTO postings SELECT iif(i % 3 = 0, 'é ' || i, 'one'), i, i - 700 FROM n`,
        i,
        i + 499,
      );
    }
    const rows = await allPostings();
    expect(rows.length).toBeGreaterThan(POSTINGS);
    expect(await allPacked()).toEqual(rows);
  });

  it('ends on a page of a row whose entry no number can say', async () => {
    tamper('DELETE FROM postings');
    tamper(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)
       INSERT INTO postings SELECT 'one', 9007199254740993 + i, 1 FROM n`,
    );
    expect((await allPacked()).length).toBe(2000);
  });
});
