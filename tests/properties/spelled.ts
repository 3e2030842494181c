/**
 * Findings told by what was signed, not by entry numbers: two logs of the same statements compare.
 *
 * Reads  ../support.   Used by  tests of this folder.
 * @module
 */
import { createHash } from 'node:crypto';
import type { EventRef } from '../../src/custody/index.ts';
import type { Finding } from '../../src/judgement/index.ts';
import type { Step } from '../support/script.ts';

/** One finding in words, with its proof spelled by the statements' bytes; `order` is what was replayed last. */
export function spelled(found: readonly Finding[], order: readonly Step[]): readonly string[] {
  const names = new Map(order.map(({ entry, bytes }) => [entry!, hashOf(bytes)]));
  const name = ({ entry, event }: EventRef): string => `${names.get(entry) ?? 'genesis'}/${event}`;
  const line = ({ code, severity, subject, proof, secondLine, explanation }: Finding): string => {
    // Some subjects and sentences name entries.
    const about = subject.type === 'statement' ? (names.get(Number(subject.id)) ?? subject.id) : subject.id;
    return JSON.stringify([code, severity, about, secondLine, explanation, proof.map(name).sort()]);
  };
  return found.map(line).sort();
}

const hashes = new WeakMap<Uint8Array, string>();

function hashOf(bytes: Uint8Array): string {
  const known = hashes.get(bytes) ?? createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  hashes.set(bytes, known);
  return known;
}
