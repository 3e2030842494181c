// Browser-safe.
/**
 * ID-10: a code that fails as presented, and is one slip of a scanner or a hand away from exactly one unit at hand.
 *
 * Reads  view.ts, faults.ts, corruptions.ts, labels.ts, custody/ (who holds what).   Used by  judge.ts, signatures.ts, identification.ts.
 * Source `findings.md` ID-10: the only registered code within reach, in a state that allows the step, at the place of the scan;
 *        where a signature was presented, it is a true one over that code.
 * Never  clears a code that only might be another: two within reach explain nothing.
 * @module
 */
import { assertObject } from '../bytes/index.ts';
import {
  assertActs,
  END_STEPS,
  identityOf,
  moves,
  TRANSITIONS,
  type Act,
  type State,
  type Stride,
  type Timeline,
} from '../custody/index.ts';
import { parseCode, type PresentedCode } from '../gs1/index.ts';
import { marketsOf } from '../registry/index.ts';
import type { FindingCode } from './codes.ts';
import { isOneSlip, repairs } from './corruptions.ts';
import { aliases, faultsOf, sameSerial, unidentified } from './faults.ts';
import { finding, type Finding, type FindingSubject } from './finding.ts';
import { codeVerdict, registeredWith } from './labels.ts';
import { assertJudged, isSecondLine, type SubjectView } from './view.ts';

/** The registered unit a failing code was meant for. */
export interface Restoration {
  readonly unit: string;
  readonly timeline: Timeline;
}

/** A subject and its world, as far as restoring a code needs them. */
type Surroundings = Pick<SubjectView, 'registered' | 'registry' | 'world'>;

/** Different texts of one subject that are tried: somebody who presents more of them is no honest scanner. */
const TEXTS_MAX = 16;
/** Registered codes within reach whose signatures are tried. */
const SIGNATURES_MAX = 8;

/** What a subject's texts may have meant, whoever presented them. */
const memories = new WeakMap<Surroundings, Map<string, readonly Restoration[]>>();

/** ID-10: one finding for each unit that failing codes were meant for. */
export function* captureErrors(view: SubjectView): Iterable<Finding> {
  const errors = new Map<string, { to: Restoration; strides: Stride[]; codes: Set<FindingCode> }>();
  for (const stride of view.timeline.strides) {
    const codes = faultsOf(view, stride);
    const to = codes.length === 0 ? undefined : restorationOf(view, stride);
    if (to === undefined) continue;
    const error = errors.get(to.unit) ?? { to, strides: [], codes: new Set() };
    errors.set(to.unit, error);
    error.strides.push(stride);
    for (const code of codes) error.codes.add(code);
  }
  for (const { to, strides, codes } of errors.values()) {
    const isRegistered = view.timeline.commission !== undefined;
    yield captureError(
      view.subject,
      to,
      strides.map(({ act }) => act),
      [...codes],
      {
        secondLine: isRegistered && isSecondLine(view, ...strides),
      },
    );
  }
}

/** ID-10 of a recorded text that names no unit. */
export function* codeCaptureErrors(
  around: Surroundings,
  subject: FindingSubject,
  acts: readonly Act[],
): Iterable<Finding> {
  for (const act of acts) {
    const presented = act.scan?.presented;
    if (presented === undefined) continue;
    const parsed = parseCode(presented);
    const to = parsed.ok ? undefined : restore(around, presented, presented, act);
    if (to === undefined || parsed.ok) continue;
    yield captureError(subject, to, [act], [parsed.finding], { secondLine: false });
  }
}

function captureError(
  subject: FindingSubject,
  { unit, timeline: { commission } }: Restoration,
  acts: readonly Act[],
  explains: readonly FindingCode[],
  line: { readonly secondLine: boolean },
): Finding {
  const facts = [commission?.ref.entry];
  const detail = `it may have been ${unit}`;
  return finding({ code: 'ID-10', severity: 1, subject, acts, facts, explains, detail, ...line });
}

/** What an event that fails was meant for; undefined where nothing explains it. */
export function restorationOf(view: SubjectView, stride: Stride): Restoration | undefined {
  if (faultsOf(view, stride).length === 0) return undefined;
  const text = textOf(view, stride);
  return restore(view, text, view.subject.id, stride.act);
}

/**
 * Units that the rules may ask for when they judge this one: those its failing codes may have meant, and its serial number under
 * other products, and other names of it. Empty for nearly every unit; a reader of subjects loads these, as far as they exist, before judging.
 */
export function consulted(view: SubjectView): readonly string[] {
  assertJudged(assertObject('view', view).world);
  const units = new Set<string>();
  const texts = new Set<string>();
  for (const stride of view.timeline.strides) {
    if (faultsOf(view, stride).length > 0 && texts.size < TEXTS_MAX) texts.add(textOf(view, stride));
  }
  for (const text of texts) for (const { unit } of repairs(text)) units.add(unit!);
  if ([...unidentified(view).values()].some((code) => code === 'ID-05' || code === 'ID-09')) {
    for (const unit of sameSerial(view)) units.add(unit);
  }
  if (view.timeline.commission === undefined) for (const unit of aliases(view)) units.add(unit);
  units.delete(view.subject.id);
  return [...units];
}

/** The same for a recorded text that names no unit. */
export function consultedByCode(acts: readonly Act[]): readonly string[] {
  const units = new Set<string>();
  for (const act of assertActs(acts)) {
    const presented = act.scan?.presented;
    if (presented === undefined || parseCode(presented).ok) continue;
    for (const { unit } of repairs(presented)) if (unit !== undefined) units.add(unit);
  }
  return [...units];
}

function textOf(view: SubjectView, { act }: Stride): string {
  return act.scan?.presented ?? view.subject.id;
}

function restore(around: Surroundings, text: string, own: string, act: Act): Restoration | undefined {
  let memory = memories.get(around);
  if (memory === undefined) memories.set(around, (memory = new Map()));
  const isRead = act.scan?.machine === true;
  const key = isRead ? `read ${text}` : `taken ${text}`;
  let reached = memory.get(key);
  if (reached === undefined) {
    reached = memory.size >= TEXTS_MAX ? [] : withinReach(around, text, own, isRead);
    memory.set(key, reached);
  }
  const [only] = reached;
  if (only === undefined || reached.length > 1) return undefined;
  return isAtHand(around, only.timeline, act) && !isSpent(around, only, act) ? only : undefined;
}

/** True if the unit was used up by the same party in acts of other ids: then this one was no misread act on it, but one more. */
function isSpent({ registry }: Surroundings, { unit, timeline }: Restoration, act: Act): boolean {
  if (!END_STEPS.has(act.step) || act.actId === undefined) return false;
  const { product } = identityOf(registry, unit);
  const doses =
    product === undefined ? undefined : registry.dosesSince(product, timeline.commission?.timeMs ?? 0);
  let left = (act.step === 'administer' ? (doses ?? 1) : 1) - act.doses;
  const ids = new Set([act.actId]);
  for (const { act: other, duplicateOf } of timeline.strides) {
    const isOther = other.step === act.step && other.actor === act.actor && duplicateOf === undefined;
    if (!isOther || other.actId === undefined || ids.has(other.actId)) continue;
    ids.add(other.actId);
    left -= other.doses;
  }
  return left < 0;
}

/** Registered units whose code is one corruption away, with a true signature where one was presented. */
function withinReach(
  around: Surroundings,
  text: string,
  own: string,
  isRead: boolean,
): readonly Restoration[] {
  const { registered, registry } = around;
  const fitting: { code: PresentedCode; to: Restoration }[] = [];
  const presented = parseCode(text);
  if (presented.ok) {
    const timeline = presented.code.unit === own ? registered.timeline(own) : undefined;
    const code =
      timeline === undefined ? undefined : withOneSlip(around, text, presented.code, timeline, isRead);
    if (code !== undefined) fitting.push({ code, to: { unit: own, timeline: timeline! } });
  }
  const isWanted = (unit: string): boolean => unit !== own && registered.timeline(unit) !== undefined;
  for (const code of repairs(text, isRead, isWanted)) {
    const unit = code.unit!;
    if (fitting.some(({ to }) => to.unit === unit)) continue;
    const timeline = registered.timeline(unit);
    const whole = timeline === undefined ? undefined : asRegistered(around, code, timeline);
    if (whole !== undefined) fitting.push({ code: whole, to: { unit, timeline: timeline! } });
  }
  const signed = fitting.some(({ code }) => code.keyId !== undefined || code.signature !== undefined);
  if (signed && fitting.length > SIGNATURES_MAX) return [];
  return fitting
    .filter(({ code }) => !isSigned(code) || codeVerdict(registry, code) === 'valid')
    .map(({ to }) => to);
}

function isSigned({ keyId, signature }: PresentedCode): boolean {
  return keyId !== undefined || signature !== undefined;
}

/** The code with what it does not name filled in, if what it does name is what the unit was registered with. */
function asRegistered(
  { registry }: Surroundings,
  code: PresentedCode,
  timeline: Timeline,
): PresentedCode | undefined {
  const { lots, expiries } = registeredWith(registry, code.gtin, timeline);
  const lot = code.lot ?? lots[0];
  const expiry = code.expiry ?? expiries[0];
  if (lot !== undefined && lots.length > 0 && !lots.includes(lot)) return undefined;
  if (expiry !== undefined && expiries.length > 0 && !expiries.includes(expiry)) return undefined;
  return { ...code, ...(lot !== undefined && { lot }), ...(expiry !== undefined && { expiry }) };
}

/** The presented unit's own code, where one slip in its lot, or one in its expiry date, is all that is wrong. */
function withOneSlip(
  around: Surroundings,
  text: string,
  code: PresentedCode,
  timeline: Timeline,
  isRead: boolean,
): PresentedCode | undefined {
  const { lots, expiries } = registeredWith(around.registry, code.gtin, timeline);
  const { lot, expiry } = code;
  if (isSignatureCut(text, code)) {
    const { keyId: _keyId, signature: _signature, ...rest } = code;
    return asRegistered(around, rest, timeline);
  }
  const isMeant = (meant: string): boolean =>
    isOneSlip(lot!, meant, isRead) || (text.endsWith(lot!) && meant.startsWith(lot!));
  const meantLot = lot === undefined ? undefined : lots.find(isMeant);
  if (meantLot !== undefined && !lots.includes(lot!)) {
    return asRegistered(around, { ...code, lot: meantLot }, timeline);
  }
  const day = expiry?.slice(2).replaceAll('-', '');
  const meantDay =
    day === undefined
      ? undefined
      : expiries.find((meant) => isOneSlip(day, meant.slice(2).replaceAll('-', ''), isRead));
  if (meantDay === undefined || expiries.includes(expiry!)) return undefined;
  return asRegistered(around, { ...code, expiry: meantDay }, timeline);
}

/** True for a code that ends within its signature, as a reader or a copied link cuts it: nothing whole was presented. */
function isSignatureCut(text: string, { keyId, signature }: PresentedCode): boolean {
  return keyId !== undefined && (signature?.length ?? 0) < SIGNATURE_BYTES && CUT_SIGNATURE.test(text);
}

const SIGNATURE_BYTES = 64;
const CUT_SIGNATURE = /(?:92|\(92\)|[?&]92=)[A-Za-z0-9_-]{0,85}$/;

/** True if the unit was with whoever runs the place of the act (or on its way there), in a state that allows the step. */
function isAtHand(around: Surroundings, timeline: Timeline, act: Act): boolean {
  const { registry } = around;
  const site = act.place === undefined ? undefined : registry.site(act.place);
  const party = site?.party ?? act.actor;
  const stride = lastBefore(timeline, act.timeMs);
  if (stride === undefined || !allows(act, stride.after)) return false;
  const { custody } = stride.after;
  if (act.scan?.session !== undefined) return isNearConsumer(around, stride, act.scan.countries);
  if (custody.at === 'transit') return custody.to === party;
  if (custody.at === 'inside') {
    const { world } = around;
    const emptied = world.containerEmptied(custody.container, stride.act.timeMs, act.timeMs);
    const outer = world.containerCustody(custody.container, act.timeMs);
    if (emptied !== undefined) return emptied.actor === party;
    return (outer?.at === 'held' && outer.by === party) || (outer?.at === 'transit' && outer.to === party);
  }
  if (custody.at !== 'held' || custody.by !== party) return false;
  const last = stride.act.actor === party ? stride.act.place : undefined;
  // The holder's other site is another place.
  return site === undefined || last === undefined || last === act.place || registry.site(last) === undefined;
}

/** A consumer's place is a region: the unit must be with, or have been supplied or used by, a clinic or pharmacy of a country it touches. */
function isNearConsumer(
  { registry }: Surroundings,
  { after }: Stride,
  countries: readonly string[],
): boolean {
  const { custody } = after;
  if (custody.at !== 'held' && custody.at !== 'released') return false;
  const party = registry.party(custody.by)?.payload;
  const isCare = party?.roles.some((role) => role === 'clinic' || role === 'pharmacy') ?? false;
  return isCare && marketsOf(party!).some((market) => countries.includes(market));
}

function lastBefore({ strides }: Timeline, timeMs: number): Stride | undefined {
  let last: Stride | undefined;
  for (const stride of strides) {
    if (stride.act.timeMs > timeMs) break;
    if (stride.line === 'main' && stride.broken === undefined) last = stride;
  }
  return last;
}

function allows({ step }: Act, { life }: State): boolean {
  if (!moves(step)) return life !== 'unborn' && life !== 'gone';
  return TRANSITIONS[step].from.includes(life);
}
