/**
 * Victims: which unit an attack strikes, and which other clinics there are to strike it at.
 *
 * Reads  attack-book.ts, lots.ts, parties.ts.   Used by  attacks.ts and its families.
 * Rule   what an attack touches is marked before anything of it is recorded: nothing on it counts as benign.
 * @module
 */
import type { Attack } from './attack-book.ts';
import { marketOf } from './geography.ts';
import type { Carton, Lot, Pallet, Unit } from './lots.ts';
import type { Outlet } from './parties.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** Stream of random numbers of one attack on one lot. */
export function randomOf(world: World, lot: Lot, attack: Attack): Random {
  return world.random.fork(`${attack.kind} ${world.attacks.turnOf(attack)} on ${lot.id}`);
}

/** Chooses a unit that will reach a clinic by honest trade; where there is none, the next lot is tried. */
export function chooseUnit(world: World, lot: Lot, attack: Attack, lotIndex: number): Unit | undefined {
  const eligible = freeCartons(lot)
    .flatMap((carton) => carton.units)
    .filter((unit) => unit.attack === undefined);
  if (eligible.length === 0) {
    world.attacks.postpone(lotIndex, attack);
    return undefined;
  }
  const unit = randomOf(world, lot, attack).pick(eligible);
  touchUnit(world, unit, attack);
  return unit;
}

/** Cartons on their way to clinics that no attack has taken. */
export function freeCartons(lot: Lot): Carton[] {
  return lot.pallets
    .filter((pallet) => pallet.attack === undefined)
    .flatMap(cartonsOf)
    .filter((carton) => carton.attack === undefined && carton.warm === undefined)
    .filter((carton) => carton.outlet.trade === 'clinic');
}

export function cartonsOf(pallet: Pallet): Carton[] {
  return pallet.cases.flatMap((one) => one.cartons);
}

/** Marks a unit as the attack's. */
export function touchUnit(world: World, unit: Unit, attack: Attack): void {
  unit.attack = attack;
  world.attacks.touch(unit.id, attack);
}

/** Honest clinics, everywhere. */
export function clinicsOf(world: World): Outlet[] {
  return world.cast.networks
    .flatMap((network) => network.outlets)
    .filter((outlet) => outlet.trade === 'clinic');
}

/** Honest clinics in the markets of a lot. */
export function clinicsFor(world: World, lot: Lot): Outlet[] {
  const markets = lot.networks.map((network) => network.market.code);
  return clinicsOf(world).filter((clinic) => markets.includes(clinic.market));
}

/** A clinic in another city of the same market; of the next market if it has none. */
export function otherClinic(world: World, random: Random, clinic: Outlet): Outlet {
  const others = clinicsOf(world).filter((one) => one.city !== clinic.city);
  const near = others.filter((one) => one.market === marketOf(clinic.market).code);
  return random.pick(near.length > 0 ? near : others);
}
