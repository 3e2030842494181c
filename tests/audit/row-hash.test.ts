// Goal: rows hash alike by the definition and by the kernel, one by one and side by side, and any difference shows.
// Method: random rows of all shapes hashed both ways; each field of a row changed by itself; packed bytes spoilt.
import { beforeAll, describe, expect, it } from 'vitest';
import { bucketOf, BUCKETS, DIGEST_WORDS, RowHash } from '../../src/audit/row-hash.ts';
import { postingsIn } from '../../src/audit/derived.ts';
import { concatBytes, utf8Encode } from '../../src/bytes/index.ts';
import { prepareKernel } from '../../src/crypto/index.ts';
import type { PackedPostings, Posting } from '../../src/log/index.ts';

const SALT = new Uint8Array(32).fill(7);
const SIZE = 1000;

beforeAll(async () => {
  expect(await prepareKernel()).toBe(true);
});

function rowsOf(count: number, letters = 'abcdefghij'): Posting[] {
  const all = [...letters.repeat(60)];
  return Array.from({ length: count }, (_, i) => ({
    subject: all.slice(i % 7, (i * 13) % 300).join(''),
    entry: (i * 7919) % SIZE,
    count: (i % 5) - 2,
  }));
}

function packed(rows: readonly Posting[]): PackedPostings {
  const bytes = rows.map(({ subject, entry, count }) => {
    const text = utf8Encode(subject);
    return concatBytes(utf8Encode(`${text.length} ${entry} ${count} `), text);
  });
  return {
    rows: rows.length,
    greatest: Math.max(...rows.map(({ entry }) => entry)),
    bytes: concatBytes(...bytes),
  };
}

/** Digests of all buckets by the definition. */
function byDefinition(rows: readonly Posting[], size = SIZE): Uint32Array {
  const digests = new Uint32Array((BUCKETS + 1) * DIGEST_WORDS);
  const hash = new RowHash(SALT);
  for (const row of rows) hash.add(digests, bucketOf(row.entry, size) * DIGEST_WORDS, row);
  return digests;
}

describe('RowHash', () => {
  it.each([
    ['ASCII', 'abcdefghij'],
    ['other text', 'aé漢😀ß'],
  ])('hashes many rows of %s as it hashes one', (_what, letters) => {
    const rows = rowsOf(500, letters);
    const digests = new Uint32Array((BUCKETS + 1) * DIGEST_WORDS);
    const at = rows.map(({ entry }) => bucketOf(entry, SIZE) * DIGEST_WORDS);
    new RowHash(SALT).addAll(digests, rows, at);
    expect(digests).toEqual(byDefinition(rows));
  });

  it('hashes packed rows as it hashes one, whatever their entries', () => {
    const strange = [-1, -(2 ** 40), SIZE, 2 ** 52].map((entry) => ({ subject: 'x', entry, count: 2 ** 40 }));
    const rows = [...rowsOf(500, 'aé漢😀ß'), ...strange];
    const digests = new Uint32Array((BUCKETS + 1) * DIGEST_WORDS);
    expect(new RowHash(SALT).addPacked(digests, packed(rows), SIZE)).toBe(true);
    expect(digests).toEqual(byDefinition(rows));
    expect(postingsIn(packed(rows))).toEqual(rows);
  });

  it('tells rows apart that differ in one thing', () => {
    const row = { subject: 'unit/a', entry: 5, count: 1 };
    const others = [
      { ...row, subject: 'unit/b' },
      { ...row, subject: 'unit/a\0' },
      { ...row, subject: `unit/a${'\0'.repeat(1024)}` },
      { ...row, entry: 5 + 2 ** 31 },
      { ...row, entry: 5 + 2 ** 32 },
      { ...row, count: 1 + 2 ** 31 },
      { ...row, count: 1 + 2 ** 32 },
      { ...row, count: -1 },
    ];
    const hashes = [row, ...others].map((one) => {
      const digest = new Uint32Array(DIGEST_WORDS);
      new RowHash(SALT).add(digest, 0, one);
      return digest.join(' ');
    });
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it.each([
    '',
    '5',
    '5 1',
    '5 1 1',
    '5 1 1 abcd',
    '6 1 1 abcde',
    '-1 1 1 a',
    '1 1.5 1 a',
    '1 x 1 a',
    '1  1 a',
    '1 - 1 a',
  ])('refuses packed bytes that are not one row: %j', (text) => {
    const digests = new Uint32Array((BUCKETS + 1) * DIGEST_WORDS);
    const bytes = utf8Encode(text);
    const page = { rows: 1, greatest: 1, bytes };
    expect(new RowHash(SALT).addPacked(digests, page, SIZE)).toBe(false);
    expect(digests.every((word) => word === 0)).toBe(true);
    if (text !== '') expect(postingsIn(page)).toBe(undefined);
  });
});
