// Goal: a service killed at any moment while it appends through a Ledger loses nothing it was told is in the log, and the
//       file opens, goes on, and passes an audit.
// Method: child processes append to one SQLite file and are killed with SIGKILL at seeded moments. 12 kills, 100 with SLOW=1.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Ledger } from '../../src/ledger/index.ts';
import type { Posting } from '../../src/log/index.ts';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { openBench, seen } from '../ledger/bench.ts';
import { seededBelow } from '../ledger/random-world.ts';
import { logKey, logSigner } from '../support/cast.ts';
import { temporaryFolder } from '../support/temporary.ts';

const SLOW = process.env['SLOW'] === '1';
const KILLS = SLOW ? 100 : 12;
const SEED = Number(process.env['SEED'] ?? 7);
const script = fileURLToPath(new URL('./ledger-appender.ts', import.meta.url));

interface Killed {
  readonly acknowledged: readonly Posting[];
  readonly stderr: string;
  readonly signal: string | null;
}

/** Runs an appender and kills it some milliseconds after its first acknowledgement (or, sometimes, its start). */
function runAndKill(path: string, name: string, line: RegExp, afterMs: number): Promise<Killed> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, path, name]);
  const acknowledged: Posting[] = [];
  let rest = '';
  let stderr = '';
  let doomed = false;
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop()!;
    for (const text of lines) {
      const [entry, subject, count] = text.split(' ');
      if (subject !== undefined) acknowledged.push({ subject, entry: Number(entry), count: Number(count) });
      if (doomed || !line.test(text)) continue;
      doomed = true;
      setTimeout(() => child.kill('SIGKILL'), afterMs);
    }
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_, signal) => resolve({ acknowledged, stderr, signal }));
  });
}

describe('a service killed while it appends', () => {
  it(
    `loses no acknowledged entry (${KILLS} kills, SEED=${SEED})`,
    { timeout: SLOW ? 400_000 : 60_000 },
    async () => {
      const below = seededBelow(SEED);
      const folder = temporaryFolder();
      const path = folder.file('log.db');
      const { ledger } = await openBench(await SqliteStore.open(path, { create: true }));
      await ledger.close();
      const acknowledged = new Map<number, Posting>();
      for (let round = 0; round < KILLS; round++) {
        const line = below(5) === 0 ? /^ready/ : /^\d/;
        const killed = await runAndKill(path, String(round), line, (below(60) * below(60)) / 60);
        expect(killed).toMatchObject({ stderr: '', signal: 'SIGKILL' });
        for (const posting of killed.acknowledged) {
          expect(acknowledged.has(posting.entry)).toBe(false);
          acknowledged.set(posting.entry, posting);
        }
        const store = await SqliteStore.open(path);
        const again = await Ledger.open({ store, logKey, logSigner });
        const { size } = await again.head();
        for (const posting of acknowledged.values()) {
          // Each process begins its numbers anew.
          const alike = await store.readPostings(posting.subject, size);
          expect(alike.filter(({ count }) => count === posting.count)).toEqual([posting]);
        }
        expect((await again.append(seen(`after${round}`))).entry).toBe(size);
        if (round === KILLS - 1 || round % 20 === 19) expect((await again.audit()).ok).toBe(true);
        await again.close();
      }
      expect(acknowledged.size).toBeGreaterThan(KILLS);
      folder.remove();
    },
  );
});
