// Browser-safe.
/**
 * The one table of finding codes: types, documentation and tests are made from it.
 *
 * Reads  nothing.   Used by  finding.ts, every rule, docs/findings.md (generated), tests/judgement.
 * Source `findings.md`, the rule book: code, trigger, level, class, and the alerts of the field's systems each answers to.
 * Rule   a code never changes meaning; a code is listed here only when a rule of this library can raise it.
 * @module
 */

/** L0 record only · L1 notice · L2 stop until resolved · L3 suspect · L4 contradiction proved. */
export type Severity = 0 | 1 | 2 | 3 | 4;
/** P proof (signature, hash, contradiction of signed statements) · S state rule · T statistical · D data quality. */
export type EvidenceClass = 'P' | 'S' | 'T' | 'D';
export type SubjectType =
  'unit' | 'container' | 'lot' | 'handover' | 'licence' | 'key' | 'event' | 'statement' | 'code' | 'log';

/** One row of the rule book. */
export interface CodeRow {
  readonly name: string;
  /** Severities the rule may give, ascending. */
  readonly levels: readonly Severity[];
  readonly evidence: EvidenceClass;
  readonly subjects: readonly SubjectType[];
  /** One sentence in terms of the evidence. */
  readonly meaning: string;
  /** What a person does about it. */
  readonly remedy: string;
  /** What the field's systems call it: EMVS · DSCSA · CBV · CN and others. */
  readonly equivalents: readonly string[];
}

const RESCAN = 'Scan again; if it stays, enter the code by hand and compare it with the print.';
const QUARANTINE = 'Quarantine the goods and call the manufacturer.';
const REJECT = 'Do not use; quarantine the goods, call the manufacturer and the authority.';
const NOTHING = 'Nothing to do.';
const AUDITOR = 'Stop relying on this copy of the log; compare checkpoints with another auditor.';

/** All codes this version can raise, in order of evaluation. */
export const CODES = {
  'LG-01': row(
    'chain-break',
    [4],
    'P',
    ['log'],
    'An entry does not link to the entry before it.',
    AUDITOR,
    [],
  ),
  'LG-02': row(
    'root-mismatch',
    [4],
    'P',
    ['log'],
    'The entries do not give the root the checkpoint signs.',
    AUDITOR,
    ['SCITT receipt failure'],
  ),
  'LG-03': row(
    'inconsistent-checkpoints',
    [4],
    'P',
    ['log'],
    'The log is no extension of a checkpoint signed earlier.',
    AUDITOR,
    ['rewrite'],
  ),
  'LG-04': row(
    'split-view',
    [4],
    'P',
    ['log'],
    'Two signed checkpoints of one size have different roots.',
    AUDITOR,
    ['equivocation'],
  ),
  'LG-05': row(
    'inclusion-failed',
    [4],
    'P',
    ['log'],
    'A claimed entry is not under the signed root.',
    AUDITOR,
    [],
  ),
  'LG-06': row(
    'rollback',
    [4],
    'P',
    ['log'],
    'The log is shorter than a checkpoint signed earlier.',
    AUDITOR,
    [],
  ),
  'LG-09': row(
    'duplicate-event',
    [0],
    'S',
    ['unit', 'container'],
    'The same event was recorded again.',
    NOTHING,
    ['EPCIS 409', 'NMVS TE_TX_01'],
  ),
  'LG-17': row(
    'derived-mismatch',
    [2],
    'S',
    ['log'],
    'Stored derived data differs from a replay of the log.',
    'Rebuild the derived data (countermark audit --rebuild), then check again.',
    [],
  ),
  'SG-02': row(
    'unit-signature-invalid',
    [3],
    'P',
    ['unit', 'code'],
    "The signature on the presented code does not verify against the manufacturer's key.",
    REJECT,
    ['RU verification failure', 'DigSig reject'],
  ),
  'SG-03': row(
    'key-unknown',
    [3],
    'S',
    ['unit', 'code', 'statement'],
    'The key that should have signed is not registered in the log.',
    QUARANTINE,
    [],
  ),
  'SG-04': row(
    'key-revoked',
    [2, 4],
    'S',
    ['statement', 'key'],
    'A revoked or distrusted key signed this.',
    'Ask the signer to sign again with a valid key.',
    ['OCI revoked credential 403'],
  ),
  'SG-05': row(
    'key-not-valid-then',
    [3],
    'S',
    ['statement'],
    'The key was outside its validity when the statement was recorded.',
    'Ask the signer to sign again with a valid key.',
    ['EMVS PKI_01'],
  ),
  'SG-06': row(
    'issuer-out-of-scope',
    [4],
    'P',
    ['statement', 'licence', 'unit'],
    'The signer spoke about a product, lot or market that is not its own.',
    QUARANTINE,
    ['NMVS AU_08', 'NMVS AU_09', 'NMVS AU_15', 'NMVS PC_03'],
  ),
  'SG-07': row(
    'event-signature-invalid',
    [4],
    'P',
    ['statement'],
    'A recorded statement does not verify, though append refuses such statements.',
    AUDITOR,
    [],
  ),
  'SG-08': row(
    'actor-unknown',
    [3],
    'S',
    ['statement', 'licence', 'unit', 'container'],
    'The signer is not a registered party.',
    QUARANTINE,
    ['NMVS AU_04', 'EMVS PMS_01', 'TR 20001'],
  ),
  'SG-09': row(
    'actor-role-forbidden',
    [3],
    'S',
    ['statement', 'licence', 'unit', 'container'],
    "The signer's role may not perform this step.",
    QUARANTINE,
    ['EMVS BR_01', 'TR 20201'],
  ),
  'ID-01': row(
    'code-unparseable',
    [1],
    'D',
    ['code'],
    'The presented code follows no known scheme.',
    RESCAN,
    ['EMVS TE_GR', 'DSCSA HTTP 400', 'CN FAIL_BIZ_CODE_FORMAT_ERROR'],
  ),
  'ID-02': row('check-digit', [1], 'D', ['code'], 'A check digit of the presented code is wrong.', RESCAN, [
    'EMVS FE_GR_02',
    'DSCSA HTTP 400',
  ]),
  'ID-03': row(
    'product-unknown',
    [2],
    'S',
    ['unit', 'code'],
    'No product with this GTIN is registered.',
    'Do not supply until the manufacturer has registered the product.',
    ['EMVS #A1 NC_PC_01', 'DSCSA HTTP 404', 'CN FAIL_BIZ_CODE_NOT_EXIST'],
  ),
  'ID-04': row(
    'lot-unknown',
    [3],
    'S',
    ['unit', 'code'],
    'Neither this lot nor this serial is registered.',
    QUARANTINE,
    ['EMVS #A2 LOT_03', 'DSCSA No_match_GTIN_Serial', 'CBV mismatch_class'],
  ),
  'ID-05': row(
    'serial-unknown',
    [3],
    'S',
    ['unit', 'code'],
    'The manufacturer never commissioned this serial number.',
    REJECT,
    ['EMVS #A3 PC_02', 'DSCSA No_match_GTIN_Serial', 'CBV no_pedigree_match'],
  ),
  'ID-12': row(
    'serial-reused',
    [4],
    'P',
    ['unit'],
    'The manufacturer commissioned this serial number twice, with different data.',
    QUARANTINE,
    ['EMVS FE_SN_02'],
  ),
  'ST-01': row(
    'already-in-state',
    [0, 1, 2, 3],
    'S',
    ['unit'],
    'The same end of life was declared again by the same party.',
    'Check the scanner and the workflow: this step had been recorded already.',
    ['EMVS #A7 PCK_19', 'EMVS #A7 PCK_23'],
  ),
  'ST-05': row(
    'before-commission',
    [3],
    'S',
    ['unit'],
    'An event is earlier than the commissioning of the unit.',
    QUARANTINE,
    [],
  ),
  'ST-06': row(
    'after-end-of-life',
    [3],
    'S',
    ['unit'],
    'The unit moved or was used after it had been dispensed, administered or destroyed.',
    REJECT,
    ['TR 60004', 'TR 60006', 'NHSA case 4'],
  ),
  'ST-08': row(
    'dose-overdraw',
    [4],
    'P',
    ['unit'],
    'More doses were administered than the container holds.',
    REJECT,
    ['CBV partially_dispensed'],
  ),
  'CU-01': row(
    'not-custodian',
    [3],
    'S',
    ['unit', 'container'],
    'A party handled goods that were with somebody else, and no missed step explains it.',
    QUARANTINE,
    ['TR 10306', 'TR 10309'],
  ),
  'CU-05': row(
    'receiver-mismatch',
    [3],
    'S',
    ['unit', 'container'],
    'Somebody other than the named receiver received the goods.',
    QUARANTINE,
    ['diversion'],
  ),
  'CU-06': row(
    'custody-gap',
    [1],
    'S',
    ['unit', 'container'],
    'One or two steps between two recorded events were not recorded.',
    'Record the missing step late, or find out who missed the scan.',
    ['missing read'],
  ),
  'QA-09': row(
    'over-issue',
    [1, 3, 4],
    'P',
    ['lot', 'unit'],
    'More units of the lot were commissioned than the manufacturer signed for.',
    QUARANTINE,
    ['RU upload limit', 'EU upload limit'],
  ),
  'LC-01': row(
    'licence-missing',
    [3],
    'S',
    ['unit', 'container'],
    'The party that took or used the goods held no licence of the required type.',
    QUARANTINE,
    ['DSCSA not an ATP'],
  ),
  'LC-02': row(
    'licence-expired',
    [3],
    'S',
    ['unit', 'container'],
    'The required licence of the party that took or used the goods had ended.',
    QUARANTINE,
    ['OCI 403'],
  ),
  'LC-03': row(
    'licence-revoked',
    [3],
    'S',
    ['unit', 'container'],
    'The required licence of the party that took or used the goods had been revoked.',
    QUARANTINE,
    ['revocation list'],
  ),
  'LC-08': row(
    'issuer-untrusted',
    [3],
    'S',
    ['licence', 'statement'],
    'A licence was signed by somebody not trusted to issue it.',
    'Disregard the licence; ask the competent issuer.',
    ['OCI issuer trust'],
  ),
  'CL-01': row(
    'impossible-travel',
    [3],
    'T',
    ['unit'],
    'Two events of one unit are too far apart for the time between them.',
    REJECT,
    ['LinkWrangler jump', 'WooPrompt jump'],
  ),
  'CL-02': row(
    'simultaneous-custody',
    [4],
    'P',
    ['unit'],
    'Two parties held one unit at the same instant in places far apart.',
    REJECT,
    ['CBV epcDup'],
  ),
  'CL-03': row(
    'duplicate-supply',
    [3, 4],
    'P',
    ['unit'],
    'One unit was supplied or used up twice, at different sites.',
    REJECT,
    ['EMVS #A24', 'NHSA case 4', 'TR 60004'],
  ),
  'DV-01': row(
    'market-mismatch',
    [0, 2, 3],
    'S',
    ['unit', 'container'],
    'The goods appeared outside the markets the manufacturer signed for the lot.',
    'Do not supply; ask the manufacturer whether this lot may be here.',
    ['LinkWrangler grey market'],
  ),
  'DV-02': row(
    'territory-mismatch',
    [3],
    'S',
    ['unit', 'container'],
    'A distributor shipped outside the territory of its authorisation.',
    QUARANTINE,
    ['LinkWrangler grey market'],
  ),
  'DV-05': row(
    'unauthorised-intermediary',
    [3],
    'S',
    ['unit', 'container'],
    'A party the manufacturer did not authorise for this lot took it.',
    QUARANTINE,
    ['DSCSA not an ATP'],
  ),
  'CS-01': row('first-check', [0], 'S', ['unit'], 'The first check by a consumer.', NOTHING, [
    'CN first query time',
  ]),
  'CS-02': row(
    'repeat-check',
    [0, 1, 2],
    'S',
    ['unit'],
    'The code was checked before; the count and the first time are given.',
    'If you are not the one who checked it before, ask the seller.',
    ['CN query count'],
  ),
} as const satisfies Record<string, CodeRow>;

/** Every finding code of this version. */
export type FindingCode = keyof typeof CODES;

/** Severity as a counter clerk hears it. */
export const WORDS = ['genuine', 'notice', 'stop', 'suspect', 'contradiction proved'] as const;
export type VerdictWord = (typeof WORDS)[number];

function row(
  name: string,
  levels: readonly Severity[],
  evidence: EvidenceClass,
  subjects: readonly SubjectType[],
  meaning: string,
  remedy: string,
  equivalents: readonly string[],
): CodeRow {
  return { name, levels, evidence, subjects, meaning, remedy, equivalents };
}
