import { accessSync, constants, statfsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { SlowFirst } from './tests/support/slow-first.ts';

const MEMORY_FOLDER = '/dev/shm';
const MEMORY_MIN_BYTES = 2 ** 31;

/**
 * Where tests put their files: thousands of small ledgers, each commit of which waits for a disk, so in memory where there is room.
 * What is killed in a test is a process, never the machine: nothing shown rests on the disk. TMPDIR, where set, has the last word.
 */
function temporaryFiles(): { TMPDIR?: string } {
  if (process.env['TMPDIR'] !== undefined) return {};
  try {
    accessSync(MEMORY_FOLDER, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
    return bavail * bsize < MEMORY_MIN_BYTES ? {} : { TMPDIR: MEMORY_FOLDER };
  } catch {
    return {};
  }
}

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 30_000,
    pool: 'threads',
    maxWorkers: '100%',
    env: temporaryFiles(),
    sequence: { sequencer: SlowFirst },
  },
});
