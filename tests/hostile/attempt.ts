/**
 * One attempt on a public function, and what may come of it: a value, or an error with a code, soon.
 *
 * Reads  src/errors.ts.   Used by  attack.ts.
 * @module
 */
import { errorCode } from '../../src/errors.ts';

/** Longest one call may take, ms; generous, since tests share the machine. */
const CALL_MS_MAX = 10_000;
const STEPS_MAX = 50;

/** Makes the call; returns what is wrong with the outcome, or undefined. */
export async function faultOf(call: () => unknown): Promise<string | undefined> {
  const startMs = performance.now();
  let fault: string | undefined;
  try {
    const result = call();
    if (result instanceof Promise) await inTime(result);
    else if (isIterable(result)) await consume(result);
  } catch (error) {
    if (!(errorCode(error) ?? '').startsWith('ERR_')) fault = spell(error);
  }
  const tookMs = performance.now() - startMs;
  return fault ?? (tookMs > CALL_MS_MAX ? `took ${tookMs} ms` : undefined);
}

async function inTime(promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('never settled')), CALL_MS_MAX);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function isIterable(value: unknown): value is AsyncIterable<unknown> | Iterator<unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Symbol.asyncIterator in value || ('next' in value && typeof value.next === 'function');
}

async function consume(iterable: AsyncIterable<unknown> | Iterator<unknown>): Promise<void> {
  const iterator = Symbol.asyncIterator in iterable ? iterable[Symbol.asyncIterator]() : iterable;
  for (let n = 0; n < STEPS_MAX; n++) {
    const { done } = await iterator.next();
    if (done === true) return;
  }
  await iterator.return?.();
}

function spell(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${typeof error}`;
  const at = /src\/[\w/.-]+:\d+/.exec(error.stack ?? '')?.[0] ?? '';
  return `${error.name}: ${error.message.slice(0, 90)} at ${at}`;
}
