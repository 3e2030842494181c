// Goal: whatever is thrown at a public function, it answers with a value or an error that has a code, and soon.
// Method: every function and class of every export subpath is found through package.json; each has a good call; one argument,
//         or one part of one, is replaced by each value of the one hostile table. A function without a recipe fails the test.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { installNativeCrypto } from '../../src/node/index.ts';
import { faultOf } from './attempt.ts';
import { CLASSES } from './classes.ts';
import { RECIPES, type AnyFunction, type Recipe } from './recipes.ts';
import { INNER_RECIPES } from './inner-recipes.ts';
import { HOSTILE_VALUES, INNER_VALUES } from './values.ts';

const root = new URL('../../', import.meta.url);
const DEPTH_MAX = 4;
/** Named in full; the rest are counted. */
const FAULTS_SHOWN = 12;

const exported = JSON.parse(readFileSync(fileURLToPath(new URL('package.json', root)), 'utf8')) as {
  exports: Record<string, string | { default: string }>;
};

/** Every exported function by identity, with the names it is exported under. */
async function publicFunctions(): Promise<ReadonlyMap<AnyFunction, readonly string[]>> {
  const found = new Map<AnyFunction, string[]>();
  for (const [subpath, target] of Object.entries(exported.exports)) {
    if (typeof target === 'string') continue;
    const file = target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts');
    const module = (await import(new URL(file, root).href)) as Record<string, unknown>;
    for (const [name, value] of Object.entries(module)) {
      if (typeof value !== 'function') continue;
      const names = found.get(value) ?? [];
      found.set(value, [...names, `${subpath} ${name}`]);
    }
  }
  return found;
}

const functions = await publicFunctions();

function isClass(target: AnyFunction): boolean {
  return Function.prototype.toString.call(target).startsWith('class');
}

/** Every list of arguments that has one thing in it spoilt, with what was spoilt. */
function* spoilt(
  args: readonly unknown[],
  deep: boolean,
): Iterable<readonly [what: string, args: readonly unknown[]]> {
  for (let i = 0; i < args.length; i++) {
    const replace = (value: unknown): readonly unknown[] => args.map((arg, n) => (n === i ? value : arg));
    for (const [name, make] of HOSTILE_VALUES) yield [`argument ${i} is ${name}`, replace(make())];
    if (deep)
      for (const [what, value] of spoiltParts(args[i], 1)) yield [`argument ${i}${what}`, replace(value)];
  }
  for (const [name, make] of HOSTILE_VALUES) yield [`all arguments are ${name}`, args.map(make)];
  yield ['no arguments', []];
}

/** A plain object or list with one part spoilt, each way. */
function* spoiltParts(value: unknown, depth: number): Iterable<readonly [what: string, value: unknown]> {
  if (!isPlain(value) || depth > DEPTH_MAX) return;
  const copy = (key: string, part: unknown): unknown =>
    Array.isArray(value)
      ? value.map((item: unknown, n) => (String(n) === key ? part : item))
      : { ...value, [key]: part };
  for (const [key, part] of Object.entries(value).slice(0, 30)) {
    for (const [name, make] of INNER_VALUES) yield [`.${key} is ${name}`, copy(key, make())];
    for (const [what, inner] of spoiltParts(part, depth + 1)) yield [`.${key}${what}`, copy(key, inner)];
  }
  if (Array.isArray(value)) yield [' doubled', [...value, ...value]];
  else yield [' has an unknown field', { ...value, hostile: 1 }];
}

function isPlain(value: unknown): value is object {
  if (Array.isArray(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype;
}

async function faultsOf(
  given: Recipe,
  call: (args: readonly unknown[]) => unknown,
): Promise<readonly string[]> {
  const args = await given.args();
  const good = await faultOf(() => call(args));
  const faults: string[] = good === undefined ? [] : [`a good call: ${good}`];
  for (const [what, bad] of spoilt(args, given.shallow !== true)) {
    const fault = await faultOf(() => call(bad));
    if (fault !== undefined) faults.push(`${what}: ${fault}`);
  }
  return faults;
}

function shown(faults: readonly string[]): readonly string[] {
  return faults.length <= FAULTS_SHOWN
    ? faults
    : [...faults.slice(0, FAULTS_SHOWN), `and ${faults.length - FAULTS_SHOWN} more`];
}

const TIMEOUT_MS = 120_000;

describe('the public functions', () => {
  it('each have a recipe here', () => {
    const uncovered = [...functions].filter(([target]) =>
      isClass(target) ? !CLASSES.has(target) : !RECIPES.has(target) && !INNER_RECIPES.has(target),
    );
    expect(uncovered.map(([, names]) => names)).toEqual([]);
  });

  for (const [target, names] of functions) {
    const given = RECIPES.get(target) ?? INNER_RECIPES.get(target);
    if (given === undefined) continue;
    it(
      `answer hostile arguments with a value or a coded error: ${names.join(', ')}`,
      { timeout: TIMEOUT_MS },
      async () => {
        const call = target as (...args: readonly unknown[]) => unknown;
        try {
          expect(shown(await faultsOf(given, (args) => call(...args)))).toEqual([]);
        } finally {
          installNativeCrypto();
        }
      },
    );
  }
});

describe('the public classes', () => {
  for (const [target, names] of functions) {
    const known = CLASSES.get(target);
    if (known === undefined) continue;
    it(`have every method covered: ${names.join(', ')}`, () => {
      const own = Object.getOwnPropertyNames(target.prototype).filter((name) => {
        const { value } = Object.getOwnPropertyDescriptor(target.prototype, name)!;
        return name !== 'constructor' && typeof value === 'function';
      });
      const statics = Object.getOwnPropertyNames(target).filter(
        (name) => typeof (target as unknown as Record<string, unknown>)[name] === 'function',
      );
      expect(Object.keys(known.methods).sort()).toEqual(own.sort());
      expect(Object.keys(known.statics).sort()).toEqual(statics.sort());
    });

    it(
      `answer hostile arguments with a value or a coded error: ${names.join(', ')}`,
      { timeout: TIMEOUT_MS },
      async () => {
        const faults: string[] = [];
        const run = async (
          name: string,
          given: Recipe,
          call: (args: readonly unknown[]) => unknown,
        ): Promise<void> => {
          for (const fault of await faultsOf(given, call)) faults.push(`${name}: ${fault}`);
        };
        const construct = target as unknown as new (...args: readonly unknown[]) => object;
        if (known.construct !== undefined)
          await run('new', known.construct, (args) => new construct(...args));
        for (const [name, given] of Object.entries(known.statics)) {
          const method = (target as unknown as Record<string, AnyFunction>)[name]!;
          await run(name, given, (args) => method.apply(target, args) as unknown);
        }
        for (const [name, given] of Object.entries(known.methods)) {
          const self = (await known.make()) as Record<string, AnyFunction>;
          await run(name, given, (args) => self[name]!.apply(self, args) as unknown);
        }
        expect(shown(faults)).toEqual([]);
      },
    );
  }
});
