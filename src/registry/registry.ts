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
  parseDate,
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
import type {
  KeyPayload,
  LotPayload,
  PartyPayload,
  ProductPayload,
  RecallPayload,
  Role,
  Site,
} from '../statement/kinds.ts';
import type {
  CaseFact,
  Fact,
  IneffectiveFact,
  KeyFact,
  LicenceFact,
  LotFact,
  PartyFact,
  ProductFact,
  RecallFact,
  SiteFact,
} from './facts.ts';
import { LicenceBook, type LicenceAnswer, type LicenceScope } from './licence-book.ts';
import { MARKETING_AUTHORISATION } from './licence-classes.ts';

const NO_KIDS: ReadonlySet<string> = new Set();

/** The registry of a log prefix. */
export class Registry {
  /** Number of entries the prefix had when last applied to: one past the newest fact's entry. */
  size = 0;
  origin = '';
  /** C2SP verifier key named by the genesis. */
  logKey = '';
  readonly ineffective: IneffectiveFact[] = [];
  readonly #parties = new Map<string, PartyFact[]>();
  readonly #sites = new Map<string, SiteFact[]>();
  readonly #keys = new Map<string, KeyFact>();
  readonly #passed: ReadonlySet<string>;
  readonly #keysOfParty = new Map<string, string[]>();
  #isDistrusting = false;
  readonly #products = new Map<string, ProductFact[]>();
  readonly #productsOfTracePrefix = new Map<string, ProductFact[]>();
  readonly #lots = new Map<string, LotFact[]>();
  readonly #licences = new LicenceBook();
  /** Versions of a recall by its writer and id, and which recalls ever named a lot. */
  readonly #recalls = new Map<string, RecallFact[]>();
  readonly #recallsOfLot = new Map<string, Set<string>>();
  readonly #cases = new Map<string, CaseFact[]>();
  readonly #policies: { readonly entry: number; readonly policy: Policy }[] = [];

  /**
   * An empty registry.
   * @param passed - ids of keys known to have passed {@link checkEnrolment}: they are not checked again. An id is its key's hash, so it
   *   does not matter who enrols the key, or where.
   */
  constructor(passed: ReadonlySet<string> = NO_KIDS) {
    assertObject('passed', passed);
    this.#passed = passed;
  }

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

  /**
   * The registered place, by canonical id; a part of it (AI 254) is that place.
   * @param timeMs - as registered by then, or first of all; by default the newest registration.
   */
  site(placeId: string, timeMs = Infinity): SiteFact | undefined {
    const known = recordedBy(this.#sites.get(placeId), timeMs);
    if (known !== undefined || typeof placeId !== 'string') return known;
    const end = placeId.indexOf('/254/');
    return end < 0 ? undefined : recordedBy(this.#sites.get(placeId.slice(0, end)), timeMs);
  }

  /** The enrolled key with this thumbprint (32 bytes or its base64url), if it was added at a position below `before`. */
  key(kid: Uint8Array | string, before = Infinity): KeyFact | undefined {
    if (typeof kid !== 'string') assertBytes('kid', kid);
    const fact = this.#keys.get(typeof kid === 'string' ? kid : toBase64url(kid));
    return fact !== undefined && fact.entry < position(before) ? fact : undefined;
  }

  /** True if any key is distrusted from some time on. */
  get isDistrusting(): boolean {
    return this.#isDistrusting;
  }

  /** Ids of all keys ever enrolled. */
  kids(): Iterable<string> {
    return this.#keys.keys();
  }

  /** All keys ever enrolled for a party, oldest first. */
  keysOf(party: string): readonly KeyFact[] {
    return (this.#keysOfParty.get(party) ?? []).map((kid) => this.#keys.get(kid)!);
  }

  /** The product, as known at positions below `before`. */
  product(id: string, before = Infinity): ProductFact | undefined {
    return newest(this.#products.get(id), before);
  }

  /** Products a party registered first, and so makes; in the order of the log. */
  *productsOf(manufacturer: string): Iterable<string> {
    for (const [id, facts] of this.#products) if (facts[0]!.issuer === manufacturer) yield id;
  }

  /** What the manufacturer had said of a product by a time; where it had said nothing yet, what it said first. */
  productAt(id: string, timeMs: number): ProductFact | undefined {
    return recordedBy(this.#products.get(id), timeMs);
  }

  /** Most doses that any statement about a product in force at a time, or since, gives a container; 1 where none says. */
  dosesSince(id: string, timeMs: number): number {
    let most = 1;
    for (const { payload } of recordedSince(this.#products.get(id) ?? [], timeMs)) {
      if (payload.doses !== undefined && payload.doses > most) most = payload.doses;
    }
    return most;
  }

  /** The product whose Chinese trace codes begin with these seven digits, as known at positions below `before`. */
  productOfTracePrefix(prefix: string, before = Infinity): string | undefined {
    return newest(this.#productsOfTracePrefix.get(prefix), before)?.payload.id;
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
    return recordedSince(this.#lots.get(id) ?? NO_FACTS, timeMs);
  }

  /** Every statement about a lot, oldest first. */
  lotFacts(id: string): readonly LotFact[] {
    return this.#lots.get(id) ?? NO_FACTS;
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

  /** The newest version of a licence, by its id. */
  licenceById(id: string): LicenceFact | undefined {
    return this.#licences.newest(id);
  }

  /**
   * Whether `holder` holds a licence of `type` that covers `scope` at its time; the best one decides.
   * @param before - asks what was known at positions below this; by default everything counts, wherever it stands in the log.
   */
  licence(holder: string, type: string, scope: LicenceScope, before = Infinity): LicenceAnswer {
    assertObject('scope', scope);
    return this.#licences.answer(holder, type, scope, position(before));
  }

  /** Every version of every licence a holder ever had, of one type or of all, in the order of the log. */
  licencesOf(holder: string, type?: string): readonly LicenceFact[] {
    return this.#licences.of(holder, type);
  }

  /** Every version of every licence. */
  licences(): Iterable<LicenceFact> {
    return this.#licences.all();
  }

  /** True if any licence of this type ever counted. */
  knowsLicenceType(type: string): boolean {
    return this.#licences.types.has(type);
  }

  /** Every marketing authorisation its manufacturer ever had for a product. */
  authorisationsOf(product: string): readonly LicenceFact[] {
    const maker = this.knowsLicenceType(MARKETING_AUTHORISATION) ? this.manufacturerOf(product) : undefined;
    if (maker === undefined) return [];
    return this.licencesOf(maker, MARKETING_AUTHORISATION).filter(
      ({ products }) => products?.includes(product) ?? true,
    );
  }

  /**
   * Recalls of a lot as they stood at positions below `before`: of each writer's recalls the newest version of each id, oldest first.
   * Which of them apply at a time and place is for the asker: `effectiveMs`, `payload.regions`.
   */
  recallsOf(lot: string, before = Infinity): readonly RecallFact[] {
    const keys = this.#recallsOfLot.get(lot);
    if (keys === undefined) return NO_RECALLS;
    const recalls: RecallFact[] = [];
    for (const key of keys) {
      const fact = newest(this.#recalls.get(key), before);
      if (fact !== undefined && lotIdsOf(fact.payload).includes(lot)) recalls.push(fact);
    }
    return recalls;
  }

  /** Everything said of a case, in the order of the log. */
  caseById(id: string): readonly CaseFact[] {
    return this.#cases.get(id) ?? [];
  }

  /** All cases: everything said of each, in the order of the log. */
  *cases(): Iterable<readonly CaseFact[]> {
    yield* this.#cases.values();
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
        licenceIssuer: (id) => this.#licences.newest(id)?.issuer,
        licence: (id) => this.#licences.newest(id)?.payload,
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
        return this.#acceptLot(fact(statement.payload));
      case 'licence':
        return this.#licences.add(fact(statement.payload));
      case 'revocation':
        return this.#licences.end(fact(statement.payload));
      case 'recall':
        return this.#acceptRecall(fact(statement.payload));
      case 'case':
        return push(this.#cases, statement.payload.id, fact(statement.payload));
      case 'policy': {
        const policy = Object.freeze({ ...this.policyAt(Infinity), ...statement.payload });
        this.#policies.push({ entry, policy });
        return;
      }
      case 'events':
        return;
    }
  }

  #acceptParty(fact: PartyFact): void {
    push(this.#parties, fact.payload.id, fact);
    for (const site of fact.payload.sites ?? []) {
      const { entry, recordTimeMs } = fact;
      push(this.#sites, site.id, { entry, recordTimeMs, party: fact.payload.id, site });
    }
  }

  #acceptLot(fact: Fact<LotPayload>): void {
    const { product, lot, expiry } = fact.payload;
    push(this.#lots, lotId(gtinOf(product), lot), { ...fact, endMs: parseDate(expiry)! + DAY_MS });
  }

  #acceptRecall(fact: Fact<RecallPayload>): void {
    const { payload } = fact;
    const key = `${fact.issuer} ${payload.id}`;
    const deadlineMs = payload.deadline === undefined ? Infinity : parseTime(payload.deadline)!;
    push(this.#recalls, key, { ...fact, effectiveMs: parseTime(payload.effectiveFrom)!, deadlineMs });
    for (const lot of lotIdsOf(payload)) {
      const keys = this.#recallsOfLot.get(lot);
      if (keys === undefined) this.#recallsOfLot.set(lot, new Set([key]));
      else keys.add(key);
    }
  }

  #acceptProduct(fact: ProductFact): void {
    push(this.#products, fact.payload.id, fact);
    const prefix = fact.payload.traceCodePrefix;
    if (prefix !== undefined) push(this.#productsOfTracePrefix, prefix, fact);
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
    this.#isDistrusting ||= distrustSinceMs < Infinity;
    this.#keys.set(payload.kid, {
      ...key,
      revokedAt: Math.min(key.revokedAt, entry),
      distrustSinceMs: Math.min(key.distrustSinceMs, distrustSinceMs),
    });
  }

  /** Enrols a key once: a second enrolment, by anyone, changes nothing; a weak key is never enrolled. */
  #addKey(entry: number, party: string, publicKey: Uint8Array, validFromMs: number, validToMs: number): void {
    const kid = toBase64url(keyId(publicKey));
    if (this.#keys.has(kid)) return;
    if (!this.#passed.has(kid) && checkEnrolment(publicKey) !== 'ok') return;
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

const DAY_MS = 86_400_000;
const NO_FACTS: readonly LotFact[] = Object.freeze([]);
const NO_RECALLS: readonly RecallFact[] = Object.freeze([]);

/** Canonical ids of the lots a recall names. */
function lotIdsOf({ product, lots }: RecallPayload): readonly string[] {
  const gtin = gtinOf(product);
  return lots.map((lot) => lotId(gtin, lot));
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

/** The newest fact recorded by a time; where none was, the first. */
function recordedBy<F extends { readonly recordTimeMs: number }>(
  facts: readonly F[] | undefined,
  timeMs: number,
): F | undefined {
  const boundMs = position(timeMs);
  return facts?.[firstRecorded(facts, boundMs)];
}

/** Every fact in force at a time or recorded later, oldest first; where none was recorded by then, all. */
function recordedSince<F extends { readonly recordTimeMs: number }>(
  facts: readonly F[],
  timeMs: number,
): readonly F[] {
  const first = firstRecorded(facts, timeMs);
  return first === 0 ? facts : facts.slice(first);
}

/** Number of the newest fact recorded by a time; 0 where none was. */
function firstRecorded(facts: readonly { readonly recordTimeMs: number }[], timeMs: number): number {
  let first = facts.length - 1;
  while (first > 0 && facts[first]!.recordTimeMs > timeMs) first--;
  return first < 0 ? 0 : first;
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
