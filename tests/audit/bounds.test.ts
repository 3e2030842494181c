// Goal: whoever writes the log decides how much there is of everything, and an audit neither fails of it nor keeps all of it at once.
// Method: logs and states with more of one thing than a call, a text or a table holds; what is said is compared with what a plain
//         audit says, or with what there is.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { audit, installAuditHost, type AuditOptions } from '../../src/audit/index.ts';
import { listen, tell, type Told } from '../../src/audit/told.ts';
import { utf8Encode } from '../../src/bytes/index.ts';
import { finding, type Finding } from '../../src/judgement/index.ts';
import { prepareCommit, type LogStore } from '../../src/log/index.ts';
import { encodeEnvelope } from '../../src/statement/cose.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { made, openBench, seen } from '../ledger/bench.ts';
import { GENESIS_MS, ID, logKey, logSigner, ORIGIN } from '../support/cast.ts';

let store: LogStore;
beforeEach(async () => {
  ({ store } = await openBench(new MemoryStore()));
});
afterEach(() => installAuditHost(undefined));

/** Writes statements as the log's owner could, no questions asked. */
async function smuggle(statements: readonly Uint8Array[]): Promise<void> {
  const options = { recordTimeMs: GENESIS_MS, origin: ORIGIN, signer: logSigner };
  const drafts = statements.map((bytes) => ({ bytes, postings: () => [] }));
  for (let from = 0; from < drafts.length; from += 500) {
    const { commit } = prepareCommit(await store.readHead(), drafts.slice(from, from + 500), options);
    await store.commit(commit);
  }
}

async function said(options: Partial<AuditOptions> = {}) {
  const findings: Finding[] = [];
  const report = await audit(store, {
    logKey,
    checkDerived: false,
    onFinding: (found) => findings.push(found),
    ...options,
  });
  return { report, findings: findings.map((found) => JSON.stringify(found)).sort() };
}

describe('an audit', () => {
  it('goes on from a state that refuses any number of entries', async () => {
    const { state } = (await said()).report;
    const refused = Array.from({ length: 300_000 }, (_, i) => i % state!.size);
    expect((await said({ state: { ...state!, refused } })).report.ok).toBe(true);
  });

  it('knows its keys after more strangers than it remembers', async () => {
    const payload = utf8Encode('{}');
    const strangers = Array.from({ length: 10_500 }, (_, sequence) => {
      const kid = new Uint8Array(32);
      new DataView(kid.buffer).setUint32(0, sequence + 1);
      const header = {
        kind: 'events',
        issuer: ID.maker,
        subject: '',
        audience: ORIGIN,
        kid,
        sequence,
      } as const;
      return encodeEnvelope(header, payload).finish(new Uint8Array(64));
    });
    await smuggle([made([1]), ...strangers, made([2]), seen(1)]);
    const { report } = await said();
    expect([report.log.ok, report.units, report.events]).toEqual([true, 2, 3]);
  });

  it('says the same of a log that records every event twice, however few it may hold', async () => {
    const events = Array.from({ length: 30 }, (_, n) => (n % 3 === 0 ? made([n]) : seen(n - (n % 3))));
    await smuggle([...events, ...events]);
    const whole = await said();
    expect(whole.findings.length).toBeGreaterThan(10);
    for (const mentionsMax of [1, 3, 20]) expect(await said({ mentionsMax })).toEqual(whole);
  });

  it('ends the threads that did start where one cannot', async () => {
    const ended: number[] = [];
    let started = 0;
    installAuditHost({
      startThread: () => {
        const number = started++;
        if (number === 2) throw new Error('no more threads');
        return { post: () => undefined, terminate: async () => void ended.push(number) };
      },
      openSpill: () => {
        throw new Error('not wanted');
      },
    });
    await expect(said({ workers: 4 })).rejects.toThrow('no more threads');
    expect(ended).toEqual([0, 1]);
  });
});

describe('what a thread tells', () => {
  it('is told whole, in texts of bounded length', () => {
    const foundOf = (n: number): Finding =>
      finding({
        code: 'SG-07',
        severity: 4,
        subject: { type: 'statement', id: String(n) },
        acts: [],
        facts: [n],
        detail: 'x',
      });
    const folded = Array.from({ length: 12_001 }, (_, n) => foundOf(n));
    const gained = { findings: folded.slice(0, 6000), records: { 'SG-07': 7 } } as const;
    const told: Told = {
      folded,
      records: folded.slice(0, 7),
      counted: { 'SG-07': 3 },
      changes: { gained, lost: { findings: [], records: {} } },
      waiting: [{ unit: 'u', asks: ['v'] }],
      stock: [],
    };
    const parts = tell(told).map(listen);
    expect(parts.length).toBe(3);
    expect(parts.flatMap((part) => part.folded)).toEqual(told.folded);
    expect(parts.flatMap((part) => part.records)).toEqual(told.records);
    expect(parts.flatMap((part) => part.waiting)).toEqual(told.waiting);
    expect(parts.flatMap((part) => part.changes!.gained.findings)).toEqual(gained.findings);
    expect(parts.map((part) => [part.counted, part.changes!.gained.records])).toEqual([
      [{ 'SG-07': 3 }, { 'SG-07': 7 }],
      [{}, {}],
      [{}, {}],
    ]);
    expect(tell({ ...told, folded: [], changes: undefined }).length).toBe(1);
  });
});
