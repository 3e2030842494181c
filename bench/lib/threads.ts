/**
 * Worker threads that run the benchmark's own TypeScript files.
 *
 * Reads  tsx.   Used by  logs.ts.
 * Note   a thread does not inherit the loader of TypeScript, so it registers it itself; `tsx` is looked up from the working
 *        directory, the project's folder.
 * @module
 */
import { Worker } from 'node:worker_threads';

/** A worker thread that runs a TypeScript file. */
export function threadOf(file: URL, workerData: unknown): Worker {
  const start = `import('tsx/esm/api').then(({ register }) => {
    register();
    return import(${JSON.stringify(file.href)});
  });`;
  return new Worker(start, { eval: true, workerData, execArgv: [] });
}
