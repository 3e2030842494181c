// Browser-safe.
/**
 * Sequence numbers seen, by key: which of them a key used more than once.
 *
 * Reads  nothing.   Used by  audit.ts.
 * Source `findings.md` SG-11: a signer gives each statement a number of its own.
 * Method numbers come almost in order, so each key costs a few runs of numbers, not one number a statement.
 * @module
 */
import { assertInteger, assertText } from '../bytes/index.ts';

/** A key and a number it used again. */
export interface RepeatedSequence {
  readonly kid: string;
  readonly sequence: number;
}

/** A key with the first and the last number of each run. */
export type KeyRuns = readonly [kid: string, ends: readonly number[]];

/** A run of numbers, both ends inclusive. */
interface Run {
  first: number;
  last: number;
}

/** Remembers which sequence numbers each key used. Memory: one run of numbers for each gap. */
export class SequenceBook {
  readonly #runs = new Map<string, Run[]>();
  readonly #repeated = new Map<string, RepeatedSequence>();
  #size = 0;

  /** @param runs - what {@link runs} of another book gave. */
  constructor(runs: Iterable<KeyRuns> = []) {
    for (const [kid, ends] of runs) {
      const own: Run[] = [];
      for (let i = 0; i + 1 < ends.length; i += 2) own.push({ first: ends[i]!, last: ends[i + 1]! });
      this.#runs.set(kid, own);
    }
  }

  /** The numbers of each key. */
  *runs(): Iterable<KeyRuns> {
    for (const [kid, runs] of this.#runs) yield [kid, runs.flatMap(({ first, last }) => [first, last])];
  }

  /** One past the last entry whose number was added. */
  get size(): number {
    return this.#size;
  }

  /** Adds the number of the statement of an entry; cost logarithmic in the gaps. */
  add(entry: number, kid: string, sequence: number): void {
    assertText('kid', kid);
    assertInteger('sequence', sequence);
    this.#size = entry + 1;
    let runs = this.#runs.get(kid);
    if (runs === undefined) this.#runs.set(kid, (runs = []));
    const at = lastAtOrBelow(runs, sequence);
    const run = runs[at];
    if (run !== undefined && sequence <= run.last) {
      this.#repeated.set(`${kid} ${sequence}`, { kid, sequence });
      return;
    }
    const next = runs[at + 1];
    const touchesRun = run !== undefined && run.last === sequence - 1;
    const touchesNext = next !== undefined && next.first === sequence + 1;
    if (touchesRun && touchesNext) {
      run.last = next.last;
      runs.splice(at + 1, 1);
    } else if (touchesRun) run.last = sequence;
    else if (touchesNext) next.first = sequence;
    else runs.splice(at + 1, 0, { first: sequence, last: sequence });
  }

  /** Numbers used more than once, in the order this was noticed. */
  get repeated(): readonly RepeatedSequence[] {
    return [...this.#repeated.values()];
  }
}

/** Index of the last run that begins at or below a number; -1 if none does. */
function lastAtOrBelow(runs: readonly Run[], sequence: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (runs[middle]!.first <= sequence) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
