// Goal: a verifier key has one spelling, and only keys worth believing can be pinned.
// Method: the public example key of the Go module checksum log, hand-made texts, one mutation a case.
import * as ed from '@noble/ed25519';
import { describe, expect, it } from 'vitest';
import { fromBase64, fromHex, toBase64, toHex } from '../../src/bytes/index.ts';
import { formatVerifierKey, isKeyName, noteKeyId, parseVerifierKey } from '../../src/note/index.ts';
import { ALICE, idBytes } from './world.ts';

// sum.golang.org, as every Go distribution pins it
const SUMDB = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';
const KEY = ALICE.signer.publicKey;
const TEXT = formatVerifierKey('a.example', KEY);
const MALFORMED = expect.objectContaining({ code: 'ERR_DECODE_MALFORMED' });

function errorOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return 'no error';
}

describe('parseVerifierKey()', () => {
  it('reads the key of sum.golang.org, whose base64 holds plus signs', () => {
    const verifier = parseVerifierKey(SUMDB);
    expect(verifier).toMatchObject({ name: 'sum.golang.org', keyId: 0x033de0ae, text: SUMDB });
    expect(formatVerifierKey('sum.golang.org', verifier.publicKey)).toBe(SUMDB);
  });

  it('reads what formatVerifierKey() writes', () => {
    const verifier = parseVerifierKey(TEXT);
    expect(verifier.name).toBe('a.example');
    expect(toHex(verifier.publicKey)).toBe(toHex(KEY));
    expect(verifier.keyId).toBe(noteKeyId('a.example', KEY));
    expect(verifier.publicKey.constructor).toBe(Uint8Array);
  });

  it('pads key ids that begin with zeros', () => {
    for (let i = 0; ; i++) {
      if (noteKeyId(`log${i}.example`, KEY) >= 0x0100_0000) continue;
      const text = formatVerifierKey(`log${i}.example`, KEY);
      expect(text.split('+')[1]).toMatch(/^0[0-9a-f]{7}$/);
      expect(parseVerifierKey(text).text).toBe(text);
      break;
    }
  });

  it('refuses every other spelling', () => {
    const [name, id, base64] = [TEXT.split('+')[0]!, TEXT.split('+')[1]!, TEXT.split('+').slice(2).join('+')];
    const key = fromBase64(base64);
    const retype = (type: number): string =>
      `${name}+${idBytes(name, KEY, type).toString('hex')}+${toBase64(Uint8Array.of(type, ...KEY))}`;
    const long = Uint8Array.of(1, ...KEY, 0);
    const cases = {
      empty: '',
      'no plus': name,
      'one plus': `${name}+${id}`,
      'no name': `+${id}+${base64}`,
      'name with space': `a b+${id}+${base64}`,
      'other name': `b.example+${id}+${base64}`,
      'other id': `${name}+00000000+${base64}`,
      'upper-case id': `${name}+${id.toUpperCase()}+${base64}`,
      'short id': `${name}+${id.slice(1)}+${base64}`,
      'id with prefix': `${name}+0x${id}+${base64}`,
      'trailing line feed': `${TEXT}\n`,
      'leading space': ` ${TEXT}`,
      'unpadded base64': `${name}+${id}+${toBase64(key).slice(0, -1)}`,
      'extra plus': `${name}++${id}+${base64}`,
      'key type 2': retype(2),
      'cosignature key type 4': retype(4),
      'key of 33 bytes': `${name}+${id}+${toBase64(long)}`,
      'key of 31 bytes': `${name}+${id}+${toBase64(key.subarray(0, 32))}`,
      'lone surrogate': `\ud800+${id}+${base64}`,
      'very long': `${'a'.repeat(100_000)}+${id}+${base64}`,
    };
    for (const [what, text] of Object.entries(cases)) {
      expect(
        errorOf(() => parseVerifierKey(text)),
        what,
      ).toEqual(MALFORMED);
    }
  });

  it('refuses keys that may not be enrolled', () => {
    const neutral = fromHex('01' + '00'.repeat(31));
    const torsion = ed.Point.fromBytes(KEY)
      .add(ed.Point.fromBytes(new Uint8Array(32)))
      .toBytes();
    for (const weak of [neutral, torsion, new Uint8Array(32).fill(0xff)]) {
      expect(errorOf(() => parseVerifierKey(formatVerifierKey('a.example', weak)))).toMatchObject({
        code: 'ERR_KEY_WEAK',
      });
    }
  });

  it('throws a TypeError for what is no text', () => {
    for (const wrong of [undefined, null, 1, [], {}, KEY] as never[]) {
      expect(() => parseVerifierKey(wrong)).toThrow(TypeError);
    }
  });
});

describe('noteKeyId()', () => {
  it('is the first four bytes of SHA-256(name, LF, type, key)', () => {
    expect(noteKeyId('a.example', KEY)).toBe(idBytes('a.example', KEY).readUInt32BE(0));
  });

  it('refuses names that are none and keys of another length', () => {
    expect(() => noteKeyId('', KEY)).toThrow(RangeError);
    expect(() => noteKeyId('a b', KEY)).toThrow(RangeError);
    expect(() => noteKeyId('a'.repeat(256), KEY)).toThrow(RangeError);
    expect(() => noteKeyId('a', KEY.subarray(1))).toThrow(RangeError);
    expect(() => noteKeyId(null as never, KEY)).toThrow(TypeError);
  });
});

describe('isKeyName()', () => {
  it('refuses every Unicode white space, plus signs, controls and lone surrogates', () => {
    for (let unit = 0; unit <= 0xffff; unit++) {
      const name = `a${String.fromCharCode(unit)}b`;
      const bad =
        /\p{White_Space}/u.test(name) || name[1] === '+' || unit < 0x20 || (unit >= 0xd800 && unit <= 0xdfff);
      if (isKeyName(name) === bad) expect.fail(`U+${unit.toString(16)}`);
    }
    expect(isKeyName('')).toBe(false);
    expect(isKeyName('药.example/😀')).toBe(true);
  });
});
