// Goal:   the registry answers who and what was true: positions for keys, roles, products, quantities and policy.
// Method: facts applied in log order from signed statements; each question asked on both sides of each fact.
import { describe, expect, it } from 'vitest';
import { formatTime, toBase64url } from '../../src/bytes/index.ts';
import { keyId, type Signer } from '../../src/crypto/index.ts';
import { InternalError } from '../../src/errors.ts';
import { Registry } from '../../src/registry/index.ts';
import { DEFAULT_POLICY, openStatement } from '../../src/statement/index.ts';
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
import { Script } from '../support/script.ts';

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

  it('are checked once, whoever asks: those that passed before are enrolled as they are', () => {
    const { genesis } = new Script();
    const { statement } = openStatement(genesis);
    const first = new Registry();
    first.apply(0, GENESIS_MS, statement);
    expect([...first.kids()]).toEqual([kidOf(SIGNER.operator)]);
    const again = new Registry(new Set(first.kids()));
    again.apply(0, GENESIS_MS, statement);
    expect(again.key(kidOf(SIGNER.operator))).toEqual(first.key(kidOf(SIGNER.operator)));
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
