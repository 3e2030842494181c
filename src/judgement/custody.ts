// Browser-safe.
/**
 * CU rules: who held the goods, and who only says so. Those about hand-overs stand in handover.ts.
 *
 * Reads  view.ts, travel.ts, custody/ (completed timelines).   Used by  judge.ts.
 * Source `findings.md` CU-01, CU-03, CU-05, CU-06, CU-07; design section 6 "Honest gaps".
 * Never  accuses where at most m missing steps explain the gap: then CU-06 names them, at L1 while the time sufficed for them.
 * @module
 */
import {
  mayFlow,
  moves,
  type Act,
  type Mark,
  type MissingStep,
  type Stride,
  type World,
} from '../custody/index.ts';
import type { Registry } from '../registry/index.ts';
import { branchesOf, type Branch } from './branches.ts';
import type { Severity } from './codes.ts';
import { finding, type Finding } from './finding.ts';
import { isTooFast } from './travel.ts';
import { isSecondLine, nameOf, policyFor, previousOf, type SubjectView } from './view.ts';

/** CU-01, CU-03, CU-05, CU-06 and CU-07 of a unit or container. */
export function* custody(view: SubjectView): Iterable<Finding> {
  const branches = branchesOf(view);
  for (const stride of view.timeline.strides) {
    // Another commissioning is the matter of ID-12, SG-06 and SG-09.
    if (stride.duplicateOf !== undefined || stride.act.step === 'commission') continue;
    if (stride.missing.length > 0) yield custodyGap(view, stride);
    else if (stride.broken === 'not-custodian') {
      if (mayBeHolder(view, stride)) continue;
      if (!isOpenShipment(stride)) yield* notCustodian(view, stride, branches.get(stride)!);
      else if (!isSaidAgain(view, stride)) yield accusation(view, [stride], 'CU-07', 3);
    } else if (branches.get(stride)?.isTold === true) continue;
    else if (stride.broken === 'receiver-mismatch') yield accusation(view, [stride], 'CU-05', 3);
    else if (stride.broken === 'not-shipped') yield accusation(view, [stride], 'CU-03', 2);
  }
}

/** CU-01: once for all that hangs together, and not of contents where it is said of their container. */
function* notCustodian(view: SubjectView, stride: Stride, branch: Branch): Iterable<Finding> {
  if (branch.isTold) return;
  const strides = branch.strides.filter(
    (one) => one.broken === 'not-custodian' && !mayBeHolder(view, one) && !isOpenShipment(one),
  );
  if (strides[0] === stride) yield accusation(view, strides, 'CU-01', 3);
}

function custodyGap(view: SubjectView, stride: Stride): Finding {
  const missing = stride.missing.map((step) => describe(view.registry, step)).join('; ');
  const previous = previousOf(view, stride);
  const isHasty = previous !== undefined && isTooFast(view, previous.act, stride.act);
  return finding({
    code: 'CU-06',
    severity: isHasty ? 2 : 1,
    subject: view.subject,
    acts: previous === undefined ? [stride.act] : [previous.act, stride.act],
    secondLine: isSecondLine(view, stride),
    detail: `not recorded: ${missing}${isHasty ? '; there was no time for it' : ''}`,
  });
}

/**
 * A declaration by a party that at most m unrecorded steps may have made the holder, unless the events after it say otherwise.
 * A declaration moves nothing, so its timeline holds no completion.
 */
function mayBeHolder(view: SubjectView, stride: Stride): boolean {
  const { act, before } = stride;
  const marks = [...(act.more?.sets ?? []), ...(act.more?.unsets ?? [])];
  if (act.step !== 'declare' || marks.some((mark) => OFFICIAL.has(mark))) return false;
  const inside = before.custody.at === 'inside' ? before.custody.container : undefined;
  const where = inside === undefined ? before.custody : view.world.containerCustody(inside, act.timeMs, act);
  const { missingStepsMax } = policyFor(view, act);
  if (where?.at === 'transit') return missingStepsMax >= 1 && (where.to ?? act.actor) === act.actor;
  if (where?.at !== 'held' || missingStepsMax < 2) return false;
  const { strides } = view.timeline;
  const next = strides.slice(strides.indexOf(stride) + 1).find(isMove);
  // Out of a box that itself went nowhere, a third step would be missing.
  const isKept = inside !== undefined && missingStepsMax < 3 && staysWith(view, inside, where.by, act);
  // Where the next recorded event shows the goods with whoever had them before, they never left.
  const isUnmoved = isKept || (next !== undefined && (inside === undefined || next.act.actor === where.by));
  const isSeenGone = next !== undefined && (next.missing.length > 0 || isHis(view, next, act));
  if (isUnmoved && !isSeenGone) return false;
  return mayFlow(view.registry, where.by, act.actor, view.lotsAt(act)[0], act.timeMs);
}

/** True for a step of the declarer's own, or one that sends him the goods so soon that clocks explain it. */
function isHis(view: SubjectView, { act: next }: Stride, act: Act): boolean {
  if (next.actor === act.actor) return true;
  return next.to === act.actor && next.timeMs - act.timeMs <= policyFor(view, act).orderToleranceMs;
}

/**
 * True if the next move of each container around the goods leaves no gap, and the outermost one's is made by whoever had it at the
 * time of the act, on more than his own word: none of them was away in between.
 */
function staysWith(view: SubjectView, container: string, holder: string, act: Act): boolean {
  const { world, registry } = view;
  let next: Stride | undefined;
  let id: string | undefined = container;
  for (let depth = registry.policyAt(Infinity).containerDepthMax; id !== undefined && depth >= 0; depth--) {
    const { strides }: { strides: readonly Stride[] } = world.container(id);
    next = strides.find((one) => one.act.timeMs > act.timeMs && isMove(one));
    if (next !== undefined && next.missing.length > 0) return false;
    id = outerOf(world, strides, act.timeMs);
  }
  if (next === undefined || isHis(view, next, act)) return false;
  return next.act.actor === holder && !next.alone;
}

/** The container another one is in at a time; undefined where it is in none, or was taken out with all that was inside. */
function outerOf(world: World, strides: readonly Stride[], timeMs: number): string | undefined {
  const last = strides.findLast((one) => one.act.timeMs <= timeMs && isMove(one));
  if (last?.after.custody.at !== 'inside') return undefined;
  const { container } = last.after.custody;
  return world.containerEmptied(container, last.act.timeMs, timeMs) === undefined ? container : undefined;
}

/** What no holder may declare, only the manufacturer or an authority. */
const OFFICIAL: ReadonlySet<Mark> = new Set<Mark>(['suspect', 'illegitimate']);

function isMove({ act, line, broken, duplicateOf }: Stride): boolean {
  return line === 'main' && broken === undefined && duplicateOf === undefined && moves(act.step);
}

/** CU-07: the sender himself ships what he has shipped, and nobody has answered. */
function isOpenShipment({ act, before }: Stride): boolean {
  const { custody: at } = before;
  return (act.step === 'ship' || act.step === 'return') && at.at === 'transit' && at.from === act.actor;
}

/** The same shipment told twice with clocks that differ. */
function isSaidAgain(view: SubjectView, stride: Stride): boolean {
  const first = previousOf(view, stride)?.act;
  if (first === undefined || first.to !== stride.act.to) return false;
  return stride.act.timeMs - first.timeMs <= policyFor(view, stride.act).orderToleranceMs;
}

function accusation(
  view: SubjectView,
  strides: readonly Stride[],
  code: 'CU-01' | 'CU-03' | 'CU-05' | 'CU-07',
  severity: Severity,
): Finding {
  const stride = strides[0]!;
  const acts = strides.map(({ act }) => act);
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
    severity,
    subject: view.subject,
    acts: previous === undefined ? acts : [previous.act, ...acts],
    secondLine: isSecondLine(view, ...strides),
    detail: `${nameOf(view.registry, stride.act.actor)}, step ${stride.act.step}, while the goods were ${holder}`,
  });
}

function describe(registry: Registry, missing: MissingStep): string {
  const to = missing.to === undefined ? '' : ` to ${nameOf(registry, missing.to)}`;
  return `${missing.step} by ${nameOf(registry, missing.actor)}${to}`;
}
