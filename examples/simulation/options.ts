/**
 * What a run may be asked for: flags of the command line, their defaults and limits.
 *
 * Reads  noise.ts.   Used by  ../simulate.ts, world.ts, tests.
 * Rule   unknown flags, odd numbers and unknown attacks are refused before anything is written.
 * @module
 */
import { DEFAULT_NOISE, NOISE_FLAGS, type NoiseOptions } from './noise.ts';

export { DEFAULT_NOISE, type NoiseOptions } from './noise.ts';

/** Labelled attacks; the labels stay in this program and never reach the ledger. */
export const ATTACK_KINDS = [
  'clone-single',
  'clone-mass',
  'forged-serial',
  'diverted-pallet',
  'double-use',
  'over-issue',
  'unlicensed-clinic',
  'unqualified-doctor',
  'cold-chain',
  'refill',
  'stolen',
  'recall-ignored',
  'expired',
  'backdated',
  'self-licensed',
  'framing',
] as const;
export type AttackKind = (typeof ATTACK_KINDS)[number];

/** Everything that decides a run; equal options (but for `out`) give an equal log. */
export interface SimulationOptions {
  readonly units: number;
  readonly seed: number;
  readonly attacks: readonly AttackKind[];
  readonly noise: NoiseOptions;
  /** Folder for the ledger file and what belongs to it. */
  readonly out: string;
}

/** A run as the command line asks for it. */
export interface Command extends SimulationOptions {
  readonly json: boolean;
  readonly tamper: boolean;
  readonly help: boolean;
}

export const DEFAULT_OPTIONS: SimulationOptions = Object.freeze({
  units: 20_000,
  seed: 1,
  attacks: ATTACK_KINDS,
  noise: DEFAULT_NOISE,
  out: 'simulation',
});

/** Units of a run with `--tamper`, which audits many times, unless `--units` says otherwise. */
const TAMPER_UNITS = 2000;

export const HELP = `usage: npm run simulate -- [flags]

  --units N            units made, 200 to 2000000 (20000)
  --seed S             integer, 0 to 2^53-1 (1); the same seed gives the same log
  --attacks WHICH      all, none, or kinds separated by commas (all):
${wrapped(ATTACK_KINDS, 70)
  .map((line) => `                       ${line}`)
  .join('\n')}
  --out DIR            folder for ledger.db and what belongs to it (simulation)
  --json               one JSON object on stdout instead of the tables
  --tamper             afterwards damage copies of the ledger file with plain SQL and audit
                       each (then --units is ${TAMPER_UNITS} unless given)

  honest noise; X is a share between 0 and 0.5 unless a limit is given:
${NOISE_FLAGS.map(({ key, flag, letter, help }) => `  ${`--${flag} ${letter}`.padEnd(21)}${help} (${DEFAULT_NOISE[key]})`).join('\n')}
`;

/** A command line that cannot be followed; the message says why. */
export class UsageError extends Error {}

/**
 * Reads the command line.
 * @param words - without the program's name.
 * @throws {UsageError} for an unknown flag, a missing value or a value out of range.
 */
export function parseCommand(words: readonly string[]): Command {
  const noise: Record<keyof NoiseOptions, number> = { ...DEFAULT_NOISE };
  let isSized = false;
  const command = { ...DEFAULT_OPTIONS, noise, json: false, tamper: false, help: false };
  const queue = [...words];
  for (let flag = queue.shift(); flag !== undefined; flag = queue.shift()) {
    const value = (): string => {
      const next = queue.shift();
      if (next === undefined || next.startsWith('--')) throw new UsageError(`${flag} needs a value`);
      return next;
    };
    switch (flag) {
      case '--units':
        command.units = integer(flag, value(), 200, 2_000_000);
        isSized = true;
        break;
      case '--seed':
        command.seed = integer(flag, value(), 0, Number.MAX_SAFE_INTEGER);
        break;
      case '--attacks':
        command.attacks = attacks(value());
        break;
      case '--out':
        command.out = value();
        break;
      case '--json':
        command.json = true;
        break;
      case '--tamper':
        command.tamper = true;
        break;
      case '--help':
        command.help = true;
        break;
      default: {
        const known = NOISE_FLAGS.find((one) => `--${one.flag}` === flag);
        if (known === undefined) throw new UsageError(`unknown flag ${flag}; --help lists them`);
        const { key, letter, max } = known;
        noise[key] = letter === 'N' ? integer(flag, value(), 0, max) : number(flag, value(), 0, max);
      }
    }
  }
  if (command.tamper && !isSized) command.units = TAMPER_UNITS;
  // A run that damages copies leaves the ledger of an ordinary run where it is.
  if (command.tamper && command.out === DEFAULT_OPTIONS.out) command.out = `${DEFAULT_OPTIONS.out}/tamper`;
  return command;
}

function attacks(text: string): readonly AttackKind[] {
  if (text === 'none') return [];
  if (text === 'all') return ATTACK_KINDS;
  const wanted = text.split(',');
  const unknown = wanted.find((word) => !ATTACK_KINDS.some((kind) => kind === word));
  if (unknown !== undefined)
    throw new UsageError(`unknown attack "${unknown}"; there are all, none, ${ATTACK_KINDS.join(', ')}`);
  return ATTACK_KINDS.filter((kind) => wanted.includes(kind));
}

function number(flag: string, text: string, min: number, max: number): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new UsageError(`${flag} needs a number from ${min} to ${max}`);
  return value;
}

function integer(flag: string, text: string, min: number, max: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new UsageError(`${flag} needs an integer from ${min} to ${max}`);
  return value;
}

/** The words in lines of at most `width` characters. */
function wrapped(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
