/**
 * Key files for whoever goes on from a simulated ledger with the command line: the log's public and secret key, and a clinic's.
 *
 * Reads  parties.ts, random.ts.   Used by  simulation.ts.
 * Form   that of `countermark keygen` and `countermark init`: JSON, bytes in base64url.
 * Never  keys of anything real: whoever knows the seed of a run knows them all.
 * @module
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NoteSigner } from 'countermark/note';
import { formatVerifierKey } from 'countermark/note';
import { nativeSigner } from 'countermark/node';
import type { Cast, Party } from './parties.ts';
import type { Random } from './random.ts';

/** Files of a run, in its folder; the last two hold secret keys. */
export const LEDGER_FILE = 'ledger.db';
export const VERIFIER_KEY_FILE = `${LEDGER_FILE}.vkey`;
export const LOG_KEY_FILE = `${LEDGER_FILE}.logkey`;
export const CLINIC_KEY_FILE = 'clinic.key';

/** The log's own key: signs checkpoints. */
export interface LogKey {
  readonly seed: Uint8Array;
  readonly signer: NoteSigner;
  /** The C2SP verifier key an auditor pins. */
  readonly verifierKey: string;
}

/** The key of the log of this name. */
export function makeLogKey(random: Random, origin: string): LogKey {
  const seed = random.seed32('log key');
  const signer = nativeSigner(seed);
  return {
    seed,
    signer: { name: origin, signer },
    verifierKey: formatVerifierKey(origin, signer.publicKey),
  };
}

/** Writes the log's public key, by which a folder is known as a simulation's. */
export function writeVerifierKey(folder: string, log: LogKey): void {
  writeFileSync(join(folder, VERIFIER_KEY_FILE), `${log.verifierKey}\n`);
}

/** Writes the secret keys, with the clinic's next sequence number; returns the clinic. */
export function writeKeyFiles(folder: string, log: LogKey, cast: Cast): Party | undefined {
  const { name: origin, signer } = log.signer;
  write(join(folder, LOG_KEY_FILE), { kind: 'log', origin, ...spelled(log.seed, signer.publicKey) });
  const clinic = cast.networks[0]?.outlets[0];
  if (clinic !== undefined) {
    const { id: party, seed, signer: own, sequence } = clinic;
    write(join(folder, CLINIC_KEY_FILE), {
      kind: 'party',
      party,
      ...spelled(seed, own.publicKey),
      sequence,
    });
  }
  return clinic;
}

function spelled(seed: Uint8Array, publicKey: Uint8Array): { seed: string; publicKey: string } {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
  return { seed: text(seed), publicKey: text(publicKey) };
}

function write(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value)}\n`, { mode: 0o600 });
}
