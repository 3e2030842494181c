// Goal: GroupCommitter groups, validates again, retries, and acknowledges nothing that is not durable.
// Method: a memory store that counts, delays or refuses commits; two committers on one log; a seeded crowd of callers.
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import { ATTEMPTS_MAX, GroupCommitter } from '../../src/log/index.ts';
import type { AppendRequest, LogStore, NewStatement, StoredHead } from '../../src/log/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import {
  FaultyStore,
  SAMPLE_ORIGIN,
  SAMPLE_SIGNER,
  SAMPLE_TIME_MS,
  rejection,
  sampleCommit,
  sampleStatement,
} from '../../src/testing/index.ts';
import { verifyLog } from '../support/verify-log.ts';

function committerOf(store: LogStore): GroupCommitter {
  return new GroupCommitter({
    store,
    origin: SAMPLE_ORIGIN,
    signer: SAMPLE_SIGNER,
    now: () => SAMPLE_TIME_MS,
  });
}

/** A request whose second validation changes nothing; `more` overrides. */
function request(statements: readonly NewStatement[], more: Partial<AppendRequest> = {}): AppendRequest {
  return { statements, validatedSize: 0, revalidate: async () => statements, ...more };
}

const one = (text: string, more: Partial<AppendRequest> = {}): AppendRequest =>
  request([sampleStatement(text)], more);

const commitsOf = (store: FaultyStore): number => store.calls.filter((call) => call === 'commit').length;

describe('GroupCommitter.append()', () => {
  it('puts the calls of one turn into one commit, in order', async () => {
    const store = new FaultyStore(new MemoryStore());
    const committer = committerOf(store);
    const results = await Promise.all(
      ['a', 'b', 'c'].map((text) =>
        committer.append(request([sampleStatement(`${text}1`), sampleStatement(`${text}2`)])),
      ),
    );
    expect(results.map(({ indexes }) => indexes)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
    expect(results.every(({ head }) => head?.size === 6)).toBe(true);
    expect(commitsOf(store)).toBe(1);
    expect((await verifyLog(store)).statements).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2']);
  });

  it('acknowledges nothing before the store has, and collects what comes meanwhile', async () => {
    const inner = new MemoryStore();
    const gates: (() => void)[] = [];
    const store = Object.assign(new FaultyStore(inner), {
      commit: async (commit: Parameters<LogStore['commit']>[0]): Promise<boolean> => {
        await new Promise<void>((resolve) => gates.push(resolve));
        return inner.commit(commit);
      },
    });
    const committer = committerOf(store);
    const settled: string[] = [];
    const follow = (text: string): Promise<unknown> =>
      committer.append(one(text)).then(() => settled.push(text));
    const first = follow('first');
    await turns();
    const rest = ['second', 'third'].map(follow);
    await turns();
    expect([settled, gates.length]).toEqual([[], 1]);
    gates[0]!();
    await first;
    await turns();
    expect([settled, gates.length]).toEqual([['first'], 2]);
    gates[1]!();
    await Promise.all(rest);
    expect((await verifyLog(inner)).statements).toEqual(['first', 'second', 'third']);
  });

  it('never puts more than 1,000 statements into a commit', async () => {
    const store = new FaultyStore(new MemoryStore());
    const committer = committerOf(store);
    const statements = (name: string): NewStatement[] =>
      Array.from({ length: 600 }, (_, i) => sampleStatement(`${name}${i}`));
    await Promise.all(['a', 'b', 'c'].map((name) => committer.append(request(statements(name)))));
    expect(commitsOf(store)).toBe(3);
    const tooMany = Array.from({ length: 1001 }, () => sampleStatement('x'));
    expect(await rejection(committer.append(request(tooMany)))).toBe('ERR_OUT_OF_RANGE');
  });

  it('never puts more than 8 MiB of statements into a commit', async () => {
    const store = new FaultyStore(new MemoryStore());
    const committer = committerOf(store);
    const large = (count: number): NewStatement[] =>
      Array.from({ length: count }, () => sampleStatement('x'.repeat(65_000)));
    await Promise.all([100, 28, 2].map((count) => committer.append(request(large(count)))));
    expect(commitsOf(store)).toBe(2);
    expect(await rejection(committer.append(request(large(130))))).toBe('ERR_OUT_OF_RANGE');
  });

  it('refuses requests of the wrong shape', async () => {
    const committer = committerOf(new MemoryStore());
    const wrong: [unknown, string][] = [
      [request([]), 'ERR_OUT_OF_RANGE'],
      [{ ...one('x'), validatedSize: -1 }, 'ERR_OUT_OF_RANGE'],
      [{ ...one('x'), revalidate: undefined }, 'ERR_INVALID_ARG_TYPE'],
      [{ ...one('x'), key: ['misspelt'] }, 'ERR_OUT_OF_RANGE'],
      [{ ...one('x'), keys: 'text' }, 'ERR_INVALID_ARG_TYPE'],
      [{ ...one('x'), alone: 1 }, 'ERR_INVALID_ARG_TYPE'],
      [request([{ bytes: new Uint8Array(65_494), postings: () => [] }]), 'ERR_OUT_OF_RANGE'],
      [undefined, 'ERR_INVALID_ARG_TYPE'],
    ];
    for (const [value, code] of wrong)
      expect(await rejection(committer.append(value as AppendRequest))).toBe(code);
  });
});

describe('GroupCommitter, second validation', () => {
  it('happens whenever the log has moved since the first, with the head that will be extended', async () => {
    const store = new MemoryStore();
    const { head } = sampleCommit(undefined, 4);
    await store.commit(sampleCommit(undefined, 4).commit);
    const seen: (number | undefined)[] = [];
    const stale = one('stale', {
      validatedSize: 2,
      revalidate: async (now) => {
        seen.push(now?.size);
        return [sampleStatement('fresh')];
      },
    });
    const current = one('current', {
      validatedSize: head.size,
      revalidate: () => Promise.reject(new Error('needless')),
    });
    const committer = committerOf(store);
    const [one1, other] = await Promise.all([committer.append(stale), committer.append(current)]);
    expect(seen).toEqual([4]);
    expect([one1.indexes, other.indexes]).toEqual([[4], [5]]);
    expect((await verifyLog(store)).statements.slice(4)).toEqual(['fresh', 'current']);
  });

  it('may leave nothing to write, or refuse, without touching others', async () => {
    const store = new MemoryStore();
    await store.commit(sampleCommit(undefined, 1).commit);
    const committer = committerOf(store);
    const [nothing, refused, written] = await Promise.allSettled([
      committer.append(one('known', { revalidate: async () => [] })),
      committer.append(
        one('revoked', { revalidate: () => Promise.reject(new RangeError('no longer valid')) }),
      ),
      committer.append(one('fine')),
    ]);
    expect(nothing).toMatchObject({ value: { indexes: [], head: { size: 1 } } });
    expect(refused).toMatchObject({ reason: { message: 'no longer valid' } });
    expect(written).toMatchObject({ value: { indexes: [1] } });
  });

  it('lets requests with a common key, and those that want to be alone, see each other', async () => {
    const store = new FaultyStore(new MemoryStore());
    const committer = committerOf(store);
    const sizes: string[] = [];
    const watched = (text: string, more: Partial<AppendRequest>): Promise<unknown> =>
      committer.append(
        one(text, {
          ...more,
          revalidate: async (head) => (sizes.push(`${text} sees ${head?.size}`), [sampleStatement(text)]),
        }),
      );
    await Promise.all([
      watched('a', { keys: ['x'] }),
      watched('b', { keys: ['y'] }),
      watched('again', { keys: ['z', 'x'] }),
      watched('alone', { alone: true }),
      watched('after', {}),
    ]);
    expect(sizes).toEqual(['again sees 2', 'alone sees 3', 'after sees 4']);
    expect(commitsOf(store)).toBe(4);
    expect((await verifyLog(store)).statements).toEqual(['a', 'b', 'again', 'alone', 'after']);
  });

  it('lets one request with faulty postings fail alone', async () => {
    const store = new MemoryStore();
    const committer = committerOf(store);
    const faulty: NewStatement = {
      ...sampleStatement('faulty'),
      postings: () => {
        throw new Error('broken callback');
      },
    };
    const results = await Promise.allSettled([
      committer.append(one('a')),
      committer.append(request([faulty])),
      committer.append(one('b')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await verifyLog(store)).statements).toEqual(['a', 'b']);
    expect(committer.ended).toBe(undefined);
  });
});

describe('GroupCommitter, other writers', () => {
  it('validates again and retries when another writer was faster', async () => {
    const store = new MemoryStore();
    const committer = committerOf(store);
    await committer.append(one('mine'));
    await store.commit(sampleCommit(await store.readHead(), 3).commit);
    const seen: (StoredHead | undefined)[] = [];
    const { indexes } = await committer.append(
      one('later', {
        validatedSize: 1,
        revalidate: async (head) => (seen.push(head), [sampleStatement('later')]),
      }),
    );
    expect(indexes).toEqual([4]);
    expect(seen.map((head) => head?.size)).toEqual([4]);
    await verifyLog(store);
  });

  it('gives up with ERR_STORE_CONFLICT after a bounded number of attempts, and works on', async () => {
    const inner = new MemoryStore();
    let losing = true;
    let attempts = 0;
    const store = Object.assign(new FaultyStore(inner), {
      commit: async (commit: Parameters<LogStore['commit']>[0]): Promise<boolean> => {
        attempts++;
        return losing ? false : inner.commit(commit);
      },
    });
    const committer = committerOf(store);
    expect(await rejection(committer.append(one('loser')))).toBe('ERR_STORE_CONFLICT');
    expect(attempts).toBe(ATTEMPTS_MAX);
    losing = false;
    expect((await committer.append(one('winner'))).indexes).toEqual([0]);
  });

  it('loses and repeats nothing when committers of one log work at the same time', async () => {
    const store = new MemoryStore();
    const random = seeded(42);
    const committers = [committerOf(store), committerOf(store.share()), committerOf(store.share())];
    const acknowledged = new Map<number, string>();
    const caller = async (name: string, committer: GroupCommitter): Promise<void> => {
      for (let i = 0; i < 12; i++) {
        for (let wait = random(4); wait > 0; wait--) await turns(1);
        const texts = Array.from({ length: 1 + random(3) }, (_, k) => `${name}/${i}/${k}`);
        const validatedSize = (await store.readHead())?.size ?? 0;
        const { indexes } = await committer.append(
          request(
            texts.map((text) => sampleStatement(text)),
            { validatedSize },
          ),
        );
        for (const [k, index] of indexes.entries()) {
          expect(acknowledged.has(index)).toBe(false);
          acknowledged.set(index, texts[k]!);
        }
      }
    };
    await Promise.all(Array.from({ length: 12 }, (_, i) => caller(`caller ${i}`, committers[i % 3]!)));
    const { statements, size } = await verifyLog(store);
    expect(size).toBe(acknowledged.size);
    expect(statements.map((_, index) => acknowledged.get(index))).toEqual(statements);
  });
});

describe('GroupCommitter, ending', () => {
  it('refuses everything after a fatal error, queued or new', async () => {
    const store = new FaultyStore(new MemoryStore());
    const committer = committerOf(store);
    const fatal = new StoreError('ERR_STORE_OUTCOME_UNKNOWN', 'pulled the plug', { fatal: true });
    store.failNext('commit', 'after', fatal);
    const results = await Promise.allSettled([
      committer.append(one('a')),
      committer.append(one('b', { alone: true })),
    ]);
    expect(results).toEqual([
      { status: 'rejected', reason: fatal },
      { status: 'rejected', reason: fatal },
    ]);
    expect(committer.ended).toBe(fatal);
    await expect(committer.append(one('c'))).rejects.toBe(fatal);
    expect(commitsOf(store)).toBe(1);
  });

  it('lets those that were accepted finish when closed, and refuses later ones', async () => {
    const store = new MemoryStore();
    const committer = committerOf(store);
    const accepted = committer.append(one('a'));
    await committer.close();
    expect((await accepted).indexes).toEqual([0]);
    expect(await rejection(committer.append(one('b')))).toBe('ERR_STORE_CLOSED');
    await committer.close();
    expect((await store.readHead())?.size).toBe(1);
  });

  it('refuses misspelt options', () => {
    const options = { store: new MemoryStore(), origin: SAMPLE_ORIGIN, signer: SAMPLE_SIGNER, now: Date.now };
    expect(() => new GroupCommitter({ ...options, clock: Date.now } as typeof options)).toThrow(RangeError);
    expect(() => new GroupCommitter({ ...options, now: 5 as unknown as () => number })).toThrow(TypeError);
  });
});

/** Lets queued microtasks, and what they queue, run. */
async function turns(count = 50): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}

/** Small seeded generator: an integer from 0 to below - 1. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}
