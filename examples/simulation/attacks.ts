/**
 * The attackers: each plants its attack when a lot is made, or follows a genuine unit to its use.
 *
 * Reads  counter.ts, consumers.ts, lots.ts, attack-book.ts.   Used by  trade.ts (lots), clinics.ts (uses).
 * Rule   what an attacker writes goes through the same capture as everything else: it can be missed, late or out of order.
 * Never  gives the ledger a hint: a copy carries the genuine code, an insider signs with the genuine key.
 * @module
 */
import { commission } from 'countermark/epcis';
import { formatElementString, sgtin, signUnitCode } from 'countermark/gs1';
import { nativeSigner } from 'countermark/node';
import type { Attack } from './attack-book.ts';
import { farMarket, linkOf, regionIn, scanPage } from './consumers.ts';
import { elementStringOf, recordUse, scanAtCounter } from './counter.ts';
import { MARKETS, marketOf } from './geography.ts';
import { makeUnits, printedCode, type Carton, type Lot, type Unit } from './lots.ts';
import type { Outlet } from './parties.ts';
import type { Random } from './random.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, workingTime, type World } from './world.ts';

const MASS_COPIES = 100;
const MASS_CHECKS = 30;
const MASS_USES = 4;
const SEEN_DAYS_MAX = 20;

/** Plants the attacks that strike this lot; called once, before anything of it is recorded. */
export function plantAttacks(world: World, lot: Lot, lotIndex: number): void {
  const random = world.random.fork(`attacks on lot ${lotIndex}`);
  const attacks = world.attacks.ofLot(lotIndex);
  // Pallets and cartons first: single units are then chosen among the rest.
  for (const attack of attacks) {
    if (attack.kind === 'unlicensed-clinic') plantUnlicensed(world, lot, attack);
  }
  for (const attack of attacks) {
    if (attack.kind === 'diverted-pallet') plantDiversion(world, random, lot, attack);
  }
  for (const attack of attacks) {
    if (attack.kind === 'over-issue') plantOverIssue(world, random, lot, attack);
    else if (attack.kind === 'forged-serial') plantForgery(world, random, lot, attack);
    else if (attack.kind !== 'unlicensed-clinic' && attack.kind !== 'diverted-pallet') {
      plantOnUnit(world, random, lot, attack, lotIndex);
    }
  }
}

/** A genuine unit under attack will be used at `useMs`: plans the copies and second uses around it. */
export function onGenuineUse(world: World, unit: Unit, clinic: Outlet, useMs: number): void {
  const attack = unit.attack;
  if (attack === undefined) return;
  const random = world.random.fork(`attack on ${unit.id}`);
  switch (attack.variant) {
    case 'used elsewhere':
      world.samples.set('a unit that was copied', linkOf(unit));
      return useCopy(
        world,
        unit,
        attack,
        otherClinic(world, random, clinic),
        useMs + random.between(-20, 72) * HOUR_MS,
      );
    case 'sold on':
      return useCopy(
        world,
        unit,
        attack,
        otherClinic(world, random, clinic),
        useMs + random.between(24, 96) * HOUR_MS,
      );
    case 'same clinic':
      return useCopy(world, unit, attack, clinic, useMs + random.between(5, 72) * HOUR_MS);
    case 'checked elsewhere': {
      const market = farMarket(random, clinic.market);
      const region = regionIn(random, random.pick(market.cities), market.code);
      return checkCopy(world, unit, attack, useMs + random.between(30, 90) * MINUTE_MS, { region });
    }
    case 'sold as unused': {
      const region = regionIn(random, clinic.city, clinic.market);
      const timeMs = useMs + DAY_MS + random.between(0, 4 * DAY_MS);
      return checkCopy(world, unit, attack, timeMs, { region, unused: true });
    }
    case 'seen near by': {
      const region = regionIn(random, clinic.city, clinic.market);
      return checkCopy(world, unit, attack, useMs + random.between(2 * DAY_MS, 5 * DAY_MS), { region });
    }
    case 'sold everywhere':
      return sellEverywhere(world, random, unit, attack, useMs);
    default:
      return;
  }
}

/** Somebody presents a copy, or an already used container, at a clinic, and it is used on a patient. */
function useCopy(world: World, unit: Unit, attack: Attack, clinic: Outlet, aboutMs: number): void {
  const { agenda, random } = world;
  const useMs = Math.max(agenda.nowMs + HOUR_MS, aboutMs);
  const code = elementStringOf(unit);
  agenda.at(useMs - 10 * MINUTE_MS, () => scanAtCounter(world, clinic, { unit: unit.id, code, attack }));
  for (let dose = 0; dose < unit.lot.product.doses; dose++) {
    const use = { unit: unit.id, actId: random.token(), attack, own: true };
    agenda.at(useMs + dose * 30 * MINUTE_MS, () => recordUse(world, clinic, use));
  }
}

function checkCopy(
  world: World,
  unit: Unit,
  attack: Attack,
  timeMs: number,
  scan: { readonly region: ReturnType<typeof regionIn>; readonly unused?: boolean },
): void {
  world.agenda.at(timeMs, () =>
    scanPage(world, {
      unit: unit.id,
      code: linkOf(unit),
      attack,
      betrays: { attack, side: 'own' },
      ...scan,
    }),
  );
}

/** A hundred copies of one unit: some are used, some checked, most are never seen. */
function sellEverywhere(world: World, random: Random, unit: Unit, attack: Attack, useMs: number): void {
  const clinics = clinicsOf(world);
  for (let copy = 0; copy < MASS_COPIES; copy++) {
    const timeMs = useMs + random.between(0, 6 * 24 * 60) * MINUTE_MS;
    if (copy < MASS_USES) {
      useCopy(world, unit, attack, random.pick(clinics), timeMs);
    } else if (copy < MASS_USES + MASS_CHECKS) {
      const market = random.pick(MARKETS);
      const region = regionIn(random, random.pick(market.cities), market.code);
      checkCopy(world, unit, attack, timeMs, { region });
    }
  }
}

/** Chooses a unit that will reach a clinic by honest trade. */
function plantOnUnit(world: World, random: Random, lot: Lot, attack: Attack, lotIndex: number): void {
  const eligible = lot.pallets
    .filter((pallet) => pallet.attack === undefined)
    .flatMap((pallet) => pallet.cases.flatMap((one) => one.cartons))
    .filter((carton) => carton.attack === undefined && carton.outlet.trade === 'clinic')
    .flatMap((carton) => carton.units)
    .filter((unit) => unit.attack === undefined);
  if (eligible.length === 0) return world.attacks.postpone(lotIndex, attack);
  touchUnit(world, random.pick(eligible), attack);
}

/** Gives the first cartons of the first pallet to the clinic of this attack's turn. */
function plantUnlicensed(world: World, lot: Lot, attack: Attack): void {
  const turn = world.attacks.attacks.filter((one) => one.kind === attack.kind).indexOf(attack);
  const clinic = world.cast.unlicensed[turn];
  const pallet = lot.pallets[0];
  if (clinic === undefined || pallet === undefined) return;
  // Clinics whose turn falls into the same lot follow one another; two cartons each where the lot is large.
  const cartons = pallet.cases.flatMap((one) => one.cartons);
  const count = cartons.length > 20 ? 2 : 1;
  const free = cartons.filter((carton) => carton.attack === undefined).slice(0, count);
  free.forEach((carton: Carton, index) => {
    carton.attack = attack;
    carton.outlet = clinic;
    carton.loose = index > 0;
    for (const unit of carton.units) touchUnit(world, unit, attack);
  });
}

/** Sends the last pallet to a market the lot is not for. */
function plantDiversion(world: World, random: Random, lot: Lot, attack: Attack): void {
  const pallet = lot.pallets.at(-1);
  const cartons = pallet?.cases.flatMap((one) => one.cartons) ?? [];
  if (pallet === undefined || cartons.some((carton) => carton.attack !== undefined)) return;
  const buyer = random.pick(world.cast.networks.filter((network) => !lot.networks.includes(network)));
  pallet.attack = attack;
  pallet.buyer = buyer;
  world.attacks.touch(pallet.id, attack);
  for (const one of pallet.cases) world.attacks.touch(one.id, attack);
  for (const carton of cartons) {
    carton.outlet = random.pick(buyer.outlets);
    world.attacks.touch(carton.id, attack);
    for (const unit of carton.units) touchUnit(world, unit, attack);
  }
}

/** An insider commissions more than was signed for, in three sittings, and sells the extra units under the counter. */
function plantOverIssue(world: World, random: Random, lot: Lot, attack: Attack): void {
  const { agenda, attacks, capture } = world;
  const { maker } = lot.product;
  const extra = makeUnits(random, lot, Math.max(6, Math.round(lot.units.length * 0.02)));
  attacks.touch(lot.id, attack);
  const clinics = clinicsOf(world).filter((one) =>
    lot.networks.some((network) => network.market.code === one.market),
  );
  const sittings = 3;
  for (let sitting = 0; sitting < sittings; sitting++) {
    const units = extra.filter((_, index) => index % sittings === sitting);
    agenda.at(agenda.nowMs + (sitting + 1) * 20 * HOUR_MS, () =>
      capture.record({
        actor: maker,
        reads: units.map((unit) => unit.id),
        isCertain: true,
        attack,
        betrays: { attack, side: 'own' },
        build: (ids, time) =>
          commission({
            units: ids,
            time,
            place: maker.place,
            lot: lot.number,
            expiry: lot.expiry,
            product: lot.product.id,
          }),
      }),
    );
  }
  for (const unit of extra) {
    touchUnit(world, unit, attack);
    const clinic = random.pick(clinics);
    useCopy(world, unit, attack, clinic, workingTime(random, clinic, agenda.nowMs, 14, 30));
  }
}

/** A serial nobody made, on a real lot: scanned by a consumer, or checked at a clinic's counter and used. */
function plantForgery(world: World, random: Random, lot: Lot, attack: Attack): void {
  const { agenda } = world;
  const genuine = random.pick(lot.units);
  const serial = random.serial(genuine.serial.length);
  const unit = sgtin(lot.product.gtin, serial);
  const code = forgedCode(random, genuine, serial, attack);
  world.attacks.touch(unit, attack);
  if (attack.variant === 'badly signed') world.samples.set('a forged serial number', code);
  const clinics = clinicsOf(world).filter((one) =>
    lot.networks.some((network) => network.market.code === one.market),
  );
  const clinic = random.pick(clinics);
  const timeMs = workingTime(random, clinic, agenda.nowMs, 14, 14 + SEEN_DAYS_MAX);
  const region = regionIn(random, clinic.city, clinic.market);
  const betrays = { attack, side: 'own' } as const;
  if (random.chance(0.4)) {
    agenda.at(timeMs, () => scanPage(world, { unit, code, region, attack, betrays }));
    return;
  }
  agenda.at(timeMs, () => scanAtCounter(world, clinic, { unit, code, attack, betrays: attack }));
  agenda.at(timeMs + 12 * MINUTE_MS, () =>
    recordUse(world, clinic, { unit, actId: world.random.token(), attack, own: true }),
  );
}

/** A code without signature, with a signature of another key, or with the signature of another unit. */
function forgedCode(random: Random, genuine: Unit, serial: string, attack: Attack): string {
  const { lot } = genuine;
  if (attack.variant === 'unsigned') {
    return formatElementString([
      { ai: '01', value: lot.product.gtin },
      { ai: '21', value: serial },
      { ai: '10', value: lot.number },
      { ai: '17', value: lot.expiry.slice(2).replaceAll('-', '') },
    ]);
  }
  const forger = nativeSigner(random.seed32('forger'));
  const claimed = { gtin: lot.product.gtin, serial, lot: lot.number, expiry: lot.expiry };
  const signature =
    attack.variant === 'transplanted' ? genuine.signature : signUnitCode(claimed, forger).signature;
  return printedCode({ ...genuine, serial, signature }, lot.product.maker.labelKey, 'digital-link');
}

function touchUnit(world: World, unit: Unit, attack: Attack): void {
  unit.attack = attack;
  world.attacks.touch(unit.id, attack);
}

/** A clinic in another city of the same market; of the next market if it has none. */
function otherClinic(world: World, random: Random, clinic: Outlet): Outlet {
  const others = clinicsOf(world).filter((one) => one.city !== clinic.city);
  const near = others.filter((one) => one.market === marketOf(clinic.market).code);
  return random.pick(near.length > 0 ? near : others);
}

function clinicsOf(world: World): Outlet[] {
  return world.cast.networks
    .flatMap((network) => network.outlets)
    .filter((outlet) => outlet.trade === 'clinic');
}
