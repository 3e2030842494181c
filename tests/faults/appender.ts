/**
 * A process that appends to a log until it is done or killed, and prints every index only after it was acknowledged.
 *
 * Run as `node --import tsx appender.ts <file> <name> <count> <create|open> <wait|go>`. Prints `ready`, with
 * `wait` waits there, and at half of its work, for a byte on its standard input, then `<index> <statement>` lines,
 * then `done`; on a refusal `failed <code> <fatal>` and exits with 3.
 * @module
 */
import { readSync, writeSync } from 'node:fs';
import { StoreError, errorCode } from '../../src/errors.ts';
import { GroupCommitter } from '../../src/log/index.ts';
import { installNativeCrypto, nativeSigner } from '../../src/node/index.ts';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { SAMPLE_ORIGIN, sampleStatement } from '../../src/testing/index.ts';

const CALLERS = 4;
const [path = '', name = '', count = '0', create, wait] = process.argv.slice(2);
// Reached only where the file size is limited: the limit must come as an error of the write, not end the process.
process.on('SIGXFSZ', () => {});

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

/** In step with the other processes: says where it is and goes on at a byte from its standard input. */
function rendezvous(line: string): void {
  say(line);
  if (wait === 'wait') readSync(0, new Uint8Array(1));
}

installNativeCrypto();
rendezvous('ready');
const store = await SqliteStore.open(path, { create: create === 'create' });
const committer = new GroupCommitter({
  store,
  origin: SAMPLE_ORIGIN,
  signer: { name: SAMPLE_ORIGIN, signer: nativeSigner(new Uint8Array(32).fill(7)) },
  now: Date.now,
});

let next = 0;
async function caller(): Promise<void> {
  while (next < Number(count)) {
    if (next === Number(count) / 2) rendezvous('half');
    const text = `${name}/${next++}`;
    const statements = [sampleStatement(text, ['all', text])];
    const { indexes } = await committer.append({
      statements,
      validatedSize: 0,
      revalidate: async () => statements,
    });
    say(`${indexes[0]!} ${text}`);
  }
}

try {
  await Promise.all(Array.from({ length: CALLERS }, caller));
  await committer.close();
  await store.close();
  say('done');
} catch (error) {
  const again = await committer
    .append({ statements: [sampleStatement('x')], validatedSize: 0, revalidate: async () => [] })
    .then(() => 'appended', errorCode);
  say(`failed ${errorCode(error)} ${error instanceof StoreError && error.fatal} ${again}`);
  process.exitCode = 3;
}
