// Browser-safe.
/**
 * ST rules of a unit's life, from commissioning to its end: what came too early, twice, too late, or in no order that can be.
 *
 * Reads  view.ts, custody/ (states), use.ts (what a refill explains).   Used by  judge.ts.
 * Source `findings.md` ST-01, ST-02, ST-04 … ST-07; use.ts and marks.ts hold the other ST rules.
 * Never  accuses a repeat of the same act: the same act id again is a repeat, another one beyond the doses is a second use.
 * @module
 */
import { END_STEPS, ENDED, moves, TRANSITIONS, type Act, type Step, type Stride } from '../custody/index.ts';
import type { Severity } from './codes.ts';
import { BROKEN, PRECEDED, REORDERED, REPEATED, stepBits } from './features.ts';
import { finding, NO_FINDINGS, refKey, type Finding } from './finding.ts';
import { isBarred, refills } from './use.ts';
import { isSecondLine, policyFor, previousOf, type SubjectView } from './view.ts';

export { isBarred } from './use.ts';

/** ST-01, ST-02 and ST-04 … ST-07 of a unit. */
export function states(view: SubjectView): Iterable<Finding> {
  const { signs, steps } = view.features;
  if ((signs & (REPEATED | BROKEN | REORDERED | PRECEDED)) !== 0) return allStates(view);
  return (steps & ENDS) !== 0 ? afterEndOfLife(view) : NO_FINDINGS;
}

/** Steps that end a life. */
const ENDS = stepBits(...END_STEPS);

function* allStates(view: SubjectView): Iterable<Finding> {
  yield* alreadyInState(view);
  yield* declaredElsewhere(view);
  yield* forbidden(view);
  yield* beforeCommission(view);
  yield* afterEndOfLife(view);
  yield* outOfOrder(view);
}

/** ST-01: the same end of life declared again by the same party with the same act id. */
function* alreadyInState(view: SubjectView): Iterable<Finding> {
  const { subject, timeline } = view;
  const repeats = new Map<string, Stride[]>();
  for (const stride of timeline.strides) {
    if (stride.repeatOf === undefined) continue;
    const key = refKey(stride.repeatOf);
    repeats.set(key, [...(repeats.get(key) ?? []), stride]);
  }
  for (const again of repeats.values()) {
    const first = timeline.strides.find(({ act }) => refKey(act.ref) === refKey(again[0]!.repeatOf!))!;
    const here = again.filter(({ act }) => !isElsewhere(first.act, act));
    const newest = here.at(-1);
    if (newest === undefined) continue;
    const policy = policyFor(view, newest.act);
    const count = here.length;
    const severity: Severity =
      count >= policy.repeatsSuspect ? 3 : count >= policy.repeatsStop ? 2 : count > 1 ? 1 : 0;
    yield finding({
      code: 'ST-01',
      severity,
      subject,
      acts: [first, ...here].map(({ act }) => act),
      secondLine: isSecondLine(view, ...here),
      detail: `${newest.act.step} recorded ${count + 1} times`,
    });
  }
}

/** ST-02: an end of life that stands, declared again by somebody else or at another site. */
function* declaredElsewhere(view: SubjectView): Iterable<Finding> {
  const standing = new Map<Step, Stride>();
  for (const stride of view.timeline.strides) {
    const { act, broken, duplicateOf, repeatOf } = stride;
    if (stride.after.life === 'active') standing.clear();
    if (!END_STEPS.has(act.step) || duplicateOf !== undefined || isBarred(stride)) continue;
    const first = standing.get(act.step);
    if (first === undefined) {
      if (stride.line === 'main' && broken === undefined && repeatOf === undefined)
        standing.set(act.step, stride);
    } else if ((broken !== undefined || repeatOf !== undefined) && isElsewhere(first.act, act)) {
      yield finding({
        code: 'ST-02',
        severity: 3,
        subject: view.subject,
        acts: [first.act, act],
        secondLine: isSecondLine(view, first, stride),
        detail: `${act.step} again`,
      });
    }
  }
}

/** True for another party or site; one party's record of the same act is the same act wherever it was captured. */
function isElsewhere(first: Act, act: Act): boolean {
  if (first.actor !== act.actor) return true;
  if (first.place === undefined || act.place === undefined || first.place === act.place) return false;
  return first.actId === undefined || first.actId !== act.actId;
}

/**
 * Custody steps speak for themselves (CU), and so does a second commissioning (ID-12, SG-06); an opened pack may be sent back, and a
 * container used up is a matter of ST-06.
 */
const NEVER_FORBIDDEN: ReadonlySet<Step> = new Set<Step>([
  'commission',
  'return',
  'receive',
  'reject',
  'void',
  'unpack',
  'undo',
]);

/** ST-04: a step of the holder's that does not follow from the state the unit is in; an opened container opened once more. */
function* forbidden(view: SubjectView): Iterable<Finding> {
  const { subject } = view;
  for (const stride of view.timeline.strides) {
    const { act, before, broken } = stride;
    if (broken === undefined || stride.duplicateOf !== undefined || NEVER_FORBIDDEN.has(act.step)) continue;
    const isReopening = act.step === 'open' && before.life === 'administered' && broken === 'after-end';
    if (broken !== 'forbidden' && !isReopening) continue;
    if (TRANSITIONS[act.step].from.includes(before.life)) continue;
    const previous = previousOf(view, stride);
    if (act.step === 'open' && previous !== undefined && isNear(view, previous.act, act)) continue;
    if (isReopening && [...refills(view)].some(({ again }) => again === stride)) continue;
    yield finding({
      code: 'ST-04',
      severity: 3,
      subject,
      acts: previous === undefined ? [act] : [previous.act, act],
      secondLine: isSecondLine(view, stride),
      detail: `${act.step} of a unit that was ${before.life}`,
    });
  }
}

/** True for an opening scanned twice. */
function isNear(view: SubjectView, earlier: Act, act: Act): boolean {
  return act.timeMs - earlier.timeMs <= policyFor(view, act).orderToleranceMs;
}

function* beforeCommission(view: SubjectView): Iterable<Finding> {
  const { subject, timeline } = view;
  for (const stride of timeline.strides) {
    if (stride.broken !== 'before-commission' && !isLookBefore(view, stride)) continue;
    // Another commissioning is the matter of ID-12, SG-06 and SG-09.
    if (stride.act.step === 'commission') continue;
    const acts = [timeline.commission!, stride.act];
    yield finding({ code: 'ST-05', severity: 3, subject, acts, secondLine: isSecondLine(view, stride) });
  }
}

/** A look at a code that was not out yet; whoever commissions may look at his own labels before. */
function isLookBefore(view: SubjectView, { act }: Stride): boolean {
  const commission = view.timeline.commission!;
  if (moves(act.step) || act.actor === commission.actor) return false;
  return act.timeMs < commission.timeMs - policyFor(view, commission).orderToleranceMs;
}

const NO_SEQUEL: ReadonlySet<Step> = new Set<Step>(['ship', 'receive', 'pack', 'dispense', 'administer']);

/** ST-06: moved or used after its end of life, or checked by a consumer who declares the pack unused. */
function* afterEndOfLife(view: SubjectView): Iterable<Finding> {
  const { subject, timeline } = view;
  let end: Stride | undefined;
  let refilled: ReadonlySet<Stride> | undefined;
  for (const stride of timeline.strides) {
    const { before, after, broken } = stride;
    if (stride.duplicateOf === undefined && end !== undefined && ENDED.has(before.life)) {
      const moved = broken === 'after-end' && NO_SEQUEL.has(stride.act.step);
      const acts = moved ? pastEnd(view, end, stride) : [];
      if (acts.length > 0 || isUnusedAfterUse(view, end, stride)) {
        refilled ??= new Set([...refills(view)].map(({ again }) => again));
        yield finding({
          code: 'ST-06',
          severity: 3,
          subject,
          acts: [end.act, ...acts, stride.act],
          secondLine: isSecondLine(view, end, stride),
          ...(refilled.has(stride) && { explainedBy: 'ST-11' as const }),
        });
      }
    }
    if (!ENDED.has(after.life)) end = undefined;
    else if (END_STEPS.has(stride.act.step) && broken === undefined && stride.line === 'main') end ??= stride;
  }
}

/**
 * The event that puts a later one past the unit's end; none for a second use by the same party, which is a matter of doses (ST-08),
 * unless it had put the container beyond use before.
 */
function pastEnd(view: SubjectView, end: Stride, stride: Stride): readonly Act[] {
  const { act, before } = stride;
  const isOwnUse = act.step === 'administer' && end.act.step === 'administer' && end.act.actor === act.actor;
  if (!isOwnUse) return [end.act];
  const retired = before.life === 'administered' ? undefined : previousOf(view, stride)?.act;
  const isPast = retired !== undefined && act.timeMs - retired.timeMs > policyFor(view, act).orderToleranceMs;
  return isPast ? [retired] : [];
}

function isUnusedAfterUse(view: SubjectView, end: Stride, { act, before }: Stride): boolean {
  if (act.scan?.session === undefined || !act.scan.unused || before.life === 'dispensed') return false;
  return act.timeMs - end.act.timeMs > policyFor(view, act).orderToleranceMs;
}

/** ST-07: two events in an order that cannot be, which the clocks of their devices explain. */
export function* outOfOrder(view: SubjectView): Iterable<Finding> {
  const { strides } = view.timeline;
  for (const [i, stride] of strides.entries()) {
    if (!stride.reordered || stride.duplicateOf !== undefined) continue;
    const overtaken = strides.slice(i + 1).find(({ reordered }) => !reordered);
    yield finding({
      code: 'ST-07',
      severity: 1,
      subject: view.subject,
      acts: overtaken === undefined ? [stride.act] : [stride.act, overtaken.act],
      secondLine: isSecondLine(view, stride),
      detail: `${stride.act.step} came first`,
    });
  }
}
