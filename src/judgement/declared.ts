// Browser-safe.
/**
 * RX rules of what was said by those who may say it: suspect, illegitimate, not verified.
 *
 * Reads  view.ts, custody/ (marks).   Used by  judge.ts.
 * Source `findings.md` RX-06, RX-07, RX-11.
 * Rule   a declaration stands until its declarer, the maker or an authority lifts it; whoever may not make one is not heard here.
 * @module
 */
import type { Mark, Stride } from '../custody/index.ts';
import type { FindingCode, Severity } from './codes.ts';
import { finding, type Finding } from './finding.ts';
import { productsAt } from './goods.ts';
import { nameOf, type SubjectView } from './view.ts';

const DECLARED: readonly (readonly [Mark, FindingCode, Severity])[] = [
  ['suspect', 'RX-06', 3],
  ['illegitimate', 'RX-07', 4],
];

/** RX-06, RX-07, RX-11 of any unit or container, registered or not. */
export function* declared(view: SubjectView): Iterable<Finding> {
  const { marks } = view.timeline;
  if (marks.size > 0) {
    for (const [mark, code, severity] of DECLARED) {
      const act = marks.get(mark);
      if (act === undefined) continue;
      const detail = `by ${nameOf(view.registry, act.actor)}`;
      yield finding({ code, severity, subject: view.subject, acts: [act], detail });
    }
  }
  yield* declined(view);
}

/** RX-11: the maker or an authority would not verify it, and has not looked at it again since. */
function* declined(view: SubjectView): Iterable<Finding> {
  const last = new Map<string, Stride>();
  for (const stride of view.timeline.strides) {
    const { act } = stride;
    if (act.step !== 'observe' || (last.size === 0 && act.more?.declined === undefined)) continue;
    if (act.more?.declined === undefined) last.delete(act.actor);
    else if (isResponder(view, stride)) last.set(act.actor, stride);
  }
  for (const { act } of last.values()) {
    yield finding({
      code: 'RX-11',
      severity: 2,
      subject: view.subject,
      acts: [act],
      detail: `${nameOf(view.registry, act.actor)} says ${act.more!.declined}`,
    });
  }
}

function isResponder(view: SubjectView, { act }: Stride): boolean {
  const { registry } = view;
  if (registry.hasRole(act.actor, 'regulator', act.ref.entry)) return true;
  return productsAt(view, act).some((product) => registry.manufacturerOf(product) === act.actor);
}
