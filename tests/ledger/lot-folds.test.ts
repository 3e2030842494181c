// Goal: what is said of a lot at append is what its whole history gives, however it was brought up to date; and an append reads no
//       more of a long lot than of a short one.
// Method: one handle's folds against those of a handle that has just been opened, at each size of a lot that goes beyond its quantity
//         and back; another process that writes between two appends, and one that makes derived data anew; rows counted.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseVerifierKey } from '../../src/note/index.ts';
import { decommission } from '../../src/epcis/index.ts';
import { LiveRegistry } from '../../src/ledger/live-registry.ts';
import { LotFolds, type LotState } from '../../src/ledger/lot-folds.ts';
import { SubjectReader } from '../../src/ledger/subjects.ts';
import type { DerivedBlock, LogStore, Posting } from '../../src/log/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { GENESIS_MS, logKey, LOT_ID, SITE } from '../support/cast.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { events, lotStatement, made, openBench, reopen, unitOf } from './bench.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Two handles of one file. */
async function twoHandles(): Promise<readonly [SqliteStore, SqliteStore]> {
  const folder = temporaryFolder();
  const path = folder.file('log.db');
  const stores = [await SqliteStore.open(path, { create: true }), await SqliteStore.open(path)] as const;
  cleanups.push(() => folder.remove(), ...stores.map((store) => () => store.close()));
  return stores;
}

/** A lot's state for whoever has just opened the log, or for `folds` that go on. */
async function stateAt(store: LogStore, size: number, folds?: LotFolds): Promise<LotState> {
  const subjects = new SubjectReader(store, parseVerifierKey(logKey));
  const live = new LiveRegistry(store, subjects);
  await live.refresh();
  return (folds ?? new LotFolds(store, subjects)).of(LOT_ID, live.registry, size);
}

function takenBack(serials: readonly number[]): Uint8Array {
  return events('maker', [decommission({ ids: serials.map(unitOf), time: GENESIS_MS, place: SITE.maker })]);
}

const overIssued = (findings: readonly { readonly code: string }[]): boolean =>
  findings.some(({ code }) => code === 'QA-09');

describe('LotFolds', () => {
  it('say at every size what the whole history says, also beyond the quantity and back', async () => {
    const { ledger, store } = await openBench(new MemoryStore());
    await ledger.append(lotStatement(4));
    const subjects = new SubjectReader(store, parseVerifierKey(logKey));
    const live = new LiveRegistry(store, subjects);
    const folds = new LotFolds(store, subjects);
    const told = new Set<boolean>();
    const rounds = [
      made([1, 2, 3]),
      made([4], GENESIS_MS - 1),
      made([5, 6]),
      takenBack([1]),
      takenBack([2, 3]),
    ];
    for (const bytes of [
      ...rounds,
      made([7, 8, 9]),
      lotStatement(100),
      made([10]),
      takenBack([9, 8, 7, 6]),
    ]) {
      const { findings, entry } = await ledger.append(bytes);
      await live.refresh();
      const expected = await stateAt(store, entry + 1);
      expect(await folds.of(LOT_ID, live.registry, entry + 1)).toEqual(expected);
      expect(overIssued(findings)).toBe(expected.findings.length > 0);
      told.add(expected.findings.length > 0);
    }
    expect([...told].sort()).toEqual([false, true]);
    // An earlier size takes nothing from what is known of the last.
    const { size } = (await store.readHead())!;
    for (const at of [size - 3, size, 9, size]) {
      expect(await folds.of(LOT_ID, live.registry, at)).toEqual(await stateAt(store, at));
    }
  });

  it('read again what they could not read, and never answer from a lot half known', async () => {
    const { ledger, store } = await openBench(new MemoryStore());
    await ledger.append(lotStatement(4));
    const { entry: before } = await ledger.append(made([1, 2, 3]));
    const subjects = new SubjectReader(store, parseVerifierKey(logKey));
    const { entry } = await ledger.append(made([4, 5]));
    const live = new LiveRegistry(store, subjects);
    await live.refresh();
    const folds = new LotFolds(store, subjects);
    const ask = async (size: number) => folds.of(LOT_ID, live.registry, size);
    await ask(before + 1);
    // What came since can be read; all there ever was, for the proof, cannot.
    const readPostings = store.readPostings.bind(store);
    const reads = vi.spyOn(store, 'readPostings').mockImplementation(async (lot, size, first) => {
      if (first === undefined) throw new Error('busy');
      return readPostings(lot, size, first);
    });
    await expect(ask(entry + 1)).rejects.toThrow('busy');
    await expect(ask(entry + 1)).rejects.toThrow('busy');
    reads.mockRestore();
    expect(await ask(entry + 1)).toEqual(await stateAt(store, entry + 1));
  });

  it('name the newest commissionings of a lot that has more than a finding names', async () => {
    const { ledger, store } = await openBench(new MemoryStore());
    await ledger.append(lotStatement(1));
    // The last in event time is not the last in the log.
    const times = (n: number): number => GENESIS_MS - (n === 700 ? 0 : 2500 - n);
    const all = Array.from({ length: 2300 }, (_, n) => made([n], times(n)));
    const last = all.pop()!;
    await ledger.appendMany(all, { receipts: false });
    const { findings, entry } = await ledger.append(last);
    const [found] = findings.filter(({ subject }) => subject.type === 'lot');
    const expected = await stateAt(store, entry + 1);
    expect(found?.proof.length).toBe(1000);
    expect(found?.last).toEqual({ entry: 708, event: 0 });
    expect([found]).toEqual(expected.findings);
  });

  it('count what another process wrote between two appends', async () => {
    const stores = await twoHandles();
    const { ledger } = await openBench(stores[0]);
    await ledger.append(lotStatement(3));
    const other = await reopen(stores[1]);
    expect(overIssued((await ledger.append(made([1]))).findings)).toBe(false);
    expect(overIssued((await other.append(made([2, 3]))).findings)).toBe(false);
    expect(overIssued((await ledger.append(made([4]))).findings)).toBe(true);
    expect(overIssued((await other.append(takenBack([4, 3]))).findings)).toBe(false);
    expect(overIssued((await ledger.append(made([5]))).findings)).toBe(false);
  });

  it('forget what they made of derived data that another process has made anew', async () => {
    const stores = await twoHandles();
    const { ledger } = await openBench(stores[0]);
    await ledger.append(lotStatement(3));
    await ledger.append(made([1, 2]));
    const other = await reopen(stores[1]);
    const entry = (await stores[1].readHead())!.size - 1;
    const nodes = (await stores[1].readNodes([...Array(nodesOf(entry + 1)).keys()])) as Uint8Array[];
    const rows: Posting[] = [];
    for await (const row of stores[1].scanPostings()) rows.push(row);
    // Rows that say more of the lot than the log does, until somebody makes them anew.
    const wrong = rows.map((row) => (row.subject === LOT_ID ? { ...row, count: 3 } : row));
    const block: DerivedBlock = { nodes, postings: wrong };
    expect(await stores[1].rebuildDerived([block], entry + 1)).toBe(true);
    expect(overIssued((await ledger.append(made([3]))).findings)).toBe(true);
    await other.rebuild();
    expect(overIssued((await ledger.append(lotStatement(3))).findings)).toBe(false);
    expect(overIssued((await ledger.append(made([4]))).findings)).toBe(true);
    expect((await ledger.audit()).derived.ok).toBe(true);
  });

  it('read of a long lot what came since, and hold no more than they may', async () => {
    const { ledger, store } = await openBench(new MemoryStore());
    const inner = store.readPostings.bind(store);
    let rows = 0;
    store.readPostings = async (subject, before, first) => {
      const found = await inner(subject, before, first);
      if (subject === LOT_ID) rows += found.length;
      return found;
    };
    await ledger.appendMany(Array.from({ length: 300 }, (_, n) => made([n])));
    rows = 0;
    for (let n = 300; n < 320; n++) await ledger.append(made([n]));
    expect(rows).toBe(20);
    const subjects = new SubjectReader(store, parseVerifierKey(logKey));
    const live = new LiveRegistry(store, subjects);
    await live.refresh();
    const few = new LotFolds(store, subjects, 2);
    const { size } = (await store.readHead())!;
    rows = 0;
    await few.of(LOT_ID, live.registry, size);
    await few.of(LOT_ID, live.registry, size);
    expect(rows).toBe(320);
    for (const other of ['A', 'B', 'C']) await few.of(`${LOT_ID}${other}`, live.registry, size);
    expect((await few.of(LOT_ID, live.registry, size)).units).toBe(320);
    expect(rows).toBe(640);
  });
});

/** Nodes of a tree of so many leaves, stored one after the other. */
function nodesOf(size: number): number {
  let count = 0;
  for (let n = size; n > 0; n = Math.floor(n / 2)) count += n;
  return count;
}
