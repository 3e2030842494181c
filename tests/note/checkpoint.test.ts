// Goal: a checkpoint has one spelling and is believed only under its own log's key; proof files travel unchanged.
// Method: round trips, hand-made texts with one fault each, and a whole proof verified in the specified order.
import { describe, expect, it } from 'vitest';
import { toBase64, toHex, utf8Encode } from '../../src/bytes/index.ts';
import {
  EMPTY_ROOT,
  RangeBuilder,
  checkInclusion,
  hashLeaf,
  proveInclusion,
} from '../../src/merkle/index.ts';
import {
  checkCheckpoint,
  formatCheckpoint,
  formatTlogProof,
  formatVerifierKey,
  openCheckpoint,
  parseCheckpoint,
  parseTlogProof,
  parseVerifierKey,
  signCheckpoint,
  signNote,
} from '../../src/note/index.ts';
import { ALICE, BOB } from './world.ts';

const ROOT = new Uint8Array(32).fill(5);
const ROOT_TEXT = toBase64(ROOT);
const CHECKPOINT = { origin: ALICE.name, size: 42, root: ROOT };
const KEY_TEXT = formatVerifierKey(ALICE.name, ALICE.signer.publicKey);
const alice = parseVerifierKey(KEY_TEXT);

function codeOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return 'no error';
}

describe('formatCheckpoint() and parseCheckpoint()', () => {
  it('write and read three lines', () => {
    expect(formatCheckpoint(CHECKPOINT)).toBe(`${ALICE.name}\n42\n${ROOT_TEXT}\n`);
    expect(parseCheckpoint(formatCheckpoint(CHECKPOINT))).toEqual(CHECKPOINT);
  });

  it('keep sizes to 2^53-1 and long origins', () => {
    for (const size of [1, 9, 10, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      const checkpoint = { origin: 'o'.repeat(255), size, root: ROOT };
      expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual(checkpoint);
    }
    const empty = { origin: 'o', size: 0, root: EMPTY_ROOT };
    expect(parseCheckpoint(formatCheckpoint(empty))).toEqual(empty);
  });

  it('refuse every other spelling', () => {
    const good = (size: string, root = ROOT_TEXT): string => `o\n${size}\n${root}\n`;
    const cases: Record<string, string> = {
      empty: '',
      'no final line feed': good('1').slice(0, -1),
      'no root': 'o\n1\n',
      'no root, blank line': 'o\n1\n\n',
      'no origin': `\n1\n${ROOT_TEXT}\n`,
      'long origin': `${'o'.repeat(256)}\n1\n${ROOT_TEXT}\n`,
      'control character': `o\t\n1\n${ROOT_TEXT}\n`,
      'lone surrogate': `\ud800\n1\n${ROOT_TEXT}\n`,
      'leading zero': good('01'),
      'double zero': good('00'),
      'plus sign': good('+1'),
      'minus sign': good('-1'),
      'no size': good(''),
      'hex size': good('0x1'),
      exponent: good('1e3'),
      'size with space': good('1 '),
      'wide digits': good('１'),
      'carriage return': good('1\r'),
      'short root': good('1', toBase64(ROOT.subarray(1))),
      'long root': good('1', toBase64(Uint8Array.of(...ROOT, 0))),
      'unpadded root': good('1', ROOT_TEXT.slice(0, -1)),
      'root with trailing bits': good('1', `${ROOT_TEXT.slice(0, -2)}V=`),
      'hex root': good('1', toHex(ROOT)),
      'size 0 with a root': good('0'),
      'empty extension line': `${good('1')}\n`,
      'very long size': good('1'.repeat(100_000)),
    };
    for (const [what, text] of Object.entries(cases)) {
      expect(
        codeOf(() => parseCheckpoint(text)),
        what,
      ).toBe('ERR_DECODE_MALFORMED');
    }
    expect(codeOf(() => parseCheckpoint(good('9007199254740992')))).toBe('ERR_DECODE_LIMIT');
    expect(codeOf(() => parseCheckpoint(good('9007199254740993')))).toBe('ERR_DECODE_LIMIT');
    expect(codeOf(() => parseCheckpoint(good('18446744073709551615')))).toBe('ERR_DECODE_LIMIT');
    for (const extension of ['x', 'x\ny', 'x'.repeat(100_000)]) {
      expect(codeOf(() => parseCheckpoint(`${good('1')}${extension}\n`))).toBe('ERR_DECODE_VERSION');
    }
  });

  it('refuse arguments out of range', () => {
    expect(() => formatCheckpoint({ ...CHECKPOINT, origin: '' })).toThrow(RangeError);
    expect(() => formatCheckpoint({ ...CHECKPOINT, origin: 'a\nb' })).toThrow(RangeError);
    expect(() => formatCheckpoint({ ...CHECKPOINT, size: -1 })).toThrow(RangeError);
    expect(() => formatCheckpoint({ ...CHECKPOINT, size: 0 })).toThrow(RangeError);
    expect(() => formatCheckpoint({ ...CHECKPOINT, root: ROOT.subarray(1) })).toThrow(RangeError);
    expect(() => formatCheckpoint({ ...CHECKPOINT, size: '42' as never })).toThrow(TypeError);
    for (const wrong of [undefined, null, 1, []] as never[]) {
      expect(() => parseCheckpoint(wrong)).toThrow(TypeError);
      expect(() => parseTlogProof(wrong)).toThrow(TypeError);
    }
  });
});

describe('openCheckpoint()', () => {
  const note = signCheckpoint(CHECKPOINT, ALICE);

  it('opens what signCheckpoint() signs, with a parsed key or its text', () => {
    expect(openCheckpoint(note, alice)).toEqual(CHECKPOINT);
    expect(openCheckpoint(Buffer.from(note), KEY_TEXT)).toEqual(CHECKPOINT);
    expect(checkCheckpoint(note, alice)).toEqual({ ok: true, checkpoint: CHECKPOINT });
  });

  it('names the reason of a refusal', () => {
    const bob = parseVerifierKey(formatVerifierKey(BOB.name, BOB.signer.publicKey));
    const reasons = {
      malformed: note.slice(0, -1),
      signature: note.replace('\n42\n', '\n43\n'),
      'unknown-key': signCheckpoint({ ...CHECKPOINT, origin: BOB.name }, BOB),
      origin: signNote(formatCheckpoint({ ...CHECKPOINT, origin: BOB.name }), [ALICE]),
    };
    for (const [reason, hostile] of Object.entries(reasons)) {
      expect(checkCheckpoint(hostile, alice)).toEqual({ ok: false, reason });
      expect(codeOf(() => openCheckpoint(hostile, alice))).toBe('ERR_CHECKPOINT');
    }
    expect(checkCheckpoint(note, bob)).toEqual({ ok: false, reason: 'unknown-key' });
  });

  it('refuses a signed text that is no checkpoint, and one with extension lines', () => {
    for (const text of ['hello\n', `${formatCheckpoint(CHECKPOINT)}extension\n`]) {
      expect(checkCheckpoint(signNote(text, [ALICE]), alice)).toEqual({ ok: false, reason: 'malformed' });
    }
  });

  it('throws for a verifier key text that is none', () => {
    expect(codeOf(() => checkCheckpoint(note, 'log.example'))).toBe('ERR_DECODE_MALFORMED');
  });

  it('is never signed under a name that is not its origin', () => {
    expect(() => signCheckpoint(CHECKPOINT, BOB)).toThrow(RangeError);
  });
});

describe('formatTlogProof() and parseTlogProof()', () => {
  const checkpoint = signCheckpoint(CHECKPOINT, ALICE);
  const proof = [ROOT, new Uint8Array(32).fill(6)];
  const text = `c2sp.org/tlog-proof@v1\nindex 7\n${proof.map(toBase64).join('\n')}\n\n${checkpoint}`;

  it('write and read the file of the specification', () => {
    expect(formatTlogProof({ index: 7, proof, checkpoint })).toBe(text);
    expect(parseTlogProof(text)).toEqual({ index: 7, proof, checkpoint });
  });

  it('round trip without hashes, with 63, and with extra bytes', () => {
    for (const parts of [
      { index: 0, proof: [], checkpoint },
      { index: Number.MAX_SAFE_INTEGER, proof: Array.from({ length: 63 }, () => ROOT), checkpoint },
      { index: 1, proof, checkpoint, extra: utf8Encode('opaque') },
      { index: 1, proof: [], checkpoint, extra: new Uint8Array(65_535) },
      { index: 1, proof, checkpoint: signNote('text\n\nwith blank line\n', [ALICE, BOB]) },
    ]) {
      expect(parseTlogProof(formatTlogProof(parts))).toEqual(parts);
    }
  });

  it('carry a proof that verifies: leaf, signature, origin, inclusion', async () => {
    const entries = Array.from({ length: 11 }, (_, i) => Uint8Array.of(i));
    const tree = new RangeBuilder();
    const nodes = entries.flatMap((entry) => tree.append(hashLeaf(entry)));
    const signed = signCheckpoint({ origin: ALICE.name, size: 11, root: tree.root() }, ALICE);
    const path = await proveInclusion(6, 11, (indexes) => Promise.resolve(indexes.map((i) => nodes[i])));
    const file = parseTlogProof(formatTlogProof({ index: 6, proof: path, checkpoint: signed }));
    const { size, root } = openCheckpoint(file.checkpoint, alice);
    expect(checkInclusion(hashLeaf(entries[6]!), file.index, size, file.proof, root)).toBe(true);
    expect(checkInclusion(hashLeaf(entries[5]!), file.index, size, file.proof, root)).toBe(false);
  });

  it('refuse every other spelling', () => {
    const cases = {
      empty: '',
      'no checkpoint': text.slice(0, text.indexOf('\n\n')),
      'empty checkpoint': text.slice(0, text.indexOf('\n\n') + 2),
      'unsigned checkpoint': text.slice(0, text.lastIndexOf('\n\n') + 1),
      'no index': text.replace('index 7\n', ''),
      'leading zero': text.replace('index 7', 'index 07'),
      'negative index': text.replace('index 7', 'index -7'),
      'upper-case index': text.replace('index 7', 'Index 7'),
      'two spaces': text.replace('index 7', 'index  7'),
      'index twice': text.replace('index 7', 'index 7\nindex 7'),
      'extra after index': text.replace('index 7', 'index 7\nextra AAAA'),
      'extra twice': text.replace('index 7', 'extra AAAA\nextra AAAA\nindex 7'),
      'empty extra': text.replace('index 7', 'extra \nindex 7'),
      'extra unpadded': text.replace('index 7', 'extra AAA\nindex 7'),
      'short hash': text.replace(ROOT_TEXT, 'AAAA'),
      'unpadded hash': text.replace(`${ROOT_TEXT}\n`, `${ROOT_TEXT.slice(0, -1)}\n`),
      '64 hashes': text.replace(`${ROOT_TEXT}\n`, `${ROOT_TEXT}\n`.repeat(63)),
      'leading line feed': `\n${text}`,
      'carriage returns': text.replaceAll('\n', '\r\n'),
      'another file': text.replace('c2sp.org/tlog-proof@v1', 'example.org/proof'),
      'index of 17 digits': text.replace('index 7', 'index 12345678901234567'),
      'trailing line': `${text}\n`,
      'very long': `${text.slice(0, 30)}${'A'.repeat(2_000_000)}`,
    };
    for (const [what, hostile] of Object.entries(cases)) {
      expect(
        codeOf(() => parseTlogProof(hostile)),
        what,
      ).toBe('ERR_DECODE_MALFORMED');
    }
    expect(codeOf(() => parseTlogProof(text.replace('@v1', '@v2')))).toBe('ERR_DECODE_VERSION');
    expect(codeOf(() => parseTlogProof(text.replace('index 7', 'index 9007199254740993')))).toBe(
      'ERR_DECODE_LIMIT',
    );
  });

  it('refuse arguments out of range', () => {
    expect(() => formatTlogProof({ index: -1, proof, checkpoint })).toThrow(RangeError);
    expect(() => formatTlogProof({ index: 1, proof: [ROOT.subarray(1)], checkpoint })).toThrow(RangeError);
    expect(() =>
      formatTlogProof({ index: 1, proof: Array.from({ length: 64 }, () => ROOT), checkpoint }),
    ).toThrow(RangeError);
    expect(() => formatTlogProof({ index: 1, proof, checkpoint, extra: new Uint8Array(0) })).toThrow(
      RangeError,
    );
    expect(() => formatTlogProof({ index: 1, proof: 'proof' as never, checkpoint })).toThrow(TypeError);
    expect(codeOf(() => formatTlogProof({ index: 1, proof, checkpoint: 'unsigned\n' }))).toBe(
      'ERR_DECODE_MALFORMED',
    );
  });
});
