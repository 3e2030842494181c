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
import {
  contentsNamed,
  isContainer,
  parentsNamed,
  StatementReader,
  subjectKind,
  World,
  type Act,
} from '../custody/index.ts';
import {
  READ_ENTRIES_MAX,
  type LogStore,
  type Posting,
  type Receipt,
  type StoredHead,
} from '../log/index.ts';
import { consulted, consultedByCode, Judge, unitView, type SubjectView } from '../judgement/index.ts';
import type { NoteVerifier } from '../note/index.ts';
import type { Registry } from '../registry/index.ts';
import { BATCH_LEAST } from './admit.ts';
import { decodeStored, type DecodedEntry } from './decoded.ts';
import { EntryMemory } from './entry-memory.ts';
import { EntryProver, unreadable, type ReadEntry } from './prover.ts';
import { after, readsOf, type Reads, type Soon } from './reads.ts';

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

/** A world, and what was found out of its units on the way to it. */
export interface Loaded {
  readonly world: World;
  /** Views of those wanted units that had to be looked at before it was known that nothing else is needed. */
  readonly views: ReadonlyMap<string, SubjectView>;
}

const NO_ACTS: readonly Act[] = [];
const NO_VIEWS: ReadonlyMap<string, SubjectView> = new Map();

/** Reads subjects of one store. */
export class SubjectReader {
  readonly #reads: Reads;
  readonly #prover: EntryProver;
  readonly #memory = new EntryMemory();
  /** Reads statements of this log; what it has learned serves all. */
  readonly reader = new StatementReader();

  constructor(store: LogStore, verifier: NoteVerifier) {
    this.#reads = readsOf(store);
    this.#prover = new EntryProver(store, verifier);
  }

  /** Takes a head this process has just signed and written itself: entries are proved against it. */
  trust(head: StoredHead): void {
    this.#prover.trust(head);
  }

  /** True once what was read showed that stored tree nodes are not those of the signed root. */
  get treeDiffers(): boolean {
    return this.#prover.treeDiffers;
  }

  /** Remembers an entry that was just appended. */
  remember(decoded: DecodedEntry): void {
    this.#memory.keep(decoded);
  }

  /** Entries, in the order asked: those not remembered are read, proved and decoded. */
  entries(indexes: readonly number[]): Soon<readonly DecodedEntry[]> {
    const known: (DecodedEntry | undefined)[] = [];
    let missing: number[] = [];
    for (const index of indexes) {
      const decoded = this.#memory.get(index);
      if (decoded === undefined) missing.push(index);
      known.push(decoded);
    }
    if (missing.length === 0) return known as readonly DecodedEntry[];
    if (missing.length > 1) missing = [...new Set(missing)];
    return after(this.#readAll(missing), (read) => {
      if (read.length === indexes.length) return read;
      const found = new Map(read.map((decoded) => [decoded.entry, decoded]));
      return known.map((decoded, i) => decoded ?? found.get(indexes[i]!)!);
    });
  }

  #readAll(indexes: readonly number[]): Soon<readonly DecodedEntry[]> {
    return indexes.length <= READ_ENTRIES_MAX ? this.#read(indexes) : this.#readMany(indexes);
  }

  async #readMany(indexes: readonly number[]): Promise<readonly DecodedEntry[]> {
    const read: DecodedEntry[] = [];
    for (let i = 0; i < indexes.length; i += READ_ENTRIES_MAX) {
      for (const decoded of await this.#read(indexes.slice(i, i + READ_ENTRIES_MAX))) read.push(decoded);
    }
    return read;
  }

  #read(indexes: readonly number[]): Soon<readonly DecodedEntry[]> {
    return after(this.#reads.readEntriesAt(indexes), (stored) => {
      const found: ReadEntry[] = [];
      for (let i = 0; i < indexes.length; i++) {
        const bytes = stored[i];
        if (bytes === undefined) throw unreadable(indexes[i]!, 'it is missing');
        found.push({ index: indexes[i]!, bytes });
      }
      return after(this.#prover.prove(found), () => this.#decode(found));
    });
  }

  #decode(proved: readonly ReadEntry[]): readonly DecodedEntry[] {
    const read: DecodedEntry[] = [];
    for (const { index, bytes } of proved) {
      const decoded = decodeStored(this.reader, index, bytes);
      this.#memory.add(decoded);
      read.push(decoded);
    }
    return read;
  }

  /** All acts that name a subject in the first `size` entries, in log order. */
  acts(subject: string, size: number): Soon<readonly Act[]> {
    return after(this.#reads.readPostings(subject, size), (postings) => {
      if (postings.length === 0) return NO_ACTS;
      return after(this.entries(postings.map(entryOf)), (entries) => {
        const acts: Act[] = [];
        for (const decoded of entries) {
          for (const act of this.#memory.actsNaming(decoded, subject)) acts.push(act);
        }
        return acts;
      });
    });
  }

  /** The same of many subjects, in the order asked, each entry read once. */
  async actsOf(subjects: readonly string[], size: number): Promise<readonly (readonly Act[])[]> {
    const named = await Promise.all(subjects.map(async (subject) => this.#reads.readPostings(subject, size)));
    const indexes: number[] = [];
    for (const postings of named) for (const { entry } of postings) indexes.push(entry);
    const entries = await this.entries(indexes);
    let next = 0;
    return named.map((postings, i) => {
      const acts: Act[] = [];
      for (const end = next + postings.length; next < end; next++) {
        for (const act of this.#memory.actsNaming(entries[next]!, subjects[i]!)) acts.push(act);
      }
      return acts;
    });
  }

  /** The receipt of an entry as of `head`. */
  receipt(entry: number, head: StoredHead): Soon<Receipt> {
    return this.#prover.receipt(entry, head);
  }

  /** The receipts of entries as of `head`; `written` are the nodes its commit added, where they are at hand. */
  receipts(
    entries: readonly number[],
    head: StoredHead,
    written: readonly Uint8Array[] = [],
  ): Promise<Receipt[]> {
    return this.#prover.receipts(entries, head, written);
  }

  /** Forgets what was found out about the store: its derived data was made anew. */
  reset(): void {
    this.#prover.reset();
  }

  /** Greatest record time of the first `size` entries, ms: that of the last of them, since record times never go back. */
  async asOf(size: number): Promise<number> {
    const head = await this.#reads.readHead();
    if (head === undefined || size === 0) return 0;
    if (size >= head.size) return head.recordTimeMs;
    const [last] = await this.entries([size - 1]);
    return last!.recordTimeMs;
  }

  /** A world that answers for the wanted subjects as of `size`; `lotOf` overrides which lots units are of. */
  world(
    registry: Registry,
    size: number,
    wanted: Wanted,
    lotOf?: (unit: string) => string | undefined,
    nowMs?: number,
  ): Soon<World> {
    return after(this.load(registry, size, wanted, lotOf, nowMs), ({ world }) => world);
  }

  /** The same, with the views that were needed to load it. */
  load(
    registry: Registry,
    size: number,
    wanted: Wanted,
    lotOf?: (unit: string) => string | undefined,
    nowMs?: number,
  ): Soon<Loaded> {
    this.#memory.settle();
    this.#prover.settle();
    const acts = new LoadedActs(this, size);
    const units = wanted.units ?? [];
    return after(nowMs ?? this.asOf(size), (asOfMs) =>
      after(acts.load(units), () =>
        after(loadContainers(acts, wanted, lotOf === undefined), () => {
          const worldOf = () => new World(registry, acts.containers, (unit) => acts.of(unit), lotOf, asOfMs);
          const world = worldOf();
          const views = new Map<string, SubjectView>();
          const asked = [...askedFor(world, wanted, acts, views)].filter((unit) => !acts.has(unit));
          if (asked.length === 0) return { world, views };
          return loadAsked(acts, asked, { world, views }, worldOf);
        }),
      ),
    );
  }
}

/** Loads the containers wanted units were in, and those wanted with what is in them. */
function loadContainers(acts: LoadedActs, wanted: Wanted, withUnits: boolean): Soon<void> {
  const inside = (wanted.units ?? []).flatMap((unit) => parentsNamed(unit, acts.of(unit)));
  const { containers } = wanted;
  if (containers === undefined) return climb(acts, inside);
  return openContainers(acts, containers, withUnits).then((opened) => climb(acts, [...opened, ...inside]));
}

/** What was loaded, or where units that were asked for are known, a world with them. */
async function loadAsked(
  acts: LoadedActs,
  asked: readonly string[],
  loaded: Loaded,
  worldOf: () => World,
): Promise<Loaded> {
  await acts.load(asked);
  const more = asked.filter((unit) => acts.of(unit).length > 0);
  if (more.length === 0) return loaded;
  await climb(
    acts,
    more.flatMap((unit) => parentsNamed(unit, acts.of(unit))),
  );
  return { world: worldOf(), views: NO_VIEWS };
}

/** Acts of the subjects loaded so far. */
class LoadedActs {
  /** Those of containers. */
  readonly containers = new Map<string, readonly Act[]>();
  readonly #units = new Map<string, readonly Act[]>();
  readonly #reader: SubjectReader;
  readonly #size: number;

  constructor(reader: SubjectReader, size: number) {
    this.#reader = reader;
    this.#size = size;
  }

  has(unit: string): boolean {
    return this.#units.has(unit);
  }

  /** Acts of a unit; none where they were not loaded. */
  of(unit: string): readonly Act[] {
    return this.#units.get(unit) ?? [];
  }

  /** Loads those subjects that are not there yet, together. */
  load(subjects: readonly string[]): Soon<void> {
    const asked = subjects.length === 1 ? subjects : [...new Set(subjects)];
    const missing = asked.filter((subject) => !this.#units.has(subject) && !this.containers.has(subject));
    if (missing.length === 0) return;
    if (missing.length > 1) return this.#loadMany(missing);
    const [subject] = missing;
    return after(this.#reader.acts(subject!, this.#size), (acts) => this.#set(subject!, acts));
  }

  async #loadMany(subjects: readonly string[]): Promise<void> {
    const read = await this.#reader.actsOf(subjects, this.#size);
    for (const [i, subject] of subjects.entries()) this.#set(subject, read[i]!);
  }

  #set(subject: string, acts: readonly Act[]): void {
    (isContainer(subject) ? this.containers : this.#units).set(subject, acts);
  }
}

/** Loads containers and what is in them, level by level; returns all containers opened. */
async function openContainers(
  acts: LoadedActs,
  containers: Iterable<string>,
  withUnits: boolean,
): Promise<readonly string[]> {
  const opened = new Set<string>();
  for (let level = [...containers]; level.length > 0;) {
    for (const container of level) opened.add(container);
    await acts.load(level);
    const children = level.flatMap((container) => contentsNamed(container, acts.containers.get(container)!));
    if (withUnits) await acts.load(children.filter((child) => subjectKind(child) === 'unit'));
    level = [...new Set(children)].filter((child) => isContainer(child) && !opened.has(child));
  }
  return [...opened];
}

/** Loads containers and all they were ever in, level by level. */
function climb(acts: LoadedActs, subjects: readonly string[]): Soon<void> {
  let level: readonly string[] = subjects.filter(isContainer);
  const climbed = new Set(level);
  while (level.length > 0) {
    const loaded = acts.load(level);
    if (loaded instanceof Promise) return climbOn(acts, level, climbed, loaded);
    level = levelAbove(acts, level, climbed);
  }
}

async function climbOn(
  acts: LoadedActs,
  first: readonly string[],
  climbed: Set<string>,
  loaded: Promise<void>,
): Promise<void> {
  await loaded;
  for (let level = levelAbove(acts, first, climbed); level.length > 0;) {
    await acts.load(level);
    level = levelAbove(acts, level, climbed);
  }
}

/** What loaded containers were in, as far as nobody climbed there yet. */
function levelAbove(acts: LoadedActs, level: readonly string[], climbed: Set<string>): readonly string[] {
  const above: string[] = [];
  for (const container of level) {
    for (const parent of parentsNamed(container, acts.containers.get(container)!)) {
      if (!isContainer(parent) || climbed.has(parent)) continue;
      climbed.add(parent);
      above.push(parent);
    }
  }
  return above;
}

/** Units beyond those wanted that their judgement may ask for (ID-09, ID-10): none but where a code fails. */
function askedFor(
  world: World,
  wanted: Wanted,
  loaded: LoadedActs,
  views: Map<string, SubjectView>,
): Set<string> {
  const asked = new Set<string>(consultedByCode(wanted.codes ?? []));
  if ((wanted.units ?? []).length >= BATCH_LEAST) new Judge(world).prepare(wanted.units!);
  for (const unit of wanted.units ?? []) {
    const acts = loaded.of(unit);
    const scan = wanted.scan?.ids.includes(unit) === true ? wanted.scan : undefined;
    const mayAsk =
      scan !== undefined ||
      acts.some((act) => act.scan?.presented !== undefined) ||
      !acts.some(({ step }) => step === 'commission');
    if (!mayAsk || views.has(unit)) continue;
    const view = unitView(world, unit, scan);
    views.set(unit, view);
    for (const other of consulted(view)) asked.add(other);
  }
  return asked;
}

function entryOf({ entry }: Posting): number {
  return entry;
}
