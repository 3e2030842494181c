// Goal: an inclusion proof is accepted exactly when it is the one true proof.
// Method: public vectors, the recursive reference, and every size 0..130 x index x one-step mutation of the proof.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBase64, toHex } from '../../src/bytes/index.ts';
import { accelerate } from '../../src/crypto/index.ts';
import { checkInclusion, proveInclusion, proveInclusions, type NodeReader } from '../../src/merkle/index.ts';
import { installNativeCrypto } from '../../src/node/index.ts';
import { referencePath, referenceRoot, referenceRootFromPath } from '../reference/merkle.ts';
import { vectorsPath } from '../support/vectors.ts';
import { SIZE_MAX, buildWorld, flipBit } from './world.ts';

interface InclusionVector {
  name: string;
  leafIdx: number;
  treeSize: number;
  root: string;
  leafHash: string;
  proof: string[] | null;
  wantErr: boolean;
}

const vectors = vectorsPath('merkle-inclusion.json');

beforeAll(() => installNativeCrypto());
afterAll(() => accelerate(undefined));

describe('checkInclusion()', () => {
  it.skipIf(vectors === undefined)('gives the expected verdict on all 98 public vectors', () => {
    const cases = JSON.parse(readFileSync(vectors!, 'utf8')) as InclusionVector[];
    expect(cases).toHaveLength(98);
    for (const one of cases) {
      const root = fromBase64(one.root);
      const leaf = fromBase64(one.leafHash);
      const proof = (one.proof ?? []).map(fromBase64);
      const check = (): boolean => checkInclusion(leaf, one.leafIdx, one.treeSize, proof, root);
      // a root or leaf hash of another length is the caller's mistake, and throws
      if (root.length !== 32 || leaf.length !== 32) expect(check, one.name).toThrow(RangeError);
      else expect(check(), one.name).toBe(!one.wantErr);
    }
  });

  it('accepts every proof of every size to 130, and no mutation of one', async () => {
    const { leaves, roots, reader } = buildWorld(SIZE_MAX);
    let turn = 0;
    for (let size = 0; size <= SIZE_MAX; size++) {
      const root = roots[size]!;
      if (size === 0) expect(checkInclusion(leaves[0]!, 0, 0, [], root)).toBe(false);
      for (let index = 0; index < size; index++) {
        const leaf = leaves[index]!;
        const proof = await proveInclusion(index, size, reader);
        const wrong: [string, boolean][] = [
          ['shortened', proof.length > 0 && checkInclusion(leaf, index, size, proof.slice(0, -1), root)],
          ['beheaded', proof.length > 0 && checkInclusion(leaf, index, size, proof.slice(1), root)],
          ['lengthened', checkInclusion(leaf, index, size, [...proof, root], root)],
          ['index plus one', checkInclusion(leaf, index + 1, size, proof, root)],
          ['index minus one', checkInclusion(leaf, index - 1, size, proof, root)],
          ['other leaf', size > 1 && checkInclusion(leaves[(index + 1) % size]!, index, size, proof, root)],
          ['flipped leaf', checkInclusion(flipBit(leaf, turn % 256), index, size, proof, root)],
          ['flipped root', checkInclusion(leaf, index, size, proof, flipBit(root, turn % 256))],
        ];
        for (const [i, node] of proof.entries()) {
          const mutated = proof.slice();
          mutated[i] = flipBit(node, turn++ % 256);
          wrong.push([`flipped node ${i}`, checkInclusion(leaf, index, size, mutated, root)]);
        }
        if (!checkInclusion(leaf, index, size, proof, root)) expect.fail(`refused ${index} of ${size}`);
        for (const [name, accepted] of wrong) {
          if (accepted) expect.fail(`accepted ${name}: index ${index} of ${size}`);
        }
      }
    }
  });

  it('refuses every single-bit flip of every proof to size 9', async () => {
    const { leaves, roots, reader } = buildWorld(9);
    for (let size = 1; size <= 9; size++) {
      for (let index = 0; index < size; index++) {
        const proof = await proveInclusion(index, size, reader);
        for (const [i, node] of proof.entries()) {
          for (let bit = 0; bit < 256; bit++) {
            const mutated = proof.slice();
            mutated[i] = flipBit(node, bit);
            if (checkInclusion(leaves[index]!, index, size, mutated, roots[size]!)) {
              expect.fail(`accepted bit ${bit} of node ${i}: index ${index} of ${size}`);
            }
          }
        }
      }
    }
  });

  it('agrees with the reference about every index and size to 20 for one and the same proof', async () => {
    const { leaves, roots, reader } = buildWorld(20);
    for (let size = 1; size <= 20; size++) {
      for (let index = 0; index < size; index++) {
        const proof = await proveInclusion(index, size, reader);
        for (let otherSize = 1; otherSize <= 20; otherSize++) {
          for (let other = 0; other < otherSize; other++) {
            const reached = referenceRootFromPath(leaves[index]!, other, otherSize, proof);
            const expected = reached !== undefined && toHex(reached) === toHex(roots[size]!);
            if (checkInclusion(leaves[index]!, other, otherSize, proof, roots[size]!) !== expected) {
              expect.fail(`proof of ${index} of ${size} read as ${other} of ${otherSize}`);
            }
          }
        }
      }
    }
  });

  it('refuses a proof with one node too many for any size to 2^53-1', () => {
    const leaf = new Uint8Array(32);
    for (const size of [1, 2, 3, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) {
      expect(
        checkInclusion(
          leaf,
          size - 1,
          size,
          Array.from({ length: 54 }, () => leaf),
          leaf,
        ),
      ).toBe(false);
    }
  });

  it('gives false for hostile indexes, sizes and proof nodes', () => {
    const leaf = new Uint8Array(32);
    for (const odd of [-1, 0.5, Number.NaN, Infinity, 2 ** 53, '0', null, undefined, 0n] as never[]) {
      expect(checkInclusion(leaf, odd, 1, [], leaf)).toBe(false);
      expect(checkInclusion(leaf, 0, odd, [], leaf)).toBe(false);
    }
    for (const node of [new Uint8Array(31), new Uint8Array(33), null, 'x', [], undefined] as never[]) {
      expect(checkInclusion(leaf, 0, 2, [node], leaf)).toBe(false);
    }
    const sparse: Uint8Array[] = [];
    sparse.length = 1;
    expect(checkInclusion(leaf, 0, 2, sparse, leaf)).toBe(false);
  });

  it('throws for a leaf hash, root or proof of the wrong type or length', () => {
    const leaf = new Uint8Array(32);
    expect(() => checkInclusion(new Uint8Array(31), 0, 1, [], leaf)).toThrow(RangeError);
    expect(() => checkInclusion(leaf, 0, 1, [], new Uint8Array(33))).toThrow(RangeError);
    expect(() => checkInclusion(leaf, 0, 1, undefined as never, leaf)).toThrow(TypeError);
    expect(() => checkInclusion('leaf' as never, 0, 1, [], leaf)).toThrow(TypeError);
  });
});

describe('proveInclusion()', () => {
  it('gives the path of RFC 6962 for every index of every size to 40', async () => {
    const { entries, roots, reader } = buildWorld(40);
    for (let size = 1; size <= 40; size++) {
      expect(toHex(roots[size]!)).toBe(toHex(referenceRoot(entries.slice(0, size))));
      for (let index = 0; index < size; index++) {
        const proof = await proveInclusion(index, size, reader);
        const expected = referencePath(index, entries.slice(0, size));
        expect(proof.map(toHex)).toEqual(expected.map(toHex));
      }
    }
  });

  it('reads once, and never asks for a node beyond the size proved', async () => {
    const { nodes } = buildWorld(64);
    let reads = 0;
    await proveInclusion(20, 37, (indexes) => {
      reads++;
      for (const index of indexes) expect(index).toBeLessThan(2 * 37 - 3);
      return Promise.resolve(indexes.map((index) => nodes[index]));
    });
    expect(reads).toBe(1);
  });

  it('rejects with ERR_STORE_CORRUPT where a node is missing or misshaped', async () => {
    for (const node of [undefined, new Uint8Array(31)]) {
      const reader = (indexes: readonly number[]) => Promise.resolve(indexes.map(() => node));
      await expect(proveInclusion(3, 7, reader)).rejects.toMatchObject({ code: 'ERR_STORE_CORRUPT' });
    }
    await expect(proveInclusion(3, 7, () => Promise.resolve([]))).rejects.toMatchObject({
      code: 'ERR_STORE_CORRUPT',
    });
  });

  it('rejects an index outside the tree', async () => {
    const { reader } = buildWorld(3);
    await expect(proveInclusion(3, 3, reader)).rejects.toThrow(RangeError);
    await expect(proveInclusion(0, 0, reader)).rejects.toThrow(RangeError);
    await expect(proveInclusion('0' as never, 3, reader)).rejects.toThrow(TypeError);
  });
});

describe('proveInclusions()', () => {
  it('gives what proveInclusion gives for each, in the order asked, whatever else is asked', async () => {
    const { reader } = buildWorld(SIZE_MAX);
    for (const size of [1, 2, 3, 7, 8, 33, 64, 100, 130]) {
      const all = Array.from({ length: size }, (_, i) => i);
      const each = await Promise.all(all.map((index) => proveInclusion(index, size, reader)));
      for (const indexes of [
        all,
        all.toReversed(),
        all.filter((i) => i % 3 === 0),
        [size - 1, 0, size - 1],
      ]) {
        expect(await proveInclusions(indexes, size, reader)).toEqual(indexes.map((index) => each[index]));
      }
    }
    expect(await proveInclusions([], 5, reader)).toEqual([]);
  });

  it('reads once, and less than proofs one by one', async () => {
    const { reader } = buildWorld(SIZE_MAX);
    const reads: (readonly number[])[] = [];
    const counting: NodeReader = (indexes) => {
      reads.push(indexes);
      return reader(indexes);
    };
    for (const index of [5, 6, 7, 90]) await proveInclusion(index, 100, counting);
    const apart = reads.splice(0).flat().length;
    await proveInclusions([5, 6, 7, 90], 100, counting);
    expect(reads).toHaveLength(1);
    expect(reads[0]!.length).toBeLessThan(apart);
  });
});
