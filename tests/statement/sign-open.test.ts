// Goal: what is signed opens to the same statement, and nothing else opens under the same signature.
// Method: a round trip of every kind, a second Ed25519 implementation over cbor2's Sig_structure, one flip of every byte, wrong arguments.
import { decode, encode, type Tag } from 'cbor2';
import { createPublicKey, verify as nativeVerify } from 'node:crypto';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { equalBytes, toBase64url, toHex, utf8Decode, utf8Encode } from '../../src/bytes/index.ts';
import { keyId } from '../../src/crypto/index.ts';
import { errorCode } from '../../src/errors.ts';
import { encodeEnvelope } from '../../src/statement/cose.ts';
import {
  STATEMENT_BYTES_MAX,
  STATEMENT_KINDS,
  openEnvelope,
  openStatement,
  prepareStatement,
  readEnvelope,
  signStatement,
  verifyStatement,
  type Payloads,
  type Statement,
  type StatementDraft,
  type StatementKind,
} from '../../src/statement/index.ts';
import {
  CLINIC,
  DISTRIBUTOR,
  MANUFACTURER,
  OPERATOR,
  ORIGIN,
  PLACE,
  PRODUCT,
  SAMPLES,
  SAMPLE_KINDS,
  manufacturerSigner,
  operatorSigner,
} from './samples.ts';

function draft<K extends StatementKind>(kind: K, change: Partial<StatementDraft<K>> = {}): StatementDraft<K> {
  return { kind, payload: SAMPLES[kind], issuer: OPERATOR, audience: ORIGIN, sequence: 5, ...change };
}
function signed<K extends StatementKind>(kind: K, change: Partial<StatementDraft<K>> = {}): Uint8Array {
  return signStatement({ ...draft(kind, change), signer: operatorSigner });
}
function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return errorCode(error) ?? String(error);
  }
}

describe('signStatement() and openStatement()', () => {
  for (const kind of SAMPLE_KINDS) {
    it(`carries a ${kind} there and back, byte for byte`, () => {
      const bytes = signed(kind);
      const opened = openStatement(bytes);
      expect(opened.statement).toEqual({
        kind,
        issuer: OPERATOR,
        subject: opened.subject,
        audience: ORIGIN,
        kid: keyId(operatorSigner.publicKey),
        sequence: 5,
        payload: SAMPLES[kind],
      });
      expect(utf8Decode(opened.payloadBytes)).toBe(JSON.stringify(SAMPLES[kind]));
      expect(verifyStatement(opened, operatorSigner.publicKey)).toBe(true);
      expect(verifyStatement(readEnvelope(bytes), operatorSigner.publicKey)).toBe(true);
      expect(verifyStatement(opened, manufacturerSigner.publicKey)).toBe(false);
      expect(toHex(signed(kind))).toBe(toHex(bytes));
    });
  }

  it('covers every kind there is', () => {
    expect([...STATEMENT_KINDS].sort()).toEqual([...SAMPLE_KINDS].sort());
  });

  it('makes statements that COSE and Ed25519 of others accept', () => {
    const tag = decode<Tag>(signed('lot'));
    const [protectedBytes, , payload, signature] = tag.contents as [
      Uint8Array,
      unknown,
      Uint8Array,
      Uint8Array,
    ];
    const structure = encode(['Signature1', protectedBytes, new Uint8Array(0), payload]);
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: toBase64url(operatorSigner.publicKey) },
      format: 'jwk',
    });
    expect(nativeVerify(null, structure, key, signature)).toBe(true);
  });

  it('names the subject by the id in the payload, or as the caller says', () => {
    const subject = (bytes: Uint8Array): string => readEnvelope(bytes).subject;
    expect(subject(signed('genesis'))).toBe(ORIGIN);
    expect(subject(signed('policy'))).toBe(ORIGIN);
    expect(subject(signed('party'))).toBe(DISTRIBUTOR);
    expect(subject(signed('key'))).toBe(MANUFACTURER);
    expect(subject(signed('lot'))).toBe(`${PRODUCT}/10/A-1%2F2`);
    expect(subject(signed('licence'))).toBe(SAMPLES.licence.id);
    expect(subject(signed('revocation'))).toBe(SAMPLES.licence.id);
    expect(subject(signed('events'))).toBe(OPERATOR);
    expect(subject(signed('events', { payload: { ...SAMPLES.events, id: 'urn:example:doc' } }))).toBe(
      'urn:example:doc',
    );
    expect(subject(signed('lot', { subject: 'batch 7 of March' }))).toBe('batch 7 of March');
  });

  it('is undone by a change of any byte: it does not open, or does not verify', () => {
    const bytes = signed('revocation', { subject: 's', audience: 'a' });
    let opened = 0;
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at]! ^= 1 << (at % 8);
      let envelope;
      try {
        envelope = openStatement(changed);
      } catch (error) {
        expect(errorCode(error), `byte ${at}`).toMatch(/^ERR_DECODE_/);
        continue;
      }
      opened += 1;
      expect(verifyStatement(envelope, operatorSigner.publicKey), `byte ${at}`).toBe(false);
    }
    expect(opened).toBeGreaterThan(100);
  });

  it('reads the envelope of a statement whose payload is none, but does not open it', () => {
    const header = {
      kind: 'product',
      issuer: OPERATOR,
      subject: 's',
      audience: 'a',
      kid: new Uint8Array(32),
    } as const;
    for (const payload of ['{}', '{"id":1}', '[]', `{"id":"${PRODUCT}","name":"n","name":"n"}`]) {
      const bytes = encodeEnvelope({ ...header, sequence: 0 }, utf8Encode(payload)).finish(
        new Uint8Array(64),
      );
      expect(utf8Decode(readEnvelope(bytes).payloadBytes)).toBe(payload);
      expect(codeOf(() => openStatement(bytes))).toMatch(/^ERR_DECODE_/);
      expect(codeOf(() => openEnvelope(readEnvelope(bytes)))).toMatch(/^ERR_DECODE_/);
    }
  });

  it('does not open a payload as another kind', () => {
    for (const kind of SAMPLE_KINDS) {
      for (const other of SAMPLE_KINDS) {
        if (kind === other) continue;
        const payload = utf8Encode(JSON.stringify(SAMPLES[kind]));
        const bytes = encodeEnvelope(
          {
            kind: other,
            issuer: OPERATOR,
            subject: 's',
            audience: ORIGIN,
            kid: new Uint8Array(32),
            sequence: 0,
          },
          payload,
        ).finish(new Uint8Array(64));
        expect(
          codeOf(() => openStatement(bytes)),
          `${kind} as ${other}`,
        ).toBe('ERR_DECODE_MALFORMED');
      }
    }
  });

  it('opens only statements whose issuer is a canonical party', () => {
    for (const issuer of [
      'someone',
      PLACE,
      'https://id.gs1.org/417/9506000990018',
      'urn:epc:id:pgln:9506000.99001',
    ]) {
      const bytes = encodeEnvelope(
        { kind: 'policy', issuer, subject: 's', audience: 'a', kid: new Uint8Array(32), sequence: 0 },
        utf8Encode('{}'),
      ).finish(new Uint8Array(64));
      expect(codeOf(() => openStatement(bytes))).toBe('ERR_DECODE_MALFORMED');
      expect(codeOf(() => signed('policy', { issuer }))).toBe('ERR_DECODE_MALFORMED');
    }
  });

  it('signs and opens a genesis only by its own operator, for its own origin, with one of its keys', () => {
    expect(codeOf(() => signed('genesis'))).toBeUndefined();
    expect(codeOf(() => signed('genesis', { issuer: CLINIC }))).toBe('ERR_DECODE_MALFORMED');
    expect(codeOf(() => signed('genesis', { audience: 'other.example' }))).toBe('ERR_DECODE_MALFORMED');
    expect(codeOf(() => signStatement({ ...draft('genesis'), signer: manufacturerSigner }))).toBe(
      'ERR_DECODE_MALFORMED',
    );
  });

  it('narrows the payload by the kind', () => {
    const { statement } = openStatement(signed('lot'));
    expectTypeOf(statement).toEqualTypeOf<Statement>();
    if (statement.kind === 'lot') expectTypeOf(statement.payload).toEqualTypeOf<Payloads['lot']>();
    else throw new Error('not a lot');
    expect(statement.payload.quantity).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('signStatement() with a caller’s mistakes', () => {
  it('refuses wrong and unknown options before signing', () => {
    const options = { ...draft('product'), signer: operatorSigner };
    const mistakes: readonly [change: object, code: string][] = [
      [{ kind: 'secret' }, 'ERR_OUT_OF_RANGE'],
      [{ kind: 'toString' }, 'ERR_OUT_OF_RANGE'],
      [{ kind: undefined }, 'ERR_OUT_OF_RANGE'],
      [{ payload: null }, 'ERR_INVALID_ARG_TYPE'],
      [{ payload: 'text' }, 'ERR_INVALID_ARG_TYPE'],
      [{ issuer: 1 }, 'ERR_INVALID_ARG_TYPE'],
      [{ issuer: '' }, 'ERR_OUT_OF_RANGE'],
      [{ audience: undefined }, 'ERR_INVALID_ARG_TYPE'],
      [{ audience: 'a\nb' }, 'ERR_OUT_OF_RANGE'],
      [{ subject: 'ü'.repeat(401) }, 'ERR_OUT_OF_RANGE'],
      [{ subject: '\udc00' }, 'ERR_OUT_OF_RANGE'],
      [{ sequence: -1 }, 'ERR_OUT_OF_RANGE'],
      [{ sequence: 1.5 }, 'ERR_OUT_OF_RANGE'],
      [{ sequence: 2 ** 53 }, 'ERR_OUT_OF_RANGE'],
      [{ sequence: 1n }, 'ERR_INVALID_ARG_TYPE'],
      [{ signer: undefined }, 'ERR_INVALID_ARG_TYPE'],
      [{ signer: { publicKey: new Uint8Array(31), sign: () => new Uint8Array(64) } }, 'ERR_OUT_OF_RANGE'],
      [{ signer: { ...operatorSigner, sign: () => new Uint8Array(63) } }, 'ERR_OUT_OF_RANGE'],
      [{ signer: { ...operatorSigner, sign: () => 'signature' } }, 'ERR_INVALID_ARG_TYPE'],
      [{ publicKey: operatorSigner.publicKey }, 'ERR_OUT_OF_RANGE'],
      [{ sequenceNumber: 1 }, 'ERR_OUT_OF_RANGE'],
    ];
    for (const [change, code] of mistakes) {
      expect(
        codeOf(() => signStatement({ ...options, ...change } as typeof options)),
        Object.keys(change)[0],
      ).toBe(code);
    }
  });

  it('refuses a payload that is not of its kind, naming the field', () => {
    const payload = { ...SAMPLES.product, doses: 0 };
    expect(() => signed('product', { payload })).toThrow(
      expect.objectContaining({ code: 'ERR_DECODE_MALFORMED', details: { path: 'doses' } }),
    );
    expect(codeOf(() => signed('product', { payload: { ...SAMPLES.product, name: 'a\ud800' } }))).toMatch(
      /^ERR_DECODE/,
    );
  });

  it('drops undefined fields, as JSON does, and signs what remains', () => {
    const payload = { ...SAMPLES.product, doses: undefined } as unknown as Payloads['product'];
    expect(openStatement(signed('product', { payload })).statement.payload).not.toHaveProperty('doses');
  });

  it('refuses a statement too large for a log entry', () => {
    const filler = (length: number): Payloads['events'] => ({
      ...SAMPLES.events,
      epcisBody: {
        eventList: [
          {
            ...SAMPLES.events.epcisBody.eventList[0]!,
            'https://example.com/pad': 'x'.repeat(length),
          } as never,
        ],
      },
    });
    const overhead = signed('events', { payload: filler(60_000) }).length - 60_000;
    const largest = signed('events', { payload: filler(STATEMENT_BYTES_MAX - overhead) });
    expect(largest).toHaveLength(STATEMENT_BYTES_MAX);
    expect(verifyStatement(openStatement(largest), operatorSigner.publicKey)).toBe(true);
    expect(codeOf(() => signed('events', { payload: filler(STATEMENT_BYTES_MAX - overhead + 1) }))).toBe(
      'ERR_OUT_OF_RANGE',
    );
  });
});

describe('prepareStatement()', () => {
  it('gives the bytes for a key elsewhere and the same statement as signStatement()', () => {
    const prepared = prepareStatement({ ...draft('recall'), publicKey: operatorSigner.publicKey });
    const bytes = prepared.finish(operatorSigner.sign(prepared.toBeSigned));
    expect(toHex(bytes)).toBe(toHex(signed('recall')));
    expect(equalBytes(readEnvelope(bytes).toBeSigned, prepared.toBeSigned)).toBe(true);
  });

  it('refuses a signature that is not 64 bytes', () => {
    const prepared = prepareStatement({ ...draft('recall'), publicKey: operatorSigner.publicKey });
    expect(codeOf(() => prepared.finish(new Uint8Array(65)))).toBe('ERR_OUT_OF_RANGE');
    expect(codeOf(() => prepared.finish('x' as never))).toBe('ERR_INVALID_ARG_TYPE');
  });
});

describe('verifyStatement()', () => {
  it('is false for a right signature under another key id', () => {
    const header = { ...draft('policy'), subject: 's', kid: new Uint8Array(32) };
    const unsigned = encodeEnvelope(header, utf8Encode('{}'));
    const bytes = unsigned.finish(operatorSigner.sign(unsigned.toBeSigned));
    expect(verifyStatement(readEnvelope(bytes), operatorSigner.publicKey)).toBe(false);
  });

  it('throws only for a key that is not 32 bytes', () => {
    const envelope = readEnvelope(signed('policy'));
    expect(codeOf(() => verifyStatement(envelope, new Uint8Array(31)))).toBe('ERR_OUT_OF_RANGE');
    expect(verifyStatement(envelope, new Uint8Array(32))).toBe(false);
  });
});

describe('readEnvelope()', () => {
  it('throws a TypeError for anything but bytes', () => {
    for (const wrong of [undefined, null, 'text', [], {}, new ArrayBuffer(8)]) {
      expect(codeOf(() => readEnvelope(wrong as never))).toBe('ERR_INVALID_ARG_TYPE');
    }
  });
});
