/**
 * `audit.signed.*`, `audit.memory` and `audit.scale`: whole audits of logs in which every statement is one event, signed on its own.
 *
 * Reads  lib/.   Used by  suite.ts.
 * Method each audit is a process of its own, so its peak memory is its own too; between the audits the bare loop verifies
 *        signatures of the same log. Leaves, chain, tree, signatures, registry, every rule and all derived data are checked.
 * @module
 */
import * as crypto from 'node:crypto';
import type { Benchmark, Context } from './context.ts';
import { sampleSignatures, type Signed } from './lib/entries.ts';
import { runJob } from './lib/jobs.ts';
import { NODE_CRYPTO } from './lib/keys.ts';
import { HUGE_TIMES } from './lib/options.ts';
import { Plan } from './lib/plan.ts';
import { compare, interleave } from './lib/rounds.ts';

const ONE = 'audit.signed.1thread';
const TWO = 'audit.signed.2workers';
const MEMORY = 'audit.memory';
const SCALE = 'audit.scale';
const GIB = 2 ** 30;
/** The short log that the longest is compared with: a share of the log everybody audits, but no shorter than a log can be. */
const SHORT_SHARE = 0.1;
const SHORT_LEAST = 1000;

export const auditBenchmark: Benchmark = {
  names: [ONE, TWO, MEMORY],
  async run(context) {
    const entries = context.size.signedEntries;
    const path = await signedLog(context, entries);
    const { cast } = new Plan('signed', entries);
    const signatures = await sampleSignatures(cast, path, entries, context.size.operations);
    const audits = [1, 2]
      .filter((workers) => workers === 2 || context.isWanted(ONE))
      .map((workers) => ({ name: `${workers}`, run: () => audit(path, workers) }));
    const bare = { name: 'node:crypto', run: () => ({ rate: verifyAll(signatures), peakBytes: 0 }) };
    const progress = context.progress(`audit.signed of ${entries} entries`);
    const figures = await interleave([bare, ...audits], { ...context.size, warmups: 0 }, progress);
    const [others, ...ours] = figures.map((rounds) => rounds.map(({ rate }) => rate));
    const baseline = `${NODE_CRYPTO}, signatures of the same log`;
    const results = [ONE, TWO]
      .slice(-ours.length)
      .map((name, i) => compare({ name, unit: 'entries/s', baseline }, ours[i]!, others!));
    const peaks = figures.at(-1)!.map(({ peakBytes }) => peakBytes);
    const what = { name: MEMORY, unit: 'bytes', baseline: `1 GiB, two workers, ${entries} entries` };
    return [...results, compare(what, peaks, [GIB])];
  },
};

/** What ten times as many entries do to memory and pace. */
export const hugeAuditBenchmark: Benchmark = {
  names: [MEMORY, SCALE],
  async run(context) {
    const entries = context.size.signedEntries;
    const sizes = [entries * HUGE_TIMES, entries, Math.max(entries * SHORT_SHARE, SHORT_LEAST)];
    const paths: string[] = [];
    for (const size of sizes) paths.push(await signedLog(context, size));
    const figures = await interleave(
      paths.map((path) => ({ name: path, run: () => audit(path, 2) })),
      { ...context.size, warmups: 0 },
      context.progress(`audits of ${sizes.join(', ')} entries`),
    );
    const peaks = figures.map((rounds) => rounds.map(({ peakBytes }) => peakBytes));
    const rates = figures.map((rounds) => rounds.map(({ rate }) => rate));
    const [most, , least] = sizes;
    const unit = 'bytes';
    const atMost = `two workers, ${most} entries`;
    return [
      compare({ name: MEMORY, unit, baseline: `1 GiB, ${atMost}` }, peaks[0]!, [GIB]),
      compare(
        { name: MEMORY, unit, baseline: `itself at ${entries} entries, ${atMost}` },
        peaks[0]!,
        peaks[1]!,
      ),
      compare(
        { name: SCALE, unit: 'entries/s', baseline: `itself at ${least} entries, ${atMost}` },
        rates[0]!,
        rates[2]!,
      ),
    ];
  },
};

async function signedLog({ logs }: Context, entries: number): Promise<string> {
  return logs.file({ kind: 'signed', pace: entries, entries });
}

async function audit(path: string, workers: number): Promise<{ rate: number; peakBytes: number }> {
  const { logKey } = new Plan('signed', 1).cast;
  const { size, elapsedMs, peakBytes } = await runJob({ job: 'audit', path, logKey, workers });
  return { rate: (size / elapsedMs) * 1000, peakBytes };
}

function verifyAll(signatures: readonly Signed[]): number {
  const startedMs = performance.now();
  for (const { toBeSigned, signature, keyObject } of signatures) {
    if (!crypto.verify(null, toBeSigned, keyObject, signature))
      throw new Error('node:crypto refused a signature');
  }
  return (signatures.length / (performance.now() - startedMs)) * 1000;
}
