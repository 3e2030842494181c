// Goal: the benchmark's arithmetic is right, its command line is understood or refused, and its report keeps its public shape.
// Method: figures by hand; a tiny run of the whole suite; the program itself as a child process.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Workspace } from '../../bench/lib/ledgers.ts';
import { describeMachine } from '../../bench/lib/machine.ts';
import {
  DEFAULT_SIZE,
  isWanted,
  parseCommand,
  QUICK_SIZE,
  UsageError,
  type Size,
} from '../../bench/lib/options.ts';
import { grouped, textOf } from '../../bench/lib/report.ts';
import { compare, interleave, interleaveRates, type Result } from '../../bench/lib/rounds.ts';
import { median, quantile, significant, summarise } from '../../bench/lib/statistics.ts';
import { NAMES, runSuite } from '../../bench/suite.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const TINY: Size = {
  rounds: 1,
  warmups: 0,
  budgetMs: 30,
  ledgerUnits: 100,
  singles: 3,
  thousands: 1,
  checks: 5,
};
const RESULT_NAMES = ['name', 'value', 'unit', 'baseline', 'ratio', 'min', 'max'];

describe('median()', () => {
  it('is the middle figure, or the mean of the two in the middle, in any order', () => {
    expect(median([9])).toBe(9);
    expect(median([5, 1, 3])).toBe(3);
    expect(median([10, 2, 4, 1])).toBe(3);
  });

  it('leaves its argument as it was', () => {
    const figures = [3, 1, 2];
    median(figures);
    expect(figures).toEqual([3, 1, 2]);
  });

  it('sorts by size, not by spelling', () => {
    expect(median([10, 9, 100])).toBe(10);
  });

  it('refuses no figures and figures that are none', () => {
    expect(() => median([])).toThrow(RangeError);
    expect(() => median([1, Number.NaN])).toThrow(RangeError);
    expect(() => summarise([Infinity])).toThrow(RangeError);
  });
});

describe('quantile()', () => {
  it('takes the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(quantile(hundred, 0.5)).toBe(50);
    expect(quantile(hundred, 0.99)).toBe(99);
    expect(quantile(hundred, 1)).toBe(100);
    expect(quantile([7], 0.01)).toBe(7);
  });

  it('refuses a rank outside (0, 1]', () => {
    for (const rank of [0, -1, 1.01, Number.NaN]) expect(() => quantile([1], rank)).toThrow(RangeError);
  });
});

describe('significant()', () => {
  it('keeps four digits', () => {
    expect([123456, 12.3456, 0.00123456, 0].map(significant)).toEqual([123500, 12.35, 0.001235, 0]);
  });
});

describe('compare()', () => {
  it('divides our median by the baseline’s and keeps our extremes', () => {
    const result = compare({ name: 'x', unit: 'y/s', baseline: 'z' }, [10, 30, 20], [50, 40, 10]);
    expect(result).toEqual({
      name: 'x',
      value: 20,
      unit: 'y/s',
      baseline: 'z',
      ratio: 0.5,
      min: 10,
      max: 30,
    });
  });
});

describe('interleave()', () => {
  it('runs everybody in every round, begins with another each round, and drops warm-up rounds', async () => {
    const calls: string[] = [];
    const contestant = (name: string) => ({
      name,
      run: (round: number) => {
        calls.push(`${name}${round}`);
        return round;
      },
    });
    const figures = await interleave([contestant('a'), contestant('b')], { rounds: 2, warmups: 1 });
    expect(calls).toEqual(['a-1', 'b-1', 'b0', 'a0', 'a1', 'b1']);
    expect(figures).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });
});

describe('interleaveRates()', () => {
  it('gives each worker a rate a round and its items in a circle', async () => {
    const seen = new Set<number>();
    const workers = ['a', 'b'].map((name) => ({
      name,
      count: 3,
      work: (index: number) => void seen.add(index),
    }));
    const figures = await interleaveRates(workers, { rounds: 3, warmups: 1, budgetMs: 2 });
    expect(figures.map((own) => own.length)).toEqual([3, 3]);
    expect(figures.flat().every((rate) => rate > 0)).toBe(true);
    expect(seen).toEqual(new Set([0, 1, 2]));
  });
});

describe('parseCommand()', () => {
  it('gives the defaults for an empty command line and reads every flag', () => {
    expect(parseCommand([], NAMES)).toEqual({ size: DEFAULT_SIZE, json: false, only: [], help: false });
    const words = '--json --quick --only check --only verify --help'.split(' ');
    expect(parseCommand(words, NAMES)).toEqual({
      size: QUICK_SIZE,
      json: true,
      only: ['check', 'verify'],
      help: true,
    });
  });

  it.each([['--fast'], ['--only'], ['--only', '--json'], ['--only', 'chec'], ['quick']])(
    'refuses %s',
    (...words) => {
      expect(() => parseCommand(words, NAMES)).toThrow(UsageError);
    },
  );

  it('takes a name, or what stands before one of its dots', () => {
    expect(NAMES.filter((name) => isWanted(name, ['append']))).toEqual(['append.1', 'append.1000']);
    expect(NAMES.filter((name) => isWanted(name, ['append.1']))).toEqual(['append.1']);
    expect(NAMES.filter((name) => isWanted(name, []))).toEqual(NAMES);
  });
});

describe('runSuite()', () => {
  it('measures everything, one result for each baseline', { timeout: 60_000 }, async () => {
    const workspace = new Workspace();
    try {
      const results = await runSuite({ size: TINY, only: [], workspace, say: () => {} });
      expect(results.map(({ name }) => name)).toEqual(['verify', ...NAMES]);
      expect(new Set(results.map(({ name, baseline }) => `${name} ${baseline}`)).size).toBe(results.length);
      for (const result of results) expectResult(result);
      const machine = describeMachine(workspace.folder, 'npm run bench', '2026-01-01');
      const text = textOf({ machine, results });
      for (const name of NAMES) expect(text).toContain(name);
      expect(text).toContain(machine.cpu);
    } finally {
      workspace.remove();
    }
  });
});

describe('bench/main.ts', () => {
  const run = (...words: string[]) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', 'bench/main.ts', ...words], { cwd: ROOT });

  it('prints one JSON object on stdout and its progress elsewhere', async () => {
    const { stdout, stderr } = await run('--json', '--quick', '--only', 'sign.codes');
    const report = JSON.parse(stdout) as { machine: Record<string, unknown>; results: Result[] };
    expect(Object.keys(report)).toEqual(['machine', 'results']);
    expect(report.machine).toMatchObject({
      node: process.versions.node,
      command: 'npm run bench -- --json --quick --only sign.codes',
    });
    expect(report.results).toHaveLength(1);
    expectResult(report.results[0]!);
    expect(stderr).toContain('sign.codes: round 5 of 5');
  });

  it('refuses what it does not know with exit code 2 and one line', async () => {
    await expect(run('--josn')).rejects.toMatchObject({ code: 2, stdout: '' });
  });
});

describe('grouped()', () => {
  it('separates thousands and keeps decimals', () => {
    expect([1234567, 1234.5, 0.01049, 12].map(grouped)).toEqual(['1,234,567', '1,234.5', '0.01049', '12']);
  });
});

function expectResult(result: Result): void {
  expect(Object.keys(result)).toEqual(RESULT_NAMES);
  for (const key of ['name', 'unit', 'baseline'] as const) expect(result[key]).toMatch(/\S/);
  for (const key of ['value', 'ratio', 'min', 'max'] as const) expect(result[key]).toBeGreaterThan(0);
  expect(result.min).toBeLessThanOrEqual(result.value);
  expect(result.max).toBeGreaterThanOrEqual(result.value);
}
