// Goal:   what an audit reads once more is what it hashed: a file that changes under a running audit puts nothing into findings that is
//         not in the tree, and is told as damage; stored data that is missing is told as missing however little a store answers.
// Method: stores whose answers change from the second reading on, or end early; each way there is to read an entry again.
import { beforeEach, describe, expect, it } from 'vitest';
import { audit, TransientMemory, type AuditReport } from '../../src/audit/index.ts';
import { observe } from '../../src/epcis/index.ts';
import type { Finding } from '../../src/judgement/index.ts';
import { prepareCommit, type LogStore } from '../../src/log/index.ts';
import { signStatement } from '../../src/statement/index.ts';
import { documents } from '../../src/epcis/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { events, lotStatement, made, openBench, seen, unitOf } from '../ledger/bench.ts';
import { GENESIS_MS, ID, logKey, logSigner, ORIGIN, SIGNER, SITE } from '../support/cast.ts';

let store: LogStore;
let memory: TransientMemory;
beforeEach(async () => {
  ({ store } = await openBench(new MemoryStore()));
  memory = new TransientMemory();
});

/** Writes statements as the log's owner could, no questions asked; returns the index of the first. */
async function smuggle(statements: readonly Uint8Array[]): Promise<number> {
  const head = await store.readHead();
  const options = { recordTimeMs: GENESIS_MS, origin: ORIGIN, signer: logSigner };
  const drafts = statements.map((bytes) => ({ bytes, postings: () => [] }));
  await store.commit(prepareCommit(head, drafts, options).commit);
  return head!.size;
}

async function said(checkDerived = false): Promise<{ report: AuditReport; findings: readonly Finding[] }> {
  const findings: Finding[] = [];
  const onFinding = (found: Finding): void => void findings.push(found);
  const report = await audit(store, { logKey, checkDerived, memory, onFinding });
  return { report, findings };
}

/** Has entry `index` read as other bytes, or as none, once it was read for the first time. */
function changeAfterwards(index: number, change: (bytes: Uint8Array) => Uint8Array | undefined): void {
  const [read, readAt] = [store.readEntries.bind(store), store.readEntriesAt.bind(store)];
  let isRead = false;
  store.readEntries = async (first, end) => {
    const found = (await read(first, end)).flatMap((entry) => {
      const bytes = isRead && entry.index === index ? change(entry.bytes) : entry.bytes;
      return bytes === undefined ? [] : [{ index: entry.index, bytes }];
    });
    isRead ||= found.some((entry) => entry.index === index);
    return found;
  };
  store.readEntriesAt = async (indexes) =>
    (await readAt(indexes)).map((bytes, i) =>
      isRead && indexes[i] === index && bytes !== undefined ? change(bytes) : bytes,
    );
}

const flipped = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte));

/** Logs of which some entry is read again, and which. */
const LOGS: Readonly<Record<string, () => Promise<number>>> = {
  'an event id used twice': async () => {
    const event = observe({ ids: [unitOf(1)], time: GENESIS_MS, place: SITE.scanner });
    const eventID = 'urn:uuid:1e0a8b9c-0000-4000-8000-000000000001';
    const list = [0, 1].map((n) => ({ ...event, eventID, eventTime: `2026-01-0${n + 1}T00:00:00.000Z` }));
    return (await smuggle([made([1]), ...list.map((one) => events('scanner', [one]))])) + 2;
  },
  'a lot beyond its quantity': async () => {
    const more = [lotStatement(2), made([1, 2]), made([3])];
    return (await smuggle(more)) + 2;
  },
  'a number of a key used twice': async () =>
    (await smuggle(
      [1, 2].map((n) => {
        const list = [observe({ ids: [unitOf(n)], time: GENESIS_MS + n, place: SITE.scanner })];
        const payload = documents(list, { creationTime: GENESIS_MS })[0]!;
        const signer = SIGNER.scanner;
        const issuer = ID.scanner;
        return signStatement({ kind: 'events', payload, issuer, audience: ORIGIN, sequence: 7e6, signer });
      }),
    )) + 1,
};

describe.each(Object.entries(LOGS))('a log with %s', (_name, write) => {
  it('is read again and holds', async () => {
    const index = await write();
    let reads = 0;
    changeAfterwards(index, (bytes) => {
      reads++;
      return bytes;
    });
    const { report, findings } = await said();
    expect([report.log.ok, reads > 0]).toEqual([true, true]);
    expect(
      findings.some(({ proof, severity }) => severity > 0 && proof.some((ref) => ref.entry === index)),
    ).toBe(true);
  });

  it.each([
    ['other bytes', flipped, 'its bytes are not those that were hashed before'],
    ['no entry any more', () => Uint8Array.of(1), 'its bytes are not those that were hashed before'],
    ['nothing', () => undefined, 'it is not there any more'],
  ])('says so where %s stand there meanwhile', async (_what, change, why) => {
    const index = await write();
    changeAfterwards(index, change);
    const { report, findings } = await said();
    const firstBad = { entry: index, code: 'LG-02', why: `while it was audited, ${why}` };
    expect(report).toMatchObject({ ok: false, log: { ok: false, firstBad }, derived: { ok: undefined } });
    expect(report.state).toBeUndefined();
    expect(findings.map(({ code }) => code)).toContain('LG-02');
    expect(await memory.recall()).toBeUndefined();
  });
});

describe('derived data', () => {
  it('is named by nothing but entries that were hashed', async () => {
    const index = await smuggle([made([1]), seen(1)]);
    changeAfterwards(index, flipped);
    const { report } = await said(true);
    expect(report.log.firstBad).toMatchObject({ entry: index, code: 'LG-02' });
  });

  it('is missing where a store answers less than it was asked for', async () => {
    await smuggle([made([1]), seen(1)]);
    const read = store.readNodes.bind(store);
    const whole = await said(true);
    expect(whole.report.derived.differences.filter((text) => text.startsWith('tree node'))).toEqual([]);
    (store as { readNodeRun?: unknown }).readNodeRun = undefined;
    store.readNodes = async (indexes) => (await read(indexes)).slice(0, -2);
    const { differences } = (await said(true)).report.derived;
    expect(differences).toContain('tree node 15 is missing');
    expect(differences).toContain('tree node 14 is missing');
  });

  it('says that the head is not that of the last entry, whatever stands there', async () => {
    const last = await smuggle([seen(1)]);
    changeAfterwards(last, () => Uint8Array.of(1));
    const { report } = await said(true);
    expect([report.log.ok, report.ok]).toEqual([false, false]);
  });
});
