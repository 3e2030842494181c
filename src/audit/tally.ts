// Browser-safe.
/**
 * How many findings there are of each code, as a report says it.
 *
 * Reads  judgement/ (types).   Used by  audit.ts, policy-trial.ts, ledger/.
 * Why    subjects are judged in an order drawn anew for each audit: two reports of one log must be one text all the same.
 * @module
 */
import { assertObject } from '../bytes/index.ts';
import type { FindingCode } from '../judgement/index.ts';

/** Numbers by code. */
export type Tally = Readonly<Partial<Record<FindingCode, number>>>;

/** The same numbers in the order of their codes. */
export function byCode(tally: Tally): Tally {
  return Object.fromEntries(
    Object.entries(assertObject('tally', tally)).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
