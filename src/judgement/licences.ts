// Browser-safe.
/**
 * LC rules: was the party licensed for what it did, and was the licence signed by somebody trusted?
 *
 * Reads  view.ts, registry/.   Used by  judge.ts.
 * Source `findings.md` LC-01, LC-02, LC-03, LC-08; which licences a role needs is policy.
 * Never  looks at when the licence was recorded: it is judged at the event's time.
 * @module
 */
import { assertRegistry } from '../registry/index.ts';
import type { Registry } from '../registry/index.ts';
import type { FindingCode } from './codes.ts';
import { finding, type Finding } from './finding.ts';
import { isSecondLine, nameOf, type SubjectView } from './view.ts';

/** LC-01, LC-02, LC-03 of a unit or container. */
export function* licences(view: SubjectView): Iterable<Finding> {
  for (const stride of view.timeline.strides) {
    const { act, admission } = stride;
    if (stride.duplicateOf !== undefined || admission.ok || admission.reason !== 'licence') continue;
    const { status, fact } = admission.answer;
    const code: FindingCode = status === 'expired' ? 'LC-02' : status === 'revoked' ? 'LC-03' : 'LC-01';
    yield finding({
      code,
      severity: 3,
      subject: view.subject,
      acts: [act],
      facts: [fact?.entry],
      secondLine: isSecondLine(view, stride),
      detail: `${nameOf(view.registry, act.actor)} needs ${admission.type} to ${act.step}`,
    });
  }
}

/** SG-06, SG-08, SG-09, LC-08 of registry statements that had no effect. */
export function* registryFindings(registry: Registry): Iterable<Finding> {
  assertRegistry(registry);
  for (const { entry, kind, issuer, subject, code } of registry.ineffective) {
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
}
