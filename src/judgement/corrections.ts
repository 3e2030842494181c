// Browser-safe.
/**
 * CO rules: what is taken back, by whom, how late, and whether it can be.
 *
 * Reads  view.ts, custody/ (timelines, marks).   Used by  judge.ts, audit/ (what to hold for a correction).
 * Source `findings.md` CO-01 … CO-06, CO-08; EPCIS 2.0 section 7.4.1.4 (errorDeclaration); EMVS rules of reverting a pack.
 * Rule   a state is undone by the party that declared it, at the same site, within policy; an event is corrected by its signer.
 * Never  hides what was corrected: a correction is evidence like any other. Delegates are unknown to the registry, so nobody
 *        corrects for another.
 * @module
 */
import { assertInteger, assertFunction, assertText, parseTime, TIME_MAX_MS } from '../bytes/index.ts';
import { assertAct, assertActs, type Act, type Life, type Step, type Stride } from '../custody/index.ts';
import { assertRegistry, type Registry } from '../registry/index.ts';
import type { FindingCode, Severity } from './codes.ts';
import { compareRefs, compareText, finding, type Finding } from './finding.ts';
import { isOfficial } from './marks.ts';
import { isSecondLine, lotFactsAt, nameOf, policyFor, type SubjectView } from './view.ts';

/** CO-01 … CO-04 of a unit or container. */
export function* undoing(view: SubjectView): Iterable<Finding> {
  for (const stride of view.timeline.strides) {
    const { act, duplicateOf } = stride;
    if (act.more === undefined || duplicateOf !== undefined) continue;
    if (act.step === 'correct') yield* lateCorrection(view, stride);
    else if (act.more.unsets.length > 0) yield* unmarking(view, stride);
    else if (act.more.undoes !== undefined) yield* undoneStep(view, stride, act.more.undoes);
  }
}

interface Taken {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** What it takes back, where the log has it; else what shows the state it found. */
  readonly back: Act | undefined;
  readonly detail: string;
  readonly facts?: readonly (number | undefined)[];
}

function taken(view: SubjectView, stride: Stride, { code, severity, back, detail, facts }: Taken): Finding {
  return finding({
    code,
    severity,
    subject: view.subject,
    acts: back === undefined ? [stride.act] : [back, stride.act],
    secondLine: isSecondLine(view, stride),
    detail,
    ...(facts !== undefined && { facts }),
  });
}

/** CO-01: an event declared an error by its own signer, too late to take it back. */
function* lateCorrection(view: SubjectView, stride: Stride): Iterable<Finding> {
  const { act } = stride;
  const back = view.timeline.strides.find(
    ({ act: other }) =>
      other.step !== 'correct' &&
      other.eventId !== undefined &&
      other.eventId === act.eventId &&
      other.actor === act.actor &&
      other.ref.entry < act.ref.entry,
  )?.act;
  if (back === undefined) return;
  if (act.recordTimeMs - back.recordTimeMs <= policyFor(view, act).undoMaxMs) return;
  yield taken(view, stride, { code: 'CO-01', severity: 3, back, detail: `${back.step} declared an error` });
}

/** CO-01 … CO-04 of a mark taken off; who may take it off simply lifts it, who undoes it says that it never was. */
function* unmarking(view: SubjectView, stride: Stride): Iterable<Finding> {
  const { act, before } = stride;
  const isUndo = act.more!.undoes !== undefined;
  if (isOfficial(view, act.actor)) return;
  for (const mark of act.more!.unsets) {
    const set = stride.marks.get(mark);
    if (set === undefined) {
      const other = stride.marks.values().next().value;
      const severity = before.life === 'active' && other === undefined ? 1 : 3;
      const back = other ?? lifeOf(view, stride);
      if (isUndo) yield taken(view, stride, { code: 'CO-03', severity, back, detail: `it was not ${mark}` });
    } else if (mark === 'stolen') {
      yield taken(view, stride, { code: 'CO-04', severity: 2, back: set, detail: mark });
    } else {
      const wrong = wrongUndo(view, set, act, isUndo);
      if (wrong !== undefined) yield taken(view, stride, wrong);
    }
  }
}

/** CO-02 or CO-01: taken back by somebody else, elsewhere, or too late. */
function wrongUndo(view: SubjectView, back: Act, act: Act, isUndo: boolean): Taken | undefined {
  const { registry } = view;
  if (back.actor !== act.actor) {
    const detail = `${nameOf(registry, act.actor)} took back what ${nameOf(registry, back.actor)} had declared`;
    return { code: 'CO-02', severity: 3, back, detail };
  }
  if (!isUndo) return undefined;
  if (back.place !== undefined && act.place !== undefined && back.place !== act.place) {
    return { code: 'CO-02', severity: 3, back, detail: 'at another site' };
  }
  const lateMs = act.timeMs - back.timeMs;
  if (lateMs <= policyFor(view, act).undoMaxMs) return undefined;
  return { code: 'CO-01', severity: 3, back, detail: `after ${hours(lateMs)}` };
}

/** Life a step leaves behind. */
const LEAVES: Readonly<Partial<Record<string, Life>>> = {
  open: 'opened',
  dispense: 'dispensed',
  administer: 'administered',
  retire: 'retired',
  transform: 'gone',
  decommission: 'gone',
  destroy: 'gone',
};

/** CO-01 … CO-04 of a step taken back. */
function* undoneStep(view: SubjectView, stride: Stride, undoes: string): Iterable<Finding> {
  const { before, marks } = stride;
  const index = view.timeline.strides.indexOf(stride);
  if (before.life === 'gone') {
    const back = lastInForce(view, index, (step) => LEAVES[step] === 'gone');
    yield taken(view, stride, { code: 'CO-04', severity: 2, back, detail: back?.step ?? 'destroy' });
    return;
  }
  const leaves = LEAVES[undoes];
  const last = lastInForce(view, index, (step) =>
    leaves === undefined ? !LOOKS.has(step) : step === undoes,
  );
  const isCurrent = leaves === undefined ? last?.step === undoes : before.life === leaves;
  if (!isCurrent) {
    const severity = before.life === 'active' ? 1 : 3;
    const detail = `${undoes} taken back of goods that were ${before.life}`;
    yield taken(view, stride, { code: 'CO-03', severity, back: lifeOf(view, stride), detail });
    return;
  }
  const stolen = marks.get('stolen');
  if (stolen !== undefined) {
    yield taken(view, stride, { code: 'CO-04', severity: 2, back: stolen, detail: 'stolen' });
  } else if (undoes === 'dispense') yield* outOfMarket(view, stride, last);
  const wrong = last === undefined ? undefined : wrongUndo(view, last, stride.act, true);
  if (wrong !== undefined) yield taken(view, stride, wrong);
}

const LOOKS: ReadonlySet<Step> = new Set<Step>(['declare', 'correct', 'sensor', 'observe', 'other']);

/** The last event before this one that moved the subject by such a step. */
function lastInForce(view: SubjectView, before: number, isSuch: (step: Step) => boolean): Act | undefined {
  return view.timeline.strides
    .slice(0, before)
    .findLast(({ act, line, broken }) => line === 'main' && broken === undefined && isSuch(act.step))?.act;
}

/** The event that left a unit in the life a stride found it in; undefined for one in stock. */
function lifeOf({ timeline }: SubjectView, stride: Stride): Act | undefined {
  const { life } = stride.before;
  if (life === 'active') return undefined;
  return timeline.strides
    .slice(0, timeline.strides.indexOf(stride))
    .findLast(({ before, after }) => after.life === life && before.life !== life)?.act;
}

/** CO-04: a supply taken back of goods that may not be sold again: recalled, withdrawn or expired. */
function* outOfMarket(view: SubjectView, stride: Stride, back: Act | undefined): Iterable<Finding> {
  const { act } = stride;
  const { registry, product } = view;
  const market = act.place === undefined ? undefined : registry.site(act.place)?.site.market;
  const terminal = (detail: string, entry: number | undefined): Finding =>
    taken(view, stride, { code: 'CO-04', severity: 2, back, detail, facts: [entry] });
  for (const lot of view.lotsAt(act)) {
    const recall = registry.recallsOf(lot).find(({ effectiveMs, payload: { regions } }) => {
      const isHere = regions === undefined || market === undefined || regions.includes(market);
      return effectiveMs <= act.timeMs && isHere;
    });
    if (recall !== undefined) return yield terminal('recalled', recall.entry);
  }
  for (const facts of lotFactsAt(view, act)) {
    const kindest = facts.reduce((a, b) => (compareText(a.payload.expiry, b.payload.expiry) < 0 ? b : a));
    const endMs = parseTime(`${kindest.payload.expiry}T00:00:00.000Z`);
    if (endMs !== undefined && act.timeMs >= endMs + DAY_MS) return yield terminal('expired', kindest.entry);
  }
  const maker = product === undefined ? undefined : registry.manufacturerOf(product);
  if (maker === undefined) return;
  const scope = { timeMs: act.timeMs, product };
  const { status, fact } = registry.licence(maker, 'marketing-authorisation', scope);
  if (status === 'revoked') yield terminal('withdrawn', fact?.entry);
}

const DAY_MS = 86_400_000;

function hours(ms: number): string {
  const whole = ms / 3_600_000;
  return `${whole - (whole % 1)} hours`;
}

/** Where the acts recorded under an event id come from, corrections included; empty for an id nobody used. */
export type EventSource = (eventId: string) => readonly Act[];

/** Event ids whose acts {@link corrections} asks for to judge this correction: its own, and those that say it right. */
export function correctionIds(act: Act): readonly string[] {
  const { eventId, more } = assertAct(act);
  if (eventId === undefined || more?.corrects === undefined) return [];
  return [...new Set([eventId, ...more.corrects.corrective])];
}

/** CO-05, CO-06 and CO-08 of one event id. `asOfMs` is the greatest record time of the prefix. */
export function corrections(
  eventId: string,
  eventsOf: EventSource,
  asOfMs: number,
  registry: Registry,
): readonly Finding[] {
  assertText('eventId', eventId);
  assertFunction('eventsOf', eventsOf);
  assertInteger('asOfMs', asOfMs, 0, TIME_MAX_MS);
  assertRegistry(registry);
  const { original, own, strange } = ownersOf(assertActs(eventsOf(eventId)));
  return [
    ...dangling(eventId, own, eventsOf, asOfMs, registry),
    ...unauthorised(eventId, original, strange, registry),
    ...conflicts(eventId, own, eventsOf),
  ];
}

/** The event of an id, its corrections by its own signer, and those by others. */
function ownersOf(acts: readonly Act[]): {
  readonly original: Act | undefined;
  readonly own: readonly Act[];
  readonly strange: readonly Act[];
} {
  const originals = acts.filter(({ step }) => step !== 'correct');
  const declared = acts.filter(({ step }) => step === 'correct');
  const owners = new Set(originals.map(({ actor }) => actor));
  // A correction whose event is not recorded yet stands for itself: nobody knows whose it is.
  const own = declared.filter(({ actor }) => owners.size === 0 || owners.has(actor));
  const [original] = originals.sort((a, b) => compareRefs(a.ref, b.ref));
  return { original, own, strange: declared.filter((act) => !own.includes(act)) };
}

function about(eventId: string): { readonly type: 'event'; readonly id: string } {
  return { type: 'event', id: eventId };
}

/** CO-05: the events that should say it right are not in the log, though there was time enough. */
function* dangling(
  eventId: string,
  declared: readonly Act[],
  eventsOf: EventSource,
  asOfMs: number,
  registry: Registry,
): Iterable<Finding> {
  for (const act of distinct(declared)) {
    const corrective = correctiveOf(act);
    if (asOfMs - act.recordTimeMs <= registry.policyAt(act.ref.entry).correctionWaitMs) continue;
    const missing = corrective.filter((id) => eventsOf(id).every(({ step }) => step === 'correct'));
    if (missing.length === 0) continue;
    const detail = `${missing.length} of ${corrective.length} corrective events are missing`;
    yield finding({ code: 'CO-05', severity: 2, subject: about(eventId), acts: [act], detail });
  }
}

/** CO-06: somebody declared another party's event an error. */
function* unauthorised(
  eventId: string,
  original: Act | undefined,
  declared: readonly Act[],
  registry: Registry,
): Iterable<Finding> {
  if (original === undefined) return;
  for (const act of distinct(declared)) {
    const detail = `${nameOf(registry, act.actor)} corrected an event of ${nameOf(registry, original.actor)}`;
    yield finding({ code: 'CO-06', severity: 4, subject: about(eventId), acts: [original, act], detail });
  }
}

/** CO-08: two corrections that say different things, or corrections that lead back to the event itself. */
function* conflicts(eventId: string, declared: readonly Act[], eventsOf: EventSource): Iterable<Finding> {
  const subject = about(eventId);
  const different = distinct(declared);
  if (different.length > 1) {
    const detail = `${different.length} different corrections`;
    yield finding({ code: 'CO-08', severity: 3, subject, acts: different, detail });
  }
  const circle = circleFrom(eventId, different, eventsOf);
  if (circle.length > 0) {
    yield finding({ code: 'CO-08', severity: 3, subject, acts: circle, detail: 'corrections in a circle' });
  }
}

/** One correction of each content, the first recorded: the same declared again is the same. */
function distinct(declared: readonly Act[]): readonly Act[] {
  const byContent = new Map<string, Act>();
  for (const act of [...declared].sort((a, b) => compareRefs(a.ref, b.ref))) {
    const { actor, eventId, more } = act;
    const content = JSON.stringify([actor, eventId, more?.corrects?.reason, [...correctiveOf(act)].sort()]);
    if (!byContent.has(content)) byContent.set(content, act);
  }
  return [...byContent.values()];
}

function correctiveOf(act: Act): readonly string[] {
  return act.more?.corrects?.corrective ?? [];
}

/** Most corrections a way is followed through. */
const CIRCLE_MAX = 64;
/** Most events looked at on the way. */
const SEEN_MAX = 1000;

interface Way {
  readonly id: string;
  readonly acts: readonly Act[];
}

/** The corrections of a circle through the event; empty where there is none. A circle is told once, of the first of its ids. */
function circleFrom(eventId: string, declared: readonly Act[], eventsOf: EventSource): readonly Act[] {
  const seen = new Set<string>();
  let ways: readonly Way[] = waysOn([], declared, eventId, seen);
  for (let length = 1; length <= CIRCLE_MAX && ways.length > 0; length++) {
    const back = ways.find(({ id }) => id === eventId);
    if (back !== undefined) return back.acts;
    ways = ways.flatMap(({ id, acts }) => waysOn(acts, ownersOf(eventsOf(id)).own, eventId, seen));
  }
  return [];
}

function waysOn(
  acts: readonly Act[],
  next: readonly Act[],
  eventId: string,
  seen: Set<string>,
): readonly Way[] {
  const ways: Way[] = [];
  for (const act of next) {
    for (const id of correctiveOf(act)) {
      if (seen.size >= SEEN_MAX || seen.has(id) || compareText(id, eventId) < 0) continue;
      seen.add(id);
      ways.push({ id, acts: [...acts, act] });
    }
  }
  return ways;
}
