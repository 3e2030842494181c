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
import { isMoving, isRoleFor, TRANSITIONS } from './transitions.ts';

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
  const asked = { party, step, timeMs, products, before };
  return unlicensed(registry, party, step, before) ?? licensed(registry, policy, asked, practice);
}

/** Who asks to take a step: {@link admits} without its last words. */
interface Asked {
  readonly party: string;
  readonly step: Step;
  readonly timeMs: number;
  readonly products: readonly string[];
  readonly before: number;
}

/** {@link admits} for a step nobody recorded, anyhow. */
export function admitsMissing(registry: Registry, policy: Policy, asked: Asked): boolean {
  const { party, step, before } = asked;
  return (unlicensed(registry, party, step, before) ?? licensed(registry, policy, asked, ANYHOW)).ok;
}

/** Whether the signer of an act may do it, and says a time that is credible. */
export function admissionOf(
  registry: Registry,
  policy: Policy,
  act: Act,
  products: readonly string[],
): Admission {
  const { step } = act;
  const isShared = act.ids.length > 1 && products.length === 1 && TRANSITIONS[step].licensed;
  const known = isShared ? shared.get(act) : undefined;
  if (known !== undefined && known.registry === registry && known.size === registry.size) {
    if (known.policy === policy && known.product === products[0]) return known.admission;
  }
  let admission =
    unlicensed(registry, act.actor, step, act.ref.entry) ??
    licensed(registry, policy, askedBy(act, products), practiceOf(act));
  if (admission.ok && step !== 'commission' && isMoving(step) && !isWithin(act, policy)) {
    admission = INCREDIBLE;
  }
  if (isShared) shared.set(act, { registry, size: registry.size, policy, product: products[0]!, admission });
  return admission;
}

/** Whether the signers of events that name many units of one product were licensed: each of these units asks it. */
const shared = new WeakMap<
  Act,
  {
    readonly registry: Registry;
    readonly size: number;
    readonly policy: Policy;
    readonly product: string;
    readonly admission: Admission;
  }
>();

const UNKNOWN: Admission = Object.freeze({ ok: false, reason: 'unknown' });
const NO_ROLE: Admission = Object.freeze({ ok: false, reason: 'role' });
const INCREDIBLE: Admission = Object.freeze({ ok: false, reason: 'time' });

/** The answer where no licence is asked for; undefined where one may be. */
function unlicensed(registry: Registry, party: string, step: Step, before: number): Admission | undefined {
  const roles = registry.party(party, before)?.payload.roles;
  if (roles === undefined) return UNKNOWN;
  if (!isRoleFor(step, roles)) return NO_ROLE;
  return TRANSITIONS[step].licensed ? undefined : ADMITTED;
}

function askedBy({ actor: party, step, timeMs, ref }: Act, products: readonly string[]): Asked {
  return { party, step, timeMs, products, before: ref.entry };
}

function licensed(registry: Registry, policy: Policy, asked: Asked, practice: Practice): Admission {
  const { party, step, before } = asked;
  const allowed = TRANSITIONS[step].roles;
  let refused: Admission | undefined;
  for (const role of registry.party(party, before)!.payload.roles) {
    if (allowed !== 'any' && !allowed.includes(role)) continue;
    const types = policy.requiredLicences[role] ?? NO_TYPES;
    const scopes = types.length === 0 ? NO_SCOPES : scopesOf(registry, asked, practice);
    const admission = licensedAs(registry, party, types, scopes, before);
    if (admission.ok) return admission;
    refused ??= admission;
  }
  return refused ?? ADMITTED;
}

const NO_TYPES: readonly string[] = Object.freeze([]);
const NO_SCOPES: readonly LicenceScope[] = Object.freeze([]);

/** Whether the claimed time of an act is credible, given when it was recorded (principle 8). */
export function isCredible(act: Act, policy: Policy): boolean {
  assertAct(act);
  assertObject('policy', policy);
  return isWithin(act, policy);
}

/** {@link isCredible} of what is known to be an act. */
export function isWithin(act: Act, policy: Policy): boolean {
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
  { step, timeMs, products }: Asked,
  { place, department, procedure }: Practice,
): readonly LicenceScope[] {
  if (products.length === 0) return [{ timeMs, place, department, procedure }];
  const scopes: LicenceScope[] = [];
  for (const product of products) {
    const facts = registry.productAt(product, timeMs)?.payload;
    const productClass = facts?.productClass;
    const needed = step === 'administer' ? facts?.procedure : undefined;
    if (needed !== undefined && needed !== procedure)
      scopes.push({ timeMs, product, place, department, productClass, procedure: needed });
    if (needed === undefined || procedure !== undefined)
      scopes.push({ timeMs, product, place, department, productClass, procedure });
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
