// Browser-safe.
/**
 * EntryProver: holds what is read from a store to the root its checkpoint signs, reading and hashing no node twice.
 *
 * Reads  log/ (head, nodes, entries), merkle/, note/ (the signed checkpoint).   Used by  subjects.ts, check.ts.
 * Maths  a perfect subtree's hash binds all below it and never changes as the log grows: once it was under a signed root, a path
 *        may end there. The frontier (the head's range) is bound by the root itself, so a path ends there at the latest.
 * Never  believes a node or an entry because it is stored; remembers only what a signed root bound.
 * @module
 */
import { readBlocks } from '../audit/entries.ts';
import { equalBytes } from '../bytes/index.ts';
import { StoreError } from '../errors.ts';
import { makeReceiptsFrom, type LogStore, type Receipt, type StoredHead } from '../log/index.ts';
import {
  emptyRange,
  fromHashes,
  hashLeaf,
  hashNode,
  RangeBuilder,
  rangePositions,
  rangeRoot,
  storedIndex,
  storedNodeCount,
} from '../merkle/index.ts';
import { checkCheckpoint, type NoteVerifier } from '../note/index.ts';

/** An entry as read from a store. */
export interface ReadEntry {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** A signed checkpoint, verified, with the perfect subtrees its root is made of by their stored index. */
interface Anchor {
  readonly note: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly frontier: ReadonlyMap<number, Uint8Array>;
}

/** A node on the way from an entry to what is known. */
interface Step {
  readonly level: number;
  readonly stored: number;
  readonly hash: Uint8Array;
}

/** Proves entries of one store under its signed root. */
export class EntryProver {
  readonly #store: LogStore;
  readonly #verifier: NoteVerifier;
  readonly #memory = new NodeMemory();
  #anchor: Anchor | undefined;
  /** The stored tree is damaged though the entries hold: nothing can be proved from it until it is rebuilt. */
  #unprovable = false;

  constructor(store: LogStore, verifier: NoteVerifier) {
    this.#store = store;
    this.#verifier = verifier;
  }

  /** Takes a head this process has just signed and written itself. */
  trust(head: StoredHead): void {
    this.#anchor = anchorOf(head, rangeRoot(fromHashes(head.size, head.range)));
  }

  /** Forgets that the stored tree is damaged: it was made anew. */
  reset(): void {
    this.#unprovable = false;
  }

  /**
   * Returns if these are the log's entries. Where the stored tree does not prove one, all entries are hashed once: if they give the
   * root, only the derived tree is wrong (LG-17), and nothing more is asked of it.
   *
   * Cost: one read for all, one hash a level up to what is known; nothing for a path walked before.
   *
   * @throws {StoreError} `ERR_STORE_CORRUPT` if an entry is not under the signed root, or the checkpoint is not signed.
   */
  async prove(entries: readonly ReadEntry[]): Promise<void> {
    if (this.#unprovable || entries.length === 0) return;
    const anchor = await this.#anchorFor(entries);
    const isBound = anchor.frontier.size > 0;
    const read = isBound ? await this.#readSiblings(entries, anchor) : new Map<number, undefined>();
    for (const { index, bytes } of entries) {
      if (index < anchor.size) {
        const leafHash = hashLeaf(bytes);
        if (isBound && this.#climb(index, leafHash, anchor, read)) continue;
        this.#unprovable = await this.#entriesGive(anchor, index, leafHash);
        if (this.#unprovable) return;
      }
      throw unreadable(index, 'it is not under the signed root');
    }
  }

  /**
   * The receipts of entries as of `head`, from what is at hand where that is enough, else from the store.
   * @param written - the last nodes of a tree of that size, in stored order: those its own commit added, or none.
   */
  async receipts(
    indexes: readonly number[],
    head: StoredHead,
    written: readonly Uint8Array[] = [],
  ): Promise<Receipt[]> {
    const writtenFirst = storedNodeCount(head.size) - written.length;
    const reader = async (nodes: readonly number[]): Promise<readonly (Uint8Array | undefined)[]> => {
      // Copies: a proof is its reader's own.
      const found = nodes.map((stored) =>
        (stored >= writtenFirst
          ? written[stored - writtenFirst]
          : this.#known(stored, this.#anchor)
        )?.slice(),
      );
      const missing = nodes.filter((_, i) => found[i] === undefined);
      const read = missing.length === 0 ? [] : await this.#store.readNodes(missing);
      let next = 0;
      return found.map((hash) => hash ?? read[next++]);
    };
    return makeReceiptsFrom(reader, indexes, head);
  }

  #known(stored: number, anchor: Anchor | undefined): Uint8Array | undefined {
    return anchor?.frontier.get(stored) ?? this.#memory.get(stored);
  }

  /** Reads, in one go, every sibling on the ways from these entries up to what is known now. */
  async #readSiblings(
    entries: readonly ReadEntry[],
    anchor: Anchor,
  ): Promise<ReadonlyMap<number, Uint8Array | undefined>> {
    const wanted = new Set<number>();
    const passed = new Set<number>();
    for (const { index } of entries) {
      if (index >= anchor.size) continue;
      let n = index;
      for (let level = 0; ; level++) {
        const stored = storedIndex(level, n);
        if (passed.has(stored) || this.#known(stored, anchor) !== undefined) break;
        passed.add(stored);
        wanted.add(storedIndex(level, siblingOf(n)));
        n = Math.floor(n / 2);
      }
    }
    const indexes = [...wanted];
    const nodes = indexes.length === 0 ? [] : await this.#store.readNodes(indexes);
    return new Map(indexes.map((stored, i) => [stored, nodes[i]]));
  }

  /** Walks from a leaf up to what is known; true, and everything on the way remembered, if it is the same. */
  #climb(
    index: number,
    leafHash: Uint8Array,
    anchor: Anchor,
    read: ReadonlyMap<number, Uint8Array | undefined>,
  ): boolean {
    const steps: Step[] = [];
    let n = index;
    let hash = leafHash;
    for (let level = 0; ; level++) {
      const stored = storedIndex(level, n);
      const known = this.#known(stored, anchor);
      if (known !== undefined) {
        if (!equalBytes(known, hash)) return false;
        break;
      }
      const storedSibling = storedIndex(level, siblingOf(n));
      const sibling = read.get(storedSibling);
      if (sibling?.length !== 32) return false;
      steps.push({ level, stored, hash }, { level, stored: storedSibling, hash: sibling });
      hash = n % 2 === 0 ? hashNode(hash, sibling) : hashNode(sibling, hash);
      n = Math.floor(n / 2);
    }
    for (const step of steps) this.#memory.add(step);
    return true;
  }

  /** True if all entries give the root, and the one in question is among them. */
  async #entriesGive({ size, root }: Anchor, index: number, leafHash: Uint8Array): Promise<boolean> {
    const builder = new RangeBuilder(emptyRange());
    let isAmong = false;
    for await (const block of readBlocks(this.#store, 0, size)) {
      for (const entry of block) {
        const leaf = hashLeaf(entry.bytes);
        if (entry.index === index) isAmong = equalBytes(leaf, leafHash);
        builder.append(leaf);
      }
    }
    return isAmong && builder.end === size && equalBytes(builder.root(), root);
  }

  /** A signed root that all these entries should be under: the last one, while the log it stands for is long enough. */
  async #anchorFor(entries: readonly ReadEntry[]): Promise<Anchor> {
    const known = this.#anchor;
    return known !== undefined && entries.every(({ index }) => index < known.size) ? known : this.#signed();
  }

  async #signed(): Promise<Anchor> {
    const head = await this.#store.readHead();
    const note = head?.checkpoint ?? '';
    if (this.#anchor?.note === note) return this.#anchor;
    const opened = checkCheckpoint(note, this.#verifier);
    if (head === undefined || !opened.ok) {
      const message = "couldn't read the log: its checkpoint is not signed by its key, run an audit";
      throw new StoreError('ERR_STORE_CORRUPT', message);
    }
    const { size, root } = opened.checkpoint;
    this.#anchor = anchorOf({ ...head, size }, root);
    return this.#anchor;
  }
}

/** The anchor of a verified checkpoint; a range that does not give its root leaves no frontier, and nothing is proved by it. */
function anchorOf({ size, range, checkpoint: note }: StoredHead, root: Uint8Array): Anchor {
  const positions = rangePositions(0, size);
  const isBound = range.length === positions.length && equalBytes(rangeRoot(fromHashes(size, range)), root);
  const frontier = new Map(
    isBound ? positions.map(({ level, n }, i) => [storedIndex(level, n), range[i]!]) : [],
  );
  return { note, size, root, frontier };
}

function siblingOf(n: number): number {
  return n % 2 === 0 ? n + 1 : n - 1;
}

/** The error for an entry that cannot be believed. */
export function unreadable(entry: number, why: string): StoreError {
  return new StoreError('ERR_STORE_CORRUPT', `couldn't read entry ${entry}: ${why}, run an audit`, {
    details: { entry },
  });
}

/** Nodes remembered: 40 bytes each, set aside once. */
const NODES_MAX = 65_536;
const NODES_MAX_LOG2 = 16;

/** Hashes of nodes by stored index; each has one place, which it takes from nodes of its own level or below. */
class NodeMemory {
  readonly #stored = new Float64Array(NODES_MAX).fill(-1);
  readonly #levels = new Uint8Array(NODES_MAX);
  readonly #hashes = new Uint8Array(NODES_MAX * 32);

  get(stored: number): Uint8Array | undefined {
    const place = placeOf(stored);
    return this.#stored[place] === stored ? this.#hashes.slice(place * 32, place * 32 + 32) : undefined;
  }

  add({ level, stored, hash }: Step): void {
    const place = placeOf(stored);
    if (this.#stored[place] !== -1 && this.#levels[place]! > level) return;
    this.#stored[place] = stored;
    this.#levels[place] = level;
    this.#hashes.set(hash, place * 32);
  }
}

/** Stored indexes of one level lie powers of two apart: multiplied (Fibonacci hashing), they spread. */
function placeOf(stored: number): number {
  return Math.imul(stored, 0x9e37_79b1) >>> (32 - NODES_MAX_LOG2);
}
