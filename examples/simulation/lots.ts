/**
 * Lots: units with random serials and signed codes, in cartons, in cases, on pallets, each pallet for one market.
 *
 * Reads  parties.ts, random.ts, the package's gs1 room.   Used by  trade.ts, clinics.ts, attacks.
 * Rule   a lot is made when its day comes and forgotten when its last unit is used: 200,000 units never exist at once.
 * @module
 */
import {
  lotId,
  sgtin,
  signUnitCodes,
  toDigitalLink,
  toElementString,
  type SignedUnitCode,
} from 'countermark/gs1';
import type { Attack } from './attack-book.ts';
import type { Cast, Network, Outlet, Product } from './parties.ts';
import type { Random } from './random.ts';
import { DAY_MS, START_MS, dayText, lotsStartDays } from './world.ts';

/** What is known of a lot before it is made. */
export interface LotPlan {
  readonly index: number;
  readonly product: Product;
  readonly unitsCount: number;
  readonly startMs: number;
  readonly networks: readonly Network[];
  /** Its data reach the ledger a week late. */
  readonly isLate: boolean;
}

export interface Lot {
  readonly id: string;
  readonly number: string;
  readonly product: Product;
  readonly startMs: number;
  readonly expiry: string;
  readonly networks: readonly Network[];
  readonly units: readonly Unit[];
  /** Made, scrapped on the line before packing. */
  readonly rejects: readonly Unit[];
  /** Labels scrapped on the line before packing, and those printed instead. */
  readonly relabels: readonly { readonly scrapped: Unit; readonly fresh: Unit }[];
  readonly pallets: readonly Pallet[];
}

export interface Unit {
  readonly id: string;
  readonly lot: Lot;
  readonly serial: string;
  readonly signature: Uint8Array;
  /** The attack that touches it, if one does. */
  attack: Attack | undefined;
}

export interface Carton {
  readonly id: string;
  readonly units: readonly Unit[];
  outlet: Outlet;
  /** Opened at the regional distributor, which ships the units one by one. */
  loose: boolean;
  /** Set where a clinic without a licence buys it. */
  attack: Attack | undefined;
  /** Set where its holders let it get warm. */
  warm: Attack | undefined;
}

export interface Case {
  readonly id: string;
  readonly cartons: readonly Carton[];
}

export interface Pallet {
  readonly id: string;
  readonly cases: readonly Case[];
  readonly network: Network;
  /** Market whose wholesaler gets it: another than `network` if it is diverted. */
  buyer: Network;
  attack: Attack | undefined;
}

/** How many of the smaller fit into the larger. */
export interface Packing {
  readonly carton: number;
  readonly case: number;
  readonly pallet: number;
}

const SERIAL_LENGTH = 14;
/** Days from a lot's first to its last day of use; where units are to be used after it, it comes soon. */
const EXPIRY_DAYS = 720;
export const SHORT_EXPIRY_DAYS = 75;

/** Lots of a run: at least 24, at most 2,000 units each, each for one market or two. */
export function planLots(random: Random, cast: Cast, unitsCount: number, lateCount: number): LotPlan[] {
  const lotsCount = Math.max(24, Math.ceil(unitsCount / 2000));
  const startDays = lotsStartDays(unitsCount);
  const plans: LotPlan[] = [];
  const numbers = Array.from({ length: lotsCount }, (_, index) => index);
  const late = new Set(random.fork('late').shuffled(numbers).slice(0, lateCount));
  for (let index = 0; index < lotsCount; index++) {
    const first = cast.networks[index % cast.networks.length]!;
    const second = cast.networks[random.between(0, cast.networks.length - 1)]!;
    const isShared = second !== first && random.chance(0.4);
    const before = Math.floor((unitsCount * index) / lotsCount);
    plans.push({
      index,
      product: cast.products[(index + Math.floor(index / 6)) % cast.products.length]!,
      unitsCount: Math.floor((unitsCount * (index + 1)) / lotsCount) - before,
      startMs: START_MS + Math.floor((startDays * DAY_MS * index) / lotsCount / 60_000) * 60_000,
      networks: isShared ? [first, second] : [first],
      isLate: late.has(index),
    });
  }
  return plans;
}

/** Cartons of 10, cases of 10 cartons, pallets of half a lot; all smaller where the lot is small. */
export function packingFor(unitsCount: number): Packing {
  const carton = unitsCount >= 200 ? 10 : 5;
  const cartonsPerCase = unitsCount >= 400 ? 10 : 2;
  const cases = Math.ceil(unitsCount / (carton * cartonsPerCase));
  return { carton, case: cartonsPerCase, pallet: Math.min(10, Math.max(1, Math.ceil(cases / 2))) };
}

/** What a lot may have beside its plan. */
export interface LotTraits {
  /** Share of labels scrapped and replaced. */
  readonly relabelled: number;
  readonly isShortDated: boolean;
}

/** Makes the units of a lot, with their signed codes, and says which carton goes where. */
export function makeLot(random: Random, cast: Cast, plan: LotPlan, traits: LotTraits): Lot {
  const { product } = plan;
  const number = `${product.gtin.slice(8, 13)}${dayText(plan.startMs).slice(2, 4)}L${String(plan.index + 1).padStart(3, '0')}`;
  const expiryDays = traits.isShortDated ? SHORT_EXPIRY_DAYS : EXPIRY_DAYS;
  const expiry = dayText(plan.startMs + expiryDays * DAY_MS);
  const units: Unit[] = [];
  const lot: Lot = {
    id: lotId(product.gtin, number),
    number,
    product,
    startMs: plan.startMs,
    expiry,
    networks: plan.networks,
    units,
    rejects: [],
    relabels: [],
    pallets: [],
  };
  units.push(...makeUnits(random, lot, plan.unitsCount));
  const rejectsCount = Math.floor(units.length * 0.004);
  const luck = random.fork('labels');
  const made = units.slice(rejectsCount);
  const scrapped = made.filter((_, index) => index < made.length - 1 && luck.chance(traits.relabelled));
  const fresh = makeUnits(luck, lot, scrapped.length);
  const packed = [...made.filter((unit) => !scrapped.includes(unit)), ...fresh];
  return Object.assign(lot, {
    rejects: units.slice(0, rejectsCount),
    relabels: scrapped.map((unit, index) => ({ scrapped: unit, fresh: fresh[index]! })),
    pallets: stack(random, cast, plan, packed),
  });
}

/** Units with fresh serials of a lot, signed by its manufacturer. */
export function makeUnits(random: Random, lot: Lot, count: number): Unit[] {
  const { gtin, maker } = lot.product;
  function* codes(): Iterable<{ gtin: string; serial: string; lot: string; expiry: string }> {
    for (let i = 0; i < count; i++) {
      yield { gtin, serial: random.serial(SERIAL_LENGTH), lot: lot.number, expiry: lot.expiry };
    }
  }
  const units: Unit[] = [];
  for (const { serial, signature } of signUnitCodes(codes(), maker.signer)) {
    units.push({ id: sgtin(gtin, serial), lot, serial, signature, attack: undefined });
  }
  return units;
}

/** The code printed on a unit: as a scanner at a counter reads it, or as a telephone does. */
export function printedCode(unit: Unit, keyId: string, form: 'element-string' | 'digital-link'): string {
  const { lot, serial, signature } = unit;
  const signed: SignedUnitCode = {
    gtin: lot.product.gtin,
    serial,
    lot: lot.number,
    expiry: lot.expiry,
    keyId,
    signature,
  };
  return form === 'element-string' ? toElementString(signed) : toDigitalLink(signed);
}

function stack(random: Random, cast: Cast, plan: LotPlan, units: readonly Unit[]): Pallet[] {
  const packing = packingFor(plan.unitsCount);
  const { prefix } = plan.product.maker;
  const container = (): string => cast.numbers.container(prefix);
  const perPallet = packing.carton * packing.case * packing.pallet;
  return groups(units, perPallet).map((onPallet, index) => {
    const network = plan.networks[index % plan.networks.length]!;
    const cases = groups(onPallet, packing.carton * packing.case).map((inCase) => ({
      id: container(),
      cartons: groups(inCase, packing.carton).map((inCarton) => ({
        id: container(),
        units: inCarton,
        outlet: random.pick(network.outlets),
        loose: random.chance(0.35),
        attack: undefined,
        warm: undefined,
      })),
    }));
    return { id: container(), cases, network, buyer: network, attack: undefined };
  });
}

function groups<T>(items: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let i = 0; i < items.length; i += size) result.push(items.slice(i, i + size));
  return result;
}

/** Ids of a unit and of every container it is packed into: carton, case, pallet. */
export function packedWith(unit: Unit): readonly string[] {
  for (const pallet of unit.lot.pallets) {
    for (const one of pallet.cases) {
      const carton = one.cartons.find(({ units }) => units.includes(unit));
      if (carton !== undefined) return [unit.id, carton.id, one.id, pallet.id];
    }
  }
  return [unit.id];
}
