/**
 * A small honest supply chain: who takes part, with keys, licences, products and lots, and the units they handle.
 *
 * Reads  the package by its name.   Used by  statements.ts, the benchmarks.
 * Source GS1 prefix 952 is reserved for examples: none of these numbers is anybody's.
 * Note   everything follows from counters, so two runs measure the same bytes.
 * @module
 */
import { createHash } from 'node:crypto';
import {
  checkDigit,
  partyId,
  placeId,
  productId,
  sgtin,
  signUnitCodes,
  sscc,
  toElementString,
} from 'countermark/gs1';
import { nativeSigner } from 'countermark/node';
import { formatVerifierKey } from 'countermark/note';
import { signStatement, type Payloads, type StatementKind } from 'countermark/statement';
import type { Signer } from 'countermark/crypto';

export const ORIGIN = 'bench.countermark.example/log';
export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
/** 2026-01-01T00:00:00.000Z. */
export const START_MS = 1_767_225_600_000;
export const EXPIRY = '2028-01-31';
const LICENCES_FROM = '2025-01-01T00:00:00.000Z';
const LICENCES_TO = '2030-01-01T00:00:00.000Z';
const MARKET = 'DE';
/** Units commissioned by one statement, and put into one carton. */
export const BATCH_UNITS = 100;
export const CARTON_UNITS = 20;
const LOT_UNITS = 1000;

/** Somebody with a key and one site. */
export interface Party {
  readonly id: string;
  readonly name: string;
  readonly place: string;
  readonly signer: Signer;
  /** Next sequence number of its key. */
  sequence: number;
}

/** Units that travel together. */
export interface Carton {
  readonly id: string;
  readonly units: readonly string[];
  readonly maker: Party;
  readonly distributor: Party;
  readonly clinic: Party;
}

/** Units made by one statement. */
export interface Batch {
  readonly maker: Party;
  readonly lot: string;
  readonly cartons: readonly Carton[];
}

/** One unit as its user sees it. */
export interface Pack {
  readonly unit: string;
  /** The signed code on its label, as a scanner reads it. */
  readonly code: string;
  readonly clinic: Party;
}

/** Everybody, and everything they make. */
export class World {
  readonly operator = this.#party(1, 'Operator');
  readonly regulator = this.#party(2, 'Regulator');
  readonly makers = [this.#party(3, 'Maker A'), this.#party(4, 'Maker B')];
  readonly distributors = [this.#party(5, 'Distributor A'), this.#party(6, 'Distributor B')];
  readonly clinics = [7, 8, 9, 10].map((number) => this.#party(number, `Clinic ${number}`));
  readonly logSigner = { name: ORIGIN, signer: nativeSigner(seed32('log')) };
  readonly logKey = formatVerifierKey(ORIGIN, this.logSigner.signer.publicKey);
  readonly batches: Batch[] = [];
  readonly packs: Pack[] = [];
  readonly #unitsCount: number;

  /** @param unitsCount - units made; rounded up to whole batches. */
  constructor(unitsCount: number) {
    this.#unitsCount = Math.ceil(unitsCount / BATCH_UNITS) * BATCH_UNITS;
    for (let first = 0; first < this.#unitsCount; first += BATCH_UNITS) this.#make(first);
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

  /** Parties, keys, products, lots and licences, in the order they must be appended. */
  registry(): Uint8Array[] {
    const { operator, regulator, makers, distributors, clinics } = this;
    const { sign } = this;
    const statements: Uint8Array[] = [];
    const enrol = (
      party: Party,
      extra: Partial<Payloads['party']>,
      role: 'manufacturer' | 'distributor' | 'clinic' | 'regulator',
    ): void => {
      statements.push(sign(operator, 'party', { id: party.id, name: party.name, roles: [role], ...extra }));
      const publicKey = base64url(party.signer.publicKey);
      statements.push(
        sign(operator, 'key', { action: 'add', party: party.id, publicKey, validFrom: LICENCES_FROM }),
      );
    };
    const sites = (party: Party, n: number) => [
      {
        id: party.place,
        name: `${party.name}, main site`,
        market: MARKET,
        latitude: 50_000_000 + n * 10_000,
        longitude: 9_000_000,
      },
    ];
    enrol(regulator, { issues: [{ type: 'institution-practice', regions: [MARKET] }] }, 'regulator');
    for (const [n, maker] of makers.entries())
      enrol(maker, { prefixes: [prefixOf(n)], sites: sites(maker, n) }, 'manufacturer');
    for (const [n, party] of distributors.entries())
      enrol(party, { sites: sites(party, 10 + n) }, 'distributor');
    for (const [n, clinic] of clinics.entries()) {
      enrol(clinic, { sites: sites(clinic, 20 + n) }, 'clinic');
      statements.push(
        sign(regulator, 'licence', {
          ...licence(`practice-${n}`, clinic),
          type: 'institution-practice',
          places: [clinic.place],
        }),
      );
    }
    for (const [n, maker] of makers.entries()) {
      const product = productId(gtinOf(n));
      statements.push(sign(maker, 'product', { id: product, name: `Product of ${maker.name}` }));
      for (const [d, distributor] of distributors.entries()) {
        const scope = { products: [product], territory: [MARKET] };
        statements.push(
          sign(maker, 'licence', {
            ...licence(`distribution-${n}-${d}`, distributor),
            type: 'distribution',
            ...scope,
          }),
        );
      }
      for (const lot of new Set(
        this.batches.filter((batch) => batch.maker === maker).map((batch) => batch.lot),
      )) {
        statements.push(
          sign(maker, 'lot', { product, lot, quantity: LOT_UNITS, expiry: EXPIRY, markets: [MARKET] }),
        );
      }
    }
    return statements;
  }

  /** Signs one statement with the party's next sequence number. */
  readonly sign = <K extends StatementKind>(party: Party, kind: K, payload: Payloads[K]): Uint8Array =>
    signStatement<K>({
      kind,
      payload,
      issuer: party.id,
      audience: ORIGIN,
      sequence: party.sequence++,
      signer: party.signer,
    });

  #make(first: number): void {
    const number = first / BATCH_UNITS;
    const side = number % this.makers.length;
    const maker = this.makers[side]!;
    const gtin = gtinOf(side);
    const lot = `LOT${1000 + Math.floor(number / ((LOT_UNITS / BATCH_UNITS) * this.makers.length))}`;
    const codes = Array.from({ length: BATCH_UNITS }, (_, i) => ({
      gtin,
      serial: serialOf(first + i),
      lot,
      expiry: EXPIRY,
    }));
    const signed = [...signUnitCodes(codes, maker.signer)];
    const cartons: Carton[] = [];
    for (let from = 0; from < BATCH_UNITS; from += CARTON_UNITS) {
      const carton = (first + from) / CARTON_UNITS;
      const inside = signed.slice(from, from + CARTON_UNITS);
      const clinic = this.clinics[carton % this.clinics.length]!;
      const units = inside.map((code) => sgtin(gtin, code.serial));
      cartons.push({
        id: sscc(withCheckDigit(`0${prefixOf(side)}${String(carton).padStart(12, '0')}`)),
        units,
        maker,
        distributor: this.distributors[carton % this.distributors.length]!,
        clinic,
      });
      for (const [i, unit] of units.entries())
        this.packs.push({ unit, code: toElementString(inside[i]!), clinic });
    }
    this.batches.push({ maker, lot, cartons });
  }

  #party(number: number, name: string): Party {
    const gln = withCheckDigit(`95290000${String(number).padStart(4, '0')}`);
    return { id: partyId(gln), name, place: placeId(gln), signer: nativeSigner(seed32(name)), sequence: 0 };
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
export function gtinOf(side: number): string {
  return withCheckDigit(`0${prefixOf(side)}00000001`);
}

function prefixOf(side: number): string {
  return String(9521 + side);
}

function withCheckDigit(digits: string): string {
  return digits + checkDigit(digits);
}

function licence(id: string, holder: Party) {
  return { id, holder: holder.id, validFrom: LICENCES_FROM, validTo: LICENCES_TO };
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
