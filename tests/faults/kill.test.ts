// Goal: a process killed at any moment loses nothing it acknowledged and leaves a log that opens and holds.
// Method: child processes append to one file and are killed with SIGKILL at seeded moments; after each, everything they
//         acknowledged is looked up, and chain and tree are verified. 15 kills by default, 100 with SLOW=1.
import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { temporaryFolder } from '../support/temporary.ts';
import type { TemporaryFolder } from '../support/temporary.ts';
import { verifyLog } from '../support/verify-log.ts';
import { runAppender } from './child.ts';

const SLOW = process.env['SLOW'] === '1';
const KILLS = SLOW ? 100 : 15;
const CREATION_KILLS = SLOW ? 30 : 4;
const SEED = Number(process.env['SEED'] ?? 20260101);

let folder: TemporaryFolder;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

/** Seeded fractions of one. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_0000_0000;
  };
}

describe('a killed process', () => {
  it(
    `loses nothing it acknowledged (${KILLS} kills, SEED=${SEED})`,
    { timeout: SLOW ? 300_000 : 60_000 },
    async () => {
      const random = seeded(SEED);
      const path = folder.file('killed.db');
      await (await SqliteStore.open(path, { create: true })).close();
      const acknowledged = new Map<number, string>();
      for (let round = 0; round < KILLS; round++) {
        // Mostly within the first commits, sometimes before the file is open, sometimes late.
        const kill = { line: random() < 0.2 ? /^ready/ : /^\d/, afterMs: random() * random() * 40 };
        const outcome = await runAppender({ path, name: `round ${round}`, count: 1e9, kill });
        expect(outcome).toMatchObject({ end: 'SIGKILL', stderr: '' });
        for (const [index, text] of outcome.acknowledged) {
          expect(acknowledged.has(index)).toBe(false);
          acknowledged.set(index, text);
        }
        await checkAcknowledged(path, acknowledged, SLOW ? round % 10 === 9 : round === KILLS - 1);
      }
      expect(acknowledged.size).toBeGreaterThan(KILLS);
    },
  );

  it(
    `leaves no half-made log when killed while creating it (${CREATION_KILLS} kills)`,
    { timeout: 60_000 },
    async () => {
      const random = seeded(SEED + 1);
      for (let round = 0; round < CREATION_KILLS; round++) {
        const path = folder.file(`created-${round}.db`);
        const kill = { line: /^ready/, afterMs: random() * 12 };
        await runAppender({ path, name: 'creator', count: 1e9, create: true, kill });
        if (existsSync(path)) await checkAcknowledged(path, new Map(), true);
        else
          expect(readdirSync(folder.path).some((name) => name.startsWith(`created-${round}.db-`))).toBe(
            false,
          );
      }
    },
  );
});

/** Opens the log and finds every acknowledged statement at its index; `whole` verifies all of it. */
async function checkAcknowledged(
  path: string,
  acknowledged: ReadonlyMap<number, string>,
  whole: boolean,
): Promise<void> {
  const store = await SqliteStore.open(path);
  const size = (await store.readHead())?.size ?? 0;
  for (const [index, text] of acknowledged) {
    expect(index).toBeLessThan(size);
    expect(await store.readPostings(text, size)).toEqual([{ subject: text, entry: index, count: 1 }]);
  }
  if (whole) {
    const { statements } = await verifyLog(store);
    for (const [index, text] of acknowledged) expect(statements[index]).toBe(text);
  }
  await store.close();
}
