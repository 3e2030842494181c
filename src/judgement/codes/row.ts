// Browser-safe.
/**
 * The shape of a row of the table of codes, and the advice many rows share.
 *
 * Reads  nothing.   Used by  the family files beside it, codes.ts.
 * Source `findings.md`: code, trigger, level, class, and the alerts of the field's systems each answers to.
 * @module
 */

/** L0 record only · L1 notice · L2 stop until resolved · L3 suspect · L4 contradiction proved. */
export type Severity = 0 | 1 | 2 | 3 | 4;
/** P proof (signature, hash, contradiction of signed statements) · S state rule · T statistical · D data quality. */
export type EvidenceClass = 'P' | 'S' | 'T' | 'D';
/** What a finding may be about; `stock` is a party's stock of a lot, its id the two ids with a space between. */
export type SubjectType =
  | 'unit'
  | 'container'
  | 'lot'
  | 'stock'
  | 'handover'
  | 'licence'
  | 'key'
  | 'event'
  | 'statement'
  | 'code'
  | 'case'
  | 'log';

/** What other systems of the field call the same. Empty where none has a word for it. */
export interface Equivalents {
  /** European medicines verification: alert numbers of the hub (`#A3`), return codes of national systems (without `NMVS_`). */
  readonly emvs?: readonly string[];
  /** United States: answers of the verification routers, exceptions of the distribution guidelines. */
  readonly dscsa?: readonly string[];
  /** Dispositions and other words of GS1 CBV. */
  readonly cbv?: readonly string[];
  /** China: the trace-code service and the health insurance's query. */
  readonly cn?: readonly string[];
  /** Others, with their name: Turkey (TR), Russia (RU), HDA, EPCIS, products of the market. */
  readonly other?: readonly string[];
}

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
  readonly equivalents: Equivalents;
}

export const RESCAN = 'Scan again; if it stays, enter the code by hand and compare it with the print.';
export const QUARANTINE = 'Quarantine the goods and call the manufacturer.';
export const REJECT = 'Do not use; quarantine the goods, call the manufacturer and the authority.';
export const NOTHING = 'Nothing to do.';
export const AUDITOR = 'Stop relying on this copy of the log; compare checkpoints with another auditor.';
export const RESIGN = 'Ask the signer to sign again with a valid key.';

/** A row, frozen: a table everybody shares is nobody's to change. */
export function row(
  name: string,
  levels: readonly Severity[],
  evidence: EvidenceClass,
  subjects: readonly SubjectType[],
  meaning: string,
  remedy: string,
  equivalents: Equivalents,
): CodeRow {
  for (const part of [levels, subjects, equivalents, ...Object.values(equivalents)]) Object.freeze(part);
  return Object.freeze({ name, levels, evidence, subjects, meaning, remedy, equivalents });
}
