// Browser-safe.
/**
 * What the judging of some subjects says, as texts: handed on the same way within a thread as between threads.
 *
 * Reads  judgement/, judging.ts, policy-trial.ts, stock.ts.   Used by  hand.ts (writes), audit.ts (reads).
 * Why    a text lets go of everything its findings were made of, so that a partition is forgotten when it is done.
 * @module
 */
import { assertText } from '../bytes/index.ts';
import { CODES, type Finding, type FindingCode } from '../judgement/index.ts';
import type { WaitingUnit } from './judging.ts';
import type { Kept } from './keeping.ts';
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
  /** The same findings subject by subject, and more, where the next audit is to go on from this one. */
  readonly kept?: Kept | undefined;
}

/** As texts, to be taken one after the other: whoever writes a log decides how much is found, and no text can be of any length. */
export function tell(told: Told): readonly string[] {
  const texts: string[] = [];
  for (let from = 0; texts.length === 0 || from < longestOf(told); from += FINDINGS_A_TEXT) {
    texts.push(
      JSON.stringify(piece(told, from), (key, value: unknown) => (FROM_TABLE.has(key) ? undefined : value)),
    );
  }
  return texts;
}

/** Most of each list that stand in one text. */
const FINDINGS_A_TEXT = 5000;

function longestOf({ folded, records, changes, waiting, stock, kept }: Told): number {
  const { gained, lost } = changes ?? {};
  const changed = Math.max(gained?.findings.length ?? 0, lost?.findings.length ?? 0);
  const lists: readonly (readonly unknown[])[] = [
    folded,
    records,
    waiting,
    stock,
    ...Object.values(kept ?? {}),
  ];
  return lists.reduce((longest, { length }) => Math.max(longest, length), changed);
}

/** Part of each list; numbers stand in the first part. */
function piece({ folded, records, counted, changes, waiting, stock, kept }: Told, from: number): Told {
  const part = <T>(list: readonly T[]): readonly T[] => list.slice(from, from + FINDINGS_A_TEXT);
  const change = (all: ToldChanges['gained']): ToldChanges['gained'] => ({
    findings: part(all.findings),
    records: from === 0 ? all.records : {},
  });
  return {
    folded: part(folded),
    records: part(records),
    counted: from === 0 ? counted : {},
    changes: changes && { gained: change(changes.gained), lost: change(changes.lost) },
    waiting: part(waiting),
    stock: part(stock),
    kept: kept && {
      findings: part(kept.findings),
      records: part(kept.records),
      wakes: part(kept.wakes),
      asks: part(kept.asks),
    },
  };
}

/** What a code's row says of every finding need not be told. */
const FROM_TABLE: ReadonlySet<string> = new Set(['remedy', 'equivalents']);

/** What one text of {@link tell} says. */
export function listen(text: string): Told {
  const told = JSON.parse(assertText('text', text)) as Told;
  const { changes, kept } = told;
  return {
    ...told,
    folded: told.folded.map(revived),
    records: told.records.map(revived),
    kept: kept && { ...kept, findings: kept.findings.map(([by, found]) => [by, revived(found)] as const) },
    changes: changes && {
      gained: { ...changes.gained, findings: changes.gained.findings.map(revived) },
      lost: { ...changes.lost, findings: changes.lost.findings.map(revived) },
    },
  };
}

/** A finding as finding() makes it: with every field, in its order. */
export function revived(told: Finding): Finding {
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
