import { defineConfig } from 'vitest/config';

/** Tests of data in, data out: their files share modules, loaded and compiled once a thread. */
const PURE = ['bytes', 'custody', 'epcis', 'gs1', 'judgement', 'merkle', 'note', 'registry'];
/** The scenarios share theirs too, but with nobody else: their runner remembers signatures and statements it has seen. */
const SCENARIOS = ['tests/scenarios/**/*.test.ts'];

const pure = PURE.map((room) => `tests/${room}/**/*.test.ts`);

export default defineConfig({
  test: {
    testTimeout: 30_000,
    pool: 'threads',
    maxWorkers: '100%',
    projects: [
      { extends: true, test: { name: 'scenarios', include: SCENARIOS, isolate: false } },
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
      {
        extends: true,
        test: { name: 'others', include: ['tests/**/*.test.ts'], exclude: [...SCENARIOS, ...pure] },
      },
    ],
  },
});
