// Goal: an audit that goes on from what was kept says what a whole audit of the log says, however often it went on before.
// Method: random small worlds recorded bit by bit, audited on after each bit and whole beside it; damage done to what was kept.
import { describe, expect, it } from 'vitest';
import { audit, TransientMemory, type AuditOptions, type AuditReport } from '../../src/audit/index.ts';
import type { Finding } from '../../src/judgement/index.ts';
import { auditOn, Ledger } from '../../src/ledger/index.ts';
import { decodeEntry, type LogStore } from '../../src/log/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { GENESIS_MS, logKey, logSigner, ORIGIN } from '../support/cast.ts';
import type { SmallWorld } from '../support/world.ts';
import { randomWorld, seededBelow } from './random-world.ts';

const SEED = Number(process.env['SEED'] ?? 1);
const WORLDS = Number(process.env['WORLDS'] ?? (process.env['SLOW'] === '1' ? 100 : 2));
const STEPS = 60;

/** What a run says, but for how it came to it. */
async function said(
  run: (options: AuditOptions) => Promise<AuditReport>,
  options: AuditOptions,
): Promise<{ readonly text: string; readonly report: AuditReport }> {
  const findings: Finding[] = [];
  const onFinding = (found: Finding): void => {
    if (found.severity > 0) findings.push(found);
  };
  const report = await run({ ...options, onFinding });
  const { signatures: _signatures, goneOn: _goneOn, findings: listed, counts, records, ...rest } = report;
  const sorted = (list: readonly Finding[]) => list.map((found) => JSON.stringify(found)).sort();
  const ordered = [counts, records].map((one) => Object.entries(one).sort());
  return { text: JSON.stringify([rest, ordered, sorted(listed), sorted(findings)], null, 1), report };
}

/** Records a world bit by bit; `between` runs after each bit. */
async function bitByBit(
  world: SmallWorld,
  seed: number,
  between: (store: LogStore) => Promise<void>,
): Promise<void> {
  const below = seededBelow(seed);
  const [first] = await world.store.readEntriesAt([0]);
  const clock = { ms: GENESIS_MS };
  const store = new MemoryStore();
  const genesis = decodeEntry(first!).statement;
  const ledger = await Ledger.create({ store, origin: ORIGIN, logSigner, genesis, clock: () => clock.ms });
  const steps = [...world.steps].sort((a, b) => a.recordTimeMs - b.recordTimeMs);
  for (let i = 0; i < steps.length;) {
    const group = steps.slice(i, (i += 1 + below(i < 20 ? 20 : 4)));
    clock.ms = Math.max(clock.ms, group.at(-1)!.recordTimeMs);
    if (below(4) === 0) clock.ms += below(30) * 86_400_000;
    for (const outcome of await ledger.appendMany(group.map(({ bytes }) => bytes))) {
      if (!outcome.ok) throw outcome.error;
    }
    await between(store);
  }
}

describe('auditOn()', () => {
  it(
    `says what a whole audit says, step by step (${WORLDS} worlds, SEED=${SEED})`,
    async () => {
      const whys = new Map<string, number>();
      for (let seed = SEED; seed < SEED + WORLDS; seed++) {
        const world = await randomWorld(seed, STEPS);
        const memory = new TransientMemory();
        await bitByBit(world, seed, async (store) => {
          const whole = await said((options) => audit(store, options), { logKey });
          const on = await said((options) => auditOn(store, options), { logKey, memory });
          const { goneOn } = on.report;
          expect([seed, on.report.size, goneOn?.why, on.text]).toEqual([
            seed,
            on.report.size,
            goneOn?.why,
            whole.text,
          ]);
          const why = goneOn === undefined ? 'nothing kept' : (goneOn.why ?? 'went on').replace(/\d+/, 'N');
          whys.set(why, (whys.get(why) ?? 0) + 1);
        });
      }
      if (process.env['SLOW'] === '1') console.log(whys);
      expect(whys.get('went on')).toBeGreaterThan(5 * WORLDS);
    },
    100_000 * WORLDS,
  );
});
