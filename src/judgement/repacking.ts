// Browser-safe.
/**
 * QA-11: what repacking makes of what, in doses.
 *
 * Reads  view.ts, registry/ (products).   Used by  judge.ts.
 * Source `findings.md` QA-11; doses per container are the manufacturer's word.
 * Never  weighs what it does not know: quantities by class, and units of unregistered products.
 * @module
 */
import { identityOf } from '../custody/index.ts';
import type { Registry } from '../registry/index.ts';
import { finding, type Finding } from './finding.ts';
import { isSecondLine, nameOf, type SubjectView } from './view.ts';

/** QA-11, on the first unit that went in: what was made holds more doses than what it was made of. */
export function* repacking(view: SubjectView): Iterable<Finding> {
  const { subject, registry } = view;
  for (const stride of view.timeline.strides) {
    const { act } = stride;
    if (act.step !== 'transform' || act.ids[0] !== subject.id || stride.duplicateOf !== undefined) continue;
    const { outputs = [], declared = [] } = act.more ?? {};
    const inputs = act.ids.filter((id) => !outputs.includes(id));
    // Quantities by class, and things of unknown size, cannot be weighed.
    const given = declared.length > 0 ? undefined : dosesOf(registry, inputs);
    const made = dosesOf(registry, outputs);
    if (given === undefined || made === undefined || made <= given) continue;
    yield finding({
      code: 'QA-11',
      severity: 3,
      subject,
      acts: [act],
      secondLine: isSecondLine(view, stride),
      detail: `${made} doses made of ${given} by ${nameOf(registry, act.actor)}`,
    });
  }
}

/** Doses of all these units; undefined if the product of one is not registered. */
function dosesOf(registry: Registry, units: readonly string[]): number | undefined {
  let doses = 0;
  for (const unit of units) {
    const { product } = identityOf(registry, unit);
    const fact = product === undefined ? undefined : registry.product(product);
    if (fact === undefined) return undefined;
    doses += fact.payload.doses ?? 1;
  }
  return doses;
}
