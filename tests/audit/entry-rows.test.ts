// Goal: an entry's digest is that of the rows postingsOf gives for it, whatever its acts name, and however often.
// Method: random entries of few ids of many kinds, hashed as a range does; the oracle hashes the rows of postingsOf one by one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryRows } from '../../src/audit/entry-rows.ts';
import { DIGEST_WORDS, RowHash } from '../../src/audit/row-hash.ts';
import { NOTHING_MORE, postingsOf, type Act, type IndexedStatement } from '../../src/custody/index.ts';
import { act } from '../support/act.ts';

const id = fc.constantFrom(
  'https://id.gs1.org/01/09506000134352/21/A1',
  'https://id.gs1.org/01/09506000134352/21/B2',
  'https://id.gs1.org/01/09506000134352',
  'https://id.gs1.org/00/095060001343520018',
  'https://countermark.org/ns/code/x',
  'urn:x:y',
);
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc
    .record({
      ids: fc.array(id, { maxLength: 3 }),
      parent: maybe(id),
      eventId: maybe(fc.constantFrom('a', 'b', 'c', 'x'.repeat(300))),
      more: fc.option(
        fc.constant({ ...NOTHING_MORE, absent: ['https://id.gs1.org/01/09506000134352/21/A1'] }),
        {
          nil: undefined,
          freq: 5,
        },
      ),
    })
    .map((said) => act({ ref: { entry: 0, event: 0 }, step: 'observe', actor: 'p', ...said })),
  { maxLength: 3 },
);
const statement: fc.Arbitrary<IndexedStatement> = fc.record({
  bytes: fc.uint8Array({ minLength: 64, maxLength: 64 }),
  isRegistry: fc.boolean(),
  signed: maybe(fc.record({ kid: fc.constantFrom('k', 'l'), sequence: fc.nat() })),
});

describe('rows of entries', () => {
  it('are those of the definition, in any number', () => {
    const hash = new RowHash(new Uint8Array(32).fill(9));
    fc.assert(
      fc.property(fc.array(fc.tuple(statement, acts), { maxLength: 6 }), (entries) => {
        const rows = new EntryRows(hash, entries.length);
        const expected = new Uint32Array(entries.length * DIGEST_WORDS);
        for (const [i, [said, named]] of entries.entries()) {
          rows.add(7 + i, i, said, named);
          for (const row of postingsOf(7 + i, said, named, new Map()))
            hash.add(expected, i * DIGEST_WORDS, row);
        }
        rows.end();
        expect([...rows.digests]).toEqual([...expected]);
      }),
    );
  });
});
