// Browser-safe.
/**
 * What an audit that went on keeps for the next: keys and deadlines of what is new beside those it found, and the log as a whole.
 *
 * Reads  audit/ (keys, runs, the summary).   Used by  audit-on.ts.
 * Method what is new is one run more; runs of about one length are joined, so that there are few, and each number is written again only
 *        so often as the log doubles. Deadlines that were replaced stay: they only have something looked at once more.
 * @module
 */
import { KeyWriter, keyText, type Kept } from '../audit/keeping.ts';
import type { AuditMemory } from '../audit/memory.ts';
import { packRun, writeRun, type RunPlace, type RunReader } from '../audit/runs.ts';
import { mergedSummary, spellSummary, type Summary } from '../audit/summary.ts';
import type { Carried, GoneOnResult } from './audit-on-report.ts';

/** Keeps what the next audit goes on from. */
export async function keepOn(
  memory: AuditMemory,
  runs: RunReader,
  result: GoneOnResult,
  carried: Carried,
  { records, asks, wakes }: Kept,
): Promise<void> {
  const { summary, checkpoint, note, merge, added, fresh } = result;
  const { space } = summary;
  const keys = new KeyWriter(space);
  for (const { decoded } of fresh) for (const act of decoded?.acts ?? []) keys.add(act);
  for (const by of records) keys.addName(keyText.records(by), 0);
  for (const [unit, entry] of asks) keys.addName(keyText.asks(unit), entry);
  const kept: Summary = {
    ...mergedSummary(checkpoint, note, merge),
    registry: summary.registry,
    kids: summary.kids,
    units: summary.units + added.units,
    containers: summary.containers + added.containers,
    ...carried,
    counted: summary.counted,
    derived: summary.derived && result.isDerivedCompared,
    space,
    buckets: summary.buckets,
    levels: await joined(memory, runs, summary.levels, keys.finish()),
    wakes: await joined(memory, runs, summary.wakes, Float64Array.from(wakes)),
  };
  await memory.keep(spellSummary(kept));
}

/** A run joins the one before it unless that is at least so many times longer. */
const LONGER = 4;

/** Runs with one more, those of about one length joined. */
async function joined(
  memory: AuditMemory,
  runs: RunReader,
  places: readonly RunPlace[],
  added: Float64Array,
): Promise<readonly RunPlace[]> {
  if (added.length === 0) return places;
  const rest = [...places];
  let numbers = added;
  for (
    let last = rest.at(-1);
    last !== undefined && last.count < LONGER * numbers.length;
    last = rest.at(-1)
  ) {
    const before = await runs.all(last);
    const both = new Float64Array(before.length + numbers.length);
    both.set(before);
    both.set(numbers, before.length);
    numbers = both;
    rest.pop();
  }
  rest.push(await writeRun(memory, packRun(numbers)));
  return rest;
}
