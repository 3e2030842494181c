// Browser-safe.
/**
 * The licence book: every version of every licence that counts, its revocations and suspensions, and the best answer to a question.
 *
 * Reads  statement/ (payloads), facts.ts.   Used by  registry.ts.
 * Rule   a licence is judged at the event's time, wherever its statement stands in the log. A newer version replaces an older one
 *        from when it was recorded and has begun; a revocation ends every version recorded before it.
 * Never  asks who signed: the registry lets in only what its signer had authority for.
 * @module
 */
import { cutFree, parseTime } from '../bytes/index.ts';
import type { LicencePayload, RevocationPayload } from '../statement/kinds.ts';
import type { Ending, Fact, LicenceFact } from './facts.ts';

/** Answer of `Registry.licence`. */
export interface LicenceAnswer {
  /**
   * The first that applies: `valid`; ended by time, revocation or suspension although it would cover what is asked; `site` or
   * `scope` if it is in force, but for other places, or for other departments, classes of goods or procedures; `missing`.
   */
  readonly status: 'valid' | 'missing' | 'expired' | 'revoked' | 'suspended' | 'site' | 'scope';
  /** The licence that decided, where there is one. */
  readonly fact: LicenceFact | undefined;
}

/** What a licence must cover; an undefined field asks nothing. */
export interface LicenceScope {
  readonly timeMs: number;
  readonly product?: string | undefined;
  readonly place?: string | undefined;
  readonly market?: string | undefined;
  readonly department?: string | undefined;
  readonly productClass?: string | undefined;
  readonly procedure?: string | undefined;
}

const MISSING: LicenceAnswer = Object.freeze({ status: 'missing', fact: undefined });
const RANK: Readonly<Record<LicenceAnswer['status'], number>> = {
  missing: 0,
  scope: 1,
  site: 2,
  expired: 3,
  revoked: 3,
  suspended: 3,
  valid: 4,
};

/** All licences of a log prefix. */
export class LicenceBook {
  readonly #versions = new Map<string, LicenceFact[]>();
  /** Ids of licences by holder; a licence re-issued to somebody else stands under both. */
  readonly #ofHolder = new Map<string, string[]>();
  /** Versions of one holder's licences of one type, in the order in which they are asked; made when asked for. */
  readonly #asked = new Map<string, Map<string, readonly LicenceFact[]>>();
  /** Every type of which there ever was one. */
  readonly types = new Set<string>();

  /** The newest version. */
  newest(id: string): LicenceFact | undefined {
    return this.#versions.get(id)?.at(-1);
  }

  /** Adds a version. */
  add(fact: Fact<LicencePayload>): void {
    const { id, type, holder, validFrom, validTo, ...scope } = fact.payload;
    this.#asked.clear();
    const validFromMs = parseTime(validFrom)!;
    const versions = this.#versions.get(id) ?? [];
    const older = versions.at(-1);
    if (older !== undefined) {
      const supersededMs = Math.max(fact.recordTimeMs, validFromMs);
      versions[versions.length - 1] = { ...older, supersededMs };
    }
    versions.push({
      entry: fact.entry,
      recordTimeMs: fact.recordTimeMs,
      id,
      type,
      holder,
      issuer: fact.issuer,
      validFromMs,
      validToMs: parseTime(validTo)!,
      supersededMs: Infinity,
      revokedFromMs: Infinity,
      endings: [],
      products: scope.products,
      places: scope.places,
      territory: scope.territory,
      departments: scope.departments,
      productClasses: scope.productClasses,
      procedures: scope.procedures,
      payload: fact.payload,
    });
    this.#versions.set(id, versions);
    this.types.add(type);
    const held = this.#ofHolder.get(holder);
    if (held === undefined) this.#ofHolder.set(holder, [id]);
    else if (!held.includes(id)) held.push(id);
  }

  /** Adds a revocation or suspension to every version recorded so far. */
  end({ entry, recordTimeMs, issuer, payload }: Fact<RevocationPayload>): void {
    const fromMs = parseTime(payload.effectiveFrom)!;
    const untilMs = payload.until === undefined ? Infinity : parseTime(payload.until)!;
    const ending: Ending = { entry, recordTimeMs, issuer, fromMs, untilMs };
    this.#asked.clear();
    const versions = this.#versions.get(payload.licence) ?? [];
    versions.forEach((version, i) => {
      const revokedFromMs = untilMs === Infinity ? fromMs : Infinity;
      versions[i] = {
        ...version,
        revokedFromMs: Math.min(version.revokedFromMs, revokedFromMs),
        endings: [...version.endings, ending],
      };
    });
  }

  /** Every version of every licence a holder ever had, of one type or of all, in the order of the log. */
  of(holder: string, type?: string): readonly LicenceFact[] {
    const facts = (this.#ofHolder.get(holder) ?? []).flatMap((id) => this.#versions.get(id)!);
    return facts
      .filter((fact) => fact.holder === holder && (type === undefined || fact.type === type))
      .sort((a, b) => a.entry - b.entry);
  }

  /** Every version of every licence. */
  *all(): Iterable<LicenceFact> {
    for (const versions of this.#versions.values()) yield* versions;
  }

  /** The best answer of the holder's licences, as known at positions below `before`. */
  answer(holder: string, type: string, scope: LicenceScope, before = Infinity): LicenceAnswer {
    let best = MISSING;
    for (const fact of this.#versionsOf(holder, type)) {
      if (fact.entry >= before) continue;
      const status = statusOf(fact, scope, before);
      if (status === 'valid') return { status, fact };
      if (status !== 'missing' && RANK[status] >= RANK[best.status]) best = { status, fact };
    }
    return best;
  }

  #versionsOf(holder: string, type: string): readonly LicenceFact[] {
    const ids = this.#ofHolder.get(holder);
    if (ids === undefined) return NONE;
    let ofHolder = this.#asked.get(holder);
    if (ofHolder === undefined) this.#asked.set(cutFree(holder), (ofHolder = new Map()));
    let versions = ofHolder.get(type);
    if (versions === undefined) {
      versions = ids
        .flatMap((id) => this.#versions.get(id)!)
        .filter((fact) => fact.type === type && fact.holder === holder);
      ofHolder.set(type, versions);
    }
    return versions;
  }
}

const NONE: readonly LicenceFact[] = Object.freeze([]);

/** What one version says; a version not yet begun, or replaced by then, says nothing. */
function statusOf(fact: LicenceFact, scope: LicenceScope, before: number): LicenceAnswer['status'] {
  const { timeMs } = scope;
  if (fact.validFromMs > timeMs || fact.supersededMs <= timeMs) return 'missing';
  if (!listed(fact.products, scope.product) || !listed(fact.territory, scope.market)) return 'missing';
  const atPlace = listedPlace(fact.places, scope.place);
  const inScope =
    listed(fact.departments, scope.department) &&
    listed(fact.productClasses, scope.productClass) &&
    listed(fact.procedures, scope.procedure);
  const inForce = forceOf(fact, timeMs, before);
  if (atPlace && inScope) return inForce;
  if (inForce !== 'valid') return 'missing';
  return atPlace ? 'scope' : 'site';
}

/** Whether a version that has begun is still in force. */
function forceOf(fact: LicenceFact, timeMs: number, before: number): LicenceAnswer['status'] {
  let suspended = false;
  for (const { entry, fromMs, untilMs } of fact.endings) {
    if (entry >= before || timeMs < fromMs || timeMs >= untilMs) continue;
    if (untilMs === Infinity) return 'revoked';
    suspended = true;
  }
  if (fact.validToMs <= timeMs) return 'expired';
  return suspended ? 'suspended' : 'valid';
}

function listed(list: readonly string[] | undefined, value: string | undefined): boolean {
  return list === undefined || value === undefined || list.includes(value);
}

/** A place within a listed place is covered by it. */
function listedPlace(list: readonly string[] | undefined, place: string | undefined): boolean {
  return listed(list, place) || list!.some((covered) => place!.startsWith(`${covered}/254/`));
}
