/**
 * The command line of the benchmark, and the sizes of a run.
 *
 * Reads  nothing.   Used by  ../main.ts, ../suite.ts, tests.
 * Rule   unknown flags are refused before anything runs.
 * @module
 */
import type { Rounds } from './rounds.ts';

/** How much is run. Targets are meant for {@link FULL_SIZE}; the others show that everything works. */
export interface Size extends Rounds {
  /** Shortest time one contestant of a micro-benchmark runs in a round, ms. */
  readonly budgetMs: number;
  /** Operations of a baseline in a round, at least. */
  readonly operations: number;
  /** Entries of the log in which each statement is one event on one or two units. */
  readonly signedEntries: number;
  /** Entries of the log of statements of a hundred events each. */
  readonly batchedEntries: number;
  /** Entries of the log of events naming a hundred units each. */
  readonly bulkEntries: number;
  /** Units on disk where codes are checked. */
  readonly stockedUnits: number;
  /** New events of an incremental audit. */
  readonly newEvents: number;
  /** Entries of the ledger that is appended to. */
  readonly appendedTo: number;
  /** Statements appended in a round, one a commit. */
  readonly singles: number;
  /** Commits of a thousand statements in a round. */
  readonly thousands: number;
  /** Scans of each half of a round. */
  readonly checks: number;
  /** Unit codes signed, in all rounds together. */
  readonly codes: number;
  /** Units of the worlds in memory that are judged. */
  readonly ledgerUnits: number;
}

export const FULL_SIZE: Size = Object.freeze({
  rounds: 5,
  warmups: 1,
  budgetMs: 1000,
  operations: 20_000,
  signedEntries: 1_000_000,
  batchedEntries: 5_000,
  bulkEntries: 30_000,
  stockedUnits: 1_000_000,
  newEvents: 1000,
  appendedTo: 100_000,
  singles: 1000,
  thousands: 5,
  checks: 1000,
  codes: 1_000_000,
  ledgerUnits: 4000,
});

export const QUICK_SIZE: Size = Object.freeze({
  rounds: 2,
  warmups: 1,
  budgetMs: 50,
  operations: 400,
  signedEntries: 4200,
  batchedEntries: 360,
  bulkEntries: 800,
  stockedUnits: 3000,
  newEvents: 15,
  appendedTo: 1000,
  singles: 40,
  thousands: 1,
  checks: 100,
  codes: 4000,
  ledgerUnits: 400,
});

/** How many times larger a log is that needs `--huge`. */
export const HUGE_TIMES = 10;

/** A run as the command line asks for it. */
export interface Command {
  readonly size: Size;
  readonly format: 'text' | 'json' | 'markdown';
  /** True if what needs ten times the size is run too. */
  readonly huge: boolean;
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
  const command: { -readonly [K in keyof Command]: Command[K] } = {
    size: FULL_SIZE,
    format: 'text',
    huge: false,
    only,
    help: false,
  };
  const queue = [...words];
  for (let flag = queue.shift(); flag !== undefined; flag = queue.shift()) {
    switch (flag) {
      case '--json':
        command.format = 'json';
        break;
      case '--markdown':
        command.format = 'markdown';
        break;
      case '--quick':
        command.size = QUICK_SIZE;
        break;
      case '--huge':
        command.huge = true;
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

  --json        a JSON array of results on stdout instead of the table
  --markdown    the rows of a Markdown table
  --quick       small logs and few rounds, under a minute; says whether everything works, not how fast it is
  --huge        also what needs ten million entries or units: hours, and 70 GB of disk
  --only NAME   one benchmark, or those whose names begin with NAME and a dot; may be repeated:
${names.map((name) => `                  ${name}`).join('\n')}
  --help        this text

The full run takes fifteen minutes. Its logs (a million entries, a million units) are made once, by all cores, in five minutes
more, and kept in bench/.cache, 5 GB; delete the folder whenever you like. Ledgers that are written to are copies in the folder
for temporary files (TMPDIR), which must be on a real disk. Peers are installed by npm ci --prefix bench when they are missing.
Progress and a description of the machine go to stderr.
`;
}

function nameAfter(value: string | undefined, names: readonly string[]): string {
  if (value === undefined || value.startsWith('--')) throw new UsageError('--only needs a name');
  if (!names.some((name) => isWanted(name, [value]))) {
    throw new UsageError(`unknown benchmark "${value}"; there are ${names.join(', ')}`);
  }
  return value;
}
