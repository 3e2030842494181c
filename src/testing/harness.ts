// Browser-safe.
/**
 * What the exported suites need of a test runner and of the store under test. Fits vitest and jest as they are.
 *
 * Reads  nothing but types.   Used by  store-conformance.ts and its parts.
 * @module
 */
import { assertIterable, assertObject } from '../bytes/index.ts';
import { errorCode } from '../errors.ts';
import type { LogStore } from '../log/index.ts';

/** The part of a test runner that the suites use. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
  readonly expect: (value: unknown) => {
    toBe(expected: unknown): unknown;
    toEqual(expected: unknown): unknown;
  };
}

/** One new, empty log, in which each test works alone. */
export interface StoreUnderTest {
  /** A handle on the log; called several times, also after earlier handles were closed. */
  open(): Promise<LogStore>;
  /** Called at the end, when all handles were closed. */
  remove(): Promise<void>;
}

/** What a store claims to do; tests of what it does not claim are left out. */
export interface StoreManifest {
  /** The log outlives the closing of its last handle. */
  readonly persistent: boolean;
}

/** Makes a new, empty log for each test. */
export interface StoreFactory {
  readonly manifest: StoreManifest;
  create(): Promise<StoreUnderTest>;
}

/** Passed to each group of tests. */
export interface Suite extends TestRunner {
  readonly manifest: StoreManifest;
  /** A test with a fresh log; `open` gives handles, all closed afterwards. */
  readonly test: (name: string, body: (open: () => Promise<LogStore>) => Promise<void>) => void;
}

/** The suite's view of a runner and a factory. */
export function createSuite(runner: TestRunner, factory: StoreFactory): Suite {
  assertObject('runner', runner, ['describe', 'it', 'expect']);
  assertObject('factory', factory, ['create']);
  return {
    ...runner,
    manifest: factory.manifest,
    test(name, body) {
      runner.it(name, async () => {
        const log = await factory.create();
        const handles: LogStore[] = [];
        try {
          await body(async () => {
            const handle = await log.open();
            handles.push(handle);
            return handle;
          });
        } finally {
          for (const handle of handles) await handle.close();
          await log.remove();
        }
      });
    },
  };
}

/** The code of the error a promise rejects with, its name if it has none, or "resolved". */
export async function rejection(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'resolved';
  } catch (error) {
    return errorCode(error) ?? (error instanceof Error ? error.name : String(error));
  }
}

/** All items of an async iterable. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of assertIterable('items', items)) list.push(item);
  return list;
}
