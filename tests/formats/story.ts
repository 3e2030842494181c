/**
 * The story a stored ledger tells: a few parties, two lots and 24 units, every kind of statement, and some findings.
 *
 * Reads  src/.   Used by  make.ts.
 * Rule   no clock, no randomness: seeds, times and ids are fixed, so the same library writes the same bytes.
 * @module
 */
import { formatTime, toBase64url } from '../../src/bytes/index.ts';
import { createSigner, keyId } from '../../src/crypto/index.ts';
import * as epcis from '../../src/epcis/index.ts';
import { checkDigit, labelKeyId, partyId, placeId, productId, sgtin, sscc } from '../../src/gs1/index.ts';
import { signUnitCode, toDigitalLink, toElementString, traceCodeId } from '../../src/gs1/index.ts';
import { formatVerifierKey } from '../../src/note/index.ts';
import { signStatement, type Payloads, type StatementKind } from '../../src/statement/index.ts';

/** Record time of the genesis: 2026-01-01T00:00:00Z. */
export const START_MS = 1_767_225_600_000;
export const ORIGIN = 'formats.countermark.example/v1';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** One submission: statements that arrive together. */
export interface Submission {
  readonly timeMs: number;
  readonly statements: readonly Uint8Array[];
}

const signers = new Map<string, ReturnType<typeof createSigner>>();
const sequences = new Map<string, number>();

/** Signer number `n` of this story: its seed is 32 times the byte n. */
function signerOf(n: number): ReturnType<typeof createSigner> {
  const name = String(n);
  const signer = signers.get(name) ?? createSigner(new Uint8Array(32).fill(n));
  signers.set(name, signer);
  return signer;
}

export const logSigner = { name: ORIGIN, signer: signerOf(1) };
export const logKey = formatVerifierKey(ORIGIN, logSigner.signer.publicKey);

const withCheck = (digits: string): string => digits + checkDigit(digits);
const gln = (n: number): string => withCheck(`95210000${String(n).padStart(4, '0')}`);

const OPERATOR = { id: partyId(gln(1)), key: 2 };
const MAKER = { id: partyId(gln(2)), key: 3 };
const DEALER = { id: partyId(gln(3)), key: 4 };
const CLINIC = { id: partyId(gln(4)), key: 5 };
const REGULATOR = { id: partyId(gln(5)), key: 6 };
const SERVICE = { id: partyId(gln(6)), key: 7 };
const PLANT = placeId(gln(12));
const STORE = placeId(gln(13), 'A-1');
const WARD = placeId(gln(14));
const ABROAD = placeId(gln(15));

const GTIN = withCheck('0952100000001');
const PRODUCT = productId(GTIN);
const TRACED = productId(withCheck('0952100000002'));
const LOT = 'L-2026/01';
const EXPIRY = '2028-01-31';
const units = Array.from({ length: 24 }, (_, i) => sgtin(GTIN, `SN${String(i).padStart(10, '0')}+a/B`));
const traced = traceCodeId(`8123456${'0'.repeat(12)}1`);
const CASE = sscc(withCheck('09521000000000001'));
const PALLET = sscc(withCheck('09521000000000002'));

function state<K extends StatementKind>(
  who: { readonly id: string; readonly key: number },
  kind: K,
  payload: Payloads[K],
): Uint8Array {
  const kid = labelKeyId(signerOf(who.key).publicKey);
  const sequence = sequences.get(kid) ?? 0;
  sequences.set(kid, sequence + 1);
  return signStatement({
    kind,
    payload,
    issuer: who.id,
    audience: ORIGIN,
    sequence,
    signer: signerOf(who.key),
  });
}

function report(who: typeof MAKER, timeMs: number, ...events: readonly epcis.EpcisEvent[]): Uint8Array[] {
  return epcis.documents(events, { creationTime: timeMs }).map((document) => state(who, 'events', document));
}

/** The genesis statement. */
export function genesis(): Uint8Array {
  return state(OPERATOR, 'genesis', {
    origin: ORIGIN,
    logKey,
    operator: { id: OPERATOR.id, name: 'Operator — Ωmega 株式会社 🏥' },
    keys: [toBase64url(signerOf(OPERATOR.key).publicKey)],
    policy: { checksNotice: 2, checksStop: 3 },
  });
}

/** All submissions after the genesis, in order. */
export function* submissions(): Iterable<Submission> {
  yield { timeMs: START_MS + HOUR_MS, statements: [...registrations()] };
  yield* supply();
  yield* attacks();
  yield* ends();
}

function* registrations(): Iterable<Uint8Array> {
  const site = (id: string, market: string, latitude: number, longitude: number) =>
    ({ id, name: `Site “${market}”`, market, latitude, longitude }) as const;
  const parties: [typeof MAKER, Payloads['party']][] = [
    [
      MAKER,
      {
        id: MAKER.id,
        name: 'Maker',
        roles: ['manufacturer'],
        prefixes: ['9521'],
        sites: [site(PLANT, 'KR', 37_500_000, 127_000_000)],
      },
    ],
    [
      DEALER,
      {
        id: DEALER.id,
        name: 'Dealer & Söhne',
        roles: ['distributor'],
        sites: [site(STORE, 'DE', 52_500_000, 13_400_000)],
      },
    ],
    [
      CLINIC,
      {
        id: CLINIC.id,
        name: 'Clinic "Süd"',
        roles: ['clinic'],
        sites: [site(WARD, 'DE', 48_100_000, 11_500_000), site(ABROAD, 'FR', 48_850_000, -2_350_000)],
      },
    ],
    [
      REGULATOR,
      {
        id: REGULATOR.id,
        name: 'Regulator',
        roles: ['regulator'],
        issues: [{ type: 'institution-practice', regions: ['DE', 'FR'] }],
      },
    ],
    [SERVICE, { id: SERVICE.id, name: 'Scan page', roles: ['service'] }],
  ];
  for (const [party, payload] of parties) {
    yield state(OPERATOR, 'party', payload);
    yield state(OPERATOR, 'key', {
      action: 'add',
      party: party.id,
      publicKey: toBase64url(signerOf(party.key).publicKey),
      validFrom: formatTime(START_MS - DAY_MS),
    });
  }
  yield* goods();
}

function* goods(): Iterable<Uint8Array> {
  yield state(MAKER, 'product', { id: PRODUCT, name: 'Botulinum toxin, 100 U', doses: 2 });
  yield state(MAKER, 'product', { id: TRACED, name: '肉毒毒素', traceCodePrefix: '8123456' });
  yield state(MAKER, 'lot', {
    product: PRODUCT,
    lot: LOT,
    quantity: 20,
    expiry: EXPIRY,
    markets: ['DE'],
    distributors: [DEALER.id],
    exemptSites: [PLANT],
  });
  yield state(MAKER, 'lot', { product: TRACED, lot: 'CN1', quantity: 9, expiry: EXPIRY, markets: ['CN'] });
  const validity = { validFrom: formatTime(START_MS), validTo: formatTime(START_MS + 365 * DAY_MS) };
  yield state(MAKER, 'licence', {
    id: 'distribution/1',
    type: 'distribution',
    holder: DEALER.id,
    ...validity,
    products: [PRODUCT],
    territory: ['DE'],
  });
  yield state(REGULATOR, 'licence', {
    id: 'practice/1',
    type: 'institution-practice',
    holder: CLINIC.id,
    ...validity,
    places: [WARD, ABROAD],
  });
  // No effect, and a finding: nobody trusts the dealer to license itself (LC-08).
  yield state(DEALER, 'licence', {
    id: 'self/1',
    type: 'institution-practice',
    holder: DEALER.id,
    ...validity,
  });
}

function* supply(): Iterable<Submission> {
  let timeMs = START_MS + DAY_MS;
  const at = (hours: number): number => timeMs + hours * HOUR_MS;
  yield {
    timeMs: at(4),
    statements: report(
      MAKER,
      at(4),
      epcis.commission({ units: units.slice(0, 20), time: at(0), place: PLANT, lot: LOT, expiry: EXPIRY }),
      epcis.commission({ units: [traced], time: at(0), place: PLANT, lot: 'CN1' }),
      epcis.pack({ container: CASE, children: units.slice(0, 16), time: at(1), place: PLANT }),
      epcis.pack({ container: PALLET, children: [CASE], time: at(2), place: PLANT }),
      epcis.sensor({
        ids: [PALLET],
        time: at(3),
        place: PLANT,
        deviceId: 'urn:example:logger:7',
        readings: [
          { time: at(3), type: 'Temperature', value: 4.75, uom: 'CEL' },
          { time: at(3), type: 'Temperature', value: -1e-7, uom: 'CEL' },
        ],
      }),
      epcis.ship({
        ids: [PALLET],
        time: at(3),
        place: PLANT,
        from: MAKER.id,
        to: DEALER.id,
        toPlace: STORE,
        document: 'urn:example:desadv:1',
      }),
    ),
  };
  timeMs += 4 * DAY_MS;
  yield {
    timeMs: at(1),
    statements: [
      ...report(DEALER, at(0), epcis.receive({ ids: [PALLET], time: at(0), place: STORE, from: MAKER.id })),
      ...report(DEALER, at(1), epcis.unpack({ container: PALLET, time: at(1), place: STORE })),
    ],
  };
  timeMs += DAY_MS;
  yield {
    timeMs: at(2),
    statements: report(
      DEALER,
      at(2),
      epcis.ship({ ids: [CASE], time: at(0), place: STORE, from: DEALER.id, to: CLINIC.id, toPlace: WARD }),
    ),
  };
  timeMs += DAY_MS;
  yield {
    timeMs: at(3),
    statements: report(
      CLINIC,
      at(3),
      epcis.receive({ ids: [CASE], time: at(0), place: WARD, from: DEALER.id, to: CLINIC.id }),
      epcis.unpack({ container: CASE, children: units.slice(0, 16), time: at(1), place: WARD }),
      epcis.open({ ids: [units[0]!], time: at(2), place: WARD }),
      epcis.administer({ ids: [units[0]!], time: at(2), place: WARD, actId: 'treatment-0000001' }),
      epcis.retire({ ids: [units[0]!], time: at(3), place: WARD }),
      epcis.dispense({ ids: [units[1]!], time: at(3), place: WARD, actId: 'supply-000000001' }),
      epcis.returnUnits({
        ids: [units[2]!],
        time: at(3),
        place: WARD,
        from: CLINIC.id,
        to: DEALER.id,
        toPlace: STORE,
      }),
    ),
  };
}

function* attacks(): Iterable<Submission> {
  const timeMs = START_MS + 9 * DAY_MS;
  const at = (hours: number): number => timeMs + hours * HOUR_MS;
  const codeOf = (serial: string): ReturnType<typeof signUnitCode> =>
    signUnitCode({ gtin: GTIN, serial, lot: LOT, expiry: EXPIRY }, signerOf(MAKER.key));
  const genuine = codeOf('SN0000000003+a/B');
  const forged = { ...codeOf('SN9999999999+a/B'), signature: new Uint8Array(64).fill(9) };
  const check = (hours: number, presented: string, ids: readonly string[], session?: string) =>
    epcis.observe({
      time: at(hours),
      ids,
      presented,
      ...(session === undefined
        ? { place: WARD, entryMode: 'manual' }
        : {
            entryMode: 'scan',
            latitude: 48_140_000,
            longitude: 11_580_000,
            radius: 20_000,
            countries: ['DE', 'AT'],
            session,
            unused: true,
          }),
    });
  yield {
    timeMs: at(5),
    statements: [
      ...report(
        SERVICE,
        at(5),
        check(0, toDigitalLink(genuine), [units[3]!], 'session-000000001'),
        check(1, toElementString(genuine), [units[3]!], 'session-000000002'),
        check(
          2,
          toElementString(forged, { bracketed: true }),
          [sgtin(GTIN, forged.serial)],
          'session-000000003',
        ),
        check(3, 'no code at all: "\u0000\\ \u2028 é 😀"', [], 'session-000000004'),
      ),
      // A second patient for a container of two doses, drawn three times (ST-08, CL-01), once in another country (CL-03, DV-01).
      ...report(
        CLINIC,
        at(5),
        check(4, toElementString(genuine), [units[3]!]),
        epcis.administer({
          ids: [units[4]!],
          time: at(4),
          place: WARD,
          actId: 'treatment-0000004',
          doses: 2,
        }),
        epcis.administer({
          ids: [units[4]!],
          time: at(4) + 60_000,
          place: ABROAD,
          actId: 'treatment-0000005',
        }),
      ),
      // Over-issue (QA-09): four units beyond the quantity.
      ...report(
        MAKER,
        at(5),
        epcis.commission({ units: units.slice(20), time: at(5), place: PLANT, lot: LOT, expiry: EXPIRY }),
      ),
      // Explained by a return nobody recorded (CU-06).
      ...report(
        DEALER,
        at(5),
        epcis.ship({ ids: [units[5]!], time: at(4), place: STORE, from: DEALER.id, to: CLINIC.id }),
      ),
    ],
  };
}

function* ends(): Iterable<Submission> {
  const timeMs = START_MS + 12 * DAY_MS;
  const kid = toBase64url(keyId(signerOf(SERVICE.key).publicKey));
  yield {
    timeMs,
    statements: [
      ...report(
        MAKER,
        timeMs,
        epcis.decommission({ ids: [units[16]!], time: timeMs, place: PLANT }),
        epcis.decommission({ ids: [units[17]!], time: timeMs, place: PLANT, destroyed: true }),
      ),
      state(MAKER, 'recall', {
        id: 'recall/1',
        product: PRODUCT,
        lots: [LOT],
        effectiveFrom: formatTime(timeMs),
        reason: 'particles found',
        regions: ['DE'],
      }),
      state(OPERATOR, 'policy', {
        lagMaxMs: 5 * DAY_MS,
        requiredLicences: { clinic: ['institution-practice'] },
      }),
      state(REGULATOR, 'revocation', {
        licence: 'practice/1',
        effectiveFrom: formatTime(timeMs),
        reason: 'practice closed',
      }),
      state(OPERATOR, 'key', {
        action: 'revoke',
        party: SERVICE.id,
        kid,
        distrustSince: formatTime(timeMs - 4 * DAY_MS),
        reason: 'page retired',
      }),
      state(REGULATOR, 'case', {
        id: 'case/1',
        state: 'new',
        findings: [],
        reason: 'double use of one vial',
      }),
    ],
  };
  // After the revocation, so that LC-03 has something to say.
  yield {
    timeMs: timeMs + 2 * HOUR_MS,
    statements: report(
      CLINIC,
      timeMs + 2 * HOUR_MS,
      epcis.administer({
        ids: [units[6]!],
        time: timeMs + HOUR_MS,
        place: WARD,
        actId: 'treatment-0000006',
      }),
    ),
  };
}
