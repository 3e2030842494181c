/**
 * A process that appends signed statements through a Ledger on SQLite until it is killed, and prints each one's entry and
 * row of the index only after it was acknowledged.
 *
 * Run as `node --import tsx ledger-appender.ts <file> <name>`. Prints `ready`, then `<entry> <posting subject> <count>` lines. Events
 * come alone and in calls of ten, with a registry statement now and then.
 * @module
 */
import { writeSync } from 'node:fs';
import { toBase64url } from '../../src/bytes/index.ts';
import { sequenceSubject, signatureMark } from '../../src/custody/index.ts';
import { Ledger } from '../../src/ledger/index.ts';
import { readEnvelope } from '../../src/statement/index.ts';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { lotStatement, made, seen } from '../ledger/bench.ts';
import { logKey, logSigner } from '../support/cast.ts';

const CALLERS = 3;
const CALL_STATEMENTS = 10;
const [path = '', name = ''] = process.argv.slice(2);

writeSync(1, 'ready\n');
const ledger = await Ledger.open({ store: await SqliteStore.open(path), logKey, logSigner });
let made_ = 0;

function next(): Uint8Array {
  const n = made_++;
  if (n % 37 === 36) return lotStatement(1000 + Number(name) * 1_000_000 + n);
  return n % 3 === 0 ? made([`${name}x${n}`]) : seen(`${name}x${n - 1}`);
}

async function caller(n: number): Promise<never> {
  for (;;) {
    const statements = Array.from({ length: n === 0 ? CALL_STATEMENTS : 1 }, next);
    const outcomes = await ledger.appendMany(statements);
    for (const [i, outcome] of outcomes.entries()) {
      if (!outcome.ok) throw outcome.error;
      const { kid, sequence } = readEnvelope(statements[i]!);
      const subject = sequenceSubject(toBase64url(kid), sequence);
      writeSync(1, `${outcome.entry} ${subject} ${signatureMark(statements[i]!)}\n`);
    }
  }
}

await Promise.all(Array.from({ length: CALLERS }, (_, n) => caller(n)));
