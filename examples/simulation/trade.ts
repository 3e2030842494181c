/**
 * Trade: a lot is commissioned, packed, and goes from its manufacturer over importer, wholesaler and regional distributor
 * to clinics and pharmacies.
 *
 * Reads  moves.ts, lots.ts, attacks.ts, clinics.ts.   Used by  simulation.ts.
 * Rule   units inside containers are not named on the way: a pallet moves with one event.
 * @module
 */
import { commission, decommission, pack, unpack } from 'countermark/epcis';
import type { Attack } from './attack-book.ts';
import { isShortDated, plantAttacks } from './attacks.ts';
import type { Recording } from './capture.ts';
import { takeIntoStock } from './clinics.ts';
import { linkOf } from './consumers.ts';
import { makeLot, type Carton, type Case, type Lot, type LotPlan, type Pallet, type Unit } from './lots.ts';
import { logStorage, logTransport } from './loggers.ts';
import { deliver, receive, ship, type Move } from './moves.ts';
import { distributorsOf, type Outlet, type Party } from './parties.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, workingTime, type World } from './world.ts';

/** Units named by one commissioning event. */
const COMMISSION_IDS_MAX = 400;
const PACK_INTERVAL_MS = 20_000;
const UPLOAD_LATE_MS = 7 * DAY_MS;

/** A lot's first day: registered, commissioned, packed, and its pallets sent on their way. */
export function startLot(world: World, plan: LotPlan): void {
  const { agenda, capture, cast, random, tally, options } = world;
  const lot = makeLot(random.fork(`lot ${plan.index}`), cast, plan, {
    relabelled: options.noise.relabelled,
    isShortDated: isShortDated(world, plan.index),
  });
  const { maker } = lot.product;
  const counts = tally.maker(maker.name);
  counts.lots++;
  counts.units += lot.units.length;
  counts.pallets += lot.pallets.length;
  plantAttacks(world, lot, plan.index);
  const honest = lot.units.filter((unit) => unit.attack === undefined).at(-1);
  if (honest !== undefined && world.samples.size === 0) world.samples.set('a genuine unit', linkOf(honest));
  const markets = lot.networks.map((network) => network.market.code);
  const register = (): void =>
    capture.register(maker, 'lot', {
      product: lot.product.id,
      lot: lot.number,
      quantity: lot.units.length,
      expiry: lot.expiry,
      markets,
      distributors: distributorsOf(cast.networks, markets).map((party) => party.id),
      exemptSites: [maker.place],
    });
  const startMs = agenda.nowMs;
  const delayMs = plan.isLate ? UPLOAD_LATE_MS : undefined;
  if (plan.isLate) {
    capture.noise.lateLots++;
    agenda.at(startMs + UPLOAD_LATE_MS, register);
  } else register();
  agenda.at(startMs + 2 * HOUR_MS, () => commissionLot(world, lot, delayMs));
  agenda.at(startMs + 4 * HOUR_MS, () => scrapRejects(world, lot, delayMs));
  agenda.at(startMs + 5 * HOUR_MS, () => packPallets(world, lot));
}

/** Commissions the lot, a few hundred units an event. */
function commissionLot(world: World, lot: Lot, delayMs: number | undefined): void {
  const { units } = lot;
  const { agenda } = world;
  for (let first = 0; first < units.length; first += COMMISSION_IDS_MAX) {
    const some = units.slice(first, first + COMMISSION_IDS_MAX);
    agenda.at(agenda.nowMs + (first / COMMISSION_IDS_MAX) * 10 * MINUTE_MS, () =>
      commissionUnits(world, some, delayMs),
    );
  }
}

function commissionUnits({ capture }: World, units: readonly Unit[], delayMs: number | undefined): void {
  const { lot } = units[0]!;
  const { maker } = lot.product;
  capture.record({
    actor: maker,
    reads: units.map((unit) => unit.id),
    isCertain: true,
    ...(delayMs === undefined ? {} : { delayMs }),
    build: (ids, time) =>
      commission({
        units: ids,
        time,
        place: maker.place,
        lot: lot.number,
        expiry: lot.expiry,
        product: lot.product.id,
      }),
  });
}

/** Takes bad units off the line; where only the label was bad, another with a new serial number takes its place. */
function scrapRejects(world: World, lot: Lot, delayMs: number | undefined): void {
  const { agenda, capture } = world;
  const { maker } = lot.product;
  const scrap = (units: readonly Unit[], isCertain: boolean): void =>
    capture.record({
      actor: maker,
      reads: units.map((unit) => unit.id),
      isCertain,
      ...(delayMs === undefined ? {} : { delayMs }),
      build: (ids, time) => decommission({ ids, time, place: maker.place }),
    });
  if (lot.rejects.length > 0) scrap(lot.rejects, false);
  if (lot.relabels.length === 0) return;
  capture.noise.relabelled += lot.relabels.length;
  // The line's own system exchanges one serial number for another: neither half is missed.
  scrap(
    lot.relabels.map(({ scrapped }) => scrapped),
    true,
  );
  const fresh = lot.relabels.map((relabel) => relabel.fresh);
  agenda.at(agenda.nowMs + MINUTE_MS, () => commissionUnits(world, fresh, delayMs));
}

function packPallets(world: World, lot: Lot): void {
  const { agenda, random } = world;
  const { maker } = lot.product;
  let timeMs = agenda.nowMs;
  const packAt = (container: string, children: readonly string[], warm?: Attack): void => {
    timeMs += PACK_INTERVAL_MS;
    agenda.at(timeMs, () => packContainer(world, maker, container, children, warm));
  };
  for (const pallet of lot.pallets) {
    for (const { id, cartons } of pallet.cases) {
      for (const carton of cartons) packAt(carton.id, idsOf(carton.units), carton.warm);
      packAt(id, idsOf(cartons));
    }
    packAt(pallet.id, idsOf(pallet.cases));
    agenda.at(workingTime(random, maker, timeMs, 1, 3), () => exportPallet(world, maker, pallet));
  }
}

function exportPallet(world: World, maker: Party, pallet: Pallet): void {
  const { importer, market } = pallet.network;
  deliver(world, { from: maker, to: importer, reads: [pallet.id], scan: 'container' }, [3, 6], () => {
    world.tally.market(market.code).unitsImported += unitsOf(pallet.cases).length;
    if (pallet.attack === undefined) atImporter(world, importer, pallet);
    else divert(world, importer, pallet, pallet.attack);
  });
}

/** The importer opens the pallet and sends its cases to the wholesaler. */
function atImporter(world: World, importer: Party, pallet: Pallet): void {
  const { agenda, random } = world;
  const { wholesaler } = pallet.buyer;
  agenda.at(agenda.nowMs + 3 * HOUR_MS, () =>
    unpackContainer(world, importer, pallet.id, idsOf(pallet.cases)),
  );
  const arrivedMs = agenda.nowMs;
  agenda.at(workingTime(random, importer, arrivedMs + 4 * HOUR_MS, 1, 3), () => {
    logStorage(world, importer, pallet.cases, arrivedMs);
    deliver(
      world,
      { from: importer, to: wholesaler, reads: idsOf(pallet.cases), scan: 'container' },
      [1, 2],
      () => atWholesaler(world, wholesaler, pallet.cases),
    );
  });
}

/**
 * The importer sells the whole pallet to the wholesaler of a market that its lot is not for. All trade with it there is the
 * attack's doing, down to the delivery; the clinics and patients who then use it are its victims.
 */
function divert(world: World, importer: Party, pallet: Pallet, attack: Attack): void {
  const { agenda, random } = world;
  const { wholesaler } = pallet.buyer;
  const move: Move = {
    from: importer,
    to: wholesaler,
    reads: [pallet.id],
    scan: 'container',
    ...written(attack),
  };
  agenda.at(workingTime(random, importer, agenda.nowMs, 1, 2), () => {
    if (attack.variant === 'shipped openly') ship(world, move);
    const shippedMs = agenda.nowMs;
    agenda.at(workingTime(random, wholesaler, shippedMs, 3, 6), () => {
      receive(world, move);
      logTransport(world, wholesaler, move.reads, shippedMs);
      agenda.at(agenda.nowMs + 3 * HOUR_MS, () => {
        unpackContainer(world, wholesaler, pallet.id, idsOf(pallet.cases), attack);
        atWholesaler(world, wholesaler, pallet.cases, attack);
      });
    });
  });
}

/** The wholesaler opens the cases and sends cartons to the regional distributors whose customers want them. */
function atWholesaler(world: World, wholesaler: Party, cases: readonly Case[], attack?: Attack): void {
  const { agenda, random } = world;
  const arrivedMs = agenda.nowMs;
  let timeMs = arrivedMs + HOUR_MS;
  for (const { id, cartons } of cases) {
    agenda.at(timeMs, () => unpackContainer(world, wholesaler, id, idsOf(cartons), attack));
    timeMs += 2 * MINUTE_MS;
  }
  const bySupplier = groupBy(
    cases.flatMap((one) => one.cartons),
    (carton) => carton.outlet.supplier,
  );
  for (const [regional, cartons] of bySupplier) {
    agenda.at(workingTime(random, wholesaler, timeMs, 1, 3), () => {
      logStorage(world, wholesaler, cartons, arrivedMs);
      deliver(
        world,
        { from: wholesaler, to: regional, reads: idsOf(cartons), scan: 'container', ...written(attack) },
        [1, 2],
        () => atRegional(world, regional, cartons, attack),
      );
    });
  }
}

/** The regional distributor sends each customer its cartons, or the units out of them. */
function atRegional(world: World, regional: Party, cartons: readonly Carton[], attack?: Attack): void {
  const { agenda, random } = world;
  const arrivedMs = agenda.nowMs;
  const orders = groupBy(cartons, (carton) => carton.outlet);
  for (const [outlet, ordered] of orders) {
    for (const [isLoose, batch] of groupBy(ordered, (carton) => carton.loose)) {
      agenda.at(workingTime(random, regional, arrivedMs, 1, 4), () => {
        logStorage(world, regional, batch, arrivedMs);
        if (isLoose) sellUnits(world, regional, outlet, batch, attack);
        else sellCartons(world, regional, outlet, batch, attack);
      });
    }
  }
}

function sellCartons(
  world: World,
  regional: Party,
  outlet: Outlet,
  cartons: readonly Carton[],
  diversion?: Attack,
): void {
  const { agenda } = world;
  const unlicensed = cartons.find((carton) => carton.attack !== undefined)?.attack;
  const move: Move = {
    from: regional,
    to: outlet,
    reads: idsOf(cartons),
    scan: 'container',
    ...written(diversion ?? unlicensed),
  };
  deliver(world, move, [1, 2], () => {
    let timeMs = agenda.nowMs + 20 * MINUTE_MS;
    for (const { id, units } of cartons) {
      agenda.at(timeMs, () => unpackContainer(world, outlet, id, idsOf(units), unlicensed));
      timeMs += MINUTE_MS;
    }
    takeIntoStock(
      world,
      outlet,
      cartons.flatMap((carton) => carton.units),
      unlicensed,
    );
  });
}

function sellUnits(
  world: World,
  regional: Party,
  outlet: Outlet,
  cartons: readonly Carton[],
  diversion?: Attack,
): void {
  const { agenda } = world;
  const unlicensed = cartons.find((carton) => carton.attack !== undefined)?.attack;
  for (const { id, units } of cartons) unpackContainer(world, regional, id, idsOf(units));
  const units = cartons.flatMap((carton) => carton.units);
  const move: Move = {
    from: regional,
    to: outlet,
    reads: idsOf(units),
    scan: 'receipt',
    ...written(diversion ?? unlicensed),
  };
  agenda.at(agenda.nowMs + HOUR_MS, () =>
    deliver(world, move, [1, 2], () => takeIntoStock(world, outlet, units, unlicensed)),
  );
}

function packContainer(
  world: World,
  actor: Party,
  container: string,
  children: readonly string[],
  warm?: Attack,
): void {
  world.capture.record({
    actor,
    reads: [container],
    scan: 'container',
    betrays: warm === undefined ? undefined : { attack: warm, side: 'genuine' },
    build: (_ids, time) => pack({ container, children, time, place: actor.place }),
  });
}

/** Opens a container; who scans units lists what was inside, others trust the packing. */
function unpackContainer(
  world: World,
  actor: Party,
  container: string,
  children: readonly string[],
  attack?: Attack,
): void {
  world.capture.record({
    actor,
    reads: [container],
    scan: 'container',
    ...written(attack),
    build: (_ids, time) =>
      unpack({ container, time, place: actor.place, ...(actor.scansUnits ? { children } : {}) }),
  });
}

/** The label of what an attack writes: any record of it can betray it. */
function written(attack: Attack | undefined): Pick<Recording, 'attack' | 'betrays'> {
  return attack === undefined ? {} : { attack, betrays: { attack, side: 'own' } };
}

function idsOf(things: readonly { readonly id: string }[]): string[] {
  return things.map((thing) => thing.id);
}

function unitsOf(cases: readonly Case[]): Unit[] {
  return cases.flatMap((one) => one.cartons.flatMap((carton) => carton.units));
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
