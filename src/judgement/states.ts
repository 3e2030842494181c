// Browser-safe.
/**
 * ST rules: a unit's life, from commissioning to its end.
 *
 * Reads  view.ts, custody/ (states).   Used by  judge.ts.
 * Source `findings.md` ST-01, ST-05, ST-06, ST-08.
 * Never  accuses a repeat of the same act: the same act id again is a repeat, another one beyond the doses is a second use.
 * @module
 */
import { END_STEPS, ENDED, moves, type Act, type Step, type Stride } from '../custody/index.ts';
import type { Severity } from './codes.ts';
import { finding, refKey, type Finding } from './finding.ts';
import { byLine, isSecondLine, policyFor, previousOf, type SubjectView } from './view.ts';

/** All ST rules of a unit. */
export function* states(view: SubjectView): Iterable<Finding> {
  yield* alreadyInState(view);
  yield* beforeCommission(view);
  yield* afterEndOfLife(view);
  yield* doseOverdraw(view);
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
    const newest = again.at(-1)!;
    const policy = policyFor(view, newest.act);
    const count = again.length;
    const severity: Severity =
      count >= policy.repeatsSuspect ? 3 : count >= policy.repeatsStop ? 2 : count > 1 ? 1 : 0;
    const first = timeline.strides.filter(({ act }) => refKey(act.ref) === refKey(newest.repeatOf!));
    yield finding({
      code: 'ST-01',
      severity,
      subject,
      acts: [...first, ...again].map(({ act }) => act),
      secondLine: isSecondLine(view, ...again),
      detail: `${newest.act.step} recorded ${count + 1} times`,
    });
  }
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
  for (const stride of timeline.strides) {
    const { act, before, after, broken } = stride;
    if (stride.duplicateOf === undefined && end !== undefined && ENDED.has(before.life)) {
      const moved =
        broken === 'after-end' && NO_SEQUEL.has(act.step) && !isOwnSecondUse(view, end.act, stride);
      if (moved || isUnusedAfterUse(view, end, stride)) {
        const secondLine = isSecondLine(view, end, stride);
        yield finding({ code: 'ST-06', severity: 3, subject, acts: [end.act, act], secondLine });
      }
    }
    if (!ENDED.has(after.life)) end = undefined;
    else if (END_STEPS.has(act.step) && broken === undefined && stride.line === 'main') end ??= stride;
  }
}

/** A second use by the same party is a matter of doses (ST-08), unless it had put the container beyond use before. */
function isOwnSecondUse(view: SubjectView, end: Act, stride: Stride): boolean {
  const { act, before } = stride;
  if (act.step !== 'administer' || end.step !== 'administer' || end.actor !== act.actor) return false;
  const retired = before.life === 'administered' ? undefined : previousOf(view, stride)?.act;
  return retired === undefined || act.timeMs - retired.timeMs <= policyFor(view, act).orderToleranceMs;
}

function isUnusedAfterUse(view: SubjectView, end: Stride, { act, before }: Stride): boolean {
  if (act.scan?.session === undefined || !act.scan.unused || before.life === 'dispensed') return false;
  return act.timeMs - end.act.timeMs > policyFor(view, act).orderToleranceMs;
}

/** ST-08: the doses of all treatments with different ids exceed what the container holds. */
function* doseOverdraw(view: SubjectView): Iterable<Finding> {
  const { subject, timeline, registry, product } = view;
  const doses = (product === undefined ? undefined : registry.product(product)?.payload.doses) ?? 1;
  const treatments = new Map<string, Stride>();
  for (const stride of timeline.strides) {
    if (stride.act.step !== 'administer' || stride.duplicateOf !== undefined || isBarred(stride)) continue;
    const treatment = stride.act.actId ?? `${stride.act.actor} ${stride.act.place}`;
    if (!treatments.has(treatment)) treatments.set(treatment, stride);
  }
  for (const drawn of byLine(view, [...treatments.values()])) {
    const total = drawn.reduce((sum, { act }) => sum + act.doses, 0);
    if (total <= doses) continue;
    yield finding({
      code: 'ST-08',
      severity: 4,
      subject,
      acts: drawn.map(({ act }) => act),
      secondLine: isSecondLine(view, ...drawn),
      detail: `${total} doses in ${drawn.length} treatments from a container of ${doses}`,
    });
    return;
  }
}

/** True for events of signers whose role could never have done this: their claim proves nothing about the unit. */
export function isBarred({ admission }: Stride): boolean {
  return !admission.ok && (admission.reason === 'role' || admission.reason === 'unknown');
}
