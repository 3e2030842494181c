// Goal: arrows point down, and the core computes the same everywhere: what is forbidden is really reported by the linter.
// Method: the project's own linter configuration in a temporary folder, beside small files that break each rule once.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary.ts';
import { ROOT, codeOnly, sources } from './sources.ts';

/** What each room may import, beside errors.ts: the house of the design, from the ground up. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  bytes: [],
  crypto: ['bytes'],
  merkle: ['bytes', 'crypto'],
  note: ['bytes', 'crypto', 'merkle'],
  log: ['bytes', 'crypto', 'merkle', 'note'],
  gs1: ['bytes', 'crypto'],
  epcis: ['bytes', 'crypto', 'gs1'],
  statement: ['bytes', 'crypto', 'note', 'gs1', 'epcis'],
  registry: ['bytes', 'crypto', 'gs1', 'epcis', 'statement'],
  custody: ['bytes', 'crypto', 'log', 'gs1', 'epcis', 'statement', 'registry'],
  judgement: ['bytes', 'crypto', 'gs1', 'epcis', 'statement', 'registry', 'custody'],
  'store/memory': ['bytes', 'crypto', 'merkle', 'note', 'log'],
  'store/sqlite': ['bytes', 'crypto', 'merkle', 'note', 'log'],
  node: ['bytes', 'crypto', 'gs1'],
  testing: ['bytes', 'crypto', 'merkle', 'note', 'log'],
  audit: words('bytes crypto merkle note log gs1 epcis statement registry custody judgement'),
  ledger: words('bytes crypto merkle note log gs1 epcis statement registry custody judgement audit'),
};
const ROOMS = [...Object.keys(MAY_IMPORT), 'cli'];
/** Rooms whose verdicts must be equal on every machine. */
const CORE = words('bytes crypto merkle note log gs1 epcis statement registry custody judgement');
/** Rooms that run in a browser. */
const PORTABLE = [...CORE, 'store/memory', 'testing', 'audit', 'ledger'];

const UNEQUAL: readonly string[] = [
  'Math.floor(1.5)',
  'Math.sin(1)',
  'Math.random()',
  'Math.PI',
  'new Date()',
  'Date.now()',
  'globalThis.Date.parse("")',
  'Intl.Collator',
  "'a'.localeCompare('b')",
  "'a'.toLocaleUpperCase()",
  'performance.now()',
  'crypto.getRandomValues(new Uint8Array(1))',
];
const EQUAL = ['Math.min(1, 2)', 'Math.max(1, 2)', 'Math.sqrt(2)', 'Math.abs(-1)', 'Math.imul(1, 2)'];

interface Report {
  readonly filename: string;
  readonly code: string;
  readonly line: number;
}

const folder = temporaryFolder();
let reports: readonly Report[] = [];

beforeAll(() => {
  copyFileSync(join(ROOT, '.oxlintrc.json'), folder.file('.oxlintrc.json'));
  for (const room of ROOMS) {
    const up = '../'.repeat(room.split('/').length);
    write(
      `src/${room}/rooms.ts`,
      ROOMS.filter((other) => other !== room).map((other) => `export * from '${up}${other}/index.ts';`),
    );
    write(`src/${room}/errors.ts`, [`export * from '${up}errors.ts';`]);
    write(`src/${room}/types.ts`, [`export type { Ledger } from '${up}ledger/index.ts';`]);
    write(`src/${room}/entry.ts`, [`export * from '${up}index.ts';`, `export * from '${up}node-entry.ts';`]);
    write(`src/${room}/packages.ts`, ["export * from 'node:fs';", "export * from 'better-sqlite3';"]);
    write(`src/${room}/later.ts`, [`export const later = import('${up}ledger/index.ts');`]);
    write(
      `src/${room}/unequal.ts`,
      UNEQUAL.map((code, i) => `export const v${i} = ${code};`),
    );
    write(
      `src/${room}/equal.ts`,
      EQUAL.map((code, i) => `export const v${i} = ${code};`),
    );
  }
  write('src/crypto/random.ts', ['export const drawn = crypto.getRandomValues(new Uint8Array(1));']);
  write('src/ring/a.ts', ["import { b } from './b.ts';", 'export const a = (): unknown => b;']);
  write('src/ring/b.ts', ["import { a } from './a.ts';", 'export const b = (): unknown => a;']);
  reports = lint();
}, 60_000);

afterAll(() => folder.remove());

describe('the linter', () => {
  it('reports every import that points up, and no other', () => {
    const wrong: string[] = [];
    for (const room of ROOMS) {
      const lines = linesOf(`src/${room}/rooms.ts`, 'no-restricted-imports');
      ROOMS.filter((other) => other !== room).forEach((other, i) => {
        const allowed = room === 'cli' ? other !== 'testing' : MAY_IMPORT[room]!.includes(other);
        if (lines.includes(i + 1) === allowed) wrong.push(`${room} -> ${other}`);
      });
    }
    expect(wrong).toEqual([]);
  });

  it('lets every room import errors.ts, and none but the command line the package’s entries', () => {
    for (const room of ROOMS) {
      expect(linesOf(`src/${room}/errors.ts`, 'no-restricted-imports'), room).toEqual([]);
      const expected = room === 'cli' ? [] : [1, 2];
      expect(linesOf(`src/${room}/entry.ts`, 'no-restricted-imports'), room).toEqual(expected);
    }
  });

  it('reports imports of types and imports made later like any other', () => {
    for (const room of ROOMS.filter((name) => name !== 'ledger' && name !== 'cli')) {
      expect(linesOf(`src/${room}/types.ts`, 'no-restricted-imports'), room).toEqual([1]);
      expect(linesOf(`src/${room}/later.ts`, 'no-restricted-imports'), room).toEqual([1]);
    }
  });

  it('keeps node: modules and packages out of everything that runs in a browser', () => {
    for (const room of PORTABLE) {
      expect(linesOf(`src/${room}/packages.ts`, 'no-restricted-imports'), room).toEqual([1, 2]);
    }
  });

  it('reports whatever engines may compute differently in the core, and nothing that is exact', () => {
    const all = UNEQUAL.map((_, i) => i + 1);
    for (const room of CORE) {
      expect(linesOf(`src/${room}/unequal.ts`, 'no-restricted-'), room).toEqual(all);
      expect(linesOf(`src/${room}/equal.ts`, 'no-restricted-'), room).toEqual([]);
    }
  });

  it('lets one file of the core draw random bytes', () => {
    expect(linesOf('src/crypto/random.ts', 'no-restricted-')).toEqual([]);
  });

  it('reports a circle of imports', () => {
    expect(reports.filter(({ code }) => code.includes('no-cycle')).length).toBeGreaterThan(0);
  });
});

describe('the source', () => {
  it('has no folder the layering does not know', () => {
    const rooms = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
      .filter((item) => item.isDirectory())
      .flatMap(({ name }) =>
        name === 'store' ? readdirSync(join(ROOT, 'src/store')).map((s) => `store/${s}`) : name,
      );
    expect(rooms.filter((room) => !ROOMS.includes(room))).toEqual([]);
  });

  it('never uses the operator ** in the core, for which the linter has no rule', () => {
    const found = CORE.flatMap((room) => sources(`src/${room}/`, '.ts'))
      .filter(({ text }) => /\*\*/.test(codeOnly(text)))
      .map(({ path }) => path);
    expect(found).toEqual([]);
  });

  it('turns no rule off by a comment', () => {
    const off = /oxlint-disable|eslint-disable|@ts-(?:ignore|expect-error|nocheck)/;
    const found = ['src/', 'examples/', 'bench/'].flatMap((prefix) => sources(prefix, '.ts'));
    expect(found.filter(({ text }) => off.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

function words(text: string): readonly string[] {
  return text.split(' ');
}

function write(path: string, lines: readonly string[]): void {
  const file = folder.file(path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${lines.join('\n')}\n`);
}

/** Lines of a file reported by rules whose name holds `rule`. */
function linesOf(path: string, rule: string): readonly number[] {
  const lines = reports.filter(({ filename, code }) => filename === path && code.includes(rule));
  return [...new Set(lines.map(({ line }) => line))].sort((a, b) => a - b);
}

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
  readonly labels: readonly { readonly span: { readonly line: number } }[];
}

function lint(): readonly Report[] {
  const linter = join(ROOT, 'node_modules/oxlint/bin/oxlint');
  let output: string;
  try {
    output = execFileSync(process.execPath, [linter, '-f', 'json', '.'], {
      cwd: folder.path,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    // It found something, as it should: then its exit code is 1.
    output = (error as { stdout: string }).stdout;
  }
  const { diagnostics } = JSON.parse(output) as { diagnostics: readonly Diagnostic[] };
  return diagnostics.map(({ code, filename, labels }) => ({ code, filename, line: labels[0]!.span.line }));
}
