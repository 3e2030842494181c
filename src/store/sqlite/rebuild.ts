/**
 * Replacing all derived data of a file in one transaction, while the log's other handles go on reading the old.
 *
 * Reads  open.ts, statements.ts.   Used by  sqlite-store.ts.
 * Why    the new data arrives asynchronously, so the transaction stays open between blocks; on a connection of its own no
 *        other call of the handle can slip into it. It holds the file's write lock: appends wait, then get ERR_STORE_BUSY.
 * @module
 */
import type { Database } from 'better-sqlite3';
import { errorCode } from '../../errors.ts';
import {
  assertDerivedBlock,
  assertRebuiltNodeCount,
  REBUILDS_FLAG,
  repeatedPosting,
} from '../../log/index.ts';
import type { DerivedBlock } from '../../log/index.ts';
import { outcomeUnknown, storeFailure } from './failure.ts';
import { openDatabase } from './open.ts';
import type { SqliteOptions } from './open.ts';
import * as sql from './statements.ts';

/**
 * Replaces nodes and postings of the log at `path` if it still has `expectedSize` entries.
 *
 * @param assertOpen - throws once the handle that rebuilds is closed; asked before each block and before the end.
 * @returns true when durable, false if the head had moved; whatever `derived` throws passes unchanged and changes nothing.
 */
export async function rebuild(
  path: string,
  options: SqliteOptions,
  derived: AsyncIterable<DerivedBlock> | Iterable<DerivedBlock>,
  expectedSize: number,
  assertOpen: () => void,
): Promise<boolean> {
  const database = openDatabase(path, options);
  try {
    attempt(() => database.exec(sql.BEGIN));
    const size = attempt(() => database.prepare(sql.READ_SIZE).pluck().get());
    if ((size ?? 0) !== expectedSize) return false;
    await replaceAll(database, derived, expectedSize, assertOpen);
    assertOpen();
    commit(database);
    return true;
  } finally {
    // Closing rolls back what was not committed.
    database.close();
  }
}

async function replaceAll(
  database: Database,
  derived: AsyncIterable<DerivedBlock> | Iterable<DerivedBlock>,
  size: number,
  assertOpen: () => void,
): Promise<void> {
  attempt(() => database.exec(sql.DELETE_NODES).exec(sql.DELETE_POSTINGS));
  const writeNode = database.prepare(sql.WRITE_NODE);
  const writePosting = database.prepare(sql.WRITE_POSTING);
  let nodeCount = 0;
  for await (const block of derived) {
    assertOpen();
    assertDerivedBlock(block, size);
    attempt(() => {
      for (const node of block.nodes) writeNode.run(nodeCount++, node);
      for (const { subject, entry, count } of block.postings) writePosting.run(subject, entry, count);
    });
  }
  assertRebuiltNodeCount(nodeCount, size);
  attempt(() => database.prepare(sql.COUNT_FLAG).run(REBUILDS_FLAG));
}

function commit(database: Database): void {
  try {
    database.exec(sql.COMMIT);
  } catch (cause) {
    throw outcomeUnknown('rebuild derived data', cause);
  }
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    // The tables were emptied: only the new rows themselves can clash.
    if (errorCode(cause) === 'SQLITE_CONSTRAINT_PRIMARYKEY') throw repeatedPosting();
    throw storeFailure('rebuild derived data', cause);
  }
}
