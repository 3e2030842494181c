/**
 * What the chain records, as signed statements: the way from the factory to the clinic, then a scan and a use of each unit.
 *
 * Reads  world.ts, the package by its name.   Used by  ledgers.ts, append.ts.
 * Note   most statements of a live ledger are the last two kinds: one event about one unit, 700 to 900 bytes.
 * @module
 */
import {
  administer,
  commission,
  documents,
  observe,
  pack,
  receive,
  ship,
  unpack,
  type EpcisEvent,
} from 'countermark/epcis';
import { DAY_MS, EXPIRY, HOUR_MS, START_MS, type Party, type World } from './world.ts';

/** Statements handed in at one time. */
export interface Stage {
  /** The ledger's clock, ms. */
  readonly atMs: number;
  readonly statements: readonly Uint8Array[];
}

/** When clinics scan and use: all that the stages of {@link supply} record is before. */
export const USE_MS = START_MS + 6 * DAY_MS;
/** Clock of the ledger while scans and uses are handed in. */
export const CLOCK_MS = USE_MS + DAY_MS;

/** Everything until the units lie in the clinics: made, packed, shipped twice, received twice, unpacked. */
export function supply(world: World): Stage[] {
  const made: Uint8Array[] = [];
  const shipped: Uint8Array[] = [];
  const arrived: Uint8Array[] = [];
  const delivered: Uint8Array[] = [];
  for (const { maker, lot, cartons } of world.batches) {
    const units = cartons.flatMap((carton) => carton.units);
    made.push(
      record(world, maker, START_MS, [
        commission({ units, time: START_MS, place: maker.place, lot, expiry: EXPIRY }),
      ]),
    );
    for (const { id, units: children, distributor, clinic } of cartons) {
      const packedMs = START_MS + HOUR_MS;
      const receivedMs = START_MS + 2 * DAY_MS;
      const sentMs = receivedMs + HOUR_MS;
      const unpackedMs = START_MS + 4 * DAY_MS;
      shipped.push(
        record(world, maker, packedMs, [
          pack({ container: id, children, time: packedMs, place: maker.place }),
          move(id, maker, distributor, packedMs + HOUR_MS),
        ]),
      );
      arrived.push(
        record(world, distributor, receivedMs, [
          receive({
            ids: [id],
            time: receivedMs,
            place: distributor.place,
            from: maker.id,
            to: distributor.id,
          }),
          move(id, distributor, clinic, sentMs),
        ]),
      );
      delivered.push(
        record(world, clinic, unpackedMs, [
          receive({ ids: [id], time: unpackedMs, place: clinic.place, from: distributor.id, to: clinic.id }),
          unpack({ container: id, children, time: unpackedMs + HOUR_MS, place: clinic.place }),
        ]),
      );
    }
  }
  return [made, shipped, arrived, delivered].map((statements, step) => ({
    atMs: START_MS + (step + 1.5) * DAY_MS,
    statements,
  }));
}

/** A statement for the scan of a unit's label at its clinic's counter. */
export function scanOf(world: World, index: number): Uint8Array {
  const { unit, code, clinic } = world.packs[index]!;
  const event = observe({
    ids: [unit],
    time: USE_MS,
    place: clinic.place,
    presented: code,
    entryMode: 'scan',
  });
  return record(world, clinic, USE_MS, [event]);
}

/** A statement for the use of a unit, ten minutes after its scan. */
export function useOf(world: World, index: number): Uint8Array {
  const { unit, clinic } = world.packs[index]!;
  const time = USE_MS + HOUR_MS / 6;
  const actId = `treatment-${String(index).padStart(12, '0')}`;
  return record(world, clinic, time, [administer({ ids: [unit], time, place: clinic.place, actId })]);
}

function move(id: string, from: Party, to: Party, time: number): EpcisEvent {
  return ship({ ids: [id], time, place: from.place, from: from.id, to: to.id, toPlace: to.place });
}

function record(world: World, party: Party, creationTime: number, events: readonly EpcisEvent[]): Uint8Array {
  const [document, ...more] = documents(events, { creationTime });
  if (document === undefined || more.length > 0) throw new Error('a statement of the benchmark was split');
  return world.sign(party, 'events', document);
}
