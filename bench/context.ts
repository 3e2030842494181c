/**
 * What every benchmark is given, and what the suite knows of it.
 *
 * Reads  lib/.   Used by  every benchmark, suite.ts.
 * @module
 */
import type { Logs } from './lib/logs.ts';
import type { Size } from './lib/options.ts';
import type { Result } from './lib/rounds.ts';
import type { Workspace } from './lib/workspace.ts';

/** One run's size, files and progress. */
export interface ContextParts {
  readonly size: Size;
  readonly huge: boolean;
  /** For files that are written to. */
  readonly workspace: Workspace;
  /** Kept logs. */
  readonly logs: Logs;
  readonly say: (line: string) => void;
  /** True for a name whose result is asked for. */
  readonly isWanted: (name: string) => boolean;
}

/** What {@link ContextParts} holds, and progress by rounds. */
export interface Context extends ContextParts {
  /** For `onRound` of a benchmark. */
  readonly progress: (name: string) => (round: number) => void;
}

/** Makes it. */
export function contextOf(parts: ContextParts): Context {
  const { say, size } = parts;
  const progress = (name: string) => (round: number) =>
    say(round < 0 ? `${name}: warming up` : `${name}: round ${round + 1} of ${size.rounds}`);
  return { ...parts, progress };
}

/** A measured thing; one result for each of its figures and baselines. */
export interface Benchmark {
  /** Names of its results. */
  readonly names: readonly string[];
  /** True if it needs the packages of bench/package.json. */
  readonly needsPeers?: boolean;
  run(context: Context): Promise<Result[]>;
}
