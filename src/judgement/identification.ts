// Browser-safe.
/**
 * ID rules: is there such a code, product, lot and serial number, and is it registered as it is presented?
 *
 * Reads  view.ts, faults.ts, capture-errors.ts, gs1/ (presented codes).   Used by  judge.ts.
 * Source `findings.md` ID-01 … ID-09, ID-11, ID-12, ID-14, ID-15.
 * Never  accuses a unit whose commissioning is merely late: the last word is spoken on the whole prefix.
 * @module
 */
import { assertRegistry, type Registry } from '../registry/index.ts';
import type { Act, Stride } from '../custody/index.ts';
import { lotId, parseCode, parseId } from '../gs1/index.ts';
import type { Policy } from '../statement/index.ts';
import { restorationOf } from './capture-errors.ts';
import { mismatch, partnerOf, presentedBy, unidentified, type Unidentified } from './faults.ts';
import { finding, type Finding, type FindingDraft, type FindingSubject } from './finding.ts';
import { isSecondLine, policyFor, type SubjectView } from './view.ts';

/** ID-03, ID-04, ID-05, ID-09, ID-11, ID-12 of a unit. */
export function* identification(view: SubjectView): Iterable<Finding> {
  const { timeline, subject } = view;
  for (const act of timeline.recommissions) {
    yield finding({ code: 'ID-12', severity: 4, subject, acts: [timeline.commission!, act] });
  }
  const faults = new Map<Unidentified, Stride[]>();
  for (const [stride, code] of unidentified(view)) faults.set(code, [...(faults.get(code) ?? []), stride]);
  for (const [code, strides] of faults) {
    if (code === 'ID-11') yield* notActivated(view, strides);
    else yield* unknown(view, code, strides);
  }
}

/** One finding for the events that nothing explains, one for those that were meant for another unit. */
function* unknown(
  view: SubjectView,
  code: Exclude<Unidentified, 'ID-11'>,
  strides: readonly Stride[],
): Iterable<Finding> {
  const { subject } = view;
  const isExplained = (stride: Stride): boolean =>
    code !== 'ID-09' && restorationOf(view, stride) !== undefined;
  const accused = strides.filter((stride) => !isExplained(stride));
  const explained = strides.filter(isExplained);
  if (accused.length > 0) {
    const acts = accused.map(({ act }) => act);
    yield finding({
      code,
      severity: code === 'ID-03' ? 2 : 3,
      subject,
      acts,
      cause: causeOf(view, code, accused),
    });
  }
  if (explained.length > 0) {
    const acts = explained.map(({ act }) => act);
    yield finding({ code, severity: 1, subject, acts, explainedBy: 'ID-10' });
  }
}

/** What may never have been uploaded, so that many units fail for one cause: product, presented lot, or all its maker handled. */
function causeOf(view: SubjectView, code: Unidentified, strides: readonly Stride[]): string | undefined {
  const { product, registry } = view;
  if (code === 'ID-09') return undefined;
  if (code === 'ID-03' || product === undefined) return product;
  const presented = strides
    .map((stride) => presentedBy(view, stride))
    .find((one) => one?.gtin !== undefined && one.lot !== undefined);
  if (presented !== undefined) return lotId(presented.gtin!, presented.lot!);
  // A product whose own manufacturer handled what it never registered: others' word is no cause.
  const maker = registry.manufacturerOf(product);
  return strides.some(({ act }) => act.actor === maker) ? product : undefined;
}

/** ID-11: a plant may handle its own labels before it activates them. */
function* notActivated(view: SubjectView, strides: readonly Stride[]): Iterable<Finding> {
  const { subject } = view;
  const atPlant = strides.filter((stride) => isAtPlant(view, stride));
  const elsewhere = strides.filter((stride) => !atPlant.includes(stride));
  if (elsewhere.length > 0) {
    const acts = elsewhere.map(({ act }) => act);
    yield finding({ code: 'ID-11', severity: 3, subject, acts, cause: causeOf(view, 'ID-11', elsewhere) });
  }
  if (atPlant.length > 0) {
    const acts = atPlant.map(({ act }) => act);
    yield finding({ code: 'ID-11', severity: 1, subject, acts, cause: causeOf(view, 'ID-11', atPlant) });
  }
}

function isAtPlant({ registry, product }: SubjectView, { act }: Stride): boolean {
  const manufacturer = product === undefined ? undefined : registry.manufacturerOf(product);
  const party = act.place === undefined ? act.actor : (registry.site(act.place)?.party ?? act.actor);
  return manufacturer !== undefined && party === manufacturer;
}

/** ID-06, ID-07, ID-08: the presented lot and expiry date against those of the commissioning. */
export function* mismatches(view: SubjectView): Iterable<Finding> {
  const { subject } = view;
  for (const stride of view.timeline.strides) {
    if (stride.duplicateOf !== undefined) continue;
    const code = mismatch(view, stride);
    if (code === undefined) continue;
    const secondLine = isSecondLine(view, stride);
    const base = { code, subject, acts: [stride.act, view.timeline.commission!], secondLine };
    const isExplained = restorationOf(view, stride) !== undefined;
    yield finding(isExplained ? { ...base, severity: 1, explainedBy: 'ID-10' } : { ...base, severity: 3 });
  }
}

/** ID-14: the manufacturer signed two codes of one scheme for this unit, each time as its only one. */
export function* aliasConflicts(view: SubjectView): Iterable<Finding> {
  const { subject, timeline } = view;
  const firsts = new Map<string, { readonly partner: string; readonly act: Act }>();
  for (const stride of timeline.strides) {
    const { act } = stride;
    const partner = stride.duplicateOf === undefined ? partnerOf(view, stride) : undefined;
    if (partner === undefined) continue;
    const scheme = schemeOf(partner);
    const first = firsts.get(scheme);
    if (first === undefined) firsts.set(scheme, { partner, act });
    else if (first.partner !== partner) {
      const detail = `${first.partner} and ${partner}`;
      yield finding({ code: 'ID-14', severity: 4, subject, acts: [first.act, act], detail });
    }
  }
}

/** A unit has at most one code of a scheme; of schemes nobody registered, the address before the last part names one. */
function schemeOf(id: string): string {
  return parseId(id)?.scheme ?? id.slice(0, Math.max(id.lastIndexOf('/'), id.lastIndexOf(':')) + 1);
}

/** ID-15: codes typed by hand. */
export function* typedCodes(view: SubjectView): Iterable<Finding> {
  const { subject } = view;
  for (const stride of view.timeline.strides) {
    if (stride.duplicateOf !== undefined) continue;
    const found = typedCode(subject, stride.act, policyFor(view, stride.act));
    if (found !== undefined) yield finding({ ...found, secondLine: isSecondLine(view, stride) });
  }
}

function typedCode(subject: FindingSubject, act: Act, { manualEntry }: Policy): FindingDraft | undefined {
  if (act.scan?.manual !== true || manualEntry === 'allowed') return undefined;
  return { code: 'ID-15', severity: manualEntry === 'notice' ? 1 : 0, subject, acts: [act] };
}

/** ID-01, ID-02 and ID-15 of a recorded code that names no unit. */
export function* codeIdentification(
  subject: FindingSubject,
  acts: readonly Act[],
  registry: Registry,
): Iterable<Finding> {
  assertRegistry(registry);
  for (const act of acts) {
    if (act.scan?.presented === undefined) continue;
    const parsed = parseCode(act.scan.presented);
    if (!parsed.ok) yield finding({ code: parsed.finding, severity: 1, subject, acts: [act] });
    const typed = typedCode(subject, act, registry.policyAt(act.ref.entry));
    if (typed !== undefined) yield finding(typed);
  }
}
