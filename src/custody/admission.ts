// Browser-safe.
/**
 * Admission: may this party take this step, by its roles, its licences and the lot's graph?
 *
 * Reads  registry/, transitions.ts.   Used by  timeline.ts, judgement/ (SG-09, LC, DV rules).
 * Source design section 6 "Framing": only an admitted event may move a subject. Which licences a role needs is policy.
 * Rule   a licence is judged as of the event's time, wherever it stands in the log; one recorded after the event is named `late`.
 * @module
 */
import { assertRegistry } from '../registry/index.ts';
import { assertArray, assertObject } from '../bytes/index.ts';
import { assertAct, assertStep } from './act.ts';
import type { LicenceAnswer, LicenceFact, LicenceScope, Registry } from '../registry/index.ts';
import type { Policy } from '../statement/index.ts';
import type { Act, Step } from './act.ts';
import { roleAllows, TRANSITIONS } from './transitions.ts';

/** Why a party is or is not admitted to a step. */
export type Admission =
  | {
      readonly ok: true;
      /** Licences without which it would not be admitted, and which were recorded after the event (LC-13). */
      readonly late?: readonly LicenceFact[];
    }
  | { readonly ok: false; readonly reason: 'unknown' | 'role' | 'time' | 'issuer' }
  | {
      readonly ok: false;
      readonly reason: 'licence';
      readonly type: string;
      readonly answer: LicenceAnswer;
    };

const ADMITTED: Admission = Object.freeze({ ok: true });

/** Where and how a step is taken; an undefined field asks nothing of a licence. */
export interface Practice {
  readonly place?: string | undefined;
  readonly department?: string | undefined;
  readonly procedure?: string | undefined;
}

const ANYHOW: Practice = Object.freeze({});

/** Where and how an act was done. */
export function practiceOf(act: Act): Practice {
  const { place, more } = assertAct(act);
  if (place === undefined && more === undefined) return ANYHOW;
  return { place, department: more?.department, procedure: more?.procedure };
}

/**
 * Whether `party` may take `step` at a time, for goods of these products (none known: any product's licence will do).
 * @param before - its roles are those registered below this position; by default the newest.
 * @param practice - where and how; by default not asked.
 */
export function admits(
  registry: Registry,
  policy: Policy,
  party: string,
  step: Step,
  timeMs: number,
  products: readonly string[],
  before = Infinity,
  practice: Practice = ANYHOW,
): Admission {
  assertRegistry(registry);
  assertObject('policy', policy);
  assertStep(step);
  assertArray('products', products, LIST_MAX);
  assertObject('practice', practice);
  const roles = registry.party(party, before)?.payload.roles;
  if (roles === undefined) return { ok: false, reason: 'unknown' };
  if (!roleAllows(step, roles)) return { ok: false, reason: 'role' };
  if (!TRANSITIONS[step].licensed) return ADMITTED;
  let refused: Admission | undefined;
  for (const role of roles) {
    if (!roleAllows(step, [role])) continue;
    const types = policy.requiredLicences[role] ?? [];
    const scopes = types.length === 0 ? [] : scopesOf(registry, step, timeMs, products, practice);
    const admission = licensedAs(registry, party, types, scopes, before);
    if (admission.ok) return admission;
    refused ??= admission;
  }
  return refused ?? ADMITTED;
}

/** Whether the claimed time of an act is credible, given when it was recorded (principle 8). */
export function isCredible(act: Act, policy: Policy): boolean {
  assertAct(act);
  assertObject('policy', policy);
  return act.timeMs >= act.recordTimeMs - policy.lagMaxMs && act.timeMs <= act.recordTimeMs + policy.skewMs;
}

/** True if goods of a lot may pass from one party to the other directly: down the chain, or back up as a return. */
export function mayFlow(
  registry: Registry,
  from: string,
  to: string,
  lot: string | undefined,
  timeMs: number,
): boolean {
  assertRegistry(registry);
  const giver = tierOf(registry, from);
  const taker = tierOf(registry, to);
  if (giver === undefined || taker === undefined || (giver === CARE_TIER && taker === CARE_TIER))
    return false;
  return inLotGraph(registry, to, lot, timeMs);
}

/** True unless the lot named its distributors at the time, and ever since, and this party is a distributor it does not name. */
export function inLotGraph(
  registry: Registry,
  party: string,
  lot: string | undefined,
  timeMs: number,
): boolean {
  assertRegistry(registry);
  const roles = registry.party(party)?.payload.roles ?? [];
  if (!roles.includes('distributor')) return roles.length > 0;
  const facts = lot === undefined ? [] : registry.lotSince(lot, timeMs);
  return facts.length === 0 || facts.some(({ payload }) => payload.distributors?.includes(party) ?? true);
}

const CARE_TIER = 2;
const LIST_MAX = 1_000_000;

/** How far down the chain a party stands: 0 makes, 1 trades, 2 treats or supplies patients; undefined does none of it. */
export function tierOf(registry: Registry, party: string): number | undefined {
  assertRegistry(registry);
  const roles = registry.party(party)?.payload.roles ?? [];
  if (roles.includes('manufacturer')) return 0;
  if (roles.includes('distributor')) return 1;
  return roles.includes('clinic') || roles.includes('pharmacy') ? CARE_TIER : undefined;
}

/** What the licences must cover, product by product: its class, and for a use the procedure it needs and the one reported. */
function scopesOf(
  registry: Registry,
  step: Step,
  timeMs: number,
  products: readonly string[],
  { place, department, procedure }: Practice,
): readonly LicenceScope[] {
  if (products.length === 0) return [{ timeMs, place, department, procedure }];
  const scopes: LicenceScope[] = [];
  for (const product of products) {
    const facts = registry.productAt(product, timeMs)?.payload;
    const scope = { timeMs, product, place, department, productClass: facts?.productClass };
    const needed = step === 'administer' ? facts?.procedure : undefined;
    if (needed !== undefined && needed !== procedure) scopes.push({ ...scope, procedure: needed });
    if (needed === undefined || procedure !== undefined) scopes.push({ ...scope, procedure });
  }
  return scopes;
}

function licensedAs(
  registry: Registry,
  party: string,
  types: readonly string[],
  scopes: readonly LicenceScope[],
  before: number,
): Admission {
  let late: LicenceFact[] | undefined;
  for (const type of types) {
    for (const scope of scopes) {
      const answer = registry.licence(party, type, scope);
      if (answer.status !== 'valid') return { ok: false, reason: 'licence', type, answer };
      const fact = answer.fact!;
      if (fact.entry < before || fact.recordTimeMs <= scope.timeMs) continue;
      if (registry.licence(party, type, scope, before).status !== 'valid') (late ??= []).push(fact);
    }
  }
  return late === undefined ? ADMITTED : { ok: true, late };
}
