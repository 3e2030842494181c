/**
 * Folding and judging everything that lies in memory, as an audit does: what `judge.*` measures.
 *
 * Reads  journeys.ts, the package by its name.   Used by  ../judge.ts, ../child.ts.
 * Method CPU time of all threads, garbage collection included: waiting is no cost of judging. What is only recorded is counted,
 *        as in an audit nobody listens to.
 * @module
 */
import { World } from '../../dist/custody/index.js';
import { Judge } from '../../dist/judgement/index.js';
import type { Collected } from './journeys.ts';

/** Takes the findings about a subject. */
export type Look = (findings: readonly { readonly code: string; readonly severity: number }[]) => void;

/** Folds and judges everything `passes` times, each time anew; µs an event. */
export function judgeAll(collected: Collected, look: Look, passes = 1): number {
  const started = process.cpuUsage();
  for (let pass = 0; pass < passes; pass++) judgeOnce(collected, look);
  const { user, system } = process.cpuUsage(started);
  return (user + system) / (passes * collected.events);
}

function judgeOnce({ registry, containers, units, lots, asOfMs }: Collected, look: Look): void {
  const world = new World(
    registry,
    containers,
    (unit) => units.get(unit) ?? [],
    (unit) => lots.get(unit),
    asOfMs,
  );
  const judge = new Judge(world, undefined, undefined, 'counted');
  for (const container of containers.keys()) look(judge.container(container));
  const all = [...units.keys()];
  let prepared = 0;
  for (const [i, unit] of all.entries()) {
    if (i === prepared) prepared = judge.prepare(all, i);
    look(judge.unit(unit));
  }
}
