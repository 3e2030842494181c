// Browser-safe.
/**
 * SG rows of the table of codes: signatures and authority.
 *
 * Reads  row.ts.   Used by  codes.ts.
 * Source `findings.md`, families SG.
 * Never  changes the meaning of a code.
 * @module
 */
import { AUDITOR, QUARANTINE, REJECT, RESIGN, row, type CodeRow } from './row.ts';

/** SG, in the order of the rule book. */
export const SIGNATURE_CODES = {
  'SG-01': row(
    'unit-signature-missing',
    [2],
    'S',
    ['unit', 'code'],
    'The manufacturer signs the codes of this product, and the presented code carries no signature.',
    'Scan the printed symbol itself; if it has no signature, quarantine the goods and call the manufacturer.',
    { other: ['RU missing crypto tail'] },
  ),
  'SG-02': row(
    'unit-signature-invalid',
    [1, 3, 4],
    'P',
    ['unit', 'code'],
    "The signature on the presented code does not verify against the manufacturer's key.",
    REJECT,
    { other: ['RU verification failure', 'DigSig reject'] },
  ),
  'SG-03': row(
    'key-unknown',
    [3],
    'S',
    ['unit', 'code', 'statement'],
    'The key that should have signed is not registered in the log.',
    QUARANTINE,
    {},
  ),
  'SG-04': row(
    'key-revoked',
    [2, 4],
    'S',
    ['statement', 'key'],
    'A revoked or distrusted key signed this.',
    RESIGN,
    { other: ['OCI 403 revoked credential'] },
  ),
  'SG-05': row(
    'key-not-valid-then',
    [3],
    'S',
    ['statement'],
    'The key was outside its validity when the statement was recorded.',
    RESIGN,
    { emvs: ['PKI_01'] },
  ),
  'SG-06': row(
    'issuer-out-of-scope',
    [4],
    'P',
    ['statement', 'licence', 'unit'],
    'The signer spoke about a product, lot or market that is not its own.',
    QUARANTINE,
    { emvs: ['AU_08', 'AU_09', 'AU_15', 'PC_03'] },
  ),
  'SG-07': row(
    'event-signature-invalid',
    [4],
    'P',
    ['statement'],
    'A recorded statement does not verify, though append refuses such statements.',
    AUDITOR,
    {},
  ),
  'SG-08': row(
    'actor-unknown',
    [3],
    'S',
    ['statement', 'licence', 'unit', 'container'],
    'The signer is not a registered party.',
    QUARANTINE,
    { emvs: ['AU_04', 'PMS_01'], other: ['TR 20001'] },
  ),
  'SG-09': row(
    'actor-role-forbidden',
    [3],
    'S',
    ['statement', 'licence', 'unit', 'container'],
    "The signer's role may not perform this step.",
    QUARANTINE,
    { emvs: ['BR_01'], other: ['TR 20201'] },
  ),
  'SG-10': row(
    'label-transplant',
    [3, 4],
    'P',
    ['unit'],
    'The presented code bears a true signature, but one over another unit than the event names.',
    REJECT,
    {},
  ),
  'SG-11': row(
    'key-equivocation',
    [4],
    'P',
    ['key'],
    'One key signed two different statements with the same sequence number.',
    'Revoke the key, and find out who else holds it.',
    { other: ['SCITT non-equivocation'] },
  ),
  'SG-12': row(
    'weak-signature',
    [4],
    'P',
    ['statement', 'key'],
    'A recorded signature or key is encoded so that other libraries may judge it otherwise.',
    AUDITOR,
    { other: ['Wycheproof'] },
  ),
  'SG-13': row(
    'countersignature-missing',
    [2],
    'S',
    ['unit', 'container', 'handover', 'case'],
    'The step needs the word of two parties, and one of them has not spoken.',
    'Ask the other party to sign what it saw.',
    { other: ['Sawtooth proposal open'] },
  ),
} as const satisfies Record<string, CodeRow>;
