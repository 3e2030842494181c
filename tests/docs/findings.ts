/**
 * docs/findings.md, made from the table of codes: `npx tsx tests/docs/findings.ts` writes it.
 *
 * Reads  src/judgement/codes.ts.   Used by  findings.test.ts, whoever adds a rule.
 * @module
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CODES, WORDS, type CodeRow } from '../../src/judgement/index.ts';

const FAMILIES: Readonly<Record<string, string>> = {
  LG: 'the log itself',
  SG: 'signatures and authority',
  ID: 'identification',
  ST: 'states of a unit',
  CU: 'custody',
  QA: 'quantities',
  LC: 'licences',
  CL: 'clones',
  DV: 'diversion',
  CS: 'consumer checks',
};
const CLASSES = { P: 'proof', S: 'state rule', T: 'statistical', D: 'data quality' } as const;

/** The whole document. */
export function findingsDocument(): string {
  const rows = Object.entries<CodeRow>(CODES);
  const families = [...new Set(rows.map(([code]) => code.slice(0, 2)))];
  return `${[
    '# Findings',
    'Made from `src/judgement/codes.ts` by `tests/docs/findings.ts`; do not edit.',
    `A finding is about a subject, is proved by entries of the log, and has an id anybody recomputes. Its level decides the word a verdict says: ${WORDS.map(
      (word, level) => `L${level} ${word}`,
    ).join(', ')}. Evidence is ${Object.entries(CLASSES)
      .map(([letter, name]) => `${letter} (${name})`)
      .join(
        ', ',
      )}. A finding that rests on an event of somebody who could not move the goods weighs L2 at most in a verdict. Codes never change meaning.`,
    ...families.map((family) => section(family, rows)),
  ].join('\n\n')}\n`;
}

function section(family: string, rows: readonly (readonly [string, CodeRow])[]): string {
  const own = rows.filter(([code]) => code.startsWith(family));
  return [
    `## ${family}: ${FAMILIES[family] ?? family}`,
    ...own.map(([code, row]) => paragraph(code, row)),
  ].join('\n\n');
}

function paragraph(code: string, row: CodeRow): string {
  const levels = row.levels.map((level) => `L${level}`).join(', ');
  const head = `**${code} ${row.name}** · ${levels} · ${row.evidence} (${CLASSES[row.evidence]}) · ${row.subjects.join(', ')}`;
  const others = row.equivalents.length === 0 ? '' : ` Elsewhere: ${row.equivalents.join(' · ')}.`;
  return `${head}\\\n${row.meaning} *${row.remedy}*${others}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(fileURLToPath(new URL('../../docs/findings.md', import.meta.url)), findingsDocument());
}
