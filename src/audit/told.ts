// Browser-safe.
/**
 * What the judging of some subjects says, as one text: handed on the same way within a thread as between threads.
 *
 * Reads  judgement/, judging.ts, policy-trial.ts, stock.ts.   Used by  hand.ts (writes), audit.ts (reads).
 * Why    a text lets go of everything its findings were made of, so that a partition is forgotten when it is done.
 * @module
 */
import { assertText } from '../bytes/index.ts';
import { CODES, type Finding, type FindingCode } from '../judgement/index.ts';
import type { WaitingUnit } from './judging.ts';
import type { ToldChanges } from './policy-trial.ts';
import type { PossibleUnits } from './stock.ts';

/** What one task of the subject stage found. */
export interface Told {
  /** Folded findings, worst first. */
  readonly folded: readonly Finding[];
  /** What is only recorded, one by one, where somebody listens. */
  readonly records: readonly Finding[];
  /** How many of each code are only recorded, where nobody does. */
  readonly counted: Readonly<Partial<Record<FindingCode, number>>>;
  readonly changes: ToldChanges | undefined;
  readonly waiting: readonly WaitingUnit[];
  readonly stock: readonly PossibleUnits[];
}

/** As text. */
export function tell(told: Told): string {
  return JSON.stringify(told, (key, value: unknown) => (FROM_TABLE.has(key) ? undefined : value));
}

/** What a code's row says of every finding need not be told. */
const FROM_TABLE: ReadonlySet<string> = new Set(['remedy', 'equivalents']);

/** What {@link tell} was given. */
export function listen(text: string): Told {
  const told = JSON.parse(assertText('text', text)) as Told;
  const { changes } = told;
  return {
    ...told,
    folded: told.folded.map(revived),
    records: told.records.map(revived),
    changes: changes && {
      gained: { ...changes.gained, findings: changes.gained.findings.map(revived) },
      lost: { ...changes.lost, findings: changes.lost.findings.map(revived) },
    },
  };
}

/** A finding as finding() makes it: with every field, in its order. */
function revived(told: Finding): Finding {
  const { id, code, severity, evidence, subject, proof, last, lastEvents, count, secondLine } = told;
  const { explanation, explains, explainedBy, cause } = told;
  const { remedy, equivalents } = CODES[code];
  return {
    id,
    code,
    severity,
    evidence,
    subject,
    proof,
    last,
    lastEvents,
    count,
    secondLine,
    explanation,
    remedy,
    equivalents,
    ...(explains !== undefined && { explains }),
    ...(explainedBy !== undefined && { explainedBy }),
    ...(cause !== undefined && { cause }),
  };
}
