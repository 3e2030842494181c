/**
 * What a command is: its usage, its options, and what it answers; and the arguments it is given.
 *
 * Reads  node:util (parseArgs).   Used by  run.ts, help.ts, every command.
 * Rule   a command computes its answer once, as a value for `--json` and as lines for people; run.ts prints one of them.
 * @module
 */
import { parseArgs } from 'node:util';
import { parseTime } from '../bytes/index.ts';
import { CliError } from './failure.ts';

/** One option of a command. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  /** Name of its argument in help. */
  readonly argument?: string;
  /** One line for help. */
  readonly about: string;
}
export type Options = Readonly<Record<string, Option>>;

/** One command. */
export interface Command {
  /** After `countermark `, one line a form. */
  readonly usage: readonly string[];
  /** Lines of explanation. */
  readonly about: readonly string[];
  readonly options: Options;
  /** Least and greatest number of other arguments. */
  readonly positionals: readonly [min: number, max: number];
  run(context: Context): Promise<Answer>;
}

/** What a command answers. */
export interface Answer {
  readonly exit: number;
  /** For `--json`; undefined if the command wrote standard output itself. */
  readonly json: unknown;
  /** For people. */
  readonly lines: readonly string[];
}

/** Options every command has. */
export const COMMON_OPTIONS: Options = {
  json: { type: 'boolean', about: 'one JSON value on standard output, nothing else; bytes as base64url' },
  help: { type: 'boolean', about: 'say how the command is used' },
};

/** Options of commands that read a ledger. */
export const LEDGER_OPTIONS: Options = {
  ledger: { type: 'string', argument: 'FILE', about: 'ledger file (default ledger.db)' },
  'log-key': {
    type: 'string',
    argument: 'KEY|FILE',
    about: "the log's public key, or a file that holds it (default LEDGER.vkey)",
  },
};

/** Options of commands that write to one. */
export const WRITER_OPTIONS: Options = {
  ...LEDGER_OPTIONS,
  'log-signer': {
    type: 'string',
    argument: 'FILE',
    about: "key file that signs the log's checkpoints (default LEDGER.logkey)",
  },
};

/** The arguments of one call of a command. */
export class Context {
  readonly positionals: readonly string[];
  readonly signal: AbortSignal;
  readonly #values: Readonly<Record<string, unknown>>;

  /**
   * @throws {Error} parseArgs' own for unknown options and missing arguments.
   * @throws {CliError} `ERR_USAGE` for too few or too many other arguments.
   */
  constructor(command: Command, words: readonly string[], signal: AbortSignal) {
    const options = { ...COMMON_OPTIONS, ...command.options };
    const config = Object.entries(options).map(([name, { type, multiple = false }]) => [
      name,
      { type, multiple },
    ]);
    const parsed = parseArgs({
      args: [...words],
      options: Object.fromEntries(config) as Record<
        string,
        { type: 'string' | 'boolean'; multiple: boolean }
      >,
      allowPositionals: true,
      strict: true,
    });
    this.#values = parsed.values;
    this.positionals = parsed.positionals;
    this.signal = signal;
    if (this.flag('help')) return;
    const [min, max] = command.positionals;
    const count = this.positionals.length;
    if (count < min || count > max) {
      throw usageError(
        `${count < min ? 'too few' : 'too many'} arguments; usage: countermark ${command.usage[0]!}`,
      );
    }
  }

  /** True if a boolean option is given. */
  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  /** Value of an option. */
  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** Value of an option that must be given. */
  required(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') throw usageError(`--${name} is missing`);
    return value;
  }

  /** Values of an option that may be repeated. */
  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }

  /** Integer value of an option. */
  integer(name: string, min: number, max = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : integerOf(`--${name}`, value, min, max);
  }

  /** RFC 3339 value of an option, in milliseconds since 1970. */
  time(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const timeMs = parseTime(value);
    if (timeMs === undefined) throw usageError(`--${name} expected a time such as 2026-01-31T08:00:00Z`);
    return timeMs;
  }
}

/** A decimal integer within bounds, from the command line. */
export function integerOf(title: string, text: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
    throw usageError(`${title} expected an integer ${range}`);
  }
  return value;
}

/** A mistake on the command line. */
export function usageError(message: string): CliError {
  return new CliError('ERR_USAGE', message);
}
