// Goal:   no guard is idle: with one guard of judgement or custody taken out of the source, a named test fails.
// Method: each row names a piece of source and what replaces it. Always: the piece stands there exactly once, and the test
//         exists. With SLOW=1: a copy of the project with that one change must fail the test.
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SLOW = process.env['SLOW'] === '1';

interface Guard {
  readonly file: string;
  readonly guard: string;
  readonly without: string;
  /** Test file, and part of the name of the test that must fail. */
  readonly test: readonly [file: string, name: string];
}

const GUARDS: Readonly<Record<string, Guard>> = {
  'an event long before its record moves nothing': {
    file: 'src/custody/admission.ts',
    guard: 'act.timeMs >= act.recordTimeMs - policy.lagMaxMs &&',
    without: '',
    test: ['tests/custody/framing.test.ts', 'counts to the last millisecond of lag and skew'],
  },
  'an event after its record moves nothing': {
    file: 'src/custody/admission.ts',
    guard: '&& act.timeMs <= act.recordTimeMs + policy.skewMs',
    without: '',
    test: ['tests/custody/framing.test.ts', 'counts to the last millisecond of lag and skew'],
  },
  'a second line weighs no more than a stop': {
    file: 'src/judgement/finding.ts',
    guard: 'found.secondLine && found.severity > 2 ? 2 : found.severity',
    without: 'found.severity',
    test: ['tests/custody/framing.test.ts', '"uses" leaves unit and box at L2 or below'],
  },
  'the manufacturer takes its goods back anywhere': {
    file: 'src/judgement/diversion.ts',
    guard: '|| lot.issuer === act.actor',
    without: '',
    test: [
      'tests/scenarios/stories-of-records.test.ts',
      'the manufacturer takes back its own goods in Korea',
    ],
  },
  'whoever commissions may look before': {
    file: 'src/judgement/states.ts',
    guard: '|| act.actor === commission.actor',
    without: '',
    test: ['tests/scenarios/stories-of-goods.test.ts', 'the maker looks at its own labels'],
  },
  'a region is granted its radius': {
    file: 'src/judgement/clones.ts',
    guard: '- a.radius - b.radius',
    without: '',
    test: ['tests/scenarios/stories-of-records.test.ts', "a consumer's place is a wide region"],
  },
  'places the lot exempts are no market': {
    file: 'src/judgement/diversion.ts',
    guard: 'act.place !== undefined && (lot.payload.exemptSites?.includes(act.place) ?? false)',
    without: 'false',
    test: ['tests/scenarios/stories-of-records.test.ts', 'DV-01 a site the lot exempts'],
  },
  'spoilt labels may be replaced': {
    file: 'src/judgement/quantity.ts',
    guard: 'this.#units += units;',
    without: 'this.#units += units < 0 ? 0 : units;',
    test: ['tests/scenarios/stories-of-records.test.ts', 'spoilt labels are taken back and replaced'],
  },
  'only its signer takes an event back': {
    file: 'src/custody/withdrawals.ts',
    guard: 'if (act.actor !== correction.actor) return false;',
    without: '',
    test: ['tests/scenarios/stories-of-goods.test.ts', 'CO-06'],
  },
  'm missed steps are a gap': {
    file: 'src/custody/folding.ts',
    guard: 'this.#completion(this.state, act, policy, policy.missingStepsMax)',
    without: 'this.#completion(this.state, act, policy, 0)',
    test: ['tests/scenarios/stories-of-records.test.ts', 'CU-06 the receipt was not recorded'],
  },
  'who may have got the whole box is believed': {
    file: 'src/judgement/custody.ts',
    guard: 'if (next !== undefined && next.missing.length > 0) return false;',
    without: '',
    test: ['tests/scenarios/stories-of-records.test.ts', 'left its pallet by steps nobody recorded'],
  },
  "a box on its holder's own word was not surely with him": {
    file: 'src/judgement/custody.ts',
    guard: '&& !next.alone',
    without: '',
    test: ['tests/scenarios/stories-of-records.test.ts', "that only another's own word puts with him"],
  },
  'what may change places is not folded ahead': {
    file: 'src/custody/trunk.ts',
    guard: 'next.timeMs <= lastMs + toleranceMs',
    without: 'next.timeMs < lastMs',
    test: ['tests/custody/trunk.test.ts', 'where a clock was ahead by a minute'],
  },
  'what only its holder says is no better than a second line': {
    file: 'src/custody/folding.ts',
    guard: 'if (custody.claimed === act.actor) return true;',
    without: '',
    test: ['tests/custody/framing.test.ts', 'bear no weight after a box was claimed and emptied'],
  },
};

const rows = Object.entries(GUARDS);

describe('the table of guards', () => {
  it.each(rows)('%s: stands in the source once, beside a test that exists', (_, { file, guard, test }) => {
    expect(readFileSync(join(ROOT, file), 'utf8').split(guard).length - 1).toBe(1);
    const [path, name] = test;
    const text = readFileSync(join(ROOT, path), 'utf8');
    const stories = [...text.matchAll(/judgeFile\('(.+?)'\)/g)].map(([, file]) =>
      readFileSync(join(ROOT, 'tests/scenarios', file!), 'utf8'),
    );
    expect([text, ...stories].join('\n')).toContain(name.replace(/^"uses" /, ''));
  });
});

describe.skipIf(!SLOW)('without its guard', () => {
  it.each(rows)('%s: the named test fails', { timeout: 300_000 }, (_, { file, guard, without, test }) => {
    const folder = temporaryFolder();
    try {
      for (const part of [
        'src',
        'tests',
        'docs',
        'package.json',
        'tsconfig.json',
        'vitest.config.ts',
        'README.md',
      ]) {
        cpSync(join(ROOT, part), folder.file(part), { recursive: true });
      }
      symlinkSync(join(ROOT, 'node_modules'), folder.file('node_modules'));
      const path = folder.file(file);
      writeFileSync(path, readFileSync(path, 'utf8').replace(guard, without));
      expect(failsIn(folder.path, ...test)).toBe(true);
    } finally {
      folder.remove();
    }
  });
});

/** True if a test whose name holds `name` fails; throws if none was run. */
function failsIn(cwd: string, file: string, name: string): boolean {
  const pattern = name.replace(/[.*+?^$()[\]{}|\\]/g, String.raw`\$&`);
  const args = ['node_modules/vitest/vitest.mjs', 'run', file, '-t', pattern, '--reporter=json'];
  let output: string;
  try {
    output = execFileSync(process.execPath, args, {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    output = (error as { readonly stdout: string }).stdout;
  }
  const { numFailedTests, numPassedTests } = JSON.parse(output.slice(output.indexOf('{'))) as {
    readonly numFailedTests: number;
    readonly numPassedTests: number;
  };
  if (numFailedTests + numPassedTests === 0) throw new Error(`no test of ${file} is called "${name}"`);
  return numFailedTests > 0;
}
