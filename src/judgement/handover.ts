// Browser-safe.
/**
 * CU rules about hand-overs: shipped and never received, absent on arrival, resold unseen, going in circles, refused.
 *
 * Reads  view.ts, custody/ (completed timelines), registry/ (products).   Used by  judge.ts.
 * Source `findings.md` CU-02, CU-04, CU-08 … CU-13; deadlines are judged against the greatest record time.
 * Never  takes a late event for a missing one: whatever was recorded later answers the question.
 * @module
 */
import { ENDED, moves, type Act, type Stay, type Step, type Stride } from '../custody/index.ts';
import { TRAVELLING } from './features.ts';
import { finding, NO_FINDINGS, type Finding } from './finding.ts';
import { isSecondLine, nameOf, policyFor, type SubjectView } from './view.ts';

/** CU-02, CU-04 and CU-08 … CU-13 of a unit or container. */
export function handOvers(view: SubjectView): Iterable<Finding> {
  const told = featuresOf(view);
  const { absent, return: isReturned, dispense, ship, reject } = told.has;
  const isOpen = (view.features.signs & TRAVELLING) !== 0;
  const mayTell = isOpen || told.mayLoop || absent || isReturned || dispense || ship || reject;
  return mayTell ? toldOf(view, told) : NO_FINDINGS;
}

function* toldOf(view: SubjectView, { has, mayLoop }: Features): Iterable<Finding> {
  if (view.timeline.final.custody.at === 'transit') yield* openShipment(view);
  if (has.absent) yield* absentOnArrival(view);
  if (has.return && view.subject.type === 'container') yield* returnUnverified(view);
  if (has.dispense) yield* reflow(view);
  if (mayLoop) yield* loops(view);
  if (has.ship) yield* documentsMissing(view);
  if (has.reject) yield* reportedAfterRejection(view);
}

/** What a timeline holds at all: most hold little of what the rules ask for, and are looked at once. */
interface Features {
  readonly has: Record<'absent' | 'return' | 'dispense' | 'ship' | 'reject', boolean>;
  /** Somebody received it who had made or received it before. */
  readonly mayLoop: boolean;
}

function featuresOf({ timeline: { strides } }: SubjectView): Features {
  const has = { absent: false, return: false, dispense: false, ship: false, reject: false };
  const holders: string[] = [];
  let mayLoop = false;
  for (let i = 0; i < strides.length; i++) {
    const { step, actor, more } = strides[i]!.act;
    if (more !== undefined && more.absent.length > 0) has.absent = true;
    switch (step) {
      case 'return':
      case 'dispense':
      case 'ship':
      case 'reject':
        has[step] = true;
        break;
      case 'commission':
      case 'receive':
      case 'handle':
      case 'unpack':
        if (step === 'receive' && holders.includes(actor)) mayLoop = true;
        else if (!holders.includes(actor)) holders.push(actor);
        break;
      default:
    }
    if (step === 'ship' && !holders.includes(actor)) holders.push(actor);
  }
  return { has, mayLoop };
}

/** True for an event that moved the subject. */
export function hasMoved({ act, line, broken, duplicateOf, repeatOf }: Stride): boolean {
  const isFirst = duplicateOf === undefined && repeatOf === undefined;
  return isFirst && line === 'main' && broken === undefined && moves(act.step);
}

/** CU-02 and CU-12: on the way for too long. */
function* openShipment(view: SubjectView): Iterable<Finding> {
  const { subject, timeline, registry, asOfMs } = view;
  const { custody } = timeline.final;
  if (custody.at !== 'transit') return;
  const at = timeline.strides.findLastIndex(hasMoved);
  const sent = timeline.strides[at];
  // Its receiver looked at it: what is missing is the record of the receipt.
  const isThere = timeline.strides.slice(at + 1).some(({ act }) => act.actor === custody.to);
  if (sent === undefined || isThere) return;
  const policy = policyFor(view, sent.act);
  const waitingMs = asOfMs - sent.act.timeMs;
  const secondLine = isSecondLine(view, sent);
  const to = custody.to === undefined ? 'nobody named' : nameOf(registry, custody.to);
  const detail = `${nameOf(registry, custody.from)} to ${to}, ${days(waitingMs)} days ago`;
  if (waitingMs > policy.laneMs) {
    const severity = waitingMs > policy.laneStopMs ? 2 : 1;
    yield finding({ code: 'CU-02', severity, subject, acts: [sent.act], secondLine, detail });
  }
  if (waitingMs > policy.handoverMs && isTwoParty(view, sent.act)) {
    yield finding({ code: 'CU-12', severity: 1, subject, acts: [sent.act], secondLine, detail });
  }
}

function days(ms: number): number {
  const rest = ms % DAY_MS;
  return (ms - rest) / DAY_MS;
}

const DAY_MS = 86_400_000;

/** True where the manufacturer asks that both parties sign each hand-over of a product concerned. */
export function isTwoParty(view: SubjectView, act: Act): boolean {
  const { registry, product } = view;
  const products =
    product === undefined ? view.lotsAt(act).map((lot) => registry.lot(lot)?.payload.product) : [product];
  return products.some(
    (id) => id !== undefined && registry.product(id, act.ref.entry)?.payload.twoParty === true,
  );
}

/** CU-04: the receiver of a shipment declares this part of it absent, and it has not turned up since. */
function* absentOnArrival(view: SubjectView): Iterable<Finding> {
  const { subject, timeline } = view;
  const { strides } = timeline;
  for (const [i, stride] of strides.entries()) {
    const { act, before, duplicateOf } = stride;
    if (duplicateOf !== undefined || act.parent !== undefined) continue;
    if (act.more?.absent.includes(subject.id) !== true) continue;
    if (!isOnItsWayTo(view, stride)) continue;
    if (strides.slice(i + 1).some(hasMoved)) continue;
    const sent = strides.slice(0, i).findLast(hasMoved);
    const from = before.custody.at === 'transit' ? before.custody.from : sent?.act.actor;
    yield finding({
      code: 'CU-04',
      severity: 2,
      subject,
      acts: sent === undefined ? [act] : [sent.act, act],
      secondLine: isSecondLine(view, stride),
      detail: `shipped by ${nameOf(view.registry, from ?? act.actor)}, absent at ${nameOf(view.registry, act.actor)}`,
    });
  }
}

/** True if the subject, or the container it is in, was sent to the actor, or came to him. */
function isOnItsWayTo({ world }: SubjectView, { act, before }: Stride): boolean {
  const { custody } = before;
  const outer = custody.at === 'inside' ? world.containerCustody(custody.container, act.timeMs) : custody;
  if (outer?.at === 'transit') return outer.to === undefined || outer.to === act.actor;
  return custody.at === 'inside' && outer?.at === 'held' && outer.by === act.actor;
}

const LOOKS: ReadonlySet<Step> = new Set<Step>(['observe', 'handle', 'unpack']);
const GIVES: ReadonlySet<Step> = new Set<Step>(['ship', 'dispense', 'administer']);

/** CU-08: returned goods sold on, though nobody looked at more than the outside of their container. */
function* returnUnverified(view: SubjectView): Iterable<Finding> {
  const { subject } = view;
  let back: readonly Stride[] = [];
  for (const stride of view.timeline.strides) {
    const { act } = stride;
    const [returned, taken] = back;
    if (act.step === 'return' && hasMoved(stride)) back = [stride];
    else if (returned === undefined) continue;
    else if (act.step === 'receive' && hasMoved(stride)) back = [returned, stride];
    else if (taken !== undefined && LOOKS.has(act.step) && stride.line === 'main') back = [];
    else if (taken !== undefined && GIVES.has(act.step) && hasMoved(stride)) {
      const isOwn = stride.missing.length === 0 && act.actor === taken.act.actor;
      back = [];
      if (!isOwn || !isFilled(view, act.timeMs)) continue;
      yield finding({
        code: 'CU-08',
        severity: 2,
        subject,
        acts: [returned.act, taken.act, act],
        secondLine: isSecondLine(view, returned, taken, stride),
        detail: `${nameOf(view.registry, act.actor)} sent on what ${nameOf(view.registry, returned.act.actor)} had returned`,
      });
    }
  }
}

/** Contents of a container, as far as packings and unpackings tell; none for a unit. */
function staysOf(view: SubjectView): readonly Stay[] {
  return view.subject.type === 'container' ? view.world.container(view.subject.id).stays : [];
}

function isFilled(view: SubjectView, timeMs: number): boolean {
  return staysOf(view).some(({ fromMs, toMs }) => fromMs <= timeMs && timeMs < toMs);
}

const TRADE: ReadonlySet<Step> = new Set<Step>(['ship', 'receive', 'pack', 'unpack']);

/** CU-09: dispensed, and then in the hands of trade, though nobody had sent it back. */
function* reflow(view: SubjectView): Iterable<Finding> {
  const { subject, registry, timeline } = view;
  let supply: Stride | undefined;
  const sentBackTo = new Set<string | undefined>();
  for (const stride of timeline.strides) {
    const { act, before, after } = stride;
    if (stride.duplicateOf !== undefined) continue;
    if (supply !== undefined && ENDED.has(before.life)) {
      if (act.step === 'return') sentBackTo.add(act.to);
      const isTrade = TRADE.has(act.step) && stride.broken === 'after-end' && isTrader(view, act);
      if (isTrade && !sentBackTo.has(act.actor)) {
        yield finding({
          code: 'CU-09',
          severity: 3,
          subject,
          acts: [supply.act, act],
          secondLine: isSecondLine(view, supply, stride),
          detail: `dispensed by ${nameOf(registry, supply.act.actor)}, ${act.step} by ${nameOf(registry, act.actor)}`,
        });
      }
    }
    if (act.step === 'dispense' && hasMoved(stride)) supply = stride;
    else if (!ENDED.has(after.life)) supply = undefined;
  }
}

function isTrader({ registry }: SubjectView, { actor, ref }: Act): boolean {
  return (
    registry.hasRole(actor, 'distributor', ref.entry) || registry.hasRole(actor, 'manufacturer', ref.entry)
  );
}

/** CU-10: shipped back to earlier holders again and again, and never as a return. */
function* loops(view: SubjectView): Iterable<Finding> {
  const { subject, timeline } = view;
  const holders = new Set<string>();
  let back: Stride[] = [];
  let sent: Stride | undefined;
  for (const stride of timeline.strides) {
    if (!hasMoved(stride)) continue;
    const { act } = stride;
    if (act.step === 'receive') {
      const isLoop = holders.has(act.actor) && sent?.act.step === 'ship' && stride.missing.length === 0;
      if (isLoop && (subject.type === 'unit' || isFilled(view, act.timeMs))) back.push(stride);
      holders.add(act.actor);
    } else if (act.step === 'handle' && isRefilled(view, act.timeMs)) {
      // A container emptied and filled again is another one's goods.
      holders.clear();
      back = [];
    }
    if (stride.after.custody.at === 'held') holders.add(stride.after.custody.by);
    sent = stride.after.custody.at === 'transit' ? stride : undefined;
  }
  const newest = back.at(-1);
  if (newest === undefined || back.length < policyFor(view, newest.act).loopsMax) return;
  yield finding({
    code: 'CU-10',
    severity: 2,
    subject,
    acts: back.map(({ act }) => act),
    secondLine: isSecondLine(view, ...back),
    detail: `${back.length} times back with an earlier holder, last with ${nameOf(view.registry, newest.act.actor)}`,
  });
}

/** True if a packing at this time put the first things into an empty container. */
function isRefilled(view: SubjectView, timeMs: number): boolean {
  const stays = staysOf(view);
  const isFirst = stays.some(({ fromMs }) => fromMs === timeMs);
  return isFirst && !stays.some(({ fromMs, toMs }) => fromMs < timeMs && timeMs < toMs);
}

/** CU-11: a shipment that names none, or not all, of the documents policy asks for, and neither does its receipt. */
function* documentsMissing(view: SubjectView): Iterable<Finding> {
  const { strides } = view.timeline;
  for (let i = 0; i < strides.length; i++) {
    const sent = strides[i]!;
    if (sent.act.step !== 'ship' || !hasMoved(sent)) continue;
    if (policyFor(view, sent.act).documentsRequired.length === 0) continue;
    yield* documentMissing(view, sent, strides.slice(i + 1).find(hasMoved));
  }
}

function* documentMissing(view: SubjectView, sent: Stride, next: Stride | undefined): Iterable<Finding> {
  const required = policyFor(view, sent.act).documentsRequired;
  const taken = next?.act.step === 'receive' && next.missing.length === 0 ? next : undefined;
  const named = [...(sent.act.more?.documents ?? []), ...(taken?.act.more?.documents ?? [])];
  const lacking = required.filter((word) => !named.includes(word));
  if (lacking.length === 0) return;
  yield finding({
    code: 'CU-11',
    severity: taken !== undefined && lacking.length === required.length ? 2 : 1,
    subject: view.subject,
    acts: taken === undefined ? [sent.act] : [sent.act, taken.act],
    secondLine: isSecondLine(view, sent),
    detail: `no ${lacking.join(', ')}`,
  });
}

/** CU-13: refused by the receiver, and afterwards reported by the sender as delivered to him. */
function* reportedAfterRejection(view: SubjectView): Iterable<Finding> {
  const { subject, registry, timeline } = view;
  let refused: Stride | undefined;
  for (const stride of timeline.strides) {
    const { act } = stride;
    if (act.step === 'reject' && hasMoved(stride)) refused = stride;
    else if (hasMoved(stride)) refused = undefined;
    else if (refused !== undefined && isDeliveryReport(view, refused, stride)) {
      yield finding({
        code: 'CU-13',
        severity: 3,
        subject,
        acts: [refused.act, act],
        secondLine: isSecondLine(view, refused, stride),
        detail: `${nameOf(registry, refused.act.actor)} rejected, ${nameOf(registry, act.actor)} reports them delivered`,
      });
    }
  }
}

/** True for the sender's word, after the rejection and beyond what clocks may differ, that the rejecter has the goods. */
function isDeliveryReport(view: SubjectView, refused: Stride, { act, duplicateOf }: Stride): boolean {
  const { custody } = refused.before;
  if (duplicateOf !== undefined || custody.at !== 'transit' || act.step !== 'observe') return false;
  const isLater = act.timeMs - refused.act.timeMs > policyFor(view, act).orderToleranceMs;
  return isLater && act.actor === custody.from && act.to === refused.act.actor;
}
