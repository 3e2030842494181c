/**
 * Every public function, found through package.json, and every way to spoil the arguments of a good call.
 *
 * Reads  attempt.ts, values.ts.   Used by  functions.test.ts, classes.test.ts.
 * @module
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { faultOf } from './attempt.ts';
import type { AnyFunction, Recipe } from './recipes.ts';
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

/** All of them. */
export const functions = await publicFunctions();

/** True for a class. */
export function isClass(target: AnyFunction): boolean {
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

/** What is wrong with a function's answers to a good call and to every spoilt one. */
export async function faultsOf(
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

/** The first faults, and how many more there are. */
export function shown(faults: readonly string[]): readonly string[] {
  return faults.length <= FAULTS_SHOWN
    ? faults
    : [...faults.slice(0, FAULTS_SHOWN), `and ${faults.length - FAULTS_SHOWN} more`];
}

/** Longest that the attack on one function may take, ms. */
export const TIMEOUT_MS = 120_000;
