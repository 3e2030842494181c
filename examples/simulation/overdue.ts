/**
 * Overdue records: what happened, is captured, and has not reached the ledger yet; why an early finding goes away later.
 *
 * Reads  the package's epcis room (types).   Used by  capture.ts (keeps it), score.ts (causes of transient alerts).
 * Rule   holds what is on its way and nothing else, so it stays small however long the run.
 * @module
 */
import type { EpcisEvent } from 'countermark/epcis';

/** Events on their way, by every id they name. */
export class Overdue {
  readonly #byId = new Map<string, Map<EpcisEvent, string>>();
  readonly #expected = new Set<EpcisEvent>();

  /** Notes an event that will come late; `how` says in which way. */
  expect(event: EpcisEvent, how: string): void {
    this.#expected.add(event);
    const words = `${stepOf(event)} ${how}`;
    for (const id of idsOf(event)) {
      const waiting = this.#byId.get(id);
      if (waiting === undefined) this.#byId.set(id, new Map([[event, words]]));
      else waiting.set(event, words);
    }
  }

  /** Forgets an event that has come. */
  arrived(event: EpcisEvent): void {
    if (!this.#expected.delete(event)) return;
    for (const id of idsOf(event)) {
      const waiting = this.#byId.get(id);
      waiting?.delete(event);
      if (waiting?.size === 0) this.#byId.delete(id);
    }
  }

  /** The first that is on its way about one of these ids. */
  on(ids: readonly string[]): string | undefined {
    for (const id of ids) {
      const words = this.#byId.get(id)?.values().next().value;
      if (words !== undefined) return words;
    }
    return undefined;
  }
}

function stepOf(event: EpcisEvent): string {
  const step = event.bizStep ?? 'event';
  return step.slice(step.lastIndexOf('/') + 1);
}

function idsOf(event: EpcisEvent): readonly string[] {
  const {
    epcList = [],
    childEPCs = [],
    parentID,
  } = event as {
    readonly epcList?: readonly string[];
    readonly childEPCs?: readonly string[];
    readonly parentID?: string;
  };
  return [...epcList, ...childEPCs, ...(parentID === undefined ? [] : [parentID])];
}
