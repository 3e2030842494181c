// Browser-safe.
/**
 * LC rows of the table of codes: licences and certificates.
 *
 * Reads  row.ts.   Used by  codes.ts.
 * Source `findings.md`, families LC.
 * Never  changes the meaning of a code.
 * @module
 */
import { QUARANTINE, row, type CodeRow } from './row.ts';

/** LC, in the order of the rule book. */
export const LICENCE_CODES = {
  'LC-01': row(
    'licence-missing',
    [3],
    'S',
    ['unit', 'container'],
    'The party that took or used the goods held no licence of the required type.',
    QUARANTINE,
    { dscsa: ['not an ATP'] },
  ),
  'LC-02': row(
    'licence-expired',
    [3],
    'S',
    ['unit', 'container'],
    'The required licence of the party that took or used the goods had ended.',
    QUARANTINE,
    { other: ['OCI 403'] },
  ),
  'LC-03': row(
    'licence-revoked',
    [3],
    'S',
    ['unit', 'container'],
    'The required licence of the party that took or used the goods had been revoked or suspended.',
    QUARANTINE,
    { other: ['revocation list'] },
  ),
  'LC-04': row(
    'scope-exceeded',
    [3],
    'S',
    ['unit', 'container'],
    'The licence does not cover the department, the class of product or the procedure.',
    'Do not use; ask the institution for a licence that covers it.',
    {},
  ),
  'LC-05': row(
    'site-mismatch',
    [3],
    'S',
    ['unit', 'container'],
    'The licence is for another site than the goods were taken or used at.',
    QUARANTINE,
    {},
  ),
  'LC-06': row(
    'practitioner-unqualified',
    [3],
    'S',
    ['unit'],
    'Who injected lacks a qualification or licence that policy requires, or is not registered at this place.',
    'Do not be treated there; report it to the health authority.',
    {},
  ),
  'LC-07': row(
    'manufacturer-certification-absent',
    [2],
    'S',
    ['unit'],
    'The clinic or the doctor is not certified by this manufacturer for this product.',
    'Ask the manufacturer whether it certified them.',
    { other: ['original factory certification'] },
  ),
  'LC-08': row(
    'issuer-untrusted',
    [3],
    'S',
    ['licence', 'statement'],
    'A licence was signed by somebody not trusted to issue it.',
    'Disregard the licence; ask the competent issuer.',
    { other: ['OCI issuer trust'] },
  ),
  'LC-09': row(
    'credential-forged',
    [4],
    'P',
    ['licence', 'statement'],
    'The signature of a licence does not verify.',
    'Disregard the licence; ask the issuer it names, and the authority.',
    { other: ['OCI 403'] },
  ),
  'LC-10': row(
    'licence-expiring',
    [0],
    'S',
    ['licence'],
    'A licence ends soon.',
    'Ask the issuer to renew it.',
    {},
  ),
  'LC-11': row(
    'supplier-unlicensed',
    [3],
    'S',
    ['unit', 'container'],
    'Who sold the goods held no licence to distribute them.',
    QUARANTINE,
    { dscsa: ['ATP'], other: ['FDA warning 2015'] },
  ),
  'LC-13': row(
    'retroactive-licence',
    [2],
    'S',
    ['licence', 'unit', 'container'],
    'A licence or its revocation was recorded after the event it changes, with an earlier date.',
    'Ask the issuer why it was recorded late.',
    {},
  ),
} as const satisfies Record<string, CodeRow>;
