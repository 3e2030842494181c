// Goal: whatever says it is browser-safe is: nothing of Node and no native module can be reached from it.
// Method: the import graph of src/, read from the source text, followed from every file marked `// Browser-safe.`
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const source = join(root, 'src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(source, name));

/** Specifiers a file imports, types too: a type from a Node module would break a browser's type check. */
function importsOf(path: string): readonly string[] {
  const text = withoutComments(readFileSync(path, 'utf8'));
  const found = [
    ...text.matchAll(
      /^(?:import|export)\b[^;]*?\bfrom '([^'\n]+)';|^import '([^'\n]+)';|\b(?:import|require)\('([^'\n]+)'\)/gm,
    ),
  ];
  return found.map((match) => match[1] ?? match[2] ?? match[3]!);
}

function withoutComments(text: string): string {
  return text.replace(/^\s*(\/\/|\/?\*).*$/gm, '');
}

function isMarked(path: string): boolean {
  return readFileSync(path, 'utf8').startsWith('// Browser-safe.\n');
}

function nameOf(path: string): string {
  return relative(source, path);
}

/** Everything outside the project that can be reached from a file, with the file that names it. */
function outsideOf(start: string): ReadonlyMap<string, string> {
  const outside = new Map<string, string>();
  const seen = new Set<string>();
  const pending = [start];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const specifier of importsOf(path)) {
      if (specifier.startsWith('.')) pending.push(resolve(dirname(path), specifier));
      else outside.set(specifier, nameOf(path));
    }
  }
  return outside;
}

const marked = files.filter(isMarked);
/** Rooms of the trusted core, and what stands on it without Node. */
const CORE = ['bytes', 'crypto', 'merkle', 'note', 'log', 'gs1', 'epcis', 'statement', 'registry', 'custody'];
const BROWSER_ROOMS = [...CORE, 'judgement', 'store/memory', 'audit', 'ledger'];

describe('the browser-safe mark', () => {
  it('stands on every file of the core rooms and of the memory store', () => {
    expect(marked.length).toBeGreaterThan(80);
    const unmarked = files.filter((path) => {
      const name = nameOf(path);
      return BROWSER_ROOMS.some((room) => name.startsWith(`${room}/`)) && !isMarked(path);
    });
    expect(unmarked.map(nameOf)).toEqual([]);
  });

  it('stands on no file from which a node: module or a native one can be reached', () => {
    const offences = marked.flatMap((path) =>
      [...outsideOf(path)]
        .filter(([specifier]) => !specifier.startsWith('@noble/'))
        .map(([specifier, by]) => `${nameOf(path)} reaches ${specifier} through ${by}`),
    );
    expect(offences).toEqual([]);
  });

  it('leaves the two noble packages as all the core needs', () => {
    const needed = new Set(marked.flatMap((path) => [...outsideOf(path).keys()]));
    const packages = [...needed].map((specifier) => specifier.split('/').slice(0, 2).join('/'));
    expect([...new Set(packages)].sort()).toEqual(['@noble/ed25519', '@noble/hashes']);
  });

  it('follows imports that exist', () => {
    for (const path of files) {
      for (const specifier of importsOf(path).filter((name) => name.startsWith('.'))) {
        expect([nameOf(path), specifier, existsSync(resolve(dirname(path), specifier))]).toEqual([
          nameOf(path),
          specifier,
          true,
        ]);
      }
    }
  });

  it('is true of the globals too: no Buffer, process, require or __dirname is used', () => {
    const offences = marked.flatMap((path) => {
      const text = withoutComments(readFileSync(path, 'utf8')).replace(/'(?:[^'\\\n]|\\.)*'|`[^`]*`/g, "''");
      const found = /\b(Buffer|process|require|__dirname|__filename|setImmediate)\b(?!['\w-])/.exec(text);
      return found === null ? [] : [`${nameOf(path)} uses ${found[1]}`];
    });
    expect(offences).toEqual([]);
  });

  it('holds for every export condition a browser would take', () => {
    const exported = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      exports: Record<string, string | { default: string }>;
    };
    const nodeOnly = ['./node', './store/sqlite', './package.json', './testing'];
    for (const [subpath, target] of Object.entries(exported.exports)) {
      if (typeof target === 'string' || nodeOnly.includes(subpath)) continue;
      const path = join(source, target.default.replace('./dist/', '').replace(/\.js$/, '.ts'));
      expect([subpath, isMarked(path)]).toEqual([subpath, true]);
    }
  });
});
