// Browser-safe.
/**
 * CC rules: how long goods were certainly, and possibly, outside the temperatures they bear.
 *
 * Reads  cold-exposure.ts, cold-readings.ts, cold-memory.ts, view.ts.   Used by  judge.ts.
 * Source `findings.md` CC-01 to CC-06, CC-08, CC-09, CC-16; range, budget and freezing point are facts of the product.
 * Rule   what one container's own readings say of its contents is said once, of the container; but that they are spoilt (CC-04,
 *        CC-06) also of each unit, for it stays true when the unit is taken out. A unit adds up its whole life, over all containers
 *        and holders, and names them (CC-16).
 * Never  accuses on time nobody measured: that is a stop (CC-05), not a suspicion.
 * @module
 */
import type { Act, Span } from '../custody/index.ts';
import {
  assess,
  clip,
  concerns,
  journeyOf,
  keptJourney,
  keptSpans,
  tailOf,
  timeWithin,
  transitsOf,
  type Assessment,
  type Journey,
  type Storage,
  type Terms,
} from './cold-exposure.ts';
import { boundsOf, changesOfHands, insidesOf, lastSeenMs, ownBatches, type Inside } from './cold-readings.ts';
import type { Batch, Witness } from './cold-batches.ts';
import { loadsOf, storageKey } from './cold-loads.ts';
import { byTime, coldMemory, type ColdMemory } from './cold-memory.ts';
import { isKeptThroughout } from './cold-quiet.ts';
import { sensorReports } from './cold-sensors.ts';
import type { FindingCode } from './codes.ts';
import { ENCLOSED, MEASURED } from './features.ts';
import { counted, finding, NO_FINDINGS, type Finding } from './finding.ts';
import { durationText, extremesText, rangeText } from './cold-words.ts';
import { recorded, type SubjectView } from './view.ts';

/** All CC rules of a unit or container. */
export function coldChain(view: SubjectView): Iterable<Finding> {
  const isMeasured = (view.features.signs & MEASURED) !== 0;
  if (view.subject.type === 'container') return isMeasured ? containerRules(view) : NO_FINDINGS;
  const isEnclosed = (view.features.signs & ENCLOSED) !== 0;
  // What the pack was made to bear: a range stated later is for later packs.
  const madeMs = view.timeline.commission?.timeMs ?? 0;
  const storage =
    view.product === undefined ? undefined : view.registry.productAt(view.product, madeMs)?.payload.storage;
  const found = storage === undefined ? NO_FINDINGS : unitRules(view, storage, isMeasured, isEnclosed);
  return isMeasured ? withReports(found, view, storage !== undefined) : found;
}

function withReports(found: Iterable<Finding>, view: SubjectView, isKept: boolean): Iterable<Finding> {
  const reports = sensorReports(view, isKept);
  return reports.length === 0 ? found : [...found, ...reports];
}

/** One subject under one storage range, all that its rules need. */
interface Case {
  readonly view: SubjectView;
  readonly storage: Storage;
  readonly journey: Journey;
  readonly terms: Terms;
  /** The subject's own; units that share a journey may have been packed by different events. */
  readonly insides: readonly Inside[];
  readonly assessment: Assessment;
  /** Time in which the goods need the cold; of a container, that of the contents worst off. */
  readonly within: readonly Span[];
}

function unitRules(
  view: SubjectView,
  storage: Storage,
  isMeasured: boolean,
  isEnclosed: boolean,
): Iterable<Finding> {
  const { timeline, world, registry, product } = view;
  const isRequired = registry.policyAt(timeline.strides.at(-1)?.act.ref.entry ?? 0).coldChainRequired;
  if (!isMeasured && !isEnclosed && !isRequired) return NO_FINDINGS;
  const memory = coldMemory(world);
  const insides = isEnclosed ? insidesOf(world, timeline) : [];
  const own = isMeasured ? ownBatches(memory, view.subject.id, timeline, product) : [];
  if (own.length === 0 && !isRequired) {
    if (insides.every(({ container }) => memory.log(container).batches.length === 0)) return NO_FINDINGS;
  }
  const mayBeQuiet = !isRequired && !mayFreeze(storage);
  if (mayBeQuiet && isKeptThroughout(memory, timeline, own, insides, storage, view.asOfMs)) {
    return NO_FINDINGS;
  }
  const make = (): Journey =>
    journeyOf(memory.unitLog(own, insides), storage, (entry) => registry.policyAt(entry));
  const isAlone = own.some(isOfOne) || (own.length === 0 && insides.length === 0);
  const journey = isAlone ? make() : memory.unitJourney(storageKey(storage), own, insides, make);
  const spans = keptSpans(timeline, lastSeenMs(world, timeline, { batches: journey.log.batches, insides }));
  const limitMs = view.asOfMs - journey.policy.lagMaxMs;
  const untilMs = Math.min(limitMs, spans.at(-1)?.toMs ?? -Infinity);
  if (mayBeQuiet && isMeasuredTo(journey, untilMs)) return NO_FINDINGS;
  const kept = keptJourney(journey, storage, spans);
  const borders = [changesOfHands(timeline.strides), journey.log.borders];
  const terms: Terms = { spans, borders, limitMs, isRequired };
  const assessment = assess(kept, terms);
  if (kept.notable.length === 0 && isQuiet(assessment, storage)) return NO_FINDINGS;
  const one: Case = { view, storage, journey: kept, terms, insides, assessment, within: spans };
  return told(one, own.length > 0, memory);
}

/** What is to be said of a unit that was not kept as it should be. */
function* told(one: Case, hasOwn: boolean, memory: ColdMemory): Iterable<Finding> {
  const { out, doubt, gaps } = one.assessment;
  if (hasOwn) yield* excursions(one);
  if (out.length > 0 || doubt.length > 0 || gaps.length > 0) yield* budget(one, memory);
  if (one.storage.freezeMilliC !== undefined) yield* freeze(one);
  if (gaps.length > 0) yield* coverage(one, memory);
  yield* inherited(one);
}

/** True if no time counts, of goods whose readings are all in range, and none of these can be one of freezing. */
function isQuiet({ out, doubt, gaps }: Assessment, storage: Storage): boolean {
  return out.length === 0 && doubt.length === 0 && gaps.length === 0 && !mayFreeze(storage);
}

/** True of goods that may freeze within their own range. */
function mayFreeze({ minMilliC, freezeMilliC }: Storage): boolean {
  return freezeMilliC !== undefined && freezeMilliC >= minMilliC;
}

/** True of a report that names nothing else: nobody shares it. */
function isOfOne({ act }: Batch): boolean {
  return act.ids.length === 1;
}

/** True if goods were in range without a gap, to the time given, or as far as what follows the last reading counts. */
function isMeasuredTo(journey: Journey, untilMs: number): boolean {
  const { notable, hasGaps, track, policy } = journey;
  if (notable.length > 0 || hasGaps) return false;
  return untilMs - (track.lastMs ?? 0) <= policy.gapMaxMs || tailOf(journey) <= policy.gapMaxMs;
}

function* containerRules(view: SubjectView): Iterable<Finding> {
  const { world, registry, subject } = view;
  const memory = coldMemory(world);
  const log = memory.log(subject.id);
  const loads = loadsOf(world, subject.id);
  const found = new Set<FindingCode>();
  const seenMs = lastSeenMs(world, view.timeline, log);
  const isRequired = registry.policyAt(Infinity).coldChainRequired;
  for (const load of log.hasOwn ? loads : []) {
    const { storage } = load;
    const spans = clip({ fromMs: -Infinity, toMs: seenMs }, load.spans);
    const whole = containerJourney(memory, subject.id, storage);
    const limitMs = view.asOfMs - whole.policy.lagMaxMs;
    const untilMs = Math.min(limitMs, spans.at(-1)?.toMs ?? -Infinity);
    if (!isRequired && isMeasuredTo(whole, untilMs)) continue;
    const journey = keptJourney(whole, storage, spans);
    const terms: Terms = { spans, borders: [log.borders], limitMs, isRequired };
    const assessment = assess(journey, terms);
    const { out, doubt, gaps } = assessment;
    if (out.length + doubt.length + gaps.length + journey.notable.length === 0) continue;
    const one: Case = { view, storage, journey, terms, insides: log.insides, assessment, within: spans };
    const worst = { ...one, within: [worstStay(load.stays, assessment)] };
    const all = [...excursions(one), ...budget(worst, memory), ...freeze(one), ...coverage(one, memory)];
    yield* all.filter(({ code }) => !found.has(code));
    for (const { code } of all) found.add(code);
  }
  yield* sensorReports(view, loads.length > 0);
}

function containerJourney(memory: ColdMemory, container: string, storage: Storage): Journey {
  const { registry } = memory.world;
  return memory.containerJourney(container, storageKey(storage), () =>
    journeyOf(memory.log(container), storage, (entry) => registry.policyAt(entry)),
  );
}

/** The stay with the longest certain time outside; of equal ones, the one with the longest possible. */
function worstStay(stays: readonly Span[], { out, doubt, gaps }: Assessment): Span {
  let worst = stays[0]!;
  let worstOut = -1;
  let worstAll = -1;
  for (const stay of stays) {
    const outMs = timeWithin(out, stay);
    const allMs = outMs + timeWithin(doubt, stay) + timeWithin(gaps, stay);
    if (outMs < worstOut || (outMs === worstOut && allMs <= worstAll)) continue;
    [worst, worstOut, worstAll] = [stay, outMs, allMs];
  }
  return worst;
}

/** CC-01 and CC-02: what the subject's own readings show, a moment or an episode. */
function* excursions({ view, storage, journey, assessment, within }: Case): Iterable<Finding> {
  const { subject } = view;
  const own = journey.notable
    .filter((witness) => isOwn(view, witness))
    .filter((witness) => concerns(witness, within));
  if (own.length === 0) return;
  const episodes = assessment.out.filter(
    (run) =>
      run.toMs - run.fromMs >= journey.policy.excursionEpisodeMs &&
      own.some((witness) => concerns(witness, [run])),
  );
  const single = own.filter((witness) => !concerns(witness, episodes));
  if (single.length > 0) {
    const detail = `${extremesText(single)}, the product bears ${rangeText(storage)}`;
    yield recorded(view, { code: 'CC-01', severity: 0, subject, acts: actsOf(single), detail });
  }
  if (episodes.length === 0) return;
  const during = own.filter((witness) => concerns(witness, episodes));
  const longestMs = episodes.reduce((max, { fromMs, toMs }) => Math.max(max, toMs - fromMs), 0);
  const detail = `${extremesText(during)} for ${durationText(longestMs)}`;
  yield finding({ code: 'CC-02', severity: 1, subject, acts: actsOf(during), detail });
}

/** CC-03, CC-04, CC-05: the time outside, added up, against what the product bears. */
function* budget(one: Case, memory: ColdMemory): Iterable<Finding> {
  const { view, storage, journey, insides, assessment, within } = one;
  const { subject } = view;
  const { budgetMs } = storage;
  const { out, doubt, gaps } = assessment;
  let outMs = 0;
  let openMs = 0;
  for (const span of within) {
    outMs += timeWithin(out, span);
    openMs += timeWithin(doubt, span) + timeWithin(gaps, span);
  }
  const bears = `the product bears ${durationText(budgetMs)}`;
  const seen = journey.notable.filter((witness) => concerns(witness, within));
  const certain = seen.filter((witness) => witness.isSure && concerns(witness, out));
  const acts = [...actsOf(certain), ...lineage(view, certain, insides)];
  if (outMs > budgetMs) {
    const detail = `${durationText(outMs)} for certain, ${bears}`;
    yield finding({ code: 'CC-04', severity: 3, subject, acts, detail });
    return;
  }
  const isSaid = isSaidAround(hullOf([...out, ...doubt, ...gaps]), insides, storage, memory);
  if (isSaid) return;
  if (outMs > 0 && outMs * 100 >= budgetMs * journey.policy.budgetWarnPercent) {
    const detail = `${durationText(outMs)} for certain, ${bears}`;
    yield finding({ code: 'CC-03', severity: 1, subject, acts, detail });
  }
  if (openMs === 0 || outMs + openMs <= budgetMs) return;
  const beside = gaps.flatMap((gap) => besideGap(journey, gap));
  const open = [...actsOf([...seen, ...beside]), ...lineage(view, seen, insides)];
  const detail = `${durationText(outMs)} for certain and ${durationText(openMs)} unknown, ${bears}`;
  yield finding({
    code: 'CC-05',
    severity: 2,
    subject,
    acts: open.length > 0 ? open : firstAct(view),
    detail,
  });
}

/** CC-06: a reading at or below the freezing point of goods that must not freeze. */
function* freeze({ view, storage, journey, insides, within }: Case): Iterable<Finding> {
  const { freezeMilliC } = storage;
  if (freezeMilliC === undefined) return;
  const frozen = journey.log.batches
    .filter(({ minMilliC }) => minMilliC <= freezeMilliC)
    .flatMap(({ witnesses }) => witnesses)
    .filter(({ minMilliC, isWhole }) => isWhole && minMilliC <= freezeMilliC)
    .filter((witness) => concerns(witness, within));
  if (frozen.length === 0) return;
  const sure = frozen.filter(({ isSure }) => isSure);
  const told = sure.length > 0 ? sure : frozen;
  yield finding({
    code: 'CC-06',
    severity: 3,
    subject: view.subject,
    acts: [...actsOf(told), ...lineage(view, told, insides)],
    secondLine: sure.length === 0,
    detail: extremesText(told),
  });
}

/** CC-08 and CC-09: time nobody measured, at a holder's and on the way between two. */
function* coverage(one: Case, memory: ColdMemory): Iterable<Finding> {
  const { view, journey, terms, assessment } = one;
  const gaps = assessment.gaps.filter((gap) => !isSaidAround(gap, one.insides, one.storage, memory));
  if (gaps.length === 0) return;
  const transits = transitsOf(terms.borders.flat().sort(byTime));
  const { gapMaxMs } = journey.policy;
  const kept: Span[] = [];
  const moved: Span[] = [];
  for (const gap of gaps) {
    const onWayMs = timeWithin(transits, gap);
    const restMs = gap.toMs - gap.fromMs - onWayMs;
    if (onWayMs > 0 && (onWayMs > gapMaxMs || onWayMs >= restMs)) moved.push(gap);
    if (restMs > 0 && (restMs > gapMaxMs || restMs > onWayMs)) kept.push(gap);
  }
  const { subject } = view;
  for (const [code, list] of [['CC-08', kept] as const, ['CC-09', moved] as const]) {
    if (list.length === 0) continue;
    const beside = actsOf(list.flatMap((gap) => besideGap(journey, gap)));
    const ways = transits.filter((way) => code === 'CC-09' && list.some((gap) => timeWithin([way], gap) > 0));
    const acts = [...beside, ...ways.flatMap((way) => way.acts)];
    const longestMs = list.reduce((max, { fromMs, toMs }) => Math.max(max, toMs - fromMs), 0);
    const times = list.length === 1 ? '' : `, ${list.length} times`;
    const detail = `no reading for ${durationText(longestMs)}${times}`;
    yield finding({ code, severity: 2, subject, acts: acts.length > 0 ? acts : firstAct(view), detail });
  }
}

/** True of a time wholly within the time inside a container that was measured itself: that is the container's to say. */
function isSaidAround(
  time: Span,
  insides: readonly Inside[],
  storage: Storage,
  memory: ColdMemory,
  depth = 0,
): boolean {
  if (depth > memory.world.registry.policyAt(Infinity).containerDepthMax) return false;
  return insides.some(({ container, fromMs, sureUntilMs }) => {
    if (time.fromMs < fromMs || time.toMs > sureUntilMs) return false;
    const log = memory.log(container);
    if (log.hasOwn && containerJourney(memory, container, storage).isMonitored) return true;
    return isSaidAround(time, log.insides, storage, memory, depth + 1);
  });
}

/** From the first of some times to the last. */
function hullOf(times: readonly Span[]): Span {
  let fromMs = Infinity;
  let toMs = -Infinity;
  for (const time of times) {
    fromMs = Math.min(fromMs, time.fromMs);
    toMs = Math.max(toMs, time.toMs);
  }
  return { fromMs, toMs };
}

/** CC-16: readings of containers that say something of the unit. */
function* inherited({ view, journey, insides, within }: Case): Iterable<Finding> {
  const { subject } = view;
  const seen = journey.notable
    .filter((witness) => !isOwn(view, witness))
    .filter((witness) => concerns(witness, within));
  if (seen.length === 0) return;
  if (view.records === 'counted') {
    yield counted('CC-16');
    return;
  }
  const bearers = [...new Set(seen.map(({ bearer }) => bearer ?? subject.id))].sort();
  yield finding({
    code: 'CC-16',
    severity: 0,
    subject,
    acts: [...actsOf(seen), ...lineage(view, seen, insides)],
    detail: `from ${bearers.slice(0, 3).join(', ')}${bearers.length > 3 ? ' and others' : ''}`,
  });
}

/** True of a reading of the subject itself. */
function isOwn({ subject }: SubjectView, { bearer }: Witness): boolean {
  return bearer === undefined || bearer === subject.id;
}

/** The events of readings, each once. */
function actsOf(witnesses: readonly Witness[]): readonly Act[] {
  return [...new Set(witnesses.map(({ act }) => act))];
}

/** Events that put the subject into the containers some readings are of, and took it out. */
function lineage(
  view: SubjectView,
  witnesses: readonly Witness[],
  insides: readonly Inside[],
): readonly Act[] {
  const foreign = witnesses.filter((witness) => !isOwn(view, witness));
  return insides.flatMap((inside) =>
    foreign.some((witness) => concerns(witness, [inside])) ? boundsOf(view.world, inside) : [],
  );
}

/** The readings a gap lies between; where it does not reach to one, the nearest before it. */
function besideGap({ log }: Journey, gap: Span): readonly Witness[] {
  let before: Witness | undefined;
  let after: Witness | undefined;
  for (const { witnesses } of log.batches) {
    for (const witness of witnesses) {
      if (witness.endMs <= gap.fromMs && (before === undefined || witness.endMs > before.endMs))
        before = witness;
      if (witness.startMs === gap.toMs) after ??= witness;
    }
  }
  return [before, after].filter((witness) => witness !== undefined);
}

/** The event goods nobody measured begin with. */
function firstAct({ timeline }: SubjectView): readonly Act[] {
  const first = timeline.commission ?? timeline.strides[0]?.act;
  return first === undefined ? [] : [first];
}
