// Browser-safe.
/**
 * Branches: what parties tell of goods behind a gap too wide to complete. One broken claim and all that follows from it have one cause.
 *
 * Reads  view.ts, custody/ (timelines).   Used by  custody.ts, consumer.ts.
 * Source design section 6: a container's gap is charged once, to the container; a finding about the pallet is raised once.
 * Rule   whoever claims, and whoever he says he passed the goods to, speak in one branch until the first line moves again. What a
 *        party says of contents while its claim on their container is already broken is told of the container.
 * Never  moves anything: the branch stays a second line, however long it is.
 * @module
 */
import { isCredible, type Act, type Stride } from '../custody/index.ts';
import type { SubjectView } from './view.ts';

/** Claims that hang together. */
export interface Branch {
  readonly strides: Stride[];
  /** Parties in it: who claimed, and to whom they say they gave. */
  readonly parties: Set<string>;
  /** True where the container the goods were in has the same claims against it. */
  readonly isTold: boolean;
}

const NONE: ReadonlyMap<Stride, Branch> = new Map();

/** The branch of each claim that nothing completes; empty for nearly every subject. */
export function branchesOf(view: SubjectView): ReadonlyMap<Stride, Branch> {
  const { strides } = view.timeline;
  if (!strides.some(isClaim)) return NONE;
  const branches = new Map<Stride, Branch>();
  let open: Branch[] = [];
  let previous: string | undefined;
  for (const stride of strides) {
    if (!isClaim(stride)) continue;
    const { act } = stride;
    const since = stride.previous === undefined ? '' : `${stride.previous.entry}/${stride.previous.event}`;
    if (since !== previous) open = [];
    previous = since;
    let branch = open.find(({ parties }) => parties.has(act.actor));
    if (branch === undefined) {
      branch = { strides: [], parties: new Set(), isTold: isToldOfContainer(view, stride) };
      open.push(branch);
    }
    branch.strides.push(stride);
    branch.parties.add(act.actor);
    if (act.to !== undefined) branch.parties.add(act.to);
    branches.set(stride, branch);
  }
  return branches;
}

/** True if the party claims to have handled the goods, or the container they are in, behind a gap: that is said elsewhere. */
export function claimsBehindGap(view: SubjectView, party: string, stride: Stride): boolean {
  for (const { parties } of branchesOf(view).values()) if (parties.has(party)) return true;
  return isToldOfContainer(view, { ...stride, act: { ...stride.act, actor: party } });
}

/** A step by a party that cannot have the goods, by anything recorded. */
function isClaim({ broken, duplicateOf, act }: Stride): boolean {
  if (broken !== 'not-custodian' && broken !== 'not-shipped' && broken !== 'receiver-mismatch') return false;
  return duplicateOf === undefined && act.step !== 'commission';
}

/**
 * True if the container the goods are in is, by then, claimed by the same party in the same way. A declaration tells nothing, since who
 * may have become the holder is not accused of it; nor does an event of a time nobody believes.
 */
function isToldOfContainer(view: SubjectView, { act, before }: Stride): boolean {
  const { custody } = before;
  if (custody.at !== 'inside') return false;
  const { registry, world } = view;
  const { orderToleranceMs } = registry.policyAt(act.ref.entry);
  const tells = (outer: Stride): boolean =>
    isClaim(outer) &&
    outer.act.step !== 'declare' &&
    isSameParty(outer.act, act, orderToleranceMs) &&
    isCredible(outer.act, registry.policyAt(outer.act.ref.entry));
  return world.container(custody.container).strides.some(tells);
}

function isSameParty(outer: Act, act: Act, toleranceMs: number): boolean {
  return outer.actor === act.actor && outer.timeMs <= act.timeMs + toleranceMs;
}
