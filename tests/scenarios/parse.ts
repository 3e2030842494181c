/**
 * Reads scenario files: titles, lines of the story, and what must be found. README.md is the language.
 *
 * Reads  *.txt beside it.   Used by  runner.ts, coverage.test.ts.
 * Never  guesses: a line it does not understand is an error with file and line number.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const FOLDER = fileURLToPath(new URL('./', import.meta.url));

/** One line of a file. */
export interface Line {
  readonly file: string;
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** What one part of a `finds` line expects. */
export interface Expectation {
  readonly code: string;
  readonly level: number;
  /** Subject as the story names it. */
  readonly subject: string;
  /** True where the story says that it rests on a stranger's claim; undefined where it does not say. */
  readonly secondLine: true | undefined;
}

/** One story. */
export interface Scenario {
  readonly title: string;
  readonly at: Line;
  /** Codes of which it is a near miss. */
  readonly misses: readonly string[];
  /** Facts that are there from the beginning. */
  readonly world: readonly Line[];
  readonly lines: readonly Line[];
  /** Everything at L1 and above. */
  readonly finds: readonly Expectation[];
  /** All findings at L0 of these codes. */
  readonly records: readonly Expectation[];
}

/** A mistake in a scenario file. */
export class ScenarioError extends Error {
  constructor({ file, number, text }: Line, problem: string) {
    super(`tests/scenarios/${file}:${number}: ${problem}\n  ${text}`);
    this.name = 'ScenarioError';
  }
}

/** Names of all scenario files. */
export function scenarioFiles(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.txt') && name !== 'covered-elsewhere.txt')
    .sort();
}

/** All scenarios of a file. */
export function readScenarios(file: string): readonly Scenario[] {
  return parseScenarios(file, readFileSync(join(FOLDER, file), 'utf8'));
}

/** A scenario while its lines are read. */
interface Draft {
  readonly at: Line;
  readonly title: string;
  readonly world: Line[];
  readonly lines: Line[];
  readonly finds: Expectation[];
  readonly records: Expectation[];
  saysFinds: boolean;
}

/** All scenarios of a text. @throws {ScenarioError} where it is not as README.md says. */
export function parseScenarios(file: string, text: string): readonly Scenario[] {
  const drafts: Draft[] = [];
  for (const [i, raw] of text.split('\n').entries()) {
    const line: Line = { file, number: i + 1, text: raw.trim().replace(/\s+/g, ' ') };
    if (line.text === '' || line.text.startsWith('#')) continue;
    const [, head, rest] =
      /^(scenario|world|finds also at L0|finds):(?: (.*))?$/.exec(line.text) ??
      ([] as (string | undefined)[]);
    if (head === 'scenario') {
      if (rest === undefined) throw new ScenarioError(line, 'a scenario needs a title');
      drafts.push({ at: line, title: rest, world: [], lines: [], finds: [], records: [], saysFinds: false });
      continue;
    }
    const draft = drafts.at(-1);
    if (draft === undefined) throw new ScenarioError(line, 'the file must begin with "scenario: ..."');
    readLine(draft, line, head, rest);
  }
  return drafts.map(finished);
}

function readLine(draft: Draft, line: Line, head: string | undefined, rest = ''): void {
  if (head === 'finds') {
    draft.saysFinds = true;
    if (rest !== 'nothing') draft.finds.push(...expectations(line, rest));
    return;
  }
  if (head === 'finds also at L0') {
    draft.records.push(...expectations(line, rest, true));
    return;
  }
  if (draft.saysFinds) throw new ScenarioError(line, 'nothing may follow what is found');
  if (head === undefined) {
    draft.lines.push(line);
    return;
  }
  if (draft.lines.length > 0)
    throw new ScenarioError(line, '"world:" lines come before everything that happens');
  draft.world.push({ ...line, text: rest });
}

function finished({ saysFinds, ...draft }: Draft): Scenario {
  if (!saysFinds)
    throw new ScenarioError(draft.at, 'a scenario says what it finds: "finds: ..." or "finds: nothing"');
  const [, codes] = /^near miss: ((?:[A-Z]{2}-\d\d)(?:, [A-Z]{2}-\d\d)*)\b/.exec(draft.title) ?? [];
  if (codes === undefined && draft.title.startsWith('near miss')) {
    throw new ScenarioError(draft.at, 'a near miss names its code: "near miss: CU-01 ..."');
  }
  return { ...draft, misses: codes?.split(', ') ?? [] };
}

const EXPECTED = /^([A-Z]{2}-\d\d)(?: L([0-4]))? (.+?)(?: x(\d+))?( of the second line)?$/;

/** The findings a `finds` line names. */
function expectations(line: Line, text: string, isRecord = false): readonly Expectation[] {
  return text.split(/\s*;\s*/).flatMap((part) => {
    const [, code, level, subject, times, second] = EXPECTED.exec(part) ?? ([] as (string | undefined)[]);
    if (code === undefined || subject === undefined || (level === undefined && !isRecord)) {
      throw new ScenarioError(line, `a finding is "CODE Ln subject", not "${part}"`);
    }
    const one = {
      code,
      level: Number(level ?? 0),
      secondLine: second === undefined ? undefined : true,
    } as const;
    if (isRecord !== (one.level === 0))
      throw new ScenarioError(line, 'records at L0 stand after "finds also at L0:"');
    const many = subject.startsWith('code "') ? [subject] : namesOf(subject);
    return Array.from({ length: Number(times ?? 1) }, () =>
      many.map((name) => ({ ...one, subject: name })),
    ).flat();
  });
}

/** `A, B and C` as names; `U1..U30` as all of them. */
export function namesOf(list: string): readonly string[] {
  return list.split(/, | and /).flatMap((name) => {
    const [, stem, from, , to] = /^([A-Za-z]+)(\d+)\.\.([A-Za-z]+)(\d+)$/.exec(name) ?? ([] as string[]);
    if (stem === undefined) return [name];
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => `${stem}${Number(from) + i}`);
  });
}
