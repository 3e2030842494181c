// Browser-safe.
/**
 * The log: entries, the store they are kept in, appending as one compare-and-swap, receipts.
 * @module
 */
export {
  ENTRY_BYTES_MAX,
  ENTRY_HEADER_BYTES,
  ENTRY_TYPE_STATEMENT,
  ENTRY_VERSION,
  decodeEntry,
  encodeEntry,
} from './entry.ts';
export type { Entry, NewEntry } from './entry.ts';
export { READ_BYTES_MAX, READ_ENTRIES_MAX, readTogether, REBUILDS_FLAG } from './store.ts';
export type {
  Commit,
  DerivedBlock,
  EntryRun,
  ImmediateReads,
  LogStore,
  PackedPostings,
  Posting,
  StoredEntry,
  StoredHead,
} from './store.ts';
export {
  SUBJECT_LENGTH_MAX,
  assertCommit,
  assertDerivedBlock,
  assertFlag,
  assertHead,
  assertIndexes,
  assertRebuiltNodeCount,
  assertStore,
  repeatedPosting,
} from './shape.ts';
export { prepareCommit, readVerifiedHead } from './append.ts';
export type { CommitOptions, LogOwner, NewStatement, PreparedCommit } from './append.ts';
export {
  checkReceipt,
  makeReceipt,
  makeReceipts,
  makeReceiptsFrom,
  receiptFromTlogProof,
  receiptToTlogProof,
} from './receipt.ts';
export type { Receipt, ReceiptHead } from './receipt.ts';
export { ATTEMPTS_MAX, GROUP_BYTES_MAX, GROUP_STATEMENTS_MAX, GroupCommitter } from './committer.ts';
export type { AppendRequest, Appended, CommitterOptions } from './committer.ts';
