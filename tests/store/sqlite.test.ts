// Goal: SqliteStore keeps the LogStore contract, in one file that several handles share and that outlives them.
// Method: the exported conformance suite on temporary files; every test reopens by path.
import { describe, expect, it } from 'vitest';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { storeConformance } from '../../src/testing/index.ts';
import { temporaryFolder } from '../support/temporary.ts';

storeConformance(
  { describe, it, expect },
  {
    manifest: { persistent: true },
    async create() {
      const folder = temporaryFolder();
      const path = folder.file('log.db');
      await (await SqliteStore.open(path, { create: true })).close();
      return { open: () => SqliteStore.open(path), remove: async () => folder.remove() };
    },
  },
);
