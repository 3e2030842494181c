// Goal: stored order is golang's, and compact ranges give the same nodes and roots however they are cut and merged.
// Method: a literal re-statement of the order, all ranges to 40 leaves, all splits, and large positions.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes/index.ts';
import { accelerate } from '../../src/crypto/index.ts';
import {
  EMPTY_ROOT,
  RangeBuilder,
  STORED_SIZE_MAX,
  appendLeaf,
  emptyRange,
  fromHashes,
  hashLeaf,
  hashNode,
  mergeRanges,
  rangeFromNodes,
  rangePositions,
  rangeRoot,
  storedIndex,
  storedNodeCount,
  storedNodePosition,
  type CompactRange,
} from '../../src/merkle/index.ts';
import { installNativeCrypto } from '../../src/node/index.ts';
import { referenceLeaf, referenceRoot } from '../reference/merkle.ts';
import { SIZE_MAX, buildWorld, entryOf } from './world.ts';

beforeAll(() => installNativeCrypto());
afterAll(() => accelerate(undefined));

const hex = (range: CompactRange): unknown => ({ ...range, hashes: range.hashes.map(toHex) });

function rangeOf(leaves: readonly Uint8Array[], begin: number, end: number): CompactRange {
  let range = emptyRange(begin);
  for (const leaf of leaves.slice(begin, end)) range = appendLeaf(range, leaf);
  return range;
}

describe('hashLeaf() and hashNode()', () => {
  it('agree with the reference for entries of many lengths', () => {
    for (const length of [0, 1, 31, 1023, 1024, 1025, 65_535, 65_536, 100_000, 5]) {
      const entry = new Uint8Array(length).fill(length & 255);
      expect(toHex(hashLeaf(entry))).toBe(toHex(referenceLeaf(entry)));
    }
  });

  it('refuse what is no hash or no byte array', () => {
    const hash = new Uint8Array(32);
    expect(() => hashNode(hash, new Uint8Array(31))).toThrow(RangeError);
    expect(() => hashNode(null as never, hash)).toThrow(TypeError);
    expect(() => hashLeaf('entry' as never)).toThrow(TypeError);
  });
});

describe('storedIndex()', () => {
  it('writes each leaf followed by the nodes it completes', () => {
    let index = 0;
    for (let leaf = 0; leaf < 2000; leaf++) {
      expect(storedNodeCount(leaf)).toBe(index);
      for (let level = 0, end = leaf + 1; ; level++, end /= 2) {
        expect(storedIndex(level, end - 1)).toBe(index);
        expect(storedNodePosition(index)).toEqual({ level, n: end - 1 });
        index++;
        if (end % 2 === 1) break;
      }
    }
  });

  it('gives the values of golang.org/x/mod/sumdb/tlog for its first leaves', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => storedIndex(0, n))).toEqual([0, 1, 3, 4, 7, 8, 10, 11, 15]);
    expect([0, 1, 2, 3].map((n) => storedIndex(1, n))).toEqual([2, 5, 9, 12]);
    expect([0, 1, 2, 3, 4].map((level) => storedIndex(level, 0))).toEqual([0, 2, 6, 14, 30]);
  });

  it('is exact and reversible far above 2^32', () => {
    for (const n of [2 ** 31 - 1, 2 ** 32, 2 ** 40 + 12_345, STORED_SIZE_MAX - 1]) {
      expect(storedNodePosition(storedIndex(0, n))).toEqual({ level: 0, n });
    }
    expect(storedNodePosition(storedIndex(52, 0))).toEqual({ level: 52, n: 0 });
    expect(storedNodePosition(storedIndex(20, 2 ** 32 - 1))).toEqual({ level: 20, n: 2 ** 32 - 1 });
  });

  it('refuses positions outside the range it can number', () => {
    expect(() => storedIndex(0, STORED_SIZE_MAX)).toThrow(RangeError);
    expect(() => storedIndex(52, 1)).toThrow(RangeError);
    expect(() => storedIndex(-1, 0)).toThrow(RangeError);
    expect(() => storedIndex(0, 0.5)).toThrow(RangeError);
    expect(() => storedNodeCount(-1)).toThrow(RangeError);
    expect(() => storedNodePosition('1' as never)).toThrow(TypeError);
    expect(storedNodePosition(2 * STORED_SIZE_MAX - 3)).toEqual({ level: 51, n: 1 });
    expect(() => storedNodePosition(2 * STORED_SIZE_MAX - 1)).toThrow(RangeError);
  });
});

describe('RangeBuilder', () => {
  it('has the root of the reference and the nodes of stored order after each of 130 leaves', () => {
    const { entries, nodes, roots } = buildWorld(SIZE_MAX);
    for (let size = 0; size <= SIZE_MAX; size++) {
      expect(toHex(roots[size]!)).toBe(toHex(referenceRoot(entries.slice(0, size))));
    }
    expect(nodes).toHaveLength(storedNodeCount(SIZE_MAX));
    for (const [index, node] of nodes.entries()) {
      const { level, n } = storedNodePosition(index);
      const first = n * 2 ** level;
      expect(toHex(node)).toBe(toHex(referenceRoot(entries.slice(first, first + 2 ** level))));
    }
  });

  it('tells positions of completed nodes in stored order', () => {
    const builder = new RangeBuilder();
    let index = 0;
    for (let leaf = 0; leaf < 70; leaf++) {
      const told: Uint8Array[] = [];
      const completed = builder.append(hashLeaf(entryOf(leaf)), (level, n, hash) => {
        expect(storedIndex(level, n)).toBe(index++);
        told.push(hash);
      });
      expect(told).toEqual(completed);
    }
  });

  it('gives ranges that later appends do not change', () => {
    const builder = new RangeBuilder();
    const leaf = hashLeaf(entryOf(0));
    builder.append(leaf);
    const before = builder.range();
    const text = JSON.stringify(hex(before));
    builder.append(leaf);
    leaf.fill(0);
    expect(JSON.stringify(hex(before))).toBe(text);
    expect(builder.end).toBe(2);
  });

  it('refuses leaves that are no hashes and starts that are no ranges', () => {
    expect(() => new RangeBuilder().append(new Uint8Array(31))).toThrow(RangeError);
    expect(() => new RangeBuilder(null as never)).toThrow(TypeError);
    expect(() => new RangeBuilder({ begin: 0, end: 3, hashes: [new Uint8Array(32)] })).toThrow(RangeError);
    expect(() => new RangeBuilder({ begin: 3, end: 2, hashes: [] })).toThrow(RangeError);
  });
});

describe('rangePositions()', () => {
  it('is the shortest cover by aligned subtrees, for all ranges to 70', () => {
    for (let begin = 0; begin <= 70; begin++) {
      for (let end = begin; end <= 70; end++) {
        let at = begin;
        const positions = rangePositions(begin, end);
        for (const [i, { level, n }] of positions.entries()) {
          expect(n * 2 ** level).toBe(at);
          at += 2 ** level;
          const next = positions[i + 1];
          // shortest: no two neighbours are siblings
          if (next !== undefined) expect(next.level === level && n % 2 === 0).toBe(false);
        }
        expect(at).toBe(end);
      }
    }
  });

  it('handles ranges near 2^53 in a few steps', () => {
    const end = Number.MAX_SAFE_INTEGER;
    expect(rangePositions(0, end)).toHaveLength(53);
    expect(rangePositions(1, end).length).toBeLessThanOrEqual(106);
  });
});

describe('mergeRanges()', () => {
  it('equals the range built in one go, at every split of every range to 40', () => {
    const { leaves } = buildWorld(40);
    for (let begin = 0; begin <= 40; begin += begin < 9 ? 1 : 7) {
      for (let end = begin; end <= 40; end++) {
        const whole = hex(rangeOf(leaves, begin, end));
        for (let middle = begin; middle <= end; middle++) {
          const merged = mergeRanges(rangeOf(leaves, begin, middle), rangeOf(leaves, middle, end));
          expect(hex(merged), `${begin} ${middle} ${end}`).toEqual(whole);
        }
      }
    }
  });

  it('equals the root at every split of all 130 leaves', () => {
    const { leaves, roots } = buildWorld(SIZE_MAX);
    for (let middle = 0; middle <= SIZE_MAX; middle++) {
      const merged = mergeRanges(rangeOf(leaves, 0, middle), rangeOf(leaves, middle, SIZE_MAX));
      expect(toHex(rangeRoot(merged))).toBe(toHex(roots[SIZE_MAX]!));
    }
  });

  it('together with the parts tells every node exactly once', () => {
    const { leaves, nodes } = buildWorld(61);
    for (const middle of [0, 1, 7, 16, 30, 33, 61]) {
      const seen = new Map<number, string>();
      const note = (level: number, n: number, hash: Uint8Array): void => {
        expect(seen.has(storedIndex(level, n))).toBe(false);
        seen.set(storedIndex(level, n), toHex(hash));
      };
      const left = new RangeBuilder();
      for (const leaf of leaves.slice(0, middle)) left.append(leaf, note);
      const right = new RangeBuilder(emptyRange(middle));
      for (const leaf of leaves.slice(middle)) right.append(leaf, note);
      mergeRanges(left.range(), right.range(), note);
      expect(nodes.map((_, index) => seen.get(index))).toEqual(nodes.map(toHex));
      expect(seen.size).toBe(nodes.length);
    }
  });

  it('is associative for three parts', () => {
    const { leaves } = buildWorld(23);
    const [a, b, c] = [rangeOf(leaves, 2, 9), rangeOf(leaves, 9, 13), rangeOf(leaves, 13, 23)];
    expect(hex(mergeRanges(mergeRanges(a, b), c))).toEqual(hex(mergeRanges(a, mergeRanges(b, c))));
  });

  it('refuses ranges that do not touch', () => {
    expect(() => mergeRanges(emptyRange(2), emptyRange(3))).toThrow(RangeError);
  });
});

describe('fromHashes() and rangeFromNodes()', () => {
  it('give back the range of every size to 130', async () => {
    const { leaves, roots, reader } = buildWorld(SIZE_MAX);
    const builder = new RangeBuilder();
    for (let size = 0; size <= SIZE_MAX; size++) {
      if (size > 0) builder.append(leaves[size - 1]!);
      const range = await rangeFromNodes(size, reader);
      expect(hex(range)).toEqual(hex(builder.range()));
      expect(toHex(rangeRoot(fromHashes(size, range.hashes)))).toBe(toHex(roots[size]!));
    }
  });

  it('refuse a wrong number of hashes, or hashes of another length', () => {
    const hash = new Uint8Array(32);
    expect(() => fromHashes(3, [hash])).toThrow(RangeError);
    expect(() => fromHashes(4, [hash, hash])).toThrow(RangeError);
    expect(() => fromHashes(1, [new Uint8Array(31)])).toThrow(RangeError);
    expect(() => fromHashes(1, null as never)).toThrow(TypeError);
  });

  it('rejects with ERR_STORE_CORRUPT where a node is missing', async () => {
    const { reader } = buildWorld(6);
    await expect(rangeFromNodes(7, reader)).rejects.toMatchObject({ code: 'ERR_STORE_CORRUPT' });
  });
});

describe('rangeRoot()', () => {
  it('of nothing is the SHA-256 of nothing, as a copy', () => {
    const root = rangeRoot(emptyRange());
    expect(toHex(root)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    root.fill(0);
    expect(EMPTY_ROOT[0]).toBe(0xe3);
  });

  it('refuses a range that does not begin at 0', () => {
    expect(() => rangeRoot(emptyRange(1))).toThrow(RangeError);
  });
});
