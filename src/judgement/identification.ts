// Browser-safe.
/**
 * ID rules: is there such a code, product, lot and serial number?
 *
 * Reads  view.ts, gs1/ (presented codes).   Used by  judge.ts.
 * Source `findings.md` ID-01 … ID-05, ID-12.
 * Never  accuses a unit whose commissioning is merely late: the last word is spoken on the whole prefix.
 * @module
 */
import { isCredible, type Act } from '../custody/index.ts';
import { lotId, parseCode } from '../gs1/index.ts';
import { finding, type Finding, type FindingSubject } from './finding.ts';
import { isSecondLine, type SubjectView } from './view.ts';

/** ID-03, ID-04, ID-05, ID-12 of a unit. */
export function* identification(view: SubjectView): Iterable<Finding> {
  const { timeline, subject, registry } = view;
  for (const act of timeline.recommissions) {
    yield finding({ code: 'ID-12', severity: 4, subject, acts: [timeline.commission!, act] });
  }
  const named = timeline.strides.filter(({ act }) => act.step !== 'commission' && isUnregistered(view, act));
  const unknownProduct = named.filter(
    ({ act }) => view.product === undefined || registry.product(view.product, act.ref.entry) === undefined,
  );
  if (unknownProduct.length > 0) {
    const acts = unknownProduct.map(({ act }) => act);
    yield finding({ code: 'ID-03', severity: 2, subject, acts });
  }
  const known = named.filter((stride) => !unknownProduct.includes(stride));
  if (known.length === 0) return;
  const lot = known.map(({ act }) => presentedLot(act)).find((id) => id !== undefined);
  const code = lot !== undefined && registry.lot(lot) === undefined ? 'ID-04' : 'ID-05';
  yield finding({ code, severity: 3, subject, acts: known.map(({ act }) => act) });
}

/** True for events of a unit never commissioned; a commissioning of incredible time clears nothing recorded before it. */
function isUnregistered({ registry, timeline: { commission } }: SubjectView, act: Act): boolean {
  if (commission === undefined) return true;
  return (
    act.ref.entry < commission.ref.entry && !isCredible(commission, registry.policyAt(commission.ref.entry))
  );
}

/** ID-01 and ID-02 of a recorded code that names no unit. */
export function* codeIdentification(subject: FindingSubject, acts: readonly Act[]): Iterable<Finding> {
  for (const act of acts) {
    if (act.scan?.presented === undefined) continue;
    const parsed = parseCode(act.scan.presented);
    if (!parsed.ok) yield finding({ code: parsed.finding, severity: 1, subject, acts: [act] });
  }
}

/** LG-09: the same event recorded again. */
export function* duplicates(view: SubjectView): Iterable<Finding> {
  const { subject } = view;
  for (const stride of view.timeline.strides) {
    if (stride.duplicateOf === undefined) continue;
    yield finding({
      code: 'LG-09',
      severity: 0,
      subject,
      acts: [stride.act],
      facts: [stride.duplicateOf.entry],
      secondLine: isSecondLine(view, stride),
    });
  }
}

function presentedLot(act: Act): string | undefined {
  if (act.scan?.presented === undefined) return undefined;
  const parsed = parseCode(act.scan.presented);
  if (!parsed.ok || parsed.code.gtin === undefined || parsed.code.lot === undefined) return undefined;
  return lotId(parsed.code.gtin, parsed.code.lot);
}
