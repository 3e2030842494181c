// Browser-safe.
/**
 * RX rows of the table of codes: the status of products and lots.
 *
 * Reads  row.ts.   Used by  codes.ts.
 * Source `findings.md`, families RX.
 * Never  changes the meaning of a code.
 * @module
 */
import { QUARANTINE, REJECT, row, type CodeRow } from './row.ts';

/** RX, in the order of the rule book. */
export const STATUS_CODES = {
  'RX-01': row(
    'expired',
    [2],
    'S',
    ['unit', 'container'],
    'The unit was supplied, used or checked after its expiry date.',
    'Do not supply or use; set it aside for return or destruction.',
    { emvs: ['PCK_02'], dscsa: ['Expired'] },
  ),
  'RX-02': row(
    'expiring',
    [0],
    'S',
    ['unit'],
    'The expiry date of the unit is near.',
    'Supply this unit before those that last longer.',
    {},
  ),
  'RX-03': row(
    'lot-recalled',
    [2, 3],
    'S',
    ['unit', 'container', 'lot'],
    'The lot was recalled before this step.',
    'Do not supply or use; follow the recall.',
    { emvs: ['LOT_01'], dscsa: ['Recalled'], cn: ['recall record'] },
  ),
  'RX-04': row(
    'product-withdrawn',
    [2, 3],
    'S',
    ['unit', 'container', 'lot'],
    'The marketing authorisation of the product had been withdrawn or had ended before this step.',
    'Do not supply or use; ask the manufacturer.',
    { emvs: ['LOT_08'] },
  ),
  'RX-05': row(
    'recall-unactioned',
    [2],
    'S',
    ['unit', 'container', 'stock', 'lot'],
    'The deadline of a recall has passed, and a holder still has units of the lot.',
    'Return or destroy the units, and record it.',
    {},
  ),
  'RX-06': row(
    'declared-suspect',
    [3],
    'P',
    ['unit', 'container', 'lot'],
    'The manufacturer or an authority declared these goods suspect.',
    QUARANTINE,
    { dscsa: ['Suspect'] },
  ),
  'RX-07': row(
    'declared-illegitimate',
    [4],
    'P',
    ['unit', 'container', 'lot'],
    'The manufacturer or an authority declared these goods illegitimate.',
    REJECT,
    { dscsa: ['Illegitimate'] },
  ),
  'RX-08': row(
    'expiry-extended',
    [0],
    'S',
    ['unit', 'lot'],
    'The manufacturer signed a later expiry date for the lot than the one printed.',
    'Read the extended date to whoever asks about the printed one.',
    { dscsa: ['ExpirationExtended'] },
  ),
  'RX-09': row(
    'not-for-redistribution',
    [2],
    'S',
    ['unit', 'container', 'lot'],
    'The manufacturer marked these goods as not to be traded again, and they were.',
    'Do not trade them on; ask the manufacturer.',
    { dscsa: ['Not_for_re-distribution'] },
  ),
  'RX-10': row(
    'registration-lapsed',
    [3],
    'S',
    ['unit', 'lot'],
    'No valid marketing authorisation covered the product when the unit was commissioned.',
    QUARANTINE,
    { cn: ['NMPA registration'] },
  ),
  'RX-11': row(
    'declined',
    [2],
    'S',
    ['unit', 'code', 'container'],
    'The party asked to verify the goods declined, or gave no reason.',
    'Ask the manufacturer for a reason; do not supply until it has answered.',
    { dscsa: ['Manufacturer_policy', 'No_reason_provided'] },
  ),
} as const satisfies Record<string, CodeRow>;
