/**
 * docs/findings.md, made from the table of codes: `npx tsx tests/docs/findings.ts` writes it.
 *
 * Reads  src/judgement/codes.ts and codes/.   Used by  findings.test.ts, whoever adds a rule.
 * @module
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CODES, WORDS, type CodeRow, type Equivalents } from '../../src/judgement/index.ts';

const FAMILIES: Readonly<Record<string, string>> = {
  LG: 'the log itself',
  SG: 'signatures and authority',
  ID: 'identification',
  RX: 'status of products and lots',
  ST: 'states of a unit',
  CO: 'corrections',
  CU: 'custody',
  QA: 'quantities and containers',
  LC: 'licences and certificates',
  CC: 'cold chain',
  CL: 'clones',
  DV: 'diversion',
  CS: 'consumer checks',
  OP: 'operations',
};
const SYSTEMS: Readonly<Record<keyof Equivalents, string>> = {
  emvs: 'EMVS ',
  dscsa: 'DSCSA ',
  cbv: 'CBV ',
  cn: 'CN ',
  other: '',
};
const CLASSES = { P: 'proof', S: 'state rule', T: 'statistical', D: 'data quality' } as const;

/** The whole document. */
export function findingsDocument(): string {
  const rows = Object.entries<CodeRow>(CODES);
  const families = [...new Set(rows.map(([code]) => code.slice(0, 2)))];
  return `${[
    '# Findings',
    'Made from `src/judgement/codes.ts` and `src/judgement/codes/` by `tests/docs/findings.ts`; do not edit.',
    `A finding is about a subject, is proved by entries of the log, and has an id anybody recomputes. Its level decides the word a verdict says: ${WORDS.map(
      (word, level) => `L${level} ${word}`,
    ).join(', ')}. Evidence is ${Object.entries(CLASSES)
      .map(([letter, name]) => `${letter} (${name})`)
      .join(
        ', ',
      )}. A finding that rests on an event of somebody who could not move the goods weighs L2 at most in a verdict. What other systems of the field call the same stands behind "Elsewhere": EMVS (alert numbers, and return codes without NMVS_), DSCSA, CBV, CN (China), and others by name. Codes never change meaning.`,
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
  const others = elsewhere(row.equivalents);
  return `${head}\\\n${row.meaning} *${row.remedy}*${others === '' ? '' : ` Elsewhere: ${others}.`}`;
}

function elsewhere(equivalents: Equivalents): string {
  return (Object.entries(SYSTEMS) as readonly (readonly [keyof Equivalents, string])[])
    .filter(([system]) => equivalents[system] !== undefined)
    .map(([system, name]) => `${name}${equivalents[system]!.join(', ')}`)
    .join(' · ');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(fileURLToPath(new URL('../../docs/findings.md', import.meta.url)), findingsDocument());
}
