/**
 * Capture: how what happens becomes signed statements in the ledger, with the flaws of honest work on the way.
 *
 * Reads  the package (ledger, epcis, statement).   Used by  every actor records through it.
 * Rule   each party hands in one statement (or a few) every six hours, over what it captured since; a scan may be missed,
 *        late, or in the wrong order, a commissioning is never missed.
 * Never  keeps a statement after it was appended.
 * @module
 */
import type { Finding, Ledger } from 'countermark';
import { documents, type EpcisEvent } from 'countermark/epcis';
import { signStatement, type Payloads, type StatementKind } from 'countermark/statement';
import type { Attack, AttackBook } from './attack-book.ts';
import { Books } from './books.ts';
import { Clocks } from './clocks.ts';
import { noNoiseYet, type NoiseCount, type NoiseOptions } from './noise.ts';
import { Overdue } from './overdue.ts';
import type { Party } from './parties.ts';
import type { Agenda } from './queue.ts';
import type { Random } from './random.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './world.ts';

export const SLOT_MS = 6 * HOUR_MS;
/** How far ahead of its record a claim is believed; the ledger's default policy. */
const SKEW_MS = 5 * MINUTE_MS;
/** How long after a happening its record is surely believed: the ledger's default policy, less a day for hand-in and clocks. */
const BELIEVED_MS = 9 * DAY_MS;
/** Event number by which a finding's proof names a registry statement. */
const FACT = -1;

/** Presentations of a unit, or of a container. */
export type ScanKind = 'receipt' | 'counter' | 'dispense' | 'use' | 'consumer' | 'container';
const AT_COUNTER: ReadonlySet<ScanKind | undefined> = new Set(['counter', 'dispense', 'use', 'consumer']);

/** Something that happens now, as its actor would record it. */
export interface Recording {
  readonly actor: Party;
  /** Ids that are read one by one; each read may be missed, and an event without any is not recorded. */
  readonly reads: readonly string[];
  /** Absent for what is not a scan of goods in trade: commissioning, packing line rejects, retiring an empty vial. */
  readonly scan?: ScanKind;
  /** Never missed. */
  readonly isCertain?: boolean;
  /** Known to be uploaded this late, and otherwise as it should be. */
  readonly delayMs?: number;
  /** When its actor says that it happened, if that is not the present. */
  readonly claimedMs?: number;
  /** The attack that writes this event. */
  readonly attack?: Attack | undefined;
  /** The attack this record can betray, and from which side. */
  readonly betrays?: { readonly attack: Attack; readonly side: 'own' | 'genuine' } | undefined;
  build(ids: readonly string[], timeMs: number): EpcisEvent;
}

interface Captured {
  readonly event: EpcisEvent;
  /** With the ids that were read. */
  readonly recording: Recording;
  /** When it really happened, and when it says it did. */
  readonly timeMs: number;
  readonly claimedMs: number;
  readonly attack: Attack | undefined;
  /** The attack it contradicts, if its claim is believed. */
  readonly genuineOf: Attack | undefined;
  /** Everything it names is touched by an attack. */
  readonly isTouched: boolean;
}

interface Desk {
  readonly party: Party;
  captured: Captured[];
  /** Captured, but handed in only after a later event. */
  held: Captured[];
}

/** What is told of every appended statement. */
export type OnFindings = (findings: readonly Finding[]) => void;

interface Pending {
  readonly bytes: Uint8Array;
  /** The few events that are not benign, by their index in the statement. */
  readonly labels: readonly { readonly event: number; readonly attack: Attack | undefined }[];
}

/** Collects what all parties record. */
export class Capture {
  readonly noise: NoiseCount = noNoiseYet();
  readonly scans = { all: 0, benign: 0 };
  statements = 0;
  events = 0;
  readonly #agenda: Agenda;
  readonly #options: NoiseOptions;
  readonly #random: Random;
  readonly #attacks: AttackBook;
  readonly #origin: string;
  readonly #clocks: Clocks;
  readonly #overdue = new Overdue();
  readonly #books = new Books();
  readonly #desks = new Map<string, Desk>();
  #registry: Pending[] = [];
  #waiting = 0;

  constructor(parts: {
    readonly agenda: Agenda;
    readonly noise: NoiseOptions;
    readonly random: Random;
    readonly attacks: AttackBook;
    readonly origin: string;
  }) {
    this.#agenda = parts.agenda;
    this.#options = parts.noise;
    this.#random = parts.random;
    this.#attacks = parts.attacks;
    this.#origin = parts.origin;
    this.#clocks = new Clocks(parts.noise, parts.random.fork('clocks'), this.noise);
  }

  /** What is still on its way about one of these ids, in words; undefined where nothing is. */
  overdueOn(ids: readonly string[]): string | undefined {
    return this.#overdue.on(ids);
  }

  /** Number of events captured, or on their way, and not yet appended. */
  get waitingCount(): number {
    return this.#waiting;
  }

  /** From now on remembers what the log has and lacks of these goods: somebody will have to show how he came by them. */
  watch(ids: readonly string[]): void {
    this.#books.watch(ids);
  }

  /** True if the log, as it is by now, shows how this party came by a watched unit: alone, or in this container. */
  showsWayTo(party: Party, unit: string, container: string): boolean {
    return this.#books.knowWayTo(party, unit, container);
  }

  /**
   * Records now, late but certain, what the log lacks of the way of watched goods, as far back as a record is still believed.
   * @returns true if nothing is lacking then.
   */
  makeGood(ids: readonly string[]): boolean {
    const sinceMs = this.#agenda.nowMs - BELIEVED_MS;
    for (const id of ids) {
      for (const { recording, timeMs } of this.#books.takeSince(id, sinceMs)) {
        this.record({ ...recording, isCertain: true, delayMs: 0, claimedMs: timeMs });
      }
    }
    return this.#books.areWhole(ids);
  }

  /** Records an event at the present, unless its reads are missed. */
  record(recording: Recording): void {
    const timeMs = this.#agenda.nowMs;
    const ids = recording.reads.filter((id) => {
      if (recording.isCertain === true || !this.#isMissed()) return true;
      this.#books.note({ ...recording, reads: [id] }, timeMs);
      return false;
    });
    if (ids.length === 0) return;
    const { actor, attack, betrays } = recording;
    const untouched = ids.filter((id) => !this.#attacks.isTouchedNow(id)).length;
    const device = AT_COUNTER.has(recording.scan) ? 'counter' : 'gate';
    const claimedMs = this.#clocks.read(actor, device, recording.claimedMs ?? timeMs);
    const event = recording.build(ids, claimedMs);
    const genuineOf = betrays?.side === 'genuine' ? betrays.attack : undefined;
    const captured: Captured = {
      event,
      recording: { ...recording, reads: ids },
      timeMs,
      claimedMs,
      attack,
      genuineOf,
      isTouched: untouched === 0,
    };
    if (recording.scan !== undefined) {
      this.scans.all += ids.length;
      if (attack === undefined) this.scans.benign += untouched;
    }
    if (betrays?.side === 'own') betrays.attack.ownRecorded++;
    this.#deliver(actor, captured, recording.delayMs);
  }

  /** Signs a registry statement now; it is appended before the events of its slot. */
  register<K extends Exclude<StatementKind, 'events' | 'genesis'>>(
    party: Party,
    kind: K,
    payload: Payloads[K],
    attack?: Attack,
  ): void {
    if (attack !== undefined) attack.ownRecorded++;
    const labels = attack === undefined ? [] : [{ event: FACT, attack }];
    this.#registry.push({ bytes: this.#sign(party, kind, payload), labels });
  }

  /** Signs what was captured and appends it, one statement after another; the ledger's clock must stand at the present. */
  async handIn(ledger: Pick<Ledger, 'appendMany'>, onFindings: OnFindings): Promise<void> {
    const batch = this.#registry;
    this.#registry = [];
    for (const desk of this.#desks.values()) batch.push(...this.#close(desk));
    if (batch.length === 0) return;
    const outcomes = await ledger.appendMany(
      batch.map((item) => item.bytes),
      { receipts: false },
    );
    outcomes.forEach((outcome, index) => {
      if (!outcome.ok)
        throw new Error(`statement refused: ${outcome.error.message}`, { cause: outcome.error });
      for (const { event, attack } of batch[index]!.labels) {
        if (attack === undefined) this.#attacks.namesOnlyTouched(outcome.entry, event);
        else this.#attacks.wrote(outcome.entry, event, attack);
      }
      onFindings(outcome.findings);
    });
    this.statements += batch.length;
  }

  #isMissed(): boolean {
    const isMissed = this.#random.chance(this.#options.missedReads);
    if (isMissed) this.noise.missedReads++;
    return isMissed;
  }

  #deliver(party: Party, captured: Captured, delayMs: number | undefined): void {
    let desk = this.#desks.get(party.id);
    if (desk === undefined) {
      desk = { party, captured: [], held: [] };
      this.#desks.set(party.id, desk);
    }
    const { captured: list, held } = desk;
    const { lateCapture, lateDaysMax, outOfOrder } = this.#options;
    this.#waiting++;
    if (delayMs !== undefined) {
      this.#bringLate(desk, captured, delayMs);
    } else if (this.#random.chance(lateCapture)) {
      this.noise.lateCapture++;
      const mostMs = Math.max(SLOT_MS, lateDaysMax * DAY_MS - SLOT_MS);
      this.#bringLate(desk, captured, this.#random.between(SLOT_MS, mostMs));
    } else if (this.#random.chance(outOfOrder)) {
      this.noise.outOfOrder++;
      this.#overdue.expect(captured.event, 'out of order');
      held.push(captured);
    } else {
      list.push(captured);
    }
  }

  #bringLate(desk: Desk, captured: Captured, delayMs: number): void {
    this.#overdue.expect(captured.event, 'recorded late');
    this.#agenda.at(captured.timeMs + delayMs, () => desk.captured.push(captured));
  }

  /** Statements over what lies on a desk; what is held waits for something later, unless nothing else will come. */
  #close(desk: Desk): Pending[] {
    const isLast = this.#agenda.waitingCount === 0;
    if (desk.captured.length === 0 && !(isLast && desk.held.length > 0)) return [];
    const ready = [...desk.captured, ...desk.held];
    desk.captured = [];
    desk.held = [];
    this.#waiting -= ready.length;
    this.events += ready.length;
    for (const { event, recording, genuineOf, claimedMs } of ready) {
      this.#overdue.arrived(event);
      // What claims the future, by a clock an hour fast, moves nothing and so contradicts nothing; nor is it made good.
      if (claimedMs > this.#agenda.nowMs + SKEW_MS) this.#books.note(recording, -Infinity);
      else {
        this.#books.enter(recording, event);
        if (genuineOf !== undefined) genuineOf.genuineRecorded++;
      }
    }
    const labels = new Map<string, Attack | undefined>();
    for (const { event, attack, isTouched } of ready) {
      if (attack !== undefined || isTouched) labels.set(event.eventID ?? '', attack);
    }
    return documents(
      ready.map((item) => item.event),
      { creationTime: this.#agenda.nowMs },
    ).map((document) => ({
      bytes: this.#sign(desk.party, 'events', document),
      labels: document.epcisBody.eventList.flatMap(({ eventID = '' }, event) =>
        labels.has(eventID) ? [{ event, attack: labels.get(eventID) }] : [],
      ),
    }));
  }

  #sign<K extends StatementKind>(party: Party, kind: K, payload: Payloads[K]): Uint8Array {
    const { id: issuer, signer } = party;
    return signStatement({
      kind,
      payload,
      issuer,
      audience: this.#origin,
      sequence: party.sequence++,
      signer,
    });
  }
}
