// Browser-safe.
/**
 * ID rows of the table of codes: which code, product, lot and serial number.
 *
 * Reads  row.ts.   Used by  codes.ts.
 * Source `findings.md`, families ID.
 * Never  changes the meaning of a code.
 * @module
 */
import { QUARANTINE, REJECT, RESCAN, row, type CodeRow } from './row.ts';

/** ID, in the order of the rule book. */
export const IDENTIFICATION_CODES = {
  'ID-01': row(
    'code-unparseable',
    [1],
    'D',
    ['code'],
    'The presented code follows no known scheme.',
    RESCAN,
    { emvs: ['TE', 'FE_GR'], dscsa: ['HTTP 400'], cn: ['FAIL_BIZ_CODE_FORMAT_ERROR'] },
  ),
  'ID-02': row('check-digit', [1], 'D', ['code'], 'A check digit of the presented code is wrong.', RESCAN, {
    emvs: ['FE_GR_02'],
    dscsa: ['HTTP 400'],
    cn: ['last-4 check'],
    other: ['GS1 csum linter'],
  }),
  'ID-03': row(
    'product-unknown',
    [1, 2],
    'S',
    ['unit', 'code'],
    'No product with this GTIN is registered.',
    'Do not supply until the manufacturer has registered the product.',
    { emvs: ['NC_PC_01', '#A1'], dscsa: ['HTTP 404'], cn: ['FAIL_BIZ_CODE_NOT_EXIST'] },
  ),
  'ID-04': row(
    'lot-unknown',
    [1, 3],
    'S',
    ['unit', 'code'],
    'Neither this lot nor this serial is registered.',
    QUARANTINE,
    { emvs: ['#A2', 'LOT_03'], dscsa: ['No_match_GTIN_Serial'], cbv: ['mismatch_class'] },
  ),
  'ID-05': row(
    'serial-unknown',
    [1, 3],
    'S',
    ['unit', 'code'],
    'The manufacturer never commissioned this serial number.',
    REJECT,
    { emvs: ['#A3', 'PC_02'], dscsa: ['No_match_GTIN_Serial'], cbv: ['no_pedigree_match'], cn: ['E'] },
  ),
  'ID-06': row(
    'lot-mismatch',
    [1, 3],
    'S',
    ['unit'],
    'The presented lot is not the lot this serial number was commissioned with.',
    QUARANTINE,
    { emvs: ['#A68', 'LOT_13'], dscsa: ['No_match_GTIN_Serial_Lot'], cbv: ['mismatch_instance'] },
  ),
  'ID-07': row(
    'expiry-mismatch',
    [1, 3],
    'S',
    ['unit'],
    'The presented expiry date is not the one this serial number was commissioned with.',
    QUARANTINE,
    { emvs: ['#A52', 'LOT_12'], dscsa: ['No_match_GTIN_Serial_Expiry'] },
  ),
  'ID-08': row(
    'lot-and-expiry-mismatch',
    [1, 3],
    'S',
    ['unit'],
    'Neither the presented lot nor the presented expiry date are those this serial number was commissioned with.',
    QUARANTINE,
    { emvs: ['#A68', '#A52'], dscsa: ['No_match_GTIN_Serial_Lot_Expiry'] },
  ),
  'ID-09': row(
    'product-mismatch',
    [3],
    'S',
    ['unit', 'code'],
    'The manufacturer commissioned this serial number under another of its products.',
    QUARANTINE,
    { emvs: ['PC_05'], dscsa: ['data_misalignment'] },
  ),
  'ID-10': row(
    'capture-error-likely',
    [1],
    'D',
    ['unit', 'code'],
    'The code fails as presented, and exactly one registered unit at hand differs from it only as scanners and hands differ.',
    'Scan the pack again; if the code named here is printed on it, record the step for that code.',
    { emvs: ['root-cause class 06b'] },
  ),
  'ID-11': row(
    'not-activated',
    [1, 3],
    'S',
    ['unit'],
    'The code was issued by the manufacturer, but the unit had not been commissioned at the time.',
    QUARANTINE,
    { emvs: ['pack not uploaded'], cn: ['FAIL_BIZ_CODE_NOT_ACTIVE'] },
  ),
  'ID-12': row(
    'serial-reused',
    [4],
    'P',
    ['unit'],
    'The manufacturer commissioned this serial number twice, with different data.',
    QUARANTINE,
    { emvs: ['FE_SN_02'], other: ['GS1 serial reuse'] },
  ),
  'ID-14': row(
    'alias-conflict',
    [4],
    'P',
    ['unit', 'code'],
    'The manufacturer signed two different codes of another scheme for one unit, or one code for two units.',
    'Ask the manufacturer which pair is true; hold the goods until then.',
    { emvs: ['IMT/NHRN'], cn: ['69-code mapping'] },
  ),
  'ID-15': row(
    'unsupported-entry-mode',
    [0, 1],
    'D',
    ['unit', 'code'],
    'The code was typed by hand where policy wants it scanned.',
    'Scan the symbol; if it cannot be read, report the print.',
    { emvs: ['data-entry-mode header'] },
  ),
} as const satisfies Record<string, CodeRow>;
