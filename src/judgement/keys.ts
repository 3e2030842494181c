// Browser-safe.
/**
 * SG rules about keys: a sequence number used twice, and encodings about which libraries disagree.
 *
 * Reads  crypto/ (encodings).   Used by  ledger/, audit/.
 * Source `findings.md` SG-11, SG-12; design section 3 "Ed25519: one verdict".
 * Never  asks what a statement says: two with one number are two, whatever is in them.
 * @module
 */
import { assertInteger, assertText } from '../bytes/index.ts';
import { isPortableSignature } from '../crypto/index.ts';
import { finding, type Finding } from './finding.ts';
import { assertEntries } from './log-rules.ts';

/**
 * SG-11: a key signed two different statements with one sequence number; undefined where there is but one.
 * @param entries - where statements of different bytes with this number stand.
 */
export function keyEquivocation(
  kid: string,
  sequence: number,
  entries: readonly number[],
): Finding | undefined {
  assertText('kid', kid);
  assertInteger('sequence', sequence);
  assertEntries(entries);
  if (new Set(entries).size < 2) return undefined;
  return finding({
    code: 'SG-11',
    severity: 4,
    subject: { type: 'key', id: kid },
    acts: [],
    facts: entries,
    detail: `number ${sequence}`,
  });
}

/**
 * SG-12: a recorded signature that verifies here, and elsewhere may not: S not reduced, or R or the key not canonical or of small
 * order. Undefined where every library agrees.
 */
export function weakSignature(
  entry: number,
  signature: Uint8Array,
  publicKey: Uint8Array,
): Finding | undefined {
  assertInteger('entry', entry);
  if (isPortableSignature(signature, publicKey)) return undefined;
  return finding({
    code: 'SG-12',
    severity: 4,
    subject: { type: 'statement', id: String(entry) },
    acts: [],
    facts: [entry],
  });
}
