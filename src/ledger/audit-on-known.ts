// Browser-safe.
/**
 * What an auditor knows of where in the log something is named: his own keys of the audited prefix, and the new entries' acts.
 *
 * Reads  audit/ (keys kept).   Used by  audit-on.ts and what it is made of.
 * Trust  answers from the auditor's memory only; entries themselves are read from the store, and proved by whoever reads them.
 * Note   keys are hashes: some entries found name something else. Whoever reads them sees that.
 * @module
 */
import { bucketOf, namesOf, numbersOf } from '../audit/keeping.ts';
import type { AuditMemory } from '../audit/memory.ts';
import { keyFirst, RunReader, type NumberRange, type RunPlace } from '../audit/runs.ts';
import type { Summary } from '../audit/summary.ts';
import type { LogStore, Posting, StoredHead } from '../log/index.ts';
import type { DecodedEntry } from './decoded.ts';

const NONE: readonly number[] = Object.freeze([]);

/** Where names stand in the log. */
export class KnownEntries {
  readonly #summary: Summary;
  readonly #runs: RunReader;
  readonly #rejected: ReadonlySet<number>;
  readonly #known = new Map<string, readonly number[]>();
  readonly #added = new Map<string, number[]>();

  constructor(memory: AuditMemory, summary: Summary) {
    this.#summary = summary;
    this.#runs = new RunReader(memory);
    this.#rejected = new Set(summary.rejected);
  }

  get runs(): RunReader {
    return this.#runs;
  }

  /** Adds a new entry, later than all before. */
  add({ entry, acts }: DecodedEntry): void {
    for (const act of acts) {
      for (const name of namesOf(act)) {
        const entries = this.#added.get(name);
        if (entries === undefined) this.#added.set(name, [entry]);
        else if (entries.at(-1) !== entry) entries.push(entry);
      }
    }
  }

  /** All that new entries name. */
  names(): Iterable<string> {
    return this.#added.keys();
  }

  /** New entries that name this. */
  added(name: string): readonly number[] {
    return this.#added.get(name) ?? NONE;
  }

  /** Looks up many names together. */
  async look(names: Iterable<string>): Promise<void> {
    const { space, buckets, levels } = this.#summary;
    const asked = new Map<number, { readonly name: string; readonly range: NumberRange }[]>();
    const missing: { readonly name: string; readonly first: number }[] = [];
    for (const name of new Set(names)) {
      if (this.#known.has(name)) continue;
      const range = numbersOf(name, space);
      missing.push({ name, first: range.first });
      const bucket = bucketOf(range.first, buckets.length);
      const list = asked.get(bucket);
      if (list === undefined) asked.set(bucket, [{ name, range }]);
      else list.push({ name, range });
    }
    const found = new Map<number, number[]>();
    const read = async (place: RunPlace, ranges: readonly NumberRange[]): Promise<void> => {
      for (const number of await this.#runs.numbers(place, ranges)) {
        const key = keyFirst(number, space.entriesEnd);
        const list = found.get(key);
        if (list === undefined) found.set(key, [number - key]);
        else list.push(number - key);
      }
    };
    const all = [...asked.values()].flat().map(({ range }) => range);
    for (const level of levels) await read(level, all);
    for (const [bucket, list] of asked) {
      await read(
        buckets[bucket]!,
        list.map(({ range }) => range),
      );
    }
    for (const { name, first } of missing) {
      const entries = found.get(first) ?? [];
      const counted = entries.filter((entry) => !this.#rejected.has(entry)).sort((a, b) => a - b);
      this.#known.set(name, counted);
    }
  }

  /** Entries of the audited prefix that may name this, ascending; some twice. */
  async before(name: string): Promise<readonly number[]> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    await this.look([name]);
    return this.#known.get(name)!;
  }

  /** Entries of the whole log that may name this, ascending, each once. */
  async all(name: string): Promise<readonly number[]> {
    return [...new Set([...(await this.before(name)), ...this.added(name)])];
  }
}

/** A store whose index is the auditor's own. */
export class AuditedStore implements LogStore {
  readonly #store: LogStore;
  readonly #known: KnownEntries;

  constructor(store: LogStore, known: KnownEntries) {
    this.#store = store;
    this.#known = known;
  }

  /** Units, containers and codes only; an entry that only seems to name the subject counts 1 as well. */
  async readPostings(subject: string, sizeBefore: number): Promise<readonly Posting[]> {
    const entries = await this.#known.all(subject);
    return entries.filter((entry) => entry < sizeBefore).map((entry) => ({ subject, entry, count: 1 }));
  }

  readHead(): Promise<StoredHead | undefined> {
    return this.#store.readHead();
  }
  readEntries(first: number, end: number): ReturnType<LogStore['readEntries']> {
    return this.#store.readEntries(first, end);
  }
  readEntriesAt(indexes: readonly number[]): ReturnType<LogStore['readEntriesAt']> {
    return this.#store.readEntriesAt(indexes);
  }
  readNodes(indexes: readonly number[]): ReturnType<LogStore['readNodes']> {
    return this.#store.readNodes(indexes);
  }
  countDerived(): ReturnType<LogStore['countDerived']> {
    return this.#store.countDerived();
  }
  scanPostings(): ReturnType<LogStore['scanPostings']> {
    return this.#store.scanPostings();
  }
  commit(commit: Parameters<LogStore['commit']>[0]): Promise<boolean> {
    return this.#store.commit(commit);
  }
  rebuildDerived(...args: Parameters<LogStore['rebuildDerived']>): Promise<boolean> {
    return this.#store.rebuildDerived(...args);
  }
  readFlag(name: string): Promise<string | undefined> {
    return this.#store.readFlag(name);
  }
  writeFlag(name: string, value: string | undefined): Promise<void> {
    return this.#store.writeFlag(name, value);
  }
  close(): Promise<void> {
    return this.#store.close();
  }
}
