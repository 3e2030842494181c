// Browser-safe.
/**
 * LC rules of who uses goods on a patient: is the doctor qualified, and do maker and clinic know each other?
 *
 * Reads  view.ts, registry/.   Used by  judge.ts.
 * Source `findings.md` LC-04, LC-06, LC-07; the classes asked for are the product's, else policy's.
 * Rule   a doctor is judged where the event names one; that nobody is named is a missing word, not a missing licence.
 * Never  holds a name: practitioners are licence numbers.
 * @module
 */
import type { Stride } from '../custody/index.ts';
import {
  CERTIFICATION,
  DOCTOR_CERTIFICATION,
  type LicenceAnswer,
  type LicenceScope,
} from '../registry/index.ts';
import type { ProductPayload } from '../statement/kinds.ts';
import { finding, NO_FINDINGS, type Finding } from './finding.ts';
import { isSecondLine, nameOf, policyFor, type SubjectView } from './view.ts';

/** LC-06 and LC-07 of a unit, and LC-04 of who injects it. */
export function practitioners(view: SubjectView): readonly Finding[] {
  const { product, registry } = view;
  if (product === undefined) return NO_FINDINGS;
  let found: Finding[] | undefined;
  for (const stride of view.timeline.strides) {
    const { step, timeMs } = stride.act;
    if (stride.duplicateOf !== undefined || (step !== 'administer' && step !== 'receive')) continue;
    const facts = registry.productAt(product, timeMs)?.payload;
    if (facts === undefined) continue;
    const doctor = step === 'administer' ? stride.act.more?.practitioner : undefined;
    const lacking = doctor === undefined ? undefined : unqualified(view, stride, facts, doctor);
    if (lacking !== undefined) (found ??= []).push(lacking);
    const unknown = facts.certified === true ? uncertified(view, stride, facts) : undefined;
    if (unknown !== undefined) (found ??= []).push(unknown);
  }
  return found ?? NO_FINDINGS;
}

/** LC-06: lacks a class the product, or else policy, asks for, or is not registered at this place; LC-04 where only scope is lacking. */
function unqualified(
  view: SubjectView,
  stride: Stride,
  facts: ProductPayload,
  doctor: string,
): Finding | undefined {
  const { act } = stride;
  const { registry } = view;
  for (const type of facts.usedBy ?? policyFor(view, act).practitionerLicences) {
    const answer = bestFor(view, stride, facts, doctor, type);
    if (answer.status === 'valid') continue;
    // A class that the clinic itself may hold is asked of it too.
    if (registry.licencesOf(doctor, type).length === 0) {
      if (bestFor(view, stride, facts, act.actor, type).status === 'valid') continue;
    }
    const { status, fact } = answer;
    return finding({
      code: status === 'scope' ? 'LC-04' : 'LC-06',
      severity: 3,
      subject: view.subject,
      acts: [act],
      facts: [fact?.entry, ...(fact?.endings.map(({ entry }) => entry) ?? [])],
      secondLine: isSecondLine(view, stride),
      detail: `${doctor}, ${type}: ${status === 'site' ? 'for another place' : status}`,
    });
  }
  return undefined;
}

/** The answer that covers least, of the procedure the product needs and the one reported. */
function bestFor(
  { registry }: SubjectView,
  { act }: Stride,
  facts: ProductPayload,
  holder: string,
  type: string,
): LicenceAnswer {
  const scope: LicenceScope = {
    timeMs: act.timeMs,
    product: facts.id,
    place: act.place,
    department: act.more?.department,
    productClass: facts.productClass,
    procedure: act.more?.procedure ?? facts.procedure,
  };
  const answer = registry.licence(holder, type, scope);
  if (answer.status !== 'valid' || facts.procedure === scope.procedure) return answer;
  return registry.licence(holder, type, { ...scope, procedure: facts.procedure });
}

/** LC-07: the clinic that takes or uses it, or who injects it, is not certified by its maker. */
function uncertified(view: SubjectView, stride: Stride, facts: ProductPayload): Finding | undefined {
  const { act } = stride;
  const { registry } = view;
  if (!registry.hasRole(act.actor, 'clinic', act.ref.entry)) return undefined;
  const scope = { timeMs: act.timeMs, product: facts.id, place: act.place };
  const doctor = act.step === 'administer' ? act.more?.practitioner : undefined;
  const asked = [
    [act.actor, CERTIFICATION],
    [doctor, DOCTOR_CERTIFICATION],
  ] as const;
  for (const [holder, type] of asked) {
    if (holder === undefined) continue;
    const { status, fact } = registry.licence(holder, type, scope);
    if (status === 'valid') continue;
    return finding({
      code: 'LC-07',
      severity: 2,
      subject: view.subject,
      acts: [act],
      facts: [fact?.entry, ...(fact?.endings.map(({ entry }) => entry) ?? [])],
      secondLine: isSecondLine(view, stride),
      detail: `${nameOf(registry, holder)}, ${type}: ${status === 'site' ? 'for another place' : status}`,
    });
  }
  return undefined;
}
