// Goal: the repository keeps its own house rules: sizes, heads, documents, codes, no loose ends.
// Method: every text file of the project is read and checked; a failure names the file.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CODES } from '../../src/judgement/index.ts';
import { ROOT, codeOnly, proseOnly, read, sources, type Source } from './sources.ts';

const LINES_MAX = 500;
const FUNCTION_LINES_MAX = 80;
/** Lines within which a head must have ended. */
const HEAD_LINES_MAX = 25;

const typescript = ['src/', 'tests/', 'examples/', 'bench/'].flatMap((prefix) => sources(prefix, '.ts'));
const library = sources('src/', '.ts');
const documents = sources('', '.md');
const everything = sources('', '');

const where = (found: readonly Source[]): readonly string[] => found.map(({ path }) => path);

describe('every file', () => {
  it(`has at most ${LINES_MAX} lines`, () => {
    const long = everything.filter(
      ({ path, text }) => !path.endsWith('.json') && text.split('\n').length > LINES_MAX + 1,
    );
    expect(where(long)).toEqual([]);
  });

  it('says nothing of unfinished work', () => {
    const marks = new RegExp(
      `\\b(?:${['TO', 'FIX', 'X', 'HA'].map((w, i) => w + ['DO', 'ME', 'XX', 'CK'][i]!).join('|')})\\b`,
    );
    expect(where(everything.filter(({ path, text }) => path !== 'LICENSE' && marks.test(text)))).toEqual([]);
  });

  it('names no path of anybody’s machine', () => {
    const paths = new RegExp(
      `(?<![\\w.:/-])/(?:${['home', 'root', 'Users', 'work', 'tmp', 'mnt'].join('|')})/\\w|[A-Z]:\\\\Users`,
    );
    expect(where(everything.filter(({ text }) => paths.test(text)))).toEqual([]);
  });

  it('ends with one line feed and has no carriage return', () => {
    const odd = everything.filter(
      ({ text }) => text.includes('\r') || !text.endsWith('\n') || text.endsWith('\n\n'),
    );
    expect(where(odd)).toEqual([]);
  });
});

describe('every TypeScript file', () => {
  it(`has no function of more than ${FUNCTION_LINES_MAX} lines`, () => {
    const long = typescript.flatMap(({ path, text }) =>
      functionsOf(text)
        .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
        .map(({ name, lines }) => `${path}: ${name} (${lines} lines)`),
    );
    expect(long).toEqual([]);
  });

  it('has no default export', () => {
    const found = typescript.filter(({ text }) => /^export default/m.test(codeOnly(text)));
    expect(where(found)).toEqual([]);
  });
});

describe('every file of the library', () => {
  it('opens with a head that says what it is, where it sits and what it never does', () => {
    const headless = library.filter(({ path, text }) => {
      const head = headOf(text);
      if (head === undefined) return true;
      return !path.endsWith('index.ts') && !(/ \* Reads {2}/.test(head) && /Used by {2}/.test(head));
    });
    expect(where(headless)).toEqual([]);
  });

  it('is marked browser-safe exactly if it imports nothing of Node', () => {
    const nodeOnly = /^src\/(?:node|cli|store\/sqlite)\/|^src\/node-entry\.ts$/;
    const wrong = library.filter(
      ({ path, text }) => text.startsWith('// Browser-safe.\n') === nodeOnly.test(path),
    );
    expect(where(wrong)).toEqual([]);
  });

  it('explains every exported function and class', () => {
    const bare = library.flatMap(({ path, text }) => {
      const lines = text.split('\n');
      return lines.flatMap((line, i) => {
        const name = /^export (?:async )?(?:function\*?|class|abstract class) ([\w$]+)/.exec(line)?.[1];
        const isOverload = name !== undefined && lines.some((other, j) => j < i && declares(other, name));
        return name === undefined || isOverload || lines[i - 1]!.trim().endsWith('*/')
          ? []
          : [`${path}: ${name}`];
      });
    });
    expect(bare).toEqual([]);
  });
});

describe('every test file', () => {
  it('opens with its goal and its method', () => {
    const tests = sources('tests/', '.test.ts');
    const odd = tests.filter(({ text }) => !/^\/\/ Goal: .+\n(?:\/\/ .+\n)*?\/\/ Method: .+\n/.test(text));
    expect(where(odd)).toEqual([]);
  });
});

describe('every document', () => {
  it('has one heading of the first level', () => {
    const odd = documents.filter(({ text }) => (proseOnly(text).match(/^# /gm) ?? []).length !== 1);
    expect(where(odd)).toEqual([]);
  });

  it('links only to files that exist', () => {
    const dead = documents.flatMap(({ path, text }) =>
      [...proseOnly(text).matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target]) => target!.replace(/#.*$/, ''))
        .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
        .filter((target) => !existsSync(join(ROOT, dirname(path), target)))
        .map((target) => `${path}: ${target}`),
    );
    expect(dead).toEqual([]);
  });

  it('numbers the decisions without a gap', () => {
    const numbers = sources('docs/decisions/', '.md').map(({ path }) =>
      Number(/(\d{4})-[^/]+$/.exec(path)?.[1]),
    );
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
  });

  it('gives each decision its context, choice, rejected ways and cost', () => {
    const parts = ['Context', 'Choice', 'Rejected', 'Cost'];
    const odd = sources('docs/decisions/', '.md').filter(({ text }) => {
      const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
      return headings.join() !== parts.join() || text.split('\n').length > 60;
    });
    expect(where(odd)).toEqual([]);
  });
});

describe('error codes', () => {
  const declared = [...new Set(read('src/errors.ts').match(/ERR_[A-Z_]+/g) ?? [])].sort();
  const outOfReach = (path: string): boolean => path === 'src/errors.ts' || path.startsWith('src/cli/');

  it('stand in the README’s table, each once, and no others', () => {
    const rows = [...read('README.md').matchAll(/^\| `(ERR_[A-Z_]+)` \| (.+) \| (.+) \| (.+) \|$/gm)];
    expect(rows.map(([, code]) => code!).sort()).toEqual(declared);
  });

  it('are each thrown or answered somewhere in the library', () => {
    const rest = library.filter(({ path }) => !outOfReach(path)).map(({ text }) => text);
    // Argument errors and the internal one are made by functions of errors.ts itself.
    const made = (
      read('src/errors.ts').match(/'ERR_[A-Z_]+'(?= as const| ?,)|super\('ERR_[A-Z_]+'/g) ?? []
    ).join();
    const unused = declared.filter(
      (code) => !rest.some((text) => text.includes(`'${code}'`)) && !made.includes(`'${code}'`),
    );
    expect(unused).toEqual([]);
  });
});

describe('finding codes', () => {
  it('stand in the README’s table, each once, and no others', () => {
    const rows = [...read('README.md').matchAll(/^\| `([A-Z]{2}-\d\d)` ([a-z-]+) \| (L[\dL, ]+) \|/gm)];
    const listed = rows.map(([, code, name, levels]) => `${code} ${name} ${levels}`).sort();
    const known = Object.entries(CODES)
      .map(([code, row]) => `${code} ${row.name} ${row.levels.map((level) => `L${level}`).join(', ')}`)
      .sort();
    expect(listed).toEqual(known);
  });
});

/** The head comment of a file, with the browser mark before it; undefined if there is none. */
function headOf(text: string): string | undefined {
  const head = /^(?:#!.*\n)?(?:\/\/ Browser-safe\.\n)?(\/\*\*\n(?: \*.*\n)+? \* @module\n \*\/\n)/.exec(
    text,
  )?.[1];
  return head !== undefined && head.split('\n').length <= HEAD_LINES_MAX ? head : undefined;
}

function declares(line: string, name: string): boolean {
  return new RegExp(`^export (?:async )?function\\*? ${name}\\b`).test(line);
}

/** Functions and methods, by the indentation of their closing brace. */
function functionsOf(text: string): readonly { name: string; lines: number }[] {
  const lines = text.split('\n');
  const declared = /^(\s*)(?:export )?(?:async )?function\*? ?([\w$]+)/;
  const method =
    /^(\s+)(?:(?:static|async|get|set) )*\*?(#?[\w$]+)(?:<[^(]*>)?\((?:(?!=>).)*\)(?:: (?:(?!=>).)+)? \{$/;
  return lines.flatMap((line, i) => {
    const [, indent, name] = declared.exec(line) ?? method.exec(line) ?? [];
    if (indent === undefined || name === undefined) return [];
    const end = lines.findIndex((other, j) => j > i && (other === `${indent}}` || other === `${indent}},`));
    return end < 0 ? [] : [{ name, lines: end - i + 1 }];
  });
}
