/**
 * Books: what the log lacks of the way of certain goods, and what of it can still be made good.
 *
 * Reads  capture.ts (types).   Used by  capture.ts, for who checks his books: before he reports a theft, or when goods come warm.
 * Rule   only hand-overs and packing matter here, and only of goods that are watched, so it stays small however long the run.
 * @module
 */
import type { Recording, ScanKind } from './capture.ts';

/** Scans by which goods change hands, or go into containers and out of them. */
const AT_GATE: ReadonlySet<ScanKind | undefined> = new Set(['receipt', 'container']);

/** What the log lacks of one of the goods, and when it happened. */
interface Lacking {
  readonly recording: Recording;
  readonly timeMs: number;
}

/** What the log lacks of goods under watch. */
export class Books {
  readonly #lacking = new Map<string, readonly Lacking[]>();

  /** From now on notes what the log lacks of these goods. */
  watch(ids: readonly string[]): void {
    for (const id of ids) if (!this.#lacking.has(id)) this.#lacking.set(id, []);
  }

  /**
   * Notes that the log does not say what happened to the goods a recording reads, or says it so that nobody believes it.
   * @param timeMs - when it happened; -Infinity where saying it again would not help.
   */
  note(recording: Recording, timeMs: number): void {
    if (this.#lacking.size === 0 || !AT_GATE.has(recording.scan)) return;
    for (const id of recording.reads) {
      const lacking = this.#lacking.get(id);
      if (lacking === undefined) continue;
      this.#lacking.set(id, [...lacking, { recording: { ...recording, reads: [id] }, timeMs }]);
    }
  }

  /** What is lacking of one of the goods and happened at `sinceMs` or later; it counts as made good from now on. */
  takeSince(id: string, sinceMs: number): readonly Lacking[] {
    const lacking = this.#lacking.get(id) ?? [];
    const old = lacking.filter(({ timeMs }) => timeMs < sinceMs);
    if (old.length < lacking.length) this.#lacking.set(id, old);
    return lacking.filter(({ timeMs }) => timeMs >= sinceMs);
  }

  /** True if nothing is lacking of these goods. */
  areWhole(ids: readonly string[]): boolean {
    return ids.every((id) => (this.#lacking.get(id) ?? []).length === 0);
  }
}
