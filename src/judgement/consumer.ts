// Browser-safe.
/**
 * CS rules: how often consumers checked a unit, and when first.
 *
 * Reads  view.ts.   Used by  judge.ts.
 * Source `findings.md` CS-01, CS-02; thresholds are policy.
 * Never  knows who checked: a session is a random id.
 * @module
 */
import type { Stride } from '../custody/index.ts';
import type { Severity } from './codes.ts';
import { finding, type Finding } from './finding.ts';
import { isSecondLine, policyFor, type SubjectView } from './view.ts';

/** CS-01 for the first session, CS-02 for all further ones together. */
export function* consumerChecks(view: SubjectView): Iterable<Finding> {
  const sessions = new Map<string, Stride>();
  for (const stride of view.timeline.strides) {
    const session = stride.act.scan?.session;
    if (session !== undefined && !sessions.has(session)) sessions.set(session, stride);
  }
  const [first, ...further] = sessions.values();
  if (first === undefined) return;
  const { subject } = view;
  yield finding({
    code: 'CS-01',
    severity: 0,
    subject,
    acts: [first.act],
    secondLine: isSecondLine(view, first),
  });
  const newest = further.at(-1);
  if (newest === undefined) return;
  const policy = policyFor(view, newest.act);
  const severity: Severity =
    sessions.size >= policy.checksStop ? 2 : sessions.size >= policy.checksNotice ? 1 : 0;
  yield finding({
    code: 'CS-02',
    severity,
    subject,
    acts: [first.act, newest.act],
    secondLine: isSecondLine(view, newest),
    detail: `${sessions.size} sessions`,
  });
}
