/**
 * `judge.*`: what judging costs an event and a unit it names, against the target: 10 µs an event and 1.5 µs for each unit named.
 *
 * Reads  lib/judging.ts, lib/journeys.ts, lib/jobs.ts (the simulated log).   Used by  suite.ts.
 * Method the acts of honest journeys lie in memory, as an audit has collected them; a round folds all custody and judges every
 *        unit and container anew. No signature, no parsing, no log. Worlds with one unit an event and with a hundred give the
 *        cost of a further unit named; in one world, loggers report some 220 readings of each unit. The last log is a simulated one,
 *        full of scans, reports and findings, in a process of its own as an audit is: it needs all rules, so more passes to warm
 *        up, and a round is some passes, so that each has its share of collected garbage.
 * @module
 */
import type { Benchmark, Context } from './context.ts';
import { runJob } from './lib/jobs.ts';
import { journeys, type Travel } from './lib/journeys.ts';
import { judgeAll, type Look } from './lib/judging.ts';
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

/** Units of the simulated log relative to those of the ledger, at least; the simulation makes no fewer. */
const SIMULATED_SHARE = 0.25;
const SIMULATED_MIN = 200;
/** Passes over the simulated log before it is measured, and in each round. */
const SIMULATED_WARMUPS = 60;
const SIMULATED_PASSES = 10;

export const judgeBenchmark: Benchmark = {
  names: [...WORLDS.map(({ name }) => name), 'judge.simulated', 'judge.unit'],
  async run(context) {
    const worlds = WORLDS.map(({ name, travel, share }) => ({
      name,
      world: journeys(new World(context.size.ledgerUnits * share), travel),
    }));
    const figures = await interleave(
      worlds.map(({ name, world }) => ({ name, run: () => judgeAll(world, mustBeHonest) })),
      context.size,
      context.progress('judge'),
    );
    const results = worlds.map(({ name, world }, i) => resultOf(name, world, figures[i]!));
    results.push(await judgeSimulated(context));
    const [single, hundred] = figures;
    const units = single!.map((one, round) => (hundred![round]! - one) / 99);
    const baseline = `the target: ${UNIT_US} µs for each further unit an event names`;
    return [...results, compare({ name: 'judge.unit', unit: 'µs/unit', baseline }, units, [UNIT_US])];
  },
};

async function judgeSimulated({ size, say }: Context): Promise<Result> {
  const name = 'judge.simulated';
  say(`${name}: in a process of its own`);
  const { figures, events, named } = await runJob({
    job: 'judge',
    units: Math.max(SIMULATED_MIN, size.ledgerUnits * SIMULATED_SHARE),
    warmups: SIMULATED_WARMUPS,
    rounds: size.rounds,
    passes: SIMULATED_PASSES,
  });
  return resultOf(name, { events, named }, figures);
}

function resultOf(
  name: string,
  { named, events }: { readonly named: number; readonly events: number },
  figures: readonly number[],
): Result {
  const target = EVENT_US + (UNIT_US * named) / events;
  const baseline = `the target: ${EVENT_US} µs an event + ${UNIT_US} µs a unit it names (here ${(named / events).toFixed(1)})`;
  return compare({ name, unit: 'µs/event', baseline }, figures, [target]);
}

const mustBeHonest: Look = (findings) => {
  for (const { code, severity } of findings) {
    if (severity > 0) throw new Error(`an honest journey of the benchmark gives ${code}`);
  }
};
