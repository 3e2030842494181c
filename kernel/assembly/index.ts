/**
 * The kernel's exports: lay out, fill in from outside, verify; and the hash of rows and the scan of events, which verify nothing.
 *
 * Reads  layout.ts, batch.ts, rows.ts, scan.ts.   Used by  src/crypto/, which compiles and loads this module.
 * @module
 */
import { prepareBuckets } from './buckets';
import { layout as layOut } from './layout';
import { preparePoints } from './point';
import { prepareScalars } from './scalar';
import { prepareStraus } from './straus';
import { prepareBase } from './sum';

export { verifyAll, verifyOne } from './batch';
export { hashAct, hashRow, hashRows, rowEvents, rowKeys, rowRoom, rowSums } from './rows';
export { scan, scanForget, scanKeep, scanKnown, scanLearn, scanTables } from './scan';

let isPrepared: bool = false;

/** Lays out memory for a batch, see layout.ts; the first call computes the constants. */
export function layout(count: i32, keyCount: i32, messageBytes: i32): i32 {
  if (!isPrepared) {
    prepareScalars();
    preparePoints();
    prepareBuckets();
    prepareStraus();
    prepareBase();
    isPrepared = true;
  }
  return layOut(count, keyCount, messageBytes);
}
