// Browser-safe.
/**
 * What a rule sees: one subject's completed timeline, and the world around it.
 *
 * Reads  custody/, registry/.   Used by  every rule file, judge.ts.
 * Never  offers a clock, a store or a random number: the same view gives the same findings everywhere.
 * @module
 */
import { argumentTypeError } from '../errors.ts';
import { assertText } from '../bytes/index.ts';
import type { Act, ContainerTimeline, Stride, Timeline } from '../custody/index.ts';
import { identityOf, World } from '../custody/index.ts';
import { lotOf } from '../custody/units.ts';
import type { LotFact, Registry } from '../registry/index.ts';
import type { Policy } from '../statement/index.ts';
import { featuresOf, type Features } from './features.ts';
import {
  counted,
  finding,
  type Finding,
  type FindingDraft,
  type FindingSubject,
  type Records,
} from './finding.ts';

/** A rule: the findings of one family about one subject. */
export type Rule = (view: SubjectView) => Iterable<Finding>;

/** Units beyond the one under judgement, for rules that ask what else a code may have meant. */
export interface RegisteredUnits {
  /** The completed timeline of a unit its manufacturer commissioned; undefined for any other. */
  timeline(unit: string): Timeline | undefined;
}

/** One subject under judgement. */
export interface SubjectView {
  readonly subject: FindingSubject;
  readonly timeline: Timeline;
  readonly world: World;
  readonly registered: RegisteredUnits;
  readonly registry: Registry;
  /** Product of a unit; undefined for containers and for ids of no registered scheme. */
  readonly product: string | undefined;
  /** Position of the scan in hand, if one is judged: it speaks for itself, never as a second line. */
  readonly inHand: number | undefined;
  /** Greatest record time of the prefix: deadlines are judged against it. */
  readonly asOfMs: number;
  /** What occurs in the timeline at all. */
  readonly features: Features;
  /** How findings of severity 0 are wanted: see {@link recorded}. */
  readonly records: Records;
  /** Canonical ids of the lots concerned at the time of an act. */
  lotsAt(act: Act): readonly string[];
}

/** The registered units of a world that holds every unit that may be asked for. */
export function registeredIn(world: World): RegisteredUnits {
  assertJudged(world);
  return {
    timeline: (unit) => {
      if (!world.isNamed(unit)) return undefined;
      const timeline = world.unit(unit);
      return timeline.commission === undefined ? undefined : timeline;
    },
  };
}

/** A view of a unit. */
export function unitView(
  world: World,
  unit: string,
  extra?: Act,
  registered: RegisteredUnits = registeredIn(world),
  records: Records = 'told',
): SubjectView {
  assertJudged(world);
  assertText('unit', unit);
  const { registry } = world;
  const timeline = world.unit(unit, extra);
  const { product, gtin } = identityOf(registry, unit);
  const lot = lotOf(gtin, timeline.commission?.lot);
  const lots = lot === undefined ? [] : [lot];
  const inHand = extra?.ref.entry;
  return {
    subject: { type: 'unit', id: unit },
    timeline,
    world,
    registered,
    registry,
    product,
    inHand,
    asOfMs: extra !== undefined && extra.recordTimeMs > world.asOfMs ? extra.recordTimeMs : world.asOfMs,
    features: featuresOf(registry, timeline),
    records,
    lotsAt: () => lots,
  };
}

/** A view of a container. */
export function containerView(world: World, container: string, records: Records = 'told'): SubjectView {
  assertJudged(world);
  const timeline: ContainerTimeline = world.container(container);
  return {
    subject: { type: 'container', id: container },
    timeline,
    world,
    registered: registeredIn(world),
    registry: world.registry,
    product: undefined,
    inHand: undefined,
    asOfMs: world.asOfMs,
    features: featuresOf(world.registry, timeline),
    records,
    lotsAt: lotsInside(world, container),
  };
}

/** What is inside a container at the time of an act; rule after rule asks it of the same acts. */
function lotsInside(world: World, container: string): SubjectView['lotsAt'] {
  const known = new Map<number, readonly string[]>();
  return ({ timeMs }) => {
    let lots = known.get(timeMs);
    if (lots === undefined) known.set(timeMs, (lots = world.lotsInside(container, timeMs)));
    return lots;
  };
}

/**
 * A finding of severity 0, which is only recorded: nine in ten of all findings, and most who judge want no more than their number.
 * Rules that always make the whole finding are right too, and slower.
 */
export function recorded({ records }: SubjectView, draft: FindingDraft & { readonly severity: 0 }): Finding {
  return records === 'counted' ? counted(draft.code) : finding(draft);
}

/** Policy in force for an event. */
export function policyFor(view: SubjectView, act: Act): Policy {
  return view.registry.policyAt(act.ref.entry);
}

/** True if one of the events proves too little for its findings to rise above L2 in a verdict. */
export function isSecondLine(view: SubjectView, ...strides: readonly Stride[]): boolean {
  for (const { line, alone, act } of strides) {
    if ((line === 'second' || alone) && act.ref.entry !== view.inHand) return true;
  }
  return false;
}

/**
 * The evidence to try in turn: first what stands in the first line, so that nobody's second line takes weight from it; then all.
 */
export function byLine(view: SubjectView, strides: readonly Stride[]): readonly (readonly Stride[])[] {
  const first = strides.filter((stride) => !isSecondLine(view, stride));
  return first.length === strides.length ? [strides] : [first, strides];
}

/** For each lot concerned at the time of an act, its statements in force then or since; lots nobody signed are left out. */
export function lotFactsAt(view: SubjectView, act: Act): readonly (readonly LotFact[])[] {
  return view
    .lotsAt(act)
    .map((lot) => view.registry.lotSince(lot, act.timeMs))
    .filter((facts) => facts.length > 0);
}

/** The stride of the event before this one on the main line. */
export function previousOf(view: SubjectView, stride: Stride): Stride | undefined {
  const { previous } = stride;
  if (previous === undefined) return undefined;
  return view.timeline.strides.find(
    ({ act }) => act.ref.entry === previous.entry && act.ref.event === previous.event,
  );
}

/** A party's name where it is registered, else its id. */
export function nameOf(registry: Registry, party: string): string {
  return registry.party(party)?.payload.name ?? party;
}

/** Returns `world` if it is one. */
export function assertJudged(world: World): World {
  if (world instanceof World) return world;
  throw argumentTypeError('world', 'a World', world);
}
