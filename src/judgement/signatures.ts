// Browser-safe.
/**
 * SG rules: did the manufacturer sign this code, and may this signer take this step?
 *
 * Reads  view.ts, labels.ts, faults.ts, capture-errors.ts.   Used by  judge.ts.
 * Source `findings.md` SG-01 … SG-04, SG-06, SG-08, SG-09, SG-10; design section 3 "Ed25519: one verdict".
 * Note   a label signature costs one verification for each distinct presented code and state of the registry.
 * @module
 */
import { toBase64url } from '../bytes/index.ts';
import type { Stride } from '../custody/index.ts';
import { parseId, type PresentedCode } from '../gs1/index.ts';
import { restorationOf } from './capture-errors.ts';
import { presentedBy } from './faults.ts';
import { finding, NO_FINDINGS, type Finding, type FindingDraft } from './finding.ts';
import { labelOf } from './labels.ts';
import { isSecondLine, nameOf, type SubjectView } from './view.ts';

/** SG-02 and SG-03: the signatures on recorded codes; SG-01: none where the product's codes have one. */
export function* labelSignatures(view: SubjectView): Iterable<Finding> {
  const { subject, timeline, registry } = view;
  for (const stride of timeline.strides) {
    const { act } = stride;
    const presented = act.scan?.presented;
    if (presented === undefined || stride.duplicateOf !== undefined) continue;
    const { verdict } = labelOf(registry, presented);
    const secondLine = timeline.commission !== undefined && isSecondLine(view, stride);
    const base = { subject, acts: [act], secondLine };
    if (verdict === 'key-unknown') yield finding({ ...base, code: 'SG-03', severity: 3 });
    else if (verdict === 'invalid') yield invalidSignature(view, stride, base);
    if (verdict !== 'key-unknown' && lacksSignature(view, stride)) {
      yield finding({ ...base, code: 'SG-01', severity: 2 });
    }
  }
}

/**
 * SG-02: what a machine decoded is in evidence as it was printed, and no error of reading makes another signature of it; who typed
 * the code, or does not say how it was read, may have changed it.
 */
function invalidSignature(
  view: SubjectView,
  stride: Stride,
  base: Pick<FindingDraft, 'subject' | 'acts' | 'secondLine'>,
): Finding {
  if (restorationOf(view, stride) !== undefined) {
    return finding({ ...base, code: 'SG-02', severity: 1, explainedBy: 'ID-10' });
  }
  const isProof = stride.act.scan?.machine === true && isWhole(presentedBy(view, stride));
  return finding({ ...base, code: 'SG-02', severity: isProof ? 4 : 3 });
}

/** True for a signature in all its length that no keyboard folded to one case on its way. */
function isWhole(code: PresentedCode | undefined): boolean {
  if (code?.signature?.length !== 64) return false;
  const text = toBase64url(code.signature);
  return text !== text.toUpperCase() && text !== text.toLowerCase();
}

/**
 * True if the product's codes were signed ones when this one was presented without a whole signature. Trace codes have no room for
 * one.
 */
function lacksSignature(view: SubjectView, stride: Stride): boolean {
  const { registry, subject, product } = view;
  if (product === undefined) return false;
  const code = presentedBy(view, stride);
  if (code?.scheme !== 'gs1' || code.unit !== subject.id || code.signature?.length === 64) return false;
  return registry.product(product, stride.act.ref.entry)?.payload.signedCode === true;
}

/** SG-10: a label whose signature is true, but over another unit than the event names. */
export function* labelTransplants(view: SubjectView): Iterable<Finding> {
  const { subject, timeline, registry } = view;
  for (const stride of timeline.strides) {
    const { act } = stride;
    const presented = act.scan?.presented;
    if (presented === undefined || stride.duplicateOf !== undefined) continue;
    const unit = presentedBy(view, stride)?.unit;
    if (unit === undefined || act.ids.includes(unit) || !isSameScheme(unit, subject.id)) continue;
    if (labelOf(registry, presented).verdict !== 'valid') continue;
    yield finding({
      code: 'SG-10',
      severity: act.scan?.machine === true ? 4 : 3,
      subject,
      acts: [act],
      secondLine: timeline.commission !== undefined && isSecondLine(view, stride),
      detail: `the label is that of ${unit}`,
    });
  }
}

/** Codes of two schemes may be one unit's. */
function isSameScheme(a: string, b: string): boolean {
  return parseId(a)?.scheme === parseId(b)?.scheme;
}

/** SG-04: recorded while the signer's key was distrusted; one finding for each key. */
export function distrustedKeys(view: SubjectView): Iterable<Finding> {
  return view.registry.isDistrusting ? underDistrust(view) : NO_FINDINGS;
}

function* underDistrust(view: SubjectView): Iterable<Finding> {
  for (const { act } of view.timeline.strides) {
    const key = view.registry.key(act.kid);
    if (key === undefined || act.recordTimeMs < key.distrustSinceMs) continue;
    yield finding({ code: 'SG-04', severity: 2, subject: { type: 'key', id: act.kid }, acts: [act] });
  }
}

/** SG-06, SG-08, SG-09: steps by signers whose role, registration or prefix does not allow them. */
export function* actorRoles(view: SubjectView): Iterable<Finding> {
  for (const stride of view.timeline.strides) {
    if (stride.duplicateOf !== undefined || stride.act.ref.entry === view.inHand) continue;
    const found = actorRole(view, stride);
    if (found !== undefined) yield found;
  }
}

function actorRole(view: SubjectView, stride: Stride): Finding | undefined {
  const { act, admission } = stride;
  if (admission.ok && act.step !== 'commission') return undefined;
  const { subject, registry } = view;
  const detail = `${nameOf(registry, act.actor)}, step ${act.step}`;
  const base = { subject, acts: [act], secondLine: true, detail };
  if (!admission.ok && admission.reason === 'unknown')
    return finding({ ...base, code: 'SG-08', severity: 3 });
  if (!admission.ok && admission.reason === 'role') return finding({ ...base, code: 'SG-09', severity: 3 });
  const foreign =
    act.step === 'commission' &&
    view.product !== undefined &&
    registry.manufacturerOf(view.product) !== act.actor;
  return foreign ? finding({ ...base, code: 'SG-06', severity: 4 }) : undefined;
}
