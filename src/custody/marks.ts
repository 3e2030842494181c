// Browser-safe.
/**
 * Marks: what entitled parties declared of goods (locked, stolen, a sample …), and who may declare or lift it.
 *
 * Reads  act.ts.   Used by  timeline.ts, containers.ts, judgement/ (ST, CO, RX rules).
 * Source `findings.md` ST-03, ST-12 … ST-16, CO-01, CO-04, RX-06, RX-07; design section 6 "Framing" (declarations: holder, issuer
 *        or authority).
 * Never  moves anything: a mark is beside custody, and whoever moves marked goods is a matter of the rules.
 * @module
 */
import { assertObject } from '../bytes/index.ts';
import { argumentTypeError } from '../errors.ts';
import { assertAct, type Act } from './act.ts';
import type { Mark } from './act-more.ts';

/** Marks in force, each with the act that set it. */
export type Marks = ReadonlyMap<Mark, Act>;
export const NO_MARKS: Marks = new Map();

/** What the signer of a declaration is to the goods. */
export interface Declarer {
  /** The goods are with him, on more than his own word. */
  readonly isHolder: boolean;
  /** He manufactures the product. */
  readonly isIssuer: boolean;
  /** He is a regulator. */
  readonly isAuthority: boolean;
}

/** Marks only the manufacturer or an authority may set. */
const AUTHORITATIVE: ReadonlySet<Mark> = new Set<Mark>(['suspect', 'illegitimate']);
/** Marks that end a pack's saleable life for good: only the manufacturer or an authority lifts them. */
export const TERMINAL_MARKS: ReadonlySet<Mark> = new Set<Mark>(['stolen', 'suspect', 'illegitimate']);
/** Marks after which a claim of an earlier time needs corroboration (principle 8). */
export const DECLARED_LOST: ReadonlySet<Mark> = new Set<Mark>(['stolen', 'lost', 'suspect', 'illegitimate']);

/** True if the declarer may set the mark. */
export function maySet(mark: Mark, declarer: Declarer): boolean {
  assertObject('declarer', declarer);
  const isOfficial = declarer.isIssuer || declarer.isAuthority;
  return AUTHORITATIVE.has(mark) ? isOfficial : isOfficial || declarer.isHolder;
}

/** True if the declarer may lift a mark that `set` put on the goods: its own declarer where it is not terminal, or an official. */
export function mayLift(mark: Mark, set: Act, act: Act, declarer: Declarer, undoMaxMs: number): boolean {
  assertAct(set);
  assertAct(act);
  if (declarer.isIssuer || declarer.isAuthority) return true;
  if (set.actor !== act.actor || TERMINAL_MARKS.has(mark)) return false;
  return act.more?.undoes === undefined || act.timeMs - set.timeMs <= undoMaxMs;
}

/** The marks after an act: what it sets and lifts, as far as its declarer may. The same object where nothing changes. */
export function marksAfter(marks: Marks, act: Act, declarer: Declarer, undoMaxMs: number): Marks {
  if (!(marks instanceof Map)) throw argumentTypeError('marks', 'a Map', marks);
  const { more } = assertAct(act);
  if (more === undefined) return marks;
  const after = new Map<Mark, Act>(marks as Map<Mark, Act>);
  for (const mark of more.sets) {
    if (!after.has(mark) && maySet(mark, declarer)) after.set(mark, act);
  }
  for (const mark of more.unsets) {
    const set = after.get(mark);
    if (set !== undefined && mayLift(mark, set, act, declarer, undoMaxMs)) after.delete(mark);
  }
  return after.size === marks.size && [...after].every(([mark, set]) => marks.get(mark) === set)
    ? marks
    : after;
}

/** Both sets of marks; where both know a mark, the first one's act counts. */
export function joinMarks(marks: Marks, others: Marks): Marks {
  if (!(marks instanceof Map)) throw argumentTypeError('marks', 'a Map', marks);
  if (!(others instanceof Map)) throw argumentTypeError('others', 'a Map', others);
  if (others.size === 0) return marks;
  if (marks.size === 0) return others;
  return new Map<Mark, Act>([...(others as Map<Mark, Act>), ...(marks as Map<Mark, Act>)]);
}
