// Goal:   a key that signs twice with one number, and an encoding libraries disagree about, are proofs; honest keys show neither.
// Method: the rules' functions on entries and signatures made by hand, and a small world with a number used twice.
import { describe, expect, it } from 'vitest';
import { fromHex, toBase64url, utf8Encode } from '../../src/bytes/index.ts';
import { keyId, verify } from '../../src/crypto/index.ts';
import { keyEquivocation, weakSignature } from '../../src/judgement/index.ts';
import { SIGNER } from '../support/cast.ts';
import { assertTable, expectNone, expectOne } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script } from '../support/script.ts';

const KID = toBase64url(keyId(SIGNER.north.publicKey));

describe('SG-11 key-equivocation', () => {
  it('proves two statements of one key with one number, on the key', () => {
    const found = assertTable([keyEquivocation(KID, 7, [12, 4])!]);
    const proof = [
      { entry: 4, event: -1 },
      { entry: 12, event: -1 },
    ];
    expectOne(found, 'SG-11', { severity: 4, subject: KID, proof, detail: /number 7/ });
  });

  it('is found in a replay, whatever the statements are about', () => {
    const script = new Script();
    const [a, b] = script.units(2) as [string, string];
    script.commission([a, b]);
    const first = script.ship('maker', a, 'north', { sequence: 900 });
    const second = script.ship('maker', b, 'south', { sequence: 900 });
    const [found] = replay(script)
      .findings()
      .filter(({ code }) => code === 'SG-11');
    expect(found?.subject.id).toBe(toBase64url(keyId(SIGNER.maker.publicKey)));
    expect(found?.proof.map(({ entry }) => entry)).toEqual([first.entry, second.entry]);
  });

  it('says nothing of one statement, even named twice, and of numbers left out or used by another key', () => {
    expect(keyEquivocation(KID, 7, [4])).toBeUndefined();
    expect(keyEquivocation(KID, 7, [4, 4])).toBeUndefined();
    const script = new Script();
    const unit = script.unit();
    script.commission(unit, { sequence: 900 });
    script.ship('maker', unit, 'north', { sequence: 2000 });
    script.receive('north', unit, 'maker', { sequence: 900 });
    expectNone(replay(script).findings(), 'SG-11');
  });
});

describe('SG-12 weak-signature', () => {
  const { publicKey } = SIGNER.north;
  const message = utf8Encode('a statement');
  const honest = SIGNER.north.sign(message);
  const withR = (hex: string): Uint8Array => {
    const signature = new Uint8Array(honest);
    signature.set(fromHex(hex), 0);
    return signature;
  };
  const withS = (hex: string): Uint8Array => {
    const signature = new Uint8Array(honest);
    signature.set(fromHex(hex), 32);
    return signature;
  };
  const P = 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f';
  const ONE = `01${'00'.repeat(31)}`;
  const ORDER = 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010';

  it.each([
    ['an R of small order', withR(ONE), publicKey],
    ['an R that is not reduced', withR(P), publicKey],
    ['an S that is not reduced', withS(ORDER), publicKey],
    ['a key of small order', honest, fromHex(ONE)],
    ['a key that is not reduced', honest, fromHex(P)],
    ['half a signature', honest.subarray(0, 32), publicKey],
  ])('proves %s', (_, signature, key) => {
    const found = assertTable([weakSignature(9, signature, key)!]);
    expectOne(found, 'SG-12', { severity: 4, subject: '9', proof: [{ entry: 9, event: -1 }] });
  });

  it('says nothing of an honest signature, nor of one that is merely wrong', () => {
    expect(verify(honest, message, publicKey)).toBe(true);
    expect(weakSignature(9, honest, publicKey)).toBeUndefined();
    expect(weakSignature(9, SIGNER.south.sign(message), publicKey)).toBeUndefined();
  });
});
