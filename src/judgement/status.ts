// Browser-safe.
/**
 * RX rules: what has become of the product and the lot: expired, recalled, withdrawn, not to be passed on.
 *
 * Reads  view.ts, goods.ts, expiry.ts, registry/.   Used by  judge.ts.
 * Source `findings.md` RX-01 … RX-05, RX-08 … RX-10; declared.ts holds RX-06, RX-07 and RX-11.
 * Never  stops goods on their way back or to destruction, nor a look at a container that is used up.
 * @module
 */
import type { Act, Step, Stride } from '../custody/index.ts';
import {
  MARKETING_AUTHORISATION,
  type LicenceAnswer,
  type LicenceFact,
  type RecallFact,
  type Registry,
} from '../registry/index.ts';
import type { Severity } from './codes.ts';
import { endFor, expiryOf, type Expiry } from './expiry.ts';
import { finding, NO_FINDINGS, type Finding } from './finding.ts';
import { isAfterUse, isGoingBack, marketsAt, productOfLot } from './goods.ts';
import { isSecondLine, nameOf, policyFor, recorded, type SubjectView } from './view.ts';

/** What the registry says of the goods of one lot. */
interface Goods {
  readonly lot: string;
  readonly product: string;
  readonly expiry: Expiry;
  readonly recalls: readonly RecallFact[];
  readonly authorisations: readonly LicenceFact[];
  /** The first time at which an authorisation ends, was revoked or suspended. */
  readonly lapsesMs: number;
  /** Entry of the statement that marks them as not to be passed on. */
  readonly bound: number | undefined;
  /** When that was recorded; it binds nobody before. */
  readonly boundFromMs: number;
  /** A time at which the lot was asked for and found authorised. */
  authorisedMs: number | undefined;
}

/** Steps at which somebody relies on the goods. */
const RELIES: ReadonlySet<Step> = new Set<Step>([
  'receive',
  'ship',
  'open',
  'dispense',
  'administer',
  'observe',
]);
/** Steps with which goods reach a patient. */
const SUPPLIES: ReadonlySet<Step> = new Set<Step>(['dispense', 'administer']);

/** RX-01 … RX-05 and RX-08 … RX-10 of a unit or container. */
export function status(view: SubjectView): Iterable<Finding> {
  const { commission } = view.timeline;
  const ownGoods = view.subject.type === 'unit' ? goodsOf(view, commission) : undefined;
  const lapsed =
    ownGoods === undefined || commission === undefined
      ? undefined
      : lapsedRegistration(view, ownGoods, commission);
  const isQuiet = ownGoods === undefined ? holdsNothingEventful(view) : isUneventful(view, ownGoods);
  if (!isQuiet) return eventful(view, ownGoods, lapsed);
  return lapsed === undefined ? NO_FINDINGS : [lapsed];
}

function* eventful(
  view: SubjectView,
  ownGoods: readonly Goods[] | undefined,
  lapsed: Finding | undefined,
): Iterable<Finding> {
  if (lapsed !== undefined) yield lapsed;
  const { strides } = view.timeline;
  let near: Stride | undefined;
  for (const stride of strides) {
    const { act } = stride;
    if (!RELIES.has(act.step) || stride.duplicateOf !== undefined || isAfterUse(stride)) continue;
    for (const goods of ownGoods ?? goodsOf(view, act)) {
      const { expiry, recalls, lapsesMs, bound } = goods;
      if (act.timeMs >= expiry.firstEndMs) yield* expired(view, stride, goods);
      if (recalls.length > 0) yield* recalled(view, stride, goods);
      if (act.timeMs >= lapsesMs) yield* withdrawn(view, stride, goods);
      if (bound !== undefined && act.step === 'ship' && act.timeMs >= goods.boundFromMs)
        yield* passedOn(view, stride, goods);
    }
    if (act.step !== 'ship') near = stride;
  }
  if (near !== undefined && ownGoods?.[0] !== undefined) yield* nearExpiry(view, near, ownGoods[0]);
  yield* unactioned(view, ownGoods);
}

/** True of goods whose day was not near at any event, and of which nobody said anything else. */
function isUneventful(view: SubjectView, goods: readonly Goods[]): boolean {
  for (const { expiry, recalls, lapsesMs, bound } of goods) {
    if (recalls.length > 0 || bound !== undefined) return false;
    for (const { act } of view.timeline.strides) {
      if (act.timeMs >= lapsesMs || act.timeMs >= expiry.firstEndMs - policyFor(view, act).expiringMs)
        return false;
    }
  }
  return true;
}

/** The same of a container at every event at which somebody relies on what is inside it, and at the last of all. */
function holdsNothingEventful(view: SubjectView): boolean {
  const { strides, final } = view.timeline;
  for (const { act } of strides) {
    if (!RELIES.has(act.step)) continue;
    for (const lot of view.lotsAt(act)) {
      const { expiry, recalls, lapsesMs, bound } = goodsOfLot(view.registry, lot, undefined);
      if (recalls.length > 0 || bound !== undefined) return false;
      if (act.timeMs >= lapsesMs || act.timeMs >= expiry.firstEndMs) return false;
    }
  }
  if (final.custody.at !== 'held') return true;
  const last = strides.findLast(({ line, broken }) => line === 'main' && broken === undefined);
  for (const lot of last === undefined ? NO_LOTS : view.lotsAt(last.act)) {
    if (goodsOfLot(view.registry, lot, undefined).recalls.length > 0) return false;
  }
  return true;
}

const NO_LOTS: readonly string[] = Object.freeze([]);

/** What the registry says of the lots concerned; of a unit those of its commissioning. */
function goodsOf(view: SubjectView, act: Act | undefined): readonly Goods[] {
  if (act === undefined) return [];
  const label = view.subject.type === 'unit' ? act.expiry : undefined;
  return view.lotsAt(act).map((lot) => goodsOfLot(view.registry, lot, label));
}

/** Remembered for one state of a registry: every unit of a lot asks the same. */
const remembered = new WeakMap<Registry, { size: number; readonly goods: Map<string, Goods> }>();

function goodsOfLot(registry: Registry, lot: string, label: string | undefined): Goods {
  let memory = remembered.get(registry);
  if (memory === undefined || memory.size !== registry.size || memory.goods.size >= REMEMBERED_MAX) {
    remembered.set(registry, (memory = { size: registry.size, goods: new Map() }));
  }
  const key = label === undefined ? lot : `${lot} ${label}`;
  let goods = memory.goods.get(key);
  if (goods === undefined) memory.goods.set(key, (goods = readGoods(registry, lot, label)));
  return goods;
}

/** Lots remembered. */
const REMEMBERED_MAX = 10_000;

function readGoods(registry: Registry, lot: string, label: string | undefined): Goods {
  const product = productOfLot(lot);
  const statement = registry.lot(lot);
  const facts = registry.product(product);
  const bound =
    statement?.payload.notForRedistribution === true
      ? statement
      : facts?.payload.notForRedistribution === true
        ? facts
        : undefined;
  const authorisations = registry.authorisationsOf(product);
  return {
    lot,
    product,
    expiry: expiryOf(registry, lot, label),
    recalls: registry.recallsOf(lot),
    authorisations,
    lapsesMs: authorisations.reduce(
      (first, { validToMs, endings }) => Math.min(first, validToMs, ...endings.map(({ fromMs }) => fromMs)),
      Infinity,
    ),
    bound: bound?.entry,
    boundFromMs: bound?.recordTimeMs ?? Infinity,
    authorisedMs: undefined,
  };
}

/** RX-01: received, supplied, used or checked after the end of the expiry day. */
function* expired(view: SubjectView, stride: Stride, goods: Goods): Iterable<Finding> {
  const { act } = stride;
  if (act.step === 'ship' || act.step === 'open' || isGoingBack(view, stride)) return;
  const { endMs, fact } = endFor(view.registry, goods.lot, goods.expiry, act);
  if (act.timeMs < endMs) return;
  yield finding({
    code: 'RX-01',
    severity: 2,
    subject: view.subject,
    acts: [act],
    facts: [fact?.entry ?? view.registry.lot(goods.lot)?.entry],
    secondLine: isSecondLine(view, stride),
    detail: `${act.step} after the expiry day`,
  });
}

/** RX-02, RX-08: the last event on which it counts that the day is near, or was put off. */
function* nearExpiry(view: SubjectView, stride: Stride, goods: Goods): Iterable<Finding> {
  const { act } = stride;
  const { expiry, lot } = goods;
  const { expiringMs } = policyFor(view, act);
  if (act.timeMs < expiry.firstEndMs - expiringMs) return;
  const { endMs, fact } = endFor(view.registry, lot, expiry, act);
  const said = {
    severity: 0,
    subject: view.subject,
    acts: [act],
    secondLine: isSecondLine(view, stride),
  } as const;
  if (act.timeMs < endMs && act.timeMs >= endMs - expiringMs)
    yield recorded(view, { ...said, code: 'RX-02', facts: [fact?.entry ?? view.registry.lot(lot)?.entry] });
  if (fact !== undefined && fact.endMs > (expiry.labelEndMs ?? Infinity))
    yield recorded(view, {
      ...said,
      code: 'RX-08',
      facts: [fact.entry],
      detail: `now ${fact.payload.expiry}`,
    });
}

/** RX-03: relied on while a recall is in force there. Who supplies goods whose recall stood in the log by then is suspect. */
function* recalled(view: SubjectView, stride: Stride, { lot, recalls }: Goods): Iterable<Finding> {
  const { act } = stride;
  const recall = recalls.find((one) => one.effectiveMs <= act.timeMs && reaches(one, marketsAt(view, act)));
  if (recall === undefined || isGoingBack(view, stride)) return;
  const known = recall.recordTimeMs <= act.timeMs;
  const { level, id } = recall.payload;
  yield finding({
    code: 'RX-03',
    severity: SUPPLIES.has(act.step) && known ? 3 : 2,
    subject: view.subject,
    acts: [act],
    facts: [recall.entry],
    secondLine: isSecondLine(view, stride),
    detail: `recall ${id} of ${lotName(lot)}${level === undefined ? '' : `, level ${level}`}`,
  });
}

/** True if a recall applies in one of these countries; where the country is not known, it does. */
function reaches({ payload: { regions } }: RecallFact, markets: readonly string[]): boolean {
  return regions === undefined || markets.length === 0 || markets.some((market) => regions.includes(market));
}

/** RX-04: relied on where the marketing authorisation had been withdrawn, suspended or had ended. */
function* withdrawn(view: SubjectView, stride: Stride, { product }: Goods): Iterable<Finding> {
  const { act } = stride;
  const { status: state, fact } = authorisedIn(view, product, act, marketsAt(view, act));
  if (state !== 'expired' && state !== 'revoked' && state !== 'suspended') return;
  if (isGoingBack(view, stride)) return;
  const severity: Severity = SUPPLIES.has(act.step) && state === 'revoked' ? 3 : 2;
  yield finding({
    code: 'RX-04',
    severity,
    subject: view.subject,
    acts: [act],
    facts: [fact?.entry, ...(fact === undefined ? [] : endingsAt(fact, act.timeMs))],
    secondLine: isSecondLine(view, stride),
    detail: state,
  });
}

/** The best answer of the product's authorisations in any of these countries, or in any at all where none is known. */
function authorisedIn(
  { registry }: SubjectView,
  product: string,
  { timeMs }: Act,
  markets: readonly string[],
): LicenceAnswer {
  const maker = registry.manufacturerOf(product);
  let best: LicenceAnswer = { status: 'missing', fact: undefined };
  if (maker === undefined) return best;
  for (const market of markets.length === 0 ? [undefined] : markets) {
    const answer = registry.licence(maker, MARKETING_AUTHORISATION, { timeMs, product, market });
    if (answer.status === 'valid') return answer;
    if (best.status === 'missing') best = answer;
  }
  return best;
}

/** Entries of the revocations and suspensions in effect at a time. */
export function endingsAt(fact: LicenceFact, timeMs: number): readonly number[] {
  return fact.endings
    .filter(({ fromMs, untilMs }) => fromMs <= timeMs && timeMs < untilMs)
    .map(({ entry }) => entry);
}

/** RX-10: no authorisation stood for any market of the lot when the unit was made. Silent where the log knows nothing of such papers. */
function lapsedRegistration(
  view: SubjectView,
  [goods]: readonly Goods[],
  commission: Act,
): Finding | undefined {
  if (goods === undefined) return undefined;
  const { product, lot, authorisations } = goods;
  if (authorisations.length === 0 && !policyFor(view, commission).registrationRequired) return undefined;
  // Units of a lot are made many at a time.
  if (goods.authorisedMs === commission.timeMs) return undefined;
  const facts = view.registry.lotSince(lot, commission.timeMs);
  const markets = [...new Set(facts.flatMap(({ payload }) => payload.markets))];
  if (authorisedIn(view, product, commission, markets).status === 'valid') {
    goods.authorisedMs = commission.timeMs;
    return undefined;
  }
  return finding({
    code: 'RX-10',
    severity: 3,
    subject: view.subject,
    acts: [commission],
    facts: [facts.at(-1)?.entry, authorisations.at(-1)?.entry],
    detail: lotName(lot),
  });
}

/** RX-09: goods that are not to be passed on, shipped by somebody other than their maker, and not back. */
function* passedOn(view: SubjectView, stride: Stride, { product, bound }: Goods): Iterable<Finding> {
  const { act } = stride;
  if (act.actor === view.registry.manufacturerOf(product) || isGoingBack(view, stride)) return;
  yield finding({
    code: 'RX-09',
    severity: 2,
    subject: view.subject,
    acts: [act],
    facts: [bound],
    secondLine: isSecondLine(view, stride),
    detail: `by ${nameOf(view.registry, act.actor)}`,
  });
}

/** RX-05: the deadline has passed, and somebody other than the maker still holds them; goods in a container are that container's matter. */
function* unactioned(view: SubjectView, ownGoods: readonly Goods[] | undefined): Iterable<Finding> {
  const { registry, timeline, asOfMs } = view;
  const { custody, life } = timeline.final;
  if (custody.at !== 'held' || custody.claimed === custody.by) return;
  if (life !== 'active' && life !== 'opened') return;
  if (ownGoods !== undefined && (ownGoods[0]?.recalls.length ?? 0) === 0) return;
  const last = timeline.strides.findLast(({ line, broken }) => line === 'main' && broken === undefined);
  if (last === undefined) return;
  for (const { product, lot, recalls } of ownGoods ?? goodsOf(view, last.act)) {
    if (custody.by === registry.manufacturerOf(product)) continue;
    const markets = marketsAt(view, last.act);
    const recall = recalls.find((one) => one.deadlineMs < asOfMs && reaches(one, markets));
    if (recall === undefined) continue;
    yield finding({
      code: 'RX-05',
      severity: 2,
      subject: view.subject,
      acts: [last.act],
      facts: [recall.entry],
      detail: `${nameOf(registry, custody.by)} holds ${lotName(lot)}`,
    });
    return;
  }
}

function lotName(lot: string): string {
  return `lot ${decodeURIComponent(lot.slice(lot.indexOf('/10/') + 4))}`;
}
