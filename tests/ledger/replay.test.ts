// Goal: what an append answers is exactly what a replay of that size says of the subjects the statement names; and what an
//       audit tells is exactly what the replay says of all of them.
// Method: random small worlds, appended alone, in groups and at once; a plain replay in memory without index, cache or
//         partitions is the reference.
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/judgement/index.ts';
import { Ledger, type AppendResult } from '../../src/ledger/index.ts';
import { decodeEntry, type LogStore } from '../../src/log/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { GENESIS_MS, logKey, logSigner, ORIGIN } from '../support/cast.ts';
import type { SmallWorld, Step } from '../support/world.ts';
import { randomWorld, seededBelow } from './random-world.ts';
import { allFindings, findingsOfEntry, replay, type Replayed } from './replay.ts';

const SEED = Number(process.env['SEED'] ?? 1);
const WORLDS = process.env['SLOW'] === '1' ? 200 : 5;
const STEPS = 30;

async function entriesOf(store: LogStore): Promise<readonly Uint8Array[]> {
  return (await store.readEntries(0, Number.MAX_SAFE_INTEGER)).map(({ bytes }) => bytes);
}

function spelled(findings: readonly Finding[]): readonly string[] {
  return findings.map((found) => JSON.stringify(found)).sort();
}

/** Appends a world's statements to a store of its own: singly, many in a call, and many calls at once. */
async function appendAll(world: SmallWorld, store: LogStore, seed: number): Promise<readonly AppendResult[]> {
  const below = seededBelow(seed);
  const [first] = await world.store.readEntriesAt([0]);
  const clock = { ms: GENESIS_MS };
  const genesis = decodeEntry(first!).statement;
  let ledger = await Ledger.create({ store, origin: ORIGIN, logSigner, genesis, clock: () => clock.ms });
  const steps = [...world.steps].sort((a, b) => a.recordTimeMs - b.recordTimeMs);
  const results: AppendResult[] = [];
  for (let i = 0; i < steps.length;) {
    const group: readonly Step[] = steps.slice(i, (i += 1 + below(4)));
    clock.ms = Math.max(clock.ms, group.at(-1)!.recordTimeMs);
    const bytes = group.map((step) => step.bytes);
    if (below(2) === 0) results.push(...(await Promise.all(bytes.map((one) => ledger.append(one)))));
    else {
      for (const outcome of await ledger.appendMany(bytes)) {
        if (!outcome.ok) throw outcome.error;
        results.push(outcome);
      }
    }
    // A handle that has just been opened remembers nothing.
    if (below(5) === 0) ledger = await Ledger.open({ store, logKey, logSigner, clock: () => clock.ms });
  }
  return results;
}

describe('findings', () => {
  it(`at append are those of a replay of that size (${WORLDS} worlds, SEED=${SEED})`, async () => {
    const codes = new Set<string>();
    for (let seed = SEED; seed < SEED + WORLDS; seed++) {
      const world = await randomWorld(seed, STEPS);
      const store = new MemoryStore();
      const results = await appendAll(world, store, seed);
      const entries = await entriesOf(store);
      const replays = new Map<number, Replayed>();
      for (const { entry, findings, receipt, repeated } of results.slice(-STEPS)) {
        const { size } = receipt!;
        if (repeated) continue;
        if (!replays.has(size)) replays.set(size, replay(entries.slice(0, size)));
        const expected = findingsOfEntry(replays.get(size)!, entry);
        expect([seed, entry, spelled(findings)]).toEqual([seed, entry, spelled(expected)]);
        for (const { code } of findings) codes.add(code);
      }
    }
    // The worlds are worth something only if many rules speak in them.
    expect([...codes].sort().length).toBeGreaterThan(12);
  });

  it('of an audit are those of a replay of the whole log', async () => {
    for (let seed = SEED + 1000; seed < SEED + 1000 + WORLDS; seed++) {
      const world = await randomWorld(seed, STEPS);
      const { findings } = await world.audit();
      const expected = allFindings(replay(await entriesOf(world.store)));
      expect([seed, spelled(findings)]).toEqual([seed, spelled(expected)]);
    }
  });
});
