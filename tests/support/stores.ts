/**
 * Logs moved between stores, and stores that count or lie, for tests of ledgers and audits.
 *
 * Reads  src/log, src/store.   Used by  tests of ledger, audit.
 * @module
 */
import type { Commit, LogStore, Posting, StoredHead } from '../../src/log/index.ts';
import { storedNodeCount } from '../../src/merkle/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { collect } from '../../src/testing/index.ts';

/** Everything a store holds, in one commit to an empty one. */
export async function wholeLog(store: LogStore): Promise<Commit> {
  const head = (await store.readHead())!;
  const entries: Uint8Array[] = [];
  while (entries.length < head.size) {
    for (const { bytes } of await store.readEntries(entries.length, head.size)) entries.push(bytes);
  }
  const indexes = Array.from({ length: storedNodeCount(head.size) }, (_, i) => i);
  const nodes = (await store.readNodes(indexes)).map((node) => node!);
  return { expectedSize: 0, entries, nodes, postings: await collect(store.scanPostings()), head };
}

/** The log of `store` in a new SQLite file. */
export async function copyToSqlite(store: LogStore, path: string): Promise<void> {
  const copy = await SqliteStore.open(path, { create: true });
  await copy.commit(await wholeLog(store));
  await copy.close();
}

/** The log of `store` in memory, cut to its first commit's worth of nothing else: an independent copy. */
export async function copyToMemory(store: LogStore): Promise<MemoryStore> {
  const copy = new MemoryStore();
  await copy.commit(await wholeLog(store));
  return copy;
}

/** All that must not change when nothing was written: head, counts, postings. */
export async function fingerprint(store: LogStore): Promise<string> {
  const head = await store.readHead();
  const rows = (await collect(store.scanPostings())).map(spell).sort();
  return JSON.stringify([head?.size, head?.checkpoint, await store.countDerived(), rows]);
}

function spell({ subject, entry, count }: Posting): string {
  return `${entry} ${count} ${subject}`;
}

/** A memory store that counts its commits and can hold them up. */
export class CountingStore extends MemoryStore {
  commits = 0;
  readonly heads: StoredHead[] = [];
  gate: Promise<void> | undefined;

  override async commit(commit: Commit): Promise<boolean> {
    await this.gate;
    this.commits++;
    const done = await super.commit(commit);
    if (done) this.heads.push(commit.head);
    return done;
  }
}
