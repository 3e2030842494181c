// Goal: what is spilled comes back run by run, in memory and on disk, and a file leaves no trace.
// Method: random runs against a plain list; the folder for temporary files is looked at while the file is open.
import fc from 'fast-check';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { MemorySpill } from '../../src/audit/spill.ts';
import { nodeHost } from '../../src/node/index.ts';

const SPILLS = { memory: () => new MemorySpill(), disk: () => nodeHost.openSpill() } as const;

describe.each(Object.entries(SPILLS))('a spill (%s)', (_name, open) => {
  it('gives back what it was given, partition by partition, as often as asked', async () => {
    const runs = fc.array(fc.tuple(fc.nat(4), fc.uint8Array({ maxLength: 3000 })), { maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(runs, async (given) => {
        const spill = open();
        for (const [partition, bytes] of given) spill.append(partition, bytes.slice());
        for (const partition of [0, 3, 1, 4, 2, 0]) {
          const expected = given.filter(([one]) => one === partition).map(([, bytes]) => [...bytes]);
          expect((await spill.read(partition)).map((bytes) => [...bytes])).toEqual(expected);
        }
        await spill.close();
        await spill.close();
      }),
      { numRuns: 30 },
    );
  });

  it('hands over what it reads', async () => {
    const spill = open();
    spill.append(0, Uint8Array.of(1, 2, 3));
    const [first] = await spill.read(0);
    first!.fill(9);
    structuredClone(first, { transfer: [first!.buffer as ArrayBuffer] });
    expect([...(await spill.read(0))[0]!]).toEqual([1, 2, 3]);
    await spill.close();
  });
});

describe('a spill on disk', () => {
  it('has no name while it is open', async () => {
    const spill = nodeHost.openSpill();
    spill.append(0, new Uint8Array(2_000_000));
    const named = readdirSync(tmpdir()).filter((name) => name.startsWith('countermark-audit-'));
    expect(named).toEqual([]);
    await spill.close();
  });
});
