/**
 * The registry statements every ledger starts with: who takes part, with which keys, products and licences.
 *
 * Reads  parties.ts, capture.ts, keys.ts, the package's statement room.   Used by  simulation.ts.
 * Rule   the operator registers parties and keys; manufacturers their products and distributors; regulators the clinics.
 * @module
 */
import { signStatement, type PartyPayload, type ProductPayload } from 'countermark/statement';
import type { Capture } from './capture.ts';
import type { LogKey } from './keys.ts';
import {
  certifyClinic,
  distributionLicence,
  LAPSED_DAYS,
  marketingAuthorisation,
  practiceLicence,
  REGULATED,
  registerDoctor,
  registerOutlet,
} from './licences.ts';
import {
  distributorsOf,
  keepsGoods,
  rolesOf,
  siteOf,
  type Cast,
  type Party,
  type Product,
} from './parties.ts';
import { DAY_MS, HOUR_MS, START_MS } from './world.ts';

/** Name of the simulated log. */
export const ORIGIN = 'simulation.countermark.example/log';
/** Time out of the range that the goods bear in all. */
const BUDGET_MS = 9 * HOUR_MS;
/** Time an opened container may be used. */
const IN_USE_MS = DAY_MS;

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
  for (const product of products) {
    capture.register(product.maker, 'product', factsOf(product));
    for (const network of networks) {
      capture.register(network.regulator, 'licence', marketingAuthorisation(network, product));
    }
  }
  for (const maker of cast.manufacturers) {
    for (const network of networks) {
      for (const distributor of distributorsOf([network], [network.market.code])) {
        capture.register(maker, 'licence', distributionLicence(cast, maker, distributor));
      }
    }
  }
  for (const network of networks) {
    for (const outlet of network.outlets) registerOutlet(cast, capture, network, outlet);
  }
  registerRogues(cast, capture);
}

/** Clinics without a valid licence: certified by manufacturers that did not ask, their doctors in order. */
function registerRogues(cast: Cast, capture: Capture): void {
  const { networks, unlicensed, selfLicensed } = cast;
  for (const clinic of [...unlicensed, ...selfLicensed]) {
    certifyClinic(cast, capture, clinic);
    for (const doctor of clinic.doctors) {
      registerDoctor(cast, capture, doctor, { place: clinic.place, makers: cast.manufacturers });
    }
  }
  unlicensed.forEach((clinic, index) => {
    // Every second one had a licence, which ended a month before the first delivery.
    const regulator = networks.find((network) => network.market.code === clinic.market)?.regulator;
    if (index % 2 === 1 && regulator !== undefined) {
      capture.register(regulator, 'licence', practiceLicence(clinic, LAPSED_DAYS));
    }
  });
}

/** What a manufacturer signs about a product. */
function factsOf({ id, name, doses, form }: Product): ProductPayload {
  const isToxin = form === 'vial';
  return {
    id,
    name,
    doses,
    composition: isToxin ? 'Clostridium botulinum toxin type A' : 'Cross-linked sodium hyaluronate',
    indications: [isToxin ? 'Glabellar lines' : 'Facial volume'],
    storage: { minMilliC: 2000, maxMilliC: 8000, budgetMs: BUDGET_MS },
    ...(isToxin ? { inUseMs: IN_USE_MS } : {}),
    price: { currency: 'EUR', amount: isToxin ? 14_500 : 9_900 },
    usedBy: ['physician-qualification', 'physician-practice', 'medical-aesthetic'],
    channels: ['hospital', 'clinic', 'pharmacy'],
    certified: true,
  };
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
          issues: REGULATED.map((type) => ({ type, regions: [market] })),
        }
      : {}),
  };
}

function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function toBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
