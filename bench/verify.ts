/**
 * `verify`: signatures verified a second, against the two implementations it is made of.
 *
 * Reads  the package's crypto room, noble, node:crypto.   Used by  suite.ts.
 * Method the same valid signatures over 300-byte messages by several keys; node:crypto with its key objects made before.
 *        One baseline after the other, each interleaved with ours: the garbage of noble would slow whoever comes next.
 * Note   noble gives the same verdict (ZIP 215) slowly; node:crypto is fast and leaves edge cases to its version.
 * @module
 */
import * as crypto from 'node:crypto';
import * as noble from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import 'countermark';
import { verify } from 'countermark/crypto';
import { nativeSigner } from 'countermark/node';
import type { Benchmark } from './context.ts';
import { keyObjectOf } from './lib/keys.ts';
import { compare, interleaveRates, type Result, type Worker } from './lib/rounds.ts';
import { seed32 } from './lib/world.ts';

const KEYS = 8;
const MESSAGES_PER_KEY = 32;
const MESSAGE_BYTES = 300;

export const verifyBenchmark: Benchmark = {
  names: ['verify'],
  async run(context) {
    noble.hashes.sha512 = sha512;
    const samples = makeSamples();
    const worker = (name: string, accepts: (sample: Sample) => boolean) => ({
      name,
      count: samples.length,
      work: (index: number) => mustAccept(name, accepts(samples[index]!)),
    });
    const ours = worker('countermark', (s) => verify(s.signature, s.message, s.publicKey));
    const against = async (baseline: string, theirs: Worker): Promise<Result> => {
      const progress = context.progress(`verify against ${theirs.name}`);
      const [own, other] = await interleaveRates([ours, theirs], context.size, progress);
      return compare({ name: 'verify', unit: 'signatures/s', baseline }, own!, other!);
    };
    return [
      await against(
        '@noble/ed25519 verify',
        worker('noble', (s) => noble.verify(s.signature, s.message, s.publicKey)),
      ),
      await against(
        'node:crypto verify, cached KeyObject',
        worker('node:crypto', (s) => crypto.verify(null, s.message, s.keyObject, s.signature)),
      ),
    ];
  },
};

interface Sample {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly keyObject: crypto.KeyObject;
}

/** Neighbours have different keys, as statements in a log have. */
function makeSamples(): Sample[] {
  const keys = Array.from({ length: KEYS }, (_, n) => {
    const signer = nativeSigner(seed32(`verify ${n}`));
    return { signer, keyObject: keyObjectOf(signer.publicKey) };
  });
  return Array.from({ length: KEYS * MESSAGES_PER_KEY }, (_, i) => {
    const { signer, keyObject } = keys[i % KEYS]!;
    const message = new Uint8Array(MESSAGE_BYTES).map((_byte, at) => (i * 31 + at * 7) % 256);
    return { message, signature: signer.sign(message), publicKey: signer.publicKey, keyObject };
  });
}

function mustAccept(name: string, accepted: boolean): void {
  if (!accepted) throw new Error(`${name} refused a valid signature`);
}
