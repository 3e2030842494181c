// Goal:   the corpus leaves no rule out: every code has a story that finds it and a near miss that does not.
// Method: the files are read, not judged; the runner holds each story to what it says. Codes of damaged logs name their test.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CODES } from '../../src/judgement/index.ts';
import { FOLDER, readScenarios, scenarioFiles } from './parse.ts';

const SCENARIOS_MIN = 300;
/** Codes whose tests stand elsewhere: no more than these may. */
const DAMAGE = /^(?:LG-0[1-6]|LG-11|LG-17|SG-05|SG-07|SG-12|LC-09)$/;

const ALL = scenarioFiles().flatMap(readScenarios);
const ELSEWHERE = new Map(
  readFileSync(join(FOLDER, 'covered-elsewhere.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(' ') as [string, string]),
);
const CODE_LIST = Object.keys(CODES);
const told = CODE_LIST.filter((code) => !ELSEWHERE.has(code));

describe('the corpus', () => {
  it(`has at least ${SCENARIOS_MIN} scenarios`, () => {
    expect(ALL.length).toBeGreaterThanOrEqual(SCENARIOS_MIN);
  });

  it('has a scenario that finds each code', () => {
    const found = new Set(
      ALL.flatMap(({ finds, records }) => [...finds, ...records].map(({ code }) => code)),
    );
    expect(told.filter((code) => !found.has(code))).toEqual([]);
  });

  it('has a near miss of each code', () => {
    const missed = new Set(ALL.flatMap(({ misses }) => misses));
    expect(told.filter((code) => !missed.has(code))).toEqual([]);
  });

  it('finds each level the table gives a code, where a story can', () => {
    const levels = new Set(
      ALL.flatMap(({ finds, records }) =>
        [...finds, ...records].map(({ code, level }) => `${code} L${level}`),
      ),
    );
    const unknown = [...levels].filter((line) => {
      const [code = '', level = ''] = line.split(' L');
      const row = (CODES as Readonly<Record<string, { readonly levels: readonly number[] }>>)[code];
      return row?.levels.includes(Number(level)) !== true;
    });
    expect(unknown, 'levels no table has').toEqual([]);
  });

  it('names only codes that exist, and near misses that find nothing of their code', () => {
    const named = ALL.flatMap(({ misses, finds, records, at }) => {
      const found = [...finds, ...records].map(({ code }) => code);
      return [
        ...[...misses, ...found]
          .filter((code) => !CODE_LIST.includes(code))
          .map((code) => `${at.file}: ${code}`),
        ...misses
          .filter((code) => found.includes(code))
          .map((code) => `${at.file}:${at.number}: finds ${code}`),
      ];
    });
    expect(named).toEqual([]);
  });

  it('tells no two stories of one file under one title', () => {
    const titles = ALL.map(({ at, title }) => `${at.file}: ${title}`);
    expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
  });

  it('judges each file of stories in one test file', () => {
    const judged = readdirSync(FOLDER)
      .filter((name) => name.endsWith('.test.ts'))
      .flatMap((name) => [...readFileSync(join(FOLDER, name), 'utf8').matchAll(/^judgeFile\('(.+)'\);$/gm)])
      .map(([, file]) => file!);
    expect(judged.toSorted()).toEqual([...scenarioFiles()].sort());
  });
});

describe('codes no story can tell', () => {
  it.each([...ELSEWHERE])('%s is shown in %s, with what must not raise it', (code, file) => {
    expect(code).toMatch(DAMAGE);
    const text = readFileSync(join(FOLDER, '../..', file), 'utf8');
    expect(text).toContain(code);
    expect(text).toMatch(/untouched log|near miss|expectNone/);
  });
});
