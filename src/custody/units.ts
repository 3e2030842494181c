// Browser-safe.
/**
 * A unit's timeline: which commissioning registers it, then its events folded from that.
 *
 * Reads  timeline.ts, registry/, gs1/ (ids).   Used by  world.ts.
 * Source `findings.md` ID-12, LG-09, ST-05; design section 6.
 * Rule   a commissioning registers a unit only if its signer manufactures the product; of those with a credible time, else of
 *        all, the earliest in event time counts.
 * @module
 */
import { assertRegistry } from '../registry/index.ts';
import { assertText } from '../bytes/index.ts';
import { isCanonicalId } from '../gs1/ids.ts';
import { lotId, parseId, productId } from '../gs1/index.ts';
import type { Registry } from '../registry/index.ts';
import { asAbsent, isSame, type Act, assertAct, assertActs } from './act.ts';
import { isWithin } from './admission.ts';
import { Fold } from './folding.ts';
import { foldInOrder } from './order.ts';
import {
  inOrder,
  sortedActs,
  type Broken,
  type SubjectFacts,
  type Timeline,
  type TimelineWorld,
  assertWorld,
} from './timeline.ts';
import { NOWHERE, type State } from './transitions.ts';
import type { Trunk } from './trunk.ts';
import {
  claimsAmong,
  CORRECTED,
  MARKING,
  NO_CLAIMS,
  PARTIAL,
  remainingOf,
  signsOf,
  untouched,
} from './withdrawals.ts';

/** What a unit id says by itself, with the product the registry knows it under. */
export interface UnitIdentity {
  readonly product: string | undefined;
  readonly gtin: string | undefined;
}

/**
 * Product of a unit id; undefined for ids of no scheme and for trace codes of no registered product.
 * @param before - what the registry knew below this position; by default all it knows.
 */
export function identityOf(registry: Registry, unit: string, before = Infinity): UnitIdentity {
  const isAsked = asked !== undefined && asked.registry === registry && asked.size === registry.size;
  if (isAsked && asked!.unit === unit && asked!.before === before) return asked!.identity;
  assertRegistry(registry);
  assertText('unit', unit);
  const identity = readIdentity(registry, unit, before);
  asked = { registry, size: registry.size, unit, before, identity };
  return identity;
}

/** Canonical id of a lot, if both parts of it are known. */
export function lotOf(gtin: string | undefined, lot: string | undefined): string | undefined {
  if (gtin === undefined || lot === undefined) return undefined;
  if (named?.gtin !== gtin || named.lot !== lot) named = { gtin, lot, id: lotId(gtin, lot) };
  return named.id;
}

/** The lot named last: units of one lot are folded near each other. */
let named: { readonly gtin: string; readonly lot: string; readonly id: string } | undefined;

/** What was asked last: a unit is asked for a few times in a row. */
let asked:
  | {
      readonly registry: Registry;
      readonly size: number;
      readonly unit: string;
      readonly before: number;
      readonly identity: UnitIdentity;
    }
  | undefined;

function readIdentity(registry: Registry, unit: string, before: number): UnitIdentity {
  if (isUnitOf(unit, made)) return made;
  const id = parseId(unit);
  if (id === undefined || id.type !== 'unit') return { product: undefined, gtin: undefined };
  if (id.scheme === 'cn-trace') {
    const product = registry.productOfTracePrefix(id.traceCodePrefix ?? '', before);
    return { product, gtin: product === undefined ? undefined : product.slice(product.lastIndexOf('/') + 1) };
  }
  return id.gtin === undefined
    ? { product: undefined, gtin: undefined }
    : (made = { product: productId(id.gtin), gtin: id.gtin });
}

/** The product whose GTIN was read last: its units need not be taken apart, only checked. */
let made: UnitIdentity | undefined;

function isUnitOf(unit: string, identity: UnitIdentity | undefined): identity is UnitIdentity {
  const product = identity?.product;
  if (product === undefined || !unit.startsWith('/21/', product.length)) return false;
  return unit.startsWith(product) && isCanonicalId(unit);
}

/**
 * True if the signer of this commissioning may register units of the product: its manufacturer, in that role.
 * @param before - what the registry knew below this position; by default all it knows.
 */
export function isAdmittedCommissioning(
  registry: Registry,
  act: Act,
  product: string | undefined,
  before = Infinity,
): boolean {
  assertRegistry(registry);
  assertAct(act);
  return isAdmitted(registry, act, product, before);
}

/** {@link isAdmittedCommissioning} of what is known to be an act. */
function isAdmitted(registry: Registry, act: Act, product: string | undefined, before = Infinity): boolean {
  return (
    act.step === 'commission' &&
    product !== undefined &&
    registry.manufacturerOf(product, before) === act.actor &&
    registry.hasRole(act.actor, 'manufacturer', act.ref.entry)
  );
}

/** The completed timeline of a unit. `acts` are all events that name it; the array is sorted in place. */
export function foldUnit(unit: string, acts: Act[], world: TimelineWorld): Timeline {
  assertWorld(world);
  return timelineOf(unit, inOrder(assertActs(acts) as Act[]), world);
}

/**
 * {@link foldUnit} of what is known to be acts of a world; they stay as they are.
 * @param trunk - of that world: what this unit has in common with the one folded before is not folded again.
 */
export function timelineOf(
  unit: string,
  acts: readonly Act[],
  world: TimelineWorld,
  trunk?: Trunk,
): Timeline {
  const { registry } = world;
  const { product, gtin } = identityOf(registry, unit);
  const sorted = sortedActs(acts);
  const signs = signsOf(sorted);
  const remaining =
    (signs & CORRECTED) === 0 ? untouched(sorted) : remainingOf(sorted, (entry) => registry.policyAt(entry));
  const counted =
    (signs & PARTIAL) === 0 ? remaining.acts : remaining.acts.map((act) => asConcerned(unit, act));
  const commissions = commissionsAmong(registry, counted, product);
  const commission =
    commissions.find((act) => isWithin(act, registry.policyAt(act.ref.entry))) ?? commissions[0];
  const facts = factsOf(registry, product, gtin, commission);
  const toleranceMs = commission === undefined ? 0 : registry.policyAt(commission.ref.entry).orderToleranceMs;
  const ordered = withinTolerance(counted, commission, toleranceMs);
  const refuse = (act: Act): Broken | undefined => {
    if (commission === undefined) return act.step === 'commission' ? undefined : 'not-commissioned';
    return act.timeMs < commission.timeMs - toleranceMs ? 'before-commission' : undefined;
  };
  const fold = foldDeclared(ordered, signs, (refused) => {
    const grown = refused === nobody ? trunk : undefined;
    const shared = grown?.take({ size: registry.size, product, commission }, ordered, toleranceMs);
    const attempt = shared === undefined ? new Fold(world, facts, UNBORN) : Fold.from(shared, world, facts);
    const refusal = refused === nobody ? refuse : (act: Act) => refuse(act) ?? refused(act);
    foldInOrder(attempt, ordered, toleranceMs, refusal, shared?.count, grown);
    return attempt;
  });
  return {
    subject: unit,
    strides: fold.strides,
    final: fold.settleAt(Infinity),
    commission,
    recommissions:
      commissions.length < 2
        ? NO_ACTS
        : commissions.filter((act) => act !== commission && !isRepeatOf(commission!, act)),
    withdrawn: remaining.withdrawn,
    marks: fold.marks,
  };
}

const UNBORN: State = { life: 'unborn', custody: NOWHERE };
const NO_ACTS: readonly Act[] = Object.freeze([]);

function commissionsAmong(
  registry: Registry,
  acts: readonly Act[],
  product: string | undefined,
): readonly Act[] {
  let found: Act[] | undefined;
  for (const act of acts) {
    if (act.step === 'commission' && isAdmitted(registry, act, product)) (found ??= []).push(act);
  }
  return found ?? NO_ACTS;
}

/** What is known of the units of one commissioning. */
function factsOf(
  registry: Registry,
  product: string | undefined,
  gtin: string | undefined,
  commission: Act | undefined,
): SubjectFacts {
  const { size } = registry;
  const isAsked = stated !== undefined && stated.registry === registry && stated.size === size;
  if (isAsked && stated!.product === product && stated!.commission === commission) return stated!.facts;
  const facts: SubjectFacts = {
    lot: lotOf(gtin, commission?.lot),
    products: product === undefined ? [] : [product],
    doses: product === undefined ? 1 : registry.dosesSince(product, commission?.timeMs ?? 0),
    issuer: product === undefined ? undefined : registry.manufacturerOf(product),
  };
  stated = { registry, size, product, commission, facts };
  return facts;
}

/** What was asked last: units of one commissioning are folded one after the other. */
let stated:
  | {
      readonly registry: Registry;
      readonly size: number;
      readonly product: string | undefined;
      readonly commission: Act | undefined;
      readonly facts: SubjectFacts;
    }
  | undefined;

/**
 * Folds with every uncorroborated claim refused that was recorded after a loss was declared; a declaration that turns out to be
 * none of its declarer's business refuses nothing.
 */
function foldDeclared(
  acts: readonly Act[],
  signs: number,
  foldWith: (refused: (act: Act) => Broken | undefined) => Fold,
): Fold {
  let claims = (signs & MARKING) === 0 ? NO_CLAIMS : claimsAmong(acts);
  if (claims.size === 0) return foldWith(nobody);
  for (;;) {
    const refusing = claims;
    const fold = foldWith((act) => (refusing.has(act) ? 'after-declaration' : undefined));
    if (claims.size === 0) return fold;
    const entitled = new Set(
      fold.strides
        .filter(({ line, broken }) => line === 'main' && broken === undefined)
        .map(({ act }) => act),
    );
    const standing = new Map([...claims].filter(([, declared]) => declared.some((act) => entitled.has(act))));
    if (standing.size === claims.size) return fold;
    claims = standing;
  }
}

/** Nothing is refused beforehand. */
export function nobody(): undefined {
  return undefined;
}

/** What a transformation makes of its inputs ends them; its outputs it merely names. Who misses a unit does not have it. */
function asConcerned(unit: string, act: Act): Act {
  const isOutput = act.step === 'transform' && act.more?.outputs.includes(unit) === true;
  return isOutput ? { ...act, step: 'observe' } : asAbsent(act, unit);
}

/** The commissioning first among the events that the order tolerance lets it precede. */
function withinTolerance(
  acts: readonly Act[],
  commission: Act | undefined,
  toleranceMs: number,
): readonly Act[] {
  if (commission === undefined || acts[0] === commission) return acts;
  const same = acts.filter((act) => isSame(act, commission));
  const others = acts.filter((act) => !same.includes(act));
  const before = others.filter((act) => act.timeMs < commission.timeMs - toleranceMs);
  const rest = others.filter((act) => act.timeMs >= commission.timeMs - toleranceMs);
  return [...before, ...same, ...rest];
}

/** The same data re-sent: equal but for the other units the event names. */
function isRepeatOf(first: Act, act: Act): boolean {
  return (
    isSame(first, act) ||
    (first.lot === act.lot &&
      first.expiry === act.expiry &&
      first.timeMs === act.timeMs &&
      first.place === act.place)
  );
}
