// Goal:   the registry answers who and what was true: positions for keys, roles, products and quantities, event time for licences.
// Method: facts applied in log order from signed statements; each question asked on both sides of each fact.
import { describe, expect, it } from 'vitest';
import { formatTime, toBase64url } from '../../src/bytes/index.ts';
import { keyId, type Signer } from '../../src/crypto/index.ts';
import { InternalError } from '../../src/errors.ts';
import { LICENCE_CLASSES, licenceClass, Registry } from '../../src/registry/index.ts';
import { DEFAULT_POLICY, MANUFACTURER_LICENCE_TYPES, openStatement } from '../../src/statement/index.ts';
import {
  CAST,
  DAY_MS,
  EXPIRY,
  GENESIS_MS,
  ID,
  logKey,
  LOT,
  LOT_ID,
  ORIGIN,
  PRODUCT,
  RIVAL_PRODUCT,
  SIGNER,
  signerOf,
  SITE,
  siteOf,
  START_MS,
  VALID_FROM,
  VALID_TO,
} from '../support/cast.ts';
import { replay } from '../support/replay.ts';
import { Script, type Step } from '../support/script.ts';

const kidOf = ({ publicKey }: Signer): string => toBase64url(keyId(publicKey));
const keyOf = (n: number): { publicKey: string; validFrom: string } => ({
  publicKey: toBase64url(signerOf(n).publicKey),
  validFrom: VALID_FROM,
});

/** The registry of a script, with the entry of a step of it. */
function registryOf(script: Script): Registry {
  return replay(script).registry;
}

describe('genesis', () => {
  it('names origin, log key, operator, its keys and the policy', () => {
    const registry = registryOf(new Script({ policy: { missingStepsMax: 5 } }));
    expect([registry.origin, registry.logKey]).toEqual([ORIGIN, logKey]);
    expect(registry.party(ID.operator)?.payload.roles).toEqual(['operator']);
    expect(registry.key(kidOf(SIGNER.operator))?.party).toBe(ID.operator);
    expect(registry.policyAt(0)).toEqual({ ...DEFAULT_POLICY, missingStepsMax: 5 });
  });

  it('stands only at the first position', () => {
    const registry = new Registry();
    const { statement } = openStatement(new Script().genesis);
    registry.apply(0, GENESIS_MS, statement);
    registry.apply(1, GENESIS_MS, statement);
    expect(registry.ineffective.map(({ kind, code }) => `${kind} ${code}`)).toEqual(['genesis SG-09']);
  });
});

describe('apply()', () => {
  it('refuses facts out of log order: that would be our own mistake', () => {
    const registry = new Registry();
    const { statement } = openStatement(new Script().genesis);
    registry.apply(3, GENESIS_MS, statement);
    expect(() => registry.apply(2, GENESIS_MS, statement)).toThrow(InternalError);
  });

  it('keeps a fact without authority in sight and without effect', () => {
    const script = new Script();
    const step = script.say('clinicA', 'product', { id: RIVAL_PRODUCT, name: 'Forged' });
    const registry = registryOf(script);
    expect(registry.product(RIVAL_PRODUCT)).toBeUndefined();
    expect(registry.ineffective).toEqual([
      {
        entry: step.entry,
        recordTimeMs: step.recordTimeMs,
        kind: 'product',
        issuer: ID.clinicA,
        subject: RIVAL_PRODUCT,
        code: 'SG-09',
      },
    ]);
  });

  it('gives every prefix its own answer: a replay of a prefix equals asking before its end', () => {
    const script = new Script();
    script.say('maker', 'lot', { product: PRODUCT, lot: LOT, quantity: 7, expiry: EXPIRY, markets: ['FR'] });
    script.say('operator', 'policy', { missingStepsMax: 1 });
    const whole = registryOf(script);
    const { size } = whole;
    for (let before = 1; before < size; before++) {
      const prefix = replay(script, script.steps.slice(0, before - 1)).registry;
      for (const who of CAST) expect(prefix.party(ID[who])).toEqual(whole.party(ID[who], before));
      expect(prefix.product(PRODUCT)).toEqual(whole.product(PRODUCT, before));
      expect(prefix.lot(LOT_ID)).toEqual(whole.lot(LOT_ID, before));
      expect(prefix.manufacturerOf(PRODUCT)).toBe(whole.manufacturerOf(PRODUCT, before));
      expect(prefix.policyAt(Infinity)).toEqual(whole.policyAt(before));
    }
  });
});

describe('parties', () => {
  it('are what the newest statement below a position says', () => {
    const script = new Script();
    const first = script.steps.find(({ kind }) => kind === 'party')!;
    const later = script.say('operator', 'party', { id: ID.maker, name: 'renamed', roles: ['service'] });
    const registry = registryOf(script);
    expect(registry.party(ID.maker, first.entry)).toBeUndefined();
    expect(registry.party(ID.maker, later.entry)?.payload.name).toBe('maker');
    expect(registry.party(ID.maker)?.payload.name).toBe('renamed');
    expect(registry.hasRole(ID.maker, 'manufacturer', later.entry)).toBe(true);
    expect(registry.hasRole(ID.maker, 'manufacturer')).toBe(false);
    expect([...registry.parties()]).toHaveLength(CAST.length);
  });

  it('bring their sites', () => {
    const registry = registryOf(new Script());
    expect(registry.site(SITE.north)).toMatchObject({ party: ID.north, site: siteOf('north') });
    expect(registry.site('https://id.gs1.org/414/0000000000000')).toBeUndefined();
    expect(registry.site(`${SITE.north}/254/DOCK`)).toBe(registry.site(SITE.north));
    expect(registry.site('https://id.gs1.org/414/0000000000000/254/DOCK')).toBeUndefined();
  });
});

describe('keys', () => {
  const add = (n: number, party: string, more: { validTo?: string } = {}) =>
    ({ action: 'add', party, ...keyOf(n), ...more }) as const;

  it('rotate: the new one counts from its position, the old one until its revocation', () => {
    const script = new Script();
    const added = script.say('maker', 'key', add(50, ID.maker));
    const old = kidOf(SIGNER.maker);
    const revoked = script.say('maker', 'key', {
      action: 'revoke',
      party: ID.maker,
      kid: old,
      reason: 'rotation',
    });
    const registry = registryOf(script);
    const fresh = kidOf(signerOf(50));
    expect(registry.key(fresh, added.entry)).toBeUndefined();
    expect(registry.key(fresh)).toMatchObject({ entry: added.entry, party: ID.maker, revokedAt: Infinity });
    expect(registry.key(old)).toMatchObject({ revokedAt: revoked.entry, distrustSinceMs: Infinity });
    expect(registry.keysOf(ID.maker).map(({ kid }) => kid)).toEqual([old, fresh]);
    expect(registry.key(keyId(signerOf(50).publicKey))).toBe(registry.key(fresh));
  });

  it('carry their window in record time', () => {
    const script = new Script();
    script.say('maker', 'key', add(51, ID.maker, { validTo: formatTime(START_MS) }));
    const key = registryOf(script).key(kidOf(signerOf(51)))!;
    expect([formatTime(key.validFromMs), key.validToMs]).toEqual([VALID_FROM, START_MS]);
  });

  it('stay revoked from the first revocation, distrusted from the earliest time said', () => {
    const script = new Script();
    const kid = kidOf(SIGNER.maker);
    const revoke = { action: 'revoke', party: ID.maker, kid, reason: 'stolen' } as const;
    const first = script.say('operator', 'key', { ...revoke, distrustSince: formatTime(START_MS) });
    script.say('operator', 'key', { ...revoke, distrustSince: formatTime(START_MS - DAY_MS) });
    script.say('operator', 'key', revoke);
    expect(registryOf(script).key(kid)).toMatchObject({
      revokedAt: first.entry,
      distrustSinceMs: START_MS - DAY_MS,
    });
  });

  it('have one owner for ever, and are enrolled once', () => {
    const script = new Script();
    script.say('maker', 'key', add(52, ID.maker));
    script.say('operator', 'key', add(52, ID.rival));
    script.say('maker', 'key', add(52, ID.maker, { validTo: VALID_TO }));
    const registry = registryOf(script);
    expect(registry.key(kidOf(signerOf(52)))).toMatchObject({ party: ID.maker, validToMs: Infinity });
    expect(registry.ineffective.map(({ code }) => code)).toEqual(['SG-06']);
  });

  it('of small order or no canonical encoding are never enrolled', () => {
    const script = new Script();
    for (const first of [1, 0]) {
      const weak = new Uint8Array(32);
      weak[0] = first;
      const publicKey = toBase64url(weak);
      script.say('maker', 'key', { action: 'add', party: ID.maker, publicKey, validFrom: VALID_FROM });
    }
    expect(registryOf(script).keysOf(ID.maker)).toHaveLength(1);
  });

  it('are not revoked by a stranger', () => {
    const script = new Script();
    const kid = kidOf(SIGNER.maker);
    script.say('rival', 'key', { action: 'revoke', party: ID.maker, kid, reason: 'envy' });
    script.say('rival', 'key', { action: 'revoke', party: ID.rival, kid, reason: 'envy' });
    const registry = registryOf(script);
    expect(registry.key(kid)?.revokedAt).toBe(Infinity);
    expect(registry.ineffective.map(({ code }) => code)).toEqual(['SG-06', 'SG-06']);
  });
});

describe('products and lots', () => {
  it('belong to whoever registered the product first, from that position on', () => {
    const script = new Script();
    const registry = registryOf(script);
    const { entry } = script.newest('product');
    expect(registry.manufacturerOf(PRODUCT, entry)).toBeUndefined();
    expect(registry.manufacturerOf(PRODUCT, entry! + 1)).toBe(ID.maker);
  });

  it('are found by the prefix of their trace codes', () => {
    const registry = registryOf(new Script({ product: { traceCodePrefix: '8123456' } }));
    expect(registry.productOfTracePrefix('8123456')).toBe(PRODUCT);
    expect(registry.productOfTracePrefix('8123457')).toBeUndefined();
  });

  it('give a lot as signed below a position, and as in force at a time or since', () => {
    const script = new Script();
    const first = script.newest('lot');
    const lot = { product: PRODUCT, lot: LOT, expiry: EXPIRY, markets: ['DE'] };
    const steps = [20, 30].map((quantity) => script.say('maker', 'lot', { ...lot, quantity }));
    const registry = registryOf(script);
    const quantityAt = (before?: number): number | undefined =>
      registry.lot(LOT_ID, before)?.payload.quantity;
    expect([first, ...steps].map(({ entry }) => quantityAt(entry))).toEqual([undefined, 1000, 20]);
    expect(quantityAt()).toBe(30);
    const since = (timeMs: number): readonly number[] =>
      registry.lotSince(LOT_ID, timeMs).map(({ payload }) => payload.quantity);
    expect(since(0)).toEqual([1000, 20, 30]);
    expect(since(steps[0]!.recordTimeMs - 1)).toEqual([1000, 20, 30]);
    expect(since(steps[0]!.recordTimeMs)).toEqual([20, 30]);
    expect(since(steps[1]!.recordTimeMs)).toEqual([30]);
    expect(registry.lotSince('https://id.gs1.org/01/00000000000000/10/X', 0)).toEqual([]);
  });
});

describe('licence()', () => {
  const licence = { type: 'institution-practice', holder: ID.salon };
  const say = (script: Script, id: string, from: number, to: number, scope: object = {}): Step =>
    script.say('regulator', 'licence', {
      id,
      ...licence,
      validFrom: formatTime(from),
      validTo: formatTime(to),
      ...scope,
    });
  const status = (script: Script, timeMs: number, scope: object = {}): string =>
    registryOf(script).licence(ID.salon, licence.type, { timeMs, ...scope }).status;

  it('is valid from its first instant to the one before its last, wherever it stands in the log', () => {
    const script = new Script();
    say(script, 'a', START_MS, START_MS + DAY_MS);
    const edges = [START_MS - 1, START_MS, START_MS + DAY_MS - 1, START_MS + DAY_MS];
    expect(edges.map((timeMs) => status(script, timeMs))).toEqual(['missing', 'valid', 'valid', 'expired']);
  });

  it('ends at the effective time of a revocation, the earliest if there are several', () => {
    const script = new Script();
    say(script, 'a', START_MS, START_MS + 9 * DAY_MS);
    for (const days of [3, 5]) {
      const effectiveFrom = formatTime(START_MS + days * DAY_MS);
      script.say('regulator', 'revocation', { licence: 'a', effectiveFrom, reason: 'hygiene' });
    }
    expect(status(script, START_MS + 3 * DAY_MS - 1)).toBe('valid');
    expect(status(script, START_MS + 3 * DAY_MS)).toBe('revoked');
    expect(status(script, START_MS + 20 * DAY_MS)).toBe('revoked');
  });

  it('covers only what its scope names', () => {
    const script = new Script();
    const scope = { products: [PRODUCT], places: [SITE.salon], territory: ['DE'] };
    say(script, 'a', START_MS, START_MS + DAY_MS, scope);
    const asked = (what: object): string => status(script, START_MS, what);
    expect(asked({})).toBe('valid');
    expect(asked({ product: PRODUCT, place: SITE.salon, market: 'DE' })).toBe('valid');
    expect(asked({ product: RIVAL_PRODUCT })).toBe('missing');
    expect(asked({ place: SITE.north })).toBe('site');
    expect(asked({ place: `${SITE.salon}/254/A` })).toBe('valid');
    expect(asked({ place: `${SITE.salon}0` })).toBe('site');
    expect(asked({ market: 'PL' })).toBe('missing');
  });

  it('answers by the best of several', () => {
    const script = new Script();
    say(script, 'old', START_MS - 9 * DAY_MS, START_MS);
    say(script, 'new', START_MS, START_MS + DAY_MS);
    expect(status(script, START_MS)).toBe('valid');
    expect(status(script, START_MS - 1)).toBe('valid');
  });

  it('is not replaced by a licence of the same id from somebody else', () => {
    const script = new Script();
    const mine = say(script, 'a', START_MS, START_MS + DAY_MS);
    script.say('maker', 'licence', {
      id: 'a',
      type: 'distribution',
      holder: ID.north,
      validFrom: VALID_FROM,
      validTo: VALID_TO,
      products: [PRODUCT],
    });
    const registry = registryOf(script);
    expect(registry.licenceById('a')).toMatchObject({ entry: mine.entry, holder: ID.salon });
    expect(registry.ineffective.map(({ code }) => code)).toEqual(['LC-08']);
  });
});

describe('licence() of versions, suspensions and scopes', () => {
  const TYPE = 'institution-practice';
  const base = { id: 'a', type: TYPE, holder: ID.salon };
  const span = (from: number, to: number) => ({
    validFrom: formatTime(START_MS + from * DAY_MS),
    validTo: formatTime(START_MS + to * DAY_MS),
  });
  const at = (day: number) => ({ time: START_MS + day * DAY_MS });
  const on = (registry: Registry, day: number, scope: object = {}, before?: number): string =>
    registry.licence(ID.salon, TYPE, { timeMs: START_MS + day * DAY_MS, ...scope }, before).status;

  it('lets a renewal of the same id follow the licence it renews without a gap', () => {
    const script = new Script();
    const first = script.say('regulator', 'licence', { ...base, ...span(0, 10) }, at(0));
    script.say('regulator', 'licence', { ...base, ...span(10, 20) }, at(5));
    const registry = registryOf(script);
    expect([0, 4, 6, 9, 10, 19, 20].map((day) => on(registry, day))).toEqual([
      ...Array.from({ length: 6 }, () => 'valid'),
      'expired',
    ]);
    expect(registry.licencesOf(ID.salon).map(({ entry }) => entry)[0]).toBe(first.entry);
    expect(registry.licencesOf(ID.salon, 'distribution')).toEqual([]);
    expect([...registry.licences()].filter(({ id }) => id === 'a')).toHaveLength(2);
  });

  it('lets a newer version narrow the older from when it is recorded, never before', () => {
    const script = new Script();
    script.say('regulator', 'licence', { ...base, ...span(0, 10) }, at(0));
    script.say('regulator', 'licence', { ...base, ...span(0, 10), places: [SITE.salon] }, at(5));
    const registry = registryOf(script);
    expect([4, 5].map((day) => on(registry, day, { place: SITE.north }))).toEqual(['valid', 'site']);
  });

  it('does not leave a licence with a holder it was taken from', () => {
    const script = new Script();
    script.say('regulator', 'licence', { ...base, ...span(0, 10) }, at(0));
    script.say('regulator', 'licence', { ...base, holder: ID.trader, ...span(0, 10) }, at(5));
    const registry = registryOf(script);
    expect([4, 5].map((day) => on(registry, day))).toEqual(['valid', 'missing']);
    expect(registry.licence(ID.trader, TYPE, { timeMs: START_MS + 5 * DAY_MS }).status).toBe('valid');
  });

  it('is suspended from the first instant to the one before the last, and revoked over all', () => {
    const script = new Script();
    script.say('regulator', 'licence', { ...base, ...span(0, 30) }, at(0));
    const { validFrom: effectiveFrom, validTo: until } = span(3, 6);
    const given = { licence: 'a', reason: 'hygiene' };
    const pause = script.say('regulator', 'revocation', { ...given, effectiveFrom, until });
    const days = [2, 3, 5, 6];
    expect(days.map((day) => on(registryOf(script), day))).toEqual([
      'valid',
      'suspended',
      'suspended',
      'valid',
    ]);
    script.say('regulator', 'revocation', { ...given, effectiveFrom: formatTime(START_MS + 5 * DAY_MS) });
    const registry = registryOf(script);
    expect(days.map((day) => on(registry, day))).toEqual(['valid', 'suspended', 'revoked', 'revoked']);
    expect(on(registry, 3, {}, pause.entry)).toBe('valid');
    expect(registry.licenceById('a')).toMatchObject({ revokedFromMs: START_MS + 5 * DAY_MS });
    expect(registry.licenceById('a')?.endings[0]).toMatchObject({ entry: pause.entry, issuer: ID.regulator });
  });

  it('is in force again from a newer statement of it', () => {
    const script = new Script();
    script.say('regulator', 'licence', { ...base, ...span(0, 30) }, at(0));
    const { validFrom: effectiveFrom, validTo: until } = span(3, 20);
    script.say('regulator', 'revocation', { licence: 'a', reason: 'x', effectiveFrom, until }, at(3));
    script.say('regulator', 'licence', { ...base, ...span(6, 30) }, at(6));
    expect([5, 6].map((day) => on(registryOf(script), day))).toEqual(['suspended', 'valid']);
  });

  it('says so where only its departments, classes of goods or procedures do not reach', () => {
    const script = new Script();
    const scope = { departments: ['dermatology'], productClasses: ['toxin'], procedures: ['level 1'] };
    script.say('regulator', 'licence', { ...base, ...span(0, 10), ...scope }, at(0));
    const registry = registryOf(script);
    expect(on(registry, 1)).toBe('valid');
    expect(on(registry, 1, { department: 'dermatology', productClass: 'toxin', procedure: 'level 1' })).toBe(
      'valid',
    );
    for (const wrong of [{ department: 'dentistry' }, { productClass: 'filler' }, { procedure: 'level 2' }]) {
      expect(on(registry, 1, wrong)).toBe('scope');
      expect(on(registry, 20, wrong)).toBe('missing');
    }
  });

  it('is not ended by a stranger, but by a regulator trusted for its type', () => {
    const script = new Script();
    const effectiveFrom = formatTime(START_MS + DAY_MS);
    script.say('south', 'revocation', { licence: 'trade-north', effectiveFrom, reason: 'envy' });
    script.say('regulator', 'revocation', { licence: 'trade-north', effectiveFrom, reason: 'not trusted' });
    const asked = { timeMs: START_MS + 2 * DAY_MS };
    expect(registryOf(script).licence(ID.north, 'distribution', asked).status).toBe('valid');
    script.say('operator', 'party', {
      id: ID.regulator,
      name: 'regulator',
      roles: ['regulator'],
      issues: [{ type: 'distribution' }],
    });
    script.say('regulator', 'revocation', { licence: 'trade-north', effectiveFrom, reason: 'trusted' });
    const registry = registryOf(script);
    expect(registry.licence(ID.north, 'distribution', asked).status).toBe('revoked');
    expect(registry.ineffective.map(({ code }) => code)).toEqual(['LC-08', 'LC-08']);
  });
});

describe('recalls, cases and authorisations', () => {
  const recall = { id: 'r1', product: PRODUCT, lots: [LOT], effectiveFrom: VALID_FROM, reason: 'potency' };

  it('give the recalls of a lot as they stood at a position, the newest version of each', () => {
    const script = new Script();
    const first = script.say('maker', 'recall', recall);
    const deadline = formatTime(START_MS);
    const second = script.say('regulator', 'recall', { ...recall, level: 1, regions: ['DE'], deadline });
    const third = script.say('maker', 'recall', { ...recall, lots: ['OTHER'] });
    const registry = registryOf(script);
    const entries = (before?: number) => registry.recallsOf(LOT_ID, before).map(({ entry }) => entry);
    expect(entries(first.entry)).toEqual([]);
    expect(entries(second.entry)).toEqual([first.entry]);
    expect(entries(third.entry)).toEqual([first.entry, second.entry]);
    expect(entries()).toEqual([second.entry]);
    expect(registry.recallsOf(LOT_ID)[0]).toMatchObject({ deadlineMs: START_MS, issuer: ID.regulator });
    expect(registry.recallsOf(LOT_ID.replace(LOT, 'OTHER'))).toMatchObject([{ deadlineMs: Infinity }]);
    expect(registry.recallsOf('nothing')).toEqual([]);
  });

  it('do not come from whoever neither makes the product nor regulates', () => {
    const script = new Script();
    script.say('rival', 'recall', recall);
    script.say('clinicA', 'recall', recall);
    const registry = registryOf(script);
    expect(registry.recallsOf(LOT_ID)).toEqual([]);
    expect(registry.ineffective.map(({ code }) => code)).toEqual(['SG-06', 'SG-09']);
  });

  it('give everything said of a case', () => {
    const script = new Script();
    const said = (['new', 'active'] as const).map((state) =>
      script.say('regulator', 'case', { id: 'c', state, findings: ['f'], reason: 'x' }),
    );
    script.say('clinicA', 'case', { id: 'c', state: 'closed', findings: ['f'], reason: 'mine' });
    const registry = registryOf(script);
    expect(registry.caseById('c').map(({ entry }) => entry)).toEqual(said.map(({ entry }) => entry));
    expect([...registry.cases()]).toEqual([registry.caseById('c')]);
    expect(registry.caseById('d')).toEqual([]);
  });

  it('give the marketing authorisations of a product’s own manufacturer', () => {
    const script = new Script();
    const issues = [{ type: 'marketing-authorisation' }];
    script.say('operator', 'party', { id: ID.regulator, name: 'regulator', roles: ['regulator'], issues });
    const given = { type: 'marketing-authorisation', validFrom: VALID_FROM, validTo: VALID_TO };
    const right = script.say('regulator', 'licence', { id: 'm1', holder: ID.maker, ...given });
    script.say('regulator', 'licence', {
      id: 'm2',
      holder: ID.maker,
      ...given,
      products: [RIVAL_PRODUCT],
    });
    script.say('regulator', 'licence', { id: 'm3', holder: ID.rival, ...given, products: [PRODUCT] });
    const registry = registryOf(script);
    expect(registry.authorisationsOf(PRODUCT).map(({ entry }) => entry)).toEqual([right.entry]);
    expect(registry.authorisationsOf(RIVAL_PRODUCT)).toEqual([]);
  });
});

describe('licence classes', () => {
  it('name every class the default policy asks for, and each but once', () => {
    const { requiredLicences, practitionerLicences, supplierLicences } = DEFAULT_POLICY;
    const asked = [...Object.values(requiredLicences).flat(), ...practitionerLicences, ...supplierLicences];
    for (const type of asked) expect(licenceClass(type!)?.proves, type).toBeTruthy();
    const types = LICENCE_CLASSES.map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
    expect(licenceClass('of-my-own')).toBeUndefined();
  });

  it('let a manufacturer issue what usually comes from one', () => {
    const theirs = LICENCE_CLASSES.filter(({ issuer }) => issuer === 'manufacturer').map(({ type }) => type);
    expect(theirs.sort()).toEqual([...MANUFACTURER_LICENCE_TYPES].sort());
  });
});

describe('policyAt()', () => {
  it('is the policy below a position; a statement changes only what it names', () => {
    const script = new Script({ policy: { checksNotice: 7 } });
    const change = script.say('operator', 'policy', { missingStepsMax: 1 });
    const registry = registryOf(script);
    expect(registry.policyAt(change.entry!)).toMatchObject({ checksNotice: 7, missingStepsMax: 2 });
    expect(registry.policyAt(change.entry! + 1)).toMatchObject({ checksNotice: 7, missingStepsMax: 1 });
    expect(new Registry().policyAt(Infinity)).toBe(DEFAULT_POLICY);
  });

  it('judges each event by the policy at its own position', () => {
    const script = new Script();
    const [a, b] = script.units(2) as [string, string];
    script.commission([a, b]);
    script.administer('clinicA', a);
    script.say('operator', 'policy', { missingStepsMax: 0 });
    script.administer('clinicA', b);
    const found = replay(script).findings();
    expect(found.map(({ code, subject }) => [code, subject.id])).toEqual([
      ['CU-01', b],
      ['CU-06', a],
    ]);
  });
});
