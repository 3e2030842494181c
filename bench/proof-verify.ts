/**
 * `proof.verify`: how long a stranger takes to check a proof offline, against one bare signature verification.
 *
 * Reads  the package by its name, check.ts (its log).   Used by  suite.ts.
 * Method proofs of entries all over the log; the log's verifier key is parsed once, as who checks many proofs does.
 * @module
 */
import { Ledger, verifyProof } from '../dist/node-entry.js';
import { parseVerifierKey } from '../dist/note/index.js';
import { SqliteStore } from '../dist/store/sqlite/index.js';
import { stockedLog } from './check.ts';
import type { Benchmark } from './context.ts';
import { bareVerification, NODE_CRYPTO } from './lib/keys.ts';
import { Plan } from './lib/plan.ts';
import { compare, interleaveRates } from './lib/rounds.ts';

const PROOFS = 100;

export const proofBenchmark: Benchmark = {
  names: ['proof.verify'],
  async run(context) {
    const { stockedUnits, operations } = context.size;
    const { logKey } = new Plan('stocked', 1).cast;
    const proofs = await readProofs(await stockedLog(context, stockedUnits), logKey);
    const verifier = parseVerifierKey(logKey);
    const verifyOnce = bareVerification();
    const [ours, bare] = await interleaveRates(
      [
        { name: 'countermark', count: PROOFS, work: (i) => mustHold(verifyProof(proofs[i]!, verifier).ok) },
        { name: 'node:crypto', count: PROOFS, atLeast: operations, work: verifyOnce },
      ],
      context.size,
      context.progress('proof.verify'),
    );
    const microseconds = (rates: readonly number[]): number[] => rates.map((perSecond) => 1e6 / perSecond);
    const what = { name: 'proof.verify', unit: 'µs', baseline: `one ${NODE_CRYPTO}` };
    return [compare(what, microseconds(ours!), microseconds(bare!))];
  },
};

async function readProofs(path: string, logKey: string): Promise<string[]> {
  const ledger = await Ledger.open({ store: await SqliteStore.open(path, { readonly: true }), logKey });
  try {
    const { size } = await ledger.head();
    const proofs: string[] = [];
    for (let i = 0; i < PROOFS; i++) proofs.push(await ledger.prove(Math.floor((i * size) / PROOFS)));
    return proofs;
  } finally {
    await ledger.close();
  }
}

function mustHold(holds: boolean): void {
  if (!holds) throw new Error('a proof of the benchmark does not hold');
}
