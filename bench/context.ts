/**
 * What every benchmark is given, and what the suite knows of it.
 *
 * Reads  lib/.   Used by  every benchmark, suite.ts.
 * @module
 */
import type { Size } from './lib/options.ts';
import { makeUsed, type Workspace } from './lib/ledgers.ts';
import type { Result } from './lib/rounds.ts';
import type { World } from './lib/world.ts';

/** One run's size, files and progress. */
export class Context {
  readonly size: Size;
  readonly workspace: Workspace;
  readonly #say: (line: string) => void;
  #used: ReturnType<typeof makeUsed> | undefined;

  constructor(size: Size, workspace: Workspace, say: (line: string) => void) {
    this.size = size;
    this.workspace = workspace;
    this.#say = say;
  }

  /** Tells who watches. */
  say(line: string): void {
    this.#say(line);
  }

  /** The ledger that is audited and checked, made when first asked for. */
  usedLedger(): Promise<{ world: World; path: string }> {
    if (this.#used === undefined) {
      this.say(`making a ledger of ${this.size.ledgerUnits} units`);
      this.#used = makeUsed(this.workspace.file('used.db'), this.size.ledgerUnits);
    }
    return this.#used;
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
  run(context: Context): Promise<Result[]>;
}
