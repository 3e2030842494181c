// Browser-safe.
/**
 * EntryProver: holds what is read from a store to the root its checkpoint signs, reading and hashing no node twice.
 *
 * Reads  own-tree.ts, log/ (head, nodes), merkle/, note/ (the signed checkpoint).   Used by  subjects.ts, check.ts.
 * Maths  a perfect subtree's hash binds all below it and never changes as the log grows: once it was under a signed root, a path
 *        may end there. The frontier (the head's range) is bound by the root itself, so a path ends there at the latest.
 * Never  believes a node or an entry because it is stored; remembers only what a signed root bound.
 * @module
 */
import { equalBytes } from '../bytes/index.ts';
import { StoreError } from '../errors.ts';
import { makeReceiptsFrom, type LogStore, type Receipt, type StoredHead } from '../log/index.ts';
import {
  EMPTY_ROOT,
  hashLeaf,
  hashNode,
  rangePositions,
  storedIndex,
  storedNodeCount,
} from '../merkle/index.ts';
import { checkCheckpoint, type NoteVerifier } from '../note/index.ts';
import { OwnTree } from './own-tree.ts';
import { after, readsOf, type Reads, type Soon } from './reads.ts';

/** An entry as read from a store. */
export interface ReadEntry {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** An entry that the stored tree did not prove; without a hash where it lies beyond the signed size. */
interface Doubtful {
  readonly index: number;
  readonly leafHash: Uint8Array | undefined;
}

/** A signed checkpoint, verified, with the perfect subtrees its root is made of. */
interface Anchor {
  readonly note: string;
  readonly size: number;
  /** The hashes of the subtrees, largest first; none where they do not give the root. */
  readonly range: readonly Uint8Array[];
  /** The root, and of each subtree the one hash that stands for all to its right; of a head of our own made when first asked for. */
  sums: Sums | undefined;
  /** Where in {@link range} each stands, by its stored index; empty where the range is. */
  readonly frontier: ReadonlyMap<number, number>;
}

/** What the hashes of a range sum up to: all of them the root, those after each `rights`, undefined after the last. */
interface Sums {
  readonly root: Uint8Array;
  readonly rights: readonly (Uint8Array | undefined)[];
}

/** Proves entries of one store under its signed root. */
export class EntryProver {
  readonly #store: LogStore;
  readonly #reads: Reads;
  readonly #verifier: NoteVerifier;
  readonly #memory = new NodeMemory();
  /** Nodes that this task and the one before came upon, all bound by a signed root: unlike the memory, it loses none. */
  #fresh = new Map<number, Uint8Array>();
  #anchor: Anchor | undefined;
  /** Made where the stored tree is damaged though the entries hold. */
  #own: OwnTree | undefined;
  #treeDiffers = false;
  #ownTurn: Promise<unknown> = Promise.resolve();

  constructor(store: LogStore, verifier: NoteVerifier) {
    this.#store = store;
    this.#reads = readsOf(store);
    this.#verifier = verifier;
  }

  /** Takes a head this process has just signed and written itself. */
  trust(head: StoredHead): void {
    this.#anchor = anchorOf(head, undefined);
  }

  /** Forgets that the stored tree is damaged: it was made anew. */
  reset(): void {
    this.#own = undefined;
  }

  /** Between two tasks: what only the memory is to keep is let go. */
  settle(): void {
    if (this.#fresh.size > FRESH_CARRIED_MAX) this.#fresh = new Map();
  }

  /**
   * Returns if these are the log's entries. Where the stored tree does not prove one, all entries are hashed once: if they give the
   * root, only the derived tree is wrong (LG-17), and the tree of the entries themselves proves this one, and others later.
   *
   * Cost: one read for all, one hash a level up to what is known; nothing for a path walked before.
   *
   * @throws {StoreError} `ERR_STORE_CORRUPT` if an entry is not under the signed root, or the checkpoint is not signed.
   */
  prove(entries: readonly ReadEntry[]): Soon<void> {
    if (entries.length === 0) return;
    const known = this.#anchor;
    const isCovered = known !== undefined && entries.every(({ index }) => index < known.size);
    return after(isCovered ? known : this.#signed(), (anchor) => {
      const isBound = anchor.frontier.size > 0;
      if (this.#fresh.size > FRESH_MAX) this.#fresh = new Map();
      const fresh = this.#fresh;
      const siblings: number[] = [];
      const firsts = isBound ? this.#siblingsOf(entries, anchor, fresh, siblings) : [];
      return after(siblings.length === 0 ? [] : this.#reads.readNodes(siblings), (read) => {
        const doubtful: Doubtful[] = [];
        for (let i = 0; i < entries.length; i++) {
          const { index, bytes } = entries[i]!;
          const leafHash = index < anchor.size ? hashLeaf(bytes) : undefined;
          const isProved =
            leafHash !== undefined &&
            isBound &&
            this.#climb(index, leafHash, anchor, read, firsts[i]!, fresh);
          if (!isProved) doubtful.push({ index, leafHash });
        }
        return doubtful.length === 0 ? undefined : this.#proveByAll(doubtful, anchor);
      });
    });
  }

  /** Proves by all entries those that the stored tree did not prove. */
  async #proveByAll(doubtful: readonly Doubtful[], anchor: Anchor): Promise<void> {
    for (const { index, leafHash } of doubtful) {
      if (leafHash !== undefined && (await this.#entriesHold(anchor, index, leafHash))) continue;
      throw unreadable(index, 'it is not under the signed root');
    }
  }

  /**
   * The receipt of an entry as of `head`, from what is at hand where that is enough, else from the store.
   * @param written - the last nodes of a tree of that size, in stored order: those its own commit added, or none.
   */
  receipt(index: number, head: StoredHead, written: readonly Uint8Array[] = []): Soon<Receipt> {
    return after(
      this.#shortReceipt(index, head),
      (short) => short ?? this.#longReceipts([index], head, written).then(([receipt]) => receipt!),
    );
  }

  /** {@link receipt} of many entries. */
  async receipts(
    indexes: readonly number[],
    head: StoredHead,
    written: readonly Uint8Array[] = [],
  ): Promise<Receipt[]> {
    if (indexes.length === 1) return [await this.receipt(indexes[0]!, head, written)];
    return await this.#longReceipts(indexes, head, written);
  }

  async #longReceipts(
    indexes: readonly number[],
    head: StoredHead,
    written: readonly Uint8Array[],
  ): Promise<Receipt[]> {
    const writtenFirst = storedNodeCount(head.size) - written.length;
    const reader = async (nodes: readonly number[]): Promise<readonly (Uint8Array | undefined)[]> => {
      // Copies: a proof is its reader's own.
      const found = nodes.map((stored) =>
        (stored >= writtenFirst
          ? written[stored - writtenFirst]
          : this.#known(stored, this.#anchor, this.#fresh)
        )?.slice(),
      );
      const missing = nodes.filter((_, i) => found[i] === undefined);
      const read = missing.length === 0 ? [] : await this.#reads.readNodes(missing);
      let next = 0;
      return found.map((hash) => hash ?? read[next++]);
    };
    return makeReceiptsFrom(reader, indexes, head);
  }

  /**
   * The receipt of an entry where the anchor is that very head: what lies beyond the entry's subtree is at hand then, and of the nodes
   * below only those are read that are forgotten. Undefined where the long way must be taken.
   */
  #shortReceipt(entryIndex: number, { size, checkpoint }: StoredHead): Soon<Receipt | undefined> {
    const anchor = this.#anchor;
    if (anchor?.note !== checkpoint || anchor.size !== size || entryIndex >= size) return undefined;
    if (anchor.frontier.size === 0) return undefined;
    const siblings: number[] = [];
    const way = new Way(entryIndex);
    let place = anchor.frontier.get(way.stored);
    for (; place === undefined; place = anchor.frontier.get(way.stored)) {
      siblings.push(way.sibling);
      way.climb();
    }
    // The last subtree, which holds what was appended last, has nothing to its right: no need to sum up.
    const right = place + 1 < anchor.range.length ? sumsOf(anchor).rights[place] : undefined;
    const beyond = place + (right === undefined ? 0 : 1);
    const proof = new Uint8Array((siblings.length + beyond) * 32);
    let at = siblings.length * 32;
    if (right !== undefined) proof.set(right, at);
    at = proof.length;
    for (let left = 0; left < place; left++) proof.set(anchor.range[left]!, (at -= 32));
    return after(this.#copyNodes(siblings, anchor, proof), (isWhole) =>
      isWhole ? { entryIndex, size, proof: hashesIn(proof), checkpoint } : undefined,
    );
  }

  /** Copies nodes to the beginning of `target`: those at hand, and from the store the others; false if one of them is not whole. */
  #copyNodes(nodes: readonly number[], anchor: Anchor, target: Uint8Array): Soon<boolean> {
    const missing: number[] = [];
    const places: number[] = [];
    for (let i = 0; i < nodes.length; i++) {
      const stored = nodes[i]!;
      const place = anchor.frontier.get(stored);
      const held = this.#fresh.get(stored) ?? (place === undefined ? undefined : anchor.range[place]);
      if (held !== undefined) target.set(held, i * 32);
      else if (!this.#memory.copy(stored, target, i * 32)) {
        missing.push(stored);
        places.push(i * 32);
      }
    }
    if (missing.length === 0) return true;
    return after(this.#reads.readNodes(missing), (read) => {
      if (!isWhole(read)) return false;
      for (const [i, hash] of read.entries()) target.set(hash, places[i]!);
      return true;
    });
  }

  #known(
    stored: number,
    anchor: Anchor | undefined,
    fresh: ReadonlyMap<number, Uint8Array>,
  ): Uint8Array | undefined {
    const known = fresh.get(stored);
    if (known !== undefined) return known;
    const place = anchor?.frontier.get(stored);
    return place === undefined ? this.#memory.get(stored) : anchor!.range[place];
  }

  /**
   * Adds to `siblings` those of all nodes on the ways from these entries up to what is known now, one way after the other, and keeps
   * hold of where they end; returns where each way begins.
   */
  #siblingsOf(
    entries: readonly ReadEntry[],
    anchor: Anchor,
    fresh: Map<number, Uint8Array>,
    siblings: number[],
  ): readonly number[] {
    const firsts: number[] = [];
    const passed = new Set<number>();
    for (const { index } of entries) {
      firsts.push(siblings.length);
      if (index >= anchor.size) continue;
      for (const way = new Way(index); ; way.climb()) {
        const { stored } = way;
        if (passed.has(stored)) break;
        const known = this.#known(stored, anchor, fresh);
        if (known !== undefined) {
          // What other ways bring into the memory may take its place there.
          fresh.set(stored, known);
          break;
        }
        passed.add(stored);
        siblings.push(way.sibling);
      }
    }
    return firsts;
  }

  /**
   * Walks from a leaf up to what is known; true, and everything on the way remembered, if it is the same.
   * @param read - from `first` on, the siblings on the way up to where it ended or met that of an entry before.
   */
  #climb(
    index: number,
    leafHash: Uint8Array,
    anchor: Anchor,
    read: readonly (Uint8Array | undefined)[],
    first: number,
    fresh: Map<number, Uint8Array>,
  ): boolean {
    const ways: number[] = [];
    const hashes: Uint8Array[] = [];
    let known: Uint8Array | undefined;
    let hash = leafHash;
    const way = new Way(index);
    for (let next = first; ; next++, way.climb()) {
      const { stored, sibling } = way;
      known = this.#known(stored, anchor, fresh);
      if (known !== undefined) break;
      const beside = read[next];
      if (beside?.length !== 32) return false;
      ways.push(stored, sibling);
      hashes.push(hash, beside);
      hash = sibling < stored ? hashNode(beside, hash) : hashNode(hash, beside);
    }
    if (!equalBytes(known, hash)) return false;
    // Now a signed root binds them all.
    for (let i = 0; i < ways.length; i++) {
      fresh.set(ways[i]!, hashes[i]!);
      this.#memory.add(i >>> 1, ways[i]!, hashes[i]!);
    }
    return true;
  }

  /** True once an entry was proved that the stored tree nodes did not prove: some of them are not those of the signed root. */
  get treeDiffers(): boolean {
    return this.#treeDiffers;
  }

  /** True if all entries give the root, and the one in question is among them. */
  async #entriesHold(anchor: Anchor, index: number, leafHash: Uint8Array): Promise<boolean> {
    const { size } = anchor;
    const { root } = sumsOf(anchor);
    const turn = this.#ownTurn.then(async () => {
      const own = this.#own ?? new OwnTree(this.#store);
      this.#own = undefined;
      if (own.size < size && !(await own.extend(size, root))) return false;
      this.#own = own;
      const holds = await own.holds(index, leafHash);
      this.#treeDiffers ||= holds;
      return holds;
    });
    this.#ownTurn = turn.catch(() => undefined);
    return turn;
  }

  /** What the store's checkpoint signs now. */
  #signed(): Soon<Anchor> {
    return after(this.#reads.readHead(), (head) => {
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
    });
  }
}

/**
 * The anchor of a verified checkpoint; a range that does not give its root leaves no frontier, and nothing is proved by it.
 * @param signed - the root that was signed; undefined for a head of our own, whose range gives it.
 */
function anchorOf({ size, range, checkpoint: note }: StoredHead, signed: Uint8Array | undefined): Anchor {
  const positions = rangePositions(0, size);
  const isWhole = range.length > 0 && range.length === positions.length;
  const sums = isWhole && signed !== undefined ? sumsFrom(range) : undefined;
  if (!isWhole || (sums !== undefined && !equalBytes(sums.root, signed!))) {
    const none = { root: signed ?? EMPTY_ROOT, rights: [] };
    return { note, size, range: [], sums: none, frontier: new Map() };
  }
  const frontier = new Map(positions.map(({ level, n }, i) => [storedIndex(level, n), i]));
  return { note, size, range, sums, frontier };
}

function sumsOf(anchor: Anchor): Sums {
  return (anchor.sums ??= sumsFrom(anchor.range));
}

/** @param range - at least one hash. */
function sumsFrom(range: readonly Uint8Array[]): Sums {
  const rights: (Uint8Array | undefined)[] = [];
  let root = range.at(-1)!;
  for (let i = range.length - 2; i >= 0; i--) {
    rights[i] = root;
    root = hashNode(range[i]!, root);
  }
  return { root, rights };
}

/**
 * The nodes from a leaf upwards, by their stored indexes: what storedIndex gives, told from the one below. A right child's parent is stored
 * right after it; a left child's sibling right before their parent, a whole subtree of their size further on.
 */
class Way {
  /** Stored index of the node. */
  stored: number;
  /** Of the node beside it; one on its left is stored before it. */
  sibling = 0;
  #n: number;
  /** Twice as many leaves as the node has: one more than the nodes of its subtree. */
  #span = 2;

  constructor(leaf: number) {
    this.stored = storedIndex(0, leaf);
    this.#n = leaf;
    this.#turn();
  }

  /** Goes up one level. */
  climb(): void {
    const right = this.#n % 2;
    this.stored += right === 1 ? 1 : this.#span;
    this.#n = (this.#n - right) / 2;
    this.#span *= 2;
    this.#turn();
  }

  #turn(): void {
    this.sibling = this.stored + (this.#n % 2 === 1 ? 1 - this.#span : this.#span - 1);
  }
}

/** Hashes that stand side by side, as views. */
function hashesIn(bytes: Uint8Array): Uint8Array[] {
  const hashes: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 32) hashes.push(bytes.subarray(at, at + 32));
  return hashes;
}

/** True if no node is missing or misshaped. */
function isWhole(proof: readonly (Uint8Array | undefined)[]): proof is readonly Uint8Array[] {
  return proof.every((node) => node?.length === 32);
}

/** The error for an entry that cannot be believed. */
export function unreadable(entry: number, why: string): StoreError {
  return new StoreError('ERR_STORE_CORRUPT', `couldn't read entry ${entry}: ${why}, run an audit`, {
    details: { entry },
  });
}

/** Nodes held on to beyond the memory, some hundred bytes each: before those of one more call, and from one task to the next. */
const FRESH_MAX = 512;
const FRESH_CARRIED_MAX = 64;

/** Nodes remembered: 40 bytes each, set aside once. */
const NODES_MAX = 65_536;
/** Stored indexes of one level lie powers of two apart: multiplied (Fibonacci hashing), their upper bits spread over the places. */
const PLACES = 0x9e37_79b1;
const PLACES_SHIFT = 16;

/** Hashes of nodes by stored index; each has one place, which it takes from nodes of its own level or below. */
class NodeMemory {
  readonly #stored = new Float64Array(NODES_MAX).fill(-1);
  readonly #levels = new Uint8Array(NODES_MAX);
  readonly #hashes = new Uint8Array(NODES_MAX * 32);

  get(stored: number): Uint8Array | undefined {
    const place = Math.imul(stored, PLACES) >>> PLACES_SHIFT;
    return this.#stored[place] === stored ? this.#hashes.slice(place * 32, place * 32 + 32) : undefined;
  }

  /** Copies a hash to a place in `target`; false if it is not remembered. */
  copy(stored: number, target: Uint8Array, at: number): boolean {
    const place = Math.imul(stored, PLACES) >>> PLACES_SHIFT;
    if (this.#stored[place] !== stored) return false;
    target.set(this.#hashes.subarray(place * 32, place * 32 + 32), at);
    return true;
  }

  add(level: number, stored: number, hash: Uint8Array): void {
    const place = Math.imul(stored, PLACES) >>> PLACES_SHIFT;
    if (this.#stored[place] !== -1 && this.#levels[place]! > level) return;
    this.#stored[place] = stored;
    this.#levels[place] = level;
    this.#hashes.set(hash, place * 32);
  }
}
