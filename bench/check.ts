/**
 * `check.p50` and `check.p99`: how long a scan at a counter waits for its verdict, against one bare signature verification.
 *
 * Reads  lib/, the package by its name.   Used by  suite.ts.
 * Method each round is a new process with its own codes, of units drawn without order from all that lie in the clinics. Its first
 *        scans are the cold ones, the rest the warm ones; no unit is scanned twice. The verdict includes the label's signature, the
 *        journey, the judgement and a receipt. Bare verifications run between the scans.
 * @module
 */
import { writeFileSync } from 'node:fs';
import { sgtin, signUnitCodes, toElementString } from '../dist/gs1/index.js';
import type { Benchmark, Context } from './context.ts';
import { DAY_MS, EXPIRY, gtinOf, START_MS } from './lib/cast.ts';
import { runJob, type CheckFigures, type Scanned } from './lib/jobs.ts';
import { GROUP_UNITS, lotName, lotNumber, makerNumber, serialInGroup } from './lib/journey.ts';
import { NODE_CRYPTO } from './lib/keys.ts';
import { HUGE_TIMES } from './lib/options.ts';
import { Plan } from './lib/plan.ts';
import { compare, interleave, type Result } from './lib/rounds.ts';

const RANKS = ['p50', 'p99'] as const;
const HEATS = [
  ['cold', 'in a fresh process'],
  ['warm', 'in a process that has answered as many scans'],
] as const;
/** Odd and no divisor of any number of units: steps through all of them in an order far from theirs in the log. */
const STRIDE = 7919;
const CLOCK_MS = START_MS + 40 * DAY_MS;
/** Statements of events of a group, and how many groups are added so that enough have reached the clinics. */
const GROUP_STATEMENTS = 16;
const UNDER_WAY = 1.25;

export const checkBenchmark: Benchmark = {
  names: RANKS.map((rank) => `check.${rank}`),
  async run(context) {
    const { stockedUnits } = context.size;
    const [figures] = await measure(context, [stockedUnits]);
    return against(
      figures!,
      'check',
      `one ${NODE_CRYPTO}, ${stockedUnits} units on disk`,
      ({ bareUs }) => bareUs,
    );
  },
};

/** The same with ten times as many units, against itself. */
export const hugeCheckBenchmark: Benchmark = {
  names: RANKS.map((rank) => `check.${rank}.10m`),
  async run(context) {
    const { stockedUnits } = context.size;
    const [many, few] = await measure(context, [stockedUnits * HUGE_TIMES, stockedUnits]);
    return HEATS.flatMap(([heat, how]) =>
      RANKS.map((rank) => {
        const of = (round: Round): number => round[heat][rank];
        const baseline = `itself at ${stockedUnits} units, ${how}`;
        return compare({ name: `check.${rank}.10m`, unit: 'µs', baseline }, many!.map(of), few!.map(of));
      }),
    );
  },
};

type Round = Readonly<Record<'cold' | 'warm', CheckFigures>>;

function against(
  rounds: readonly Round[],
  name: string,
  baseline: string,
  other: (figures: CheckFigures) => number,
): Result[] {
  return HEATS.flatMap(([heat, how]) =>
    RANKS.map((rank) =>
      compare(
        { name: `${name}.${rank}`, unit: 'µs', baseline: `${baseline}, ${how}` },
        rounds.map((round) => round[heat][rank]),
        rounds.map((round) => other(round[heat])),
      ),
    ),
  );
}

/** Rounds of scans at each number of units. */
async function measure(context: Context, numbers: readonly number[]): Promise<Round[][]> {
  const contestants = [];
  for (const units of numbers) {
    const path = await stockedLog(context, units);
    const plan = new Plan('stocked', paceOf(units));
    const { logKey } = plan.cast;
    const run = async (round: number): Promise<Round> => {
      const codes = context.workspace.file(`codes-${units}.json`);
      writeFileSync(codes, JSON.stringify(scansOf(plan, units, context.size.checks * 2, round)));
      const { operations } = context.size;
      return runJob({ job: 'check', path, logKey, codes, timeMs: CLOCK_MS, operations });
    };
    contestants.push({ name: String(units), run });
  }
  return interleave(contestants, { ...context.size, warmups: 0 }, context.progress('check'));
}

/** A log in which this many units lie in the clinics. */
export async function stockedLog({ logs }: Context, units: number): Promise<string> {
  const entries = paceOf(units);
  return logs.file({ kind: 'stocked', pace: entries, entries });
}

/** Entries of a log of so many units. */
export function paceOf(units: number): number {
  return 500 + Math.ceil((units / GROUP_UNITS) * GROUP_STATEMENTS * UNDER_WAY);
}

/** Codes of a round's own units, on labels signed by their makers. */
function scansOf(plan: Plan, units: number, count: number, round: number): Scanned[] {
  return Array.from({ length: Math.min(count, units) }, (_, i) => {
    const number = ((round * count + i) * STRIDE) % units;
    const group = Math.floor(number / GROUP_UNITS);
    const maker = makerNumber('stocked', group);
    const gtin = gtinOf(maker);
    const serial = serialInGroup('stocked', group, number % GROUP_UNITS);
    const code = { gtin, serial, lot: lotName(lotNumber('stocked', group)), expiry: EXPIRY };
    const [signed] = signUnitCodes([code], plan.cast.makers[maker]!.signer);
    const { clinic } = plan.hands(group);
    return { unit: sgtin(gtin, serial), code: toElementString(signed!), place: clinic.place };
  });
}
