// Browser-safe.
/**
 * CU rules: who held the goods, and who only says so.
 *
 * Reads  view.ts, custody/ (completed timelines).   Used by  judge.ts.
 * Source `findings.md` CU-01, CU-05, CU-06; design section 6 "Honest gaps".
 * Never  accuses where at most m missing steps explain the gap: then CU-06 names them at L1.
 * @module
 */
import type { MissingStep, Stride } from '../custody/index.ts';
import type { Registry } from '../registry/index.ts';
import { finding, type Finding } from './finding.ts';
import { isSecondLine, nameOf, previousOf, type SubjectView } from './view.ts';

/** All CU rules of a unit or container. */
export function* custody(view: SubjectView): Iterable<Finding> {
  for (const stride of view.timeline.strides) {
    if (stride.duplicateOf !== undefined) continue;
    if (stride.missing.length > 0) yield custodyGap(view, stride);
    else if (stride.broken === 'not-custodian') yield accusation(view, stride, 'CU-01');
    else if (stride.broken === 'receiver-mismatch') yield accusation(view, stride, 'CU-05');
  }
}

function custodyGap(view: SubjectView, stride: Stride): Finding {
  const missing = stride.missing.map((step) => describe(view.registry, step)).join('; ');
  const previous = previousOf(view, stride);
  return finding({
    code: 'CU-06',
    severity: 1,
    subject: view.subject,
    acts: previous === undefined ? [stride.act] : [previous.act, stride.act],
    secondLine: isSecondLine(view, stride),
    detail: `not recorded: ${missing}`,
  });
}

function accusation(view: SubjectView, stride: Stride, code: 'CU-01' | 'CU-05'): Finding {
  const previous = previousOf(view, stride);
  const { custody: before } = stride.before;
  const holder =
    before.at === 'held' || before.at === 'released'
      ? `with ${nameOf(view.registry, before.by)}`
      : before.at === 'transit'
        ? `on the way to ${before.to === undefined ? 'nobody named' : nameOf(view.registry, before.to)}`
        : before.at === 'inside'
          ? `inside ${before.container}`
          : 'nowhere';
  return finding({
    code,
    severity: 3,
    subject: view.subject,
    acts: previous === undefined ? [stride.act] : [previous.act, stride.act],
    secondLine: isSecondLine(view, stride),
    detail: `${nameOf(view.registry, stride.act.actor)}, step ${stride.act.step}, while the goods were ${holder}`,
  });
}

function describe(registry: Registry, missing: MissingStep): string {
  const to = missing.to === undefined ? '' : ` to ${nameOf(registry, missing.to)}`;
  return `${missing.step} by ${nameOf(registry, missing.actor)}${to}`;
}
