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

/** {@link ContextParts}, with progress by rounds. */
export class Context implements ContextParts {
  readonly size: Size;
  readonly huge: boolean;
  readonly workspace: Workspace;
  readonly logs: Logs;
  readonly say: (line: string) => void;
  readonly isWanted: (name: string) => boolean;

  constructor({ size, huge, workspace, logs, say, isWanted }: ContextParts) {
    this.size = size;
    this.huge = huge;
    this.workspace = workspace;
    this.logs = logs;
    this.say = say;
    this.isWanted = isWanted;
  }

  /** For `onRound` of a benchmark. */
  progress(name: string): (round: number) => void {
    return (round) =>
      this.say(round < 0 ? `${name}: warming up` : `${name}: round ${round + 1} of ${this.size.rounds}`);
  }
}

/** A measured thing; one result for each of its figures and baselines. */
export interface Benchmark {
  /** Names of its results. */
  readonly names: readonly string[];
  /** True if it needs the packages of bench/package.json. */
  readonly needsPeers?: boolean;
  run(context: Context): Promise<Result[]>;
}
