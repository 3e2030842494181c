/**
 * The cast of the small world: parties with keys, sites and licences, one product and one lot, all deterministic.
 *
 * Reads  src/.   Used by  world.ts, and by tests that need an id.
 * Rule   goods flow maker (KR) → north, south (DE) → clinicA, clinicB, pharmacy (DE). `trader` (PL) and `salon` (DE) are
 *        registered but hold no licence; `rival` makes products under another company prefix.
 * @module
 */
import { toBase64url } from '../../src/bytes/index.ts';
import type { Signer } from '../../src/crypto/index.ts';
import { checkDigit, lotId, partyId, placeId, productId } from '../../src/gs1/index.ts';
import { nativeSigner } from '../../src/node/index.ts';
import { formatVerifierKey, type NoteSigner } from '../../src/note/index.ts';
import type { GenesisPayload, Role, Site } from '../../src/statement/kinds.ts';

export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * HOUR_MS;
/** 2026-01-01: when the registry's facts are recorded. */
export const GENESIS_MS = 1_767_225_600_000;
/** 2026-03-02: when the goods begin to move. */
export const START_MS = GENESIS_MS + 60 * DAY_MS;
export const VALID_FROM = '2025-01-01T00:00:00.000Z';
export const VALID_TO = '2030-01-01T00:00:00.000Z';
export const ORIGIN = 'ledger.example/small-world';

interface Member {
  readonly role: Role;
  readonly market: string;
  /** Micro-degrees. */
  readonly latitude: number;
  readonly longitude: number;
}

const MEMBERS = {
  operator: member('operator', 'DE', 50_110_000, 8_680_000),
  maker: member('manufacturer', 'KR', 37_560_000, 126_990_000),
  rival: member('manufacturer', 'FR', 48_850_000, 2_350_000),
  north: member('distributor', 'DE', 53_550_000, 9_990_000),
  south: member('distributor', 'DE', 48_130_000, 11_580_000),
  trader: member('distributor', 'PL', 52_230_000, 21_010_000),
  clinicA: member('clinic', 'DE', 52_520_000, 13_400_000),
  clinicB: member('clinic', 'DE', 49_450_000, 11_070_000),
  salon: member('clinic', 'DE', 51_050_000, 13_740_000),
  pharmacy: member('pharmacy', 'DE', 50_930_000, 6_960_000),
  regulator: member('regulator', 'DE', 50_730_000, 7_090_000),
  scanner: member('service', 'DE', 50_110_000, 8_680_000),
} as const;

/** Short name of a party. */
export type Who = keyof typeof MEMBERS;
export const CAST = Object.keys(MEMBERS) as readonly Who[];

/** Canonical id of each party. */
export const ID = byName((_, n) => partyId(gln(n + 1)));
/** Canonical id of each party's only site. */
export const SITE = byName((_, n) => placeId(gln(n + 101)));
export const SIGNER: Readonly<Record<Who, Signer>> = byName((_, n) => nativeSigner(seed(n + 10)));

export const PRODUCT = productId(withCheckDigit('0952100000001'));
export const GTIN = PRODUCT.slice(-14);
export const RIVAL_PRODUCT = productId(withCheckDigit('0952200000001'));
export const RIVAL_GTIN = RIVAL_PRODUCT.slice(-14);
export const LOT = 'LOT1';
export const LOT_ID = lotId(GTIN, LOT);
export const EXPIRY = '2028-01-31';

const LOG_SIGNER = nativeSigner(seed(1));
export const logSigner: NoteSigner = { name: ORIGIN, signer: LOG_SIGNER };
export const logKey = formatVerifierKey(ORIGIN, LOG_SIGNER.publicKey);

/** Genesis of a small world. */
export function genesisPayload(policy: GenesisPayload['policy']): GenesisPayload {
  const keys = [toBase64url(SIGNER.operator.publicKey)];
  return { origin: ORIGIN, logKey, operator: { id: ID.operator, name: 'operator' }, keys, policy };
}

export function rolesOf(who: Who): readonly Role[] {
  return [MEMBERS[who].role];
}

/** The party's registered site. */
export function siteOf(who: Who): Site {
  const { market, latitude, longitude } = MEMBERS[who];
  return { id: SITE[who], name: `${who}'s site`, market, latitude, longitude };
}

/** A signer with a seed of 32 equal bytes. */
export function signerOf(n: number): Signer {
  return nativeSigner(seed(n));
}

export function withCheckDigit(digits: string): string {
  return digits + checkDigit(digits);
}

function gln(n: number): string {
  return withCheckDigit(`95210000${String(n).padStart(4, '0')}`);
}

function seed(n: number): Uint8Array {
  return new Uint8Array(32).fill(n);
}

function member(role: Role, market: string, latitude: number, longitude: number): Member {
  return { role, market, latitude, longitude };
}

function byName<T>(make: (who: Who, n: number) => T): Readonly<Record<Who, T>> {
  return Object.fromEntries(CAST.map((who, n) => [who, make(who, n)])) as Record<Who, T>;
}
