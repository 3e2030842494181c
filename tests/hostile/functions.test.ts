// Goal: whatever is thrown at a public function, it answers with a value or an error that has a code, and soon.
// Method: every function and class of every export subpath is found through package.json; each has a good call; one argument,
//         or one part of one, is replaced by each value of the one hostile table. A function without a recipe fails the test.
import { describe, expect, it } from 'vitest';
import { installNativeCrypto } from '../../src/node/index.ts';
import { faultsOf, functions, isClass, shown, TIMEOUT_MS } from './attack.ts';
import { CLASSES } from './classes.ts';
import { INNER_RECIPES } from './inner-recipes.ts';
import { RECIPES } from './recipes.ts';

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
