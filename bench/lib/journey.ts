/**
 * The journeys of each kind of log: which units a group has, and what happens to them when.
 *
 * Reads  cast.ts, the package by its name.   Used by  plan.ts, log-worker.ts, ../check.ts.
 * @module
 */
import {
  administer,
  commission,
  observe,
  pack,
  receive,
  retire,
  ship,
  unpack,
  type EpcisEvent,
} from '../../dist/epcis/index.js';
import { sgtin } from '../../dist/gs1/index.js';
import { cartonId, DAY_MS, EXPIRY, gtinOf, HOUR_MS, serialOf, type Party } from './cast.ts';

/**
 * `signed`: each statement one event on one or two units. `batched`: each statement a hundred events on one unit each. `bulk`:
 * each statement one event on a hundred units. `stocked`: units made by the hundred, moved in cartons of twenty, lying in clinics.
 */
export type LogKind = 'signed' | 'batched' | 'bulk' | 'stocked';

/** Whose hands a group goes through. */
export interface Hands {
  readonly maker: Party;
  readonly distributor: Party;
  readonly clinic: Party;
}

/** A group of units and the hands it goes through. */
export interface Group extends Hands {
  readonly number: number;
  readonly units: readonly string[];
}

/** One step of every journey. */
export interface Stage {
  /** How long after the journey's beginning, ms. */
  readonly afterMs: number;
  /** Whether a group takes it; default every one. */
  readonly isTaken?: (group: number) => boolean;
  readonly signer: (hands: Hands) => Party;
  readonly events: (group: Group, timeMs: number) => readonly EpcisEvent[];
  /** True for the stage that makes all units of the group. */
  readonly commissions?: boolean;
}

/** Makers whose groups take turns. */
const MAKERS = 4;
/** Units of a group in every kind of log but `signed`, whose groups have one and two in turn. */
export const GROUP_UNITS = 100;
const CARTON_UNITS = 20;
const CARTONS = GROUP_UNITS / CARTON_UNITS;
/** Groups of one maker that share a lot of at most 1,000 units. */
const LOT_GROUPS = 10;
const LOT_PAIRS = 333;

/** Number of the maker of a group. */
export function makerNumber(kind: LogKind, group: number): number {
  return (kind === 'signed' ? Math.floor(group / 2) : group) % MAKERS;
}

/** Number of a group's lot among its maker's. */
export function lotNumber(kind: LogKind, group: number): number {
  return kind === 'signed'
    ? Math.floor(Math.floor(group / 2 / MAKERS) / LOT_PAIRS)
    : Math.floor(Math.floor(group / MAKERS) / LOT_GROUPS);
}

/** A lot as its label says. */
export function lotName(number: number): string {
  return `LOT${1000 + number}`;
}

/** Serial of a unit of a group. */
export function serialInGroup(kind: LogKind, group: number, index: number): string {
  return serialOf(kind === 'signed' ? group + Math.floor(group / 2) + index : group * GROUP_UNITS + index);
}

/** Canonical ids of a group's units. */
export function unitsOf(kind: LogKind, group: number): string[] {
  const count = kind === 'signed' ? 1 + (group % 2) : GROUP_UNITS;
  const gtin = gtinOf(makerNumber(kind, group));
  return Array.from({ length: count }, (_, i) => sgtin(gtin, serialInGroup(kind, group, i)));
}

const byMaker = ({ maker }: Hands): Party => maker;
const byDistributor = ({ distributor }: Hands): Party => distributor;
const byClinic = ({ clinic }: Hands): Party => clinic;

/** The five stages from the factory to the clinic, each with the events that `eachOf` cuts the units into. */
function supply(
  kind: LogKind,
  eachOf: (group: Group) => readonly (readonly string[])[],
  eachLater: typeof eachOf = eachOf,
): Stage[] {
  const moved = (at: number, from: typeof byMaker, to: typeof byMaker, each: typeof eachOf): Stage[] => [
    {
      afterMs: at * DAY_MS,
      signer: from,
      events: (group, time) => each(group).map((ids) => sent(ids, from(group), to(group), time)),
    },
    {
      afterMs: (at + 1) * DAY_MS,
      signer: to,
      events: (group, time) => each(group).map((ids) => arrived(ids, from(group), to(group), time)),
    },
  ];
  return [
    {
      afterMs: 0,
      signer: byMaker,
      commissions: true,
      events: (group, time) => eachOf(group).map((units) => made(kind, group, units, time)),
    },
    ...moved(1, byMaker, byDistributor, eachOf),
    ...moved(3, byDistributor, byClinic, eachLater),
  ];
}

/** Use and disposal of the units that `each` cuts out, an hour apart. */
function use(hours: number, each: (group: Group) => readonly string[], isTaken?: Stage['isTaken']): Stage[] {
  const stage = (after: number, event: typeof used): Stage => ({
    afterMs: 4 * DAY_MS + after * HOUR_MS,
    signer: byClinic,
    events: (group, time) => each(group).map((unit) => event(unit, group, time)),
    ...(isTaken === undefined ? {} : { isTaken }),
  });
  return [stage(hours, used), stage(hours + 1, putAway)];
}

/** What happens to one carton of a group. */
function carton(index: number): Stage[] {
  const unitsIn = ({ units }: Group) => units.slice(index * CARTON_UNITS, (index + 1) * CARTON_UNITS);
  const idOf = ({ number }: Group) => cartonId(makerNumber('stocked', number), number * CARTONS + index);
  const later = index * 60_000;
  return [
    {
      afterMs: DAY_MS + later,
      signer: byMaker,
      events: (group, time) => {
        const { maker, distributor } = group;
        const packed = { container: idOf(group), children: unitsIn(group), place: maker.place };
        return [
          pack({ ...packed, time: time - HOUR_MS }),
          sent([packed.container], maker, distributor, time),
        ];
      },
    },
    {
      afterMs: 3 * DAY_MS + later,
      signer: byDistributor,
      events: (group, time) => {
        const { maker, distributor, clinic } = group;
        return [
          arrived([idOf(group)], maker, distributor, time - HOUR_MS),
          sent([idOf(group)], distributor, clinic, time),
        ];
      },
    },
    {
      afterMs: 4 * DAY_MS + later,
      signer: byClinic,
      events: (group, time) => {
        const { distributor, clinic } = group;
        const content = { container: idOf(group), children: unitsIn(group), place: clinic.place };
        return [
          arrived([content.container], distributor, clinic, time - HOUR_MS),
          unpack({ ...content, time }),
        ];
      },
    },
  ];
}

/** Of every other pair of groups, the distributor passes on the halves exchanged. */
function mixed(group: Group): readonly string[] {
  const { number, units } = group;
  if (Math.floor(number / 2) % 2 === 0) return units;
  const isFirst = number % 2 === 0;
  const others = unitsOf('bulk', isFirst ? number + 1 : number - 1);
  const half = GROUP_UNITS / 2;
  return isFirst
    ? [...units.slice(0, half), ...others.slice(0, half)]
    : [...others.slice(half), ...units.slice(half)];
}

/** Stages of a group in each kind of log, in order of time. */
export const STAGES: Readonly<Record<LogKind, readonly Stage[]>> = {
  signed: [
    ...supply('signed', ({ units }) => [units]),
    ...use(12, ({ units }) => units.slice(0, 1)),
    ...use(
      18,
      ({ units }) => units.slice(1),
      (group) => group % 2 === 1,
    ),
  ],
  batched: [
    ...supply('batched', ({ units }) => units.map((unit) => [unit])),
    ...use(12, ({ units }) => units),
  ],
  bulk: [
    ...supply(
      'bulk',
      ({ units }) => [units],
      (group) => [mixed(group)],
    ),
    {
      afterMs: 5 * DAY_MS,
      signer: byClinic,
      events: (group, time) => [observe({ ids: mixed(group), time, place: group.clinic.place })],
    },
  ],
  stocked: [
    supply('stocked', ({ units }) => [units])[0]!,
    ...Array.from({ length: CARTONS }, (_, i) => carton(i))
      .flat()
      .sort((a, b) => a.afterMs - b.afterMs),
  ],
};

function made(kind: LogKind, { number, maker }: Group, units: readonly string[], time: number): EpcisEvent {
  const lot = lotName(lotNumber(kind, number));
  return commission({ units, time, place: maker.place, lot, expiry: EXPIRY });
}

/** Without the place it is meant for: a hundred such events must fit one entry. */
function sent(ids: readonly string[], from: Party, to: Party, time: number): EpcisEvent {
  return ship({ ids, time, place: from.place, from: from.id, to: to.id });
}

function arrived(ids: readonly string[], from: Party, to: Party, time: number): EpcisEvent {
  return receive({ ids, time, place: to.place, from: from.id, to: to.id });
}

function used(unit: string, { clinic }: Group, time: number): EpcisEvent {
  // Serials are 14 characters of their own: as random as an act id must be.
  const actId = `treatment-${unit.slice(-14)}`;
  return administer({ ids: [unit], time, place: clinic.place, actId });
}

function putAway(unit: string, { clinic }: Group, time: number): EpcisEvent {
  return retire({ ids: [unit], time, place: clinic.place });
}
