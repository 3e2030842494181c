// Goal:   an audit by threads needs room beside memory only for what memory does not hold; trouble with it is told as what it is,
//         whichever thread meets it, and a host that cannot do its part is refused at once.
// Method: a log whose rules ask for lists of ids, which threads read from the spill; spills that fail, lack parts or have no handle.
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { audit, installAuditHost, type AuditHost, type AuditOptions } from '../../src/audit/index.ts';
import { openSpill } from '../../src/audit/host.ts';
import { MemorySpill } from '../../src/audit/spill.ts';
import { observe } from '../../src/epcis/index.ts';
import { StoreError } from '../../src/errors.ts';
import type { Finding } from '../../src/judgement/index.ts';
import type { LogStore } from '../../src/log/index.ts';
import { nodeHost } from '../../src/node/index.ts';
import { readSpilled, TemporarySpill } from '../../src/node/temporary-spill.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { events, made, openBench, unitOf } from '../ledger/bench.ts';
import { GENESIS_MS, logKey, SITE } from '../support/cast.ts';
import { pretendedHost, pretendedThread } from '../support/threads.ts';

const LARGE = 2 ** 30;
let store: LogStore;

beforeAll(async () => {
  const bench = await openBench(new MemoryStore());
  ({ store } = bench);
  const numbers = Array.from({ length: 100 }, (_, n) => n * 1009);
  await bench.ledger.append(made(numbers));
  // Two by one party at one time: which comes first shows by what they name.
  for (const count of [100, 99]) {
    const ids = numbers.slice(-count).map(unitOf);
    await bench.ledger.append(events('scanner', [observe({ ids, time: GENESIS_MS, place: SITE.scanner })]));
  }
});
afterEach(() => installAuditHost(undefined));

async function said(host: Partial<AuditHost>, options: Partial<AuditOptions> = {}): Promise<string> {
  installAuditHost({ ...pretendedHost, ...host });
  const findings: Finding[] = [];
  const { workers, ...report } = await audit(store, {
    logKey,
    mentionsMax: 1,
    workers: 2,
    onFinding: (found) => findings.push(found),
    ...options,
  });
  expect(workers).toBe(options.workers ?? 2);
  return JSON.stringify([report, findings.map((found) => JSON.stringify(found)).sort()]);
}

function fails(): never {
  throw new StoreError('ERR_STORE_IO', "couldn't read a temporary file", {
    cause: new Error('EIO: i/o error'),
    details: { at: 7 },
    fatal: true,
  });
}

describe('an audit by threads', () => {
  it('has threads read lists of ids from the spill, or a copy of them where they cannot', async () => {
    let reads = 0;
    const counting = pretendedThread((handle, start, length) => {
      reads++;
      return readSpilled(handle, start, length);
    });
    const alone = await said({}, { workers: 1 });
    expect(await said({ startThread: counting })).toBe(alone);
    expect(reads).toBeGreaterThan(0);
    reads = 0;
    expect(await said({ startThread: counting, openSpill: () => new MemorySpill() })).toBe(alone);
    expect(reads).toBe(0);
  });

  it('does without room beside memory where the log is small', async () => {
    const alone = await said({}, { workers: 1 });
    expect(await said({ openSpill: fails })).toBe(alone);
  });

  it('says of a spill that a thread cannot read what the main thread says of it', async () => {
    const failed = said({ startThread: pretendedThread(fails) });
    await expect(failed).rejects.toBeInstanceOf(StoreError);
    await expect(failed).rejects.toMatchObject({
      code: 'ERR_STORE_IO',
      message: "couldn't read a temporary file",
      details: { at: 7 },
      fatal: true,
      cause: { message: 'EIO: i/o error' },
    });
  });

  it('gives the reason of a thread that could not begin', async () => {
    const { startThread } = pretendedHost;
    const spoiling: AuditHost['startThread'] = (module, ears) => {
      const thread = startThread!(module, ears);
      return {
        ...thread,
        post: (message, transfer) => {
          const { order, setup } = message as { order: string; setup?: object };
          const spoilt = { order, setup: { ...setup, salt: 'no salt' } };
          thread.post(order === 'begin' ? spoilt : message, transfer);
        },
      };
    };
    await expect(said({ startThread: spoiling })).rejects.toThrow(/a thread of the audit failed: "salt"/);
  });
});

describe('room beside memory', () => {
  it('is asked for where a log is large, and what to do is said where there is none', () => {
    installAuditHost({ ...pretendedHost, openSpill: () => new TemporarySpill('/nowhere/at/all') });
    expect(openSpill(1000, 2)).toBeInstanceOf(MemorySpill);
    expect(() => openSpill(LARGE, 1)).toThrow(/TMPDIR/);
    expect(() => openSpill(LARGE, 2)).toThrow(expect.objectContaining({ code: 'ERR_STORE_IO' }));
    installAuditHost(nodeHost);
    const spill = openSpill(LARGE, 1);
    expect(spill).toBeInstanceOf(TemporarySpill);
    return spill.close();
  });

  it('must be a spill', async () => {
    const whole = { append: () => 0, read: fails, readNow: fails, close: async () => {}, handle: 'x' };
    const { close: _close, ...part } = whole;
    for (const wrong of [1, undefined, part, whole]) {
      const openSpill = () => wrong as never;
      await expect(said({ openSpill })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    }
  });
});
