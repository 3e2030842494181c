// Browser-safe.
/**
 * Timelines: a subject's events in event time, each with the state before and after, and the steps that must be missing.
 *
 * Reads  folding.ts, transitions.ts.   Used by  world.ts, units.ts, containers.ts, judgement/.
 * Source design section 6: an event moves a subject only if its signer is admitted and at most m missing steps make it legal;
 *        every other event stays a second line and moves nothing.
 * Never  depends on the order of capture, nor on who computes it.
 * @module
 */
import { assertRegistry } from '../registry/index.ts';
import { assertArray, assertObject } from '../bytes/index.ts';
import type { Registry } from '../registry/index.ts';
import { orderOf, type Act, type EventRef, assertAct, assertActs } from './act.ts';
import type { Admission } from './admission.ts';
import type { MissingStep } from './completion.ts';
import { Fold } from './folding.ts';
import type { Marks } from './marks.ts';
import { sortFew } from './sorting.ts';
import { heldBy, NOWHERE, type Custody, type State } from './transitions.ts';
import type { Withdrawal } from './withdrawals.ts';

/** Why an event could not be made legal. */
export type Broken =
  | 'not-admitted'
  | 'not-commissioned'
  | 'before-commission'
  | 'after-end'
  | 'out-of-order'
  | 'receiver-mismatch'
  | 'not-shipped'
  | 'not-custodian'
  | 'forbidden'
  /** Claims, after a loss was declared, to have happened before it, and nobody else bears it out (principle 8). */
  | 'after-declaration'
  | 'undo-too-late'
  | 'undo-by-other'
  | 'undo-mismatch';

/** One event of a timeline. */
export interface Stride {
  readonly act: Act;
  readonly before: State;
  readonly after: State;
  /** Steps that must have been missed since the last event of the main line. */
  readonly missing: readonly MissingStep[];
  /** `main` moved the subject, or its holder speaks; `second` is somebody else's claim. */
  readonly line: 'main' | 'second';
  /** True if only the actor says that the subject is with him: it moves, but is no better evidence than a second line. */
  readonly alone: boolean;
  readonly broken: Broken | undefined;
  readonly admission: Admission;
  /** What entitled parties have declared of the subject, or of what it is in, before this event. */
  readonly marks: Marks;
  /** Legal only because the order tolerance lets it change places with the event that now follows (ST-07). */
  readonly reordered: boolean;
  /** When it takes effect: its event time, but never after that of the stride behind it. */
  readonly atMs: number;
  /** Last event of the main line before this one. */
  readonly previous: EventRef | undefined;
  /** The same event, captured before. */
  readonly duplicateOf: EventRef | undefined;
  /** The same end of life declared before by the same party with the same act id. */
  readonly repeatOf: EventRef | undefined;
}

/** A subject's completed timeline. */
export interface Timeline {
  readonly subject: string;
  readonly strides: readonly Stride[];
  /** State after the last event. */
  readonly final: State;
  /** The commissioning that registered a unit; undefined for containers and unregistered units. */
  readonly commission: Act | undefined;
  /** Further admitted commissionings by the same issuer that say something else (ID-12). */
  readonly recommissions: readonly Act[];
  /** Events their own signers took back: no strides, and proof of nothing but their correction. */
  readonly withdrawn: readonly Withdrawal[];
  /** What is declared of the subject after the last event. */
  readonly marks: Marks;
}

/** What a fold asks about other subjects. */
export interface TimelineWorld {
  readonly registry: Registry;
  /**
   * Custody of a container at a time, through any outer containers; undefined where nothing is recorded by then.
   * @param until - at that very instant, only what comes before this act by rank of step.
   */
  containerCustody(container: string, timeMs: number, until?: Act): Custody | undefined;
  /** True if the container was held by `party` at some time in [fromMs, toMs]. */
  containerWasWith(container: string, party: string, fromMs: number, toMs: number): boolean;
  /** The first event after `sinceMs`, up to `untilMs`, that took everything out of the container. */
  containerEmptied(container: string, sinceMs: number, untilMs: number): Emptying | undefined;
  /** What is declared of the container, and of all it is in, at a time. */
  marksAt(container: string, timeMs: number): Marks;
}

/** An event that took everything out of a container. */
export interface Emptying {
  readonly timeMs: number;
  readonly actor: string;
  /** True if only the actor says that the container was with him. */
  readonly alone: boolean;
}

/** What the fold needs to know of the subject itself. */
export interface SubjectFacts {
  readonly lot: string | undefined;
  readonly products: readonly string[];
  readonly doses: number;
  /** Manufacturer of the product; undefined for containers. */
  readonly issuer: string | undefined;
}

/** Custody an event of a container proves when nothing before it is recorded. */
export function bornFrom(act: Act): Custody {
  assertAct(act);
  switch (act.step) {
    case 'receive':
      return { at: 'transit', from: act.from ?? act.actor, to: act.actor, claimed: undefined };
    case 'unpack':
      return act.parent === undefined ? NOWHERE : { at: 'inside', container: act.parent, claimed: undefined };
    default:
      return heldBy(act.actor, false);
  }
}

/** Folds acts, one after the other, into strides. */
export class TimelineFold extends Fold {
  constructor(world: TimelineWorld, facts: SubjectFacts, state: State) {
    assertWorld(world);
    assertArray('products', assertObject('facts', facts).products, 1_000_000);
    assertObject('custody', assertObject('state', state).custody);
    super(world, facts, state);
  }

  /** {@link Fold.add} of what may be no act. */
  override add(act: Act, refuse?: Broken, atMs?: number): void {
    super.add(assertAct(act), refuse, atMs);
  }

  /** {@link Fold.cost} of what may be no acts. */
  override cost(acts: readonly Act[]): number {
    return super.cost(assertActs(acts));
  }
}

/** Sorts acts into timeline order, in place. */
export function sortActs(acts: Act[]): Act[] {
  assertActs(acts);
  return inOrder(acts);
}

/** {@link sortActs} of what is known to be acts; most are recorded in the order they happened. */
export function inOrder(acts: Act[]): Act[] {
  const sorted = countOrdered(acts);
  return sorted >= acts.length ? acts : sortFew(acts, orderOf, sorted);
}

/** The same of acts that stay as they are. */
export function sortedActs(acts: readonly Act[]): readonly Act[] {
  const sorted = countOrdered(acts);
  return sorted >= acts.length ? acts : sortFew(acts.slice(), orderOf, sorted);
}

/** How many of the first acts are in order. */
function countOrdered(acts: readonly Act[]): number {
  for (let i = 1; i < acts.length; i++) {
    const before = acts[i - 1]!;
    const act = acts[i]!;
    if (before.timeMs < act.timeMs) continue;
    if (before.timeMs > act.timeMs || orderOf(before, act) > 0) return i;
  }
  return acts.length;
}

/** Returns `world` if it can answer for containers. */
export function assertWorld<T extends TimelineWorld>(world: T): T {
  assertObject<TimelineWorld>('world', world, [
    'containerCustody',
    'containerWasWith',
    'containerEmptied',
    'marksAt',
  ]);
  assertRegistry(world.registry);
  return world;
}
