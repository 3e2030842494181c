// Goal: nodes of a run of leaves, side by side, are those that a range completes one by one.
// Method: every run of a tree of 41 leaves, the nodes before it known or not.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concatBytes } from '../../src/bytes/index.ts';
import { accelerate } from '../../src/crypto/index.ts';
import { emptyRange, hashLeaf, RangeBuilder, type CompactRange } from '../../src/merkle/index.ts';
import { completeNodes, NodeRun } from '../../src/merkle/node-run.ts';
import { installNativeCrypto } from '../../src/node/index.ts';

beforeAll(() => installNativeCrypto());
afterAll(() => accelerate(undefined));

const SIZE_MAX = 41;
const ENTRIES = Array.from({ length: SIZE_MAX }, (_, i) => Uint8Array.of(i, 7));

/** All nodes of a tree in stored order, as the leaves up to `size` add them. */
function nodesAt(size: number): Uint8Array[] {
  const builder = new RangeBuilder();
  return ENTRIES.slice(0, size).flatMap((entry) => builder.append(hashLeaf(entry)));
}

function rangeAt(begin: number, end: number): CompactRange {
  const builder = new RangeBuilder(emptyRange(begin));
  for (const entry of ENTRIES.slice(begin, end)) builder.append(hashLeaf(entry));
  return builder.range();
}

function runOf(first: number, end: number, announced: number) {
  const run = new NodeRun(first, announced);
  for (const entry of ENTRIES.slice(first, end)) run.add(entry);
  return run;
}

describe('a run of nodes', () => {
  it('is, once completed, what is stored between its first leaf and its last, wherever it begins and ends', () => {
    for (let first = 0; first < SIZE_MAX; first++) {
      for (let end = first; end <= SIZE_MAX; end++) {
        const { nodes, subtrees } = runOf(first, end, end - first).finish();
        const own = rangeAt(first, end);
        expect(subtrees).toEqual(concatBytes(...own.hashes));
        const all = completeNodes(rangeAt(0, first), nodes, own);
        expect(all).toEqual(rangeAt(0, end));
        expect(nodes).toEqual(concatBytes(...nodesAt(end).slice(nodesAt(first).length)));
      }
    }
  });

  it('ends early where fewer leaves came than were announced', () => {
    const { nodes, subtrees, last } = runOf(5, 9, 30).finish();
    expect({ nodes, subtrees, last }).toEqual(runOf(5, 9, 4).finish());
    expect(last).toEqual(hashLeaf(ENTRIES[8]!));
  });

  it('knows the leaf added last', () => {
    const run = runOf(3, 8, 5);
    expect(run.isLast(hashLeaf(ENTRIES[7]!))).toBe(true);
    expect(run.isLast(hashLeaf(ENTRIES[6]!))).toBe(false);
    expect(run.isLast(hashLeaf(ENTRIES[7]!).subarray(0, 31))).toBe(false);
    expect(runOf(3, 3, 0).finish()).toEqual({
      nodes: new Uint8Array(0),
      subtrees: new Uint8Array(0),
      last: new Uint8Array(0),
    });
  });
});
