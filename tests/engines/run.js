/**
 * One engine's answers about a corpus, as a line of JSON: node run.js <corpus file> [native]
 *
 * Reads  check.js; with `native` node:crypto is installed first.   Used by  verdicts.test.ts.
 * @module
 */
import { readFileSync } from 'node:fs';
import { installNativeCrypto } from '../../dist/node/index.js';
import { check } from './check.js';

const [, , file, native] = process.argv;
if (native === 'native') installNativeCrypto();
const answers = await check(new Uint8Array(readFileSync(file)));
process.stdout.write(`${JSON.stringify({ version: process.version, ...answers })}\n`);
