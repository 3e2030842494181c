/**
 * The world: what every actor shares, and the calendar it lives by.
 *
 * Reads  queue.ts, parties.ts, capture.ts, attacks.ts.   Used by  every actor.
 * Rule   an actor acts at `agenda.nowMs`, records through `capture`, and plans what follows on `agenda`.
 * @module
 */
import type { AttackBook } from './attack-book.ts';
import type { Capture } from './capture.ts';
import { marketOf } from './geography.ts';
import type { SimulationOptions } from './options.ts';
import type { Cast, Party } from './parties.ts';
import type { Agenda } from './queue.ts';
import type { Random } from './random.ts';
import type { Tally } from './tally.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** Monday, 3 March 2025, 00:00 UTC. */
export const START_MS = 1_740_960_000_000;
const LOTS_START_DAYS = 21;
const LOTS_START_DAYS_MAX = 26 * 7;
const UNITS_PER_START = 20_000;

/** Days over which lots start: three weeks for 20,000 units, longer for more, up to half a year. */
export function lotsStartDays(unitsCount: number): number {
  const days = Math.round((LOTS_START_DAYS * unitsCount) / UNITS_PER_START);
  return Math.min(LOTS_START_DAYS_MAX, Math.max(LOTS_START_DAYS, days));
}

/** Units that have left a store and that its logger has not spoken for. */
export interface Leaving {
  readonly ids: string[];
  sinceMs: number;
}

export interface World {
  readonly options: SimulationOptions;
  readonly agenda: Agenda;
  readonly cast: Cast;
  readonly capture: Capture;
  readonly attacks: AttackBook;
  readonly tally: Tally;
  readonly random: Random;
  /** Used containers that wait for the evening, by clinic. */
  readonly emptied: Map<Party, string[]>;
  /** Units that left a store today, and since when its logger has to speak for them, by who keeps the store. */
  readonly leaving: Map<Party, Leaving>;
  /** Lots under recall. */
  readonly recalls: Set<string>;
  /** Codes to try afterwards, by what they are. */
  readonly samples: Map<string, string>;
}

/** A time between `fromDays` and `toDays` days after `afterMs`, in the working hours of the party, to the second. */
export function workingTime(
  random: Random,
  party: Party,
  afterMs: number,
  fromDays: number,
  toDays: number,
): number {
  const day = Math.floor(afterMs / DAY_MS) + random.between(fromDays, toDays);
  const opensMs = day * DAY_MS + (8 - marketOf(party.market).offsetHours) * HOUR_MS;
  const timeMs = opensMs + random.between(0, 9 * 3600) * 1000;
  return timeMs > afterMs + HOUR_MS ? timeMs : timeMs + DAY_MS;
}

/** `YYYY-MM-DD` of a time. */
export function dayText(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
