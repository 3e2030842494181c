// Browser-safe.
/**
 * The authority table: which party may write which kind of statement about which subject.
 *
 * Reads  kinds.ts, gs1/, crypto/ (key ids).   Used by  registry/ (whether a fact counts), judgement/ (the finding when it does not).
 * Source design section 3, last paragraph of "Formats"; findings.md SG-06, SG-08, SG-09, LC-08.
 * Rule   nothing is refused here: a statement beyond its writer's authority is recorded, is a finding, and has no effect.
 * Never  judges events: any registered party may report; whether its role may perform the step is judgement's question.
 * @module
 */
import { assertArray, assertObject, assertString, fromBase64url, toBase64url } from '../bytes/index.ts';
import { keyId } from '../crypto/index.ts';
import { parseId } from '../gs1/index.ts';
import { assertKind } from './cose.ts';
import { ROLES } from './kinds.ts';
import type { KeyPayload, LicencePayload, PartyPayload, Payloads, Role, StatementKind } from './kinds.ts';
import { readPayload } from './read.ts';

/**
 * `ok`, or the code of the finding: SG-06 the writer's scope does not reach this subject, SG-08 the signer is no registered party,
 * SG-09 no role of the writer may write this kind, LC-08 the writer is not trusted for this licence.
 */
export type Authority = 'ok' | 'SG-06' | 'SG-08' | 'SG-09' | 'LC-08';

/** What the table asks of the registry, answered as of the statement's position in the log. */
export interface AuthorityLookup {
  /** The registration of a party, or undefined for a stranger. */
  party(id: string): PartyPayload | undefined;
  /** Id of the party that owns the key with this base64url RFC 9679 thumbprint, also when it is revoked; undefined if never enrolled. */
  keyOwner(kid: string): string | undefined;
  /** Id of the party whose licence statement with this id counts, also when it is revoked; undefined if there is none. */
  licenceIssuer(id: string): string | undefined;
  /** What that newest statement says; undefined if there is none. */
  licence(id: string): LicencePayload | undefined;
}

/** Who speaks, and what is known around him. */
export interface AuthorityContext {
  /** Registration of the party whose key signed; undefined if that party is not registered. */
  readonly signer: PartyPayload | undefined;
  readonly lookup: AuthorityLookup;
  /** True for entry 0 of a log, where alone a genesis may stand. */
  readonly first?: boolean;
}

/** Roles that may write a kind at all. Licences and revocations are open to any role: trust in the issuer decides, not a role. */
export const WRITERS: { readonly [K in StatementKind]: readonly Role[] } = Object.freeze({
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
});

const ROLES_MAX = 100;
const PREFIXES_MAX = 10_000;

/** Licence types a manufacturer may issue for its own products without being named in {@link PartyPayload.issues}. */
export const MANUFACTURER_LICENCE_TYPES: readonly string[] = Object.freeze([
  'distribution',
  'certification',
  'doctor-certification',
]);

/** Subject rules of the kinds that have one; the writer's role has been checked. */
const SCOPES: {
  readonly [K in StatementKind]?: (
    payload: Payloads[K],
    signer: PartyPayload,
    lookup: AuthorityLookup,
  ) => Authority;
} = {
  key: keyAuthority,
  product: (payload, signer) => (ownsProduct(signer, payload.id) ? 'ok' : 'SG-06'),
  lot: (payload, signer) => (ownsProduct(signer, payload.product) ? 'ok' : 'SG-06'),
  recall: (payload, signer) =>
    signer.roles.includes('regulator') || ownsProduct(signer, payload.product) ? 'ok' : 'SG-06',
  licence: licenceAuthority,
  revocation: revocationAuthority,
};

/**
 * Says whether the signer may make this statement, by the table and the registry as of the statement's position.
 *
 * Pure: equal arguments give equal answers. Cost: linear in the payload and in the signer's registration.
 *
 * @param kind    - kind of the statement.
 * @param payload - read payload of that kind.
 * @param context - signer's registration and lookups; `first` is true for entry 0.
 * @returns `ok`, or the code of the finding that names the signer.
 * @example
 * authority('lot', lot, { signer: manufacturer, lookup }); // 'SG-06' for another company's product
 */
export function authority<K extends StatementKind>(
  kind: K,
  payload: Payloads[K],
  context: AuthorityContext,
): Authority {
  readPayload(kind, payload);
  assertObject('context', context);
  // A genesis brings its own key and party, so it is the one statement a stranger may make.
  if (kind === 'genesis') return context.first === true ? 'ok' : 'SG-09';
  const { signer, lookup } = context;
  if (signer === undefined) return 'SG-08';
  readPayload('party', signer);
  assertObject('lookup', lookup, ['party', 'keyOwner', 'licenceIssuer', 'licence']);
  if (!mayWrite(kind, signer.roles)) return 'SG-09';
  const scope = SCOPES[kind];
  return scope === undefined ? 'ok' : scope(payload, signer, lookup);
}

/** True if one of these roles may write this kind about some subject. */
export function mayWrite(kind: StatementKind, roles: readonly Role[]): boolean {
  const writers = WRITERS[assertKind(kind)];
  return (assertArray('roles', roles, ROLES_MAX) as readonly Role[]).some((role) => writers.includes(role));
}

/** True if a product's GTIN lies under one of the party's company prefixes (compared after the GTIN-14's indicator digit). */
export function ownsProduct(party: PartyPayload, productId: string): boolean {
  const prefixes = assertArray('prefixes', assertObject('party', party).prefixes ?? [], PREFIXES_MAX);
  for (const prefix of prefixes) assertString('prefix', prefix);
  const gtin = parseId(productId)?.gtin;
  return gtin !== undefined && (party.prefixes ?? []).some((prefix) => gtin.startsWith(prefix, 1));
}

/** A key has one owner for ever: else whoever enrols or revokes another's key would speak, or silence, in its name. */
function keyAuthority(payload: KeyPayload, signer: PartyPayload, lookup: AuthorityLookup): Authority {
  if (payload.party !== signer.id && !signer.roles.includes('operator')) return 'SG-06';
  if (payload.action === 'revoke') return lookup.keyOwner(payload.kid) === payload.party ? 'ok' : 'SG-06';
  const owner = lookup.keyOwner(toBase64url(keyId(fromBase64url(payload.publicKey))));
  return owner === undefined || owner === payload.party ? 'ok' : 'SG-06';
}

function licenceAuthority(payload: LicencePayload, signer: PartyPayload, lookup: AuthorityLookup): Authority {
  if (payload.holder === signer.id) return 'LC-08';
  const issuer = lookup.licenceIssuer(payload.id);
  if (issuer !== undefined && issuer !== signer.id) return 'LC-08';
  if (isTrustedIssuer(payload, signer, lookup)) return 'ok';
  if (!signer.roles.includes('manufacturer') || !MANUFACTURER_LICENCE_TYPES.includes(payload.type))
    return 'LC-08';
  const products = payload.products ?? [];
  return products.length > 0 && products.every((product) => ownsProduct(signer, product)) ? 'ok' : 'SG-06';
}

/** The issuer takes back what it gave; a regulator what it is trusted to give, whoever gave it. */
function revocationAuthority(
  payload: Payloads['revocation'],
  signer: PartyPayload,
  lookup: AuthorityLookup,
): Authority {
  const issuer = lookup.licenceIssuer(payload.licence);
  if (issuer === undefined) return 'LC-08';
  if (issuer === signer.id) return 'ok';
  const licence = lookup.licence(payload.licence);
  const mayStep = licence !== undefined && licence.holder !== signer.id && signer.roles.includes('regulator');
  return mayStep && isTrustedIssuer(licence, signer, lookup) ? 'ok' : 'LC-08';
}

/** Named by the operator for this type, and for every region in which the licence can have effect. */
function isTrustedIssuer(payload: LicencePayload, signer: PartyPayload, lookup: AuthorityLookup): boolean {
  const trust = signer.issues?.find((entry) => entry.type === payload.type);
  if (trust === undefined) return false;
  if (trust.regions === undefined) return true;
  const { regions } = trust;
  // Scopes narrow each other, so one that lies within the issuer's regions is enough.
  return scopesOf(payload, lookup.party(payload.holder)).some(
    (scope) => scope.length > 0 && scope.every((region) => region !== undefined && regions.includes(region)),
  );
}

/** Regions by each scope the licence states, and by the holder's sites; undefined stands for a place the registry does not know. */
function scopesOf(
  payload: LicencePayload,
  holder: PartyPayload | undefined,
): (readonly (string | undefined)[])[] {
  const sites = holder?.sites ?? [];
  const scopes: (readonly (string | undefined)[])[] = [sites.map((site) => site.market)];
  if (payload.territory !== undefined) scopes.push(payload.territory);
  if (payload.places !== undefined) {
    scopes.push(payload.places.map((place) => sites.find((site) => site.id === place)?.market));
  }
  return scopes;
}
