// Browser-safe.
/**
 * QA rules about containers: what is said to be inside, and what is found there.
 *
 * Reads  view.ts, custody/ (containers' contents).   Used by  judge.ts.
 * Source `findings.md` QA-01 … QA-06; EPCIS 2.0 section 7.4.3 (aggregation).
 * Never  takes a partial unpacking for a loss, a reused container for the old one, or a gap of at most m steps for a lie.
 * @module
 */
import {
  identityOf,
  isContainer,
  moves,
  type Act,
  type Custody,
  type Stay,
  type Step,
  type Stride,
} from '../custody/index.ts';
import { restorationOf } from './capture-errors.ts';
import { finding, NO_FINDINGS, type Finding } from './finding.ts';
import { isSecondLine, nameOf, policyFor, previousOf, type SubjectView } from './view.ts';

/** QA-01 and QA-03 of a unit or container, as a child of others. */
export function* parents(view: SubjectView): Iterable<Finding> {
  const { subject, world } = view;
  const joined = new Map<string, Stride>();
  for (const stride of view.timeline.strides) {
    const { act, before } = stride;
    if (stride.duplicateOf !== undefined) continue;
    if (isAssertion(act, subject.id)) {
      const older = joined.get(act.parent!);
      const isOpened =
        older === undefined ||
        world.containerEmptied(act.parent!, older.act.timeMs, act.timeMs) !== undefined;
      if (!isOpened) yield* asserted(view, joined, older, stride);
    } else if (stride.line === 'main' && stride.broken === undefined) {
      if (act.step === 'pack' && act.parent !== undefined) joined.set(act.parent, stride);
      else if (act.step === 'unpack' && act.parent !== undefined) joined.delete(act.parent);
    }
    if (before.custody.at === 'nowhere') joined.clear();
  }
}

/** True for an aggregation observed, not made: its parent is said to hold the subject. */
function isAssertion(act: Act, subject: string): boolean {
  return (
    act.step === 'observe' && act.parent !== undefined && act.parent !== subject && act.ids.includes(subject)
  );
}

/** What an assertion of a container that nobody opened says against where the subject is. */
function* asserted(
  view: SubjectView,
  joined: ReadonlyMap<string, Stride>,
  older: Stride,
  stride: Stride,
): Iterable<Finding> {
  const { act, before } = stride;
  const { subject, registry } = view;
  const { custody } = before;
  const toleranceMs = policyFor(view, act).orderToleranceMs;
  const newer = custody.at === 'inside' ? joined.get(custody.container) : undefined;
  const isStillInside = custody.at === 'inside' && custody.container === act.parent;
  if (!isStillInside && newer !== undefined && newer.act.timeMs >= older.act.timeMs) {
    if (act.timeMs - newer.act.timeMs <= toleranceMs) return;
    yield finding({
      code: 'QA-01',
      severity: 3,
      subject,
      acts: [older.act, newer.act, act],
      secondLine: isSecondLine(view, older, newer, stride),
      detail: `packed into ${newer.act.parent!}, then said to be in ${act.parent!} by ${nameOf(registry, act.actor)}`,
    });
    return;
  }
  const seen = isStillInside ? seenElsewhere(view, older, stride) : previousOf(view, stride);
  if (seen === undefined || act.timeMs - seen.act.timeMs <= toleranceMs) return;
  const isActive = before.life === 'active';
  if (!isStillInside && stepsBack(view, custody, isActive, act) <= policyFor(view, act).missingStepsMax)
    return;
  yield finding({
    code: 'QA-03',
    severity: 3,
    subject,
    acts: [older.act, seen.act, act],
    secondLine: isSecondLine(view, older, seen, stride),
    detail: `${seen.act.step} by ${nameOf(registry, seen.act.actor)}, then said to be in ${act.parent!}, which nobody opened`,
  });
}

/** The last event since the packing that shows the subject at a site of somebody who did not have its container. */
function seenElsewhere(view: SubjectView, older: Stride, asserted: Stride): Stride | undefined {
  const { registry, world } = view;
  const { strides } = view.timeline;
  return strides.slice(strides.indexOf(older) + 1, strides.indexOf(asserted)).findLast((stride) => {
    const { act, duplicateOf } = stride;
    if (duplicateOf !== undefined || act.place === undefined || !SIGHTINGS.has(act.step)) return false;
    if (act.parent !== undefined || act.scan?.session !== undefined) return false;
    const outer = world.containerCustody(asserted.act.parent!, act.timeMs);
    return outer?.at === 'held' && registry.site(act.place)?.party === act.actor && act.actor !== outer.by;
  });
}

/** Steps that show a unit where they happen. */
const SIGHTINGS: ReadonlySet<Step> = new Set<Step>([
  'observe',
  'receive',
  'ship',
  'return',
  'open',
  'dispense',
  'administer',
  'retire',
  'destroy',
]);

/** Fewest steps nobody recorded that bring the subject back into the container an assertion names. */
function stepsBack({ world }: SubjectView, custody: Custody, isActive: boolean, act: Act): number {
  if (!isActive) return Infinity;
  const outer = world.containerCustody(act.parent!, act.timeMs, act);
  const there = outer?.at === 'held' ? outer.by : act.actor;
  if (custody.at === 'held') return custody.by === there ? 1 : SHIP_RECEIVE_PACK;
  if (custody.at === 'transit') return custody.to === undefined || custody.to === there ? 2 : Infinity;
  return Infinity;
}

const SHIP_RECEIVE_PACK = 3;

/** QA-02 of a unit or container: taken out of a container that others were packed into, and it never was. */
export function* strangersInside(view: SubjectView): Iterable<Finding> {
  const { subject, timeline, registry, world } = view;
  const packedInto = new Set<string>();
  for (const stride of timeline.strides) {
    const { act, broken, duplicateOf } = stride;
    if (act.parent === undefined || act.parent === subject.id || !act.ids.includes(subject.id)) continue;
    if (act.step === 'pack') packedInto.add(act.parent);
    if (act.step !== 'unpack' || broken === undefined || duplicateOf !== undefined) continue;
    if (broken === 'not-admitted' || packedInto.has(act.parent)) continue;
    const held = world.container(act.parent).stays.filter((stay) => isUntil(stay, act.timeMs));
    if (held.length === 0) continue;
    const isUnknown = subject.type === 'unit' && timeline.commission === undefined;
    // A slip of the scanner: ID-10 says what was meant.
    if (isUnknown && restorationOf(view, stride) !== undefined) continue;
    yield finding({
      code: 'QA-02',
      severity: isUnknown ? 3 : 2,
      subject,
      acts: [act],
      secondLine: isSecondLine(view, stride) && !isUnknown,
      detail: `${nameOf(registry, act.actor)} took it out of ${act.parent}, where it was never packed`,
    });
  }
}

/** True for what was inside just before a time, even if it left then. */
function isUntil({ fromMs, toMs }: Stay, timeMs: number): boolean {
  return fromMs < timeMs && timeMs <= toMs;
}

/** QA-02, QA-04, QA-05 and QA-06 of a container. */
export function contents(view: SubjectView): Iterable<Finding> {
  const { id } = view.subject;
  let isMissed = false;
  let isFilled = false;
  let isInside = false;
  for (const { act } of view.timeline.strides) {
    const { step, parent, more } = act;
    if (parent === undefined) continue;
    if (more !== undefined && more.absent.length > 0) isMissed = true;
    if (step === 'handle' && parent === id) isFilled = true;
    if (step !== 'unpack' && act.ids.includes(id)) isInside = true;
  }
  return isMissed || isInside ? allContents(view) : isFilled ? cartons(view) : NO_FINDINGS;
}

function* allContents(view: SubjectView): Iterable<Finding> {
  yield* missingInside(view);
  yield* cartons(view);
  yield* hierarchy(view);
}

/** QA-02: whoever opened the container declares absent what was packed into it, and did not take it out later. */
function* missingInside(view: SubjectView): Iterable<Finding> {
  const { subject, timeline, registry, world } = view;
  for (const stride of timeline.strides) {
    const { act } = stride;
    const absent = act.more?.absent ?? [];
    if (absent.length === 0 || act.parent !== subject.id || stride.duplicateOf !== undefined) continue;
    const { stays } = world.container(subject.id);
    const lost = stays.filter(
      (stay) =>
        absent.includes(stay.child) &&
        isUntil(stay, act.timeMs) &&
        !(stay.toMs > act.timeMs && stay.toMs < Infinity),
    );
    if (lost.length === 0) continue;
    const since = new Set(lost.map(({ fromMs }) => fromMs));
    const packings = timeline.strides.filter(
      (other) => since.has(other.act.timeMs) && isHandling(view, other),
    );
    yield finding({
      code: 'QA-02',
      severity: 2,
      subject,
      acts: [...packings.map((other) => other.act), act],
      secondLine: isSecondLine(view, stride),
      detail: `${nameOf(registry, act.actor)} found ${lost.length} missing`,
    });
  }
}

function isHandling({ subject }: SubjectView, { act, line, broken, duplicateOf }: Stride): boolean {
  const isCounted = line === 'main' && broken === undefined && duplicateOf === undefined;
  return isCounted && act.step === 'handle' && act.parent === subject.id;
}

/** QA-04 and QA-05: what a manufacturer packed, judged when it is first moved: by then all parts of the packing are in. */
function cartons(view: SubjectView): readonly Finding[] {
  if (view.timeline.strides.length === 0) return NO_FINDINGS;
  const { stays } = view.world.container(view.subject.id);
  let found = NO_FINDINGS;
  let packings: Stride[] = [];
  for (const stride of view.timeline.strides) {
    if (isHandling(view, stride)) {
      if (stays.some(({ child, fromMs }) => fromMs === stride.act.timeMs && stride.act.ids.includes(child)))
        packings.push(stride);
    } else if (packings.length > 0 && hasLeft(stride)) {
      const said = carton(view, packings, stays, stride.act);
      found = found.length === 0 ? said : [...found, ...said];
      packings = [];
    }
  }
  const last = packings.at(-1)?.act;
  // Credible events of its packing are in by then.
  if (last === undefined || view.asOfMs <= last.timeMs + policyFor(view, last).lagMaxMs) return found;
  const said = carton(view, packings, stays, last);
  return found.length === 0 ? said : [...found, ...said];
}

function hasLeft({ act, line, broken, duplicateOf }: Stride): boolean {
  return line === 'main' && broken === undefined && duplicateOf === undefined && moves(act.step);
}

/** What is wrong with a packing, as it was at the time of an act. */
function carton(
  view: SubjectView,
  packings: readonly Stride[],
  stays: readonly Stay[],
  at: Act,
): readonly Finding[] {
  const { subject, registry } = view;
  const { timeMs } = at;
  const first = stays.find(({ fromMs }) => fromMs === packings[0]!.act.timeMs)?.child;
  const product = first === undefined ? undefined : identityOf(registry, first).product;
  const full = product === undefined ? undefined : registry.product(product)?.payload.cartonUnits;
  if (product === undefined || full === undefined) return NO_FINDINGS;
  const maker = registry.manufacturerOf(product);
  for (const { act } of packings) {
    if (act.actor !== maker || (act.more !== undefined && act.more.declared.length > 0)) return NO_FINDINGS;
  }
  let count = 0;
  let sole: string | undefined;
  let products: Set<string | undefined> | undefined;
  for (const { child, fromMs, toMs } of stays) {
    if (fromMs > timeMs || timeMs >= toMs) continue;
    // More than a carton holds, or containers in it: a pallet, which may hold anything.
    if (++count > full || isContainer(child)) return NO_FINDINGS;
    const own = identityOf(registry, child).product;
    if (count === 1) sole = own;
    else if (own !== sole) (products ??= new Set([sole])).add(own);
  }
  const lots = count === 0 ? [] : view.lotsAt(at);
  if (count === 0 || (count === full && products === undefined && lots.length <= 1)) return NO_FINDINGS;
  const base = {
    subject,
    acts: packings.map(({ act }) => act),
    facts: [registry.product(product)?.entry],
    secondLine: isSecondLine(view, ...packings),
  };
  const found: Finding[] = [];
  if (products !== undefined) {
    found.push(finding({ ...base, code: 'QA-04', severity: 2, detail: `${products.size} products` }));
  } else if (lots.length > 1) {
    found.push(finding({ ...base, code: 'QA-04', severity: 1, detail: `${lots.length} lots` }));
  }
  if (count < full) {
    found.push(finding({ ...base, code: 'QA-05', severity: 1, detail: `${count} of ${full}` }));
  }
  return found;
}

/** QA-06: a container inside itself, at one instant or by one event, or nested deeper than policy follows. */
function* hierarchy(view: SubjectView): Iterable<Finding> {
  const { subject } = view;
  for (const stride of view.timeline.strides) {
    const { act } = stride;
    const isInside = act.parent !== undefined && act.ids.includes(subject.id);
    if (!isInside || stride.duplicateOf !== undefined || act.step === 'unpack') continue;
    const circle = act.parent === subject.id ? [stride] : circleOf(view, stride);
    if (circle.length > 0) {
      yield finding({
        code: 'QA-06',
        severity: 4,
        subject,
        acts: circle.map((one) => one.act),
        secondLine: isSecondLine(view, ...circle),
        detail: circle.length === 1 ? 'it is its own content' : `a circle of ${circle.length}`,
      });
    } else if (act.step === 'pack' && stride.line === 'main' && stride.broken === undefined) {
      yield* tooDeep(view, stride);
    }
  }
}

/** The events of one instant that put the subject into a container, that into another …, and the last into the subject. */
function circleOf(view: SubjectView, start: Stride): readonly Stride[] {
  const { subject, world } = view;
  const depthMax = policyFor(view, start.act).containerDepthMax;
  const path = [start];
  let parent = start.act.parent!;
  for (let depth = 0; depth < depthMax; depth++) {
    const child = parent;
    const next = world
      .container(child)
      .strides.find(
        ({ act }) =>
          act.timeMs === start.act.timeMs &&
          act.step === start.act.step &&
          act.parent !== undefined &&
          act.parent !== child &&
          act.ids.includes(child),
      );
    if (next === undefined) return [];
    path.push(next);
    parent = next.act.parent!;
    if (parent === subject.id) return path;
  }
  return [];
}

function* tooDeep(view: SubjectView, stride: Stride): Iterable<Finding> {
  const { act } = stride;
  const depthMax = policyFor(view, act).containerDepthMax;
  const depth = innerDepth(view, view.subject.id, act.timeMs, depthMax) + 1 + outerDepth(view, act, depthMax);
  if (depth <= depthMax) return;
  yield finding({
    code: 'QA-06',
    severity: 4,
    subject: view.subject,
    acts: [act],
    secondLine: isSecondLine(view, stride),
    detail: `more than ${depthMax} containers in each other`,
  });
}

/** Containers around the parent an event names, at its time. */
function outerDepth({ world }: SubjectView, act: Act, depthMax: number): number {
  let id = act.parent!;
  for (let depth = 0; depth <= depthMax; depth++) {
    const inside = world
      .container(id)
      .strides.findLast(({ act: other, line }) => line === 'main' && other.timeMs <= act.timeMs)
      ?.after.custody;
    if (inside?.at !== 'inside') return depth;
    id = inside.container;
  }
  return depthMax + 1;
}

/** Longest chain of containers inside a container at a time. */
function innerDepth({ world }: SubjectView, container: string, timeMs: number, depthMax: number): number {
  let level = [container];
  const seen = new Set(level);
  for (let depth = 0; depth <= depthMax; depth++) {
    const inner: string[] = [];
    for (const id of level) {
      for (const { child, fromMs, toMs } of world.container(id).stays) {
        if (fromMs > timeMs || toMs <= timeMs || !isContainer(child) || seen.has(child)) continue;
        seen.add(child);
        inner.push(child);
      }
    }
    if (inner.length === 0) return depth;
    level = inner;
  }
  return depthMax + 1;
}
