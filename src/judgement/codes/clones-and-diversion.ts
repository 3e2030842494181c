// Browser-safe.
/**
 * CL · DV rows of the table of codes: one code in two places, goods out of their way.
 *
 * Reads  row.ts.   Used by  codes.ts.
 * Source `findings.md`, families CL and DV.
 * Never  changes the meaning of a code.
 * @module
 */
import { QUARANTINE, REJECT, row, type CodeRow } from './row.ts';

/** CL · DV, in the order of the rule book. */
export const CLONE_AND_DIVERSION_CODES = {
  'CL-01': row(
    'impossible-travel',
    [3],
    'T',
    ['unit'],
    'Two events of one unit are too far apart for the time between them.',
    REJECT,
    { other: ['LinkWrangler jump', 'WooPrompt jump'] },
  ),
  'CL-02': row(
    'simultaneous-custody',
    [4],
    'P',
    ['unit'],
    'Two parties held one unit at the same instant in places far apart.',
    REJECT,
    { other: ['epcDup'] },
  ),
  'CL-03': row(
    'duplicate-supply',
    [3, 4],
    'P',
    ['unit'],
    'One unit was supplied or used up twice, at different sites.',
    REJECT,
    { emvs: ['#A24'], cn: ['NHSA case 4'], other: ['TR 60004'] },
  ),
  'DV-01': row(
    'market-mismatch',
    [0, 2, 3],
    'S',
    ['unit', 'container'],
    'The goods appeared outside the markets the manufacturer signed for the lot.',
    'Do not supply; ask the manufacturer whether this lot may be here.',
    { other: ['LinkWrangler grey market'] },
  ),
  'DV-02': row(
    'territory-mismatch',
    [3],
    'S',
    ['unit', 'container'],
    'A distributor shipped outside the territory of its authorisation.',
    QUARANTINE,
    { other: ['LinkWrangler grey market'] },
  ),
  'DV-03': row(
    'channel-mismatch',
    [3],
    'S',
    ['unit', 'container'],
    'The goods appeared in a channel the manufacturer does not sell them through.',
    'Do not use; ask the manufacturer who may supply them.',
    {},
  ),
  'DV-04': row(
    'delivery-site-illegal',
    [3],
    'S',
    ['unit', 'container'],
    'The goods were delivered to a place that is no licensed site of the recipient.',
    QUARANTINE,
    {},
  ),
  'DV-05': row(
    'unauthorised-intermediary',
    [3],
    'S',
    ['unit', 'container'],
    'A party the manufacturer did not authorise for this lot took it.',
    QUARANTINE,
    { dscsa: ['ATP'] },
  ),
} as const satisfies Record<string, CodeRow>;
