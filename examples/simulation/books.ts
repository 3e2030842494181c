/**
 * Books: what the log has and what it lacks of the way of certain goods, and what of it can still be made good.
 *
 * Reads  capture.ts (types).   Used by  capture.ts, for who checks his books: before he reports a theft, or when goods come warm; and
 *        for who asks whether the log can tell the holder of a unit from a slanderer.
 * Rule   only hand-overs and packing matter here, and only of goods that are watched, so it stays small however long the run.
 * @module
 */
import type { EpcisEvent } from 'countermark/epcis';
import type { Recording, ScanKind } from './capture.ts';
import type { Party } from './parties.ts';

/** Scans by which goods change hands, or go into containers and out of them. */
const AT_GATE: ReadonlySet<ScanKind | undefined> = new Set(['receipt', 'container']);

/** What the log lacks of one of the goods, and when it happened. */
interface Lacking {
  readonly recording: Recording;
  readonly timeMs: number;
}

/** What the log says of one of the goods. */
interface Said {
  readonly actor: Party;
  readonly event: EpcisEvent;
}

/** What the log says and what it lacks of goods under watch. */
export class Books {
  readonly #lacking = new Map<string, readonly Lacking[]>();
  readonly #said = new Map<string, readonly Said[]>();

  /** From now on notes what the log says and lacks of these goods. */
  watch(ids: readonly string[]): void {
    for (const id of ids) if (!this.#lacking.has(id)) this.#lacking.set(id, []);
  }

  /** Notes that the log says what happened to the goods a recording reads. */
  enter({ actor, reads, scan }: Recording, event: EpcisEvent): void {
    if (this.#lacking.size === 0 || !AT_GATE.has(scan)) return;
    for (const id of reads) {
      if (this.#lacking.has(id)) this.#said.set(id, [...(this.#said.get(id) ?? []), { actor, event }]);
    }
  }

  /**
   * True if the log says that a watched unit was sent to this party or was with it: by itself, in the container that the log
   * says it was packed into, or on the list of what the party took out of it. Where it says none of this, two steps that nobody
   * recorded may have brought the unit to anybody. Whether the way is believed is not asked: with four scans in ten missed, a
   * holder's own may have more gaps than policy grants.
   */
  knowWayTo(party: Party, unit: string, container: string): boolean {
    const isWithHim = ({ actor, event }: Said): boolean =>
      actor === party ? TAKING.has(event.bizStep) : destinationsOf(event).includes(party.id);
    if ((this.#said.get(unit) ?? []).some(isWithHim)) return true;
    const around = this.#said.get(container) ?? [];
    const isPacked = around.some(({ event }) => event.bizStep === 'packing' && lists(event, unit));
    return around.some((said) => isWithHim(said) && (isPacked || lists(said.event, unit)));
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

/** What only a holder of goods does, as he comes by them. */
const TAKING: ReadonlySet<string | undefined> = new Set(['receiving', 'unpacking']);

/** True for a container's packing or unpacking that names the unit. */
function lists(event: EpcisEvent, unit: string): boolean {
  return event.type === 'AggregationEvent' && (event.childEPCs?.includes(unit) ?? false);
}

function destinationsOf(event: EpcisEvent): readonly string[] {
  const { destinationList = [] } = 'destinationList' in event ? event : {};
  return destinationList.map(({ destination }) => destination);
}
