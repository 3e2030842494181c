/**
 * The order of test files: those known to be slow first, so that all workers end together.
 *
 * Reads  vitest's own order, which without a cache of durations goes by the size of files.   Used by  vitest.config.ts.
 * Rule   a wrong order costs time, never a verdict: no test may rest on it.
 * @module
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files of five seconds and more, slowest first, as measured on two cores. */
const SLOW: readonly string[] = [
  'scenarios/stories-of-goods',
  'scenarios/stories-of-records',
  'bench/bench',
  'examples/attacks',
  'simulation/simulation',
  'hostile/functions',
  'properties/unrelated',
  'cli/refusal',
  'hostile/classes',
  'properties/evidence',
  'scenarios/deadlines',
  'faults/ledger-kill',
  'properties/clean',
  'faults/kill',
  'examples/noise',
  'cli/walkthrough',
  'cli/audit',
  'ledger/audit-on',
  'audit/clean',
  'custody/framing',
  'audit/threads',
  'custody/statement-reader',
  'engines/verdicts',
  'ledger/replay',
  'ledger/timeline-before',
].map((name) => `tests/${name}.test.ts`);

/** Vitest's order behind the slow files. */
export class SlowFirst extends BaseSequencer {
  /**
   * The files in the order in which they start.
   * @throws {Error} if a file named above is gone: its line has to go too, or the next slow one starts last unseen.
   */
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config;
    const gone = SLOW.filter((path) => !existsSync(join(root, path)));
    if (gone.length > 0) throw new Error(`slow-first.ts names files that are gone: ${gone.join(', ')}`);
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = SLOW.findIndex((path) => moduleId.endsWith(`/${path}`));
      return at < 0 ? SLOW.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
