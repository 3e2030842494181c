// Browser-safe.
/**
 * A small deterministic log to feed to stores: opaque statements, a fixed checkpoint key, a clock that only counts.
 *
 * Reads  log/, crypto/.   Used by  store-conformance.ts, tests of stores and committers.
 * Never  for real logs: the signing seed is public.
 * @module
 */
import { assertInteger, utf8Encode } from '../bytes/index.ts';
import { createSigner } from '../crypto/index.ts';
import { prepareCommit } from '../log/index.ts';
import type { NewStatement, Posting, PreparedCommit, StoredHead } from '../log/index.ts';
import { formatVerifierKey } from '../note/index.ts';
import type { NoteSigner } from '../note/index.ts';

/** Origin and key name of the sample log. */
export const SAMPLE_ORIGIN = 'log.example/sample';
/** Record time of the first sample commit: 2026-01-01T00:00:00Z. */
export const SAMPLE_TIME_MS = 1_767_225_600_000;
/** Signs the sample log's checkpoints; its seed is 32 times the byte 7. */
export const SAMPLE_SIGNER: NoteSigner = {
  name: SAMPLE_ORIGIN,
  signer: createSigner(new Uint8Array(32).fill(7)),
};
/** Verifier key of {@link SAMPLE_SIGNER}. */
export const SAMPLE_VERIFIER_KEY: string = formatVerifierKey(SAMPLE_ORIGIN, SAMPLE_SIGNER.signer.publicKey);

/**
 * Statement bytes `text`, found by the given subjects with count 1 each.
 *
 * @param text - at most 65,493 bytes of UTF-8.
 */
export function sampleStatement(text: string, subjects: readonly string[] = []): NewStatement {
  const bytes = utf8Encode(text);
  const postings = (entry: number): Posting[] => subjects.map((subject) => ({ subject, entry, count: 1 }));
  return { bytes, postings };
}

/** `count` statements that name their index and are found by `all` and by `mod/<index % 3>`. */
export function sampleStatements(first: number, count: number): NewStatement[] {
  assertInteger('first', first);
  assertInteger('count', count, 0, 100_000);
  return Array.from({ length: count }, (_, i) => {
    const index = first + i;
    return sampleStatement(`statement ${index}`, ['all', `mod/${index % 3}`]);
  });
}

/** The commit of these statements, or of that many sample statements, after `head`. */
export function sampleCommit(
  head: StoredHead | undefined,
  statements: number | readonly NewStatement[],
): PreparedCommit {
  const size = head?.size ?? 0;
  const list = typeof statements === 'number' ? sampleStatements(size, statements) : statements;
  const recordTimeMs = SAMPLE_TIME_MS + 1000 * size;
  return prepareCommit(head, list, { recordTimeMs, origin: SAMPLE_ORIGIN, signer: SAMPLE_SIGNER });
}
