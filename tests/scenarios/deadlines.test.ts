// Goal:   between two deadlines time changes nothing: what wakesAt() promises of a subject holds for every rule of the book.
// Method: every scenario judged at many times after its last record, deadlines themselves and the moment before them among these.
import { describe, expect, it } from 'vitest';
import { containerView, unitView, wakesAt, type Finding } from '../../src/judgement/index.ts';
import { GENESIS_MS } from '../support/cast.ts';
import { replay } from '../support/replay.ts';
import type { Script } from '../support/script.ts';
import { readScenarios, scenarioFiles } from './parse.ts';
import { tell } from './teller.ts';

const HOUR_MS = 3_600_000;
const SLOW = process.env['SLOW'] === '1';
const DAYS = SLOW ? [0.01, 0.5, 1.5, 3.1, 7, 9.9, 10.1, 15, 31, 46, 61, 100, 1000] : [1.5, 10.1, 46, 1000];
const EXACT_MAX = SLOW ? 12 : 2;

interface Seen {
  readonly found: string;
  readonly wakeMs: number;
}

/** What is found of each subject at a time, and until when that holds. */
function seenAt(script: Script, asOfMs: number): ReadonlyMap<string, Seen> {
  const { world, judge, units, containers } = replay(script, script.steps, asOfMs);
  const spelled = (found: readonly Finding[]): string => found.map((one) => JSON.stringify(one)).join('\n');
  const seen = new Map<string, Seen>();
  for (const id of units) {
    seen.set(id, { found: spelled(judge.unit(id)), wakeMs: wakesAt(unitView(world, id)) });
  }
  for (const id of containers) {
    seen.set(id, { found: spelled(judge.container(id)), wakeMs: wakesAt(containerView(world, id)) });
  }
  return seen;
}

describe('wakesAt()', () => {
  for (const file of scenarioFiles()) {
    it(`is never too late: ${file}`, { timeout: 300_000 }, () => {
      for (const scenario of readScenarios(file)) {
        const { script } = tell(scenario);
        const newestMs = script.steps.reduce(
          (ms, { recordTimeMs }) => Math.max(ms, recordTimeMs),
          GENESIS_MS,
        );
        const first = seenAt(script, newestMs);
        const exact = [...new Set([...first.values()].map(({ wakeMs }) => wakeMs))]
          .filter((ms) => ms > newestMs && ms !== Infinity)
          .slice(0, EXACT_MAX);
        const times = [
          ...DAYS.map((days) => newestMs + days * 24 * HOUR_MS),
          ...exact,
          ...exact.map((ms) => ms - 1),
        ];
        let before = first;
        for (const asOfMs of [...new Set(times)].sort((a, b) => a - b)) {
          const now = seenAt(script, asOfMs);
          for (const [id, { found, wakeMs }] of before) {
            const changed = now.get(id)!.found !== found;
            expect(changed && wakeMs > asOfMs, `${scenario.title}: ${id} at ${asOfMs - newestMs}`).toBe(
              false,
            );
          }
          before = now;
        }
      }
    });
  }
});
