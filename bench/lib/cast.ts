/**
 * Who takes part in the benchmark's supply chains: parties with keys, sites, licences and products, and the statements that enrol them.
 *
 * Reads  the package by its name.   Used by  world.ts, plan.ts, the benchmarks.
 * Source GS1 prefix 952 is reserved for examples: none of these numbers is anybody's.
 * Note   everything follows from counters, so two runs measure the same bytes.
 * @module
 */
import { createHash } from 'node:crypto';
import { checkDigit, partyId, placeId, productId, sscc } from '../../dist/gs1/index.js';
import { nativeSigner } from '../../dist/node/index.js';
import { formatVerifierKey } from '../../dist/note/index.js';
import { signStatement, type Payloads, type StatementKind } from '../../dist/statement/index.js';
import type { Signer } from '../../dist/crypto/index.js';

export const ORIGIN = 'bench.countermark.example/log';
export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
/** 2026-01-01T00:00:00.000Z. */
export const START_MS = 1_767_225_600_000;
export const EXPIRY = '2028-01-31';
/** Most units of a lot, as its statement says. */
export const LOT_UNITS = 1000;
const LICENCES_FROM = '2025-01-01T00:00:00.000Z';
const LICENCES_TO = '2030-01-01T00:00:00.000Z';
const MARKET = 'DE';

/** Somebody with a key and one site. */
export interface Party {
  readonly id: string;
  readonly name: string;
  readonly place: string;
  readonly signer: Signer;
  /** Next sequence number of its key. */
  sequence: number;
}

/** How many there are of each. */
export interface Counts {
  /** 1 .. 8. */
  readonly makers: number;
  readonly distributors: number;
  readonly clinics: number;
}

/** An operator, a regulator, and everybody who handles goods. */
export class Cast {
  readonly operator: Party = party(1, 'Operator');
  readonly regulator: Party = party(2, 'Regulator');
  readonly makers: readonly Party[];
  readonly distributors: readonly Party[];
  readonly clinics: readonly Party[];
  readonly logSigner: { readonly name: string; readonly signer: Signer } = {
    name: ORIGIN,
    signer: nativeSigner(seed32('log')),
  };
  readonly logKey: string = formatVerifierKey(ORIGIN, this.logSigner.signer.publicKey);

  constructor({ makers, distributors, clinics }: Counts) {
    const many = (count: number, first: number, role: string): Party[] =>
      Array.from({ length: count }, (_, i) => party(first + i, `${role} ${i + 1}`));
    this.makers = many(makers, 3, 'Maker');
    this.distributors = many(distributors, 3 + makers, 'Distributor');
    this.clinics = many(clinics, 3 + makers + distributors, 'Clinic');
  }

  /** Those who sign events. */
  get traders(): readonly Party[] {
    return [...this.makers, ...this.distributors, ...this.clinics];
  }

  /** Entry 0 of the log. */
  genesis(): Uint8Array {
    const { operator, logKey } = this;
    return this.sign(operator, 'genesis', {
      origin: ORIGIN,
      logKey,
      operator: { id: operator.id, name: operator.name },
      keys: [base64url(operator.signer.publicKey)],
      policy: {},
    });
  }

  /**
   * Parties, keys, products, licences and lots, in the order they must be appended.
   * @param lotsOf - lot numbers of each maker's one product.
   */
  enrolment(lotsOf: (maker: number) => Iterable<string>): Uint8Array[] {
    const { regulator, makers, distributors, clinics } = this;
    const issues = { issues: [{ type: 'institution-practice', regions: [MARKET] }] };
    return [
      ...this.#enrol(regulator, 'regulator', issues),
      ...makers.flatMap((maker, n) => this.#enrol(maker, 'manufacturer', { prefixes: [prefixOf(n)] })),
      ...distributors.flatMap((distributor) => this.#enrol(distributor, 'distributor')),
      ...clinics.flatMap((clinic, n) => [
        ...this.#enrol(clinic, 'clinic'),
        this.sign(regulator, 'licence', {
          ...licence(`practice-${n}`, clinic),
          type: 'institution-practice',
          places: [clinic.place],
        }),
      ]),
      ...makers.flatMap((maker, n) => this.#range(maker, n, lotsOf(n))),
    ];
  }

  /** Signs one statement, with the party's next sequence number if none is given. */
  sign<K extends StatementKind>(
    signing: Party,
    kind: K,
    payload: Payloads[K],
    sequence = signing.sequence++,
  ): Uint8Array {
    return signStatement<K>({
      kind,
      payload,
      issuer: signing.id,
      audience: ORIGIN,
      sequence,
      signer: signing.signer,
    });
  }

  #enrol(
    enrolled: Party,
    role: 'manufacturer' | 'distributor' | 'clinic' | 'regulator',
    more: Partial<Payloads['party']> = {},
  ): Uint8Array[] {
    const { id, name, place } = enrolled;
    // Sites stand a kilometre apart.
    const latitude = 50_000_000 + Number(place.slice(-5, -1)) * 10_000;
    const site = { id: place, name: `${name}, main site`, market: MARKET, latitude, longitude: 9_000_000 };
    const sites = role === 'regulator' ? {} : { sites: [site] };
    const publicKey = base64url(enrolled.signer.publicKey);
    return [
      this.sign(this.operator, 'party', { id, name, roles: [role], ...sites, ...more }),
      this.sign(this.operator, 'key', { action: 'add', party: id, publicKey, validFrom: LICENCES_FROM }),
    ];
  }

  /** A maker's product, who may distribute it, and its lots. */
  #range(maker: Party, n: number, lots: Iterable<string>): Uint8Array[] {
    const product = productId(gtinOf(n));
    return [
      this.sign(maker, 'product', { id: product, name: `Product of ${maker.name}` }),
      ...this.distributors.map((distributor, d) =>
        this.sign(maker, 'licence', {
          ...licence(`distribution-${n}-${d}`, distributor),
          type: 'distribution',
          products: [product],
          territory: [MARKET],
        }),
      ),
      ...Array.from(lots, (lot) =>
        this.sign(maker, 'lot', { product, lot, quantity: LOT_UNITS, expiry: EXPIRY, markets: [MARKET] }),
      ),
    ];
  }
}

/** 32 bytes that follow from a name: for keys that guard nothing. */
export function seed32(name: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(`countermark bench ${name}`).digest());
}

/** 14 characters without order, as serials are to be. */
export function serialOf(number: number): string {
  return createHash('sha256').update(`serial ${number}`).digest('hex').slice(0, 14).toUpperCase();
}

/** GTIN of a maker's product. */
export function gtinOf(maker: number): string {
  return withCheckDigit(`0${prefixOf(maker)}00000001`);
}

/** SSCC of a maker's carton. */
export function cartonId(maker: number, number: number): string {
  return sscc(withCheckDigit(`0${prefixOf(maker)}${String(number).padStart(12, '0')}`));
}

/** GS1 company prefix of a maker. */
function prefixOf(maker: number): string {
  return String(9521 + maker);
}

function withCheckDigit(digits: string): string {
  return digits + checkDigit(digits);
}

function party(number: number, name: string): Party {
  const gln = withCheckDigit(`95290000${String(number).padStart(4, '0')}`);
  return { id: partyId(gln), name, place: placeId(gln), signer: nativeSigner(seed32(name)), sequence: 0 };
}

function licence(id: string, holder: Party) {
  return { id, holder: holder.id, validFrom: LICENCES_FROM, validTo: LICENCES_TO };
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
