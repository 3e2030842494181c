// Browser-safe.
/**
 * SG-13: steps that need the word of two parties, and have that of one.
 *
 * Reads  view.ts, registry/ (products, cases).   Used by  judge.ts, ledger/ and audit/ (cases).
 * Source `findings.md` SG-13; which products need it is their manufacturer's word (`twoParty`); how long to wait is policy.
 * Never  speaks of goods on their way: an open hand-over is CU-12.
 * @module
 */
import { assertInteger, TIME_MAX_MS } from '../bytes/index.ts';
import type { Act, Stride, Step } from '../custody/index.ts';
import { assertRegistry, type Registry } from '../registry/index.ts';
import { finding, PROOF_MAX, type Finding } from './finding.ts';
import { isSecondLine, nameOf, policyFor, type SubjectView } from './view.ts';

const SUSPECT: number = 3;

const HANDOVER: ReadonlySet<Step> = new Set<Step>(['ship', 'receive', 'return']);
/** Steps by which another party bears out that it saw a destruction. */
const WITNESSED: ReadonlySet<Step> = new Set<Step>(['observe', 'destroy', 'declare']);

/** SG-13 of a unit: a hand-over one side never signed, or a destruction nobody else saw. */
export function* countersignatures(view: SubjectView): Iterable<Finding> {
  const { subject, timeline, registry, product } = view;
  if (product === undefined) return;
  for (const stride of timeline.strides) {
    const { act, missing } = stride;
    if (stride.duplicateOf !== undefined || stride.repeatOf !== undefined) continue;
    const unsigned = missing.find(({ step }) => HANDOVER.has(step));
    if (unsigned === undefined && act.step !== 'destroy') continue;
    if (registry.product(product, act.ref.entry)?.payload.twoParty !== true) continue;
    const isLonely = act.step === 'destroy' && stride.line === 'main' && !isWitnessed(view, stride);
    if (unsigned === undefined && !isLonely) continue;
    yield finding({
      code: 'SG-13',
      severity: 2,
      subject,
      acts: [act],
      secondLine: isSecondLine(view, stride),
      detail:
        unsigned === undefined
          ? `nobody but ${nameOf(registry, act.actor)} saw it destroyed`
          : `${nameOf(registry, unsigned.actor)} did not sign the ${unsigned.step}`,
    });
  }
}

/** True while a witness may still come, or if another party recorded at the same place that it was there. */
function isWitnessed(view: SubjectView, { act }: Stride): boolean {
  const { handoverMs, orderToleranceMs } = policyFor(view, act);
  if (view.asOfMs <= act.timeMs + handoverMs) return true;
  return view.timeline.strides.some(({ act: other }) =>
    isWitness(view, act, other, handoverMs, orderToleranceMs),
  );
}

function isWitness(view: SubjectView, act: Act, other: Act, waitMs: number, toleranceMs: number): boolean {
  return (
    other.actor !== act.actor &&
    WITNESSED.has(other.step) &&
    other.place === act.place &&
    other.scan?.session === undefined &&
    view.registry.party(other.actor) !== undefined &&
    other.timeMs >= act.timeMs - toleranceMs &&
    other.timeMs <= act.timeMs + waitMs
  );
}

/**
 * SG-13 of cases: one that was closed over a suspicion on the word of a single party.
 * The level is what the closing statement says it is, so that every prefix of the log gives one answer.
 * @param asOfMs - greatest record time of the prefix: until the time policy grants has passed, the other party may still speak.
 * @param of - only what this entry is the first proof of; by default everything.
 */
export function* clearances(registry: Registry, asOfMs: number, of?: number): Iterable<Finding> {
  assertRegistry(registry);
  if (of !== undefined) assertInteger('of', of);
  assertInteger('asOfMs', asOfMs, 0, TIME_MAX_MS);
  for (const facts of registry.cases()) {
    const newest = facts.at(-1);
    if (newest?.payload.state !== 'closed') continue;
    const { findings, severity = SUSPECT } = newest.payload;
    if (findings.length === 0 || severity < SUSPECT) continue;
    const closers = facts.filter(({ payload }) => payload.state === 'closed');
    // A finding names the newest.
    const first = closers.at(-PROOF_MAX) ?? closers[0]!;
    if (of !== undefined && first.entry !== of) continue;
    if (new Set(closers.map(({ issuer }) => issuer)).size > 1) continue;
    if (asOfMs <= newest.recordTimeMs + registry.policyAt(newest.entry).handoverMs) continue;
    yield finding({
      code: 'SG-13',
      severity: 2,
      subject: { type: 'case', id: newest.payload.id },
      acts: [],
      facts: closers.map(({ entry }) => entry),
      detail: `only ${nameOf(registry, newest.issuer)} closed the case`,
    });
  }
}
