// Goal: every payload reader accepts its kind's shape exactly: nothing missing, nothing unknown, every value in range and in its one form.
// Method: from one full sample of each kind, every field removed, every object extended, every value replaced by a table of wrong values.
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, POLICY_RANGES, readPayload } from '../../src/statement/index.ts';
import { formatVerifierKey } from '../../src/note/index.ts';
import type { Payloads, StatementKind } from '../../src/statement/index.ts';
import { CLINIC, DISTRIBUTOR, OPERATOR, PLACE, PRODUCT, SAMPLES, SAMPLE_KINDS, signerOf } from './samples.ts';

type Json = Record<string, unknown>;

/** Kinds whose shape this room owns; EPCIS documents are read, and tested, one room below. */
const OWN_KINDS = SAMPLE_KINDS.filter((kind) => kind !== 'events');

const OPTIONAL: Partial<Record<StatementKind, readonly string[]>> = {
  party: ['sites', 'prefixes', 'issues'],
  key: ['validTo'],
  product: Object.keys(SAMPLES.product).filter((field) => field !== 'id' && field !== 'name'),
  lot: ['distributors', 'exemptSites', 'notForRedistribution'],
  licence: ['places', 'products', 'territory', 'departments', 'productClasses', 'procedures'],
  revocation: ['until'],
  recall: ['regions', 'level', 'deadline'],
  policy: Object.keys(DEFAULT_POLICY),
};

/** Path of the first bad field, or undefined if the payload reads. */
function badPath(kind: StatementKind, payload: unknown): unknown {
  try {
    expect(readPayload(kind, payload)).toBe(payload);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ name: 'DecodeError', code: 'ERR_DECODE_MALFORMED' });
    return (error as { details: { path?: unknown } }).details.path;
  }
}
function sample(kind: StatementKind, change: Json = {}): Json {
  return { ...(structuredClone(SAMPLES[kind]) as unknown as Json), ...change };
}

const REVOKE = {
  action: 'revoke',
  party: DISTRIBUTOR,
  kid: 'A'.repeat(43),
  distrustSince: '2026-01-01T00:00:00.000Z',
  reason: 'lost',
};

describe('readPayload()', () => {
  for (const kind of SAMPLE_KINDS) {
    it(`reads a full ${kind} and gives back the same value`, () => {
      expect(badPath(kind, sample(kind))).toBeUndefined();
    });
  }

  for (const kind of OWN_KINDS) {
    const optional = OPTIONAL[kind] ?? [];
    it(`refuses a ${kind} without a required field, or with a field it does not know`, () => {
      for (const field of Object.keys(SAMPLES[kind])) {
        const { [field]: _, ...rest } = sample(kind);
        expect(badPath(kind, rest), field).toBe(optional.includes(field) ? undefined : field);
      }
      for (const unknown of ['note', 'toString', 'constructor', '__proto_', '']) {
        expect(badPath(kind, sample(kind, { [unknown]: 1 })), unknown).toBe('');
      }
    });

    it(`refuses a ${kind} with a value of a wrong type in any field`, () => {
      for (const wrong of [null, true, 0.5, -1, '', ' ', [], {}, [null], [''], [{}], 'x'.repeat(1001)]) {
        for (const field of Object.keys(SAMPLES[kind])) {
          const empty = Array.isArray(wrong) && wrong.length === 0;
          const isList = Array.isArray(SAMPLES[kind][field as keyof Payloads[typeof kind]]);
          const isObject = field === 'policy' || field === 'requiredLicences';
          const isSwitch = typeof SAMPLES[kind][field as keyof Payloads[typeof kind]] === 'boolean';
          if ((empty && isList) || (isObject && JSON.stringify(wrong) === '{}')) continue;
          if (isSwitch && wrong === true) continue;
          const path = badPath(kind, sample(kind, { [field]: wrong }));
          expect(String(path), `${field} = ${JSON.stringify(wrong).slice(0, 20)}`).toMatch(
            new RegExp(`^${field}`),
          );
        }
      }
    });

    it(`refuses anything but an object as ${kind}`, () => {
      for (const wrong of [null, undefined, 1, 'a', [], [SAMPLES[kind]]])
        expect(badPath(kind, wrong)).toBe('');
    });
  }
});

describe('readPayload() of ids, times and numbers', () => {
  const cases: readonly [kind: StatementKind, change: Json, path: string | undefined][] = [
    // Ids: canonical, of the right type, with a right check digit.
    ['party', { id: 'https://id.gs1.org/417/4006381000001' }, 'id'],
    ['party', { id: 'http://id.gs1.org/417/4006381000000' }, 'id'],
    ['party', { id: 'https://example.com/417/4006381000000' }, 'id'],
    ['party', { id: 'urn:epc:id:pgln:4006381.00000' }, 'id'],
    ['party', { id: PLACE }, 'id'],
    ['party', { sites: [{ ...SAMPLES.party.sites![0], id: DISTRIBUTOR }] }, 'sites[0].id'],
    ['party', { sites: [SAMPLES.party.sites![0], SAMPLES.party.sites![0]] }, 'sites[1]'],
    ['party', { sites: [{ ...SAMPLES.party.sites![0], latitude: 90_000_001 }] }, 'sites[0].latitude'],
    ['party', { sites: [{ ...SAMPLES.party.sites![0], longitude: -180_000_001 }] }, 'sites[0].longitude'],
    ['party', { sites: [{ ...SAMPLES.party.sites![0], market: 'de' }] }, 'sites[0].market'],
    ['party', { sites: [{ ...SAMPLES.party.sites![0], extra: 1 }] }, 'sites[0]'],
    ['party', { sites: [{ ...SAMPLES.party.sites![0], channel: 'kiosk' }] }, 'sites[0].channel'],
    ['party', { sites: [{ ...SAMPLES.party.sites![0], kind: ' ' }] }, 'sites[0].kind'],
    ['party', { roles: [] }, 'roles'],
    // Product facts: ranges, units and words.
    ['product', { storage: { minMilliC: 2000, maxMilliC: 2000, budgetMs: 0 } }, undefined],
    ['product', { storage: { minMilliC: 2001, maxMilliC: 2000, budgetMs: 0 } }, 'storage.maxMilliC'],
    ['product', { storage: { minMilliC: -273_151, maxMilliC: 2000, budgetMs: 0 } }, 'storage.minMilliC'],
    ['product', { storage: { minMilliC: 2.5, maxMilliC: 2000, budgetMs: 0 } }, 'storage.minMilliC'],
    ['product', { storage: { minMilliC: 2000, maxMilliC: 8000, budgetMs: -1 } }, 'storage.budgetMs'],
    ['product', { storage: { minMilliC: 2000, maxMilliC: 8000 } }, 'storage.budgetMs'],
    ['product', { storage: { ...SAMPLES.product.storage, freezeMilliC: '0' } }, 'storage.freezeMilliC'],
    ['product', { price: { currency: 'eur', amount: 1 } }, 'price.currency'],
    ['product', { price: { currency: 'EUR', amount: 1.5 } }, 'price.amount'],
    ['product', { price: { currency: 'EUR', amount: -1 } }, 'price.amount'],
    ['product', { price: { currency: 'EUR', amount: 0 } }, undefined],
    ['product', { channels: ['hospital', 'kiosk'] }, 'channels[1]'],
    ['product', { channels: [] }, 'channels'],
    ['product', { usedBy: ['Physician'] }, 'usedBy[0]'],
    ['product', { usedBy: [] }, 'usedBy'],
    ['product', { cartonUnits: 0 }, 'cartonUnits'],
    ['product', { inUseMs: -1 }, 'inUseMs'],
    ['product', { certified: 'yes' }, 'certified'],
    // Scopes, suspensions, recalls.
    ['licence', { departments: [] }, 'departments'],
    ['licence', { procedures: ['level 1', 'level 1'] }, 'procedures[1]'],
    ['revocation', { until: SAMPLES.revocation.effectiveFrom }, 'until'],
    ['revocation', { until: '2026-02-01' }, 'until'],
    ['recall', { level: 0 }, 'level'],
    ['recall', { level: 4 }, 'level'],
    ['recall', { deadline: '2026-02-01' }, 'deadline'],
    ['party', { roles: ['clinic', 'clinic'] }, 'roles[1]'],
    ['party', { roles: ['root'] }, 'roles[0]'],
    ['party', { prefixes: ['123'] }, 'prefixes[0]'],
    ['party', { prefixes: ['1234567890123'] }, 'prefixes[0]'],
    ['party', { prefixes: ['4006381', '4006381'] }, 'prefixes[1]'],
    ['party', { prefixes: [] }, undefined],
    ['party', { issues: [{ type: 'a' }, { type: 'a', regions: ['DE'] }] }, 'issues[1]'],
    ['party', { issues: [{ type: 'A' }] }, 'issues[0].type'],
    ['party', { issues: [{ type: 'a', regions: [] }] }, 'issues[0].regions'],
    ['party', { name: 'n'.repeat(200) }, undefined],
    ['party', { name: 'n'.repeat(201) }, 'name'],
    ['party', { name: 'two\nlines' }, 'name'],
    ['party', { name: 'line\u2028separator' }, 'name'],
    ['party', { name: ' padded' }, 'name'],
    ['party', { name: '\ud800' }, 'name'],
    // Products and lots.
    ['product', { id: 'https://id.gs1.org/01/00614141123453' }, 'id'],
    ['product', { id: 'https://id.gs1.org/01/614141123452' }, 'id'],
    ['product', { id: `${PRODUCT}/21/S1` }, 'id'],
    ['product', { id: `${PRODUCT}/10/A` }, 'id'],
    ['product', { doses: 0 }, 'doses'],
    ['product', { doses: 1001 }, 'doses'],
    ['product', { doses: '4' }, 'doses'],
    ['product', { traceCodePrefix: 8_123_456 }, 'traceCodePrefix'],
    ['product', { traceCodePrefix: '81234567' }, 'traceCodePrefix'],
    ['lot', { quantity: 0 }, 'quantity'],
    ['lot', { quantity: 1 }, undefined],
    ['lot', { quantity: 2 ** 53 }, 'quantity'],
    ['lot', { quantity: 1.5 }, 'quantity'],
    ['lot', { lot: 'A'.repeat(20) }, undefined],
    ['lot', { lot: 'A'.repeat(21) }, 'lot'],
    ['lot', { lot: '!"%&\'()*+,-./:;<=>?_' }, undefined],
    ['lot', { lot: 'A B' }, 'lot'],
    ['lot', { lot: 'A#' }, 'lot'],
    ['lot', { lot: 'Ä' }, 'lot'],
    ['lot', { lot: 'A\n' }, 'lot'],
    ['lot', { expiry: '2027-02-29' }, 'expiry'],
    ['lot', { expiry: '2027-02-00' }, 'expiry'],
    ['lot', { expiry: '270228' }, 'expiry'],
    ['lot', { markets: [] }, undefined],
    ['lot', { markets: ['DE', 'DE'] }, 'markets[1]'],
    ['lot', { markets: ['DEU'] }, 'markets[0]'],
    ['lot', { markets: Array.from({ length: 301 }, () => 'DE') }, 'markets'],
    ['lot', { distributors: [] }, undefined],
    ['lot', { distributors: [PLACE] }, 'distributors[0]'],
    // Times.
    ['licence', { validFrom: '2026-01-01T00:00:00Z' }, 'validFrom'],
    ['licence', { validFrom: '2026-01-01T00:00:00.000+00:00' }, 'validFrom'],
    ['licence', { validFrom: '2026-01-01t00:00:00.000Z' }, 'validFrom'],
    ['licence', { validFrom: '2026-01-01T00:00:00.0000Z' }, 'validFrom'],
    ['licence', { validFrom: '2026-02-30T00:00:00.000Z' }, 'validFrom'],
    ['licence', { validFrom: '2026-01-01T24:00:00.000Z' }, 'validFrom'],
    ['licence', { validFrom: '1969-12-31T23:59:59.999Z' }, 'validFrom'],
    ['licence', { validTo: SAMPLES.licence.validFrom }, 'validTo'],
    ['licence', { validTo: '2025-12-31T23:59:59.999Z' }, 'validTo'],
    ['licence', { validTo: '2026-01-01T00:00:00.001Z' }, undefined],
    ['key', { validTo: SAMPLES.licence.validFrom }, 'validTo'],
    ['revocation', { effectiveFrom: '2026-01-01' }, 'effectiveFrom'],
    // Licences.
    ['licence', { type: 'x'.repeat(64) }, undefined],
    ['licence', { type: 'x'.repeat(65) }, 'type'],
    ['licence', { type: 'Medical' }, 'type'],
    ['licence', { holder: 'urn:example:doctor:110-2931' }, undefined],
    ['licence', { holder: 'https://licences.example/doctors/1' }, undefined],
    ['licence', { holder: 'Dr. Li' }, 'holder'],
    ['licence', { holder: 'https://id.gs1.org/417/4006381000001' }, 'holder'],
    ['licence', { holder: PLACE }, 'holder'],
    ['licence', { holder: 'https://example.com/417/4006381000000' }, 'holder'],
    ['licence', { holder: 'urn:epc:id:pgln:4006381.00000' }, 'holder'],
    ['licence', { products: [] }, 'products'],
    ['licence', { places: [] }, 'places'],
    ['licence', { territory: [] }, 'territory'],
    ['licence', { products: [PRODUCT, PRODUCT] }, 'products[1]'],
    ['recall', { lots: [] }, 'lots'],
    ['recall', { lots: ['A', 'A'] }, 'lots[1]'],
    ['recall', { reason: 'r'.repeat(1000) }, undefined],
    ['recall', { reason: 'r'.repeat(1001) }, 'reason'],
    ['case', { state: 'open' }, 'state'],
    ['case', { findings: [] }, undefined],
    // Keys and genesis.
    ['key', { action: 'rotate' }, 'action'],
    ['key', { publicKey: 'A'.repeat(42) }, 'publicKey'],
    ['key', { publicKey: 'A'.repeat(44) }, 'publicKey'],
    ['key', { publicKey: `${'A'.repeat(42)}B` }, 'publicKey'],
    ['key', { publicKey: `${'A'.repeat(42)}=` }, 'publicKey'],
    ['key', { kid: 'A'.repeat(43) }, ''],
    ['genesis', { origin: 'with space' }, 'origin'],
    ['genesis', { origin: 'with+plus' }, 'origin'],
    ['genesis', { origin: 'another.example' }, 'logKey'],
    ['genesis', { origin: 'o'.repeat(256) }, 'origin'],
    ['genesis', { logKey: SAMPLES.genesis.logKey.slice(0, -1) }, 'logKey'],
    ['genesis', { logKey: formatVerifierKey('another.example', signerOf(3).publicKey) }, 'logKey'],
    ['genesis', { keys: [] }, 'keys'],
    ['genesis', { keys: [...SAMPLES.genesis.keys, ...SAMPLES.genesis.keys] }, 'keys[1]'],
    ['genesis', { operator: { id: CLINIC } }, 'operator.name'],
    ['genesis', { operator: { id: OPERATOR, name: 'O', role: 'root' } }, 'operator'],
    ['genesis', { policy: { missingStepsMax: 9 } }, 'policy.missingStepsMax'],
    ['genesis', { policy: {} }, undefined],
  ];
  for (const [kind, change, path] of cases) {
    const verb = path === undefined ? 'reads' : 'refuses';
    it(`${verb} a ${kind} with ${JSON.stringify(change).slice(0, 100)}`, () => {
      expect(badPath(kind, sample(kind, change))).toBe(path);
    });
  }

  it('reads a revocation of a key, with and without the time of distrust, and refuses a mixture with an addition', () => {
    const { distrustSince: _, ...short } = REVOKE;
    expect(badPath('key', REVOKE)).toBeUndefined();
    expect(badPath('key', short)).toBeUndefined();
    expect(badPath('key', { ...REVOKE, validFrom: REVOKE.distrustSince })).toBe('');
    expect(badPath('key', { ...REVOKE, kid: 'short' })).toBe('kid');
    const { reason: __, ...noReason } = REVOKE;
    expect(badPath('key', noReason)).toBe('reason');
  });

  it('does not take a field of the prototype for one of the payload', () => {
    expect(badPath('product', Object.create({ id: PRODUCT, name: 'inherited' }))).toBe('id');
  });
});

describe('readPayload() of a policy', () => {
  it('reads the whole default policy and the empty one', () => {
    expect(badPath('policy', { ...DEFAULT_POLICY })).toBeUndefined();
    expect(badPath('policy', {})).toBeUndefined();
  });

  it('knows a range for every threshold, and refuses what lies outside', () => {
    const thresholds = Object.entries(DEFAULT_POLICY)
      .filter(([, value]) => typeof value === 'number')
      .map(([key]) => key);
    expect(Object.keys(POLICY_RANGES).sort()).toEqual(thresholds.sort());
    for (const [key, [min, max]] of Object.entries(POLICY_RANGES)) {
      for (const value of [min, max]) expect(badPath('policy', { [key]: value }), key).toBeUndefined();
      for (const value of [min - 1, max + 1, min + 0.5, String(min), null]) {
        expect(badPath('policy', { [key]: value }), `${key} = ${value}`).toBe(key);
      }
    }
  });

  it('refuses licences required of an unknown role, or of an impossible type', () => {
    expect(badPath('policy', { requiredLicences: { wholesaler: ['a'] } })).toBe('requiredLicences');
    expect(badPath('policy', { requiredLicences: { clinic: ['A'] } })).toBe('requiredLicences.clinic[0]');
    expect(badPath('policy', { requiredLicences: { clinic: [] } })).toBeUndefined();
    for (const list of ['practitionerLicences', 'supplierLicences']) {
      expect(badPath('policy', { [list]: [] }), list).toBeUndefined();
      expect(badPath('policy', { [list]: ['A'] }), list).toBe(`${list}[0]`);
      expect(badPath('policy', { [list]: ['a', 'a'] }), list).toBe(`${list}[1]`);
    }
  });

  it('reads words and switches only as they are spelled', () => {
    expect(badPath('policy', { documentsRequired: ['desadv', 'inv'] })).toBeUndefined();
    expect(badPath('policy', { documentsRequired: ['Desadv'] })).toBe('documentsRequired[0]');
    for (const mode of ['allowed', 'record', 'notice'])
      expect(badPath('policy', { manualEntry: mode })).toBeUndefined();
    for (const wrong of ['never', '', true, null])
      expect(badPath('policy', { manualEntry: wrong })).toBe('manualEntry');
    for (const flag of ['registrationRequired', 'coldChainRequired', 'devicesRegistered']) {
      expect(badPath('policy', { [flag]: true })).toBeUndefined();
      for (const wrong of [1, 0, 'true', null, []]) expect(badPath('policy', { [flag]: wrong })).toBe(flag);
    }
  });
});
