// Goal: a receipt convinces exactly those who hold the entry and the log's key, and nobody of anything else.
// Method: every entry of every size up to 40; mutations named after what they change; the tlog-proof form round-trips.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checkReceipt,
  makeReceipt,
  makeReceipts,
  receiptFromTlogProof,
  receiptToTlogProof,
} from '../../src/log/index.ts';
import type { Receipt } from '../../src/log/index.ts';
import { parseVerifierKey, signCheckpoint } from '../../src/note/index.ts';
import { accelerate, createSigner } from '../../src/crypto/index.ts';
import { installNativeCrypto } from '../../src/node/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import {
  FaultyStore,
  SAMPLE_ORIGIN,
  SAMPLE_VERIFIER_KEY,
  rejection,
  sampleCommit,
} from '../../src/testing/index.ts';

// The same verdicts, faster.
beforeAll(() => installNativeCrypto());
afterAll(() => accelerate(undefined));

const key = parseVerifierKey(SAMPLE_VERIFIER_KEY);

async function logOf(size: number): Promise<{
  store: MemoryStore;
  entries: readonly Uint8Array[];
  head: { size: number; checkpoint: string };
}> {
  const store = new MemoryStore();
  const { commit, head } = sampleCommit(undefined, size);
  await store.commit(commit);
  return { store, entries: commit.entries, head };
}

describe('makeReceipt() and checkReceipt()', () => {
  it('prove every entry of every size up to 40, and no other entry', async () => {
    for (let size = 1; size <= 40; size++) {
      const { store, entries, head } = await logOf(size);
      const indexes = entries.map((_, index) => index);
      const receipts = await makeReceipts(store, indexes, head);
      for (const [index, receipt] of receipts.entries()) {
        expect(checkReceipt(receipt, entries[index]!, key)).toBe(true);
        if (size > 1) expect(checkReceipt(receipt, entries[(index + 1) % size]!, key)).toBe(false);
      }
      expect(await makeReceipt(store, size - 1, head)).toEqual(receipts[size - 1]);
    }
  });

  it('make receipts of an older head too', async () => {
    const { store, entries, head } = await logOf(5);
    await store.commit(sampleCommit(await store.readHead(), 9).commit);
    const receipt = await makeReceipt(store, 2, head);
    expect(receipt.size).toBe(5);
    expect(checkReceipt(receipt, entries[2]!, key)).toBe(true);
  });

  it('read each tree node once for many receipts', async () => {
    const { store, head } = await logOf(1000);
    const counting = new FaultyStore(store);
    await makeReceipts(
      counting,
      Array.from({ length: 8 }, (_, i) => i),
      head,
    );
    expect(counting.calls.length).toBeLessThanOrEqual(8);
  });

  it('refuse an index outside the log', async () => {
    const { store, head } = await logOf(3);
    expect(await rejection(makeReceipt(store, 3, head))).toBe('ERR_OUT_OF_RANGE');
    expect(await rejection(makeReceipt(store, -1, head))).toBe('ERR_OUT_OF_RANGE');
  });

  it('report a store that lacks a node', async () => {
    const { head } = await logOf(3);
    expect(await rejection(makeReceipt(new MemoryStore(), 1, head))).toBe('ERR_STORE_CORRUPT');
  });
});

describe('checkReceipt()', () => {
  it('gives false for every mutation, and throws for none', async () => {
    const { store, entries, head } = await logOf(7);
    const receipt = await makeReceipt(store, 2, head);
    const { proof, checkpoint } = receipt;
    const lines = checkpoint.split('\n');
    const forger = { name: SAMPLE_ORIGIN, signer: createSigner(new Uint8Array(32).fill(9)) };
    const mutations: Record<string, unknown> = {
      'index + 1': { ...receipt, entryIndex: 3 },
      'index - 1': { ...receipt, entryIndex: 1 },
      'negative index': { ...receipt, entryIndex: -1 },
      'fractional index': { ...receipt, entryIndex: 2.5 },
      'index as text': { ...receipt, entryIndex: '2' },
      'size + 1': { ...receipt, size: 8 },
      'size as text': { ...receipt, size: '7' },
      'truncated proof': { ...receipt, proof: proof.slice(1) },
      'longer proof': { ...receipt, proof: [...proof, proof[0]] },
      'swapped proof': { ...receipt, proof: [...proof].reverse() },
      'flipped bit': {
        ...receipt,
        proof: [proof[0]!.map((b, i) => (i === 0 ? b ^ 1 : b)), ...proof.slice(1)],
      },
      'short hash': { ...receipt, proof: [proof[0]!.slice(1), ...proof.slice(1)] },
      'hash as text': { ...receipt, proof: ['x', ...proof.slice(1)] },
      'endless proof': { ...receipt, proof: Array.from({ length: 100_000 }, () => proof[0]) },
      'no proof': { ...receipt, proof: undefined },
      'checkpoint of another size': { ...receipt, checkpoint: sampleCommit(undefined, 8).head.checkpoint },
      'checkpoint of another key': {
        ...receipt,
        checkpoint: signCheckpoint({ origin: SAMPLE_ORIGIN, size: 7, root: new Uint8Array(32) }, forger),
      },
      'checkpoint with another root': {
        ...receipt,
        checkpoint: [...lines.slice(0, 2), lines[2]!.replace(/^./, '/'), ...lines.slice(3)].join('\n'),
      },
      'unsigned checkpoint': { ...receipt, checkpoint: `${lines.slice(0, 3).join('\n')}\n` },
      'checkpoint as bytes': { ...receipt, checkpoint: new TextEncoder().encode(checkpoint) },
      'no checkpoint': { ...receipt, checkpoint: undefined },
      nothing: undefined,
      null: null,
      text: 'receipt',
      empty: {},
    };
    for (const [name, mutation] of Object.entries(mutations)) {
      expect(`${name}: ${checkReceipt(mutation as Receipt, entries[2]!, key)}`).toBe(`${name}: false`);
    }
    expect(checkReceipt(receipt, entries[2]!, key)).toBe(true);
  });

  it('throws on what only a caller can get wrong', async () => {
    const { store, entries, head } = await logOf(1);
    const receipt = await makeReceipt(store, 0, head);
    expect(() => checkReceipt(receipt, entries[0]!, 'no key')).toThrow();
    expect(() => checkReceipt(receipt, 'entry' as unknown as Uint8Array, key)).toThrow(TypeError);
    expect(checkReceipt(receipt, entries[0]!, SAMPLE_VERIFIER_KEY)).toBe(true);
  });
});

describe('receiptToTlogProof() and receiptFromTlogProof()', () => {
  it('round-trip', async () => {
    const { store, entries, head } = await logOf(13);
    for (const receipt of await makeReceipts(
      store,
      entries.map((_, i) => i),
      head,
    )) {
      const text = receiptToTlogProof(receipt);
      expect(text.startsWith('c2sp.org/tlog-proof@v1\n')).toBe(true);
      expect(receiptFromTlogProof(text)).toEqual(receipt);
    }
  });

  it('refuse text whose note is no checkpoint', async () => {
    const { store, head } = await logOf(2);
    const text = receiptToTlogProof(await makeReceipt(store, 0, head));
    expect(() =>
      receiptFromTlogProof(text.replace(SAMPLE_ORIGIN + '\n2\n', SAMPLE_ORIGIN + '\ntwo\n')),
    ).toThrow('malformed');
    expect(() => receiptFromTlogProof('')).toThrow('malformed');
  });
});
