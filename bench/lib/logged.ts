/**
 * Journeys under loggers: what an honest cold chain reports on the road, in store and where units are used.
 *
 * Reads  world.ts, the package by its name.   Used by  journeys.ts.
 * Source the simulation's loggers: on the road a reading every hour, in store the least and greatest of each stretch, a week a report;
 *        a fiftieth of the hours is missing. Some 220 readings concern each unit.
 * @module
 */
import { commission, pack, receive, sensor, ship, unpack, type EpcisEvent } from '../../dist/epcis/index.js';
import { checkDigit, sscc } from '../../dist/gs1/index.js';
import type { Collector } from './journeys.ts';
import { DAY_MS, EXPIRY, HOUR_MS, START_MS, type Batch, type Carton, type Party } from './world.ts';

/** What the products bear. */
export const STORAGE = { minMilliC: 2000, maxMilliC: 8000, budgetMs: 9 * HOUR_MS, freezeMilliC: 0 };
/** Units in a box, boxes in a carton of the world. */
const BOX_UNITS = 4;
/** Units that leave a store between two read-outs of its logger. */
const READ_OUT_UNITS = 2;
const WEEK_MS = 7 * DAY_MS;
/** One hour in so many is missing. */
const GAP_EACH = 50;

/** When what happens to a carton, ms since the units were made. */
const SENT = HOUR_MS;
const TAKEN = 4 * DAY_MS;
const PASSED_ON = 6 * DAY_MS;
const ARRIVED = 10 * DAY_MS;
const UNPACKED = 10 * DAY_MS + HOUR_MS;
const LEFT = 25 * DAY_MS;

/** Makes, packs, moves and unpacks a batch, until its units leave the clinic's store; returns when they do. */
export function logged(collector: Collector, { maker, lot, cartons }: Batch): number {
  const units = cartons.flatMap((carton) => carton.units);
  collector.add(maker, commission({ units, time: START_MS, place: maker.place, lot, expiry: EXPIRY }));
  for (const carton of cartons) carried(collector, carton);
  return START_MS + LEFT + HOUR_MS;
}

function carried(collector: Collector, carton: Carton): void {
  const { id: pallet, units, maker, distributor, clinic } = carton;
  const boxes = Array.from({ length: units.length / BOX_UNITS }, (_, i) => boxId(pallet, i));
  for (const [i, box] of boxes.entries()) {
    const children = units.slice(i * BOX_UNITS, (i + 1) * BOX_UNITS);
    collector.add(maker, pack({ container: box, children, ...at(maker, HOUR_MS / 4) }));
  }
  collector.add(maker, pack({ container: pallet, children: boxes, ...at(maker, HOUR_MS / 2) }));
  leg(collector, [pallet], maker, distributor, SENT, TAKEN);
  const opened = at(distributor, TAKEN + HOUR_MS / 2);
  collector.add(distributor, unpack({ container: pallet, children: boxes, ...opened }));
  stored(collector, distributor, boxes, TAKEN, PASSED_ON - HOUR_MS / 2);
  leg(collector, boxes, distributor, clinic, PASSED_ON, ARRIVED);
  for (const [i, box] of boxes.entries()) {
    const children = units.slice(i * BOX_UNITS, (i + 1) * BOX_UNITS);
    collector.add(clinic, unpack({ container: box, children, ...at(clinic, UNPACKED) }));
  }
  for (let i = 0; i < units.length; i += READ_OUT_UNITS) {
    stored(collector, clinic, units.slice(i, i + READ_OUT_UNITS), ARRIVED, LEFT);
  }
}

/** One way, with the logger that travelled along, read out on arrival. */
function leg(
  collector: Collector,
  ids: readonly string[],
  from: Party,
  to: Party,
  sent: number,
  taken: number,
): void {
  const way = { ids, from: from.id, to: to.id };
  collector.add(from, ship({ ...way, ...at(from, sent), toPlace: to.place }));
  collector.add(to, receive({ ...way, ...at(to, taken) }));
  const readings = [];
  for (let time = START_MS + sent; time <= START_MS + taken; time += HOUR_MS) {
    if (time > START_MS + sent && isMissing(collector, time)) continue;
    readings.push({ time, type: 'Temperature', value: 3 + (collector.events % 4), uom: 'CEL' });
  }
  collector.add(to, sensor({ ids, ...at(to, taken), deviceId: deviceOf(to, 'traveller'), readings }));
}

/** What a store's logger says of goods there, week by week. */
function stored(
  collector: Collector,
  holder: Party,
  ids: readonly string[],
  since: number,
  until: number,
): void {
  for (let fromMs = START_MS + since; fromMs < START_MS + until; fromMs += WEEK_MS) {
    const toMs = Math.min(fromMs + WEEK_MS, START_MS + until);
    const stretches = [];
    let startMs = fromMs;
    for (let timeMs = fromMs + HOUR_MS; timeMs < toMs; timeMs += HOUR_MS) {
      if (!isMissing(collector, timeMs)) continue;
      stretches.push(stretch(holder, startMs, timeMs));
      startMs = Math.min(timeMs + HOUR_MS, toMs);
      timeMs = startMs;
    }
    if (startMs < toMs) stretches.push(stretch(holder, startMs, toMs));
    const event = {
      type: 'ObjectEvent',
      eventTime: textOf(START_MS + until),
      eventTimeZoneOffset: '+00:00',
      action: 'OBSERVE',
      bizStep: 'sensor_reporting',
      epcList: ids,
      readPoint: { id: holder.place },
      bizLocation: { id: holder.place },
      sensorElementList: stretches,
    };
    collector.add(holder, event as unknown as EpcisEvent);
  }
}

function stretch(holder: Party, fromMs: number, toMs: number): Readonly<Record<string, unknown>> {
  return {
    sensorMetadata: { deviceID: deviceOf(holder, 'store'), startTime: textOf(fromMs), endTime: textOf(toMs) },
    sensorReport: [{ type: 'Temperature', minValue: 3.1, maxValue: 6.4, uom: 'CEL' }],
  };
}

/** The same hours in every run. */
function isMissing({ events }: Collector, timeMs: number): boolean {
  return ((timeMs / HOUR_MS) * 31 + events * 17) % GAP_EACH === 0;
}

function at({ place }: Party, afterMs: number): { readonly time: number; readonly place: string } {
  return { time: START_MS + afterMs, place };
}

function boxId(pallet: string, i: number): string {
  const digits = pallet.slice(-18);
  const body = `${i + 1}${digits.slice(1, 17)}`;
  return sscc(body + checkDigit(body));
}

function deviceOf({ id }: Party, kind: string): string {
  return `https://loggers.countermark.example/${id.slice(-13)}/${kind}`;
}

function textOf(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
