// Browser-safe.
/**
 * One strict reader per kind of statement: parsed JSON in, the typed payload out, or a DecodeError that names the field.
 *
 * Reads  fields.ts, kinds.ts, epcis/, note/ (the log's key).   Used by  sign.ts, open.ts.
 * Source design section 3; the shapes are those of kinds.ts, field for field.
 * Never  adds, drops or changes anything: the value returned is the value given, which the signed bytes spell.
 * @module
 */
import { readDocument } from '../epcis/index.ts';
import { KEY_NAME_LENGTH_MAX, isKeyName, parseVerifierKey } from '../note/index.ts';
import {
  COUNTRY_COUNT_MAX,
  LIST_COUNT_MAX,
  NAME_LENGTH_MAX,
  badField,
  bytes32,
  canonical,
  checkObject,
  checkOrder,
  country,
  day,
  flag,
  holder,
  integer,
  licenceType,
  listOf,
  lotNumber,
  matching,
  name,
  oneOf,
  reason,
  textUpTo,
  time,
  word,
  type Check,
  type Fields,
} from './fields.ts';
import { assertKind } from './cose.ts';
import { CHANNELS, ROLES, type Payloads, type StatementKind } from './kinds.ts';
import { MANUAL_ENTRY } from './policy.ts';

const DAY_MS = 86_400_000;

const party = canonical('party');
const place = canonical('place');
const product = canonical('product');
const countries = listOf(country, 0, COUNTRY_COUNT_MAX);
/** A scope that restricts: absent means no restriction, so an empty list would say nothing sensible and is refused. */
const regions = listOf(country, 1, COUNTRY_COUNT_MAX);
/** An id its issuer chose. */
const ownId = textUpTo(NAME_LENGTH_MAX);
/** The origin is also the name of the log's key, so it is a C2SP key name. */
const origin: Check = (value, path) => {
  const fine = typeof value === 'string' && value.length <= KEY_NAME_LENGTH_MAX && isKeyName(value);
  if (!fine) throw badField(path, 'a log origin without white space or "+"');
};
const logKey: Check = (value, path) => {
  if (keyName(value) === undefined) throw badField(path, 'a C2SP verifier key of type Ed25519');
};

/** Name of a verifier key, or undefined if the text is none, or its key too weak to pin. */
function keyName(text: unknown): string | undefined {
  try {
    return typeof text === 'string' ? parseVerifierKey(text).name : undefined;
  } catch {
    return undefined;
  }
}

/** Range of each threshold a policy may set; both ends inclusive. */
export const POLICY_RANGES = Object.freeze({
  missingStepsMax: [0, 8],
  lagMaxMs: [0, 400 * DAY_MS],
  skewMs: [0, DAY_MS],
  orderToleranceMs: [0, 7 * DAY_MS],
  speedMaxKmh: [1, 40_000],
  checksNotice: [1, 1_000_000],
  checksStop: [1, 1_000_000],
  repeatsStop: [1, 1_000_000],
  repeatsSuspect: [1, 1_000_000],
  containerDepthMax: [1, 64],
  undoMaxMs: [0, 400 * DAY_MS],
  laneMs: [0, 4000 * DAY_MS],
  laneStopMs: [0, 4000 * DAY_MS],
  handoverMs: [0, 400 * DAY_MS],
  correctionWaitMs: [0, 400 * DAY_MS],
  retireMs: [0, 4000 * DAY_MS],
  retireStopMs: [0, 4000 * DAY_MS],
  expiringMs: [0, 4000 * DAY_MS],
  licenceExpiringMs: [0, 4000 * DAY_MS],
  loopsMax: [1, 1_000_000],
  purchaseWaitMs: [0, 400 * DAY_MS],
  excursionEpisodeMs: [0, 30 * DAY_MS],
  gapMaxMs: [0, 30 * DAY_MS],
  budgetWarnPercent: [1, 100],
  foldMin: [2, 1_000_000],
} as const);

const licences = listOf(licenceType, 0, 32);
const requiredLicences: Check = (value, path) => {
  checkObject(value, path, {}, Object.fromEntries(ROLES.map((role) => [role, licences])));
};
const POLICY_CHECKS: Readonly<Record<string, Check>> = {
  ...Object.fromEntries(Object.entries(POLICY_RANGES).map(([key, [min, max]]) => [key, integer(min, max)])),
  requiredLicences,
  documentsRequired: listOf(word, 0, 32),
  manualEntry: oneOf(MANUAL_ENTRY),
  practitionerLicences: licences,
  supplierLicences: licences,
  registrationRequired: flag,
  coldChainRequired: flag,
  devicesRegistered: flag,
};

const policy: Check = (value, path) => {
  checkObject(value, path, {}, POLICY_CHECKS);
};

const site: Check = (value, path) => {
  checkObject(
    value,
    path,
    {
      id: place,
      name,
      market: country,
      latitude: integer(-90_000_000, 90_000_000),
      longitude: integer(-180_000_000, 180_000_000),
    },
    { channel: oneOf(CHANNELS), kind: name },
  );
};

const issuable: Check = (value, path) => {
  checkObject(value, path, { type: licenceType }, { regions });
};

function member(label: string): (item: unknown) => unknown {
  return (item) => (item as Fields)[label];
}

const genesis: Check = (value, path) => {
  const fields = checkObject(value, path, {
    origin,
    logKey,
    operator: (operator, at) => void checkObject(operator, at, { id: party, name }),
    keys: listOf(bytes32, 1, 16),
    policy,
  });
  if (keyName(fields['logKey']) !== fields['origin'])
    throw badField('logKey', 'a key whose name is the origin');
};

const registration: Check = (value, path) => {
  checkObject(
    value,
    path,
    { id: party, name, roles: listOf(oneOf(ROLES), 1, ROLES.length) },
    {
      sites: listOf(site, 0, LIST_COUNT_MAX, member('id')),
      prefixes: listOf(matching(/^\d{4,12}$/, '4 to 12 digits'), 0, 100),
      issues: listOf(issuable, 0, 64, member('type')),
    },
  );
};

const key: Check = (value, path) => {
  const action = typeof value === 'object' && value !== null ? member('action')(value) : undefined;
  if (action === 'revoke') {
    checkObject(
      value,
      path,
      { action: oneOf(['revoke']), party, kid: bytes32, reason },
      { distrustSince: time },
    );
    return;
  }
  const fields = checkObject(
    value,
    path,
    { action: oneOf(['add', 'revoke']), party, publicKey: bytes32, validFrom: time },
    { validTo: time },
  );
  checkOrder(fields, 'validFrom', 'validTo');
};

/** Colder than the coldest and warmer than the warmest store for goods. */
const milliCelsius = integer(-273_150, 200_000);
const lifeMs = integer(0, 4000 * DAY_MS);
/** Words of scope: the writers of licences and products agree on them, so they are compared as they stand. */
const words = listOf(name, 1, 100);

const storage: Check = (value, path) => {
  const fields = checkObject(
    value,
    path,
    { minMilliC: milliCelsius, maxMilliC: milliCelsius, budgetMs: lifeMs },
    { freezeMilliC: milliCelsius },
  );
  const [low, high] = [fields['minMilliC'] as number, fields['maxMilliC'] as number];
  if (low > high) throw badField(`${path}.maxMilliC`, 'at least minMilliC');
};

const price: Check = (value, path) => {
  checkObject(value, path, {
    currency: matching(/^[A-Z]{3}$/, 'a three-letter currency code'),
    amount: integer(0, Number.MAX_SAFE_INTEGER),
  });
};

const productClass: Check = (value, path) => {
  checkObject(
    value,
    path,
    { id: product, name },
    {
      doses: integer(1, 1000),
      traceCodePrefix: matching(/^\d{7}$/, '7 digits'),
      composition: reason,
      indications: listOf(reason, 1, 100),
      storage,
      inUseMs: lifeMs,
      price,
      usedBy: listOf(licenceType, 1, 32),
      channels: listOf(oneOf(CHANNELS), 1, CHANNELS.length),
      signedCode: flag,
      twoParty: flag,
      certified: flag,
      cartonUnits: integer(1, 1_000_000),
      productClass: name,
      procedure: name,
      notForRedistribution: flag,
    },
  );
};

const lot: Check = (value, path) => {
  checkObject(
    value,
    path,
    {
      product,
      lot: lotNumber,
      quantity: integer(1, Number.MAX_SAFE_INTEGER),
      expiry: day,
      markets: countries,
    },
    {
      distributors: listOf(party, 0, LIST_COUNT_MAX),
      exemptSites: listOf(place, 0, LIST_COUNT_MAX),
      notForRedistribution: flag,
    },
  );
};

const licence: Check = (value, path) => {
  const fields = checkObject(
    value,
    path,
    { id: ownId, type: licenceType, holder, validFrom: time, validTo: time },
    {
      places: listOf(place, 1, LIST_COUNT_MAX),
      products: listOf(product, 1, LIST_COUNT_MAX),
      territory: regions,
      departments: words,
      productClasses: words,
      procedures: words,
    },
  );
  checkOrder(fields, 'validFrom', 'validTo');
};

const revocation: Check = (value, path) => {
  const fields = checkObject(value, path, { licence: ownId, effectiveFrom: time, reason }, { until: time });
  checkOrder(fields, 'effectiveFrom', 'until');
};

const recallLevel = integer(1, 3);
const recall: Check = (value, path) => {
  checkObject(
    value,
    path,
    { id: ownId, product, lots: listOf(lotNumber, 1, LIST_COUNT_MAX), effectiveFrom: time, reason },
    { regions, level: recallLevel, deadline: time },
  );
};

const investigation: Check = (value, path) => {
  checkObject(
    value,
    path,
    {
      id: ownId,
      state: oneOf(['new', 'active', 'escalated', 'closed']),
      findings: listOf(textUpTo(NAME_LENGTH_MAX), 0, LIST_COUNT_MAX),
      reason,
    },
    { severity: integer(0, 4) },
  );
};

const CHECKS: Readonly<Record<Exclude<StatementKind, 'events'>, Check>> = {
  genesis,
  party: registration,
  key,
  product: productClass,
  lot,
  licence,
  revocation,
  recall,
  policy,
  case: investigation,
};

/**
 * Reads a parsed payload as the payload of its kind; `value` itself is returned, now typed.
 *
 * Cost: linear in the value.
 *
 * @param kind  - kind the protected header names.
 * @param value - parsed JSON. Attacker-controlled.
 * @throws {DecodeError} `ERR_DECODE_MALFORMED` with `details.path`, the first field that is missing, unknown or wrong.
 */
export function readPayload<K extends StatementKind>(kind: K, value: unknown): Payloads[K] {
  const wanted: StatementKind = assertKind(kind);
  if (wanted === 'events') return readDocument(value) as Payloads[K];
  CHECKS[wanted](value, '');
  return value as Payloads[K];
}
