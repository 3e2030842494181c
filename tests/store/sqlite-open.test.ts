// Goal: a log's file is opened, created and refused exactly as asked, and what is damaged is called so.
// Method: every state a path can be in, made with the driver or the file system, then opened; codes and traces checked.
import Database from 'better-sqlite3';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { assertOpenArguments, openDatabase } from '../../src/store/sqlite/open.ts';
import type { SqliteOptions } from '../../src/store/sqlite/index.ts';
import { rejection, sampleCommit } from '../../src/testing/index.ts';
import { temporaryFolder } from '../support/temporary.ts';
import type { TemporaryFolder } from '../support/temporary.ts';

let folder: TemporaryFolder;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = folder.file('log.db');
});
afterEach(() => folder.remove());

const open = (options?: SqliteOptions): Promise<SqliteStore> => SqliteStore.open(path, options);
const opening = (options?: SqliteOptions): Promise<string> => rejection(open(options));

/** A closed log of five entries at `path`. */
async function makeLog(): Promise<void> {
  const store = await open({ create: true });
  await store.commit(sampleCommit(undefined, 5).commit);
  await store.close();
}

/** Changes the closed file behind the library's back. */
function tamper(sql: string): void {
  const database = new Database(path);
  database.unsafeMode(true);
  database.exec(sql);
  database.close();
}

describe('SqliteStore.open()', () => {
  it('refuses a missing file without create, and makes nothing', async () => {
    expect(await opening()).toBe('ERR_STORE_MISSING');
    expect(await opening({ readonly: true })).toBe('ERR_STORE_MISSING');
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('creates a complete log and leaves no draft', async () => {
    const store = await open({ create: true });
    expect(await store.readHead()).toBe(undefined);
    await store.close();
    expect(readdirSync(folder.path)).toEqual(['log.db']);
  });

  it('refuses to create where a file exists, whatever it is', async () => {
    await makeLog();
    const before = readFileSync(path);
    expect(await opening({ create: true })).toBe('ERR_STORE_EXISTS');
    expect(readFileSync(path)).toEqual(before);
    writeFileSync(path, '');
    expect(await opening({ create: true })).toBe('ERR_STORE_EXISTS');
  });

  it('refuses to create beside a left-over journal, which would be replayed into the new log', async () => {
    writeFileSync(`${path}-wal`, 'left over');
    expect(await opening({ create: true })).toBe('ERR_STORE_EXISTS');
    expect(existsSync(path)).toBe(false);
  });

  it('lets exactly one of two concurrent creators win', async () => {
    const codes = await Promise.all(
      [1, 2, 3].map(() => rejection(open({ create: true }).then((s) => s.close()))),
    );
    expect(codes.sort()).toEqual(['ERR_STORE_EXISTS', 'ERR_STORE_EXISTS', 'resolved']);
  });

  it('refuses to create in a folder that does not exist', async () => {
    path = folder.file('no/such/folder.db');
    expect(await opening({ create: true })).toBe('ERR_STORE_MISSING');
  });

  it('refuses a folder', async () => {
    mkdirSync(path);
    expect(await opening()).toBe('ERR_STORE_CORRUPT');
  });

  it('refuses a file that is no database and leaves it as it is', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('hello'), Buffer.alloc(8192, 1)]) {
      writeFileSync(path, bytes);
      for (const options of [{}, { readonly: true }])
        expect(await opening(options)).toBe('ERR_STORE_CORRUPT');
      expect(readFileSync(path)).toEqual(bytes);
    }
  });

  it("refuses another program's database and writes nothing to it", async () => {
    tamper('CREATE TABLE entries (a)');
    const before = readFileSync(path);
    await expect(open()).rejects.toThrow('not a log of this library');
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(folder.path)).toEqual(['log.db']);
  });

  it('refuses a newer schema and one without a version, saying which', async () => {
    await makeLog();
    tamper('PRAGMA user_version = 2');
    await expect(open()).rejects.toMatchObject({ code: 'ERR_STORE_CORRUPT', details: { version: 2 } });
    await expect(open({ readonly: true })).rejects.toThrow('newer');
    tamper('PRAGMA user_version = 0');
    await expect(open()).rejects.toThrow('no version');
  });

  it('opens through a symbolic link', async () => {
    await makeLog();
    const link = folder.file('link.db');
    symlinkSync(path, link);
    const store = await SqliteStore.open(link);
    expect((await store.readHead())?.size).toBe(5);
    await store.close();
  });

  it('refuses misspelt, contradictory and wrongly typed options', async () => {
    const wrong: [unknown, string][] = [
      [{ readOnly: true }, 'ERR_OUT_OF_RANGE'],
      [{ Create: true }, 'ERR_OUT_OF_RANGE'],
      [{ create: true, readonly: true }, 'ERR_OUT_OF_RANGE'],
      [{ busyTimeoutMs: -1 }, 'ERR_OUT_OF_RANGE'],
      [{ busyTimeoutMs: '5' }, 'ERR_INVALID_ARG_TYPE'],
      [{ create: 1 }, 'ERR_INVALID_ARG_TYPE'],
      [{ readonly: 'no' }, 'ERR_INVALID_ARG_TYPE'],
      [null, 'ERR_INVALID_ARG_TYPE'],
      [true, 'ERR_INVALID_ARG_TYPE'],
    ];
    for (const [options, code] of wrong) expect(await opening(options as SqliteOptions)).toBe(code);
    expect(existsSync(path)).toBe(false);
  });

  it('refuses paths that are no file name', async () => {
    for (const name of ['', ':memory:', 'a\0b', ' log.db', 'log.db ']) {
      expect(await rejection(SqliteStore.open(name, { create: true }))).toBe('ERR_OUT_OF_RANGE');
    }
    expect(await rejection(SqliteStore.open(new URL('file:///x') as unknown as string))).toBe(
      'ERR_INVALID_ARG_TYPE',
    );
  });

  it('takes a name that looks like a URI for the name of a file', () => {
    expect(assertOpenArguments('file:log.db?mode=memory', {})).toBe(resolve('file:log.db?mode=memory'));
  });
});

describe('SqliteStore opened with readonly', () => {
  it('reads, also while another handle writes, and refuses to write', async () => {
    await makeLog();
    const writer = await open();
    const reader = await open({ readonly: true });
    expect((await reader.readHead())?.size).toBe(5);
    const { commit } = sampleCommit(await writer.readHead(), 2);
    expect(await rejection(reader.commit(commit))).toBe('ERR_STORE_READONLY');
    expect(await rejection(reader.writeFlag('a', 'b'))).toBe('ERR_STORE_READONLY');
    expect(await rejection(reader.rebuildDerived([], 5))).toBe('ERR_STORE_READONLY');
    expect(await writer.commit(commit)).toBe(true);
    expect((await reader.readEntries(0, 10)).length).toBe(7);
    await reader.close();
    await writer.close();
  });
});

describe('SqliteStore on a damaged file', () => {
  it('refuses a head row that contradicts itself', async () => {
    const damages = [
      'UPDATE head SET size = 7',
      'UPDATE head SET size = -1',
      'UPDATE head SET size = 9007199254740993',
      "UPDATE head SET leaf_hash = x'00'",
      'UPDATE head SET subtrees = zeroblob(65)',
      'UPDATE head SET subtrees = zeroblob(64000000)',
      'UPDATE head SET record_time_ms = -1',
      'DROP TABLE head',
    ];
    for (const [i, damage] of damages.entries()) {
      path = folder.file(`${i}.db`);
      await makeLog();
      tamper(damage);
      expect(`${damage}: ${await opening()}`).toBe(`${damage}: ERR_STORE_CORRUPT`);
    }
  });

  it('shows holes in the entries with the right indexes', async () => {
    await makeLog();
    tamper('DELETE FROM entries WHERE idx IN (0, 3)');
    const store = await open();
    expect((await store.readEntries(0, 5)).map(({ index }) => index)).toEqual([1, 2, 4]);
    expect((await store.readEntriesAt([0, 1]))[0]).toBe(undefined);
    await store.close();
  });

  it('shows an oversized entry as empty instead of reading it into memory', async () => {
    await makeLog();
    tamper('UPDATE entries SET bytes = zeroblob(100000000) WHERE idx = 1');
    const store = await open();
    const entries = await store.readEntries(0, 5);
    expect(entries.map(({ bytes }) => bytes.length > 0)).toEqual([true, false, true, true, true]);
    expect((await store.readEntriesAt([1]))[0]).toEqual(new Uint8Array(0));
    await store.close();
  });

  it('refuses to append over rows that are already there, and changes nothing', async () => {
    for (const [i, table] of ['entries', 'nodes'].entries()) {
      path = folder.file(`${i}.db`);
      await makeLog();
      tamper(`INSERT INTO ${table} SELECT max(idx) + 1, zeroblob(32) FROM ${table}`);
      const store = await open();
      const head = await store.readHead();
      const { commit } = sampleCommit(head, 2);
      expect(await rejection(store.commit(commit))).toBe('ERR_STORE_CORRUPT');
      expect(await store.readHead()).toEqual(head);
      expect((await store.readPostings('all', 100)).length).toBe(5);
      await store.close();
    }
  });
});

describe('SqliteStore in a shared file', () => {
  it('writes ahead and forces each commit to the disk', async () => {
    await makeLog();
    const database = openDatabase(path);
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(database.pragma('synchronous', { simple: true })).toBe(2);
    expect(database.pragma('busy_timeout', { simple: true })).toBe(5000);
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    database.close();
  });

  it('reports a write lock it could not get in time, and works on afterwards', async () => {
    await makeLog();
    const store = await open({ busyTimeoutMs: 30 });
    const head = await store.readHead();
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    const { commit } = sampleCommit(head, 1);
    await expect(store.commit(commit)).rejects.toMatchObject({ code: 'ERR_STORE_BUSY', fatal: false });
    expect(await rejection(store.writeFlag('a', 'b'))).toBe('ERR_STORE_BUSY');
    expect(await rejection(store.rebuildDerived([], 5))).toBe('ERR_STORE_BUSY');
    expect(await store.readHead()).toEqual(head);
    other.exec('ROLLBACK');
    other.close();
    expect(await store.commit(commit)).toBe(true);
    await store.close();
  });

  it('refuses to write on the same handle during a rebuild, and works on afterwards', async () => {
    await makeLog();
    const store = await open();
    const { commit } = sampleCommit(await store.readHead(), 1);
    const codes: string[] = [];
    async function* source(): AsyncGenerator<never> {
      codes.push(await rejection(store.commit(commit)), await rejection(store.writeFlag('a', 'b')));
      codes.push(await rejection(store.rebuildDerived([], 5)));
      yield* [];
    }
    expect(await rejection(store.rebuildDerived(source(), 5))).toBe('ERR_OUT_OF_RANGE');
    expect(codes).toEqual(['ERR_STORE_BUSY', 'ERR_STORE_BUSY', 'ERR_STORE_BUSY']);
    expect(await store.commit(commit)).toBe(true);
    await store.close();
  });
});
