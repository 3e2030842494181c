// Goal:   licences answer at the event's time: versions, suspensions, scopes, sites; recalls, cases and authorisations by position.
// Method: facts applied in log order from signed statements; each question asked on both sides of each fact.
import { describe, expect, it } from 'vitest';
import { formatTime } from '../../src/bytes/index.ts';
import { LICENCE_CLASSES, licenceClass, type Registry } from '../../src/registry/index.ts';
import { DEFAULT_POLICY, MANUFACTURER_LICENCE_TYPES } from '../../src/statement/index.ts';
import {
  DAY_MS,
  ID,
  LOT,
  LOT_ID,
  PRODUCT,
  RIVAL_PRODUCT,
  SITE,
  START_MS,
  VALID_FROM,
  VALID_TO,
} from '../support/cast.ts';
import { replay } from '../support/replay.ts';
import { Script, type Step } from '../support/script.ts';

/** The registry of a script. */
function registryOf(script: Script): Registry {
  return replay(script).registry;
}

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
