// Browser-safe.
/**
 * LC rules: were the parties licensed for what they did, and was the licence signed by somebody trusted?
 *
 * Reads  view.ts, goods.ts, registry/.   Used by  judge.ts.
 * Source `findings.md` LC-01 … LC-05, LC-08, LC-10, LC-11, LC-13; practitioners.ts holds LC-06 and LC-07. Which licences a role
 *        needs is policy.
 * Never  looks at when a licence was recorded, LC-13 apart: it is judged at the event's time.
 * @module
 */
import { assertInteger, TIME_MAX_MS } from '../bytes/index.ts';
import { tierOf, type Stride } from '../custody/index.ts';
import { assertRegistry, licenceClass } from '../registry/index.ts';
import type { LicenceAnswer, LicenceFact, Registry } from '../registry/index.ts';
import type { FindingCode } from './codes.ts';
import { finding, NO_FINDINGS, type Finding } from './finding.ts';
import { giverOf, isGoingBack, productsAt } from './goods.ts';
import { caseStates } from './operations.ts';
import { clearances } from './two-party.ts';
import { isSecondLine, nameOf, policyFor, type SubjectView } from './view.ts';

const CODE_OF: Readonly<Record<Exclude<LicenceAnswer['status'], 'valid'>, FindingCode>> = {
  missing: 'LC-01',
  expired: 'LC-02',
  revoked: 'LC-03',
  suspended: 'LC-03',
  scope: 'LC-04',
  site: 'LC-05',
};

/** LC-01 … LC-05, LC-11 and LC-13 of a unit or container. */
export function licences(view: SubjectView): readonly Finding[] {
  let found: Finding[] | undefined;
  for (const stride of view.timeline.strides) {
    if (stride.duplicateOf !== undefined) continue;
    const { act, admission } = stride;
    if (!admission.ok) {
      if (admission.reason === 'licence')
        (found ??= []).push(...unlicensed(view, stride, admission.type, admission.answer));
    } else if (admission.late !== undefined) (found ??= []).push(backdated(view, stride, admission.late));
    if (act.step !== 'ship' && !isFromUnrecorded(stride)) continue;
    const sold = unlicensedSupplier(view, stride);
    if (sold !== undefined) (found ??= []).push(sold);
  }
  return found ?? NO_FINDINGS;
}

function* unlicensed(
  view: SubjectView,
  stride: Stride,
  type: string,
  { status, fact }: LicenceAnswer,
): Iterable<Finding> {
  if (status === 'valid') return;
  const { act } = stride;
  const ending = fact === undefined ? undefined : endingAt(fact, act.timeMs);
  const said = { subject: view.subject, acts: [act], secondLine: isSecondLine(view, stride) };
  yield finding({
    ...said,
    code: CODE_OF[status],
    severity: 3,
    facts: [fact?.entry, ending?.entry],
    detail: `${nameOf(view.registry, act.actor)} needs ${type} to ${act.step}`,
  });
  if (ending === undefined || ending.entry < act.ref.entry || ending.recordTimeMs <= act.timeMs) return;
  yield finding({
    ...said,
    code: 'LC-13',
    severity: 2,
    facts: [fact?.entry, ending.entry],
    detail: `end of ${nameOf(view.registry, act.actor)}'s ${nameOfType(type)}`,
  });
}

/** The revocation or suspension in effect at a time that was recorded first. */
function endingAt(fact: LicenceFact, timeMs: number): LicenceFact['endings'][number] | undefined {
  return fact.endings.find(({ fromMs, untilMs }) => fromMs <= timeMs && timeMs < untilMs);
}

/** LC-13: only licences recorded after the event, and dated before it, admit who did it. */
function backdated(view: SubjectView, stride: Stride, late: readonly LicenceFact[]): Finding {
  const { act } = stride;
  return finding({
    code: 'LC-13',
    severity: 2,
    subject: view.subject,
    acts: [act],
    facts: late.map(({ entry }) => entry),
    secondLine: isSecondLine(view, stride),
    detail: `${nameOf(view.registry, act.actor)}'s ${nameOfType(late[0]!.type)}`,
  });
}

/**
 * LC-11: who sold the goods may not trade them. Asked where they are sent; of a receipt only where nobody recorded the sending.
 * Makers sell their own; what goes back up is no sale.
 */
function unlicensedSupplier(view: SubjectView, stride: Stride): Finding | undefined {
  const { act } = stride;
  const { registry } = view;
  const seller = act.step === 'ship' ? act.actor : giverOf(stride);
  const tier = seller === undefined ? 0 : tierOf(registry, seller);
  // Who may not ship by its role is SG-09's matter.
  if (seller === undefined || tier === 0 || (act.step === 'ship' && tier !== 1)) return undefined;
  const { supplierLicences, laneMs } = policyFor(view, act);
  for (const type of supplierLicences) {
    for (const product of productsAt(view, act)) {
      const { status, fact } = registry.licence(seller, type, { timeMs: act.timeMs, product });
      if (status === 'valid' || isGoingBack(view, stride)) continue;
      // A receipt does not say when the goods were sent.
      const sentMs = act.timeMs - laneMs;
      const was = act.step === 'receive' && registry.licence(seller, type, { timeMs: sentMs, product });
      if (was !== false && (was.status === 'valid' || hasSent(view, seller, act.timeMs))) continue;
      return finding({
        code: 'LC-11',
        severity: 3,
        subject: view.subject,
        acts: [act],
        facts: [fact?.entry],
        secondLine: isSecondLine(view, stride),
        detail: `${nameOf(registry, seller)} needs ${type} to sell (${status})`,
      });
    }
  }
  return undefined;
}

/** True for a receipt of goods whose sending nobody recorded as it must have been. */
function isFromUnrecorded({ act, missing, broken }: Stride): boolean {
  return act.step === 'receive' && (missing.length > 0 || broken !== undefined);
}

/** True if the seller recorded a shipment by then: it is judged there. */
function hasSent({ timeline }: SubjectView, seller: string, untilMs: number): boolean {
  return timeline.strides.some(
    ({ act }) => act.step === 'ship' && act.actor === seller && act.timeMs <= untilMs,
  );
}

/** A licence type in words, where this library has any. */
function nameOfType(type: string): string {
  return licenceClass(type)?.name ?? type;
}

/**
 * SG-06, SG-08, SG-09, LC-08 of registry statements that had no effect, LC-10 of licences that end soon, SG-13 and OP-06 of cases.
 * @param asOfMs - greatest record time of the prefix, from which soon is counted.
 * @param of - only what this entry is the first proof of; by default everything.
 */
export function* registryFindings(registry: Registry, asOfMs = 0, of?: number): Iterable<Finding> {
  assertRegistry(registry);
  assertInteger('asOfMs', asOfMs, 0, TIME_MAX_MS);
  if (of !== undefined) assertInteger('of', of);
  for (const { entry, kind, issuer, subject, code } of registry.ineffective) {
    if (of !== undefined && entry !== of) continue;
    yield finding({
      code,
      severity: code === 'SG-06' ? 4 : 3,
      subject:
        kind === 'licence' ? { type: 'licence', id: subject } : { type: 'statement', id: String(entry) },
      acts: [],
      facts: [entry],
      detail: `${kind} statement by ${nameOf(registry, issuer)}`,
    });
  }
  yield* expiring(registry, asOfMs, of);
  yield* clearances(registry, asOfMs, of);
  yield* caseStates(registry, of);
}

/** LC-10: a licence in force ends within the time policy sets, and no other of its holder and type outlasts it. */
function* expiring(registry: Registry, asOfMs: number, of: number | undefined): Iterable<Finding> {
  const { licenceExpiringMs } = registry.policyAt(Infinity);
  const untilMs = asOfMs + licenceExpiringMs;
  for (const fact of registry.licences()) {
    if (of !== undefined && fact.entry !== of) continue;
    const { id, type, holder, validFromMs, validToMs, supersededMs } = fact;
    if (validToMs <= asOfMs || validToMs > untilMs || validFromMs > asOfMs) continue;
    if (supersededMs < validToMs || endingAt(fact, asOfMs) !== undefined) continue;
    const outlasts = registry.licencesOf(holder, type).some((other) => other.validToMs > validToMs);
    if (outlasts) continue;
    yield finding({
      code: 'LC-10',
      severity: 0,
      subject: { type: 'licence', id },
      acts: [],
      facts: [fact.entry],
      detail: `${nameOfType(type)} of ${nameOf(registry, holder)} ends ${fact.payload.validTo.slice(0, 10)}`,
    });
  }
}
