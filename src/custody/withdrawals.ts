// Browser-safe.
/**
 * Withdrawals: events their own signer took back by an EPCIS error declaration, and claims made after a loss was declared.
 *
 * Reads  act.ts, marks.ts.   Used by  units.ts, world.ts (containers).
 * Source EPCIS 2.0 section 7.4.1.4 (errorDeclaration: the event again, same eventID); `findings.md` CO-01, CO-06, ST-13;
 *        design principle 8.
 * Rule   only the party that signed an event takes it back, within the time policy grants; the correction itself stays evidence.
 * @module
 */
import { assertFunction } from '../bytes/index.ts';
import type { Policy } from '../statement/index.ts';
import { assertActs, type Act } from './act.ts';
import { DECLARED_LOST } from './marks.ts';

/** An event that does not count any more, and the correction that took it back. */
export interface Withdrawal {
  readonly act: Act;
  readonly by: Act;
}

/** Acts that still count, and those taken back. */
export interface Remaining {
  readonly acts: readonly Act[];
  readonly withdrawn: readonly Withdrawal[];
}

const NONE: readonly Withdrawal[] = Object.freeze([]);

/**
 * Takes out what effective corrections withdraw. All acts must concern one subject.
 * @param policyAt - policy in force at a log position.
 * Cost: one look at each act where nothing is corrected.
 */
export function withoutWithdrawn(acts: readonly Act[], policyAt: (entry: number) => Policy): Remaining {
  assertActs(acts);
  assertFunction('policyAt', policyAt);
  return remainingOf(acts, policyAt);
}

/** {@link withoutWithdrawn} of what is known to be acts. */
export function remainingOf(acts: readonly Act[], policyAt: (entry: number) => Policy): Remaining {
  if ((signsOf(acts) & CORRECTED) === 0) return untouched(acts);
  const corrections = acts.filter(isCorrection);
  const withdrawn: Withdrawal[] = [];
  const kept = acts.filter((act) => {
    const by = corrections.find((correction) => takesBack(correction, act, policyAt));
    if (by !== undefined) withdrawn.push({ act, by });
    return by === undefined;
  });
  return { acts: kept, withdrawn };
}

/** Acts of which none is taken back. */
export function untouched(acts: readonly Act[]): Remaining {
  return { acts, withdrawn: NONE };
}

/** Some act corrects another. */
export const CORRECTED = 1;
/** Some act may concern some of the units it names differently from others. */
export const PARTIAL = 1 << 1;
/** Some act declares something of goods. */
export const MARKING = 1 << 2;

/** What occurs among acts at all, in one look at each: most units meet nothing of it. */
export function signsOf(acts: readonly Act[]): number {
  let signs = 0;
  for (const { step, more } of acts) {
    if (step === 'correct') signs |= CORRECTED;
    else if (step === 'transform') signs |= PARTIAL;
    if (more === undefined) continue;
    if (more.absent.length > 0) signs |= PARTIAL;
    if (more.sets.length > 0) signs |= MARKING;
  }
  return signs;
}

function isCorrection({ step }: Act): boolean {
  return step === 'correct';
}

/** True if the correction is its signer's own, of this very event (or of it captured again, whenever), and in time. */
function takesBack(correction: Act, act: Act, policyAt: (entry: number) => Policy): boolean {
  if (act.step === 'correct' || act.eventId === undefined || act.eventId !== correction.eventId) return false;
  if (act.actor !== correction.actor) return false;
  return correction.recordTimeMs - act.recordTimeMs <= policyAt(correction.ref.entry).undoMaxMs;
}

/**
 * For each act recorded after a loss was declared but claiming an earlier time, without anybody else's word for it: the
 * declarations it contradicts. Whether its declarer was entitled is the caller's question.
 */
export function uncorroborated(acts: readonly Act[]): ReadonlyMap<Act, readonly Act[]> {
  return claimsAmong(assertActs(acts));
}

/** {@link uncorroborated} of what is known to be acts. */
export function claimsAmong(acts: readonly Act[]): ReadonlyMap<Act, readonly Act[]> {
  let found: Map<Act, readonly Act[]> | undefined;
  for (const declared of acts) {
    if (!declaresLoss(declared)) continue;
    for (const act of acts) {
      if (act === declared || !claimsBefore(act, declared)) continue;
      if (acts.some((other) => corroborates(other, act, declared))) continue;
      found ??= new Map();
      found.set(act, [...(found.get(act) ?? []), declared]);
    }
  }
  return found ?? NO_CLAIMS;
}

export const NO_CLAIMS: ReadonlyMap<Act, readonly Act[]> = new Map();

/** True for declarations of theft, loss, suspicion or illegitimacy. */
function declaresLoss({ more }: Act): boolean {
  return more !== undefined && more.sets.length > 0 && more.sets.some((mark) => DECLARED_LOST.has(mark));
}

const CLAIMS: ReadonlySet<string> = new Set([
  'receive',
  'ship',
  'return',
  'pack',
  'unpack',
  'dispense',
  'open',
  'administer',
]);

function claimsBefore(act: Act, declared: Act): boolean {
  return (
    CLAIMS.has(act.step) &&
    act.actor !== declared.actor &&
    act.ref.entry > declared.ref.entry &&
    act.timeMs < declared.timeMs
  );
}

/** The same hand-over told by another party before the declaration, or by the declarer. */
function corroborates(other: Act, act: Act, declared: Act): boolean {
  if (other.actor === act.actor || other === declared) return false;
  if (other.ref.entry > declared.ref.entry && other.actor !== declared.actor) return false;
  if (act.step === 'receive') {
    const isHandover = other.step === 'ship' || other.step === 'return';
    return isHandover && (other.to === undefined || other.to === act.actor);
  }
  if (act.step === 'ship' || act.step === 'return') {
    return other.step === 'receive' && (act.to === undefined || other.actor === act.to);
  }
  // What a holder did with the goods himself is borne out by whoever handed them to him.
  const gaveHim = other.step === 'ship' || other.step === 'return';
  return gaveHim && other.to === act.actor && other.timeMs <= act.timeMs;
}
