/**
 * `verify.*`: signatures verified a second in batches, and what a forger can make them cost.
 *
 * Reads  the package's crypto room, node:crypto, sodium-native.   Used by  suite.ts.
 * Method valid signatures over different 300-byte messages, neighbours by different keys; ours get everything as bytes and take it into
 *        the batch, node:crypto has its key objects made before. For the attacks one signature of each batch, or all, have another
 *        message's, so they are well-formed and wrong.
 * @module
 */
import * as crypto from 'node:crypto';
import '../dist/node-entry.js';
import { BatchVerifier } from '../dist/crypto/index.js';
import { nativeSigner } from '../dist/node/index.js';
import type { Benchmark, Context } from './context.ts';
import { seed32 } from './lib/cast.ts';
import { keyObjectOf, NODE_CRYPTO } from './lib/keys.ts';
import { sodium } from './lib/peers.ts';
import { compare, interleaveRates, type Result, type Worker } from './lib/rounds.ts';

const KEYS = 16;
const MESSAGES = 4096;
const MESSAGE_BYTES = 300;
const SIZES = [
  ['verify.batch.4096x16', 4096],
  ['verify.batch.64x16', 64],
] as const;
const ONE_BAD = 'verify.attack.one-bad';
const ALL_BAD = 'verify.attack.all-bad';

export const verifyBatchBenchmark: Benchmark = {
  names: [...SIZES.map(([name]) => name), ONE_BAD, ALL_BAD],
  needsPeers: true,
  async run(context) {
    const samples = makeSamples();
    const results: Result[] = [];
    for (const [name, size] of SIZES) {
      if (!context.isWanted(name)) continue;
      const against = async (theirs: Worker, baseline: string): Promise<void> => {
        const [ours, other] = await rates(context, name, [batches(samples, size, () => 1), theirs]);
        const perSecond = ours!.map((rate) => rate * size);
        results.push(compare({ name, unit: 'signatures/s', baseline }, perSecond, other!));
      };
      await against(bare(context, samples, true), NODE_CRYPTO);
      if (size !== MESSAGES) continue;
      const peer = sodiumWorker(context, samples);
      if (peer !== undefined) await against(peer, 'sodium-native crypto_sign_verify_detached');
    }
    return [...results, ...(await attacks(context, samples))];
  },
};

async function attacks(context: Context, samples: readonly Sample[]): Promise<Result[]> {
  const results: Result[] = [];
  const microseconds = (figures: readonly number[], each: number) =>
    figures.map((rate) => 1e6 / (rate * each));
  const unit = 'µs/signature';
  if (context.isWanted(ONE_BAD)) {
    const spoilt = samples.map((sample, i) => (i === 1234 ? forged(samples, i) : sample));
    const [bad, clean] = await rates(context, ONE_BAD, [
      batches(spoilt, MESSAGES, (i) => (i === 1234 ? 0 : 1)),
      batches(samples, MESSAGES, () => 1),
    ]);
    const baseline = `the same ${MESSAGES} signatures, all of them good`;
    const figures = [microseconds(bad!, MESSAGES), microseconds(clean!, MESSAGES)] as const;
    results.push(compare({ name: ONE_BAD, unit, baseline }, ...figures));
  }
  if (context.isWanted(ALL_BAD)) {
    const spoilt = samples.map((_, i) => forged(samples, i));
    const [bad, other] = await rates(context, ALL_BAD, [
      batches(spoilt, MESSAGES, () => 0),
      bare(context, spoilt, false),
    ]);
    const baseline = `${NODE_CRYPTO}, the same bad signatures`;
    results.push(
      compare({ name: ALL_BAD, unit, baseline }, microseconds(bad!, MESSAGES), microseconds(other!, 1)),
    );
  }
  return results;
}

async function rates(context: Context, name: string, workers: readonly Worker[]): Promise<number[][]> {
  return interleaveRates(workers, context.size, context.progress(name));
}

interface Sample {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly keyObject: crypto.KeyObject;
}

function makeSamples(): Sample[] {
  const keys = Array.from({ length: KEYS }, (_, n) => {
    const signer = nativeSigner(seed32(`verify ${n}`));
    return { signer, keyObject: keyObjectOf(signer.publicKey) };
  });
  return Array.from({ length: MESSAGES }, (_, i) => {
    const { signer, keyObject } = keys[i % KEYS]!;
    const message = new Uint8Array(MESSAGE_BYTES).map((_byte, at) => ((i + 1) * 31 + at * (7 + i)) % 256);
    return { message, signature: signer.sign(message), publicKey: signer.publicKey, keyObject };
  });
}

/** A sample with the signature of another message by the same key. */
function forged(samples: readonly Sample[], index: number): Sample {
  return { ...samples[index]!, signature: samples[(index + KEYS) % MESSAGES]!.signature };
}

/** Ours: one item is a whole batch; every verdict is looked at. */
function batches(samples: readonly Sample[], size: number, expected: (index: number) => number): Worker {
  const verifier = new BatchVerifier();
  const work = (index: number): void => {
    const first = index * size;
    for (let i = first; i < first + size; i++) {
      const { signature, message, publicKey } = samples[i]!;
      verifier.add(signature, message, publicKey);
    }
    const verdicts = verifier.verify();
    for (let i = 0; i < size; i++) mustBe(verdicts[i] === expected(first + i));
  };
  return { name: 'countermark', count: samples.length / size, work };
}

function bare(context: Context, samples: readonly Sample[], expected: boolean): Worker {
  const work = (index: number): void => {
    const { message, signature, keyObject } = samples[index]!;
    mustBe(crypto.verify(null, message, keyObject, signature) === expected);
  };
  return { name: 'node:crypto', count: samples.length, atLeast: context.size.operations, work };
}

function sodiumWorker(context: Context, samples: readonly Sample[]): Worker | undefined {
  const peer = sodium();
  if (peer === undefined) {
    context.say('sodium-native is not installed (npm ci --prefix bench): no result against it');
    return undefined;
  }
  const work = (index: number): void => {
    const { message, signature, publicKey } = samples[index]!;
    mustBe(peer.crypto_sign_verify_detached(signature, message, publicKey));
  };
  return { name: 'sodium-native', count: samples.length, atLeast: context.size.operations, work };
}

function mustBe(holds: boolean): void {
  if (!holds) throw new Error('a verdict of the benchmark is wrong');
}
