/**
 * The registry statements every ledger starts with: who takes part, with which keys, products and licences.
 *
 * Reads  parties.ts, capture.ts, keys.ts, the package's statement room.   Used by  simulation.ts.
 * Rule   the operator registers parties and keys; manufacturers their products and distributors; regulators the clinics.
 * @module
 */
import { signStatement, type LicencePayload, type PartyPayload } from 'countermark/statement';
import type { Capture } from './capture.ts';
import type { LogKey } from './keys.ts';
import {
  distributorsOf,
  keepsGoods,
  rolesOf,
  siteOf,
  type Cast,
  type Manufacturer,
  type Party,
} from './parties.ts';
import { DAY_MS, START_MS } from './world.ts';

/** Name of the simulated log. */
export const ORIGIN = 'simulation.countermark.example/log';
const LICENCE_DAYS = 730;

/** First entry of the log. */
export function genesisOf(cast: Cast, log: LogKey): Uint8Array {
  const { operator } = cast;
  return signStatement({
    kind: 'genesis',
    payload: {
      origin: ORIGIN,
      logKey: log.verifierKey,
      operator: { id: operator.id, name: operator.name },
      keys: [toBase64url(operator.signer.publicKey)],
      policy: {},
    },
    issuer: operator.id,
    audience: ORIGIN,
    sequence: operator.sequence++,
    signer: operator.signer,
  });
}

/** Registers everybody and everything but lots, which their manufacturers register day by day. */
export function registerAll(cast: Cast, capture: Capture): void {
  const { operator, networks, products } = cast;
  for (const party of cast.parties) {
    if (party === operator) continue;
    capture.register(operator, 'party', payloadOf(party));
    capture.register(operator, 'key', {
      action: 'add',
      party: party.id,
      publicKey: toBase64url(party.signer.publicKey),
      validFrom: timeText(START_MS - 2 * DAY_MS),
    });
  }
  for (const { id, name, doses, maker } of products) {
    capture.register(maker, 'product', { id, name, doses });
  }
  for (const maker of cast.manufacturers) {
    for (const network of networks) {
      for (const distributor of distributorsOf([network], [network.market.code])) {
        capture.register(maker, 'licence', authorisation(cast, maker, distributor));
      }
    }
  }
  for (const { regulator, outlets } of networks) {
    for (const outlet of outlets) capture.register(regulator, 'licence', practice(outlet, 0));
  }
  cast.unlicensed.forEach((clinic, index) => {
    // Every second one had a licence, which ended a month before the first delivery.
    const regulator = networks.find((network) => network.market.code === clinic.market)?.regulator;
    if (index % 2 === 1 && regulator !== undefined) {
      capture.register(regulator, 'licence', practice(clinic, -LICENCE_DAYS - 30));
    }
  });
}

function payloadOf(party: Party): PartyPayload {
  const { id, name, trade, market } = party;
  return {
    id,
    name,
    roles: rolesOf(trade),
    ...(keepsGoods(trade) ? { sites: [siteOf(party)] } : {}),
    ...('prefix' in party && typeof party.prefix === 'string' ? { prefixes: [party.prefix] } : {}),
    ...(trade === 'regulator'
      ? {
          issues: [
            { type: 'institution-practice', regions: [market] },
            { type: 'pharmacy-practice', regions: [market] },
          ],
        }
      : {}),
  };
}

function authorisation(cast: Cast, maker: Manufacturer, distributor: Party): LicencePayload {
  return {
    id: `${maker.labelKey}-${distributor.place.slice(-13)}`,
    type: 'distribution',
    holder: distributor.id,
    validFrom: timeText(START_MS - 30 * DAY_MS),
    validTo: timeText(START_MS + LICENCE_DAYS * DAY_MS),
    products: cast.products.filter((product) => product.maker === maker).map((product) => product.id),
    territory: [distributor.market],
  };
}

function practice(outlet: Party, shiftDays: number): LicencePayload {
  const type = outlet.trade === 'pharmacy' ? 'pharmacy-practice' : 'institution-practice';
  return {
    id: `${type}-${outlet.place.slice(-13)}`,
    type,
    holder: outlet.id,
    validFrom: timeText(START_MS + (shiftDays - 30) * DAY_MS),
    validTo: timeText(START_MS + (shiftDays + LICENCE_DAYS) * DAY_MS),
    places: [outlet.place],
  };
}

function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function toBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
