// Browser-safe.
/**
 * ST rules of declared goods: locked, stolen, samples, exported, damaged, and whoever still moves, sells or uses them.
 *
 * Reads  view.ts, custody/ (marks).   Used by  judge.ts.
 * Source `findings.md` ST-03, ST-12 … ST-16; design principle 8 (claims made after a loss was declared).
 * Rule   ST-03 speaks where no other row names the mark; a mark on a container is a matter of that container's own steps.
 * Never  accuses whoever sends such goods back to their manufacturer or a regulator, puts them away, or merely receives what
 *        another party had sent; clocks that differ by less than the order tolerance are granted.
 * @module
 */
import { uncorroborated, type Act, type Mark, type Marks, type Step, type Stride } from '../custody/index.ts';
import type { FindingCode } from './codes.ts';
import { finding, type Finding } from './finding.ts';
import { isBarred } from './use.ts';
import { byLine, isSecondLine, lotFactsAt, nameOf, policyFor, type SubjectView } from './view.ts';

/** ST-03 and ST-12 … ST-16 of a unit or container. */
export function* marks(view: SubjectView): Iterable<Finding> {
  if (view.timeline.final.life === 'gone') yield* afterDestruction(view);
  const { strides, marks: last } = view.timeline;
  if (last.size === 0 && strides.every((stride) => stride.marks.size === 0 && stride.broken !== LATE_CLAIM))
    return;
  for (const stride of sightings(view)) {
    for (const [mark, declared] of stride.marks) {
      const code = codeOf(view, mark, declared, stride);
      if (code !== undefined) yield accusation(view, code, mark, declared, stride);
    }
    if (stride.broken === LATE_CLAIM) yield* lateClaim(view, stride);
  }
  yield* seenAgain(view);
}

const LATE_CLAIM = 'after-declaration';

function accusation(
  view: SubjectView,
  code: FindingCode,
  mark: Mark,
  declared: Act,
  stride: Stride,
): Finding {
  const { act } = stride;
  return finding({
    code,
    severity: 3,
    subject: view.subject,
    acts: [declared, act],
    secondLine: isSecondLine(view, stride),
    detail: `declared ${mark} by ${nameOf(view.registry, declared.actor)}, then step ${act.step} by ${nameOf(view.registry, act.actor)}`,
  });
}

/** ST-03: opened or sent back after it had been destroyed; what ST-06 names is not named twice. */
function* afterDestruction(view: SubjectView): Iterable<Finding> {
  let end: Stride | undefined;
  for (const stride of view.timeline.strides) {
    const { act, before, after, broken } = stride;
    if (after.life !== 'gone') end = undefined;
    else if (before.life !== 'gone') end = stride;
    if (end === undefined || broken !== 'after-end' || stride.duplicateOf !== undefined) continue;
    // What was taken out of circulation may still go back to be destroyed.
    const isReturned = act.step === 'return' && end.act.step !== 'decommission';
    if ((act.step !== 'open' && !isReturned) || !isAfter(view, end.act, act)) continue;
    yield finding({
      code: 'ST-03',
      severity: 3,
      subject: view.subject,
      acts: [end.act, act],
      secondLine: isSecondLine(view, end, stride),
      detail: `step ${act.step} by ${nameOf(view.registry, act.actor)} after ${end.act.step}`,
    });
  }
}

/** The subject's own events, and the moves of containers it was in while something was declared of itself. */
function* sightings(view: SubjectView): Iterable<Stride> {
  const { subject, timeline } = view;
  const { strides } = timeline;
  for (const [i, stride] of strides.entries()) {
    if (stride.duplicateOf === undefined && stride.repeatOf === undefined) yield stride;
    const next = strides[i + 1];
    const { custody } = stride.after;
    const declared = ownMarks(subject.id, next?.marks ?? timeline.marks);
    if (custody.at !== 'inside' || declared.size === 0) continue;
    for (const move of carried(view, custody.container, stride.act.timeMs, next?.act.timeMs ?? Infinity, 0)) {
      yield { ...move, marks: declared };
    }
  }
}

/** Moves of a container, and of those it was in, after one time and before another. */
function* carried(
  view: SubjectView,
  container: string,
  fromMs: number,
  toMs: number,
  depth: number,
): Iterable<Stride> {
  if (depth > view.registry.policyAt(Infinity).containerDepthMax) return;
  const { strides } = view.world.container(container);
  for (const [i, stride] of strides.entries()) {
    const { act, after, duplicateOf } = stride;
    if (act.timeMs >= toMs) return;
    const isMove = act.step === 'ship' || act.step === 'return' || act.step === 'receive';
    if (isMove && act.timeMs > fromMs && duplicateOf === undefined) yield stride;
    const nextMs = strides[i + 1]?.act.timeMs ?? Infinity;
    if (after.custody.at !== 'inside' || nextMs <= fromMs) continue;
    const outerFromMs = act.timeMs > fromMs ? act.timeMs : fromMs;
    yield* carried(view, after.custody.container, outerFromMs, nextMs < toMs ? nextMs : toMs, depth + 1);
  }
}

/** What was declared of the subject itself, not of a container it was in. */
function ownMarks(subject: string, all: Marks): Marks {
  return new Map([...all].filter(([, { ids }]) => ids.includes(subject)));
}

const USES: ReadonlySet<Step> = new Set<Step>(['dispense', 'open', 'administer']);

/** The code of a step after a mark, or undefined where the step is right. */
function codeOf(view: SubjectView, mark: Mark, declared: Act, stride: Stride): FindingCode | undefined {
  const { act } = stride;
  const isAuthority = view.registry.hasRole(act.actor, 'regulator');
  if (act === declared || isAuthority || isBarred(stride) || !isAfter(view, declared, act)) return undefined;
  const isUse = USES.has(act.step);
  const isSent = (act.step === 'ship' || act.step === 'return') && !goesBack(view, declared, act);
  // Whoever receives what another party had sent took no decision about it.
  const isTaken =
    act.step === 'receive' &&
    stride.before.custody.at !== 'transit' &&
    !isOfficial(view, act.actor) &&
    !cameBack(view, stride);
  switch (mark) {
    case 'locked':
      return isUse || isSent || isTaken || act.step === 'transform' ? 'ST-12' : undefined;
    case 'sample':
    case 'to-destroy':
      return isUse || ((isSent || isTaken) && isCareBound(view, act)) ? 'ST-14' : undefined;
    case 'free-sample':
      return isSale(view, act) ? 'ST-14' : undefined;
    case 'exported':
      return isBackHome(view, declared, stride) ? 'ST-15' : undefined;
    case 'damaged':
    case 'tampered': {
      const isScrapped = stride.marks.has('to-destroy');
      return isUse || (isSent && act.step === 'ship' && !isScrapped) ? 'ST-16' : undefined;
    }
    case 'suspect':
    case 'illegitimate':
      return isUse || (isSent && act.step === 'ship') || act.step === 'transform' ? 'ST-03' : undefined;
    case 'stolen':
    case 'lost':
      return undefined;
  }
}

/** Later than the declaration, also if the clocks of two parties differ. */
function isAfter(view: SubjectView, declared: Act, act: Act): boolean {
  if (declared.actor === act.actor) return true;
  return act.timeMs - declared.timeMs > policyFor(view, act).orderToleranceMs;
}

/** True for the product's manufacturer (of a container: any) and for regulators. */
export function isOfficial({ registry, product }: SubjectView, party: string): boolean {
  if (registry.hasRole(party, 'regulator')) return true;
  return product === undefined
    ? registry.hasRole(party, 'manufacturer')
    : registry.manufacturerOf(product) === party;
}

/** True for goods on their way to the manufacturer, a regulator, or whoever declared them. */
function goesBack(view: SubjectView, declared: Act, { to }: Act): boolean {
  return to !== undefined && (to === declared.actor || isOfficial(view, to));
}

/** True where the last hand-over on record sent the goods back to whoever takes them. */
function cameBack(view: SubjectView, { act }: Stride): boolean {
  const sent = view.timeline.strides.findLast(
    (stride) =>
      stride.act.timeMs <= act.timeMs && (stride.act.step === 'return' || stride.act.step === 'ship'),
  );
  return sent?.act.step === 'return' && sent.act.to === act.actor;
}

/** True for goods sent to, or taken by, a clinic or pharmacy. */
function isCareBound(view: SubjectView, act: Act): boolean {
  const party = act.step === 'receive' ? act.actor : act.to;
  if (act.step === 'return' || party === undefined) return false;
  return view.registry.hasRole(party, 'clinic') || view.registry.hasRole(party, 'pharmacy');
}

/** A free sample may be handed on and used; it is sold where a pharmacy supplies it, or an invoice goes with it. */
function isSale(view: SubjectView, act: Act): boolean {
  if (act.step === 'dispense' && view.registry.hasRole(act.actor, 'pharmacy')) return true;
  const isMove = act.step === 'ship' || act.step === 'receive' || USES.has(act.step);
  return isMove && (act.more?.documents.includes('inv') ?? false);
}

/** Exported goods taken, supplied, used or checked by a consumer where the lot is sold at home. */
function isBackHome(view: SubjectView, declared: Act, stride: Stride): boolean {
  const { act, before } = stride;
  if (act.step === 'receive') {
    const { custody } = before;
    // A forwarder takes goods from the exporter to carry them abroad.
    const isForwarder = view.registry.hasRole(act.actor, 'distributor');
    if (act.actor === declared.actor || cameBack(view, stride)) return false;
    if (isForwarder && custody.at === 'transit' && custody.from === declared.actor) return false;
  } else if (!USES.has(act.step) && act.scan?.session === undefined) return false;
  const markets = marketsOf(view, act);
  const lots = lotFactsAt(view, act);
  if (markets.length === 0 || lots.length === 0) return false;
  return lots.some((facts) =>
    facts.every(({ payload }) => {
      const isExempt = act.place !== undefined && (payload.exemptSites?.includes(act.place) ?? false);
      return !isExempt && markets.every((market) => payload.markets.includes(market));
    }),
  );
}

/** Countries an event may have happened in. */
function marketsOf({ registry }: SubjectView, { scan, place }: Act): readonly string[] {
  if (scan?.session !== undefined && scan.countries.length > 0) return scan.countries;
  const site = place === undefined ? undefined : registry.site(place);
  return site === undefined ? [] : [site.site.market];
}

/** ST-13, and ST-03 for other declarations: told after the declaration, dated before it, and nobody else bears it out. */
function* lateClaim(view: SubjectView, stride: Stride): Iterable<Finding> {
  const { strides } = view.timeline;
  const claims = uncorroborated(strides.map(({ act }) => act)).get(stride.act) ?? [];
  const declared = strides.find(
    ({ act, line, broken }) => claims.includes(act) && line === 'main' && broken === undefined,
  )?.act;
  if (declared === undefined) return;
  const sets = declared.more?.sets ?? [];
  const isLoss = sets.includes('stolen') || sets.includes('lost');
  yield finding({
    code: isLoss ? 'ST-13' : 'ST-03',
    severity: 3,
    subject: view.subject,
    acts: [declared, stride.act],
    secondLine: isSecondLine(view, stride),
    detail: `recorded after goods had been declared ${sets.join(', ')}, and dated before`,
  });
}

/** ST-13: anything but what its declarer or an official does with goods declared stolen or lost; mere looks are told together. */
function* seenAgain(view: SubjectView): Iterable<Finding> {
  const looks: Stride[] = [];
  for (const stride of sightings(view)) {
    const declared = lossBefore(view, stride);
    if (declared === undefined || IGNORED.has(stride.act.step) || stride.broken === LATE_CLAIM) continue;
    if (stride.act.step === 'observe') looks.push(stride);
    else yield accusation(view, 'ST-13', ...declared, stride);
  }
  const [seen] = byLine(view, looks).filter(({ length }) => length > 0);
  const newest = seen?.at(-1);
  if (seen === undefined || newest === undefined) return;
  const [mark, declared] = lossBefore(view, newest)!;
  yield finding({
    code: 'ST-13',
    severity: 3,
    subject: view.subject,
    acts: [declared, seen[0]!.act, newest.act],
    secondLine: isSecondLine(view, newest),
    detail: `declared ${mark} by ${nameOf(view.registry, declared.actor)}, then seen`,
  });
}

/** Declarations, corrections and temperatures show nothing about where the goods are. */
const IGNORED: ReadonlySet<Step> = new Set<Step>(['declare', 'correct', 'sensor', 'other', 'commission']);

/** The declaration of a loss that an event contradicts. */
function lossBefore(view: SubjectView, { act, marks: declared }: Stride): [Mark, Act] | undefined {
  for (const mark of ['stolen', 'lost'] as const) {
    const loss = declared.get(mark);
    if (loss === undefined || loss.actor === act.actor || isOfficial(view, act.actor)) continue;
    if (act.timeMs - loss.timeMs > policyFor(view, act).skewMs) return [mark, loss];
  }
  return undefined;
}
