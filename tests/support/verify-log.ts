/**
 * Re-reads a whole log and checks everything that must hold, with the slow reference tree and no code of src/log/append.
 *
 * Reads  tests/reference/merkle.ts for the tree; src/note for the signature.
 * @module
 */
import { expect } from 'vitest';
import { decodeEntry } from '../../src/log/index.ts';
import type { LogStore, Posting } from '../../src/log/index.ts';
import { storedNodeCount, storedNodePosition } from '../../src/merkle/index.ts';
import { openCheckpoint } from '../../src/note/index.ts';
import { SAMPLE_ORIGIN, SAMPLE_VERIFIER_KEY, collect } from '../../src/testing/index.ts';
import { referenceLeaf, referenceRoot } from '../reference/merkle.ts';

/** What a log holds, in order. */
export interface LogContent {
  readonly size: number;
  /** Statements as text. */
  readonly statements: readonly string[];
  readonly entries: readonly Uint8Array[];
  /** `subject entry count`, sorted. */
  readonly postings: readonly string[];
}

/** Checks chain, tree, head, checkpoint and stored nodes of the sample log in `store`; fails the test if anything is wrong. */
export async function verifyLog(store: LogStore): Promise<LogContent> {
  const head = await store.readHead();
  const entries = await readAll(store);
  const postings = (await collect(store.scanPostings())).map(spellPosting).sort();
  const counted = await store.countDerived();
  expect(entries.length).toBe(head?.size ?? 0);
  expect(counted).toEqual({ nodes: storedNodeCount(entries.length), postings: postings.length });
  if (head === undefined) return { size: 0, statements: [], entries, postings };

  const statements: string[] = [];
  let previous: Uint8Array = new Uint8Array(32);
  let timeMs = 0;
  for (const bytes of entries) {
    const entry = decodeEntry(bytes);
    expect(entry.previous).toEqual(previous);
    expect(entry.recordTimeMs).toBeGreaterThanOrEqual(timeMs);
    previous = referenceLeaf(bytes);
    timeMs = entry.recordTimeMs;
    statements.push(new TextDecoder().decode(entry.statement));
  }
  expect(head.leafHash).toEqual(previous);
  expect(head.recordTimeMs).toBe(timeMs);
  const root = referenceRoot(entries);
  expect(openCheckpoint(head.checkpoint, SAMPLE_VERIFIER_KEY)).toEqual({
    origin: SAMPLE_ORIGIN,
    size: head.size,
    root,
  });
  await verifyNodes(store, entries);
  return { size: head.size, statements, entries, postings };
}

/** A posting as text. */
export function spellPosting({ subject, entry, count }: Posting): string {
  return `${subject} ${entry} ${count}`;
}

async function readAll(store: LogStore): Promise<Uint8Array[]> {
  const entries: Uint8Array[] = [];
  for (;;) {
    const piece = await store.readEntries(entries.length, Number.MAX_SAFE_INTEGER);
    if (piece.length === 0) return entries;
    for (const { index, bytes } of piece) {
      expect(index).toBe(entries.length);
      entries.push(bytes);
    }
  }
}

async function verifyNodes(store: LogStore, entries: readonly Uint8Array[]): Promise<void> {
  const indexes = Array.from({ length: storedNodeCount(entries.length) }, (_, i) => i);
  const nodes = await store.readNodes(indexes);
  for (const index of indexes) {
    const { level, n } = storedNodePosition(index);
    const width = 2 ** level;
    expect(nodes[index]).toEqual(referenceRoot(entries.slice(n * width, (n + 1) * width)));
  }
}
