// Goal: an undamaged log passes, whatever the store, the partitions, or what the auditor kept from before; and says so alike.
// Method: random worlds audited in every way; reports compared but for what was measured.
import { describe, expect, it } from 'vitest';
import { audit, type AuditOptions, type AuditReport, type Progress } from '../../src/audit/index.ts';
import { partitionOfUnit } from '../../src/audit/routing.ts';
import { byCode } from '../../src/audit/tally.ts';
import type { Finding } from '../../src/judgement/index.ts';
import type { LogStore } from '../../src/log/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { rejection } from '../../src/testing/index.ts';
import { openBench, seen } from '../ledger/bench.ts';
import { randomWorld } from '../ledger/random-world.ts';
import { logKey } from '../support/cast.ts';
import { copyToSqlite, fingerprint } from '../support/stores.ts';
import { temporaryFolder } from '../support/temporary.ts';

type Told = { readonly report: AuditReport; readonly findings: readonly Finding[] };

async function run(store: LogStore, options: Partial<AuditOptions> = {}): Promise<Told> {
  const findings: Finding[] = [];
  const report = await audit(store, { logKey, onFinding: (found) => findings.push(found), ...options });
  return { report, findings };
}

/** Everything an audit says but how many signatures it had to verify. */
function said({ report, findings }: Told): string {
  const { signatures: _signatures, ...rest } = report;
  return JSON.stringify([rest, findings.map((found) => JSON.stringify(found)).sort()]);
}

async function recorded(seed: number): Promise<MemoryStore> {
  const world = await randomWorld(seed, 25);
  await world.record();
  return world.store;
}

/** In which of so many partitions the log's units are. */
async function partitionsOfUnits(store: LogStore, count: number): Promise<ReadonlySet<number>> {
  const partitions = new Set<number>();
  for await (const { subject } of store.scanPostings()) {
    if (subject.includes('/21/')) partitions.add(partitionOfUnit(subject, count, 1));
  }
  return partitions;
}

describe('audit()', () => {
  it('passes an undamaged log and writes nothing', async () => {
    const store = await recorded(1);
    const before = await fingerprint(store);
    const { report, findings } = await run(store);
    const size = (await store.readHead())!.size;
    expect(report).toMatchObject({
      ok: true,
      size,
      statements: size,
      signatures: size,
      log: { ok: true, firstBad: undefined },
      derived: { ok: true, differences: [] },
      workers: 1,
    });
    const counted = Object.values(report.counts).reduce((sum, n) => sum + n, 0);
    expect(counted).toBe(findings.reduce((sum, found) => sum + found.count, 0));
    expect(await fingerprint(store)).toBe(before);
  });

  it('says the same for any number of partitions', async () => {
    for (const seed of [2, 3]) {
      const store = await recorded(seed);
      expect((await partitionsOfUnits(store, 10)).size).toBeGreaterThan(2);
      const whole = said(await run(store));
      for (const mentionsMax of [1, 2, 10, 1_000_000]) {
        expect([mentionsMax, said(await run(store, { mentionsMax })) === whole]).toEqual([mentionsMax, true]);
      }
    }
  });

  it('tells numbers in the order of their codes, whichever were found first', () => {
    expect(JSON.stringify(byCode({ 'LG-15': 2, 'CS-01': 1 }))).toBe('{"CS-01":1,"LG-15":2}');
  });

  it('says the same however the log is cut into ranges', async () => {
    const { ledger, store } = await openBench(new MemoryStore());
    await ledger.appendMany(Array.from({ length: 700 }, (_, n) => seen(n, 1_767_225_600_000 + n)));
    const pinned = [(await ledger.head()).checkpoint];
    await ledger.appendMany(Array.from({ length: 80 }, (_, n) => seen(n, 1_767_225_700_000 + n)));
    const whole = await run(store, { pinned });
    expect(whole.report.ok).toBe(true);
    for (const rangeEntries of [256, 512, 1024]) {
      expect(said(await run(store, { pinned, rangeEntries }))).toBe(said(whole));
    }
  });

  it('ends soon however often one unit is named and however few mentions may be held', async () => {
    const { ledger, store } = await openBench(new MemoryStore());
    await ledger.appendMany(Array.from({ length: 60 }, (_, n) => seen(1, 1_767_225_600_000 + n)));
    const { report } = await run(store, { mentionsMax: 1 });
    expect([report.ok, report.units]).toEqual([true, 1]);
  });

  it('says the same of a SQLite file as of memory', async () => {
    const folder = temporaryFolder();
    const memory = await recorded(4);
    await copyToSqlite(memory, folder.file('log.db'));
    const sqlite = await SqliteStore.open(folder.file('log.db'), { readonly: true });
    expect(said(await run(sqlite))).toBe(said(await run(memory)));
    await sqlite.close();
    folder.remove();
  });

  it('goes on from an earlier state: the same result, and old signatures are not verified again', async () => {
    const world = await randomWorld(5, 25);
    const bytes = world.steps.slice(-25).map((step) => step.bytes);
    await world.record();
    const { ledger, store } = await openBench(new MemoryStore());
    for (let n = 0; n < 5; n++) await ledger.append(seen(n));
    const { state } = (await run(store)).report;
    expect(state).toMatchObject({ version: 1, size: 12, refused: [] });
    for (let n = 5; n < 9; n++) await ledger.append(seen(n));
    const kept = JSON.parse(JSON.stringify(state)) as NonNullable<typeof state>;
    const full = await run(store);
    const incremental = await run(store, { state: kept });
    expect(said(incremental)).toBe(said(full));
    expect([full.report.signatures, incremental.report.signatures]).toEqual([16, 4]);
    expect(bytes.length).toBe(25);
    const again = await run(store, { state: incremental.report.state! });
    expect([said(again) === said(full), again.report.signatures]).toEqual([true, 0]);
  });

  it('refuses a state that is not what its checkpoint signs', async () => {
    const { ledger, store } = await openBench(new MemoryStore());
    const { state } = (await run(store)).report;
    await ledger.append(seen(1));
    for (const wrong of [
      { ...state!, size: 8 },
      { ...state!, root: 'AAAA' },
      { ...state!, origin: 'other' },
      { ...state!, checkpoint: 'x' },
      { ...state!, refused: [0.5] },
      { ...state!, refused: [state!.size] },
      { ...state!, version: 2 as 1 },
      { ...state!, more: 1 },
    ]) {
      expect(await rejection(audit(store, { logKey, state: wrong }))).toMatch(/^ERR_(OUT_OF_RANGE|DECODE)/);
    }
  });

  it('holds while the log grows under it', async () => {
    const { ledger, store } = await openBench(new MemoryStore());
    await ledger.appendMany(Array.from({ length: 20 }, (_, n) => seen(n)));
    const scan = store.scanPostings.bind(store);
    const count = store.countDerived.bind(store);
    let n = 100;
    store.countDerived = async () => {
      if (n < 103) await ledger.append(seen(n++));
      return count();
    };
    store.scanPostings = async function* () {
      await ledger.append(seen(n++));
      yield* scan();
      await ledger.append(seen(n++));
    };
    const { report } = await run(store);
    expect([report.ok, report.derived.differences, report.size]).toEqual([true, [], 27]);
  });

  it('reports progress that only grows and ends where it should', async () => {
    const steps: Progress[] = [];
    const store = await recorded(6);
    const { report } = await run(store, { mentionsMax: 2, onProgress: (step) => steps.push(step) });
    const phases = [...new Set(steps.map(({ phase }) => phase))];
    expect(phases).toEqual(['entries', 'subjects', 'derived']);
    for (const phase of phases) {
      const own = steps.filter((step) => step.phase === phase);
      for (const [i, { done, total }] of own.entries()) {
        expect(done).toBeLessThanOrEqual(total);
        expect(done).toBeGreaterThanOrEqual(own[i - 1]?.done ?? 0);
      }
      expect(own.at(-1)!.done).toBe(own.at(-1)!.total);
    }
    expect(steps.find(({ phase }) => phase === 'entries')!.total).toBe(report.size);
  });

  it('stops with the signal’s reason, before the start and mid-way', async () => {
    const store = await recorded(7);
    const reason = new Error('enough');
    await expect(run(store, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    for (const phase of ['entries', 'subjects', 'derived']) {
      const stop = new AbortController();
      const onProgress = (step: Progress): void => {
        if (step.phase === phase) stop.abort(reason);
      };
      await expect(run(store, { signal: stop.signal, onProgress })).rejects.toBe(reason);
    }
    const stop = new AbortController();
    const read = store.readEntries.bind(store);
    store.readEntries = async (first, end) => {
      stop.abort(reason);
      return read(first, end);
    };
    await expect(run(store, { signal: stop.signal })).rejects.toBe(reason);
  });

  it('lets other work have its turn while it runs', async () => {
    const { ledger, store } = await openBench(new MemoryStore());
    await ledger.appendMany(Array.from({ length: 700 }, (_, n) => seen(n)));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const { report } = await run(store);
    clearInterval(timer);
    expect(report.ok).toBe(true);
    expect(turns).toBeGreaterThan(0);
  });

  it('calls an empty store damaged: there is no signed checkpoint', async () => {
    const { report } = await run(new MemoryStore());
    expect(report).toMatchObject({ ok: false, size: 0, log: { firstBad: { entry: 0, code: 'LG-02' } } });
    expect(report.state).toBeUndefined();
  });
});
