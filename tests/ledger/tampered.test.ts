// Goal: what is read from a store is held to the signed root, and a ledger known to be damaged never says genuine again.
// Method: entries and index rows of a SQLite file changed together by plain SQL; then checks, proofs, audits.
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { errorCode } from '../../src/errors.ts';
import { Ledger } from '../../src/ledger/index.ts';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { logKey, logSigner } from '../support/cast.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { SmallWorld } from '../support/world.ts';
import { made, openBench, unitOf } from './bench.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A ledger on disk whose unit SN… 1 was renamed to 9, in its entry and in the index, behind the ledger's back. */
async function renamed(): Promise<{ ledger: Ledger; entry: number }> {
  const folder = temporaryFolder();
  cleanups.push(folder.remove);
  const path = folder.file('ledger.db');
  const { ledger } = await openBench(await SqliteStore.open(path, { create: true }));
  const { entry } = await ledger.append(made([1]));
  await ledger.close();
  const database = new Database(path);
  const bytes = database.prepare('SELECT bytes FROM entries WHERE idx = ?').pluck().get(entry) as Buffer;
  const [from, to] = [unitOf(1), unitOf(9)];
  const at = bytes.indexOf(from);
  expect(at).toBeGreaterThan(0);
  bytes.write(to, at);
  database.prepare('UPDATE entries SET bytes = ? WHERE idx = ?').run(bytes, entry);
  database.prepare('UPDATE postings SET subject = ? WHERE subject = ?').run(to, from);
  database.close();
  return { ledger: await Ledger.open({ store: await SqliteStore.open(path), logKey, logSigner }), entry };
}

describe('a ledger whose entry was changed behind its back', () => {
  it('refuses to judge by it, to trace it, and to prove it', async () => {
    const { ledger, entry } = await renamed();
    for (const attempt of [ledger.check(unitOf(9)), ledger.trace(unitOf(9)), ledger.prove(entry)]) {
      expect(await attempt.then(() => 'answered', errorCode)).toBe('ERR_STORE_CORRUPT');
    }
    await ledger.close();
  });

  it('says so in every check once an audit has found it', async () => {
    const { ledger, entry } = await renamed();
    expect((await ledger.audit()).log.firstBad).toMatchObject({ entry });
    for (const code of [unitOf(9), unitOf(2), 'nonsense']) {
      const verdict = await ledger.check(code);
      expect([verdict.word, verdict.findings[0]!.code.slice(0, 3)]).toEqual(['contradiction proved', 'LG-']);
    }
    await ledger.close();
  });
});

describe('a unit whose life has ended', () => {
  it('is genuine still, and not fit for use', async () => {
    const world = await SmallWorld.create();
    const unit = world.unit();
    world.deliver(unit, 'clinicA');
    world.administer('clinicA', unit);
    await world.record();
    const verdict = await world.check(world.label(unit));
    expect(verdict).toMatchObject({ word: 'genuine', life: 'administered' });
    expect(verdict.what).toContain('recorded as used');
    expect(verdict.remedy).toContain('Do not use it again');
  });
});
