/**
 * What a large log records, statement by statement: many journeys under way at once, each from the factory to its use.
 *
 * Reads  cast.ts, journey.ts, the package by its name.   Used by  log-worker.ts, logs.ts, the benchmarks.
 * Shape  units travel in groups; group g begins g steps after the start, and a stage of every journey comes a fixed time after its
 *        beginning, so the statements of a moment are those of different stages of different groups. All journeys are honest.
 * Note   a log of any length covers about a month: its length decides how many journeys begin each day.
 * @module
 */
import { documents, type EpcisDocument } from '../../dist/epcis/index.js';
import { Cast, DAY_MS, START_MS, type Party } from './cast.ts';
import {
  lotName,
  lotNumber,
  makerNumber,
  STAGES,
  unitsOf,
  type Group,
  type Hands,
  type LogKind,
} from './journey.ts';
import type { Stage } from './journey.ts';

/** One statement to be made. */
export interface Planned {
  readonly stage: Stage;
  readonly group: number;
  readonly party: Party;
  /** The number its key gives it. */
  readonly sequence: number;
  /** When its events happened, ms. */
  readonly timeMs: number;
}

/** How long journeys begin for. */
const BEGINNINGS_MS = 25 * DAY_MS;
/** More groups begin than end within a log, and a log may go on: their lots must be known. */
const LOTS_SPARE = 1.5;
const PAYLOAD_BYTES_MAX = 65_000;

/** The plan of one kind of log. */
export class Plan {
  readonly kind: LogKind;
  readonly cast: Cast = new Cast({ makers: 4, distributors: 12, clinics: 48 });
  readonly stages: readonly Stage[];
  readonly #groupsCount: number;
  readonly #stepMs: number;

  /** @param pace - entries of a log that covers its month; its first entries are those of every log of this pace. */
  constructor(kind: LogKind, pace: number) {
    this.kind = kind;
    this.stages = STAGES[kind];
    const perPair = [0, 1].flatMap((group) => this.stages.filter(({ isTaken }) => isTaken?.(group) ?? true));
    this.#groupsCount = Math.ceil(pace / (perPair.length / 2));
    this.#stepMs = Math.max(1, Math.floor(BEGINNINGS_MS / this.#groupsCount));
  }

  /** Entry 0 and everything the events need to be known. Call it once, for keys count what they sign. */
  enrolment(): Uint8Array[] {
    const last = lotNumber(this.kind, Math.ceil(this.#groupsCount * LOTS_SPARE) + this.cast.makers.length);
    const lots = Array.from({ length: last + 1 }, (_, number) => lotName(number));
    return [this.cast.genesis(), ...this.cast.enrolment(() => lots)];
  }

  /** Every statement of events in log order, without end. Call it once, after {@link enrolment}. */
  *statements(): Generator<Planned, never, undefined> {
    const { stages } = this;
    const delays = stages.map(({ afterMs }) => Math.round(afterMs / this.#stepMs));
    for (let moment = 0; ; moment++) {
      for (const [i, stage] of stages.entries()) {
        const group = moment - delays[i]!;
        if (group < 0 || stage.isTaken?.(group) === false) continue;
        const party = stage.signer(this.hands(group));
        const timeMs = START_MS + group * this.#stepMs + stage.afterMs;
        yield { stage, group, party, sequence: party.sequence++, timeMs };
      }
    }
  }

  /** The events of a planned statement, as one document. */
  document({ stage, group, timeMs }: Planned): EpcisDocument {
    const events = stage.events(this.group(group), timeMs);
    const [document, ...more] = documents(events, {
      creationTime: timeMs,
      payloadBytesMax: PAYLOAD_BYTES_MAX,
    });
    if (document === undefined || more.length > 0) throw new Error('a statement of the benchmark was split');
    return document;
  }

  /** A group with its units. */
  group(number: number): Group {
    return { ...this.hands(number), number, units: unitsOf(this.kind, number) };
  }

  /** Whose hands a group goes through. Two neighbours go the same way, so that a distributor can mix their units. */
  hands(group: number): Hands {
    const { makers, distributors, clinics } = this.cast;
    const way = Math.floor(group / 2);
    return {
      maker: makers[makerNumber(this.kind, group)]!,
      distributor: distributors[way % distributors.length]!,
      clinic: clinics[way % clinics.length]!,
    };
  }
}
