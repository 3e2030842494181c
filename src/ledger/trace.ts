// Browser-safe.
/**
 * Trace: a subject's journey, event by event, its containers' events included while it was inside.
 *
 * Reads  custody/ (timelines).   Used by  ledger.ts.
 * Note   steps nobody recorded but the timeline needs stand beside the event that shows them missing.
 * @module
 */
import type { MissingStep, Stride, Timeline, World } from '../custody/index.ts';
import type { Registry } from '../registry/index.ts';
import { named, type Named } from './verdict.ts';

/** One event of a journey. */
export interface TraceStep {
  readonly timeMs: number;
  readonly recordTimeMs: number;
  readonly step: string;
  readonly actor: Named;
  readonly place: Named | undefined;
  readonly to: Named | undefined;
  /** Container whose event this is; undefined for the subject's own. */
  readonly via: string | undefined;
  /** Place in the log. */
  readonly entry: number;
  readonly event: number;
  /** `second`: somebody else's claim, which moved nothing. */
  readonly line: 'main' | 'second';
  /** Why it did not fit, where it did not. */
  readonly broken: string | undefined;
  /** Steps that must have been missed before it. */
  readonly missing: readonly MissingStep[];
}

/** A journey as of one size of the log. */
export interface Trace {
  readonly subject: string;
  readonly size: number;
  readonly lot: string | undefined;
  readonly steps: readonly TraceStep[];
}

/** All steps of a timeline and of the containers it was in, in order of time. */
export function traceOf(world: World, timeline: Timeline): readonly TraceStep[] {
  const steps: { readonly stride: Stride; readonly via: string | undefined }[] = [];
  const visit = (
    of: Timeline,
    via: string | undefined,
    fromMs: number,
    toMs: number,
    path: readonly string[],
  ): void => {
    let packedMs: number | undefined;
    let container: string | undefined;
    const leave = (untilMs: number): void => {
      if (container === undefined || packedMs === undefined || path.includes(container)) return;
      visit(world.container(container), container, packedMs, untilMs, [...path, container]);
      container = undefined;
    };
    for (const stride of of.strides) {
      const { timeMs } = stride.act;
      if (timeMs > toMs) break;
      const wasInside = timeMs < fromMs;
      // A packing that names contents is told by those contents; one that names none took everything out.
      const told = via !== undefined && stride.act.step === 'handle' && stride.act.ids.length > 0;
      if (!wasInside && !told) steps.push({ stride, via });
      if (stride.line !== 'main') continue;
      const { custody } = stride.after;
      if (custody.at === 'inside' && custody.container !== container) {
        leave(timeMs);
        container = custody.container;
        packedMs = Math.max(timeMs, fromMs);
      } else if (custody.at !== 'inside') leave(timeMs);
    }
    leave(toMs);
  };
  visit(timeline, undefined, -Infinity, Infinity, []);
  steps.sort((a, b) => a.stride.act.timeMs - b.stride.act.timeMs);
  return steps.map(({ stride, via }) => stepOf(world.registry, stride, via));
}

function stepOf(registry: Registry, stride: Stride, via: string | undefined): TraceStep {
  const { act, line, broken, missing } = stride;
  const site = act.place === undefined ? undefined : registry.site(act.place)?.site;
  return {
    timeMs: act.timeMs,
    recordTimeMs: act.recordTimeMs,
    step: via !== undefined && act.step === 'handle' ? 'unpack' : act.step,
    actor: named(registry, act.actor),
    place: act.place === undefined ? undefined : { id: act.place, name: site?.name ?? act.place },
    to: act.to === undefined ? undefined : named(registry, act.to),
    via,
    entry: act.ref.entry,
    event: act.ref.event,
    line,
    broken,
    missing,
  };
}
