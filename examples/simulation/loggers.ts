/**
 * Loggers: temperatures on the road and in store, reported by whoever has the goods when they leave him or are used.
 *
 * Reads  world.ts, the package's epcis room.   Used by  trade.ts, clinics.ts.
 * Source EPCIS 2.0 section 7.3.7: on the road a reading every hour, in store the least and greatest of each stretch.
 * Rule   a logger misses hours; two stretches then stand apart. What a cold-chain attack does to the goods, its own logger says.
 * @module
 */
import { eventHash, sensor, type EpcisEvent } from 'countermark/epcis';
import type { Attack } from './attack-book.ts';
import type { Party } from './parties.ts';
import type { Random } from './random.ts';
import { DAY_MS, HOUR_MS, type World } from './world.ts';

/** Goods under a logger; `warm` where the holder lets them get warm. */
export interface Logged {
  readonly id: string;
  readonly warm?: Attack | undefined;
}

/**
 * Hours each of three holders lets attacked goods be warm: no one of them more than the nine that the goods bear, any two of them
 * more. (A holder whose supplier never recorded the shipment is not believed for certain.)
 */
const WARM_HOURS = 5;
const WARM_AFTER_HOURS = 2;
/** Hours after a unit left an outlet's store at which the logger is read out at the latest: nobody is far away by then. */
const READ_OUT_HOURS = 4;
/** A store reports at least so often. */
const REPORT_DAYS = 7;

/** What the store's logger says of goods there since `sinceMs`. */
export function logStorage(world: World, holder: Party, goods: readonly Logged[], sinceMs: number): void {
  const { nowMs } = world.agenda;
  const cool = goods.filter(({ warm }) => warm === undefined).map(({ id }) => id);
  if (cool.length > 0) {
    for (let fromMs = sinceMs; fromMs < nowMs; fromMs += REPORT_DAYS * DAY_MS) {
      const toMs = Math.min(nowMs, fromMs + REPORT_DAYS * DAY_MS);
      report(world, holder, cool, storeStretches(world, fromMs, toMs));
    }
  }
  for (const [attack, ids] of warmOf(goods)) {
    report(world, holder, ids, warmStretches(sinceMs, nowMs), attack);
  }
}

/** A unit leaves an outlet's store: its logger is read out within the half day, for all that left meanwhile. */
export function leaveStore(world: World, outlet: Party, goods: Logged, sinceMs: number): void {
  const { agenda, leaving } = world;
  if (goods.warm !== undefined) return logStorage(world, outlet, [goods], sinceMs);
  const waiting = leaving.get(outlet);
  if (waiting !== undefined) {
    waiting.ids.push(goods.id);
    waiting.sinceMs = Math.min(waiting.sinceMs, sinceMs);
    return;
  }
  const list = { ids: [goods.id], sinceMs };
  leaving.set(outlet, list);
  agenda.at(agenda.nowMs + READ_OUT_HOURS * HOUR_MS, () => {
    leaving.delete(outlet);
    logStorage(
      world,
      outlet,
      list.ids.map((id) => ({ id })),
      list.sinceMs,
    );
  });
}

/** What the logger that travelled with goods says on their arrival. */
export function logTransport(world: World, receiver: Party, ids: readonly string[], sinceMs: number): void {
  const { agenda, capture, random, options } = world;
  const { nowMs } = agenda;
  const readings: { time: number; type: string; value: number; uom: string }[] = [];
  for (let atMs = sinceMs; atMs <= nowMs; atMs += HOUR_MS) {
    const isWarm = random.chance(options.noise.warmHours);
    if (atMs > sinceMs && random.chance(options.noise.loggerGaps)) {
      capture.noise.loggerGaps++;
      continue;
    }
    if (isWarm) capture.noise.warmHours++;
    const value = isWarm ? random.between(85, 120) / 10 : random.between(25, 70) / 10;
    readings.push({ time: atMs, type: 'Temperature', value, uom: 'CEL' });
  }
  if (readings.length === 0) return;
  capture.record({
    actor: receiver,
    reads: ids,
    isCertain: true,
    build: (_ids, time) =>
      sensor({
        ids,
        time,
        place: receiver.place,
        deviceId: deviceOf(receiver, 'traveller'),
        // A logger is read out by the receiver's device and takes its time.
        readings: readings.map((reading) => ({ ...reading, time: reading.time + time - nowMs })),
      }),
  });
}

/** A stretch of time and the least and greatest temperature in it, degrees Celsius. */
interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly min: number;
  readonly max: number;
}

function* storeStretches(world: World, fromMs: number, toMs: number): Iterable<Stretch> {
  const { random, options, capture } = world;
  let startMs = fromMs;
  for (let atMs = fromMs + HOUR_MS; atMs < toMs; atMs += HOUR_MS) {
    if (!random.chance(options.noise.loggerGaps)) continue;
    capture.noise.loggerGaps++;
    yield cool(random, startMs, atMs);
    startMs = Math.min(atMs + HOUR_MS, toMs);
    atMs = startMs;
  }
  if (startMs < toMs) yield cool(random, startMs, toMs);
}

function cool(random: Random, fromMs: number, toMs: number): Stretch {
  return { fromMs, toMs, min: random.between(25, 40) / 10, max: random.between(45, 70) / 10 };
}

/** Cool, warm for some hours, and cool again. */
function warmStretches(sinceMs: number, nowMs: number): Stretch[] {
  const fromMs = sinceMs + WARM_AFTER_HOURS * HOUR_MS;
  const toMs = fromMs + WARM_HOURS * HOUR_MS;
  return [
    { fromMs: sinceMs, toMs: fromMs, min: 3.1, max: 6.2 },
    { fromMs, toMs, min: 14.4, max: 21.3 },
    { fromMs: toMs, toMs: Math.max(nowMs, toMs), min: 3.2, max: 6.4 },
  ];
}

function report(
  world: World,
  holder: Party,
  ids: readonly string[],
  stretches: Iterable<Stretch>,
  attack?: Attack,
): void {
  const { agenda, capture } = world;
  const { nowMs } = agenda;
  const known = [...stretches].filter(({ fromMs, toMs }) => fromMs < toMs && toMs <= nowMs);
  if (known.length === 0) return;
  capture.record({
    actor: holder,
    reads: ids,
    isCertain: true,
    ...(attack === undefined ? {} : { attack, betrays: { attack, side: 'own' } }),
    build: (_ids, time) => storeReport(holder, ids, known, time, time - nowMs),
  });
}

/** A sensor event over stretches; their times are shifted by the error of the clock that reports them. */
function storeReport(
  holder: Party,
  ids: readonly string[],
  stretches: readonly Stretch[],
  timeMs: number,
  shiftMs: number,
): EpcisEvent {
  const event = {
    type: 'ObjectEvent',
    eventTime: timeText(timeMs),
    eventTimeZoneOffset: '+00:00',
    action: 'OBSERVE',
    bizStep: 'sensor_reporting',
    epcList: ids,
    readPoint: { id: holder.place },
    bizLocation: { id: holder.place },
    sensorElementList: stretches.map(({ fromMs, toMs, min, max }) => ({
      sensorMetadata: {
        deviceID: deviceOf(holder, 'store'),
        startTime: timeText(fromMs + shiftMs),
        endTime: timeText(toMs + shiftMs),
      },
      sensorReport: [{ type: 'Temperature', minValue: min, maxValue: max, uom: 'CEL' }],
    })),
  };
  return { ...event, eventID: eventHash(event) } as unknown as EpcisEvent;
}

function deviceOf(party: Party, kind: 'store' | 'traveller'): string {
  return `https://loggers.countermark.example/${party.id.slice(-13)}/${kind}`;
}

function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function warmOf(goods: readonly Logged[]): Map<Attack, string[]> {
  const groups = new Map<Attack, string[]>();
  for (const { id, warm } of goods) {
    if (warm === undefined) continue;
    const group = groups.get(warm);
    if (group === undefined) groups.set(warm, [id]);
    else group.push(id);
  }
  return groups;
}
