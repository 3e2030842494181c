// Goal: a consistency proof is accepted exactly when the old tree is a prefix of the new one.
// Method: every pair of sizes to 130 with one-step mutations, and the recursive proof of RFC 6962.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes/index.ts';
import { accelerate } from '../../src/crypto/index.ts';
import { EMPTY_ROOT, checkConsistency, proveConsistency } from '../../src/merkle/index.ts';
import { installNativeCrypto } from '../../src/node/index.ts';
import { referenceProof } from '../reference/merkle.ts';
import { SIZE_MAX, buildWorld, flipBit } from './world.ts';

beforeAll(() => installNativeCrypto());
afterAll(() => accelerate(undefined));

describe('checkConsistency()', () => {
  it('accepts every proof between two sizes to 130, and no mutation of one', async () => {
    const { roots, reader } = buildWorld(SIZE_MAX);
    let turn = 0;
    for (let sizeNew = 1; sizeNew <= SIZE_MAX; sizeNew++) {
      const rootNew = roots[sizeNew]!;
      for (let sizeOld = 1; sizeOld <= sizeNew; sizeOld++) {
        const rootOld = roots[sizeOld]!;
        const proof = await proveConsistency(sizeOld, sizeNew, reader);
        const check = (nodes: readonly Uint8Array[]): boolean =>
          checkConsistency(sizeOld, sizeNew, nodes, rootOld, rootNew);
        const name = `${sizeOld} to ${sizeNew}`;
        if (!check(proof)) expect.fail(`refused ${name}`);
        const wrong: [string, boolean][] = [
          ['shortened', proof.length > 0 && check(proof.slice(0, -1))],
          ['beheaded', proof.length > 0 && check(proof.slice(1))],
          ['lengthened', check([...proof, rootNew])],
          ['preceded', check([rootOld, ...proof])],
          [
            'flipped old root',
            checkConsistency(sizeOld, sizeNew, proof, flipBit(rootOld, turn % 256), rootNew),
          ],
          [
            'flipped new root',
            checkConsistency(sizeOld, sizeNew, proof, rootOld, flipBit(rootNew, turn % 256)),
          ],
          [
            'swapped roots',
            sizeOld !== sizeNew && checkConsistency(sizeOld, sizeNew, proof, rootNew, rootOld),
          ],
          [
            'swapped sizes',
            sizeOld !== sizeNew && checkConsistency(sizeNew, sizeOld, proof, rootOld, rootNew),
          ],
        ];
        for (const [i, node] of proof.entries()) {
          const mutated = proof.slice();
          mutated[i] = flipBit(node, turn++ % 256);
          wrong.push([`flipped node ${i}`, check(mutated)]);
        }
        for (const [mutation, accepted] of wrong) if (accepted) expect.fail(`accepted ${mutation}: ${name}`);
      }
    }
  });

  it('refuses a proof read as one between other sizes, to 24', async () => {
    const { roots, reader } = buildWorld(24);
    for (let sizeNew = 1; sizeNew <= 24; sizeNew++) {
      for (let sizeOld = 1; sizeOld <= sizeNew; sizeOld++) {
        const proof = await proveConsistency(sizeOld, sizeNew, reader);
        for (let other = 1; other <= 24; other++) {
          if (other === sizeOld) continue;
          expect(checkConsistency(other, sizeNew, proof, roots[other]!, roots[sizeNew]!)).toBe(
            toHex(roots[other]!) === toHex(roots[sizeOld]!) ||
              (other <= sizeNew && sameProof(await proveConsistency(other, sizeNew, reader), proof)),
          );
        }
      }
    }
  });

  it('refuses size 0, which proves nothing', () => {
    const root = new Uint8Array(32);
    expect(checkConsistency(0, 5, [], EMPTY_ROOT, root)).toBe(false);
    expect(checkConsistency(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)).toBe(false);
  });

  it('gives false for hostile sizes and proof nodes, and refuses 65 nodes', () => {
    const root = new Uint8Array(32);
    for (const odd of [-1, 0.5, Number.NaN, Infinity, 2 ** 53, '1', null, undefined, 1n] as never[]) {
      expect(checkConsistency(odd, 5, [root], root, root)).toBe(false);
      expect(checkConsistency(1, odd, [root], root, root)).toBe(false);
    }
    for (const node of [new Uint8Array(31), null, 'x', undefined] as never[]) {
      expect(checkConsistency(1, 2, [node], root, root)).toBe(false);
    }
    const long = Array.from({ length: 65 }, () => root);
    expect(checkConsistency(3, Number.MAX_SAFE_INTEGER, long, root, root)).toBe(false);
  });

  it('throws for roots or a proof of the wrong type or length', () => {
    const root = new Uint8Array(32);
    expect(() => checkConsistency(1, 2, [root], new Uint8Array(31), root)).toThrow(RangeError);
    expect(() => checkConsistency(1, 2, [root], root, 'root' as never)).toThrow(TypeError);
    expect(() => checkConsistency(1, 2, null as never, root, root)).toThrow(TypeError);
  });
});

describe('proveConsistency()', () => {
  it('gives the proof of RFC 6962 for every pair of sizes to 40', async () => {
    const { entries, reader } = buildWorld(40);
    for (let sizeNew = 1; sizeNew <= 40; sizeNew++) {
      for (let sizeOld = 1; sizeOld <= sizeNew; sizeOld++) {
        const proof = await proveConsistency(sizeOld, sizeNew, reader);
        const expected = referenceProof(sizeOld, entries.slice(0, sizeNew));
        expect(proof.map(toHex), `${sizeOld} to ${sizeNew}`).toEqual(expected.map(toHex));
      }
    }
  });

  it('rejects sizes that are no step forward, and a damaged store', async () => {
    const { reader } = buildWorld(5);
    await expect(proveConsistency(0, 5, reader)).rejects.toThrow(RangeError);
    await expect(proveConsistency(5, 4, reader)).rejects.toThrow(RangeError);
    await expect(proveConsistency(3, 9, reader)).rejects.toMatchObject({ code: 'ERR_STORE_CORRUPT' });
  });
});

function sameProof(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.map(toHex).join() === b.map(toHex).join();
}
