/**
 * A ledger of the small world's cast on any store, with a clock the test turns, and statements signed as it pleases.
 *
 * Reads  ../support/cast.ts.   Used by  tests of this folder, tests/audit, tests/faults, tests/hostile.
 * @module
 */
import { toBase64url } from '../../src/bytes/index.ts';
import type { Signer } from '../../src/crypto/index.ts';
import { commission, documents, observe, type EpcisEvent } from '../../src/epcis/index.ts';
import { sgtin } from '../../src/gs1/index.ts';
import { Ledger } from '../../src/ledger/index.ts';
import type { LogStore } from '../../src/log/index.ts';
import { installNativeCrypto } from '../../src/node/index.ts';
import { signStatement } from '../../src/statement/index.ts';
import type { Payloads, StatementKind } from '../../src/statement/kinds.ts';
import {
  EXPIRY,
  GENESIS_MS,
  genesisPayload,
  GTIN,
  ID,
  logKey,
  logSigner,
  LOT,
  ORIGIN,
  PRODUCT,
  rolesOf,
  SIGNER,
  SITE,
  siteOf,
  VALID_FROM,
  type Who,
} from '../support/cast.ts';

installNativeCrypto();

/** A clock that stands still until it is set. */
export interface Clock {
  ms: number;
}

/** Overrides of what a statement's header says. */
export interface Header {
  readonly issuer?: string;
  readonly audience?: string;
  readonly signer?: Signer;
  readonly subject?: string;
}

let sequence = 0;

/** One signed statement. */
export function statement<K extends StatementKind>(
  who: Who,
  kind: K,
  payload: Payloads[K],
  header: Header = {},
): Uint8Array {
  const { issuer = ID[who], audience = ORIGIN, signer = SIGNER[who], subject } = header;
  const named = subject === undefined ? {} : { subject };
  return signStatement({ kind, payload, issuer, audience, sequence: sequence++, signer, ...named });
}

/** One signed `events` statement. */
export function events(who: Who, list: readonly EpcisEvent[], header: Header = {}): Uint8Array {
  return statement(who, 'events', documents(list, { creationTime: GENESIS_MS })[0]!, header);
}

export function unitOf(serial: string | number): string {
  return sgtin(GTIN, `SERIAL${String(serial).padStart(8, '0')}`);
}

/** Commissions units of the lot by the maker. */
export function made(serials: readonly (string | number)[], timeMs = GENESIS_MS): Uint8Array {
  const units = serials.map(unitOf);
  return events('maker', [commission({ units, time: timeMs, place: SITE.maker, lot: LOT, expiry: EXPIRY })]);
}

/** A scan of a unit by the scan service. */
export function seen(serial: string | number, timeMs = GENESIS_MS): Uint8Array {
  return events('scanner', [observe({ ids: [unitOf(serial)], time: timeMs, place: SITE.scanner })]);
}

export function partyStatement(who: Who): Uint8Array {
  const prefixes = who === 'maker' ? { prefixes: ['9521'] } : {};
  const party = { id: ID[who], name: who, roles: rolesOf(who), sites: [siteOf(who)], ...prefixes };
  return statement('operator', 'party', party);
}

export function keyStatement(who: Who, signer: Signer = SIGNER[who], validTo?: string): Uint8Array {
  const publicKey = toBase64url(signer.publicKey);
  const end = validTo === undefined ? {} : { validTo };
  const key = { action: 'add', party: ID[who], publicKey, validFrom: VALID_FROM, ...end } as const;
  return statement('operator', 'key', key);
}

export function productStatement(): Uint8Array {
  return statement('maker', 'product', { id: PRODUCT, name: 'Botulinum toxin' });
}

export function lotStatement(quantity = 1000): Uint8Array {
  return statement('maker', 'lot', { product: PRODUCT, lot: LOT, quantity, expiry: EXPIRY, markets: ['DE'] });
}

export function genesisStatement(): Uint8Array {
  return statement('operator', 'genesis', genesisPayload({}));
}

/** A ledger whose maker and scanner are registered, with product and lot; 7 entries. */
export async function openBench(
  store: LogStore,
  clock: Clock = { ms: GENESIS_MS },
): Promise<{ readonly ledger: Ledger; readonly clock: Clock; readonly store: LogStore }> {
  const genesis = genesisStatement();
  const ledger = await Ledger.create({ store, origin: ORIGIN, logSigner, genesis, clock: () => clock.ms });
  for (const who of ['maker', 'scanner'] as const) {
    await ledger.append(partyStatement(who));
    await ledger.append(keyStatement(who));
  }
  await ledger.append(productStatement());
  await ledger.append(lotStatement());
  return { ledger, clock, store };
}

/** Another handle on a log of the bench. */
export function reopen(store: LogStore, clock: Clock = { ms: GENESIS_MS }): Promise<Ledger> {
  return Ledger.open({ store, logKey, logSigner, clock: () => clock.ms });
}
