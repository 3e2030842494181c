// Goal: the test vectors printed in docs/format.md are what this library computes, reads and accepts.
// Method: each value of the document's JSON block is recomputed from the inputs the document states.
import { describe, expect, it } from 'vitest';
import { fromBase64url, fromHex, toBase64url, toHex, utf8Encode } from '../../src/bytes/index.ts';
import { createSigner, keyId } from '../../src/crypto/index.ts';
import { labelKeyId, parseCode, signUnitCode, toDigitalLink, toElementString } from '../../src/gs1/index.ts';
import { unitCodeMessage, verifyUnitCode } from '../../src/gs1/index.ts';
import { encodeEntry } from '../../src/log/index.ts';
import { hashLeaf } from '../../src/merkle/index.ts';
import { formatVerifierKey, openCheckpoint, signCheckpoint } from '../../src/note/index.ts';
import {
  checkPayloadJson,
  openStatement,
  signStatement,
  verifyStatement,
} from '../../src/statement/index.ts';
import { blocksOf } from './blocks.ts';

const vectors = JSON.parse(blocksOf('docs/format.md', 'json')[0]!) as Readonly<Record<string, string>>;
const signer = createSigner(fromHex(vectors['seed']!));
const logSigner = { name: 'log.example/1', signer: createSigner(new Uint8Array(32).fill(1)) };
const statement = fromHex(vectors['statement']!);
const code = { gtin: '09521000000018', serial: 'S/1', lot: 'L1', expiry: '2028-01-31' };

describe('docs/format.md section 14', () => {
  it('states the key and its ids', () => {
    expect(toBase64url(signer.publicKey)).toBe(vectors['publicKey']);
    expect(toBase64url(keyId(signer.publicKey))).toBe(vectors['kid']);
    expect(labelKeyId(signer.publicKey)).toBe(vectors['labelKeyId']);
  });

  it('states a statement that opens, verifies, and is signed again to the same bytes', () => {
    const opened = openStatement(statement);
    expect(verifyStatement(opened, fromBase64url(vectors['publicKey']!))).toBe(true);
    expect(opened.statement).toMatchObject({ kind: 'product', sequence: 300, audience: logSigner.name });
    if (opened.statement.kind !== 'product') return;
    const { kind, payload, issuer, subject, audience, sequence } = opened.statement;
    const again = signStatement({ kind, payload, issuer, subject, audience, sequence, signer });
    expect(toHex(again)).toBe(vectors['statement']);
  });

  it('states the entry’s head and its leaf hash', () => {
    const recordTimeMs = Date.UTC(2026, 0, 1);
    const entry = encodeEntry({ recordTimeMs, previous: new Uint8Array(32), statement });
    expect(toHex(entry.subarray(0, 42))).toBe(vectors['entryHead']);
    expect(toHex(hashLeaf(entry))).toBe(vectors['leafHash']);
  });

  it('states the unit code’s message and both of its printed forms', () => {
    const message = unitCodeMessage(code, labelKeyId(signer.publicKey));
    expect(new TextDecoder().decode(message)).toBe(vectors['unitCodeMessage']);
    const signed = signUnitCode(code, signer);
    expect(toDigitalLink(signed)).toBe(vectors['digitalLink']);
    expect(toElementString(signed, { bracketed: true })).toBe(vectors['elementString']);
    const presented = parseCode(vectors['digitalLink']!);
    expect(presented.ok && verifyUnitCode(presented.code, signer.publicKey)).toBe(true);
  });

  it('states the log’s key and a checkpoint it signed', () => {
    expect(formatVerifierKey(logSigner.name, logSigner.signer.publicKey)).toBe(vectors['logKey']);
    const root = fromHex(vectors['leafHash']!);
    expect(signCheckpoint({ origin: logSigner.name, size: 1, root }, logSigner)).toBe(vectors['checkpoint']);
    expect(openCheckpoint(vectors['checkpoint']!, vectors['logKey']!)).toMatchObject({ size: 1 });
  });
});

describe('docs/format.md section 4', () => {
  const accepts = (text: string): boolean => {
    try {
      checkPayloadJson(utf8Encode(text));
      return true;
    } catch {
      return false;
    }
  };

  it('spells numbers as the page says, and refuses every other spelling it names', () => {
    const spelled = [
      '100',
      '123456789012345680000',
      '4.75',
      '0.000001',
      '1e-7',
      '1e+21',
      '1.5e+300',
      '0',
      '-3',
    ];
    const refused = ['1.0', '1e2', '9007199254740993', '0.1000000000000000055', '-0', '1e21', '1E-7', '01'];
    expect(spelled.filter((number) => !accepts(`{"a":${number}}`))).toEqual([]);
    expect(refused.filter((number) => accepts(`{"a":${number}}`))).toEqual([]);
  });

  it('spells strings as the page says, and refuses other escapes', () => {
    const spelled = [
      '\\"',
      '\\\\',
      '\\b\\t\\n\\f\\r',
      '\\u0000\\u001f',
      '/',
      '\u007f',
      '\u2028',
      '😀',
      'e\u0301',
    ];
    const refused = ['\\/', '\\u0041', '\\u001F', '\\u0009', '\\u00e9', '\\ud800', '\\ud83d\\ude00'];
    expect(spelled.filter((text) => !accepts(`{"a":"${text}"}`))).toEqual([]);
    expect(refused.filter((text) => accepts(`{"a":"${text}"}`))).toEqual([]);
  });

  it('orders integer-like keys first, and refuses repetition, __proto__, white space and more than 32 levels', () => {
    const nested = (depth: number): string => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;
    const spelled = [
      '{"2":0,"10":0,"b":0,"a":0,"01":0}',
      '{"4294967294":0,"b":0}',
      '{"b":0,"4294967295":0}',
      nested(32),
    ];
    const refused = [
      '{"b":0,"1":0}',
      '{"10":0,"2":0}',
      '{"a":0,"a":0}',
      '{"__proto__":0}',
      '{"a": 0}',
      '[]',
      nested(33),
    ];
    expect(spelled.filter((text) => !accepts(text))).toEqual([]);
    expect(refused.filter((text) => accepts(text))).toEqual([]);
  });
});
