/**
 * The cast: who makes, trades, uses and supervises, with keys, places and products.
 *
 * Reads  geography.ts, random.ts, the package's gs1 and node rooms.   Used by  every actor, registry.ts.
 * Source GS1 prefix 952 is reserved for examples: none of these numbers is anybody's.
 * Rule   every key comes from the seed, so that a run can be repeated; a real party draws its seed at random.
 * @module
 */
import { labelKeyId } from 'countermark/gs1';
import { nativeSigner } from 'countermark/node';
import type { Signer } from 'countermark/crypto';
import type { Channel, Role, Site } from 'countermark/statement';
import { MARKETS, type City, type Market, type Point } from './geography.ts';
import { Numbers } from './numbers.ts';
import type { Random } from './random.ts';
import { lotsStartDays } from './world.ts';

export type Trade =
  | 'operator'
  | 'regulator'
  | 'service'
  | 'manufacturer'
  | 'importer'
  | 'wholesaler'
  | 'regional'
  | 'clinic'
  | 'pharmacy';

/** Somebody with a key. */
export interface Party {
  readonly id: string;
  readonly name: string;
  readonly trade: Trade;
  readonly market: string;
  readonly city: City;
  readonly point: Point;
  /** Id of its one site; empty for who keeps no goods. */
  readonly place: string;
  /** Secret seed of its key; in here only because nothing here is real. */
  readonly seed: Uint8Array;
  readonly signer: Signer;
  /** Scans every unit when a carton is opened, not only the carton. */
  readonly scansUnits: boolean;
  /** Next sequence number of its key. */
  sequence: number;
}

/** A manufacturer and its GS1 Company Prefix. */
export interface Manufacturer extends Party {
  readonly prefix: string;
  /** Key id printed on its labels (AI 91). */
  readonly labelKey: string;
}

export interface Product {
  readonly id: string;
  readonly gtin: string;
  readonly name: string;
  readonly maker: Manufacturer;
  /** A vial is opened before its use, a syringe is not. */
  readonly form: 'vial' | 'syringe';
  readonly doses: number;
}

/** The trade of one market, top to bottom. */
export interface Network {
  readonly market: Market;
  readonly regulator: Party;
  readonly importer: Party;
  readonly wholesaler: Party;
  readonly regionals: readonly Party[];
  readonly outlets: readonly Outlet[];
}

/** A clinic or pharmacy and the regional distributor that serves it. */
export interface Outlet extends Party {
  readonly supplier: Party;
  /** Who injects there; none at a pharmacy. */
  readonly doctors: readonly Doctor[];
}

/** A doctor, known to the ledger by a licence number alone. */
export interface Doctor {
  /** URI that holds the licence number. */
  readonly id: string;
  readonly market: string;
}

/** Everybody. */
export interface Cast {
  readonly operator: Party;
  readonly service: Party;
  readonly manufacturers: readonly Manufacturer[];
  readonly products: readonly Product[];
  readonly networks: readonly Network[];
  /** Clinics that hold no valid licence; served by regional distributors that do not ask. */
  readonly unlicensed: readonly Outlet[];
  /** Clinics that write their own licence. */
  readonly selfLicensed: readonly Outlet[];
  readonly parties: readonly Party[];
  readonly numbers: Numbers;
}

const REGIONALS_PER_MARKET = 2;
const SITE_SPREAD = 27_000;
const DOCTORS_PER_CLINIC = 2;

/** Clinics without a valid licence that the attacks of a run need. */
export interface RogueClinics {
  readonly unlicensed: number;
  readonly selfLicensed: number;
}

/** Makes the cast for a number of units: the more units a week, the more clinics. */
export function makeCast(random: Random, unitsCount: number, rogues: RogueClinics): Cast {
  const maker = new PartyMaker(random.fork('parties'));
  const europe = MARKETS[1]!;
  const asia = MARKETS[4]!;
  const operator = maker.party('operator', 'Countermark Operator', europe, europe.cities[0]!);
  const service = maker.party('service', 'Scan Page', europe, europe.cities[0]!);
  const manufacturers = [
    maker.manufacturer('Aurel Biologics', europe, europe.cities[1]!, '9521001'),
    maker.manufacturer('Hanbit Fillers', asia, asia.cities[7]!, '9521002'),
  ];
  const clinicsPerMarket = Math.min(
    40,
    Math.max(2, Math.round((unitsCount * 21) / lotsStartDays(unitsCount) / 2400)),
  );
  const networks = MARKETS.map((market) => maker.network(market, clinicsPerMarket));
  const rogueClinics = (name: string, count: number): Outlet[] =>
    Array.from({ length: count }, (_, i) => {
      const network = networks[i % networks.length]!;
      const supplier = network.regionals[i % REGIONALS_PER_MARKET]!;
      return maker.outlet('clinic', `${name} ${i + 1}`, network.market, i + 3, supplier);
    });
  const unlicensed = rogueClinics('Beauty Room', rogues.unlicensed);
  const selfLicensed = rogueClinics('Glamour Lounge', rogues.selfLicensed);
  return {
    operator,
    service,
    manufacturers,
    products: makeProducts(manufacturers, maker.numbers),
    networks,
    unlicensed,
    selfLicensed,
    parties: maker.made,
    numbers: maker.numbers,
  };
}

/** Distributors that may handle goods for these markets. */
export function distributorsOf(networks: readonly Network[], markets: readonly string[]): readonly Party[] {
  return networks
    .filter((network) => markets.includes(network.market.code))
    .flatMap((network) => [network.importer, network.wholesaler, ...network.regionals]);
}

/** Clinics that a regional distributor serves. */
export function customersOf(cast: Cast, supplier: Party): readonly Outlet[] {
  return cast.networks
    .flatMap((network) => network.outlets)
    .filter((outlet) => outlet.supplier === supplier && outlet.trade === 'clinic');
}

/** The registered site of a party that keeps goods. */
export function siteOf(party: Party): Site {
  const { place, name, market, point, trade } = party;
  const channel = channelOf(trade);
  const { latitude, longitude } = point;
  return { id: place, name, market, latitude, longitude, ...(channel === undefined ? {} : { channel }) };
}

/** Roles as the ledger knows them. */
export function rolesOf(trade: Trade): readonly Role[] {
  switch (trade) {
    case 'importer':
    case 'wholesaler':
    case 'regional':
      return ['distributor'];
    default:
      return [trade];
  }
}

/** Channel a site sells through; none for who only passes goods on. */
export function channelOf(trade: Trade): Channel | undefined {
  return trade === 'clinic' || trade === 'pharmacy' ? trade : undefined;
}

/** True for parties that keep goods at a site. */
export function keepsGoods(trade: Trade): boolean {
  return trade !== 'operator' && trade !== 'regulator' && trade !== 'service';
}

function makeProducts(manufacturers: readonly Manufacturer[], numbers: Numbers): readonly Product[] {
  const [aurel, hanbit] = manufacturers;
  if (aurel === undefined || hanbit === undefined) throw new Error('two manufacturers are needed');
  const product = (maker: Manufacturer, name: string, form: Product['form'], doses: number): Product => {
    const gtin = numbers.gtin(maker.prefix);
    return { id: numbers.productId(gtin), gtin, name, maker, form, doses };
  };
  return [
    product(aurel, 'Aurelin botulinum toxin 50 U', 'vial', 1),
    product(hanbit, 'Hanbit hyaluronic acid 1 ml', 'syringe', 1),
    product(aurel, 'Aurelin botulinum toxin 200 U', 'vial', 2),
    product(hanbit, 'Hanbit hyaluronic acid 2 ml', 'syringe', 1),
  ];
}

/** Hands out numbers, keys and places. */
class PartyMaker {
  readonly made: Party[] = [];
  readonly numbers = new Numbers();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  party(trade: Trade, name: string, market: Market, city: City): Party {
    const random = this.#random.fork(`${trade} ${name}`);
    const gln = this.numbers.gln();
    const seed = random.seed32('signing key');
    const party: Party = {
      id: this.numbers.partyId(gln),
      name,
      trade,
      market: market.code,
      city,
      point: {
        latitude: city.latitude + random.between(-SITE_SPREAD, SITE_SPREAD),
        longitude: city.longitude + random.between(-SITE_SPREAD, SITE_SPREAD),
      },
      place: keepsGoods(trade) ? this.numbers.placeId(gln) : '',
      seed,
      signer: nativeSigner(seed),
      scansUnits: random.chance(0.5),
      sequence: 0,
    };
    this.made.push(party);
    return party;
  }

  manufacturer(name: string, market: Market, city: City, prefix: string): Manufacturer {
    const party = this.party('manufacturer', name, market, city);
    return this.#extend(party, { prefix, labelKey: labelKeyId(party.signer.publicKey) });
  }

  outlet(
    trade: 'clinic' | 'pharmacy',
    name: string,
    market: Market,
    cityIndex: number,
    supplier: Party,
  ): Outlet {
    const city = market.cities[cityIndex % market.cities.length]!;
    const count = trade === 'clinic' ? DOCTORS_PER_CLINIC : 0;
    const doctors = Array.from({ length: count }, () => this.numbers.doctor(market.code));
    return this.#extend(this.party(trade, name, market, city), { supplier, doctors });
  }

  network(market: Market, clinicsCount: number): Network {
    const [first, second, third] = market.cities;
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('a market needs cities');
    const regulator = this.party('regulator', `${market.name} Health Authority`, market, first);
    const importer = this.party('importer', `${market.name} Import`, market, second);
    const wholesaler = this.party('wholesaler', `${market.name} Wholesale`, market, first);
    const regionals: Party[] = [];
    for (let i = 0; i < REGIONALS_PER_MARKET; i++) {
      const city = market.cities[2 + i]!;
      regionals.push(this.party('regional', `${market.name} Medical Supply ${city.name}`, market, city));
    }
    const outlets: Outlet[] = [];
    for (let i = 0; i < clinicsCount; i++) {
      const city = market.cities[i % market.cities.length]!;
      const name = `${city.name} Aesthetic Clinic ${Math.floor(i / market.cities.length) + 1}`;
      outlets.push(this.outlet('clinic', name, market, i, regionals[i % REGIONALS_PER_MARKET]!));
    }
    outlets.push(this.outlet('pharmacy', `${third.name} Central Pharmacy`, market, 2, regionals[0]!));
    return { market, regulator, importer, wholesaler, regionals, outlets };
  }

  /** Adds fields to the party made last, in place, so that all parts share one object and one sequence number. */
  #extend<Extra extends object>(party: Party, extra: Extra): Party & Extra {
    return Object.assign(party, extra);
  }
}
