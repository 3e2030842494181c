/**
 * One job in a process of its own; its figures as JSON on stdout.
 *
 * Reads  the package by its name, lib/.   Used by  lib/jobs.ts, as a child process.
 * @module
 */
import { readFileSync } from 'node:fs';
import { FileMemory } from '../dist/node/index.js';
import { Ledger } from '../dist/node-entry.js';
import { SqliteStore } from '../dist/store/sqlite/index.js';
import type {
  AuditFigures,
  AuditJob,
  CheckFigures,
  CheckJob,
  JudgeFigures,
  JudgeJob,
  Scanned,
} from './lib/jobs.ts';
import { bareVerification } from './lib/keys.ts';
import { quantile } from './lib/statistics.ts';

async function audit({ path, logKey, workers, memory, mustGoOn }: AuditJob): Promise<AuditFigures> {
  const ledger = await Ledger.open({ store: await SqliteStore.open(path, { readonly: true }), logKey });
  const kept = memory === undefined ? undefined : new FileMemory(memory);
  try {
    const startedMs = performance.now();
    const report = await ledger.audit({ workers, ...(kept !== undefined && { memory: kept }) });
    const elapsedMs = performance.now() - startedMs;
    const { ok, size, events, counts, goneOn } = report;
    if (mustGoOn === true && (goneOn === undefined || goneOn.from === 0)) {
      throw new Error(`the audit did not go on: ${goneOn?.why}`);
    }
    if (mustGoOn !== true && report.workers !== workers)
      throw new Error(`the audit had ${report.workers} workers, not ${workers}`);
    if (!ok || Object.keys(counts).length > 0) {
      throw new Error(`an honest log of the benchmark gives ok=${ok}, ${JSON.stringify(counts)}`);
    }
    return { elapsedMs, size, events, peakBytes: process.resourceUsage().maxRSS * 1024 };
  } finally {
    kept?.close();
    await ledger.close();
  }
}

async function check(job: CheckJob): Promise<{ cold: CheckFigures; warm: CheckFigures }> {
  const scans = JSON.parse(readFileSync(job.codes, 'utf8')) as Scanned[];
  const verifyOnce = bareVerification();
  const { path, logKey, timeMs } = job;
  const store = await SqliteStore.open(path, { readonly: true });
  const ledger = await Ledger.open({ store, logKey, clock: () => timeMs });
  const half = scans.length / 2;
  const perScan = Math.ceil(job.operations / half);
  const scanAll = async (some: readonly Scanned[]): Promise<CheckFigures> => {
    const times: number[] = [];
    let bareMs = 0;
    for (const { unit, code, place } of some) {
      const startedMs = performance.now();
      const { subject, severity } = await ledger.check(code, { timeMs, place });
      const endedMs = performance.now();
      for (let i = 0; i < perScan; i++) verifyOnce();
      bareMs += performance.now() - endedMs;
      times.push((endedMs - startedMs) * 1000);
      if (subject !== unit || severity > 0) throw new Error('an honest unit is under suspicion');
    }
    const bareUs = (bareMs * 1000) / (perScan * some.length);
    return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), bareUs };
  };
  try {
    const cold = await scanAll(scans.slice(0, half));
    return { cold, warm: await scanAll(scans.slice(half)) };
  } finally {
    await ledger.close();
  }
}

async function judge({ units, warmups, rounds, passes }: JudgeJob): Promise<JudgeFigures> {
  // Only here: the other jobs measure processes that begin without.
  const { simulated } = await import('./lib/simulated.ts');
  const { judgeAll } = await import('./lib/judging.ts');
  const collected = await simulated(units);
  judgeAll(collected, () => {}, warmups);
  const figures = Array.from({ length: rounds }, () => judgeAll(collected, () => {}, passes));
  const { events, named } = collected;
  return { figures, events, named };
}

const job = JSON.parse(process.argv[2]!) as AuditJob | CheckJob | JudgeJob;
const JOBS = { audit, check, judge } as Readonly<Record<string, (job: never) => Promise<unknown>>>;
console.log(JSON.stringify(await JOBS[job.job]!(job as never)));
