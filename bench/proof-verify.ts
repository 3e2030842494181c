/**
 * `proof.verify`: how long a stranger takes to check a proof offline, against one bare signature verification.
 *
 * Reads  the package by its name.   Used by  suite.ts.
 * Method proofs of entries all over the log; the log's verifier key is parsed once, as who checks many proofs does.
 * @module
 */
import { Ledger, verifyProof } from 'countermark';
import { parseVerifierKey } from 'countermark/note';
import { SqliteStore } from 'countermark/store/sqlite';
import type { Benchmark } from './context.ts';
import { bareVerification } from './lib/keys.ts';
import { compare, interleaveRates } from './lib/rounds.ts';
import type { World } from './lib/world.ts';

const PROOFS = 100;

export const proofBenchmark: Benchmark = {
  names: ['proof.verify'],
  async run(context) {
    const { world, path } = await context.usedLedger();
    const proofs = await readProofs(world, path);
    const verifier = parseVerifierKey(world.logKey);
    const verifyOnce = bareVerification();
    const [ours, bare] = await interleaveRates(
      [
        { name: 'countermark', count: PROOFS, work: (i) => mustHold(verifyProof(proofs[i]!, verifier).ok) },
        { name: 'node:crypto', count: PROOFS, work: verifyOnce },
      ],
      context.size,
      context.progress('proof.verify'),
    );
    const microseconds = (rates: readonly number[]): number[] => rates.map((perSecond) => 1e6 / perSecond);
    const baseline = 'one node:crypto verify, cached KeyObject';
    return [
      compare({ name: 'proof.verify', unit: 'µs', baseline }, microseconds(ours!), microseconds(bare!)),
    ];
  },
};

async function readProofs({ logKey }: World, path: string): Promise<string[]> {
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
