// Browser-safe.
/**
 * Order: events whose clocks disagree by less than the order tolerance may change places, if only that makes them legal.
 *
 * Reads  folding.ts.   Used by  units.ts, containers.ts.
 * Source `findings.md` ST-07 and "Semantics" (order tolerance); design section 6 "Honest gaps".
 * Never  depends on the order of capture, and never brings forward what is legal where it stands.
 * @module
 */
import { isSame, type Act } from './act.ts';
import type { Fold } from './folding.ts';
import type { Broken } from './timeline.ts';
import { isMoving } from './transitions.ts';
import type { Trunk } from './trunk.ts';

/** Most events looked at for one that should have come first. */
const LOOKAHEAD_MAX = 8;

/**
 * The act among `later` that must have come before `act`: not further away than the tolerance, and the two are legal in the
 * other order only, or with fewer missing steps. Undefined where none is.
 * Cost: nothing where no later act is near; else a few searches for missing steps.
 */
export function shouldPrecede(
  fold: Fold,
  act: Act,
  later: readonly Act[],
  toleranceMs: number,
): Act | undefined {
  if (later.length === 0 || !isMoving(act.step)) return undefined;
  // What is recorded twice is no event of its own, and has no other place.
  const last = fold.strides.at(-1);
  if (last !== undefined && isSame(last.act, act)) return undefined;
  if (!later.some(isAMove)) return undefined;
  const alone = fold.cost([act]);
  if (alone === 0) return undefined;
  for (const other of later) {
    if (other.timeMs - act.timeMs > toleranceMs) break;
    if (!isMoving(other.step) || isSame(act, other) || fold.cost([other]) > alone) continue;
    if (fold.cost([other, act]) < fold.cost([act, other])) return other;
  }
  return undefined;
}

function isAMove({ step }: Act): boolean {
  return isMoving(step);
}

/**
 * Folds acts, given in timeline order, letting those change places that must.
 * @param refused - why an act cannot move the subject, where that is known beforehand.
 * @param from - how many of them are in the fold already.
 * @param trunk - keeps what other units may have in common with this one.
 */
export function foldInOrder(
  fold: Fold,
  acts: readonly Act[],
  toleranceMs: number,
  refused: (act: Act) => Broken | undefined,
  from = 0,
  trunk?: Trunk,
): void {
  let taken = NOTHING_TAKEN;
  for (let i = from; i < acts.length; i++) {
    const act = acts[i]!;
    if (taken !== NOTHING_TAKEN && taken.has(act)) continue;
    const reason = refused(act);
    if (reason === undefined && isMoving(act.step) && isNear(acts, i + 1, act.timeMs + toleranceMs)) {
      for (;;) {
        const later = near(acts, i, toleranceMs, taken);
        const other = shouldPrecede(fold, act, later, toleranceMs);
        if (other === undefined) break;
        if (taken === NOTHING_TAKEN) taken = new Set();
        for (const one of withRepeats(other, later)) {
          (taken as Set<Act>).add(one);
          fold.add(one, refused(one), act.timeMs);
        }
      }
    }
    fold.add(act, reason);
    if (trunk !== undefined && taken === NOTHING_TAKEN) trunk.grow(act, i, fold);
  }
}

/** No act has changed places. */
export const NOTHING_TAKEN: ReadonlySet<Act> = new Set();

function isNear(acts: readonly Act[], i: number, limitMs: number): boolean {
  return i < acts.length && acts[i]!.timeMs <= limitMs;
}

/** An act and whatever near it is the same event captured again: they change places together. */
export function withRepeats(act: Act, later: readonly Act[]): readonly Act[] {
  return [act, ...later.filter((other) => other !== act && isSame(act, other))];
}

const NOTHING_NEAR: readonly Act[] = Object.freeze([]);

/** Acts after number `i` within the tolerance of it that have not been taken yet, at most a few. */
export function near(
  acts: readonly Act[],
  i: number,
  toleranceMs: number,
  taken: ReadonlySet<Act>,
): readonly Act[] {
  if (i >= acts.length) return NOTHING_NEAR;
  const limitMs = acts[i]!.timeMs + toleranceMs;
  let found: Act[] | undefined;
  for (let j = i + 1; isNear(acts, j, limitMs); j++) {
    if (taken.has(acts[j]!)) continue;
    found ??= [];
    found.push(acts[j]!);
    if (found.length === LOOKAHEAD_MAX) break;
  }
  return found ?? NOTHING_NEAR;
}
