// Goal: the authority table says for every role and every kind who may speak, and about what.
// Method: the whole table, role by kind, against its own statement here; then each scope rule with its nearest violation.
import { describe, expect, it } from 'vitest';
import { toBase64url } from '../../src/bytes/index.ts';
import { keyId } from '../../src/crypto/index.ts';
import {
  MANUFACTURER_LICENCE_TYPES,
  ROLES,
  STATEMENT_KINDS,
  authority,
  mayWrite,
  ownsProduct,
  type Authority,
  type AuthorityLookup,
  type LicencePayload,
  type PartyPayload,
  type Role,
  type StatementKind,
} from '../../src/statement/index.ts';
import {
  CLINIC,
  DISTRIBUTOR,
  MANUFACTURER,
  OPERATOR,
  PLACE,
  PRODUCT,
  PRODUCT_OTHER,
  SAMPLES,
  manufacturerSigner,
  signerOf,
} from './samples.ts';

const SELF = CLINIC;
const party = (roles: readonly Role[], more: Partial<PartyPayload> = {}): PartyPayload => ({
  id: SELF,
  name: 'n',
  roles,
  ...more,
});
const holder: PartyPayload = { ...SAMPLES.party, issues: [] };
const kidOf = (publicKey: Uint8Array): string => toBase64url(keyId(publicKey));

function lookup(more: Partial<AuthorityLookup> = {}): AuthorityLookup {
  return {
    party: (id) => (id === holder.id ? holder : undefined),
    keyOwner: () => undefined,
    licenceIssuer: () => undefined,
    licence: () => undefined,
    ...more,
  };
}
function licence(
  change: Partial<LicencePayload>,
  signer: PartyPayload,
  more: Partial<AuthorityLookup> = {},
): Authority {
  const { places: _, products: __, territory: ___, ...plain } = SAMPLES.licence;
  return authority('licence', { ...plain, ...change }, { signer, lookup: lookup(more) });
}

/** Who may write what, each about a subject within its scope. */
const TABLE: Readonly<Record<StatementKind, readonly Role[]>> = {
  genesis: [],
  events: ROLES,
  party: ['operator'],
  key: ROLES,
  product: ['manufacturer'],
  lot: ['manufacturer'],
  licence: ROLES,
  revocation: ROLES,
  recall: ['manufacturer', 'regulator'],
  policy: ['operator'],
  case: ['operator', 'regulator', 'manufacturer'],
};

describe('authority(), role by kind', () => {
  for (const kind of STATEMENT_KINDS) {
    for (const role of ROLES) {
      const allowed = TABLE[kind].includes(role);
      it(`${allowed ? 'lets' : 'does not let'} a ${role} write ${kind}`, () => {
        // A signer whose scope reaches everything: its own key, its prefix's product, named as issuer, issuer of the licence.
        const signer = party([role], { prefixes: ['0614141'], issues: [{ type: 'distribution' }] });
        const payload = kind === 'key' ? { ...SAMPLES.key, party: SELF } : SAMPLES[kind];
        const context = { signer, lookup: lookup({ licenceIssuer: () => SELF }) };
        expect(authority(kind, payload as never, context)).toBe(allowed ? 'ok' : 'SG-09');
        expect(mayWrite(kind, [role])).toBe(allowed);
      });
    }

    it(`does not let a stranger write ${kind}`, () => {
      const found = authority(kind, SAMPLES[kind] as never, { signer: undefined, lookup: lookup() });
      expect(found).toBe(kind === 'genesis' ? 'SG-09' : 'SG-08');
    });
  }

  it('lets any of several roles speak', () => {
    const signer = party(['clinic', 'manufacturer'], { prefixes: ['0614141'] });
    expect(authority('product', SAMPLES.product, { signer, lookup: lookup() })).toBe('ok');
  });

  it('has a genesis at entry 0 only, whoever signs', () => {
    for (const signer of [undefined, party(['operator'])]) {
      expect(authority('genesis', SAMPLES.genesis, { signer, lookup: lookup(), first: true })).toBe('ok');
      expect(authority('genesis', SAMPLES.genesis, { signer, lookup: lookup(), first: false })).toBe('SG-09');
    }
    expect(authority('party', SAMPLES.party, { signer: undefined, lookup: lookup(), first: true })).toBe(
      'SG-08',
    );
  });
});

describe('authority() of keys', () => {
  const key = signerOf(9).publicKey;
  const add = {
    action: 'add',
    party: SELF,
    publicKey: toBase64url(key),
    validFrom: '2026-01-01T00:00:00.000Z',
  } as const;
  const revoke = { action: 'revoke', party: SELF, kid: kidOf(key), reason: 'lost' } as const;
  const owned = (owner: string): Partial<AuthorityLookup> => ({
    keyOwner: (kid) => (kid === kidOf(key) ? owner : undefined),
  });

  it('lets a party add and revoke its own keys', () => {
    const context = { signer: party(['service']), lookup: lookup(owned(SELF)) };
    expect(authority('key', add, context)).toBe('ok');
    expect(authority('key', add, { ...context, lookup: lookup() })).toBe('ok');
    expect(authority('key', revoke, context)).toBe('ok');
  });

  it('lets nobody but the operator add or revoke keys of another', () => {
    for (const role of ROLES) {
      const context = { signer: party([role], { id: MANUFACTURER }), lookup: lookup(owned(SELF)) };
      const expected = role === 'operator' ? 'ok' : 'SG-06';
      expect(authority('key', add, context), role).toBe(expected);
      expect(authority('key', revoke, context), role).toBe(expected);
    }
  });

  it('lets nobody enrol a key that another party owns, nor revoke one under its own name', () => {
    for (const role of ROLES) {
      const context = { signer: party([role]), lookup: lookup(owned(MANUFACTURER)) };
      expect(authority('key', add, context), role).toBe('SG-06');
      expect(authority('key', revoke, context), role).toBe('SG-06');
    }
    const unknown = { signer: party(['operator']), lookup: lookup() };
    expect(authority('key', revoke, unknown)).toBe('SG-06');
  });

  it('compares keys by their thumbprint', () => {
    const payload = { ...SAMPLES.key, party: SELF };
    const asked: string[] = [];
    authority('key', payload, {
      signer: party(['clinic']),
      lookup: lookup({ keyOwner: (kid) => void asked.push(kid) as undefined }),
    });
    expect(asked).toEqual([kidOf(manufacturerSigner.publicKey)]);
  });
});

describe('authority() of products, lots and recalls', () => {
  it('is bounded by the company prefixes', () => {
    const speak = (prefixes: readonly string[] | undefined): Authority[] => {
      const signer = party(['manufacturer'], prefixes === undefined ? {} : { prefixes });
      const context = { signer, lookup: lookup() };
      return [
        authority('product', SAMPLES.product, context),
        authority('lot', SAMPLES.lot, context),
        authority('recall', SAMPLES.recall, context),
      ];
    };
    expect(speak(['0614141'])).toEqual(['ok', 'ok', 'ok']);
    expect(speak(['9506000', '0614141'])).toEqual(['ok', 'ok', 'ok']);
    for (const prefixes of [undefined, [], ['9506000'], ['061414112346'], ['0061414'], ['614141']]) {
      expect(speak(prefixes), JSON.stringify(prefixes)).toEqual(['SG-06', 'SG-06', 'SG-06']);
    }
  });

  it('lets a regulator recall any product, and register none', () => {
    const context = { signer: party(['regulator']), lookup: lookup() };
    expect(authority('recall', SAMPLES.recall, context)).toBe('ok');
    expect(authority('lot', SAMPLES.lot, context)).toBe('SG-09');
  });

  it('compares after the indicator digit of the GTIN-14', () => {
    const signer = party(['manufacturer'], { prefixes: ['0614141'] });
    expect(ownsProduct(signer, 'https://id.gs1.org/01/10614141999993')).toBe(true);
    expect(ownsProduct(signer, PRODUCT)).toBe(true);
    expect(ownsProduct(signer, PRODUCT_OTHER)).toBe(false);
    expect(ownsProduct(signer, 'https://id.gs1.org/01/00061414000007')).toBe(false);
    expect(ownsProduct(signer, PLACE)).toBe(false);
    expect(ownsProduct(signer, 'nonsense')).toBe(false);
  });
});

describe('authority() of licences', () => {
  const regulator = (regions?: readonly string[]): PartyPayload =>
    party(['regulator'], {
      issues: [regions === undefined ? { type: 'distribution' } : { type: 'distribution', regions }],
    });

  it('comes from being named for the type, not from a role', () => {
    expect(licence({}, regulator())).toBe('ok');
    expect(licence({}, party(['service'], { issues: [{ type: 'distribution' }] }))).toBe('ok');
    expect(licence({ type: 'medical-practice' }, regulator())).toBe('LC-08');
    for (const role of ROLES) {
      const found = licence({}, party([role]));
      expect(found, role).toBe(role === 'manufacturer' ? 'SG-06' : 'LC-08');
    }
  });

  it('is not self-made, whatever the issuer is trusted for', () => {
    expect(licence({ holder: SELF }, regulator())).toBe('LC-08');
    const maker = party(['manufacturer', 'operator'], {
      prefixes: ['0614141'],
      issues: [{ type: 'distribution' }],
    });
    expect(licence({ holder: SELF, products: [PRODUCT] }, maker)).toBe('LC-08');
  });

  it('ends at the regions of the issuer', () => {
    expect(licence({}, regulator(['DE']))).toBe('ok');
    expect(licence({}, regulator(['FR']))).toBe('LC-08');
    expect(licence({ territory: ['FR'] }, regulator(['FR']))).toBe('ok');
    expect(licence({ territory: ['FR', 'IT'] }, regulator(['FR']))).toBe('LC-08');
    expect(licence({ places: [PLACE] }, regulator(['DE']))).toBe('ok');
    const both: PartyPayload = {
      ...holder,
      sites: [
        ...holder.sites!,
        { ...holder.sites![0]!, id: 'https://id.gs1.org/414/0614141000012', market: 'FR' },
      ],
    };
    const known = { party: () => both };
    expect(licence({}, regulator(['DE']), known)).toBe('LC-08');
    expect(licence({}, regulator(['DE', 'FR']), known)).toBe('ok');
    expect(licence({ places: [PLACE] }, regulator(['DE']), known)).toBe('ok');
    expect(
      licence({ places: [PLACE, 'https://id.gs1.org/414/0614141000029'] }, regulator(['DE']), known),
    ).toBe('LC-08');
  });

  it('is refused where the region of the holder is not known', () => {
    const unknown = { party: () => undefined };
    expect(licence({}, regulator(['DE']), unknown)).toBe('LC-08');
    expect(licence({ places: [PLACE] }, regulator(['DE']), unknown)).toBe('LC-08');
    expect(licence({ territory: ['DE'] }, regulator(['DE']), unknown)).toBe('ok');
    expect(licence({}, regulator(), unknown)).toBe('ok');
    expect(licence({}, regulator(['DE']), { party: () => ({ ...holder, sites: [] }) })).toBe('LC-08');
  });

  it('lets a manufacturer certify and authorise for its own products only', () => {
    const maker = party(['manufacturer'], { prefixes: ['0614141'] });
    for (const type of MANUFACTURER_LICENCE_TYPES) {
      expect(licence({ type, products: [PRODUCT] }, maker)).toBe('ok');
      expect(licence({ type, products: [PRODUCT, PRODUCT_OTHER] }, maker)).toBe('SG-06');
      expect(licence({ type, products: [PRODUCT_OTHER] }, maker)).toBe('SG-06');
      expect(licence({ type }, maker)).toBe('SG-06');
    }
    expect(licence({ type: 'institution-practice', products: [PRODUCT] }, maker)).toBe('LC-08');
    expect(
      licence(
        { type: 'distribution', products: [PRODUCT] },
        party(['distributor'], { prefixes: ['0614141'] }),
      ),
    ).toBe('LC-08');
  });

  it('does not pass to whoever re-uses the id of a licence', () => {
    expect(licence({}, regulator(), { licenceIssuer: () => SELF })).toBe('ok');
    expect(licence({}, regulator(), { licenceIssuer: () => DISTRIBUTOR })).toBe('LC-08');
  });

  it('lets the issuer, and nobody else, revoke', () => {
    const revoke = (signer: PartyPayload, issuer: string | undefined): Authority =>
      authority('revocation', SAMPLES.revocation, {
        signer,
        lookup: lookup({ licenceIssuer: () => issuer }),
      });
    expect(revoke(party(['regulator']), SELF)).toBe('ok');
    expect(revoke(party(['operator'], { id: OPERATOR }), SELF)).toBe('LC-08');
    expect(revoke(regulator(), DISTRIBUTOR)).toBe('LC-08');
    expect(revoke(regulator(), undefined)).toBe('LC-08');
  });

  it('lets a regulator revoke or suspend what it is trusted to give, but not its own licence', () => {
    const revoke = (signer: PartyPayload, given: Partial<LicencePayload> = {}): Authority =>
      authority('revocation', SAMPLES.revocation, {
        signer,
        lookup: lookup({
          licenceIssuer: () => MANUFACTURER,
          licence: () => ({ ...SAMPLES.licence, ...given }),
        }),
      });
    expect(revoke(regulator())).toBe('ok');
    expect(revoke(regulator(['DE']))).toBe('ok');
    expect(revoke(regulator(['FR']))).toBe('LC-08');
    expect(revoke(regulator(), { type: 'institution-practice' })).toBe('LC-08');
    expect(revoke(regulator(), { holder: SELF })).toBe('LC-08');
    expect(revoke(party(['service'], { issues: [{ type: 'distribution' }] }))).toBe('LC-08');
    expect(revoke(party(['regulator']))).toBe('LC-08');
  });
});
