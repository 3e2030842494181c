/**
 * Appends signed statements and says what became of each: what `append` and `import` have in common.
 *
 * Reads  ledger/, ledger-file.ts.   Used by  append.ts, import.ts.
 * Exit   0 if all are in the log (findings about goods refuse nothing); 2 if one was refused; 5 if the store failed.
 * @module
 */
import type { AppendOutcome, Ledger } from '../ledger/index.ts';
import type { Finding } from '../judgement/index.ts';
import type { Receipt } from '../log/index.ts';
import type { Answer, Context } from './command.ts';
import { EXIT, failureOf } from './failure.ts';
import { findingLines } from './findings.ts';
import type { Signed } from './signing.ts';
import { countOf, ProgressLine, say, style } from './text.ts';

/** What became of one statement. */
type Report =
  | {
      readonly source: string;
      readonly entry: number;
      readonly repeated: boolean;
      readonly receipt?: Receipt | undefined;
      readonly findings: readonly Finding[];
    }
  | { readonly source: string; readonly error: { readonly code: string; readonly message: string } };

/** Statements handed to the ledger at a time: between two hand-ins progress is shown and an interrupt is heard. */
const BATCH = 1000;
const LISTED_MAX = 20;

/** Appends in order; a refused statement does not hinder the others. */
export async function appendAll(
  ledger: Ledger,
  statements: readonly Signed[],
  context: Context,
): Promise<Answer> {
  const withReceipts = context.flag('json');
  const reports: Report[] = [];
  let exit: number = EXIT.fine;
  const progress = new ProgressLine();
  for (let first = 0; first < statements.length; first += BATCH) {
    if (context.signal.aborted) {
      progress.end();
      throw context.signal.reason;
    }
    const batch = statements.slice(first, first + BATCH);
    const outcomes = await ledger.appendMany(
      batch.map(({ bytes }) => bytes),
      { findings: !context.flag('no-findings'), receipts: withReceipts },
    );
    for (const [i, outcome] of outcomes.entries()) {
      reports.push(reportOf(batch[i]!.source, outcome));
      if (!outcome.ok) exit = Math.max(exit, failureOf(outcome.error).exit);
    }
    progress.show(`${Math.min(first + BATCH, statements.length)} of ${statements.length} statements`);
  }
  progress.end();
  const { size, checkpoint } = await ledger.head();
  const counts = {
    appended: reports.filter((one) => 'entry' in one && !one.repeated).length,
    repeated: reports.filter((one) => 'entry' in one && one.repeated).length,
    refused: reports.filter((one) => 'error' in one).length,
  };
  return {
    exit,
    json: { ...counts, size, checkpoint, statements: reports },
    lines: linesOf(reports, counts, size),
  };
}

function reportOf(source: string, outcome: AppendOutcome): Report {
  if (!outcome.ok) {
    const { code, message } = failureOf(outcome.error);
    return { source, error: { code, message } };
  }
  const { entry, repeated, receipt, findings } = outcome;
  return { source, entry, repeated, receipt, findings };
}

function linesOf(
  reports: readonly Report[],
  counts: { readonly appended: number; readonly repeated: number; readonly refused: number },
  size: number,
): string[] {
  const lines: string[] = [];
  const refused = reports.filter((one) => 'error' in one);
  for (const one of reports.length <= LISTED_MAX ? reports : refused.slice(0, LISTED_MAX)) {
    if ('error' in one) {
      const { code, message } = one.error;
      lines.push(say`${style('red', 'refused')} ${one.source}  ${code}: ${message}. ${adviceOf(code)}`);
    } else {
      lines.push(say`entry ${one.entry}  ${one.source}${one.repeated ? '  (was in the log already)' : ''}`);
    }
  }
  const findings = reports.flatMap((one) => ('error' in one ? [] : one.findings));
  lines.push(...findingLines(findings, LISTED_MAX));
  const { appended, repeated } = counts;
  const parts = [`${countOf(appended, 'statement')} appended`];
  if (repeated > 0) parts.push(`${repeated} repeated`);
  if (counts.refused > 0) parts.push(`${counts.refused} refused`);
  lines.push(say`${parts.join(', ')}; the log has ${countOf(size, 'entry', 'entries')}`);
  return lines;
}

function adviceOf(code: string): string {
  return failureOf(Object.assign(new Error(), { code })).advice;
}
