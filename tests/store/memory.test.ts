// Goal: MemoryStore keeps the LogStore contract.
// Method: the exported conformance suite; each test gets handles on one shared log.
import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { storeConformance } from '../../src/testing/index.ts';

storeConformance(
  { describe, it, expect },
  {
    manifest: { persistent: false },
    async create() {
      const store = new MemoryStore();
      return { open: async () => store.share(), remove: () => store.close() };
    },
  },
);

describe('MemoryStore', () => {
  it('starts an unrelated log for each instance', async () => {
    const one = new MemoryStore();
    await one.writeFlag('name', 'one');
    expect(await new MemoryStore().readFlag('name')).toBe(undefined);
    expect(await one.share().readFlag('name')).toBe('one');
  });

  it('cannot be shared after it was closed', async () => {
    const store = new MemoryStore();
    await store.close();
    expect(() => store.share()).toThrow('closed');
  });
});
