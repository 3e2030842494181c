// Goal:   SG rules tell whose signature is on a label and who may speak about what; facts beyond authority have no effect.
// Method: one small world a case, replayed into the judge; each code with its exact level and proof, beside a near miss.
import { describe, expect, it } from 'vitest';
import { formatTime, toBase64url } from '../../src/bytes/index.ts';
import { keyId } from '../../src/crypto/index.ts';
import { partyId } from '../../src/gs1/index.ts';
import {
  EXPIRY,
  ID,
  LOT,
  PRODUCT,
  RIVAL_PRODUCT,
  SIGNER,
  signerOf,
  siteOf,
  START_MS,
  VALID_FROM,
  VALID_TO,
  withCheckDigit,
} from '../support/cast.ts';
import { expectClean, expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script } from '../support/script.ts';

const kidOf = (signer: { publicKey: Uint8Array }): string => toBase64url(keyId(signer.publicKey));

describe('SG-02 unit-signature-invalid', () => {
  it('names a recorded label whose signature is for another serial', () => {
    const script = new Script();
    const [genuine, copied] = script.units(2) as [string, string];
    script.commission([genuine, copied]);
    const serial = (unit: string): string => unit.slice(unit.indexOf('/21/') + 4);
    const presented = script.label(genuine).replace(serial(genuine), serial(copied));
    const scan = script.look(copied, { presented });
    expectOne(replay(script).findings(), 'SG-02', {
      severity: 3,
      subject: copied,
      proof: [scan],
      secondLine: true,
    });
  });

  it('speaks in the first line about a unit nobody registered', () => {
    const script = new Script();
    const unit = script.unit();
    const presented = script.label(unit).replace(LOT, 'LOT2');
    const scan = script.look(unit, { presented });
    expectOne(replay(script).findings(), 'SG-02', { severity: 3, proof: [scan], secondLine: false });
  });

  it('accepts the label as it was printed, also by a key since revoked', () => {
    const script = new Script();
    const unit = script.unit();
    const next = signerOf(77);
    const publicKey = toBase64url(next.publicKey);
    script.commission(unit);
    script.look(unit, { presented: script.label(unit) });
    script.say('maker', 'key', { action: 'add', party: ID.maker, publicKey, validFrom: VALID_FROM });
    script.look(unit, { presented: script.label(unit, next) });
    const revoked = {
      action: 'revoke',
      party: ID.maker,
      kid: kidOf(SIGNER.maker),
      reason: 'rotation',
    } as const;
    script.say('maker', 'key', revoked);
    script.look(unit, { presented: script.label(unit) });
    expectClean(replay(script).findings(), 0);
  });

  it('says nothing of an unsigned code', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.look(unit, { presented: `${unit}?17=280131` });
    expectNone(replay(script).findings(), 'SG-02', 'SG-03');
  });
});

describe('SG-03 key-unknown', () => {
  it('names a label signed by a key the manufacturer never registered', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    const scan = script.look(unit, { presented: script.label(unit, SIGNER.rival) });
    const found = replay(script).findings();
    expectOne(found, 'SG-03', { severity: 3, subject: unit, proof: [scan] });
    expectNone(found, 'SG-02');
  });
});

describe('SG-04 key-revoked, in the range of distrust', () => {
  it('stops at what a key signed from the moment it was stolen, folded by key', () => {
    const script = new Script();
    const [a, b] = script.units(2) as [string, string];
    const before = script.commission([a, b]);
    const kid = kidOf(SIGNER.maker);
    const distrustSince = formatTime(before.recordTimeMs + 1);
    const after = script.ship('maker', a, 'north');
    const later = script.ship('maker', b, 'north');
    script.say('operator', 'key', {
      action: 'revoke',
      party: ID.maker,
      kid,
      distrustSince,
      reason: 'stolen',
    });
    expectOne(replay(script).findings(), 'SG-04', {
      severity: 2,
      subject: kid,
      proof: [after, later],
      count: 2,
    });
  });

  it('trusts what it signed before', () => {
    const script = new Script();
    const unit = script.unit();
    const made = script.commission(unit);
    const distrustSince = formatTime(made.recordTimeMs + 1);
    const kid = kidOf(SIGNER.maker);
    script.say('operator', 'key', {
      action: 'revoke',
      party: ID.maker,
      kid,
      distrustSince,
      reason: 'stolen',
    });
    expect(said(replay(script).findings(), -1)).toEqual([]);
  });
});

describe('SG-06 issuer-out-of-scope', () => {
  it('proves a manufacturer that commissions units of another', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    const foreign = script.commission(unit, { by: 'rival' });
    expectOne(replay(script).findings(), 'SG-06', {
      severity: 4,
      subject: unit,
      proof: [foreign],
      secondLine: true,
    });
  });

  it.each([
    ['product', { id: PRODUCT, name: 'Mine' }],
    ['lot', { product: PRODUCT, lot: 'X', quantity: 9, expiry: EXPIRY, markets: ['FR'] }],
  ] as const)('proves a %s statement about another company prefix, which has no effect', (kind, payload) => {
    const script = new Script();
    const fact = script.say('rival', kind, payload);
    const { registry, findings } = replay(script);
    expectOne(findings(), 'SG-06', { severity: 4, proof: [fact] });
    expect(registry.manufacturerOf(PRODUCT)).toBe(ID.maker);
    expect(registry.lot(`${PRODUCT}/10/X`)).toBeUndefined();
  });

  it('accepts the same about its own prefix', () => {
    const script = new Script();
    script.say('rival', 'product', { id: RIVAL_PRODUCT, name: 'Mine' });
    expect(said(replay(script).findings(), -1)).toEqual([]);
  });

  it('does not let a party enrol a key for another', () => {
    const script = new Script();
    const publicKey = toBase64url(signerOf(99).publicKey);
    const fact = script.say('rival', 'key', {
      action: 'add',
      party: ID.maker,
      publicKey,
      validFrom: VALID_FROM,
    });
    const { registry, findings } = replay(script);
    expectOne(findings(), 'SG-06', { severity: 4, proof: [fact] });
    expect(registry.key(kidOf(signerOf(99)))).toBeUndefined();
  });
});

describe('SG-08 actor-unknown', () => {
  it('names events of a signer with a key but no registration, and lets them move nothing', () => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'clinicA');
    const issuer = partyId(withCheckDigit('952100009999'));
    const signer = signerOf(88);
    const publicKey = toBase64url(signer.publicKey);
    script.say('operator', 'key', { action: 'add', party: issuer, publicKey, validFrom: VALID_FROM });
    const claimed = script.ship('clinicA', unit, 'clinicB', { issuer, signer });
    const { findings, unit: timeline } = replay(script);
    expectOne(findings(), 'SG-08', { severity: 3, subject: unit, proof: [claimed], secondLine: true });
    expect(timeline(unit).final.custody).toEqual({ at: 'held', by: ID.clinicA });
  });

  it('does not name a party registered before it spoke', () => {
    const script = new Script();
    script.say('operator', 'party', {
      id: ID.salon,
      name: 'salon',
      roles: ['clinic'],
      sites: [siteOf('salon')],
    });
    script.look(script.unit(), { by: 'salon' });
    expectNone(replay(script).findings(), 'SG-08');
  });
});

describe('SG-09 actor-role-forbidden', () => {
  it.each([
    ['a clinic commissioning', (s: Script, u: string) => s.commission(u, { by: 'clinicA' })],
    ['a distributor dispensing', (s: Script, u: string) => s.dispense('north', u)],
    ['a pharmacy administering', (s: Script, u: string) => s.administer('pharmacy', u)],
    ['a regulator receiving', (s: Script, u: string) => s.receive('regulator', u, 'maker')],
    ['a scan service shipping', (s: Script, u: string) => s.ship('scanner', u, 'north')],
  ])('names %s', (_, act) => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    const step = act(script, unit);
    const { findings, unit: timeline } = replay(script);
    expectOne(findings(), 'SG-09', { severity: 3, subject: unit, proof: [step], secondLine: true });
    expect(timeline(unit).final).toEqual({ life: 'active', custody: { at: 'held', by: ID.maker } });
  });

  it('goes by the role at the time: a role withdrawn later accuses nobody for before', () => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'clinicA');
    script.say('operator', 'party', {
      id: ID.clinicA,
      name: 'closed',
      roles: ['service'],
    });
    const late = script.administer('clinicA', unit);
    expectOne(replay(script).findings(), 'SG-09', { severity: 3, proof: [late] });
  });

  it('names a registry statement of a kind the role may not write', () => {
    const script = new Script();
    const fact = script.say('clinicA', 'policy', { missingStepsMax: 8 });
    const { registry, findings } = replay(script);
    expectOne(findings(), 'SG-09', { severity: 3, proof: [fact] });
    expect(registry.policyAt(Infinity).missingStepsMax).toBe(2);
  });

  it('lets any logistics party commission the SSCC of a box it makes', () => {
    const script = new Script();
    const unit = script.unit();
    const box = script.container();
    script.commission(unit);
    script.ship('maker', unit, 'north');
    script.receive('north', unit, 'maker');
    script.commission(box, { by: 'north' });
    script.pack('north', box, unit);
    script.ship('north', box, 'clinicA');
    script.receive('clinicA', box, 'north');
    script.unpack('clinicA', box, unit);
    expect(said(replay(script).findings(), -1)).toEqual([]);
  });
});

describe('LC-08 issuer-untrusted', () => {
  const licence = { type: 'institution-practice', validFrom: VALID_FROM, validTo: VALID_TO };

  it('names a licence signed by somebody nobody named as its issuer', () => {
    const script = new Script();
    const fact = script.say('north', 'licence', { id: 'fake', holder: ID.salon, ...licence });
    const { registry, findings } = replay(script);
    expectOne(findings(), 'LC-08', { severity: 3, subject: 'fake', proof: [fact] });
    expect(registry.licence(ID.salon, 'institution-practice', { timeMs: START_MS }).status).toBe('missing');
  });

  it('names a licence somebody gave himself', () => {
    const script = new Script();
    const fact = script.say('regulator', 'licence', { id: 'own', holder: ID.regulator, ...licence });
    expectOne(replay(script).findings(), 'LC-08', { severity: 3, proof: [fact] });
  });

  it('names a revocation by another than the issuer, and keeps the licence', () => {
    const script = new Script();
    const effectiveFrom = VALID_FROM;
    const fact = script.say('salon', 'revocation', {
      licence: 'practice-clinicA',
      effectiveFrom,
      reason: 'envy',
    });
    const { registry, findings } = replay(script);
    expectOne(findings(), 'LC-08', { severity: 3, proof: [fact] });
    expect(registry.licence(ID.clinicA, 'institution-practice', { timeMs: START_MS }).status).toBe('valid');
  });

  it("accepts the regulator's", () => {
    const script = new Script();
    script.say('regulator', 'licence', { id: 'good', holder: ID.salon, ...licence });
    expect(said(replay(script).findings(), -1)).toEqual([]);
  });
});
