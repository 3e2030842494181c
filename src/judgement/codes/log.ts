// Browser-safe.
/**
 * LG rows of the table of codes: what the log itself says.
 *
 * Reads  row.ts.   Used by  codes.ts.
 * Source `findings.md`, families LG.
 * Never  changes the meaning of a code.
 * @module
 */
import { AUDITOR, NOTHING, row, type CodeRow } from './row.ts';

/** LG, in the order of the rule book. */
export const LOG_CODES = {
  'LG-01': row(
    'chain-break',
    [4],
    'P',
    ['log'],
    'An entry does not link to the entry before it.',
    AUDITOR,
    {},
  ),
  'LG-02': row(
    'root-mismatch',
    [4],
    'P',
    ['log'],
    'The entries do not give the root the checkpoint signs.',
    AUDITOR,
    { other: ['SCITT receipt failure'] },
  ),
  'LG-03': row(
    'inconsistent-checkpoints',
    [4],
    'P',
    ['log'],
    'The log is no extension of a checkpoint signed earlier.',
    AUDITOR,
    { other: ['rewrite'] },
  ),
  'LG-04': row(
    'split-view',
    [4],
    'P',
    ['log'],
    'Two signed checkpoints of one size have different roots.',
    AUDITOR,
    { other: ['equivocation'] },
  ),
  'LG-05': row(
    'inclusion-failed',
    [4],
    'P',
    ['log'],
    'A claimed entry is not under the signed root.',
    AUDITOR,
    {},
  ),
  'LG-06': row(
    'rollback',
    [4],
    'P',
    ['log'],
    'The log is shorter than a checkpoint signed earlier.',
    AUDITOR,
    {},
  ),
  'LG-09': row(
    'duplicate-event',
    [0],
    'S',
    ['unit', 'container'],
    'The same event was recorded again.',
    NOTHING,
    { emvs: ['TE_TX_01'], other: ['EPCIS 409'] },
  ),
  'LG-10': row(
    'event-id-reuse',
    [4],
    'P',
    ['event'],
    'One signer used one event id for two different events, and the second is no correction of the first.',
    'Ask the signer which event is true; declare the other an error, and give every event an id of its own.',
    { other: ['EPCIS issue 48'] },
  ),
  'LG-11': row(
    'record-time-regression',
    [2],
    'S',
    ['log', 'statement'],
    'An entry was recorded at an earlier time than the entries before it, beyond the clock tolerance.',
    'Stop relying on record times; ask the operator of the log about its clock.',
    {},
  ),
  'LG-12': row(
    'time-implausible',
    [1, 2],
    'S',
    ['unit', 'container'],
    'The claimed time of an event lies in the future, or further back than events may be captured late.',
    'Check the clock of the device that captured it; record the event again with its true time.',
    {},
  ),
  'LG-15': row(
    'late-insert',
    [0],
    'S',
    ['unit', 'container'],
    'An event was recorded after later ones, and fits between them.',
    NOTHING,
    {},
  ),
  'LG-17': row(
    'derived-mismatch',
    [2],
    'S',
    ['log'],
    'Stored derived data differs from a replay of the log.',
    'Rebuild the derived data (countermark audit --rebuild), then check again.',
    {},
  ),
} as const satisfies Record<string, CodeRow>;
