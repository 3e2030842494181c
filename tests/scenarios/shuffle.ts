/**
 * The order of capture, changed: events keep their times and are recorded at others, within max lag.
 *
 * Reads  ../support/script.ts, src/custody.   Used by  runner.ts.
 * Rule   every event stays on its side of every statement of facts, every declaration of a loss or suspicion (design, principle 8)
 *        and every correction (judged by record times), and the newest record stays as new as it was: deadlines are judged by it.
 * @module
 */
import { actsOfDocument, DECLARED_LOST } from '../../src/custody/index.ts';
import { DEFAULT_POLICY, type Policy } from '../../src/statement/policy.ts';
import { openStatement } from '../../src/statement/index.ts';
import { GENESIS_MS } from '../support/cast.ts';
import { Dice } from '../support/journeys.ts';
import type { Script, Step } from '../support/script.ts';

/** The steps of a script with other record times. */
export function shuffled({ steps, genesis }: Script, seed: number): readonly Step[] {
  const { lagMaxMs, skewMs } = policyOf(genesis);
  const dice = new Dice(seed);
  const newestMs = Math.max(...steps.map(({ recordTimeMs }) => recordTimeMs));
  const factsMs = steps
    .filter((step) => isFence(step) && step.recordTimeMs > GENESIS_MS)
    .map(({ recordTimeMs }) => recordTimeMs)
    .sort((a, b) => a - b);
  const ranges = new Map<Step, readonly [number, number]>();
  for (const step of steps) {
    const { timeMs, recordTimeMs } = step;
    const lag = recordTimeMs - timeMs;
    if (isFence(step) || lag > lagMaxMs || lag < -skewMs || factsMs.includes(recordTimeMs)) continue;
    const after = factsMs.filter((ms) => ms < recordTimeMs).at(-1) ?? GENESIS_MS;
    const before = factsMs.find((ms) => ms > recordTimeMs) ?? newestMs + 1;
    const first = Math.max(timeMs - skewMs, after + 1);
    const last = Math.min(timeMs + lagMaxMs, before - 1);
    ranges.set(step, [first, last]);
  }
  const moved = steps.map((step) => {
    const range = ranges.get(step);
    if (range === undefined) return step;
    const [first, last] = range;
    return { ...step, recordTimeMs: first + dice.below(last - first + 1), range };
  });
  keepNewest(moved, newestMs, dice);
  return moved;
}

/** True for what other events are judged by their side of. */
function isFence({ kind, bytes }: Step): boolean {
  if (kind !== 'events') return true;
  const { statement } = openStatement(bytes);
  if (statement.kind !== 'events') return true;
  const nowhere = { entry: 0, recordTimeMs: 0, issuer: '', kid: '' };
  return actsOfDocument(statement.payload, nowhere).some(
    ({ step, more }) => step === 'correct' || more?.sets.some((mark) => DECLARED_LOST.has(mark)) === true,
  );
}

/** Makes one event that may be the newest record the newest, unless something else is. */
function keepNewest(moved: Step[], newestMs: number, dice: Dice): void {
  if (moved.some(({ recordTimeMs }) => recordTimeMs === newestMs)) return;
  const able = moved.filter((step) => (step as Ranged).range?.[1] === newestMs);
  const chosen = dice.pick(able);
  moved[moved.indexOf(chosen)] = { ...chosen, recordTimeMs: newestMs };
}

interface Ranged extends Step {
  readonly range?: readonly [number, number];
}

function policyOf(genesis: Uint8Array): Policy {
  const { statement } = openStatement(genesis);
  return { ...DEFAULT_POLICY, ...(statement.kind === 'genesis' ? statement.payload.policy : {}) };
}
