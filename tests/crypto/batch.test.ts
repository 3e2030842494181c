// Goal: a batch gives each signature the verdict it gets alone, whatever stands beside it and however the batch is filled.
// Method: signatures good by construction, spoilt ones at every position and in every pattern of a small batch, one key and many.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accelerate,
  BatchVerifier,
  sha256,
  verify,
  verifyBatch,
  type SignedMessage,
} from '../../src/crypto/index.ts';
import { installNativeCrypto, nativeSigner } from '../../src/node/index.ts';

beforeAll(() => installNativeCrypto());
afterAll(() => accelerate(undefined));

const signers = Array.from({ length: 16 }, (_, i) => nativeSigner(sha256(Uint8Array.of(i))));

/** Good signatures: item i by key i mod `keys`, over a message of i bytes and more. */
function goodItems(count: number, keys = 4): SignedMessage[] {
  return Array.from({ length: count }, (_, i) => {
    const signer = signers[i % keys]!;
    const message = new Uint8Array((i * 37) % 300).fill(i);
    return { signature: signer.sign(message), message, publicKey: signer.publicKey };
  });
}

/** The same signature with its lowest bit of S changed. */
function spoilt(item: SignedMessage): SignedMessage {
  const signature = item.signature.slice();
  signature[32]! ^= 1;
  return { ...item, signature };
}

describe('verifyBatch()', () => {
  it('gives no verdict for no items', () => {
    expect(verifyBatch([])).toEqual([]);
  });

  it('accepts what was honestly signed, by one key and by many', () => {
    for (const keys of [1, 2, 16]) expect(verifyBatch(goodItems(33, keys)).every(Boolean)).toBe(true);
  });

  it('refuses exactly the spoilt one, at every position', () => {
    const items = goodItems(20);
    for (let bad = 0; bad < items.length; bad++) {
      const mixed = items.map((item, i) => (i === bad ? spoilt(item) : item));
      expect(verifyBatch(mixed)).toEqual(items.map((_, i) => i !== bad));
    }
  });

  it('refuses exactly the spoilt ones, in every pattern of five', () => {
    const items = goodItems(5, 2);
    for (let pattern = 0; pattern < 32; pattern++) {
      const isBad = (i: number): boolean => ((pattern >> i) & 1) === 1;
      const mixed = items.map((item, i) => (isBad(i) ? spoilt(item) : item));
      expect(verifyBatch(mixed)).toEqual(items.map((_, i) => !isBad(i)));
    }
  });

  it('refuses wrong lengths and a key that is no point, and nothing beside them', () => {
    const items = goodItems(8);
    const [first] = items;
    const odd: SignedMessage[] = [
      { ...first!, signature: first!.signature.subarray(1) },
      { ...first!, signature: new Uint8Array(0) },
      { ...first!, publicKey: new Uint8Array(33) },
      { ...first!, publicKey: new Uint8Array(32).fill(0xff) },
    ];
    const mixed = odd.flatMap((item, i) => [item, items[i]!]);
    expect(verifyBatch(mixed)).toEqual(mixed.map((_, i) => i % 2 === 1));
  });

  it('agrees with verify()', () => {
    const items = goodItems(24).map((item, i) => (i % 5 === 0 ? spoilt(item) : item));
    const alone = items.map(({ signature, message, publicKey }) => verify(signature, message, publicKey));
    expect(verifyBatch(items)).toEqual(alone);
  });

  it('throws a TypeError for what is no list of signed messages', () => {
    const [item] = goodItems(1);
    for (const wrong of [undefined, null, '', {}, [null], [1], [{}], [{ ...item, message: 'text' }]]) {
      expect(() => verifyBatch(wrong as never)).toThrow(TypeError);
    }
  });
});

describe('BatchVerifier', () => {
  it('counts what was added, and is empty after verify()', () => {
    const batch = new BatchVerifier();
    const items = goodItems(3);
    items.forEach(({ signature, message, publicKey }, i) => {
      expect(batch.add(signature, message, publicKey)).toBe(i);
      expect(batch.size).toBe(i + 1);
    });
    expect([...batch.verify()]).toEqual([1, 1, 1]);
    expect(batch.size).toBe(0);
    expect([...batch.verify()]).toEqual([]);
  });

  it('can be used again, with more items than before', () => {
    const batch = new BatchVerifier();
    for (const count of [1, 70, 3, 200]) {
      const items = goodItems(count).map((item, i) => (i % 7 === 2 ? spoilt(item) : item));
      for (const { signature, message, publicKey } of items) batch.add(signature, message, publicKey);
      expect([...batch.verify()]).toEqual(items.map((_, i) => (i % 7 === 2 ? 0 : 1)));
    }
  });

  it('keeps its own copy of what is added', () => {
    const batch = new BatchVerifier();
    const [item] = goodItems(1);
    const parts = [item!.signature.slice(), item!.message.slice(), item!.publicKey.slice()] as const;
    batch.add(...parts);
    for (const part of parts) part.fill(0);
    expect([...batch.verify()]).toEqual([1]);
  });

  it('leaves two verifiers apart', () => {
    const [good, bad] = [new BatchVerifier(), new BatchVerifier()];
    for (const item of goodItems(5)) {
      good.add(item.signature, item.message, item.publicKey);
      bad.add(spoilt(item).signature, item.message, item.publicKey);
    }
    expect([...bad.verify()]).toEqual([0, 0, 0, 0, 0]);
    expect([...good.verify()]).toEqual([1, 1, 1, 1, 1]);
  });

  it('does not count an item it throws for', () => {
    const batch = new BatchVerifier();
    const [item] = goodItems(1);
    expect(() => batch.add(item!.signature, 'text' as never, item!.publicKey)).toThrow(TypeError);
    expect(batch.size).toBe(0);
  });
});
