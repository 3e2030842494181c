// Browser-safe.
/**
 * ST rules of use: doses drawn, how long an opened container may serve, where the empty one went, and whether it was filled again.
 *
 * Reads  view.ts, custody/ (timelines).   Used by  judge.ts, states.ts (what a refill explains).
 * Source `findings.md` ST-08 … ST-11; product facts `doses` and `inUseMs`; waits are policy.
 * Never  calls a late scan a refill: where a step was missing and its own party records it afterwards, no L4 speaks.
 * @module
 */
import type { Act, Step, Stride } from '../custody/index.ts';
import type { Severity } from './codes.ts';
import { BROKEN } from './features.ts';
import { finding, NO_FINDINGS, type Finding } from './finding.ts';
import { byLine, isSecondLine, policyFor, type SubjectView } from './view.ts';

/** ST-08, ST-09, ST-10 and ST-11 of a unit. */
export function use(view: SubjectView): readonly Finding[] {
  const overdrawn = doseOverdraw(view);
  const late = inUseWindow(view);
  const kept = containerNotRetired(view);
  const isRefilled = (view.features.signs & BROKEN) !== 0;
  if (overdrawn === undefined && late.length === 0 && kept === undefined && !isRefilled) return NO_FINDINGS;
  const found = overdrawn === undefined ? [...late] : [overdrawn, ...late];
  if (kept !== undefined) found.push(kept);
  for (const refill of refills(view)) found.push(refilled(view, refill));
  return found;
}

function refilled(view: SubjectView, { uses, spent, again }: Refill): Finding {
  return finding({
    code: 'ST-11',
    severity: 4,
    subject: view.subject,
    acts: [...uses, spent, again].map(({ act }) => act),
    secondLine: isSecondLine(view, ...uses, spent, again),
    detail: `${again.act.step} after ${spent.act.step}`,
  });
}

const USES: ReadonlySet<Step> = new Set<Step>(['open', 'administer', 'retire']);

/** Doses a container of the product holds. */
function dosesOf({ product, registry, timeline }: SubjectView): number {
  return product === undefined ? 1 : registry.dosesSince(product, timeline.commission?.timeMs ?? 0);
}

/** Doses of all treatments, told again or not. */
function told(strides: readonly Stride[]): number {
  let doses = 0;
  for (const { act } of strides) if (act.step === 'administer' && act.doses > 0) doses += act.doses;
  return doses;
}

/** ST-08: the doses of all treatments with different ids exceed what the container holds. */
function doseOverdraw(view: SubjectView): Finding | undefined {
  const { subject, timeline } = view;
  const doses = told(timeline.strides);
  // No container holds less than one.
  if (doses <= 1) return undefined;
  const capacity = dosesOf(view);
  if (doses <= capacity) return undefined;
  const treatments = new Map<string, Stride>();
  for (const stride of timeline.strides) {
    if (stride.act.step !== 'administer' || stride.duplicateOf !== undefined || isBarred(stride)) continue;
    const treatment = stride.act.actId ?? `${stride.act.actor} ${stride.act.place}`;
    if (!treatments.has(treatment)) treatments.set(treatment, stride);
  }
  for (const drawn of byLine(view, [...treatments.values()])) {
    const total = drawn.reduce((sum, { act }) => sum + act.doses, 0);
    if (total <= capacity) continue;
    return finding({
      code: 'ST-08',
      severity: 4,
      subject,
      acts: drawn.map(({ act }) => act),
      secondLine: isSecondLine(view, ...drawn),
      detail: `${total} doses in ${drawn.length} treatments from a container of ${capacity}`,
    });
  }
  return undefined;
}

/** ST-09: used longer after its opening, or where nobody recorded that after the first dose drawn, than the product allows. */
function inUseWindow(view: SubjectView): readonly Finding[] {
  const { subject, timeline, registry, product } = view;
  const madeMs = timeline.commission?.timeMs ?? 0;
  const limitMs = product === undefined ? undefined : registry.productAt(product, madeMs)?.payload.inUseMs;
  if (limitMs === undefined) return NO_FINDINGS;
  let found: Finding[] | undefined;
  let opened: Stride | undefined;
  for (const stride of timeline.strides) {
    const { act } = stride;
    if (act.step !== 'open' && act.step !== 'administer') continue;
    if (stride.duplicateOf !== undefined || stride.repeatOf !== undefined || isBarred(stride)) continue;
    if (opened !== undefined && act.step === 'administer') {
      const elapsedMs = act.timeMs - opened.act.timeMs;
      if (elapsedMs > limitMs + clockErrorMs(view, opened.act, act)) {
        const hours = elapsedMs / 3_600_000;
        const one = finding({
          code: 'ST-09',
          severity: 3,
          subject,
          acts: [opened.act, act],
          secondLine: isSecondLine(view, opened, stride),
          detail: `${hours - (hours % 1)} hours after ${opened.act.step}`,
        });
        (found ??= []).push(one);
      }
    }
    if (stride.line === 'main' && stride.broken === undefined) opened ??= stride;
  }
  return found ?? NO_FINDINGS;
}

/** How far the clocks of two events may disagree: one key is one device, and its error does not change from event to event. */
function clockErrorMs(view: SubjectView, a: Act, b: Act): number {
  const { skewMs, orderToleranceMs } = policyFor(view, b);
  return a.kid === b.kid ? skewMs : orderToleranceMs;
}

/** What shows where a used container went: put away, destroyed, or sent back. */
const PUT_AWAY: ReadonlySet<Step> = new Set<Step>(['retire', 'destroy', 'decommission', 'return']);

/** ST-10: used, and long afterwards nobody has recorded what became of the container. */
function containerNotRetired(view: SubjectView): Finding | undefined {
  const { subject, timeline, asOfMs } = view;
  if (timeline.final.life !== 'administered') return undefined;
  let used: Stride | undefined;
  for (const stride of timeline.strides) {
    if (stride.duplicateOf !== undefined) continue;
    if (isTakenHome(stride)) used = undefined;
    if (stride.line !== 'main') continue;
    if (stride.act.step === 'administer') used = stride;
    else if (PUT_AWAY.has(stride.act.step)) used = undefined;
  }
  if (used === undefined) return undefined;
  const { retireMs, retireStopMs } = policyFor(view, used.act);
  const waitedMs = asOfMs - used.act.timeMs;
  if (waitedMs <= retireMs) return undefined;
  const severity: Severity = waitedMs > retireStopMs ? 2 : 1;
  const secondLine = isSecondLine(view, used);
  return finding({ code: 'ST-10', severity, subject, acts: [used.act], secondLine });
}

/** True for a consumer's own check: he has the empty container. A stranger's word can silence no more than this notice. */
function isTakenHome({ act }: Stride): boolean {
  return act.scan?.session !== undefined && act.more?.joint !== true;
}

/** An event that needs a full container, after one that shows it cannot be full any more. */
export interface Refill {
  /** What was taken from it until then, with its opening. */
  readonly uses: readonly Stride[];
  readonly spent: Stride;
  readonly again: Stride;
}

/** ST-11: received by a place of care, supplied or used as full, later than its opening, emptying or retirement. */
export function* refills(view: SubjectView): Iterable<Refill> {
  if ((view.features.signs & BROKEN) === 0) return;
  const contents = new Contents(dosesOf(view));
  for (const stride of view.timeline.strides) {
    if (stride.duplicateOf !== undefined || stride.repeatOf !== undefined) continue;
    const spent = contents.isBreached ? spentBefore(view, contents, stride) : undefined;
    if (spent !== undefined) yield { uses: contents.usesUntil(spent), spent, again: stride };
    contents.note(stride);
  }
}

/** What is known of a container's contents while its events are read. */
class Contents {
  readonly capacity: number;
  drawn = 0;
  /** First event that breached it. */
  opened: Stride | undefined;
  /** First event that drew the last dose, or put it away. */
  emptied: Stride | undefined;
  /** First event that put it away. */
  retired: Stride | undefined;
  readonly #uses: Stride[] = [];
  /** Parties it was sent back to since. */
  readonly takers = new Set<string>();
  /** Steps, each with its party, that must have been missed. */
  readonly #missed = new Set<string>();

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get isBreached(): boolean {
    return this.opened !== undefined;
  }

  /** True if this step had been missing before: then somebody only records it late. */
  wasMissed({ step, actor }: Act): boolean {
    return this.#missed.has(`${step} ${actor}`);
  }

  /** True if this very treatment or supply was recorded before, by whomever: it needs no second content. */
  isKnown({ step, actId }: Act): boolean {
    return actId !== undefined && this.#uses.some(({ act }) => act.step === step && act.actId === actId);
  }

  /** What shows that the container was empty by then: the uses before, as far as they count. */
  usesUntil(spent: Stride): readonly Stride[] {
    return this.#uses.slice(0, this.#uses.indexOf(spent));
  }

  note(stride: Stride): void {
    const { act, line, broken } = stride;
    for (const { step, actor } of stride.missing) this.#missed.add(`${step} ${actor}`);
    if (line !== 'main') return;
    if (act.step === 'return' && act.to !== undefined && this.isBreached) this.takers.add(act.to);
    if (broken !== undefined || !USES.has(act.step)) return;
    this.opened ??= stride;
    this.#uses.push(stride);
    if (act.step === 'administer') this.drawn += act.doses;
    if (act.step === 'retire') this.retired ??= stride;
    if (act.step === 'retire' || this.drawn >= this.capacity) this.emptied ??= stride;
  }
}

/** The event that shows the container cannot be full, where this one needs it to be; undefined where none does. */
function spentBefore(view: SubjectView, contents: Contents, stride: Stride): Stride | undefined {
  const { act, broken } = stride;
  if (broken === undefined || isBarred(stride)) return undefined;
  if (contents.wasMissed(act) || contents.isKnown(act)) return undefined;
  const spent = needsFull(view, contents, act);
  if (spent === undefined) return undefined;
  return act.timeMs - spent.act.timeMs > policyFor(view, act).orderToleranceMs ? spent : undefined;
}

function needsFull(view: SubjectView, contents: Contents, act: Act): Stride | undefined {
  const { opened, emptied, retired, capacity, drawn } = contents;
  const isWhole = act.doses >= capacity;
  switch (act.step) {
    case 'receive':
      return isPlaceOfCare(view, act.actor) && !contents.takers.has(act.actor) ? opened : undefined;
    case 'dispense':
      return emptied ?? (isWhole ? opened : undefined);
    case 'open':
      return emptied;
    case 'administer':
      if (emptied === undefined) return drawn > 0 && capacity > 1 && isWhole ? opened : undefined;
      // Too many treatments by one party at one place are a matter of doses, unless it had put the container away.
      return retired ?? (emptied.act.actor === act.actor ? undefined : emptied);
    default:
      return undefined;
  }
}

function isPlaceOfCare({ registry }: SubjectView, party: string): boolean {
  return registry.hasRole(party, 'clinic') || registry.hasRole(party, 'pharmacy');
}

/** Supplies that were taken back, by a recorded undo or by one that must be missing. */
export function takenBack({ timeline }: SubjectView): ReadonlySet<Stride> {
  const undone = new Set<Stride>();
  let supply: Stride | undefined;
  for (const stride of timeline.strides) {
    const { act, broken, line, missing } = stride;
    if (stride.duplicateOf !== undefined || stride.repeatOf !== undefined) continue;
    const isUndo = act.step === 'undo' && broken === undefined;
    if (supply !== undefined && (isUndo || missing.some(({ step }) => step === 'undo'))) undone.add(supply);
    if (act.step === 'dispense' && line === 'main' && broken === undefined) supply = stride;
  }
  return undone;
}

/** True for events of signers whose role could never have done this: their claim proves nothing about the unit. */
export function isBarred({ admission }: Stride): boolean {
  return !admission.ok && (admission.reason === 'role' || admission.reason === 'unknown');
}
