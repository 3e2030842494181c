// Goal: containers are told the lot of each unit that was ever in one, whichever partition told of it, and of no other.
// Method: random units dealt to partitions and asked back; the oracle is a map.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChildLots, tellLots } from '../../src/audit/child-lots.ts';
import { partitionOfUnit } from '../../src/audit/routing.ts';

const unit = fc
  .stringMatching(/^[A-Z0-9]{1,8}$/)
  .map((serial) => `https://id.gs1.org/01/09506000134352/21/${serial}`);
const lot = fc.constantFrom('lot A', 'lot B', 'lot C', undefined);

describe('lots of units in containers', () => {
  it('are those that the partitions told', () => {
    const dealt = fc.uniqueArray(fc.tuple(unit, lot), { selector: ([id]) => id, maxLength: 60 });
    fc.assert(
      fc.property(dealt, fc.integer({ min: 1, max: 4 }), fc.integer(), (all, partitions, seed) => {
        const told = Array.from({ length: partitions }, (_, partition) => {
          const own = all.filter(([id]) => partitionOfUnit(id, partitions, seed) === partition);
          return tellLots(
            own.map(([id]) => id),
            (i) => own[i]![1],
            seed,
          );
        });
        const lots = new ChildLots(structuredClone(told), { partitions, seed });
        expect(all.map(([id]) => lots.of(id))).toEqual(all.map(([, one]) => one));
      }),
    );
  });

  it('take twelve bytes a unit', () => {
    const units = Array.from({ length: 10_000 }, (_, i) => `https://id.gs1.org/01/09506000134352/21/${i}`);
    const { hashes, lots, words } = tellLots(units, () => 'one lot', 7);
    expect(hashes.byteLength + lots.byteLength).toBe(120_000);
    expect(words.byteLength).toBeLessThan(100);
    expect(new Set(hashes).size).toBe(10_000);
  });
});
