// Goal: real worker threads say what one thread says, end with the audit whatever ends it, and leave nothing behind.
// Method: the built package, as users import it; random worlds in memory, audited with 1, 2 and 4 workers; aborts and broken threads.
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { audit, type AuditOptions, type Finding } from 'countermark';
import { installAuditHost } from 'countermark/audit';
import { nodeHost } from 'countermark/node';
import { MemoryStore } from '../../src/store/memory/index.ts';
import type { LogStore } from '../../src/log/index.ts';
import { randomWorld } from '../ledger/random-world.ts';
import { logKey } from '../support/cast.ts';

const SEEDS = process.env['SLOW'] === '1' ? [11, 12, 16, 17] : [11];

async function recorded(seed: number): Promise<LogStore> {
  const world = await randomWorld(seed, 25);
  await world.record();
  return world.store;
}

/** Everything an audit says but how many worked on it; what is only recorded in any order. */
async function said(store: LogStore, options: Partial<AuditOptions>): Promise<readonly [string, number]> {
  const findings: Finding[] = [];
  const { workers, ...report } = await audit(store, {
    logKey,
    onFinding: (found) => findings.push(found),
    ...options,
  });
  return [JSON.stringify([report, findings.map((found) => JSON.stringify(found)).sort()]), workers];
}

function leftBehind(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('countermark-audit-'));
}

afterEach(() => installAuditHost(nodeHost));

describe('an audit by worker threads', () => {
  it('says what one thread says, byte for byte', async () => {
    for (const seed of SEEDS) {
      const store = await recorded(seed);
      const [alone] = await said(store, {});
      for (const workers of [2, 4]) {
        for (const options of [
          {},
          { mentionsMax: 5 },
          { checkDerived: false },
          { policy: { checksStop: 3 } },
        ]) {
          const [one] = await said(store, options);
          expect(await said(store, { ...options, workers })).toEqual([one, workers]);
        }
      }
      expect((await said(store, { workers: 2 }))[0]).toBe(alone);
    }
  }, 120_000);

  it('says the same of a damaged log, and of none', async () => {
    const store = await recorded(13);
    const read = store.readEntries.bind(store);
    store.readEntries = async (first, end) =>
      (await read(first, end)).map(({ index, bytes }) => {
        if (index === 9) bytes[60]! ^= 1;
        return { index, bytes };
      });
    for (const of of [store, new MemoryStore()]) {
      const [alone] = await said(of, {});
      expect(alone).toContain('LG-0');
      expect((await said(of, { workers: 2 }))[0]).toBe(alone);
    }
  });

  it('ends with the reason of an abort, in every phase', async () => {
    const store = await recorded(14);
    const reason = new Error('enough');
    for (const phase of ['entries', 'subjects', 'derived']) {
      const stop = new AbortController();
      const onProgress = (step: { readonly phase: string }): void => {
        if (step.phase === phase) stop.abort(reason);
      };
      await expect(audit(store, { logKey, workers: 2, signal: stop.signal, onProgress })).rejects.toBe(
        reason,
      );
    }
    expect(leftBehind()).toEqual([]);
  });

  it('rejects when a thread cannot start, or ends', async () => {
    const store = await recorded(15);
    installAuditHost({
      ...nodeHost,
      startThread: (_module, ears) => nodeHost.startThread!('file:///nowhere.js', ears),
    });
    await expect(audit(store, { logKey, workers: 2 })).rejects.toThrow(/nowhere/);
    const started: { terminate(): Promise<void> }[] = [];
    installAuditHost({
      ...nodeHost,
      startThread: (module, ears) => {
        const thread = nodeHost.startThread!(module, ears);
        started.push(thread);
        return thread;
      },
    });
    const read = store.readEntries.bind(store);
    store.readEntries = async (first, end) => {
      await Promise.all(started.map((thread) => thread.terminate()));
      return read(first, end);
    };
    await expect(audit(store, { logKey, workers: 2 })).rejects.toThrow('a worker thread ended');
  });

  it('is done by one where there are no threads', async () => {
    const store = await recorded(16);
    installAuditHost(undefined);
    expect((await said(store, { workers: 4 }))[1]).toBe(1);
  });
});
