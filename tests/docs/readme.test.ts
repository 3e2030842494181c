// Goal: the code in README.md runs as printed, against the built package, and prints what is printed below it.
// Method: each block is put into a file of its own, in a folder where the package is installed by name, and run by Node.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CODES, type CodeRow } from '../../src/judgement/index.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { ROOT, read, sources } from '../tidy/sources.ts';
import { blocksOf } from './blocks.ts';
import { findingsDocument } from './findings.ts';

const folder = temporaryFolder();
const programs = blocksOf('README.md', 'ts');
const outputs = blocksOf('README.md', 'text');
const readme = read('README.md');

interface Package {
  readonly scripts: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}
const { scripts, exports } = JSON.parse(read('package.json')) as Package;

beforeAll(() => {
  mkdirSync(folder.file('node_modules'));
  symlinkSync(ROOT, folder.file('node_modules/countermark'), 'dir');
});
afterAll(() => folder.remove());

describe('README.md', () => {
  it('stands on a built package', () => {
    expect(existsSync(join(ROOT, 'dist/index.js')), 'run "npm run build" first').toBe(true);
  });

  it.each(programs.map((program, i) => [i + 1, program] as const))(
    'runs its program %i',
    (number, program) => {
      const file = folder.file(`program-${number}.mjs`);
      writeFileSync(file, program);
      const output = execFileSync(process.execPath, [file], { cwd: folder.path, encoding: 'utf8' });
      expect(output).toBe(outputs[number - 1]);
    },
  );

  it('keeps its quickstart to ten lines after the imports', () => {
    const [imports, body] = programs[0]!.split('\n\n');
    expect(imports!.split('\n').every((line) => line.startsWith('import '))).toBe(true);
    expect(body!.trimEnd().split('\n')).toHaveLength(10);
  });

  it('names only subpaths and scripts there are, and every room in its table', () => {
    const subpaths = [...readme.matchAll(/(?:'countermark|`\.)\/([a-z\d/-]+)['`]/g)].map(
      ([, name]) => `./${name}`,
    );
    expect(subpaths.filter((name) => !(name in exports))).toEqual([]);
    const named = new Set(subpaths);
    const unnamed = Object.keys(exports).filter((name) => !named.has(name));
    expect(unnamed).toEqual(['.', './errors', './package.json']);
    const run = [...readme.matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name!);
    expect(run.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('names only functions the named rooms export', async () => {
    const missing: string[] = [];
    for (const [, symbols, layers] of readme.matchAll(/^\| (`.+?) \| .+ \| ((?:`\.[^|]*)) \|$/gm)) {
      const exported = new Set<string>();
      for (const [, layer] of layers!.matchAll(/`(\.[a-z\d/]*)`/g)) {
        const { default: file } = exports[layer!] as { default: string };
        const room = (await import(
          join(ROOT, file.replace('./dist/', 'src/').replace(/\.js$/, '.ts'))
        )) as object;
        for (const name of Object.keys(room)) exported.add(name);
        if (layer === '.') exported.add('ledger');
      }
      const names = [...symbols!.matchAll(/`([^`]+)`/g)].flatMap(([, text]) => text!.split(' '));
      for (const name of names.map((text) => text.replace(/\..*|\(.*/, ''))) {
        if (!exported.has(name)) missing.push(name);
      }
    }
    expect(missing).toEqual([]);
  });

  it('says of each finding what the table of codes says', () => {
    const rows = [
      ...readme.matchAll(/^\| `([A-Z]{2}-\d\d)` [a-z-]+ \| [^|]+ \| (.+?) \| .+? \| ([PSTD]) \|$/gm),
    ];
    const known = Object.entries<CodeRow>(CODES).map(
      ([code, row]) => `${code} ${row.meaning} ${row.evidence}`,
    );
    expect(rows.map(([, code, meaning, evidence]) => `${code} ${meaning} ${evidence}`)).toEqual(known);
  });

  it('lists the error codes of the command line', () => {
    const [failure] = sources('src/cli/failure', '.ts');
    const union = /type CliErrorCode =([^;]+);/.exec(failure?.text ?? '')?.[1] ?? '';
    const codes = union.match(/ERR_[A-Z_]+/g) ?? [];
    const listed = [...readme.matchAll(/^\| `(ERR_[A-Z_]+)` \| [^|]+ \| \d+ \|$/gm)].map(([, code]) => code);
    expect(listed).toEqual(codes);
  });
});

describe('docs/findings.md', () => {
  it('is what the table of codes gives (npx tsx tests/docs/findings.ts)', () => {
    expect(readFileSync(join(ROOT, 'docs/findings.md'), 'utf8')).toBe(findingsDocument());
  });
});
