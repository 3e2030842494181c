// Goal:   labels read ahead in batches, or forgotten in between, have the verdicts they have alone; what is remembered is bounded.
// Method: worlds with many scans, with labels in both spellings, spoilt and unknown; batches cut short; a memory filled beyond its bound.
import { describe, expect, it } from 'vitest';
import { toBase64url } from '../../src/bytes/index.ts';
import { CODE_LENGTH_MAX, sgtin, signUnitCode, toDigitalLink, toElementString } from '../../src/gs1/index.ts';
import { Judge, labelVerdict } from '../../src/judgement/index.ts';
import { LabelMemory, LABELS_BYTES_MAX, memoryOf } from '../../src/judgement/label-memory.ts';
import { LabelBatch, labelOf, LABELS_BATCH_MAX } from '../../src/judgement/labels.ts';
import { EXPIRY, GTIN, LOT, SIGNER } from '../support/cast.ts';
import { replay } from '../support/replay.ts';
import { Script } from '../support/script.ts';

const label = { code: undefined, verdict: 'unsigned' } as const;

/** Both spellings of a unit's signed code, each also with another unit's signature, and by a key nobody registered. */
function spellings(i: number): string[] {
  const code = { gtin: GTIN, serial: `S${i}`, lot: LOT, expiry: EXPIRY };
  const signed = signUnitCode(code, SIGNER.maker);
  const { signature } = signUnitCode({ ...code, serial: `T${i}` }, SIGNER.maker);
  const variants = [signed, { ...signed, signature }, signUnitCode(code, SIGNER.clinicA)];
  return variants.flatMap((one) => [toElementString(one), toDigitalLink(one)]);
}

describe('labels read in one batch', () => {
  const script = new Script();
  const { registry } = replay(script);
  const texts = [
    ...[1, 2, 3].flatMap(spellings),
    '',
    'no code',
    sgtin(GTIN, 'S1'),
    `(01)${GTIN}(21)S1(91)${toBase64url(new Uint8Array(8))}`,
    'x'.repeat(CODE_LENGTH_MAX + 1),
  ];

  it('have the verdicts and codes they have alone, in any order', () => {
    for (const some of [
      texts,
      texts.toReversed(),
      [...texts, ...texts],
      texts.filter((_, i) => i % 2 === 0),
    ]) {
      const batched = replay(script).registry;
      const batch = new LabelBatch(batched);
      for (const text of some) batch.add(text);
      batch.verify();
      for (const text of some) {
        expect(labelOf(batched, text)).toEqual(labelOf(registry, text));
        expect(labelOf(batched, text).verdict).toBe(labelVerdict(registry, text));
      }
    }
    expect(new Set(texts.map((text) => labelVerdict(registry, text)))).toEqual(
      new Set(['valid', 'invalid', 'key-unknown', 'unsigned']),
    );
  });

  it('may be added to again when they were verified', () => {
    const batched = replay(script).registry;
    const batch = new LabelBatch(batched);
    for (const text of texts) {
      batch.add(text);
      batch.verify();
      expect(labelOf(batched, text)).toEqual(labelOf(registry, text));
    }
  });
});

describe('Judge.prepare()', () => {
  const script = new Script();
  const unit = script.unit();
  const other = script.unit();
  for (let i = 0; i < LABELS_BATCH_MAX; i++) script.look(unit, { by: 'maker', presented: `no label ${i}` });
  script.look(other, { by: 'maker', presented: script.label(other) });
  const { world } = replay(script);
  const judge = new Judge(world);

  it('says how far it came, and goes on from there', () => {
    expect(judge.prepare([unit, other])).toBe(1);
    expect(judge.prepare([unit, other], 1)).toBe(2);
    expect(judge.prepare([unit, other], 2)).toBe(2);
    expect(judge.prepare([])).toBe(0);
    expect(labelOf(world.registry, script.label(other)).verdict).toBe('valid');
  });

  it('refuses to begin beyond the end', () => {
    expect(() => judge.prepare([unit], 2)).toThrow(RangeError);
  });
});

describe('the memory of labels', () => {
  const textOf = (i: number): string => `${i}`.padEnd(CODE_LENGTH_MAX);

  it('stays within its bound, and keeps a batch of the longest texts', () => {
    const memory = new LabelMemory(1);
    let kept = 0;
    const count = Math.floor(LABELS_BYTES_MAX / CODE_LENGTH_MAX);
    for (let i = 0; i < count; i++) memory.set(textOf(i), label);
    for (let i = 0; i < count; i++) if (memory.holds(textOf(i))) kept++;
    expect(kept * CODE_LENGTH_MAX).toBeLessThan(LABELS_BYTES_MAX);
    expect(kept).toBeGreaterThanOrEqual(LABELS_BATCH_MAX);
    for (let i = count - LABELS_BATCH_MAX; i < count; i++) expect(memory.holds(textOf(i))).toBe(true);
  });

  it('keeps what is asked for again and again, whatever else comes by', () => {
    const memory = new LabelMemory(1);
    memory.set('asked', label);
    for (let i = 0; i < (3 * LABELS_BYTES_MAX) / CODE_LENGTH_MAX; i++) {
      memory.set(textOf(i), label);
      expect(memory.get('asked')).toBe(label);
    }
    expect(memory.holds(textOf(0))).toBe(false);
  });

  it('keeps no text too long to be a code', () => {
    const { registry } = replay(new Script());
    const long = 'x'.repeat(CODE_LENGTH_MAX + 1);
    expect(labelOf(registry, long)).toEqual(label);
    expect(memoryOf(registry).holds(long)).toBe(false);
  });
});
