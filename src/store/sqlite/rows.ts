/**
 * What rows of the file say, as shapes of the log.
 *
 * Reads  log/ for shapes.   Used by  sqlite-store.ts.
 * @module
 */
import { StoreError } from '../../errors.ts';
import { assertHead, type StoredHead } from '../../log/index.ts';

/** The one row of the table `head`. */
export interface HeadRow {
  readonly size: number;
  readonly record_time_ms: number;
  readonly leaf_hash: Uint8Array;
  readonly subtrees: Uint8Array;
  readonly checkpoint: string;
}

/** The driver's Buffer as a plain Uint8Array of the same memory, which is the caller's own. */
export function plainBytes(value: Uint8Array): Uint8Array {
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

/** The head a row says, in memory of its own. @throws {StoreError} `ERR_STORE_CORRUPT` if the row is damaged. */
export function headOfRow(row: HeadRow): StoredHead {
  try {
    const subtrees = plainBytes(row.subtrees).slice();
    const range: Uint8Array[] = [];
    for (let offset = 0; offset < subtrees.length; offset += 32)
      range.push(subtrees.subarray(offset, offset + 32));
    const head = {
      size: row.size,
      recordTimeMs: row.record_time_ms,
      leafHash: plainBytes(row.leaf_hash).slice(),
      range,
      checkpoint: row.checkpoint,
    };
    assertHead(head);
    return head;
  } catch (cause) {
    throw new StoreError('ERR_STORE_CORRUPT', "couldn't read the head: its row is damaged", { cause });
  }
}
