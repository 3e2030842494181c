// Goal: several processes on one file lose nothing, and a disk that refuses to write costs nobody an acknowledged entry.
// Method: real child processes; a file size limit makes COMMIT itself fail.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { temporaryFolder } from '../support/temporary.ts';
import type { TemporaryFolder } from '../support/temporary.ts';
import { verifyLog } from '../support/verify-log.ts';
import { createBarrier, runAppender } from './child.ts';

let folder: TemporaryFolder;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

async function emptyLog(name: string): Promise<string> {
  const path = folder.file(name);
  await (await SqliteStore.open(path, { create: true })).close();
  return path;
}

describe('two processes on one file', () => {
  it('lose and repeat nothing', { timeout: 60_000 }, async () => {
    const path = await emptyLog('shared.db');
    const names = ['left', 'right'];
    const barrier = createBarrier(names.length);
    const outcomes = await Promise.all(names.map((name) => runAppender({ path, name, count: 400, barrier })));
    for (const { end, lines, stderr } of outcomes) {
      expect({ end, last: lines.at(-1), stderr }).toEqual({ end: 0, last: 'done', stderr: '' });
    }
    const acknowledged = new Map(outcomes.flatMap((outcome) => [...outcome.acknowledged]));
    expect(acknowledged.size).toBe(800);
    const store = await SqliteStore.open(path);
    const { statements } = await verifyLog(store);
    expect(statements).toEqual(Array.from({ length: 800 }, (_, index) => acknowledged.get(index)));
    const turns = statements.filter(
      (text, i) => i > 0 && text.split('/')[0] !== statements[i - 1]!.split('/')[0],
    );
    // They did write at the same time.
    expect(turns.length).toBeGreaterThan(1);
    await store.close();
  });
});

describe('a disk that refuses to write', () => {
  it(
    'makes the outcome unknown, ends the handle, and loses nothing acknowledged',
    { timeout: 60_000 },
    async () => {
      const path = await emptyLog('limited.db');
      const outcome = await runAppender({ path, name: 'limited', count: 1e9, fileBlocksMax: 800 });
      expect(outcome.stderr).toBe('');
      expect(outcome.lines.at(-1)).toBe('failed ERR_STORE_OUTCOME_UNKNOWN true ERR_STORE_OUTCOME_UNKNOWN');
      expect(outcome.acknowledged.size).toBeGreaterThan(0);

      const store = await SqliteStore.open(path);
      const { statements } = await verifyLog(store);
      for (const [index, text] of outcome.acknowledged) expect(statements[index]).toBe(text);
      await store.close();
      const after = await runAppender({ path, name: 'after', count: 5 });
      expect(after.lines.at(-1)).toBe('done');
    },
  );
});
