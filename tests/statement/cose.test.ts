// Goal: the envelope is one strict spelling of a tagged COSE_Sign1, and its Sig_structure is that of RFC 9052.
// Method: cbor2 as oracle both ways; every bit flip, truncation and extension of a small statement; hand-made second spellings.
import { cdeDecodeOptions, cdeEncodeOptions, decode, encode, Tag } from 'cbor2';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, equalBytes, toHex, utf8Encode } from '../../src/bytes/index.ts';
import {
  CLAIM_BYTES_MAX,
  STATEMENT_BYTES_MAX,
  STATEMENT_KINDS,
  contentType,
  decodeEnvelope,
  encodeEnvelope,
  isClaim,
  type Envelope,
  type EnvelopeHeader,
} from '../../src/statement/cose.ts';

const KID = Uint8Array.from({ length: 32 }, (_, i) => i);
const SIGNATURE = Uint8Array.from({ length: 64 }, (_, i) => 255 - i);
const HEADER: EnvelopeHeader = {
  kind: 'product',
  issuer: 'https://id.gs1.org/417/0614141000005',
  subject: 'sub',
  audience: 'ledger.example',
  kid: KID,
  sequence: 7,
};
const PAYLOAD = utf8Encode('{"a":1}');
const SMALL = encodeEnvelope(HEADER, PAYLOAD).finish(SIGNATURE);

function headerMap(header: EnvelopeHeader): Map<number, unknown> {
  return new Map<number, unknown>([
    [1, -19],
    [3, contentType(header.kind)],
    [4, header.kid],
    [
      15,
      new Map([
        [1, header.issuer],
        [2, header.subject],
        [3, header.audience],
      ]),
    ],
    [-65537, header.sequence],
  ]);
}

/** The statement as cbor2 writes it, with any part replaced. */
function oracle(parts: {
  protectedBytes?: Uint8Array;
  map?: unknown;
  unprotected?: unknown;
  payload?: unknown;
  signature?: unknown;
  tag?: number;
}): Uint8Array {
  const protectedBytes = parts.protectedBytes ?? encode(parts.map ?? headerMap(HEADER));
  return encode(
    new Tag(parts.tag ?? 18, [
      protectedBytes,
      parts.unprotected ?? new Map(),
      'payload' in parts ? parts.payload : PAYLOAD,
      parts.signature ?? SIGNATURE,
    ]),
  );
}

function open(bytes: Uint8Array): Envelope | string {
  try {
    return decodeEnvelope(bytes);
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

function replace(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const hex = toHex(bytes);
  expect(hex.split(from)).toHaveLength(2);
  return Uint8Array.from(Buffer.from(hex.replace(from, to), 'hex'));
}

describe('encodeEnvelope()', () => {
  const headers = fc.record({
    kind: fc.constantFrom(...STATEMENT_KINDS),
    issuer: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter(isClaim),
    subject: fc.string({ minLength: 1, maxLength: 300 }).filter(isClaim),
    audience: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter(isClaim),
    kid: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    sequence: fc.oneof(
      fc.maxSafeNat(),
      fc.constantFrom(0, 23, 24, 255, 256, 65_535, 65_536, 0xffff_ffff, 2 ** 32, Number.MAX_SAFE_INTEGER),
    ),
  });

  it('writes what cbor2 writes, decodes and deterministically re-encodes, with the Sig_structure of RFC 9052', () => {
    fc.assert(
      fc.property(headers, fc.uint8Array({ minLength: 1, maxLength: 400 }), (header, payload) => {
        const unsigned = encodeEnvelope(header, payload);
        const bytes = unsigned.finish(SIGNATURE);
        expect(bytes.length).toBe(unsigned.statementBytes);
        const tag = decode<Tag>(bytes, cdeDecodeOptions);
        expect(tag.tag).toBe(18);
        const [protectedBytes, unprotected, content, signature] = tag.contents as [
          Uint8Array,
          unknown,
          Uint8Array,
          Uint8Array,
        ];
        expect(decode(protectedBytes, cdeDecodeOptions)).toEqual(headerMap(header));
        expect(unprotected).toEqual({});
        expect(equalBytes(content, payload)).toBe(true);
        expect(equalBytes(signature, SIGNATURE)).toBe(true);
        expect(toHex(encode(tag, cdeEncodeOptions))).toBe(toHex(bytes));
        expect(toHex(encode(decode(protectedBytes), cdeEncodeOptions))).toBe(toHex(protectedBytes));
        const structure = encode(
          ['Signature1', protectedBytes, new Uint8Array(0), payload],
          cdeEncodeOptions,
        );
        expect(toHex(unsigned.toBeSigned)).toBe(toHex(structure));
        const opened = decodeEnvelope(bytes);
        expect(toHex(opened.toBeSigned)).toBe(toHex(structure));
        expect({ ...opened, toBeSigned: 0 }).toEqual({
          ...header,
          payloadBytes: payload,
          signature: SIGNATURE,
          toBeSigned: 0,
        });
      }),
      { numRuns: 200 },
    );
  });

  it('uses labels and values of the registered COSE header parameters', () => {
    // Tag 18, array(4), protected bytes; map(5), alg: -19, content type of 40 characters.
    const type = toHex(utf8Encode('application/vnd.countermark.product+json'));
    const length = toHex(Uint8Array.of(encode(headerMap(HEADER)).length));
    expect(toHex(SMALL).startsWith(`d28458${length}a50132037828${type}045820${toHex(KID)}0fa301`)).toBe(true);
    expect(toHex(SMALL)).toContain('3a0001000007a0477b2261223a317d5840');
  });
});

describe('decodeEnvelope()', () => {
  it('reads what cbor2 writes', () => {
    expect(toHex(oracle({}))).toBe(toHex(SMALL));
    expect(open(oracle({}))).toMatchObject({ ...HEADER, payloadBytes: PAYLOAD, signature: SIGNATURE });
  });

  it('gives every bit flip another reading or none: no two byte strings mean the same', () => {
    const original = decodeEnvelope(SMALL);
    let opened = 0;
    for (let bit = 0; bit < SMALL.length * 8; bit++) {
      const flipped = SMALL.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const result = open(flipped);
      if (typeof result === 'string') {
        expect(result).toMatch(/^ERR_DECODE_(MALFORMED|NONCANONICAL|LIMIT)$/);
        continue;
      }
      opened += 1;
      const same =
        equalBytes(result.toBeSigned, original.toBeSigned) &&
        equalBytes(result.signature, original.signature);
      expect(same, `bit ${bit}`).toBe(false);
    }
    expect(opened).toBeGreaterThan(64 * 8);
  });

  it('refuses every truncation and every extension', () => {
    for (let length = 0; length < SMALL.length; length++) {
      expect(open(SMALL.slice(0, length)), `length ${length}`).toBe('ERR_DECODE_MALFORMED');
      expect(open(SMALL.slice(length + 1)), `from ${length + 1}`).toBe('ERR_DECODE_MALFORMED');
    }
    for (const extra of [Uint8Array.of(0), Uint8Array.of(0xa0), Uint8Array.of(0xff), SMALL]) {
      expect(open(concatBytes(SMALL, extra))).toBe('ERR_DECODE_MALFORMED');
    }
  });

  it('refuses every second spelling of a length or an integer', () => {
    const nonCanonical = [
      replace(SMALL, '477b22', '58077b22'), // payload length in one extra byte
      replace(SMALL, '477b22', '5900077b22'),
      replace(SMALL, '477b22', '5a000000077b22'),
      replace(SMALL, '477b22', '5b00000000000000077b22'),
      oracle({ protectedBytes: replace(encode(headerMap(HEADER)), '3a0001000007', '3a000100001807') }),
      oracle({ protectedBytes: replace(encode(headerMap(HEADER)), '3a0001000007', '3a00010000190007') }),
      oracle({ protectedBytes: replace(encode(headerMap(HEADER)), '3a0001000007', '3a000100001a00000007') }),
      oracle({
        protectedBytes: replace(encode(headerMap(HEADER)), '3a0001000007', '3a000100001b0000000000000007'),
      }),
      oracle({ protectedBytes: replace(encode(headerMap(HEADER)), '0263737562', '027803737562') }),
    ];
    for (const bytes of nonCanonical) expect(open(bytes)).toBe('ERR_DECODE_NONCANONICAL');
    expect(open(replace(SMALL, '477b2261223a317d', '5f477b2261223a317dff'))).toBe('ERR_DECODE_MALFORMED');
  });

  it('refuses other COSE: tags, algorithms, headers, detached payloads', () => {
    const map = (change: (map: Map<number, unknown>) => void): Uint8Array => {
      const copy = headerMap(HEADER);
      change(copy);
      return oracle({ map: copy });
    };
    const foreign: Record<string, Uint8Array> = {
      untagged: SMALL.slice(1),
      'tag 98': oracle({ tag: 98 }),
      'tag 18 twice': concatBytes(Uint8Array.of(0xd2), SMALL),
      'alg EdDSA (-8)': map((m) => m.set(1, -8)),
      'alg ES256 (-7)': map((m) => m.set(1, -7)),
      'no alg': map((m) => m.delete(1)),
      'unknown kind': map((m) => m.set(3, 'application/vnd.countermark.secret+json')),
      'upper-case type': map((m) => m.set(3, 'application/vnd.countermark.Product+json')),
      'content type as a number': map((m) => m.set(3, 50)),
      'short kid': map((m) => m.set(4, KID.slice(1))),
      'long kid': map((m) => m.set(4, new Uint8Array(33))),
      'kid as text': map((m) => m.set(4, 'a'.repeat(32))),
      'crit header': map((m) => m.set(2, [4])),
      'extra header': map((m) => m.set(-65538, 1)),
      'no claims': map((m) => m.delete(15)),
      'a fourth claim': map((m) =>
        m.set(
          15,
          new Map<number, unknown>([
            [1, 'a'],
            [2, 'b'],
            [3, 'c'],
            [6, 1],
          ]),
        ),
      ),
      'claims in another order': map((m) =>
        m.set(
          15,
          new Map([
            [2, 'b'],
            [1, 'a'],
            [3, 'c'],
          ]),
        ),
      ),
      'no sequence': map((m) => m.delete(-65537)),
      'negative sequence': map((m) => m.set(-65537, -1)),
      'float sequence': map((m) => m.set(-65537, 1.5)),
      'empty protected header': oracle({ protectedBytes: new Uint8Array(0) }),
      'protected header with a tail': oracle({
        protectedBytes: concatBytes(encode(headerMap(HEADER)), Uint8Array.of(0)),
      }),
      'unprotected header': oracle({ unprotected: new Map([[4, KID]]) }),
      'detached payload': oracle({ payload: null }),
      'payload as text': oracle({ payload: '{"a":1}' }),
      'short signature': oracle({ signature: SIGNATURE.slice(1) }),
      'no signature': oracle({ signature: new Uint8Array(0) }),
    };
    for (const [label, bytes] of Object.entries(foreign))
      expect(open(bytes), label).toBe('ERR_DECODE_MALFORMED');
  });

  it('refuses claims that are empty, too long, not UTF-8 or hold control characters', () => {
    const claim = (issuer: string): Envelope | string =>
      open(oracle({ map: headerMap({ ...HEADER, issuer }) }));
    expect(claim('')).toBe('ERR_DECODE_MALFORMED');
    expect(claim('a\n')).toBe('ERR_DECODE_MALFORMED');
    expect(claim('\u0080')).toBe('ERR_DECODE_MALFORMED');
    expect(claim('a'.repeat(CLAIM_BYTES_MAX))).toMatchObject({ kind: 'product' });
    expect(claim('a'.repeat(CLAIM_BYTES_MAX + 1))).toBe('ERR_DECODE_MALFORMED');
    expect(claim('\ufeff')).toMatchObject({ issuer: '\ufeff' });
    expect(open(replace(SMALL, '0263737562', '0263ff7562'))).toBe('ERR_DECODE_MALFORMED');
    expect(open(replace(SMALL, '0263737562', '0263eda080'))).toBe('ERR_DECODE_MALFORMED');
  });

  it('refuses sequence numbers above 2^53-1', () => {
    const sequence = (hex: string): Envelope | string =>
      open(
        oracle({ protectedBytes: replace(encode(headerMap(HEADER)), '3a0001000007', `3a00010000${hex}`) }),
      );
    expect(sequence('1b001fffffffffffff')).toMatchObject({ sequence: Number.MAX_SAFE_INTEGER });
    expect(sequence('1b0020000000000000')).toBe('ERR_DECODE_LIMIT');
    expect(sequence('1b0020000000000001')).toBe('ERR_DECODE_LIMIT');
    expect(sequence('1bffffffffffffffff')).toBe('ERR_DECODE_LIMIT');
  });

  it('refuses lengths that reach beyond the statement, and statements above the limit', () => {
    expect(open(replace(SMALL, '477b22', '5bffffffffffffffff7b22'))).toBe('ERR_DECODE_LIMIT');
    expect(open(replace(SMALL, '477b22', '5affffffff7b22'))).toBe('ERR_DECODE_MALFORMED');
    expect(open(replace(SMALL, '477b22', '59ffff7b22'))).toBe('ERR_DECODE_MALFORMED');
    const overhead = encodeEnvelope(HEADER, new Uint8Array(60_000)).statementBytes - 60_000;
    const largest = encodeEnvelope(HEADER, new Uint8Array(STATEMENT_BYTES_MAX - overhead)).finish(SIGNATURE);
    expect(largest).toHaveLength(STATEMENT_BYTES_MAX);
    expect(open(largest)).toMatchObject({ kind: 'product' });
    const larger = encodeEnvelope(HEADER, new Uint8Array(STATEMENT_BYTES_MAX - overhead + 1)).finish(
      SIGNATURE,
    );
    expect(open(larger)).toBe('ERR_DECODE_LIMIT');
  });

  it('reads a view into a larger buffer, and gives plain Uint8Arrays for a Buffer', () => {
    const padded = Buffer.concat([Buffer.alloc(5, 0xd2), SMALL, Buffer.alloc(3)]);
    const opened = decodeEnvelope(padded.subarray(5, 5 + SMALL.length));
    expect(opened).toEqual(decodeEnvelope(SMALL));
    expect(Object.getPrototypeOf(opened.payloadBytes)).toBe(Uint8Array.prototype);
    expect(Object.getPrototypeOf(opened.kid)).toBe(Uint8Array.prototype);
  });
});
