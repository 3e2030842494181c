// Browser-safe.
/**
 * CC rows of the table of codes: temperatures.
 *
 * Reads  row.ts.   Used by  codes.ts.
 * Source `findings.md`, families CC.
 * Never  changes the meaning of a code.
 * @module
 */
import { NOTHING, row, type CodeRow } from './row.ts';

/** CC, in the order of the rule book. */
export const COLD_CHAIN_CODES = {
  'CC-01': row(
    'excursion-reading',
    [0],
    'D',
    ['unit', 'container'],
    'A reading lies outside the temperatures of the product, for a moment.',
    NOTHING,
    { other: ['EPCIS ALARM_CONDITION'] },
  ),
  'CC-02': row(
    'excursion-episode',
    [1],
    'S',
    ['unit', 'container'],
    'The goods were outside their temperatures for an episode.',
    'Find out where the cooling failed.',
    { other: ['EPCIS ALARM_CONDITION'] },
  ),
  'CC-03': row(
    'budget-warning',
    [1],
    'S',
    ['unit', 'container'],
    'Most of the time the product bears outside its temperatures is used up.',
    'Keep the goods cold, and use them first.',
    { other: ['EPCIS ALARM_CONDITION'] },
  ),
  'CC-04': row(
    'budget-exceeded',
    [3],
    'S',
    ['unit', 'container'],
    'The goods were outside their temperatures longer than the product bears.',
    'Do not use; ask the manufacturer.',
    {
      dscsa: ['unfit for distribution'],
      cbv: ['non_conformant', 'non_sellable_other'],
      cn: ['vaccine temperature upload'],
      other: ['EPCIS ALARM_CONDITION'],
    },
  ),
  'CC-05': row(
    'budget-possibly-exceeded',
    [2],
    'S',
    ['unit', 'container'],
    'With the time nobody measured, the goods may have been outside their temperatures longer than the product bears.',
    'Do not use until the missing readings are found.',
    { cbv: ['non_sellable_other'], cn: ['vaccine temperature upload'] },
  ),
  'CC-06': row(
    'freeze',
    [3],
    'S',
    ['unit', 'container'],
    'A reading shows that goods which must not freeze may have frozen.',
    'Do not use; ask the manufacturer.',
    { dscsa: ['unfit for distribution'], cbv: ['damaged'], other: ['EPCIS ALARM_CONDITION'] },
  ),
  'CC-08': row(
    'coverage-gap',
    [2],
    'S',
    ['unit', 'container'],
    'Nobody measured the temperature for longer than policy allows.',
    'Upload the missing readings.',
    { cn: ['vaccine temperature upload'] },
  ),
  'CC-09': row(
    'handover-gap',
    [2],
    'S',
    ['unit', 'container'],
    'Nobody measured the temperature between shipping and receiving.',
    'Ask the carrier for the readings of the transport.',
    { cn: ['vaccine temperature upload'] },
  ),
  'CC-10': row(
    'sensor-untrusted',
    [2],
    'S',
    ['unit', 'container'],
    'A reading comes from a device or a party that policy does not trust for it.',
    'Take the reading as no evidence; register the device.',
    { other: ['EPCIS ERROR_CONDITION'] },
  ),
  'CC-12': row(
    'sensor-time',
    [1],
    'D',
    ['unit', 'container'],
    'The times of a sensor report contradict each other or the event.',
    'Set the clock of the device.',
    { other: ['EPCIS M122', 'EPCIS ERROR_CONDITION'] },
  ),
  'CC-13': row(
    'unit-of-measure',
    [1],
    'D',
    ['unit', 'container'],
    'A sensor report gives a temperature in a unit that is unknown.',
    'Report the temperature in a unit of the standard.',
    { other: ['EPCIS ERROR_CONDITION'] },
  ),
  'CC-16': row(
    'inherited',
    [0],
    'S',
    ['unit'],
    'The temperatures of the unit are those of the container or place it was in.',
    NOTHING,
    {},
  ),
} as const satisfies Record<string, CodeRow>;
