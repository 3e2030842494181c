/**
 * Attacks on the way: a pallet for the wrong market, a carton for a clinic without a licence, a carton kept warm.
 *
 * Reads  lots.ts, victims.ts, registry.ts.   Used by  attacks.ts.
 * Rule   nothing is recorded here but a clinic's own licence: the goods are redirected, and trade records what happens to them.
 * @module
 */
import type { Attack } from './attack-book.ts';
import { practiceLicence } from './licences.ts';
import { packedWith, type Lot } from './lots.ts';
import { cartonsOf, freeCartons, randomOf, touchUnit } from './victims.ts';
import type { World } from './world.ts';

/** Cartons a clinic without a licence buys where the lot is large. */
const LARGE_PALLET_CARTONS = 20;

/** Gives the first cartons of the first pallet to the clinic of this attack's turn. */
export function plantRogueClinic(world: World, lot: Lot, attack: Attack): void {
  const { attacks, capture, cast } = world;
  const isOwnIssuer = attack.kind === 'self-licensed';
  const clinic = (isOwnIssuer ? cast.selfLicensed : cast.unlicensed)[attacks.turnOf(attack)];
  const pallet = lot.pallets[0];
  if (clinic === undefined || pallet === undefined) return;
  if (isOwnIssuer) capture.register(clinic, 'licence', practiceLicence(clinic), attack);
  // Clinics whose turn falls into the same lot follow one another; two cartons each where the lot is large.
  const cartons = cartonsOf(pallet);
  const count = cartons.length > LARGE_PALLET_CARTONS ? 2 : 1;
  const free = cartons.filter((carton) => carton.attack === undefined).slice(0, count);
  free.forEach((carton, index) => {
    carton.attack = attack;
    carton.outlet = clinic;
    carton.loose = index > 0;
    world.attacks.touch(carton.id, attack);
    for (const unit of carton.units) touchUnit(world, unit, attack);
  });
}

/** Sends the last pallet to a market the lot is not for. */
export function plantDiversion(world: World, lot: Lot, attack: Attack): void {
  const random = randomOf(world, lot, attack);
  const pallet = lot.pallets.at(-1);
  const cartons = pallet === undefined ? [] : cartonsOf(pallet);
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

/** A carton that stays whole on its way gets warm at the wholesaler, at the regional distributor, and once more at the clinic. */
export function plantWarmth(world: World, lot: Lot, attack: Attack, lotIndex: number): void {
  const free = freeCartons(lot).filter(
    ({ loose, units }) => !loose && units.every((unit) => unit.attack === undefined),
  );
  if (free.length === 0) return world.attacks.postpone(lotIndex, attack);
  const carton = randomOf(world, lot, attack).pick(free);
  carton.warm = attack;
  world.capture.watch(packedWith(carton.units[0]!));
  world.attacks.touch(carton.id, attack);
  for (const unit of carton.units) touchUnit(world, unit, attack);
}
