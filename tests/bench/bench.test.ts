// Goal: the benchmark's arithmetic is right, its command line is understood or refused, its logs are whole and honest, and its
//       results keep their public shape.
// Method: figures by hand; small logs of every kind, audited; a tiny run of what needs no process of its own; the program itself
//         as a child process.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { Ledger } from 'countermark';
import { SqliteStore } from 'countermark/store/sqlite';
import { LOT_UNITS } from '../../bench/lib/cast.ts';
import { lotNumber, makerNumber, unitsOf, type LogKind } from '../../bench/lib/journey.ts';
import { Logs } from '../../bench/lib/logs.ts';
import {
  FULL_SIZE,
  isWanted,
  parseCommand,
  QUICK_SIZE,
  UsageError,
  type Size,
} from '../../bench/lib/options.ts';
import { Plan } from '../../bench/lib/plan.ts';
import { grouped, markdownOf, textOf } from '../../bench/lib/report.ts';
import { compare, interleave, interleaveRates, type Result } from '../../bench/lib/rounds.ts';
import { median, quantile, significant, summarise } from '../../bench/lib/statistics.ts';
import { isReached, spellTarget, TARGETS, targetOf } from '../../bench/lib/targets.ts';
import { Workspace } from '../../bench/lib/workspace.ts';
import { ALL_NAMES, NAMES, needsPeers, runSuite } from '../../bench/suite.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const TINY: Size = {
  rounds: 1,
  warmups: 0,
  budgetMs: 5,
  operations: 10,
  signedEntries: 700,
  batchedEntries: 280,
  bulkEntries: 500,
  stockedUnits: 500,
  newEvents: 2,
  appendedTo: 400,
  singles: 3,
  thousands: 0.05,
  checks: 4,
  codes: 300,
  ledgerUnits: 100,
};
const RESULT_NAMES = ['name', 'value', 'unit', 'baseline', 'ratio', 'min', 'max'];
/** Names that issue no process of their own, so that the test is quick. */
const WITHIN = ['judge', 'append', 'sign.codes', 'proof.verify', 'verify.batch.64x16'];
const TIMEOUT_MS = 120_000;

const workspace = new Workspace();
const logs = new Logs(workspace.file('logs'), () => {});
afterAll(() => workspace.remove());

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

  it('goes on until a worker has done what it must at least, however slow it is', async () => {
    let done = 0;
    const slow = { name: 'slow', count: 1, atLeast: 4, work: () => void (done += wait(6)) };
    let quick = 0;
    await interleaveRates([slow, { name: 'quick', count: 1, work: () => void quick++ }], {
      rounds: 1,
      warmups: 0,
      budgetMs: 1,
    });
    expect(done).toBe(4);
    expect(quick).toBeGreaterThan(0);
  });
});

describe('the sizes of a run', () => {
  it.each([
    ['quick', QUICK_SIZE],
    ['full', FULL_SIZE],
  ])('leave statements enough to append in every round of a %s run', (_, size) => {
    const { appendedTo, rounds, warmups, thousands, singles, signedEntries } = size;
    const appended = (rounds + warmups) * Math.max(thousands * 1000, singles);
    expect(appendedTo + appended).toBeLessThanOrEqual(signedEntries);
  });
});

describe('parseCommand()', () => {
  it('gives the defaults for an empty command line and reads every flag', () => {
    const defaults = { size: FULL_SIZE, format: 'text', huge: false, only: [], help: false };
    expect(parseCommand([], NAMES)).toEqual(defaults);
    const words = '--json --quick --huge --only check --only verify --help'.split(' ');
    expect(parseCommand(words, NAMES)).toEqual({
      size: QUICK_SIZE,
      format: 'json',
      huge: true,
      only: ['check', 'verify'],
      help: true,
    });
    expect(parseCommand(['--markdown'], NAMES)).toEqual({ ...defaults, format: 'markdown' });
  });

  it.each([['--fast'], ['--only'], ['--only', '--json'], ['--only', 'chec'], ['quick']])(
    'refuses %s',
    (...words) => {
      expect(() => parseCommand(words, NAMES)).toThrow(UsageError);
    },
  );

  it('takes a name, or what stands before one of its dots', () => {
    expect(NAMES.filter((name) => isWanted(name, ['append']))).toEqual(['append.1000', 'append.single']);
    expect(NAMES.filter((name) => isWanted(name, ['append.single']))).toEqual(['append.single']);
    expect(NAMES.filter((name) => isWanted(name, []))).toEqual(NAMES);
  });

  it('asks for the peers only if something is compared with them', () => {
    expect([[], ['verify'], ['verify.batch.64x16'], ['append'], ['judge.unit']].map(needsPeers)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('the targets', () => {
  it('are each for a result that the suite can give, and bind it on one side', () => {
    for (const { name, atLeast, atMost } of TARGETS) {
      expect(ALL_NAMES, name).toContain(name);
      expect([atLeast, atMost].filter((bound) => bound !== undefined)).toHaveLength(1);
    }
  });

  it('are found by name, and by baseline where there are several', () => {
    const name = 'verify.batch.4096x16';
    expect(targetOf({ name, baseline: 'node:crypto verify' })).toMatchObject({ atLeast: 10 });
    expect(targetOf({ name, baseline: 'sodium-native verify' })).toMatchObject({ atLeast: 5 });
    expect(targetOf({ name: 'unknown', baseline: '' })).toBeUndefined();
  });

  it('are reached from the right side', () => {
    const [rate, time] = [
      { name: '', atLeast: 2 },
      { name: '', atMost: 2 },
    ];
    expect([1.9, 2, 2.1].map((ratio) => isReached(ratio, rate))).toEqual([false, true, true]);
    expect([1.9, 2, 2.1].map((ratio) => isReached(ratio, time))).toEqual([true, true, false]);
    expect([rate, time].map(spellTarget)).toEqual(['≥ 2', '≤ 2']);
  });
});

describe('the journeys', () => {
  it('give no unit to two groups, and no lot more units than it may have', () => {
    for (const kind of ['signed', 'batched'] as const) {
      const lots = new Map<string, number>();
      const seen = new Set<string>();
      const groups = kind === 'signed' ? 6000 : 120;
      for (let group = 0; group < groups; group++) {
        const units = unitsOf(kind, group);
        for (const unit of units) expect(seen.has(unit)).toBe(false);
        for (const unit of units) seen.add(unit);
        const lot = `${makerNumber(kind, group)} ${lotNumber(kind, group)}`;
        lots.set(lot, (lots.get(lot) ?? 0) + units.length);
      }
      expect(Math.max(...lots.values())).toBeLessThanOrEqual(LOT_UNITS);
    }
  });
});

describe('a large log', () => {
  it.each<[LogKind, number, number]>([
    ['signed', 1000, 800],
    ['batched', 340, 300],
    ['bulk', 900, 700],
    ['stocked', 1200, 900],
  ])(
    'of kind %s is whole, has its derived data, and tells of nothing but honest journeys',
    { timeout: TIMEOUT_MS },
    async (kind, pace, entries) => {
      const path = await logs.file({ kind, pace, entries });
      expect(await logs.file({ kind, pace, entries })).toBe(path);
      const { logKey } = new Plan(kind, pace).cast;
      const ledger = await Ledger.open({ store: await SqliteStore.open(path, { readonly: true }), logKey });
      try {
        const report = await ledger.audit();
        expect(report).toMatchObject({
          ok: true,
          size: entries,
          derived: { ok: true },
          counts: {},
          records: {},
        });
        expect(report.units).toBeGreaterThan(0);
      } finally {
        await ledger.close();
      }
    },
  );

  it('begins like every other of its pace', () => {
    const first = (): unknown[] => {
      const plan = new Plan('signed', 5000);
      const bytes = plan.enrolment();
      const statements = plan.statements();
      const some = Array.from({ length: 5 }, () => statements.next().value);
      return [...bytes.slice(0, 5), ...some.map((one) => [one.group, one.sequence, one.timeMs])];
    };
    expect(first()).toEqual(first());
  });
});

describe('runSuite()', () => {
  it('measures what is asked for, one result for each baseline', { timeout: TIMEOUT_MS }, async () => {
    const results = await runSuite({ size: TINY, huge: false, only: WITHIN, workspace, logs, say: () => {} });
    const expected = NAMES.filter((name) => isWanted(name, WITHIN));
    expect([...new Set(results.map(({ name }) => name))]).toEqual(expected);
    expect(new Set(results.map(({ name, baseline }) => `${name} ${baseline}`)).size).toBe(results.length);
    for (const result of results) expectResult(result);
    for (const text of [textOf(results), markdownOf(results)]) {
      for (const name of expected) expect(text).toContain(name);
      expect(text).toMatch(/≥ 0\.2/);
    }
  });

  it('audits and checks in processes of their own', { timeout: TIMEOUT_MS }, async () => {
    const only = ['audit.incremental', 'check'];
    const results = await runSuite({ size: TINY, huge: false, only, workspace, logs, say: () => {} });
    expect(results.map(({ name }) => name)).toEqual([
      'audit.incremental',
      'check.p50',
      'check.p99',
      'check.p50',
      'check.p99',
    ]);
    for (const result of results) expectResult(result);
  });
});

describe('bench/main.ts', () => {
  const run = (...words: string[]) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', 'bench/main.ts', ...words], { cwd: ROOT });

  it('prints a JSON array on stdout, machine and progress elsewhere', { timeout: TIMEOUT_MS }, async () => {
    const { stdout, stderr } = await run('--json', '--quick', '--only', 'sign.codes');
    const results = JSON.parse(stdout) as Result[];
    expect(results.map(({ name }) => name)).toEqual(['sign.codes', 'sign.codes']);
    for (const result of results) expectResult(result);
    expect(stderr).toContain(`Node ${process.versions.node}`);
    expect(stderr).toContain('npm run bench -- --json --quick --only sign.codes');
    const { rounds } = QUICK_SIZE;
    expect(stderr).toContain(`sign.codes: round ${rounds} of ${rounds}`);
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
  // What a further unit costs is a difference of two figures, and may be noise.
  const least = result.name === 'judge.unit' ? -Infinity : 0;
  for (const key of ['value', 'ratio', 'min', 'max'] as const) expect(result[key]).toBeGreaterThan(least);
  expect(result.min).toBeLessThanOrEqual(result.value);
  expect(result.max).toBeGreaterThanOrEqual(result.value);
}

/** Does nothing for a while; 1, so that it can be counted. */
function wait(ms: number): number {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
  return 1;
}
