// Goal: an entry is believed exactly when it is under the signed root, however much was proved and remembered before.
// Method: logs that grow between reads, to every size up to 70, entries read in an order without order, one bit changed in any of
//         them; then stores that lie about their nodes or their range.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accelerate } from '../../src/crypto/index.ts';
import { EntryProver, type ReadEntry } from '../../src/ledger/prover.ts';
import { checkReceipt, type LogStore, type StoredHead } from '../../src/log/index.ts';
import { installNativeCrypto } from '../../src/node/index.ts';
import { parseVerifierKey } from '../../src/note/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { SAMPLE_VERIFIER_KEY, rejection, sampleCommit } from '../../src/testing/index.ts';

beforeAll(() => installNativeCrypto());
afterAll(() => accelerate(undefined));

const verifier = parseVerifierKey(SAMPLE_VERIFIER_KEY);

/** A log of `size` entries, in commits of 1, 2, 3, … of them; `told` hears of each head. */
async function logOf(size: number, told: (head: StoredHead) => Promise<void> | void = () => {}) {
  const store = new MemoryStore();
  const entries: Uint8Array[] = [];
  let head: StoredHead | undefined;
  for (let count = 1; entries.length < size; count++) {
    const prepared = sampleCommit(head, Math.min(count, size - entries.length));
    await store.commit(prepared.commit);
    entries.push(...prepared.commit.entries);
    head = prepared.head;
    await told(head);
  }
  return { store, entries, head: head! };
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

/** A store that answers some calls in another way. */
function lying(store: LogStore, lies: Partial<LogStore>): LogStore {
  return new Proxy(store, {
    get(target, name) {
      const lie = lies[name as keyof LogStore];
      if (lie !== undefined) return lie;
      const value = target[name as keyof LogStore] as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** How a prover refuses entries, whether at once or later. */
async function refusal(prover: EntryProver, entries: readonly ReadEntry[]): Promise<unknown> {
  return rejection((async () => prover.prove(entries))());
}

describe('EntryProver', () => {
  it('believes every entry of every size, alone or together, and none with a bit changed', async () => {
    let turn = 0;
    for (let size = 1; size <= 70; size++) {
      const { store, entries } = await logOf(size);
      const warm = new EntryProver(store, verifier);
      for (let i = 0; i < size; i++) {
        const index = (i * 37) % size;
        const wrong = { index, bytes: flipped(entries[index]!, turn++ % (8 * entries[index]!.length)) };
        expect(await refusal(warm, [wrong])).toBe('ERR_STORE_CORRUPT');
        await warm.prove([{ index, bytes: entries[index]! }]);
        expect(await refusal(warm, [wrong])).toBe('ERR_STORE_CORRUPT');
      }
      await new EntryProver(store, verifier).prove(entries.map((bytes, index) => ({ index, bytes })));
      expect(await refusal(warm, [{ index: size, bytes: entries[0]! }])).toBe('ERR_STORE_CORRUPT');
    }
  });

  it('follows a growing log, whether it reads the heads or is handed them, and makes receipts that hold', async () => {
    for (const isOwn of [false, true]) {
      const store = new MemoryStore();
      const prover = new EntryProver(store, verifier);
      const entries: Uint8Array[] = [];
      let head: StoredHead | undefined;
      for (let count = 1; count < 12; count++) {
        const prepared = sampleCommit(head, count);
        await store.commit(prepared.commit);
        entries.push(...prepared.commit.entries);
        head = prepared.head;
        if (isOwn) prover.trust(head);
        for (let i = 0; i < 3; i++) {
          const index = (count * 29 + i * 17) % entries.length;
          await prover.prove([{ index, bytes: entries[index]! }]);
          const [receipt] = await prover.receipts([index], head, i === 0 ? prepared.commit.nodes : []);
          expect(checkReceipt(receipt!, entries[index]!, verifier)).toBe(true);
          for (const hash of receipt!.proof) hash.fill(0);
          await prover.prove([{ index, bytes: entries[index]! }]);
          const wrong = { index, bytes: flipped(entries[index]!, 99) };
          expect(await refusal(prover, [wrong])).toBe('ERR_STORE_CORRUPT');
        }
      }
    }
  });

  it('takes the entries themselves for proof where nodes or range are damaged, and only then', async () => {
    const { store, entries, head } = await logOf(50);
    const lies: Partial<LogStore>[] = [
      { readNodes: async (indexes) => indexes.map(() => new Uint8Array(32)) },
      { readNodes: async (indexes) => indexes.map(() => undefined) },
      { readHead: async () => ({ ...head, range: head.range.map((hash) => flipped(hash, 3)) }) },
      { readHead: async () => ({ ...head, range: [] }) },
    ];
    for (const lie of lies) {
      const index = 31;
      const bytes = entries[index]!;
      await new EntryProver(lying(store, lie), verifier).prove([{ index, bytes }]);
      const changed = { ...lie, readEntries: async () => [{ index: 0, bytes: flipped(entries[0]!, 400) }] };
      const prover = new EntryProver(lying(store, changed), verifier);
      expect(await refusal(prover, [{ index, bytes }])).toBe('ERR_STORE_CORRUPT');
    }
  });

  it('believes no changed entry after it has seen that the tree is damaged, however the log grows', async () => {
    const { store, entries, head } = await logOf(50);
    const prover = new EntryProver(lying(store, { readNodes: async () => [] }), verifier);
    let last = head;
    for (let turn = 0; turn < 3; turn++) {
      for (let i = 0; i < entries.length; i++) {
        const index = (i * 37) % entries.length;
        await prover.prove([{ index, bytes: entries[index]! }]);
        const wrong = { index, bytes: flipped(entries[index]!, 99) };
        expect(await refusal(prover, [wrong])).toBe('ERR_STORE_CORRUPT');
      }
      const prepared = sampleCommit(last, 9);
      await store.commit(prepared.commit);
      entries.push(...prepared.commit.entries);
      last = prepared.head;
    }
  });

  it('never needs all entries while the tree holds, whatever it had to forget', async () => {
    // More nodes than are remembered.
    const { store, entries } = await logOf(60_000);
    const readEntries = () => {
      throw new Error('all entries were asked for');
    };
    const prover = new EntryProver(lying(store, { readEntries }), verifier);
    for (let turn = 0; turn < 100; turn++) {
      const indexes = Array.from({ length: 100 }, (_, i) => ((turn * 100 + i) * 7919) % entries.length);
      await prover.prove(indexes.map((index) => ({ index, bytes: entries[index]! })));
    }
  });

  it('believes nothing under a checkpoint that the key did not sign', async () => {
    const { store, entries, head } = await logOf(9);
    const unsigned = { ...head, checkpoint: head.checkpoint.replace('\n9\n', '\n8\n') };
    const prover = new EntryProver(lying(store, { readHead: async () => unsigned }), verifier);
    expect(await refusal(prover, [{ index: 1, bytes: entries[1]! }])).toBe('ERR_STORE_CORRUPT');
    expect(
      await refusal(new EntryProver(new MemoryStore(), verifier), [{ index: 0, bytes: entries[0]! }]),
    ).toBe('ERR_STORE_CORRUPT');
  });
});
