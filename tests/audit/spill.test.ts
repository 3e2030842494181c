// Goal: what is spilled comes back run by run, in memory and on disk, and a file leaves no trace.
// Method: random runs against a plain list; the folder for temporary files is looked at while the file is open.
import fc from 'fast-check';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { MemorySpill, SpilledBlocks, type Runs } from '../../src/audit/spill.ts';
import { nodeHost } from '../../src/node/index.ts';

const SPILLS = { memory: () => new MemorySpill(), disk: () => nodeHost.openSpill() } as const;

function sideBySide(runs: readonly Uint8Array[]): Runs {
  let length = 0;
  const ends = Uint32Array.from(runs, (run) => (length += run.length));
  return { bytes: Uint8Array.from(runs.flatMap((run) => [...run])), ends };
}

describe.each(Object.entries(SPILLS))('a spill (%s)', (_name, open) => {
  it('gives back what it was given, run by run, as often as asked', async () => {
    const RUNS = 5;
    const runs = fc.array(fc.uint8Array({ maxLength: 1000 }), { minLength: RUNS, maxLength: RUNS });
    await fc.assert(
      fc.asyncProperty(fc.array(runs, { maxLength: 20 }), async (given) => {
        const spill = open();
        const blocks = new SpilledBlocks(spill);
        const others = new SpilledBlocks(spill);
        for (const block of given) {
          blocks.add(sideBySide(block));
          others.add(sideBySide([...block].reverse()));
        }
        for (const number of [0, 3, 1, 4, 2, 0]) {
          expect(await blocks.read(number)).toEqual(sideBySide(given.map((block) => block[number]!)));
          expect(await others.read(RUNS - 1 - number)).toEqual(await blocks.read(number));
        }
        await spill.close();
        await spill.close();
      }),
      { numRuns: 30 },
    );
  });

  it('hands over what it reads', async () => {
    const spill = open();
    const starts = Float64Array.of(spill.append(Uint8Array.of(1, 2, 3)));
    const all = { starts, ends: Uint32Array.of(3) };
    const first = await spill.read(all);
    first.fill(9);
    structuredClone(first, { transfer: [first.buffer as ArrayBuffer] });
    expect([...(await spill.read(all))]).toEqual([1, 2, 3]);
    await spill.close();
  });
});

describe('a spill on disk', () => {
  it('has no name while it is open', async () => {
    const spill = nodeHost.openSpill();
    spill.append(new Uint8Array(2_000_000));
    const named = readdirSync(tmpdir()).filter((name) => name.startsWith('countermark-audit-'));
    expect(named).toEqual([]);
    await spill.close();
  });
});
