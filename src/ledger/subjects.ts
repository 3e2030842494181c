// Browser-safe.
/**
 * Loading subjects: from the index to the acts to the world a judge can work in, as of one size of the log.
 *
 * Reads  log/ (postings, entries), custody/ (World).   Used by  ledger.ts, check.ts, trace.ts.
 * Rule   an entry read from the store is proved under the signed root before it is believed.
 *        A unit needs its containers and theirs, upwards; a container under judgement also needs its contents' lots, downwards.
 * Cost   one index look-up a subject, one entry an act; linear in what was ever said of the subjects.
 * @module
 */
import { isContainer, parentsNamed, subjectKind, World, type Act } from '../custody/index.ts';
import { readBlocks } from '../audit/entries.ts';
import { equalBytes } from '../bytes/index.ts';
import { errorCode, StoreError } from '../errors.ts';
import { READ_ENTRIES_MAX, type LogStore, type StoredHead } from '../log/index.ts';
import {
  checkInclusion,
  emptyRange,
  fromHashes,
  hashLeaf,
  proveInclusion,
  RangeBuilder,
  rangeRoot,
} from '../merkle/index.ts';
import { consulted, consultedByCode, unitView } from '../judgement/index.ts';
import { checkCheckpoint, type NoteVerifier } from '../note/index.ts';
import type { Registry } from '../registry/index.ts';
import { decodeStored, DecodedCache, type DecodedEntry } from './decoded.ts';

/** What to load. */
export interface Wanted {
  readonly units?: readonly string[];
  /** Containers to be judged: their contents' lots are loaded too. */
  readonly containers?: Iterable<string>;
  /** Acts that recorded codes which name no unit. */
  readonly codes?: readonly Act[];
  /** The scan in hand, judged as one more event after the prefix. */
  readonly scan?: Act;
}

/** A signed checkpoint, verified. */
interface Anchor {
  readonly note: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** Reads subjects of one store. */
export class SubjectReader {
  readonly #store: LogStore;
  readonly #verifier: NoteVerifier;
  readonly #cache = new DecodedCache();
  #anchor: Anchor | undefined;
  /** The stored tree is damaged though the entries hold: nothing can be proved from it until it is rebuilt. */
  #unprovable = false;

  constructor(store: LogStore, verifier: NoteVerifier) {
    this.#store = store;
    this.#verifier = verifier;
  }

  /** Takes a head this process has just signed itself: entries are proved against it. */
  trust({ size, range, checkpoint }: StoredHead): void {
    this.#anchor = { note: checkpoint, size, root: rangeRoot(fromHashes(size, range)) };
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
        if (bytes === undefined) throw unreadable(entry, 'it is missing');
        await this.#prove(entry, bytes);
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

  /** Forgets what was found out about the store: its derived data was made anew. */
  reset(): void {
    this.#unprovable = false;
  }

  /**
   * Holds an entry to the signed root, so that nobody who can write to the store can change what is read. Where the stored
   * tree does not prove it, all entries are hashed once: if they give the root, only the derived tree is wrong (LG-17).
   */
  async #prove(entry: number, bytes: Uint8Array): Promise<void> {
    if (this.#unprovable) return;
    const { size, root } = await this.#signed();
    if (entry < size) {
      if (await this.#isProved(entry, hashLeaf(bytes), size, root)) return;
      this.#unprovable = await this.#entriesGive(size, root);
      if (this.#unprovable) return;
    }
    throw unreadable(entry, 'it is not under the signed root');
  }

  async #isProved(entry: number, leafHash: Uint8Array, size: number, root: Uint8Array): Promise<boolean> {
    try {
      const proof = await proveInclusion(entry, size, (indexes) => this.#store.readNodes(indexes));
      return checkInclusion(leafHash, entry, size, proof, root);
    } catch (error) {
      if (errorCode(error) === 'ERR_STORE_CORRUPT') return false;
      throw error;
    }
  }

  async #entriesGive(size: number, root: Uint8Array): Promise<boolean> {
    const builder = new RangeBuilder(emptyRange());
    for await (const block of readBlocks(this.#store, 0, size)) {
      for (const { bytes } of block) builder.append(hashLeaf(bytes));
    }
    return builder.end === size && equalBytes(builder.root(), root);
  }

  async #signed(): Promise<Anchor> {
    const note = (await this.#store.readHead())?.checkpoint ?? '';
    if (this.#anchor?.note === note) return this.#anchor;
    const opened = checkCheckpoint(note, this.#verifier);
    if (!opened.ok) {
      const message = "couldn't read the log: its checkpoint is not signed by its key, run an audit";
      throw new StoreError('ERR_STORE_CORRUPT', message);
    }
    const { size, root } = opened.checkpoint;
    this.#anchor = { note, size, root };
    return this.#anchor;
  }

  /** Greatest record time of the first `size` entries, ms: that of the last of them, since record times never go back. */
  async asOf(size: number): Promise<number> {
    const head = await this.#store.readHead();
    if (head === undefined || size === 0) return 0;
    if (size >= head.size) return head.recordTimeMs;
    const [last] = await this.entries([size - 1]);
    return last!.recordTimeMs;
  }

  /** A world that answers for the wanted subjects as of `size`; `lotOf` overrides which lots units are of. */
  async world(
    registry: Registry,
    size: number,
    wanted: Wanted,
    lotOf?: (unit: string) => string | undefined,
    nowMs?: number,
  ): Promise<World> {
    const asOfMs = nowMs ?? (await this.asOf(size));
    const units = new Map<string, readonly Act[]>();
    const containers = new Map<string, readonly Act[]>();
    const load = async (into: Map<string, readonly Act[]>, subject: string): Promise<readonly Act[]> => {
      const known = into.get(subject);
      if (known !== undefined) return known;
      const acts = await this.acts(subject, size);
      into.set(subject, acts);
      return acts;
    };
    const climb = async (upwards: string[]): Promise<void> => {
      for (let next = upwards.pop(); next !== undefined; next = upwards.pop()) {
        if (!isContainer(next) || climbed.has(next)) continue;
        climbed.add(next);
        upwards.push(...parentsNamed(next, await load(containers, next)));
      }
    };
    const climbed = new Set<string>();
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
    await climb(upwards);
    const worldOf = () => new World(registry, containers, (unit) => units.get(unit) ?? [], lotOf, asOfMs);
    const world = worldOf();
    let isLarger = false;
    for (const unit of askedFor(world, wanted, units)) {
      if (units.has(unit)) continue;
      const acts = await load(units, unit);
      isLarger ||= acts.length > 0;
      upwards.push(...parentsNamed(unit, acts));
    }
    await climb(upwards);
    return isLarger ? worldOf() : world;
  }
}

/** Units beyond those wanted that their judgement may ask for (ID-09, ID-10): none but where a code fails. */
function askedFor(world: World, wanted: Wanted, units: ReadonlyMap<string, readonly Act[]>): Set<string> {
  const asked = new Set<string>(consultedByCode(wanted.codes ?? []));
  for (const unit of wanted.units ?? []) {
    const acts = units.get(unit) ?? [];
    const scan = wanted.scan?.ids.includes(unit) === true ? wanted.scan : undefined;
    const mayAsk =
      scan !== undefined ||
      acts.some((act) => act.scan?.presented !== undefined) ||
      !acts.some(({ step }) => step === 'commission');
    if (mayAsk) for (const other of consulted(unitView(world, unit, scan))) asked.add(other);
  }
  return asked;
}

function contentsNamed(container: string, acts: readonly Act[]): readonly string[] {
  return acts.flatMap((act) => (act.parent === container ? act.ids : []));
}

function unreadable(entry: number, why: string): StoreError {
  return new StoreError('ERR_STORE_CORRUPT', `couldn't read entry ${entry}: ${why}, run an audit`, {
    details: { entry },
  });
}
