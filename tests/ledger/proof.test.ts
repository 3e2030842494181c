// Goal: a proof and a receipt convince a stranger of what is in the log, and of nothing else.
// Method: every entry of small logs proved and checked; then every line, every byte and the key tampered with.
import { beforeAll, describe, expect, it } from 'vitest';
import { toBase64 } from '../../src/bytes/index.ts';
import { formatProof, verifyProof, type Ledger } from '../../src/ledger/index.ts';
import { checkReceipt, encodeEntry, receiptFromTlogProof, receiptToTlogProof } from '../../src/log/index.ts';
import { formatVerifierKey, parseVerifierKey } from '../../src/note/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { rejection } from '../../src/testing/index.ts';
import { GENESIS_MS, logKey, ORIGIN, signerOf } from '../support/cast.ts';
import { made, openBench, seen } from './bench.ts';

const verifier = parseVerifierKey(logKey);
let ledger: Ledger;
let store: MemoryStore;
beforeAll(async () => {
  store = new MemoryStore();
  ({ ledger } = await openBench(store));
  await ledger.append(made([1, 2]));
  for (let n = 0; n < 5; n++) await ledger.append(seen(n));
});

describe('Ledger.prove() and verifyProof()', () => {
  it('agree on every entry, and say what it is and when it was recorded', async () => {
    for (let entry = 0; entry < 13; entry++) {
      const proved = verifyProof(await ledger.prove(entry), logKey);
      expect(proved).toMatchObject({ ok: true, origin: ORIGIN, entry, size: 13, recordTimeMs: GENESIS_MS });
      expect(proved.ok && proved.statement.kind).toBe(
        ['genesis', 'party', 'key', 'party', 'key', 'product', 'lot'][entry] ?? 'events',
      );
    }
  });

  it('go on holding when the log has grown, each proof of its own size', async () => {
    const other = await openBench(new MemoryStore());
    const proofs: string[] = [];
    for (let n = 0; n < 6; n++) {
      await other.ledger.append(seen(n));
      proofs.push(await other.ledger.prove(3));
    }
    expect(new Set(proofs).size).toBe(6);
    for (const proof of proofs) expect(verifyProof(proof, verifier).ok).toBe(true);
  });

  it('refuses an entry that is not there', async () => {
    for (const entry of [13, -1, 0.5, NaN, 2 ** 53]) {
      expect(await rejection(ledger.prove(entry))).toBe('ERR_OUT_OF_RANGE');
      expect(await rejection(ledger.receipt(entry))).toBe('ERR_OUT_OF_RANGE');
    }
  });

  it('refuses a proof with any line left out or doubled, or ended early', async () => {
    const lines = (await ledger.prove(8)).split('\n');
    for (let i = 0; i < lines.length - 1; i++) {
      const without = lines.filter((_, n) => n !== i);
      const cut = lines.slice(0, i);
      // A repeated signature line is allowed (C2SP signed-note): all other lines stand once.
      const twice = lines[i]!.startsWith('\u2014') ? 1 : 2;
      const doubled = lines.flatMap((line, n): string[] => (n === i ? Array(twice).fill(line) : [line]));
      const wrong = twice === 1 ? [without, cut] : [without, cut, doubled];
      for (const text of wrong.map((some) => some.join('\n'))) {
        const result = verifyProof(text, verifier);
        expect([i, text.length, result.ok]).toEqual([i, text.length, false]);
      }
    }
  });

  it('refuses a proof with any one character changed', async () => {
    const text = await ledger.prove(8);
    let accepted = 0;
    for (let i = 0; i < text.length; i++) {
      const other = text[i] === 'A' ? 'B' : 'A';
      const result = verifyProof(text.slice(0, i) + other + text.slice(i + 1), verifier);
      if (result.ok) accepted++;
    }
    expect(accepted).toBe(0);
  });

  it('refuses another entry, index, size or key', async () => {
    const receipt = await ledger.receipt(8);
    const [own, next] = (await store.readEntriesAt([8, 9])).map((bytes) => bytes!);
    expect(verifyProof(formatProof(receipt, own!), verifier).ok).toBe(true);
    const forged = encodeEntry({
      recordTimeMs: GENESIS_MS,
      previous: new Uint8Array(32),
      statement: made([7]),
    });
    for (const [claim, bytes] of [
      [receipt, next!],
      [receipt, forged],
      [{ ...receipt, entryIndex: 9 }, own!],
      [{ ...receipt, entryIndex: 12 }, own!],
      [{ ...receipt, proof: receipt.proof.slice(1) }, own!],
      [{ ...receipt, proof: [...receipt.proof, receipt.proof[0]!] }, own!],
    ] as const) {
      expect(verifyProof(formatProof(claim, bytes), verifier)).toMatchObject({ ok: false, code: 'LG-05' });
    }
    const stranger = formatVerifierKey(ORIGIN, signerOf(88).publicKey);
    expect(verifyProof(formatProof(receipt, own!), stranger)).toMatchObject({
      ok: false,
      code: 'ERR_CHECKPOINT',
    });
    const bare = receiptToTlogProof(receipt);
    expect(verifyProof(bare, verifier)).toMatchObject({ ok: false, code: 'ERR_DECODE_MALFORMED' });
  });

  it('refuses an entry that is under the root but holds no statement', async () => {
    const text = await ledger.prove(8);
    expect(text.includes(toBase64((await store.readEntriesAt([8]))[0]!))).toBe(true);
    expect(verifyProof('', verifier)).toMatchObject({ ok: false, code: 'ERR_DECODE_MALFORMED' });
    expect(verifyProof('c2sp.org/tlog-proof@v1\n', verifier).ok).toBe(false);
  });
});

describe('a receipt', () => {
  it('verifies offline and survives a journey as a tlog-proof', async () => {
    for (let entry = 0; entry < 13; entry++) {
      const receipt = await ledger.receipt(entry);
      const [bytes] = await store.readEntriesAt([entry]);
      expect(checkReceipt(receipt, bytes!, verifier)).toBe(true);
      expect(receiptFromTlogProof(receiptToTlogProof(receipt))).toEqual(receipt);
    }
  });

  it('does not verify for any byte of the entry changed', async () => {
    const receipt = await ledger.receipt(12);
    const [bytes] = await store.readEntriesAt([12]);
    for (let i = 0; i < bytes!.length; i += 7) {
      const changed = bytes!.slice();
      changed[i]! ^= 0x10;
      expect(checkReceipt(receipt, changed, verifier)).toBe(false);
    }
  });
});
