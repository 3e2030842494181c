// Goal: whatever is thrown at a public method, it answers with a value or an error that has a code, and soon.
// Method: every function and class of every export subpath is found through package.json; each has a good call; one argument,
//         or one part of one, is replaced by each value of the one hostile table. A method without a recipe fails the test.
import { afterAll, describe, expect, it } from 'vitest';
import { faultsOf, functions, shown, TIMEOUT_MS } from './attack.ts';
import { CLASSES, folder } from './classes.ts';
import type { AnyFunction, Recipe } from './recipes.ts';

afterAll(() => folder.remove());

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
