// Browser-safe.
/**
 * Which temperature readings concern a subject: its own, and those of the containers it was in while it was inside.
 *
 * Reads  cold-batches.ts, custody/ (timelines, temperature), registry/.   Used by  cold-memory.ts, cold-chain.ts.
 * Source `findings.md` CC-10, CC-16; design section 6 "Framing".
 * Rule   who holds the goods, or held them when he measured, is believed; so are their manufacturer, a regulator, and a service
 *        whose device is calibrated. A service with any other device, a holder on his own word alone or at another time, and a
 *        device out of calibration only cast doubt. Anybody else's reading counts for nothing here: it is the matter of CC-10.
 * Rule   readings of an event whose time is not credible never clear (principle 8).
 * @module
 */
import {
  identityOf,
  isContainer,
  isCredible,
  type Act,
  type Custody,
  type Reading,
  type Span,
  type Stride,
  type Timeline,
  type World,
} from '../custody/index.ts';
import type { ColdLog, ColdMemory } from './cold-memory.ts';
import { batchOf, witnessOf, type Batch, type Witness } from './cold-batches.ts';
import type { Registry } from '../registry/index.ts';
import type { Policy } from '../statement/index.ts';

/** Time inside a container. Readings after `sureUntilMs` only cast doubt: the way out was not recorded. */
export interface Inside extends Span {
  readonly container: string;
  readonly sureUntilMs: number;
  /** Events that put it in and took it out, where recorded; undefined also where all was taken out without naming it. */
  readonly enteredBy: Act;
  readonly leftBy: Act | undefined;
}

/** A change of hands, or a move into or out of a container. */
export type Border =
  | { readonly timeMs: number; readonly kind: 'give' | 'take'; readonly act: Act }
  | { readonly timeMs: number; readonly kind: 'move' };

/** The subject's own readings that count. `product` is that of a unit; of a container, those inside are asked. */
export function ownBatches(
  memory: ColdMemory,
  subject: string,
  timeline: Timeline,
  product?: string,
): readonly Batch[] {
  const bearer = isContainer(subject) ? subject : undefined;
  const found: Batch[] = [];
  for (const stride of timeline.strides) {
    const { act, line, alone } = stride;
    if (act.more === undefined || act.more.readings.length === 0 || stride.duplicateOf !== undefined)
      continue;
    if (line === 'main') {
      found.push(memory.heldBatch(act, bearer, alone ? 'bounded' : 'sure'));
      continue;
    }
    const witnesses = toldBy(stride, memory, subject, timeline, product);
    if (witnesses.length > 0) found.push(batchOf(witnesses));
  }
  return found;
}

/** What somebody else's report says of the subject. */
function toldBy(
  stride: Stride,
  memory: ColdMemory,
  subject: string,
  timeline: Timeline,
  product: string | undefined,
): readonly Witness[] {
  const bearer = isContainer(subject) ? subject : undefined;
  return weighed(memory, stride.act, bearer, (reading) =>
    standingOf(memory.world, subject, timeline, stride, reading, product),
  );
}

/** The readings of an event that count, each with its weight. */
export function weighed(
  memory: ColdMemory,
  act: Act,
  bearer: string | undefined,
  standingOfReading: (reading: Reading) => Standing,
): readonly Witness[] {
  const credible = isCredible(act, memory.world.registry.policyAt(act.ref.entry));
  const trusts = memory.trusts(act);
  const found: Witness[] = [];
  for (const [i, reading] of act.more!.readings.entries()) {
    const standing = standingOfReading(reading);
    if (standing === 'stranger') continue;
    const trust = trusts[i] ?? 'fine';
    const isSure = credible && standing === 'sure' && trust === 'fine';
    found.push(witnessOf(act, bearer, reading, { isSure, clears: credible && trust !== 'unknown' }));
  }
  return found;
}

/** Whether a device may be believed: its calibration, where the log knows one, and where policy asks for one at all. */
export type DeviceTrust = 'fine' | 'ended' | 'unknown';

/** What the registry says of the device of a reading, at the time of the reading. */
export function deviceTrust(registry: Registry, policy: Policy, reading: Reading): DeviceTrust {
  const { device, endMs } = reading;
  if (device === undefined) return policy.devicesRegistered ? 'unknown' : 'fine';
  const { status } = registry.licence(device, DEVICE_CALIBRATION, { timeMs: endMs });
  if (status === 'valid') return 'fine';
  if (status !== 'missing') return 'ended';
  return policy.devicesRegistered ? 'unknown' : 'fine';
}

/** Class of the licence that says a device is calibrated; its holder is the device. */
export const DEVICE_CALIBRATION = 'device-calibration';

/** How far the reporter of a reading is believed. */
export type Standing = 'sure' | 'bounded' | 'stranger';

/** What the reporter is to the goods. */
export function standingOf(
  world: World,
  subject: string,
  timeline: Timeline,
  { act, line, alone }: Stride,
  reading: Reading,
  product: string | undefined,
): Standing {
  if (line === 'main') return alone ? 'bounded' : 'sure';
  const { registry } = world;
  const { actor } = act;
  if (registry.hasRole(actor, 'regulator', act.ref.entry)) return 'sure';
  if (registry.hasRole(actor, 'service', act.ref.entry)) {
    const { device, endMs } = reading;
    const isCalibrated =
      device !== undefined &&
      registry.licence(device, DEVICE_CALIBRATION, { timeMs: endMs }).status === 'valid';
    return isCalibrated ? 'sure' : 'bounded';
  }
  if (isMaker(world, subject, actor, product)) return 'sure';
  const wasWith = (timeMs: number): boolean => isWith(custodyOf(world, subject, timeline, timeMs), actor);
  if (wasWith(reading.startMs) && wasWith(reading.endMs)) return 'sure';
  return everWith(world, timeline, actor) ? 'bounded' : 'stranger';
}

/** A missed scan may be all that parts a reading from its reporter's time with the goods. */
function everWith(world: World, { strides }: Timeline, actor: string): boolean {
  return strides.some(({ line, after: { custody } }) => {
    if (line !== 'main') return false;
    if (custody.at !== 'inside') return namesHolder(custody, actor);
    return world
      .container(custody.container)
      .strides.some((outer) => outer.line === 'main' && namesHolder(outer.after.custody, actor));
  });
}

function isMaker(world: World, subject: string, actor: string, product: string | undefined): boolean {
  const { registry } = world;
  if (!registry.hasRole(actor, 'manufacturer')) return false;
  const products = product === undefined ? productsInside(world, subject) : [product];
  return products.some((one) => registry.manufacturerOf(one) === actor);
}

/** Products of the units that were ever packed into the container itself. */
function productsInside(world: World, container: string): readonly string[] {
  const products = new Set<string>();
  for (const { child } of world.container(container).stays) {
    if (!isContainer(child)) products.add(productOfUnit(world.registry, child) ?? '');
  }
  return [...products];
}

/** Product of a unit; most ids say it themselves. */
export function productOfUnit(registry: Registry, unit: string): string | undefined {
  const end = unit.indexOf('/21/');
  return end >= 0 ? unit.slice(0, end) : identityOf(registry, unit).product;
}

function custodyOf(world: World, subject: string, timeline: Timeline, timeMs: number): Custody | undefined {
  if (isContainer(subject)) return world.containerCustody(subject, timeMs);
  let custody: Custody | undefined;
  for (const stride of timeline.strides) {
    if (stride.atMs > timeMs) break;
    if (stride.line === 'main') custody = stride.after.custody;
  }
  return custody?.at === 'inside' ? world.containerCustody(custody.container, timeMs) : custody;
}

/** With the actor on more than his own word. */
function isWith(custody: Custody | undefined, actor: string): boolean {
  return custody !== undefined && custody.claimed !== actor && namesHolder(custody, actor);
}

function namesHolder(custody: Custody, actor: string): boolean {
  if (custody.at === 'held' || custody.at === 'released') return custody.by === actor;
  return custody.at === 'transit' && (custody.from === actor || custody.to === actor);
}

/** When a subject was inside which container. */
export function insidesOf(world: World, timeline: Timeline): readonly Inside[] {
  let insides: Inside[] | undefined;
  let entered: Stride | undefined;
  let container = '';
  for (const stride of timeline.strides) {
    if (stride.line !== 'main' || stride.duplicateOf !== undefined) continue;
    const { custody } = stride.after;
    if (entered !== undefined && (custody.at !== 'inside' || custody.container !== container)) {
      (insides ??= []).push(insideOf(world, container, entered, stride));
      entered = undefined;
    }
    if (entered === undefined && custody.at === 'inside') {
      entered = stride;
      ({ container } = custody);
    }
  }
  if (entered !== undefined) (insides ??= []).push(insideOf(world, container, entered, undefined));
  return insides ?? NEVER_INSIDE;
}

const NEVER_INSIDE: readonly Inside[] = Object.freeze([]);

/** The time from one event to another, or to the one that took everything out. */
function insideOf(world: World, container: string, entered: Stride, left: Stride | undefined): Inside {
  const fromMs = entered.atMs;
  const timeMs = left?.atMs ?? Infinity;
  const emptiedMs = world.containerEmptied(container, fromMs, timeMs)?.timeMs;
  const isMissed = left !== undefined && left.missing.length > 0 && emptiedMs === undefined;
  const toMs = emptiedMs ?? timeMs;
  const sureUntilMs = isMissed ? lastTakenMs(world, container, fromMs, toMs) : toMs;
  const leftBy = emptiedMs === undefined ? left?.act : undefined;
  return { container, fromMs, toMs, sureUntilMs, enteredBy: entered.act, leftBy };
}

/** The events that bound a time inside a container: also the one that took everything out. */
export function boundsOf(world: World, { container, toMs, enteredBy, leftBy }: Inside): readonly Act[] {
  if (leftBy !== undefined) return [enteredBy, leftBy];
  const emptied = world
    .container(container)
    .strides.find(
      ({ act, line }) =>
        line === 'main' && act.timeMs === toMs && act.parent === container && act.ids.length === 0,
    );
  return emptied === undefined ? [enteredBy] : [enteredBy, emptied.act];
}

/** Whoever took something out without recording it had the container then: until it came to him, it was inside for certain. */
function lastTakenMs(world: World, container: string, fromMs: number, toMs: number): number {
  let lastMs = fromMs;
  for (const { timeMs, kind } of changesOfHands(world.container(container).strides)) {
    if (kind === 'take' && timeMs > lastMs && timeMs <= toMs) lastMs = timeMs;
  }
  return lastMs;
}

/**
 * Changes of hands on the main line, in time order. Where steps were missed nobody knows when the goods went: they were last where
 * they had been at the event before.
 */
export function changesOfHands(strides: readonly Stride[]): readonly Border[] {
  const found: Border[] = [];
  let seenMs: number | undefined;
  for (const { act, atMs, before, after, line, missing } of strides) {
    if (line !== 'main') continue;
    if (missing.length > 0 && seenMs !== undefined) found.push({ timeMs: seenMs, kind: 'move' });
    seenMs = atMs;
    const [was, is] = [before.custody, after.custody];
    if (was === is) continue;
    if (was.at !== 'transit' && is.at === 'transit') found.push({ timeMs: atMs, kind: 'give', act });
    else if (is.at === 'held' && (was.at === 'transit' || (was.at === 'held' && was.by !== is.by))) {
      found.push({ timeMs: atMs, kind: 'take', act });
    }
  }
  return found;
}

/** When goods were seen last: by the events of the main line, through the containers they are in, and by what was measured. */
export function lastSeenMs(
  world: World,
  timeline: Timeline,
  log: Pick<ColdLog, 'batches' | 'insides'>,
): number {
  let lastMs = -Infinity;
  for (const { endMs } of log.batches) if (endMs > lastMs) lastMs = endMs;
  const seen = (strides: readonly Stride[]): void => {
    for (const { line, atMs } of strides) if (line === 'main' && atMs > lastMs) lastMs = atMs;
  };
  seen(timeline.strides);
  const inside = log.insides.at(-1);
  if (inside?.toMs === Infinity) seen(world.container(inside.container).strides);
  return lastMs;
}
