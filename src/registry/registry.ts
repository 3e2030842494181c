// Browser-safe.
/**
 * The registry: parties, keys, products, lots, licences and policy, as the log's own statements say.
 *
 * Reads  statement/ (payloads, the authority table), gs1/ (ids).   Used by  custody/, judgement/, ledger/, audit/.
 * Rule   answers "what was true at log position n, event time t": positions bound keys, policy, products and quantities;
 *        event time bounds licences, whose statements count wherever they stand in the log.
 * Never  reads a clock; built by applying statements in log order, so a replay of a prefix gives that prefix's registry.
 * @module
 */
import {
  fromBase64url,
  parseTime,
  toBase64url,
  assertText,
  assertObject,
  assertArray,
  assertInteger,
  TIME_MAX_MS,
  assertBytes,
} from '../bytes/index.ts';
import { checkEnrolment, keyId } from '../crypto/index.ts';
import { invariant, argumentTypeError } from '../errors.ts';
import { lotId } from '../gs1/index.ts';
import {
  authority,
  DEFAULT_POLICY,
  type Authority,
  type Policy,
  type Statement,
} from '../statement/index.ts';
import type { KeyPayload, PartyPayload, ProductPayload, Role, Site } from '../statement/kinds.ts';
import type {
  IneffectiveFact,
  KeyFact,
  LicenceFact,
  LotFact,
  PartyFact,
  ProductFact,
  SiteFact,
} from './facts.ts';

/** Answer of {@link Registry.licence}. */
export interface LicenceAnswer {
  readonly status: 'valid' | 'missing' | 'expired' | 'revoked';
  /** The licence that decided, where there is one. */
  readonly fact: LicenceFact | undefined;
}

/** What a licence must cover; an undefined field asks nothing. */
export interface LicenceScope {
  readonly timeMs: number;
  readonly product?: string | undefined;
  readonly place?: string | undefined;
  readonly market?: string | undefined;
}

/** The registry of a log prefix. */
export class Registry {
  /** Number of entries the prefix had when last applied to: one past the newest fact's entry. */
  size = 0;
  origin = '';
  /** C2SP verifier key named by the genesis. */
  logKey = '';
  readonly ineffective: IneffectiveFact[] = [];
  readonly #parties = new Map<string, PartyFact[]>();
  readonly #sites = new Map<string, SiteFact>();
  readonly #keys = new Map<string, KeyFact>();
  readonly #keysOfParty = new Map<string, string[]>();
  readonly #products = new Map<string, ProductFact[]>();
  readonly #productOfTracePrefix = new Map<string, string>();
  readonly #lots = new Map<string, LotFact[]>();
  readonly #licences = new Map<string, LicenceFact>();
  readonly #licencesOfHolder = new Map<string, string[]>();
  readonly #policies: { readonly entry: number; readonly policy: Policy }[] = [];

  /**
   * Adds what a registry statement says; an `events` statement adds nothing.
   * Facts without authority land in {@link ineffective} and nowhere else.
   * @param entry - index of the entry; must not be below any applied before.
   */
  apply(entry: number, recordTimeMs: number, statement: Statement): void {
    assertInteger('entry', entry);
    assertInteger('recordTimeMs', recordTimeMs, 0, TIME_MAX_MS);
    assertObject('statement', statement);
    invariant(entry >= this.size, 'registry applied out of log order');
    this.size = entry + 1;
    if (statement.kind === 'events') return;
    const verdict = this.#authorityOf(entry, statement);
    if (verdict !== 'ok') {
      this.ineffective.push({
        entry,
        recordTimeMs,
        kind: statement.kind,
        issuer: statement.issuer,
        subject: statement.subject,
        code: verdict,
      });
      return;
    }
    this.#accept(entry, recordTimeMs, statement);
  }

  /** The newest statement about a party at positions below `before`. */
  party(id: string, before = Infinity): PartyFact | undefined {
    return newest(this.#parties.get(id), before);
  }

  /** True if the party holds the role, as known at positions below `before`. */
  hasRole(id: string, role: Role, before = Infinity): boolean {
    return this.party(id, before)?.payload.roles.includes(role) ?? false;
  }

  /** All parties, newest statement of each. */
  *parties(): Iterable<PartyFact> {
    for (const facts of this.#parties.values()) yield facts.at(-1)!;
  }

  /** The registered place, by canonical id. */
  site(placeId: string): SiteFact | undefined {
    return this.#sites.get(placeId);
  }

  /** The enrolled key with this thumbprint (32 bytes or its base64url), if it was added at a position below `before`. */
  key(kid: Uint8Array | string, before = Infinity): KeyFact | undefined {
    if (typeof kid !== 'string') assertBytes('kid', kid);
    const fact = this.#keys.get(typeof kid === 'string' ? kid : toBase64url(kid));
    return fact !== undefined && fact.entry < position(before) ? fact : undefined;
  }

  /** All keys ever enrolled for a party, oldest first. */
  keysOf(party: string): readonly KeyFact[] {
    return (this.#keysOfParty.get(party) ?? []).map((kid) => this.#keys.get(kid)!);
  }

  /** The product, as known at positions below `before`. */
  product(id: string, before = Infinity): ProductFact | undefined {
    return newest(this.#products.get(id), before);
  }

  /** The product whose Chinese trace codes begin with these seven digits. */
  productOfTracePrefix(prefix: string): string | undefined {
    return this.#productOfTracePrefix.get(prefix);
  }

  /** The newest lot statement at positions below `before`; `id` is the canonical lot id. */
  lot(id: string, before = Infinity): LotFact | undefined {
    return newest(this.#lots.get(id), before);
  }

  /**
   * Every statement about a lot that was in force at a time or came later, oldest first; where none was recorded by then, all.
   * Goods are judged by the kindest of them: a lot narrowed later accuses nobody for before, a lot widened later clears.
   */
  lotSince(id: string, timeMs: number): readonly LotFact[] {
    const facts = this.#lots.get(id) ?? [];
    let first = facts.length - 1;
    while (first > 0 && facts[first]!.recordTimeMs > timeMs) first--;
    return facts.slice(Math.max(first, 0));
  }

  /** All lots, newest statement of each, by canonical id. */
  *lots(): Iterable<readonly [string, LotFact]> {
    for (const [id, facts] of this.#lots) yield [id, facts.at(-1)!];
  }

  /** The manufacturer of a product: the party whose product statement took effect first, at a position below `before`. */
  manufacturerOf(product: string, before = Infinity): string | undefined {
    const first = this.#products.get(product)?.[0];
    return first !== undefined && first.entry < position(before) ? first.issuer : undefined;
  }

  /** A licence by its id. */
  licenceById(id: string): LicenceFact | undefined {
    return this.#licences.get(id);
  }

  /** Whether `holder` holds a licence of `type` that covers `scope` at its time; the best one decides. */
  licence(holder: string, type: string, scope: LicenceScope): LicenceAnswer {
    assertObject('scope', scope);
    let best: LicenceAnswer = { status: 'missing', fact: undefined };
    for (const id of this.#licencesOfHolder.get(holder) ?? []) {
      const fact = this.#licences.get(id)!;
      if (fact.type !== type || !covers(fact, scope) || fact.validFromMs > scope.timeMs) continue;
      if (fact.revokedFromMs <= scope.timeMs) best = { status: 'revoked', fact };
      else if (fact.validToMs <= scope.timeMs) best = { status: 'expired', fact };
      else return { status: 'valid', fact };
    }
    return best;
  }

  /** The policy in force for an event at position `entry`: statements at positions below it. */
  policyAt(entry: number): Policy {
    for (let i = this.#policies.length - 1; i >= 0; i--) {
      if (this.#policies[i]!.entry < entry) return this.#policies[i]!.policy;
    }
    return DEFAULT_POLICY;
  }

  #authorityOf(entry: number, statement: Statement): Authority {
    return authority(statement.kind, statement.payload, {
      signer: this.party(statement.issuer)?.payload,
      first: entry === 0,
      lookup: {
        party: (id) => this.party(id)?.payload,
        keyOwner: (kid) => this.#keys.get(kid)?.party,
        licenceIssuer: (id) => this.#licences.get(id)?.issuer,
      },
    });
  }

  #accept(entry: number, recordTimeMs: number, statement: Statement): void {
    const fact = <P>(payload: P) => ({ entry, recordTimeMs, issuer: statement.issuer, payload });
    switch (statement.kind) {
      case 'genesis': {
        const { origin, logKey, operator, keys, policy } = statement.payload;
        this.origin = origin;
        this.logKey = logKey;
        this.#acceptParty(fact({ id: operator.id, name: operator.name, roles: ['operator'] }));
        for (const key of keys) this.#addKey(entry, operator.id, fromBase64url(key), 0, Infinity);
        this.#policies.push({ entry: -1, policy: Object.freeze({ ...DEFAULT_POLICY, ...policy }) });
        return;
      }
      case 'party':
        return this.#acceptParty(fact(statement.payload));
      case 'key':
        return this.#acceptKey(entry, statement.payload);
      case 'product':
        return this.#acceptProduct(fact(statement.payload));
      case 'lot':
        return push(
          this.#lots,
          lotId(gtinOf(statement.payload.product), statement.payload.lot),
          fact(statement.payload),
        );
      case 'licence': {
        const { id, type, holder, validFrom, validTo, products, places, territory } = statement.payload;
        if (!this.#licences.has(id)) push(this.#licencesOfHolder, holder, id);
        this.#licences.set(id, {
          entry,
          id,
          type,
          holder,
          issuer: statement.issuer,
          validFromMs: parseTime(validFrom)!,
          validToMs: parseTime(validTo)!,
          revokedFromMs: Infinity,
          products,
          places,
          territory,
        });
        return;
      }
      case 'revocation': {
        const licence = this.#licences.get(statement.payload.licence)!;
        const effectiveMs = parseTime(statement.payload.effectiveFrom)!;
        const revokedFromMs = Math.min(licence.revokedFromMs, effectiveMs);
        this.#licences.set(licence.id, { ...licence, revokedFromMs });
        return;
      }
      case 'policy': {
        const policy = Object.freeze({ ...this.policyAt(Infinity), ...statement.payload });
        this.#policies.push({ entry, policy });
        return;
      }
      case 'events':
      case 'recall':
      case 'case':
        return;
    }
  }

  #acceptParty(fact: PartyFact): void {
    push(this.#parties, fact.payload.id, fact);
    for (const site of fact.payload.sites ?? []) {
      this.#sites.set(site.id, { entry: fact.entry, party: fact.payload.id, site });
    }
  }

  #acceptProduct(fact: ProductFact): void {
    push(this.#products, fact.payload.id, fact);
    const prefix = fact.payload.traceCodePrefix;
    if (prefix !== undefined) this.#productOfTracePrefix.set(prefix, fact.payload.id);
  }

  #acceptKey(entry: number, payload: KeyPayload): void {
    if (payload.action === 'add') {
      const validTo = payload.validTo === undefined ? Infinity : parseTime(payload.validTo)!;
      this.#addKey(
        entry,
        payload.party,
        fromBase64url(payload.publicKey),
        parseTime(payload.validFrom)!,
        validTo,
      );
      return;
    }
    const key = this.#keys.get(payload.kid);
    if (key === undefined || key.party !== payload.party) return;
    const distrustSinceMs =
      payload.distrustSince === undefined ? Infinity : parseTime(payload.distrustSince)!;
    this.#keys.set(payload.kid, {
      ...key,
      revokedAt: Math.min(key.revokedAt, entry),
      distrustSinceMs: Math.min(key.distrustSinceMs, distrustSinceMs),
    });
  }

  /** Enrols a key once: a second enrolment, by anyone, changes nothing; a weak key is never enrolled. */
  #addKey(entry: number, party: string, publicKey: Uint8Array, validFromMs: number, validToMs: number): void {
    const kid = toBase64url(keyId(publicKey));
    if (this.#keys.has(kid) || checkEnrolment(publicKey) !== 'ok') return;
    push(this.#keysOfParty, party, kid);
    this.#keys.set(kid, {
      entry,
      kid,
      party,
      publicKey,
      validFromMs,
      validToMs,
      revokedAt: Infinity,
      distrustSinceMs: Infinity,
    });
  }
}

/** GTIN-14 of a canonical product id. */
export function gtinOf(product: ProductPayload['id']): string {
  assertText('product', product);
  return product.slice(product.lastIndexOf('/') + 1);
}

/** Markets (ISO 3166-1) in which a party has sites. */
export function marketsOf(party: PartyPayload): readonly string[] {
  const sites = assertArray('sites', assertObject('party', party).sites ?? [], 100_000) as readonly Site[];
  for (const site of sites) assertObject('site', site);
  return [...new Set((party.sites ?? []).map((site) => site.market))];
}

function covers(fact: LicenceFact, scope: LicenceScope): boolean {
  return (
    listed(fact.products, scope.product) &&
    listed(fact.places, scope.place) &&
    listed(fact.territory, scope.market)
  );
}

function listed(list: readonly string[] | undefined, value: string | undefined): boolean {
  return list === undefined || value === undefined || list.includes(value);
}

function newest<F extends { readonly entry: number }>(
  facts: readonly F[] | undefined,
  before: number,
): F | undefined {
  if (facts === undefined) return undefined;
  const bound = position(before);
  for (let i = facts.length - 1; i >= 0; i--) {
    if (facts[i]!.entry < bound) return facts[i];
  }
  return undefined;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Returns `registry` if it is one. */
export function assertRegistry(registry: Registry): Registry {
  if (registry instanceof Registry) return registry;
  throw argumentTypeError('registry', 'a Registry', registry);
}

/** Returns `before` if it is a log position, or Infinity for the end. */
function position(before: number): number {
  if (typeof before !== 'number') throw argumentTypeError('before', 'a number', before);
  return before;
}
