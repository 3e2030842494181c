// Browser-safe.
/**
 * Faults: with which codes a recorded event fails to name a registered unit as it is registered.
 *
 * Reads  view.ts, labels.ts, gs1/.   Used by  signatures.ts, identification.ts, capture-errors.ts.
 * Source `findings.md` SG-02, ID-03 … ID-09, ID-11.
 * Never  makes findings: whether a fault is explained is decided elsewhere (ID-10).
 * @module
 */
import { isCredible, type Act, type Stride } from '../custody/index.ts';
import { lotId, parseId, sgtin, type PresentedCode } from '../gs1/index.ts';
import type { FindingCode } from './codes.ts';
import { fits, labelOf, registeredWith } from './labels.ts';
import type { SubjectView } from './view.ts';

/** The code a scan presented, taken apart; undefined for events that present none, or none that can be read. */
export function presentedBy(
  { registry }: Pick<SubjectView, 'registry'>,
  { act }: Stride,
): PresentedCode | undefined {
  const presented = act.scan?.presented;
  return presented === undefined ? undefined : labelOf(registry, presented).code;
}

/** Every code with which an event fails that a capture error may explain; empty for a sound one. */
export function faultsOf(view: SubjectView, stride: Stride): readonly FindingCode[] {
  if (stride.duplicateOf !== undefined) return [];
  const presented = stride.act.scan?.presented;
  const faults: FindingCode[] = [];
  if (presented !== undefined && labelOf(view.registry, presented).verdict === 'invalid')
    faults.push('SG-02');
  const unknown = unidentified(view).get(stride) ?? mismatch(view, stride);
  if (unknown !== undefined && unknown !== 'ID-09' && unknown !== 'ID-11') faults.push(unknown);
  return faults;
}

/** Why a unit cannot be identified. */
export type Unidentified = 'ID-03' | 'ID-04' | 'ID-05' | 'ID-09' | 'ID-11';

const remembered = new WeakMap<SubjectView, ReadonlyMap<Stride, Unidentified>>();

/** Events of a unit that was never registered, each with the one code that says why. */
export function unidentified(view: SubjectView): ReadonlyMap<Stride, Unidentified> {
  const known = remembered.get(view);
  if (known !== undefined) return known;
  const { timeline, registry, product } = view;
  const faults = new Map<Stride, Unidentified>();
  const ofProduct: Stride[] = [];
  const named = isRegisteredAlias(view) ? [] : timeline.strides;
  for (const stride of named) {
    if (stride.act.step === 'commission' || !isUnregistered(view, stride.act)) continue;
    if (partnerOf(view, stride) !== undefined) continue;
    const isKnown = product !== undefined && registry.product(product, stride.act.ref.entry) !== undefined;
    if (isKnown) ofProduct.push(stride);
    else faults.set(stride, 'ID-03');
  }
  if (ofProduct.length > 0) {
    const code = unknownSerial(view, ofProduct);
    for (const stride of ofProduct) faults.set(stride, code);
  }
  remembered.set(view, faults);
  return faults;
}

/** What else the manufacturer says this unit is called, by the alias this event signs; undefined for other events. */
export function partnerOf({ registry, subject, product }: SubjectView, { act }: Stride): string | undefined {
  if (act.more?.alias === undefined || act.ids.length !== 2 || product === undefined) return undefined;
  if (act.actor !== registry.manufacturerOf(product)) return undefined;
  return act.ids.find((id) => id !== subject.id);
}

/** Other names the manufacturer signed for this unit. */
export function aliases(view: SubjectView): readonly string[] {
  const names = new Set<string>();
  for (const stride of view.timeline.strides) {
    const name = stride.act.more?.alias === undefined ? undefined : partnerOf(view, stride);
    if (name !== undefined) names.add(name);
  }
  return [...names];
}

/** True for another name of a unit that was commissioned. */
function isRegisteredAlias(view: SubjectView): boolean {
  if (view.timeline.commission !== undefined) return false;
  return aliases(view).some((name) => view.registered.timeline(name) !== undefined);
}

/** True for events of a unit never commissioned; a commissioning of incredible time clears nothing recorded before it. */
function isUnregistered({ registry, timeline: { commission } }: SubjectView, act: Act): boolean {
  if (commission === undefined) return true;
  return (
    act.ref.entry < commission.ref.entry && !isCredible(commission, registry.policyAt(commission.ref.entry))
  );
}

function unknownSerial(view: SubjectView, strides: readonly Stride[]): Unidentified {
  const { registry, registered, timeline } = view;
  const codes = strides.map((stride) => presentedBy(view, stride)).filter((code) => code !== undefined);
  const lot = codes.find((code) => code.gtin !== undefined && code.lot !== undefined);
  if (lot !== undefined && registry.lot(lotId(lot.gtin!, lot.lot!)) === undefined) return 'ID-04';
  const isIssued = strides.some((stride) => isOwnLabel(view, stride));
  if (isIssued) return 'ID-11';
  const isElsewhere =
    timeline.commission === undefined &&
    sameSerial(view).some((unit) => registered.timeline(unit) !== undefined);
  return isElsewhere ? 'ID-09' : 'ID-05';
}

/** True if an event presents a code of the subject with a true signature. */
function isOwnLabel({ registry, subject }: SubjectView, { act }: Stride): boolean {
  if (act.scan?.presented === undefined) return false;
  const { code, verdict } = labelOf(registry, act.scan.presented);
  return code?.unit === subject.id && verdict === 'valid';
}

/** Most products of one manufacturer in which a serial number is looked for. */
const PRODUCTS_MAX = 64;

/** The same serial number under the manufacturer's other products. */
export function sameSerial({ registry, subject, product }: SubjectView): readonly string[] {
  const { serial } = parseId(subject.id) ?? {};
  const manufacturer = product === undefined ? undefined : registry.manufacturerOf(product);
  if (serial === undefined || manufacturer === undefined) return [];
  const units: string[] = [];
  for (const other of registry.productsOf(manufacturer)) {
    if (units.length >= PRODUCTS_MAX) break;
    if (other !== product) units.push(sgtin(other.slice(other.lastIndexOf('/') + 1), serial));
  }
  return units;
}

/** ID-06, ID-07 or ID-08: what a presented code says of lot and expiry is not what the unit was registered with. */
export function mismatch(view: SubjectView, stride: Stride): 'ID-06' | 'ID-07' | 'ID-08' | undefined {
  const code = presentedBy(view, stride);
  if (code === undefined || code.unit !== view.subject.id || view.timeline.commission === undefined) {
    return undefined;
  }
  const { lots, expiries } = registeredWith(view.registry, code.gtin, view.timeline);
  const isOfDay = fits(code.expiry, expiries);
  if (!fits(code.lot, lots)) return isOfDay ? 'ID-06' : 'ID-08';
  return isOfDay ? undefined : 'ID-07';
}
