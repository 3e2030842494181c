/**
 * One valid payload of every kind, and a helper that signs with deterministic keys.
 *
 * Reads  src/statement.   Used by  the tests of this folder.
 * @module
 */
import { toBase64url } from '../../src/bytes/index.ts';
import { createSigner } from '../../src/crypto/index.ts';
import { formatVerifierKey } from '../../src/note/index.ts';
import type { Payloads } from '../../src/statement/index.ts';

export const ORIGIN = 'ledger.example/countermark';
export const OPERATOR = 'https://id.gs1.org/417/9506000990019';
export const MANUFACTURER = 'https://id.gs1.org/417/0614141000005';
export const DISTRIBUTOR = 'https://id.gs1.org/417/4006381000000';
export const CLINIC = 'https://id.gs1.org/417/9506000990026';
export const PLACE = 'https://id.gs1.org/414/4006381000017';
export const PRODUCT = 'https://id.gs1.org/01/00614141123452';
export const PRODUCT_OTHER = 'https://id.gs1.org/01/09506000134352';
export const UNIT = `${PRODUCT}/21/S1`;

/** Deterministic signers: number n has the seed n, n, n, … */
export const signerOf = (n: number): ReturnType<typeof createSigner> =>
  createSigner(new Uint8Array(32).fill(n));
export const operatorSigner = signerOf(1);
export const manufacturerSigner = signerOf(2);

const START = '2026-01-01T00:00:00.000Z';
const END = '2027-01-01T00:00:00.000Z';

/** One payload of each kind with every optional field present; key and genesis name the signers above. */
export const SAMPLES: { readonly [K in keyof Payloads]: Payloads[K] } = {
  genesis: {
    origin: ORIGIN,
    logKey: formatVerifierKey(ORIGIN, signerOf(3).publicKey),
    operator: { id: OPERATOR, name: 'Operator' },
    keys: [toBase64url(operatorSigner.publicKey)],
    policy: { missingStepsMax: 3, requiredLicences: { clinic: ['institution-practice'] } },
  },
  events: {
    '@context': [
      'https://ref.gs1.org/standards/epcis/epcis-context.jsonld',
      { cm: 'https://countermark.org/ns/' },
    ],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: START,
    epcisBody: {
      eventList: [
        {
          type: 'ObjectEvent',
          eventTime: START,
          eventTimeZoneOffset: '+00:00',
          action: 'OBSERVE',
          bizStep: 'shipping',
          epcList: [UNIT],
          readPoint: { id: PLACE },
        },
      ],
    },
  },
  party: {
    id: DISTRIBUTOR,
    name: 'Großhandel 株式会社',
    roles: ['distributor'],
    sites: [
      {
        id: PLACE,
        name: 'Depot',
        market: 'DE',
        latitude: 48_137_154,
        longitude: -11_576_124,
        channel: 'clinic',
        kind: 'cold store',
      },
    ],
    prefixes: ['4006381'],
    issues: [{ type: 'institution-practice', regions: ['DE', 'AT'] }, { type: 'distribution' }],
  },
  key: {
    action: 'add',
    party: MANUFACTURER,
    publicKey: toBase64url(manufacturerSigner.publicKey),
    validFrom: START,
    validTo: END,
  },
  product: {
    id: PRODUCT,
    name: 'Botulinum toxin 100 U',
    doses: 4,
    traceCodePrefix: '8123456',
    composition: 'Clostridium botulinum toxin type A, 100 units; albumin; sodium chloride',
    indications: ['glabellar lines'],
    storage: { minMilliC: 2000, maxMilliC: 8000, budgetMs: 32_400_000, freezeMilliC: -500 },
    inUseMs: 86_400_000,
    price: { currency: 'EUR', amount: 19_900 },
    usedBy: ['physician-practice', 'medical-aesthetic'],
    channels: ['hospital', 'clinic'],
    signedCode: true,
    twoParty: true,
    certified: true,
    cartonUnits: 10,
    productClass: 'injectable neurotoxin',
    procedure: 'level 2',
    notForRedistribution: false,
  },
  lot: {
    product: PRODUCT,
    lot: 'A-1/2',
    quantity: 9_007_199_254_740_991,
    expiry: '2028-02-29',
    markets: ['DE', 'CN'],
    distributors: [DISTRIBUTOR],
    exemptSites: [PLACE],
    notForRedistribution: true,
  },
  licence: {
    id: 'urn:uuid:0b1c2d3e-0000-4000-8000-000000000001',
    type: 'distribution',
    holder: DISTRIBUTOR,
    validFrom: START,
    validTo: END,
    places: [PLACE],
    products: [PRODUCT],
    territory: ['DE'],
    departments: ['dermatology'],
    productClasses: ['injectable neurotoxin'],
    procedures: ['level 1', 'level 2'],
  },
  revocation: {
    licence: 'urn:uuid:0b1c2d3e-0000-4000-8000-000000000001',
    effectiveFrom: START,
    reason: 'ended',
    until: END,
  },
  recall: {
    id: 'recall-1',
    product: PRODUCT,
    lots: ['A-1/2'],
    effectiveFrom: START,
    reason: 'potency',
    regions: ['DE'],
    level: 1,
    deadline: END,
  },
  policy: {
    speedMaxKmh: 900,
    checksNotice: 5,
    checksStop: 20,
    manualEntry: 'notice',
    documentsRequired: ['desadv'],
  },
  case: { id: 'case-1', state: 'closed', findings: ['finding-1'], reason: 'explained' },
};

/** Kinds in a fixed order, for loops. */
export const SAMPLE_KINDS = Object.keys(SAMPLES) as (keyof Payloads)[];
