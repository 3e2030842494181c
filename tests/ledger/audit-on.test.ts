// Goal: an audit that goes on from what was kept says what a whole audit of the log says, however often it went on before.
// Method: random small worlds recorded bit by bit, audited on after each bit and whole beside it; damage done to what was kept.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { audit, TransientMemory, type AuditOptions, type AuditReport } from '../../src/audit/index.ts';
import { readSummary, spellSummary } from '../../src/audit/summary.ts';
import type { Finding } from '../../src/judgement/index.ts';
import { auditOn, Ledger } from '../../src/ledger/index.ts';
import { decodeEntry, type LogStore } from '../../src/log/index.ts';
import { FileMemory } from '../../src/node/index.ts';
import { signCheckpoint } from '../../src/note/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { rejection } from '../../src/testing/index.ts';
import { GENESIS_MS, logKey, logSigner, ORIGIN } from '../support/cast.ts';
import type { SmallWorld } from '../support/world.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { openBench, seen } from './bench.ts';
import { randomWorld, seededBelow } from './random-world.ts';

const SEED = Number(process.env['SEED'] ?? 1);
const WORLDS = Number(process.env['WORLDS'] ?? (process.env['SLOW'] === '1' ? 100 : 2));
const STEPS = 60;

/** What a run says, but for how it came to it. */
async function said(
  run: (options: AuditOptions) => Promise<AuditReport>,
  options: AuditOptions,
): Promise<{ readonly text: string; readonly report: AuditReport }> {
  const findings: Finding[] = [];
  const onFinding = (found: Finding): void => {
    if (found.severity > 0) findings.push(found);
  };
  const report = await run({ ...options, onFinding });
  const { signatures: _signatures, goneOn: _goneOn, findings: listed, counts, records, ...rest } = report;
  const sorted = (list: readonly Finding[]) => list.map((found) => JSON.stringify(found)).sort();
  const ordered = [counts, records].map((one) => Object.entries(one).sort());
  return { text: JSON.stringify([rest, ordered, sorted(listed), sorted(findings)], null, 1), report };
}

/** Records a world bit by bit; `between` runs after each bit. */
async function bitByBit(
  world: SmallWorld,
  seed: number,
  between: (store: LogStore) => Promise<void>,
): Promise<void> {
  const below = seededBelow(seed);
  const [first] = await world.store.readEntriesAt([0]);
  const clock = { ms: GENESIS_MS };
  const store = new MemoryStore();
  const genesis = decodeEntry(first!).statement;
  const ledger = await Ledger.create({ store, origin: ORIGIN, logSigner, genesis, clock: () => clock.ms });
  const steps = [...world.steps].sort((a, b) => a.recordTimeMs - b.recordTimeMs);
  for (let i = 0; i < steps.length;) {
    const group = steps.slice(i, (i += 1 + below(i < 20 ? 20 : 4)));
    clock.ms = Math.max(clock.ms, group.at(-1)!.recordTimeMs);
    if (below(4) === 0) clock.ms += below(30) * 86_400_000;
    for (const outcome of await ledger.appendMany(group.map(({ bytes }) => bytes))) {
      if (!outcome.ok) throw outcome.error;
    }
    await between(store);
  }
}

describe('auditOn()', () => {
  it(
    `says what a whole audit says, step by step (${WORLDS} worlds, SEED=${SEED})`,
    async () => {
      const whys = new Map<string, number>();
      for (let seed = SEED; seed < SEED + WORLDS; seed++) {
        const world = await randomWorld(seed, STEPS);
        const memory = new TransientMemory();
        await bitByBit(world, seed, async (store) => {
          const whole = await said((options) => audit(store, options), { logKey });
          const on = await said((options) => auditOn(store, options), { logKey, memory });
          const { goneOn } = on.report;
          expect([seed, on.report.size, goneOn?.why, on.text]).toEqual([
            seed,
            on.report.size,
            goneOn?.why,
            whole.text,
          ]);
          const why = goneOn === undefined ? 'nothing kept' : (goneOn.why ?? 'went on').replace(/\d+/, 'N');
          whys.set(why, (whys.get(why) ?? 0) + 1);
        });
      }
      if (process.env['SLOW'] === '1') console.log(whys);
      expect(whys.get('went on')).toBeGreaterThan(5 * WORLDS);
    },
    100_000 * WORLDS,
  );

  it('audits the whole log where what was kept is damaged, and says so', async () => {
    const { ledger, store } = await openBench(new MemoryStore());
    for (let n = 0; n < 5; n++) await ledger.append(seen(n));
    const memory = new SpoiltMemory();
    await auditOn(store, { logKey, memory });
    await ledger.append(seen(2));
    memory.isSpoilt = true;
    const { goneOn, ok, units } = await auditOn(store, { logKey, memory });
    expect([ok, units, goneOn?.from]).toEqual([true, 5, 0]);
    expect(goneOn?.why).toMatch(/what the auditor kept is damaged/);
  });

  it('shows a roll-back, and refuses what is of another log', async () => {
    const { ledger, store } = await openBench(new MemoryStore());
    const old = await openBench(new MemoryStore());
    for (let n = 0; n < 5; n++) await ledger.append(seen(n));
    const memory = new TransientMemory();
    await auditOn(store, { logKey, memory });
    const { ok, log } = await auditOn(old.store, { logKey, memory });
    expect([ok, log.firstBad?.code]).toEqual([false, 'LG-06']);
  });

  it('refuses a text that is not, to the letter, what was kept', async () => {
    const { store } = await benchOf(3);
    const memory = new TransientMemory();
    await auditOn(store, { logKey, memory });
    const kept = (await memory.recall())!;
    const texts = [
      '',
      '{}',
      kept.slice(kept.indexOf('\n') + 1),
      kept.slice(0, -1),
      kept.replace('"units":3', '"units":4'),
    ];
    for (const text of texts) {
      expect(text).not.toBe(kept);
      await memory.keep(text);
      expect([text, await rejection(auditOn(store, { logKey, memory }))]).toEqual([
        text,
        expect.stringMatching(/^ERR_OUT_OF_RANGE/),
      ]);
    }
    await memory.keep(kept);
    expect((await auditOn(store, { logKey, memory })).goneOn?.from).toBeGreaterThan(0);
  });

  it('goes on with ten thousand new entries and not with one more', async () => {
    const { store } = await benchOf(3);
    const head = (await store.readHead())!;
    const memory = new TransientMemory();
    await auditOn(store, { logKey, memory });
    const kept = (await memory.recall())!;
    const whyWith = async (more: number): Promise<string | undefined> => {
      await memory.keep(kept);
      const size = head.size + more;
      const checkpoint = signCheckpoint({ origin: ORIGIN, size, root: new Uint8Array(32) }, logSigner);
      const ahead = withReads(store, { readHead: async () => ({ ...head, checkpoint }) });
      return (await auditOn(ahead, { logKey, memory })).goneOn?.why;
    };
    expect(await whyWith(10_000)).toMatch(/^the stored head does not give/);
    expect(await whyWith(10_001)).toBe('10001 entries are too many to go on with');
  });

  it('goes on as far as the entries that its keys can tell, and not one further', async () => {
    const { store } = await benchOf(3);
    const head = (await store.readHead())!;
    const memory = new TransientMemory();
    await auditOn(store, { logKey, memory });
    const kept = readSummary((await memory.recall())!)!;
    const whyAt = async (entriesEnd: number): Promise<string | undefined> => {
      await memory.keep(spellSummary({ ...kept, space: { ...kept.space, entriesEnd } }));
      const size = head.size + 5;
      const checkpoint = signCheckpoint({ origin: ORIGIN, size, root: new Uint8Array(32) }, logSigner);
      const ahead = withReads(store, { readHead: async () => ({ ...head, checkpoint }) });
      return (await auditOn(ahead, { logKey, memory })).goneOn?.why;
    };
    expect(kept.space.entriesEnd).toBe(2 ** 21);
    expect(await whyAt(head.size + 5)).toMatch(/^the stored head does not give/);
    expect(await whyAt(head.size + 4)).toBe('the log has outgrown what was kept of it');
  });

  it('goes on from a file, and from what was kept last if the process ends before it keeps again', async () => {
    const folder = temporaryFolder();
    const { ledger, store } = await openBench(new MemoryStore());
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 5; n++) await ledger.append(seen(n + round));
      const memory = new FileMemory(folder.file('kept'));
      const { goneOn } = await auditOn(store, { logKey, memory });
      expect([goneOn?.why, goneOn?.from]).toEqual([undefined, round === 0 ? undefined : 7 + 5 * round]);
      await memory.write(new Uint8Array(1000));
      memory.close();
    }
    const other = new FileMemory(folder.file('kept'));
    await other.recall();
    await other.renew();
    other.close();
    expect(readdirSync(folder.path).length).toBe(2);
    const last = new FileMemory(folder.file('kept'));
    expect((await auditOn(store, { logKey, memory: last })).goneOn?.from).toBe(22);
    last.close();
    folder.remove();
  });

  it('goes on from what one of two audits kept that went on at once', async () => {
    const folder = temporaryFolder();
    const { ledger, store } = await benchOf(5);
    const audited = async (): Promise<AuditReport['goneOn']> => {
      const memory = new FileMemory(folder.file('kept'));
      const { goneOn } = await auditOn(store, { logKey, memory });
      memory.close();
      return goneOn;
    };
    await audited();
    for (let n = 0; n < 5; n++) await ledger.append(seen(n));
    expect((await Promise.all([audited(), audited(), audited()])).map((one) => one?.why)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    await ledger.append(seen(1));
    expect((await audited())?.from).toBe(17);
    folder.remove();
  });

  it('says again what was wrong with derived data, whoever repaired nothing since', async () => {
    const { ledger, store } = await benchOf(5);
    const damaged = withNodes(store, (index) => index === 3);
    const memory = new TransientMemory();
    for (const n of [70, 71, 72]) {
      expect((await auditOn(damaged, { logKey, memory })).counts['LG-17']).toBe(1);
      await ledger.append(seen(n));
    }
  });

  it('compares derived data that the audit before did not', async () => {
    const { ledger, store } = await benchOf(5);
    const memory = new TransientMemory();
    const first = await auditOn(store, { logKey, memory, checkDerived: false });
    await ledger.append(seen(70));
    const { goneOn, derived } = await auditOn(store, { logKey, memory });
    expect([first.derived.ok, derived.ok, goneOn?.from]).toEqual([undefined, true, 0]);
    await ledger.append(seen(71));
    expect((await auditOn(store, { logKey, memory })).goneOn?.from).toBeGreaterThan(0);
  });

  it('audits the whole log where the stored tree fails what it reads again', async () => {
    const { ledger, store } = await benchOf(5);
    const memory = new TransientMemory();
    await auditOn(store, { logKey, memory });
    await ledger.append(seen(2));
    const { counts, goneOn } = await auditOn(
      withNodes(store, (index) => index < 12),
      { logKey, memory },
    );
    expect([counts['LG-17'], goneOn?.from]).toEqual([1, 0]);
  });

  it('is bound by what was kept, also beside an older state', async () => {
    const { ledger, store } = await benchOf(0);
    const { state } = await audit(store, { logKey });
    const statements = (await store.readEntries(0, 100)).map(({ bytes }) => decodeEntry(bytes).statement);
    const other = new MemoryStore();
    const clock = () => GENESIS_MS;
    const genesis = statements[0]!;
    const forked = await Ledger.create({ store: other, origin: ORIGIN, logSigner, genesis, clock });
    await forked.appendMany(statements.slice(1));
    for (let n = 0; n < 5; n++) await ledger.append(seen(n));
    for (let n = 10; n < 16; n++) await forked.append(seen(n));
    const memory = new TransientMemory();
    await auditOn(store, { logKey, memory });
    const { ok, counts } = await auditOn(other, { logKey, memory, state: state! });
    expect([ok, counts['LG-03']]).toEqual([false, 1]);
  });
});

describe('audit()', () => {
  it('finds a head with fewer subtrees than its size has', async () => {
    const { store } = await benchOf(4);
    const head = (await store.readHead())!;
    const readHead = async () => ({ ...head, range: head.range.slice(0, -1) });
    const { ok, derived, counts } = await audit(withReads(store, { readHead }), { logKey });
    expect([head.range.length > 1, ok, derived.ok, counts['LG-17']]).toEqual([true, false, false, 1]);
  });
});

/** A ledger in memory with so many scans. */
async function benchOf(scans: number) {
  const store = new MemoryStore();
  const { ledger } = await openBench(store);
  for (let n = 0; n < scans; n++) await ledger.append(seen(n));
  return { ledger, store };
}

/** The store, with another first byte in some of its tree nodes. */
function withNodes(store: MemoryStore, isDamaged: (index: number) => boolean): LogStore {
  const readNodes: LogStore['readNodes'] = async (indexes) => {
    const nodes = await store.readNodes(indexes);
    return nodes.map((node, i) => {
      const copy = node?.slice();
      if (copy !== undefined && isDamaged(indexes[i]!)) copy[0]! ^= 1;
      return copy;
    });
  };
  return withReads(store, { readNodes, readNodeRun: undefined });
}

/** The store, with some of its methods replaced. */
function withReads(store: MemoryStore, reads: Readonly<Record<string, unknown>>): LogStore {
  return new Proxy(store, {
    get: (target, name) => {
      if (Object.hasOwn(reads, name)) return reads[name as string];
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Gives other bytes than were written. */
class SpoiltMemory extends TransientMemory {
  isSpoilt = false;

  override async read(at: number, length: number): Promise<Uint8Array> {
    const bytes = await super.read(at, length);
    if (this.isSpoilt && bytes.length > 0) bytes[0] = bytes[0]! ^ 1;
    return bytes;
  }
}
