/**
 * Findings as lines for people: level, code, subject, what it says, where the proof stands.
 *
 * Reads  judgement/.   Used by  appending.ts, check.ts, audit.ts.
 * @module
 */
import { CODES, type Finding, type Severity } from '../judgement/index.ts';
import { say, style, type Styled } from './text.ts';

const COLOURS = ['dim', 'cyan', 'yellow', 'magenta', 'red'] as const;

/** A level, such as `L3`, in its colour. */
export function levelOf(severity: Severity, text = `L${severity}`): Styled {
  return style(COLOURS[severity], text);
}

/**
 * Two lines a finding at L1 or above, worst first, at most `max`; then how many more there are.
 * @param size - of the log a scan was checked against: a proof at this index is the scan itself.
 */
export function findingLines(findings: readonly Finding[], max: number, size = Infinity): string[] {
  // Several statements of one call may lead to the same finding.
  const distinct = new Map(findings.map((found) => [found.id, found]));
  const worth = [...distinct.values()]
    .filter(({ severity }) => severity > 0)
    .sort((a, b) => b.severity - a.severity);
  const lines: string[] = [];
  for (const found of worth.slice(0, max)) {
    const { code, severity, subject, count, secondLine, explanation, proof } = found;
    const more = count > 1 ? ` and ${count - 1} more` : '';
    lines.push(say`  ${levelOf(severity)} ${code} ${CODES[code].name}  ${subject.type} ${subject.id}${more}`);
    const limit =
      secondLine && severity > 2 ? ' It rests on a claim that moved nothing, so it counts as a stop.' : '';
    lines.push(say`     ${explanation}${limit}${proofText(proof, size)}`);
  }
  if (worth.length > max) lines.push(`  … and ${worth.length - max} more`);
  return lines;
}

function proofText(proof: Finding['proof'], size: number): string {
  const places = [...new Set(proof.map(({ entry }) => entry))];
  const entries = places.filter((entry) => entry < size);
  const parts = [];
  if (entries.length > 0) {
    const shown = entries.slice(0, ENTRIES_MAX).join(', ') + (entries.length > ENTRIES_MAX ? ', …' : '');
    parts.push(`${entries.length === 1 ? 'entry' : 'entries'} ${shown}`);
  }
  if (places.length > entries.length) parts.push('this scan');
  return parts.length === 0 ? '' : ` Proof: ${parts.join(' and ')}.`;
}

const ENTRIES_MAX = 8;
