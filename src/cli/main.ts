#!/usr/bin/env node
/**
 * The `countermark` program: prints and exits.
 *
 * Reads  run.ts.   Used by  package.json "bin".
 * @module
 */
import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2));
