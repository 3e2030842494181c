/**
 * The command line of the benchmark, and the two sizes of a run.
 *
 * Reads  nothing.   Used by  ../main.ts, ../suite.ts, tests.
 * Rule   unknown flags are refused before anything runs.
 * @module
 */
import type { Rounds } from './rounds.ts';

/** How much is run: more rounds and longer ones steady the figures, nothing else. */
export interface Size extends Rounds {
  /** Time one contestant of a micro-benchmark runs in a round, ms. */
  readonly budgetMs: number;
  /** Units of the ledger that is audited and checked. */
  readonly ledgerUnits: number;
  /** Statements appended in a round, one a commit. */
  readonly singles: number;
  /** Commits of a thousand statements in a round. */
  readonly thousands: number;
  /** Scans checked in a round. */
  readonly checks: number;
}

export const DEFAULT_SIZE: Size = Object.freeze({
  rounds: 7,
  warmups: 2,
  budgetMs: 400,
  ledgerUnits: 4000,
  singles: 300,
  thousands: 2,
  checks: 1000,
});

export const QUICK_SIZE: Size = Object.freeze({
  rounds: 5,
  warmups: 1,
  budgetMs: 100,
  ledgerUnits: 800,
  singles: 60,
  thousands: 1,
  checks: 500,
});

/** A run as the command line asks for it. */
export interface Command {
  readonly size: Size;
  readonly json: boolean;
  /** Names, or beginnings of names up to a dot, to run; empty: all. */
  readonly only: readonly string[];
  readonly help: boolean;
}

/** A command line that cannot be followed; the message says why. */
export class UsageError extends Error {}

/**
 * Reads the command line.
 * @param words - without the program's name.
 * @param names - of all benchmarks, for `--only`.
 * @throws {UsageError} for an unknown flag or name, or a missing value.
 */
export function parseCommand(words: readonly string[], names: readonly string[]): Command {
  const only: string[] = [];
  const command = { size: DEFAULT_SIZE, json: false, only, help: false };
  const queue = [...words];
  for (let flag = queue.shift(); flag !== undefined; flag = queue.shift()) {
    switch (flag) {
      case '--json':
        command.json = true;
        break;
      case '--quick':
        command.size = QUICK_SIZE;
        break;
      case '--help':
        command.help = true;
        break;
      case '--only':
        only.push(nameAfter(queue.shift(), names));
        break;
      default:
        throw new UsageError(`unknown flag ${flag}; --help lists them`);
    }
  }
  return command;
}

/** True if `name` is asked for by `only`: by itself, or by what stands before one of its dots. */
export function isWanted(name: string, only: readonly string[]): boolean {
  return only.length === 0 || only.some((wanted) => name === wanted || name.startsWith(`${wanted}.`));
}

/** What `--help` prints. */
export function helpText(names: readonly string[]): string {
  return `usage: npm run bench -- [flags]

  --json        one JSON object on stdout instead of the table: {machine, results}
  --quick       fewer and shorter rounds, under 45 seconds
  --only NAME   one benchmark, or those whose names begin with NAME and a dot; may be repeated:
                ${names.join(' ')}
  --help        this text

Ledger files are made in the folder for temporary files (TMPDIR) and removed; it must be on a real disk.
Progress goes to stderr.
`;
}

function nameAfter(value: string | undefined, names: readonly string[]): string {
  if (value === undefined || value.startsWith('--')) throw new UsageError('--only needs a name');
  if (!names.some((name) => isWanted(name, [value]))) {
    throw new UsageError(`unknown benchmark "${value}"; there are ${names.join(', ')}`);
  }
  return value;
}
