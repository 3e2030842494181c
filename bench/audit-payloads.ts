/**
 * `audit.batched` and `audit.bulk`: whole audits where a signature stands for much, against reading the same payloads and no more.
 *
 * Reads  lib/.   Used by  suite.ts.
 * Method `batched`: statements of a hundred events of one unit each; the baseline parses their payloads. `bulk`: events naming a
 *        hundred units each; the baseline parses them and puts each unit into one Map. Audits have two workers and a process of
 *        their own, baselines one thread.
 * @module
 */
import { utf8Decode } from '../dist/bytes/index.js';
import type { EpcisDocument } from '../dist/epcis/index.js';
import type { Benchmark, Context } from './context.ts';
import { payloadsOf, readStatements } from './lib/entries.ts';
import { runJob } from './lib/jobs.ts';
import type { LogKind } from './lib/journey.ts';
import { Plan } from './lib/plan.ts';
import { compare, interleave, type Result } from './lib/rounds.ts';

export const batchedAuditBenchmark: Benchmark = {
  names: ['audit.batched'],
  run: (context) =>
    measure(context, 'batched', {
      name: 'audit.batched',
      unit: 'events/s',
      baseline: 'JSON.parse of the same payloads, one thread',
      count: ({ epcisBody }) => epcisBody.eventList.length,
    }),
};

export const bulkAuditBenchmark: Benchmark = {
  names: ['audit.bulk'],
  run: (context) => {
    const units = new Map<string, number>();
    return measure(context, 'bulk', {
      name: 'audit.bulk',
      unit: 'movements/s',
      baseline: 'JSON.parse of the same payloads, each unit into one Map, one thread',
      begin: () => units.clear(),
      count: ({ epcisBody }) => {
        let named = 0;
        for (const event of epcisBody.eventList) {
          const ids = 'epcList' in event ? (event.epcList ?? []) : [];
          for (const id of ids) units.set(id, named++);
        }
        return named;
      },
    });
  },
};

interface Measured {
  readonly name: string;
  readonly unit: string;
  readonly baseline: string;
  readonly begin?: () => void;
  /** What the baseline does with a parsed payload; what it counts is the unit of the rates. */
  readonly count: (document: EpcisDocument) => number;
}

async function measure(context: Context, kind: LogKind, measured: Measured): Promise<Result[]> {
  const entries = kind === 'batched' ? context.size.batchedEntries : context.size.bulkEntries;
  const path = await context.logs.file({ kind, pace: entries, entries });
  const { logKey } = new Plan(kind, entries).cast;
  const payloads = payloadsOf(await readStatements(path, 0, entries));
  const read = (): { total: number; elapsedMs: number } => {
    measured.begin?.();
    const startedMs = performance.now();
    let total = 0;
    for (const payload of payloads) {
      total += measured.count(JSON.parse(utf8Decode(payload)) as EpcisDocument);
    }
    return { total, elapsedMs: performance.now() - startedMs };
  };
  const { total } = read();
  const rate = (elapsedMs: number): number => (total / elapsedMs) * 1000;
  const audit = async (): Promise<number> =>
    rate((await runJob({ job: 'audit', path, logKey, workers: 2 })).elapsedMs);
  const [ours, theirs] = await interleave(
    [
      { name: 'countermark', run: audit },
      { name: 'JSON.parse', run: () => rate(read().elapsedMs) },
    ],
    { ...context.size, warmups: 0 },
    context.progress(`${measured.name} of ${total}`),
  );
  const { name, unit, baseline } = measured;
  return [compare({ name, unit, baseline }, ours!, theirs!)];
}
