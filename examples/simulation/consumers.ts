/**
 * Consumers: who scans a pack with a telephone, at the clinic or at home, through the scan page's service.
 *
 * Reads  world.ts, geography.ts, lots.ts.   Used by  clinics.ts, attacks.ts.
 * Rule   the page tells the ledger a random session id and a region, never a person or an address (design section 2).
 * @module
 */
import { observe } from 'countermark/epcis';
import type { Attack } from './attack-book.ts';
import type { Recording } from './capture.ts';
import { garble } from './garble.ts';
import { MARKETS, regionAround, type City, type Market, type Region } from './geography.ts';
import { printedCode, type Unit } from './lots.ts';
import type { Outlet } from './parties.ts';
import type { Random } from './random.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type World } from './world.ts';

const SPREAD = 60_000;
/** Time a journey takes, there or back. */
const JOURNEY_MS = 2 * DAY_MS;

/** One scan of a code on the scan page. */
export interface ConsumerScan {
  /** Unit the code names. */
  readonly unit: string;
  readonly code: string;
  /** Ids the code names, if it does not name the unit. */
  readonly ids?: readonly string[];
  readonly entryMode?: 'scan' | 'manual';
  readonly region: Region;
  readonly unused?: boolean;
  /** Where patient and clinic look together. */
  readonly clinic?: Outlet | undefined;
  readonly attack?: Attack;
  readonly betrays?: Recording['betrays'];
}

/** An honest consumer's scan, whose code may be mistyped or garbled. */
function scanPack(world: World, unit: Unit, region: Region, clinic?: Outlet): void {
  const { random, options, capture } = world;
  if (!random.chance(options.noise.garbledCodes)) {
    return scanPage(world, { unit: unit.id, code: linkOf(unit), region, clinic });
  }
  capture.noise.garbledCodes++;
  const { presented, entryMode, ids } = garble(random, unit);
  scanPage(world, { unit: unit.id, code: presented, entryMode, ids, region, clinic });
}

/** Records a consumer's scan at the present. */
export function scanPage(world: World, scan: ConsumerScan): void {
  const { region } = scan;
  const session = world.random.token();
  world.tally.market(region.countries[0] ?? '').consumerChecks++;
  world.capture.record({
    actor: world.cast.service,
    reads: [scan.unit],
    scan: 'consumer',
    attack: scan.attack,
    betrays: scan.betrays,
    build: (ids, time) =>
      observe({
        ids: scan.ids ?? ids,
        time,
        presented: scan.code,
        entryMode: scan.entryMode ?? 'scan',
        latitude: region.latitude,
        longitude: region.longitude,
        radius: region.radius,
        countries: region.countries,
        session,
        ...(scan.unused === true ? { unused: true } : {}),
        ...(scan.clinic === undefined ? {} : { joint: true, place: scan.clinic.place }),
      }),
  });
}

/** A region somewhere in or near a city. */
export function regionIn(random: Random, city: City, market: string): Region {
  const point = {
    latitude: city.latitude + random.between(-SPREAD, SPREAD),
    longitude: city.longitude + random.between(-SPREAD, SPREAD),
  };
  return regionAround(point, city, market);
}

/** A market on the other continent: nobody gets there within hours. */
export function farMarket(random: Random, market: string): Market {
  const here = MARKETS.find((one) => one.code === market);
  return random.pick(MARKETS.filter((one) => one.continent !== here?.continent));
}

/** The patient looks at the vial with the doctor, just before the treatment. */
export function scanBeforeTreatment(world: World, unit: Unit, clinic: Outlet): void {
  scanPack(world, unit, regionAround(clinic.point, clinic.city, clinic.market), clinic);
}

/** Who takes the pack home scans it once to three times in ten days, at home or, now and then, on a journey. */
export function planScansAtHome(world: World, unit: Unit, outlet: Outlet): void {
  const { random, agenda, options, capture } = world;
  const { nowMs } = agenda;
  const network = world.cast.networks.find((one) => one.market.code === outlet.market);
  const isNear = network === undefined || random.chance(0.8);
  const city = isNear ? outlet.city : random.pick(network.market.cities);
  const home = regionIn(random, city, outlet.market);
  const count = random.pick([1, 1, 1, 2, 2, 3]);
  let timeMs = nowMs + 7 * HOUR_MS + random.between(0, 2 * DAY_MS);
  for (let i = 0; i < count; i++) {
    if (random.chance(options.noise.travellers)) {
      capture.noise.travellers++;
      const abroad = random.pick(MARKETS);
      const region = regionIn(random, random.pick(abroad.cities), abroad.code);
      agenda.at(timeMs + JOURNEY_MS, () => scanPack(world, unit, region));
      timeMs += 2 * JOURNEY_MS;
    } else {
      agenda.at(timeMs, () => scanPack(world, unit, home));
    }
    timeMs += 10 * MINUTE_MS + random.between(0, 3 * DAY_MS);
  }
}

/** The Digital Link printed on a unit. */
export function linkOf(unit: Unit): string {
  return printedCode(unit, unit.lot.product.maker.labelKey, 'digital-link');
}
