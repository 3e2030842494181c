// Goal: each attack of the rule book's second half, alone in a small world, is caught by a code of its row, and nobody else is accused.
// Method: simulations of 240 units with little noise, one attack kind each, into SQLite files in a temporary folder.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { NO_NOISE } from '../../examples/simulation/noise.ts';
import { DEFAULT_OPTIONS, type AttackKind } from '../../examples/simulation/options.ts';
import { problemsOf } from '../../examples/simulation/report.ts';
import { simulate } from '../../examples/simulation/simulation.ts';

const folder = mkdtempSync(join(tmpdir(), 'countermark-attacks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ROWS: readonly (readonly [AttackKind, readonly string[]])[] = [
  ['unqualified-doctor', ['LC-06', 'LC-07']],
  ['cold-chain', ['CC-04']],
  ['refill', ['ST-11']],
  ['stolen', ['ST-13']],
  ['recall-ignored', ['RX-03']],
  ['expired', ['RX-01']],
  ['backdated', ['ST-13']],
  ['self-licensed', ['LC-08']],
  ['framing', ['CU-01']],
];
/** Some lateness stays, so that evidence comes in an order of its own. */
const NOISE = {
  ...NO_NOISE,
  lateCapture: 0.05,
  lateDaysMax: 3,
  outOfOrder: 0.02,
  clockMinutes: 2,
  homeChecks: 0.5,
};

describe.each(ROWS)('simulate() with %s alone', (kind, codes) => {
  it(`is caught by ${codes.join(' or ')}, and accuses nobody else`, async () => {
    const result = await simulate({
      ...DEFAULT_OPTIONS,
      units: 240,
      seed: 6,
      attacks: [kind],
      noise: NOISE,
      out: join(folder, kind),
    });
    expect(problemsOf(result)).toEqual([]);
    const score = result.attacks[kind];
    expect(score?.injected).toBeGreaterThan(0);
    expect(score?.caught).toBe(score?.injected);
    expect(Object.keys(score?.rules ?? {}).sort()).toEqual([...codes].sort());
    for (const { verdict } of result.scorer.framed()) expect(verdict).toBeLessThanOrEqual(2);
    expect(result.scorer.framed().length).toBe(kind === 'framing' ? score?.injected : 0);
  }, 300_000);
});
