// Browser-safe.
/**
 * What a stranger needs to check things offline: proofs, receipts, unit codes and signed notes. No ledger, no network.
 *
 * Reads  ledger/proof.ts, log/, gs1/, note/.   Used by  consumers' pages, auditors' tools.
 * @module
 */
export { verifyProof, type ProofResult } from './ledger/proof.ts';
export { checkReceipt, receiptFromTlogProof, type Receipt } from './log/index.ts';
export { checkConsistency, checkInclusion } from './merkle/index.ts';
export { checkCheckpoint, openCheckpoint, openNote, parseVerifierKey } from './note/index.ts';
export { parseCode, verifyUnitCode, type PresentedCode } from './gs1/index.ts';
export { checkEnrolment, keyId, verify } from './crypto/index.ts';
