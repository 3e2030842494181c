/**
 * `sign.codes`: unit codes signed a second for the printing line, on one thread and on two, against bare signatures over the same bytes.
 *
 * Reads  the package's gs1 and node rooms, node:crypto.   Used by  suite.ts.
 * Method one stream of all codes on each side; a round pulls its share of it, so all rounds together sign a million. The baseline's
 *        messages are made before, and its share is smaller.
 * @module
 */
import * as crypto from 'node:crypto';
import '../dist/node-entry.js';
import {
  labelKeyId,
  signUnitCodes,
  unitCodeMessage,
  type SignedUnitCode,
  type UnitCode,
} from '../dist/gs1/index.js';
import { nativeSigner, signUnitCodesParallel } from '../dist/node/index.js';
import type { Benchmark } from './context.ts';
import { EXPIRY, gtinOf, seed32, serialOf } from './lib/cast.ts';
import { privateKeyOf } from './lib/keys.ts';
import { compare, interleave } from './lib/rounds.ts';

const NAME = 'sign.codes';
/** Different codes; the stream takes them in a circle. */
const CODES = 5000;
const THREADS = 2;

export const signCodesBenchmark: Benchmark = {
  names: [NAME],
  async run(context) {
    const { size } = context;
    const seed = seed32('codes');
    const signer = nativeSigner(seed);
    const privateKey = privateKeyOf(seed);
    const gtin = gtinOf(0);
    const codes = Array.from({ length: CODES }, (_, i): UnitCode => ({
      gtin,
      serial: serialOf(i),
      lot: 'LOT1000',
      expiry: EXPIRY,
    }));
    const keyId = labelKeyId(signer.publicKey);
    const messages = codes.map((code) => unitCodeMessage(code, keyId));
    const perRound = Math.ceil(size.codes / (size.rounds + size.warmups));
    const single = signUnitCodes(endless(codes), signer);
    const parallel = signUnitCodesParallel(endless(codes), seed, { workers: THREADS });
    const operations = Math.max(size.operations, 1);
    const [one, two, bare] = await interleave(
      [
        { name: 'one thread', run: () => rateOfPulling(single, perRound) },
        { name: 'two threads', run: () => rateOfPulling(parallel, perRound) },
        {
          name: 'node:crypto',
          run: () => {
            const startedMs = performance.now();
            for (let i = 0; i < operations; i++) crypto.sign(null, messages[i % CODES]!, privateKey);
            return perSecond(operations, startedMs);
          },
        },
      ],
      size,
      context.progress(NAME),
    );
    await parallel.return();
    const baseline = 'node:crypto sign of the same messages, cached KeyObject, one thread';
    const what = { name: NAME, unit: 'codes/s' };
    return [
      compare({ ...what, baseline: `${baseline}; ours on one` }, one!, bare!),
      compare({ ...what, baseline: `${baseline}; ours on two` }, two!, bare!),
    ];
  },
};

/** Codes a second that a stream gives. */
async function rateOfPulling(
  stream: Iterator<SignedUnitCode> | AsyncIterator<SignedUnitCode>,
  count: number,
): Promise<number> {
  const startedMs = performance.now();
  for (let i = 0; i < count; i++) {
    const pulled = stream.next();
    // Waiting for what is there already would be no cost of signing on one thread.
    if (pulled instanceof Promise) await pulled;
  }
  return perSecond(count, startedMs);
}

function perSecond(count: number, startedMs: number): number {
  return (count / (performance.now() - startedMs)) * 1000;
}

function* endless<T>(items: readonly T[]): Generator<T, never, undefined> {
  for (;;) yield* items;
}
