/**
 * The packages the benchmark compares with and the library never needs: installed into bench/ when they are first asked for.
 *
 * Reads  ../package.json (npm).   Used by  ../main.ts, ../verify-batch.ts.
 * @module
 */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What is used of sodium-native. */
export interface Sodium {
  crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}

const require = createRequire(import.meta.url);

/** libsodium bound natively, or undefined where it is not installed. */
export function sodium(): Sodium | undefined {
  try {
    return require('sodium-native') as Sodium;
  } catch {
    return undefined;
  }
}

/** Installs the peers if they are missing; says what it does, and what is left out if that fails. */
export function installPeers(say: (line: string) => void): void {
  if (sodium() !== undefined) return;
  say('installing the peers this benchmark compares with: npm ci --prefix bench');
  try {
    const folder = join(import.meta.dirname, '..');
    execFileSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund'], { stdio: ['ignore', 2, 2] });
  } catch {
    say('that failed: results against them are left out');
  }
}
