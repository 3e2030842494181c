/**
 * `sign.codes`: unit codes signed a second for the printing line, against bare signatures over the same bytes.
 *
 * Reads  the package's gs1 room, node:crypto.   Used by  suite.ts.
 * Method each round pulls codes through the stream for a fixed time; the baseline's messages are made before.
 * @module
 */
import * as crypto from 'node:crypto';
import { labelKeyId, signUnitCodes, unitCodeMessage, type UnitCode } from 'countermark/gs1';
import { nativeSigner } from 'countermark/node';
import type { Benchmark } from './context.ts';
import { privateKeyOf } from './lib/keys.ts';
import { compare, interleaveRates } from './lib/rounds.ts';
import { EXPIRY, gtinOf, seed32, serialOf } from './lib/world.ts';

const CODES = 2000;

export const signCodesBenchmark: Benchmark = {
  names: ['sign.codes'],
  async run(context) {
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
    const stream = signUnitCodes(endless(codes), signer);
    const [ours, bare] = await interleaveRates(
      [
        { name: 'countermark', count: CODES, work: () => void stream.next() },
        { name: 'node:crypto', count: CODES, work: (i) => void crypto.sign(null, messages[i]!, privateKey) },
      ],
      context.size,
      context.progress('sign.codes'),
    );
    const baseline = 'node:crypto sign of the same messages, cached KeyObject';
    return [compare({ name: 'sign.codes', unit: 'codes/s', baseline }, ours!, bare!)];
  },
};

function* endless<T>(items: readonly T[]): Generator<T, never, undefined> {
  for (;;) yield* items;
}
