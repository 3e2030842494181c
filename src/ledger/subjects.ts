// Browser-safe.
/**
 * Loading subjects: from the index to the acts to the world a judge can work in, as of one size of the log.
 *
 * Reads  log/ (postings, entries), custody/ (World).   Used by  ledger.ts, check.ts, trace.ts.
 * Rule   a unit needs its containers and theirs, upwards; a container under judgement also needs its contents' lots, downwards.
 * Cost   one index look-up a subject, one entry an act; linear in what was ever said of the subjects.
 * @module
 */
import { isContainer, parentsNamed, subjectKind, World, type Act } from '../custody/index.ts';
import { StoreError } from '../errors.ts';
import { READ_ENTRIES_MAX, type LogStore } from '../log/index.ts';
import type { Registry } from '../registry/index.ts';
import { decodeStored, DecodedCache, type DecodedEntry } from './decoded.ts';

/** What to load. */
export interface Wanted {
  readonly units?: Iterable<string>;
  /** Containers to be judged: their contents' lots are loaded too. */
  readonly containers?: Iterable<string>;
}

/** Reads subjects of one store. */
export class SubjectReader {
  readonly #store: LogStore;
  readonly #cache = new DecodedCache();

  constructor(store: LogStore) {
    this.#store = store;
  }

  /** Remembers an entry that was just appended. */
  remember(decoded: DecodedEntry): void {
    this.#cache.add(decoded);
  }

  /** Decoded entries, in the order asked. */
  async entries(indexes: readonly number[]): Promise<readonly DecodedEntry[]> {
    const missing = indexes.filter((index) => this.#cache.get(index) === undefined);
    const read = new Map<number, DecodedEntry>();
    for (let i = 0; i < missing.length; i += READ_ENTRIES_MAX) {
      const part = missing.slice(i, i + READ_ENTRIES_MAX);
      const stored = await this.#store.readEntriesAt(part);
      for (const [j, bytes] of stored.entries()) {
        const entry = part[j]!;
        if (bytes === undefined) throw missingEntry(entry);
        const decoded = decodeStored(entry, bytes);
        read.set(entry, decoded);
        this.#cache.add(decoded);
      }
    }
    return indexes.map((index) => read.get(index) ?? this.#cache.get(index)!);
  }

  /** All acts that name a subject in the first `size` entries, in log order. */
  async acts(subject: string, size: number): Promise<readonly Act[]> {
    const postings = await this.#store.readPostings(subject, size);
    const found: Act[] = [];
    for (const decoded of await this.entries(postings.map(({ entry }) => entry))) {
      for (const act of this.#cache.actsNaming(decoded, subject)) found.push(act);
    }
    return found;
  }

  /** A world that answers for the wanted subjects as of `size`; `lotOf` overrides which lots units are of. */
  async world(
    registry: Registry,
    size: number,
    wanted: Wanted,
    lotOf?: (unit: string) => string | undefined,
  ): Promise<World> {
    const units = new Map<string, readonly Act[]>();
    const containers = new Map<string, readonly Act[]>();
    const load = async (into: Map<string, readonly Act[]>, subject: string): Promise<readonly Act[]> => {
      const known = into.get(subject);
      if (known !== undefined) return known;
      const acts = await this.acts(subject, size);
      into.set(subject, acts);
      return acts;
    };
    const upwards: string[] = [];
    for (const unit of wanted.units ?? []) upwards.push(...parentsNamed(unit, await load(units, unit)));
    const downwards = [...(wanted.containers ?? [])];
    const opened = new Set<string>();
    for (let next = downwards.pop(); next !== undefined; next = downwards.pop()) {
      if (opened.has(next)) continue;
      opened.add(next);
      upwards.push(next);
      for (const child of contentsNamed(next, await load(containers, next))) {
        if (isContainer(child)) downwards.push(child);
        else if (lotOf === undefined && subjectKind(child) === 'unit') await load(units, child);
      }
    }
    const climbed = new Set<string>();
    for (let next = upwards.pop(); next !== undefined; next = upwards.pop()) {
      if (climbed.has(next) || !isContainer(next)) continue;
      climbed.add(next);
      upwards.push(...parentsNamed(next, await load(containers, next)));
    }
    return new World(registry, containers, (unit) => units.get(unit) ?? [], lotOf);
  }
}

function contentsNamed(container: string, acts: readonly Act[]): readonly string[] {
  return acts.flatMap((act) => (act.parent === container ? act.ids : []));
}

function missingEntry(entry: number): StoreError {
  return new StoreError('ERR_STORE_CORRUPT', `couldn't read entry ${entry}: it is missing, run an audit`, {
    details: { entry },
  });
}
