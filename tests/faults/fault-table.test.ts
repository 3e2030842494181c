// Goal: whatever call to the store fails, before it was done or although it was, nothing acknowledged is lost and nothing
//       is written twice, and the log that is there afterwards holds from end to end.
// Method: a table of faults on both stores; after each, the log is opened again, verified whole, and the work finished.
import { afterEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import { GroupCommitter } from '../../src/log/index.ts';
import type { LogStore } from '../../src/log/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import {
  FaultyStore,
  SAMPLE_ORIGIN,
  SAMPLE_SIGNER,
  SAMPLE_TIME_MS,
  rejection,
  sampleCommit,
  sampleStatement,
} from '../../src/testing/index.ts';
import type { FaultMoment, FaultyCall } from '../../src/testing/index.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { verifyLog } from '../support/verify-log.ts';

type ErrorKind = 'unknown outcome' | 'temporary' | 'foreign';
interface Fault {
  readonly call: FaultyCall;
  readonly moment: FaultMoment;
  readonly error: ErrorKind;
  /** The fault hits a log that has entries already (and the committer knows its head). */
  readonly warm: boolean;
  /** The interrupted append is in the log although it was not acknowledged. */
  readonly written: boolean;
  /** The committer refuses everything until the log is opened again. */
  readonly fatal: boolean;
}

/** Columns of the table: call, moment, error, warm, written, fatal. */
const TABLE: readonly [FaultyCall, FaultMoment, ErrorKind, boolean, boolean, boolean][] = [
  ['commit', 'before', 'unknown outcome', false, false, true],
  ['commit', 'after', 'unknown outcome', false, true, true],
  ['commit', 'before', 'unknown outcome', true, false, true],
  ['commit', 'after', 'unknown outcome', true, true, true],
  ['commit', 'before', 'foreign', true, false, true],
  ['commit', 'after', 'foreign', true, true, true],
  ['commit', 'before', 'temporary', false, false, false],
  ['commit', 'before', 'temporary', true, false, false],
  ['readHead', 'before', 'temporary', false, false, false],
  ['readHead', 'after', 'temporary', false, false, false],
  ['readHead', 'before', 'unknown outcome', false, false, true],
  ['readEntriesAt', 'before', 'temporary', false, false, false],
  ['readEntriesAt', 'after', 'foreign', false, false, false],
];

const errors: Record<ErrorKind, () => unknown> = {
  'unknown outcome': () => new StoreError('ERR_STORE_OUTCOME_UNKNOWN', 'the disk went away', { fatal: true }),
  temporary: () => new StoreError('ERR_STORE_BUSY', 'try again'),
  foreign: () => new Error('socket hang up'),
};

/** A log that can be opened again and again. */
interface Log {
  open(): Promise<LogStore>;
}
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

const stores: Record<string, () => Promise<Log>> = {
  MemoryStore: async () => {
    const store = new MemoryStore();
    return { open: async () => store.share() };
  },
  SqliteStore: async () => {
    const folder = temporaryFolder();
    cleanups.push(() => folder.remove());
    const path = folder.file('log.db');
    await (await SqliteStore.open(path, { create: true })).close();
    return { open: () => SqliteStore.open(path) };
  },
};

function committerOf(store: LogStore): GroupCommitter {
  return new GroupCommitter({
    store,
    origin: SAMPLE_ORIGIN,
    signer: SAMPLE_SIGNER,
    now: () => SAMPLE_TIME_MS,
  });
}

async function append(committer: GroupCommitter, text: string): Promise<unknown> {
  const statements = [sampleStatement(text, ['all', text])];
  return committer.append({ statements, validatedSize: 0, revalidate: async () => statements });
}

/** Appends what is not there yet, as a caller would after opening again. */
async function finish(store: LogStore, texts: readonly string[]): Promise<void> {
  const { statements } = await verifyLog(store);
  const committer = committerOf(store);
  for (const text of texts) if (!statements.includes(text)) await append(committer, text);
}

async function runFault(log: Log, { call, moment, error, warm, written, fatal }: Fault): Promise<void> {
  const store = new FaultyStore(await log.open());
  const committer = committerOf(store);
  if (warm) await append(committer, 'before');
  store.failNext(call, moment, errors[error]());
  expect(await rejection(append(committer, 'interrupted'))).not.toBe('resolved');
  expect(store.pending).toBe(false);
  expect(committer.ended !== undefined).toBe(fatal);
  expect(committer.ended?.fatal ?? false).toBe(fatal);
  const later = await rejection(append(committer, 'later'));
  expect(later === 'resolved').toBe(!fatal);
  await store.close();

  const reopened = await log.open();
  const { statements } = await verifyLog(reopened);
  expect(statements.includes('interrupted')).toBe(written);
  await finish(reopened, ['before', 'interrupted', 'later']);
  const content = await verifyLog(reopened);
  expect([...content.statements].sort()).toEqual(['before', 'interrupted', 'later']);
  for (const [entry, text] of content.statements.entries()) {
    expect(await reopened.readPostings(text, 3)).toEqual([{ subject: text, entry, count: 1 }]);
  }
  await reopened.close();
}

for (const [name, create] of Object.entries(stores)) {
  describe(`an append on ${name}`, () => {
    for (const [call, moment, error, warm, written, fatal] of TABLE) {
      const when = moment === 'before' ? 'fails before it is done' : 'fails although it was done';
      it(`survives that ${call} ${when} (${error}, ${warm ? 'warm' : 'cold'})`, async () => {
        const log = await create();
        if (call === 'readEntriesAt') {
          const store = await log.open();
          await append(committerOf(store), 'before');
          await store.close();
        }
        await runFault(log, { call, moment, error, warm, written, fatal });
      });
    }
  });

  describe(`derived data and flags on ${name}`, () => {
    for (const moment of ['before', 'after'] as const) {
      it(`are whole when rebuilding fails ${moment} it is done`, async () => {
        const log = await create();
        const store = new FaultyStore(await log.open());
        const { commit } = sampleCommit(undefined, 20);
        await store.commit(commit);
        store.failNext('rebuildDerived', moment, errors['unknown outcome']());
        const blocks = [{ nodes: commit.nodes, postings: [] }];
        expect(await rejection(store.rebuildDerived(blocks, 20))).toBe('ERR_STORE_OUTCOME_UNKNOWN');
        await store.close();
        const reopened = await log.open();
        const { postings } = await verifyLog(reopened);
        expect(postings.length).toBe(moment === 'after' ? 0 : 40);
        await reopened.close();
      });

      it(`keep the flag or its old value when writing it fails ${moment} it is done`, async () => {
        const log = await create();
        const store = new FaultyStore(await log.open());
        await store.writeFlag('state', 'old');
        store.failNext('writeFlag', moment, errors['unknown outcome']());
        expect(await rejection(store.writeFlag('state', 'new'))).toBe('ERR_STORE_OUTCOME_UNKNOWN');
        store.failNext('close', moment, errors.temporary());
        expect(await rejection(store.close())).toBe('ERR_STORE_BUSY');
        const reopened = await log.open();
        expect(await reopened.readFlag('state')).toBe(moment === 'after' ? 'new' : 'old');
        await reopened.close();
        await store.close();
      });
    }
  });
}
