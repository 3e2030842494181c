// Browser-safe.
/**
 * CS · OP rows of the table of codes: consumers' checks, and the work of the system itself.
 *
 * Reads  row.ts.   Used by  codes.ts.
 * Source `findings.md`, families CS and OP.
 * Never  changes the meaning of a code.
 * @module
 */
import { NOTHING, QUARANTINE, REJECT, row, type CodeRow } from './row.ts';

/** CS · OP, in the order of the rule book. */
export const CONSUMER_AND_OPERATION_CODES = {
  'CS-01': row('first-check', [0], 'S', ['unit'], 'The first check by a consumer.', NOTHING, {
    cn: ['first query time'],
  }),
  'CS-02': row(
    'repeat-check',
    [0, 1, 2],
    'S',
    ['unit'],
    'The code was checked before; the count and the first time are given.',
    'If you are not the one who checked it before, ask the seller.',
    { cn: ['query count'] },
  ),
  'CS-03': row(
    'joint-pre-treatment-check',
    [0],
    'S',
    ['unit'],
    'Patient and clinic checked the unit together before use, and it was with the clinic.',
    NOTHING,
    { cn: ['Hangzhou pilot'] },
  ),
  'CS-04': row(
    'no-sale-record',
    [1],
    'S',
    ['unit'],
    'A consumer says he bought the unit, and no supply of it was recorded in time.',
    'Ask the seller for a receipt, and to record the supply.',
    { cn: ['NHSA case 1'] },
  ),
  'CS-05': row(
    'sold-but-not-to-me',
    [3],
    'S',
    ['unit'],
    'The unit was supplied once, and the consumer who has it says not to him.',
    QUARANTINE,
    { cn: ['NHSA case 3'] },
  ),
  'CS-06': row(
    'multiple-sales',
    [3],
    'S',
    ['unit'],
    'More than one supply of the unit was recorded.',
    REJECT,
    { cn: ['NHSA case 4'] },
  ),
  'CS-07': row(
    'shown-by-non-custodian',
    [3],
    'S',
    ['unit'],
    'The unit was shown to a patient at an institution that does not hold it.',
    'Do not be treated with it; ask where it came from.',
    {},
  ),
  'OP-01': row(
    'folded',
    [0],
    'S',
    ['unit', 'container', 'lot', 'stock', 'event', 'statement', 'code', 'log'],
    'Many findings share one cause.',
    'Resolve the cause once; the findings it stands for go with it.',
    { emvs: ['missing lot upload'] },
  ),
  'OP-05': row(
    'master-data-error',
    [1],
    'D',
    ['statement', 'code', 'unit', 'container'],
    'A place, party or product id is invalid, unknown or no longer in use.',
    'Correct the id in the master data of the party that reported it.',
    { other: ['gln_errors', 'gtin_errors'] },
  ),
  'OP-06': row(
    'case-state',
    [0],
    'S',
    ['case'],
    'The state of an investigation: new, active, under investigation, escalated or closed.',
    NOTHING,
    { emvs: ['EAMS state'], other: ['PDG case_resolved'] },
  ),
} as const satisfies Record<string, CodeRow>;
