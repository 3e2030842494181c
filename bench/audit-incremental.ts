/**
 * `audit.incremental`: auditing what is new on top of a large audited log, against a log of nothing but that and what it needs.
 *
 * Reads  lib/, the package by its name.   Used by  suite.ts.
 * Method the new events ship units that were commissioned and have not moved; appended to a copy of the large log, and with their
 *        commissionings to a ledger of their own. One goes on from what the auditor of the large log kept, the other begins with nothing.
 * @module
 */
import { copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Ledger } from '../dist/node-entry.js';
import { SqliteStore } from '../dist/store/sqlite/index.js';
import type { Benchmark, Context } from './context.ts';
import { ORIGIN, START_MS } from './lib/cast.ts';
import { readStatementsAt } from './lib/entries.ts';
import { runJob, type AuditJob } from './lib/jobs.ts';
import { Plan, type Planned } from './lib/plan.ts';
import { compare, interleave } from './lib/rounds.ts';
import type { Workspace } from './lib/workspace.ts';

const NAME = 'audit.incremental';
/** Name of what an auditor keeps, in a folder of its own: a second file lies beside it. */
const MEMORY = 'audit';

export const incrementalBenchmark: Benchmark = {
  names: [NAME],
  async run(context) {
    const { rounds, newEvents } = context.size;
    const { plan, large, small, kept } = await makeLedgers(context);
    const { logKey } = plan.cast;
    const [ours, theirs] = await interleave(
      [
        { name: 'incremental', run: () => goOn(large, logKey, kept, context.workspace) },
        { name: 'alone', run: () => auditMs({ path: small, logKey }) },
      ],
      { rounds, warmups: 0 },
      context.progress(NAME),
    );
    const baseline = `audit of a log of only those ${newEvents}, the registry and their commissionings`;
    return [compare({ name: NAME, unit: 'ms', baseline }, ours!, theirs!)];
  },
};

/** Each round goes on from a copy, for an audit moves on what it keeps. */
async function goOn(path: string, logKey: string, kept: string, workspace: Workspace): Promise<number> {
  const folder = workspace.file('going-on');
  rmSync(folder, { recursive: true, force: true });
  cpSync(kept, folder, { recursive: true });
  return auditMs({ path, logKey, memory: join(folder, MEMORY), mustGoOn: true });
}

async function auditMs(job: Omit<AuditJob, 'job' | 'workers'>): Promise<number> {
  return (await runJob({ job: 'audit', workers: 1, ...job })).elapsedMs;
}

async function makeLedgers(context: Context) {
  const { size, logs, workspace, say } = context;
  const { signedEntries: entries } = size;
  const log = await logs.file({ kind: 'signed', pace: entries, entries });
  const plan = new Plan('signed', entries);
  const enrolment = plan.enrolment();
  const made = await makeStatements(plan, log, enrolment.length, context);
  const { commissionings, shipments, recordedMs } = made;

  const kept = workspace.file('kept');
  mkdirSync(kept);
  say(`${NAME}: auditing ${entries} entries for what is kept to go on from`);
  const { logKey, logSigner } = plan.cast;
  await runJob({ job: 'audit', path: log, logKey, workers: 2, memory: join(kept, MEMORY) });

  const large = workspace.file('incremental.db');
  copyFileSync(log, large);
  const clock = () => recordedMs;
  const grown = await Ledger.open({ store: await SqliteStore.open(large), logKey, logSigner, clock });
  await appendAll(grown, shipments);

  const small = workspace.file('new-only.db');
  let nowMs = START_MS;
  const [genesis, ...registry] = enrolment;
  const store = await SqliteStore.open(small, { create: true });
  const alone = await Ledger.create({
    store,
    origin: ORIGIN,
    logSigner,
    genesis: genesis!,
    clock: () => nowMs,
  });
  await append(alone, registry);
  nowMs = recordedMs;
  await append(alone, commissionings);
  await appendAll(alone, shipments);
  return { plan, large, small, kept };
}

/** The new shipments, the commissionings they need, and when all of it is recorded. */
async function makeStatements(plan: Plan, log: string, first: number, { size }: Context) {
  const waiting = unmoved(plan, size.signedEntries - first).slice(0, size.newEvents);
  if (waiting.length < size.newEvents) throw new Error('too few units wait for their shipment');
  const commissionings = await readStatementsAt(
    log,
    waiting.map(({ entry }) => first + entry),
  );
  const shipped = waiting.map(({ planned }) => shipmentOf(plan, planned));
  const shipments = shipped.map((one) =>
    plan.cast.sign(one.party, 'events', plan.document(one), one.sequence),
  );
  // They are recorded as soon as the last has happened.
  return { commissionings, shipments, recordedMs: Math.max(...shipped.map(({ timeMs }) => timeMs)) };
}

/** Commissionings among the first `count` statements whose units have not been shipped, oldest first. */
function unmoved(plan: Plan, count: number): { planned: Planned; entry: number }[] {
  const [commissioning, shipment] = plan.stages;
  const found = new Map<number, { planned: Planned; entry: number }>();
  let entry = 0;
  for (const planned of plan.statements()) {
    if (entry === count) break;
    if (planned.stage === commissioning) found.set(planned.group, { planned, entry });
    else if (planned.stage === shipment) found.delete(planned.group);
    entry++;
  }
  return [...found.values()];
}

function shipmentOf(plan: Plan, { group, timeMs, party }: Planned): Planned {
  const stage = plan.stages[1]!;
  return { stage, group, party, sequence: party.sequence++, timeMs: timeMs + stage.afterMs };
}

async function appendAll(ledger: Ledger, statements: readonly Uint8Array[]): Promise<void> {
  await append(ledger, statements);
  await ledger.close();
}

async function append(ledger: Ledger, statements: readonly Uint8Array[]): Promise<void> {
  for (const outcome of await ledger.appendMany(statements, { findings: false, receipts: false })) {
    if (!outcome.ok) throw new Error('a statement of the benchmark was refused', { cause: outcome.error });
  }
}
