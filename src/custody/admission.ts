// Browser-safe.
/**
 * Admission: may this party take this step, by its roles, its licences and the lot's graph?
 *
 * Reads  registry/, transitions.ts.   Used by  timeline.ts, judgement/ (SG-09, LC, DV rules).
 * Source design section 6 "Framing": only an admitted event may move a subject.
 * @module
 */
import { assertRegistry } from '../registry/index.ts';
import { assertArray, assertObject } from '../bytes/index.ts';
import { assertAct, assertStep } from './act.ts';
import type { LicenceAnswer, Registry } from '../registry/index.ts';
import type { Policy, Role } from '../statement/index.ts';
import type { Act, Step } from './act.ts';
import { roleAllows, TRANSITIONS } from './transitions.ts';

/** Why a party is or is not admitted to a step. */
export type Admission =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'unknown' | 'role' | 'time' | 'issuer' }
  | {
      readonly ok: false;
      readonly reason: 'licence';
      readonly type: string;
      readonly answer: LicenceAnswer;
    };

const ADMITTED: Admission = Object.freeze({ ok: true });

/**
 * Whether `party` may take `step` at a time, for goods of these products (none known: any product's licence will do).
 * @param before - its roles are those registered below this position; by default the newest.
 */
export function admits(
  registry: Registry,
  policy: Policy,
  party: string,
  step: Step,
  timeMs: number,
  products: readonly string[],
  before = Infinity,
): Admission {
  assertRegistry(registry);
  assertObject('policy', policy);
  assertStep(step);
  assertArray('products', products, LIST_MAX);
  const roles = registry.party(party, before)?.payload.roles;
  if (roles === undefined) return { ok: false, reason: 'unknown' };
  if (!roleAllows(step, roles)) return { ok: false, reason: 'role' };
  if (!TRANSITIONS[step].licensed) return ADMITTED;
  let refused: Admission | undefined;
  for (const role of roles) {
    if (!roleAllows(step, [role])) continue;
    const admission = licensedAs(registry, policy, party, role, timeMs, products);
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
  const giver = tier(registry, from);
  const taker = tier(registry, to);
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

function tier(registry: Registry, party: string): number | undefined {
  const roles = registry.party(party)?.payload.roles ?? [];
  if (roles.includes('manufacturer')) return 0;
  if (roles.includes('distributor')) return 1;
  return roles.includes('clinic') || roles.includes('pharmacy') ? CARE_TIER : undefined;
}

function licensedAs(
  registry: Registry,
  policy: Policy,
  party: string,
  role: Role,
  timeMs: number,
  products: readonly string[],
): Admission {
  for (const type of policy.requiredLicences[role] ?? []) {
    for (const product of products.length > 0 ? products : [undefined]) {
      const answer = registry.licence(party, type, { timeMs, product });
      if (answer.status !== 'valid') return { ok: false, reason: 'licence', type, answer };
    }
  }
  return ADMITTED;
}
