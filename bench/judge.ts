/**
 * `judge.*`: what judging costs an event and a unit it names, against the target: 10 µs an event and 1.5 µs for each unit named.
 *
 * Reads  lib/journeys.ts, the package by its name.   Used by  suite.ts.
 * Method the acts of honest journeys lie in memory, as an audit has collected them; a round folds all custody and judges every
 *        unit and container anew. No signature, no parsing, no log. Worlds with one unit an event and with a hundred give the
 *        cost of a further unit named; in one world, loggers report some 220 readings of each unit. CPU time of all threads is measured, garbage collection included: waiting is no cost of judging.
 * @module
 */
import { World as Custody } from '../dist/custody/index.js';
import { Judge } from '../dist/judgement/index.js';
import type { Benchmark } from './context.ts';
import { journeys, type Collected, type Travel } from './lib/journeys.ts';
import { compare, interleave, type Result } from './lib/rounds.ts';
import { World } from './lib/world.ts';

const EVENT_US = 10;
const UNIT_US = 1.5;
/** Units of a world relative to those of the ledger on which other benchmarks run: fewer events name them. */
const WORLDS: readonly { readonly name: string; readonly travel: Travel; readonly share: number }[] = [
  { name: 'judge.single', travel: 'singly', share: 0.5 },
  { name: 'judge.hundred', travel: 'together', share: 2 },
  { name: 'judge.parted', travel: 'parted', share: 0.5 },
  { name: 'judge.mixed', travel: 'mixed', share: 0.5 },
  { name: 'judge.loggers', travel: 'logged', share: 0.5 },
];

export const judgeBenchmark: Benchmark = {
  names: [...WORLDS.map(({ name }) => name), 'judge.unit'],
  async run(context) {
    const worlds = WORLDS.map(({ name, travel, share }) => ({
      name,
      world: journeys(new World(context.size.ledgerUnits * share), travel),
    }));
    const figures = await interleave(
      worlds.map(({ name, world }) => ({ name, run: () => judgeAll(world) })),
      context.size,
      context.progress('judge'),
    );
    const results = worlds.map(({ name, world }, i): Result => {
      const target = EVENT_US + (UNIT_US * world.named) / world.events;
      const perEvent = (world.named / world.events).toFixed(1);
      const baseline = `the target: ${EVENT_US} µs an event + ${UNIT_US} µs a unit it names (here ${perEvent})`;
      return compare({ name, unit: 'µs/event', baseline }, figures[i]!, [target]);
    });
    const [single, hundred] = figures;
    const units = single!.map((one, round) => (hundred![round]! - one) / 99);
    const baseline = `the target: ${UNIT_US} µs for each further unit an event names`;
    return [...results, compare({ name: 'judge.unit', unit: 'µs/unit', baseline }, units, [UNIT_US])];
  },
};

/** Folds and judges everything once; µs an event. */
function judgeAll({ registry, containers, units, lots, asOfMs, events }: Collected): number {
  const started = process.cpuUsage();
  const world = new Custody(
    registry,
    containers,
    (unit) => units.get(unit) ?? [],
    (unit) => lots.get(unit),
    asOfMs,
  );
  const judge = new Judge(world);
  for (const container of containers.keys()) mustBeHonest(judge.container(container));
  for (const unit of units.keys()) mustBeHonest(judge.unit(unit));
  const { user, system } = process.cpuUsage(started);
  return (user + system) / events;
}

function mustBeHonest(findings: readonly { readonly code: string; readonly severity: number }[]): void {
  for (const { code, severity } of findings) {
    if (severity > 0) throw new Error(`an honest journey of the benchmark gives ${code}`);
  }
}
