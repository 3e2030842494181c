// Browser-safe.
/**
 * The first stage: a range of consecutive entries, by itself. Whatever needs no other entry is done here, once, in any thread.
 *
 * Reads  log/, merkle/, statement/, crypto/, custody/, streams.ts.   Used by  crew.ts (inline or in a worker).
 * Method entry by entry: header, signature into the batch of the range, payload, acts packed; the batch is verified at the end. Acts of
 *        what does not count are packed too, and skipped by whoever reads them: that is decided by the merge, as is who may sign at
 *        which place. A key is known here by its hash, which is its name, whoever enrols it.
 * Never  trusts the store: everything is recomputed from the entries' bytes.
 * @module
 */
import { toBase64url } from '../bytes/index.ts';
import { BatchVerifier, isPortableSignature, keyId } from '../crypto/index.ts';
import { KERNEL_AFTER, kernel } from '../crypto/kernel.ts';
import { StatementReader, type Act, type StatementHead } from '../custody/index.ts';
import { decodeEntry, type EntryRun } from '../log/index.ts';
import { NodeRun } from '../merkle/node-run.ts';
import { openStatement, type OpenedStatement } from '../statement/index.ts';
import { EntryRows } from './entry-rows.ts';
import { KeyWriter, type KeySpace } from './keeping.ts';
import { keysNamed } from './named-keys.ts';
import { Packer } from './packing.ts';
import { RowHash } from './row-hash.ts';
import { StreamWriter, type Parting, type RangeStreams } from './streams.ts';

/** What is the same for all ranges of a run. */
export interface RangeSetup extends Parting {
  /** Random bytes under which rows of the derived index are hashed; undefined where they are not compared. */
  readonly salt: Uint8Array | undefined;
  /** Signatures of entries below this index were verified before, and all are good but those listed. */
  readonly trustedBefore: number;
  readonly refused: readonly number[];
  /** Of the keys entries are found again by; undefined where nothing is kept for the next audit. */
  readonly keySpace: KeySpace | undefined;
}

/** What kind of statement an entry holds: the low bits of its state. */
export const STATE_KIND = 3;
export const STATE_EVENTS = 0;
/** Any other kind. */
export const STATE_REGISTRY = 1;
export const STATE_NO_STATEMENT = 2;
/** What is known of its signature. */
export const STATE_SIGNATURE = 12;
export const STATE_GOOD = 0;
export const STATE_BAD = 4;
/** By a key not known here. */
export const STATE_UNKNOWN = 8;
/** Libraries may disagree about the signature (SG-12). */
export const STATE_WEAK = 16;
/** Its bytes are among {@link RangeResult.asked}: the merge must look into it itself. */
export const STATE_ASKED = 32;

/** What a range says to the merge. Everything in it can be handed to another thread. */
export interface RangeResult extends RangeStreams {
  readonly first: number;
  /** How many entries hold together. */
  readonly count: number;
  /** Why the next one does not; undefined if all do. */
  readonly chainBreak: string | undefined;
  /** The link of the first entry, and the leaf hash of the last that holds; empty where there is none. */
  readonly previous: Uint8Array;
  readonly last: Uint8Array;
  /** The compact range of the entries: 32 bytes a subtree. */
  readonly subtrees: Uint8Array;
  /** Tree nodes from its first leaf to its last, as they are stored: 32 bytes each, zeros where the merge must complete them. */
  readonly nodes: Uint8Array;
  /** Entry by entry: record time, sequence number, state, number of acts, and which signer (see `signers`). */
  readonly recordTimes: Float64Array;
  readonly sequences: Float64Array;
  readonly states: Uint8Array;
  readonly acts: Uint32Array;
  readonly signerOf: Uint32Array;
  /** Packed: how many, and for each kid, issuer and audience. */
  readonly signers: Uint8Array;
  /** Packed, in order: statements the merge must look into itself. */
  readonly asked: Uint8Array;
  /** Entry by entry the digest of its rows, which are none if its statement is nobody's; empty if not wanted. */
  readonly rows: Uint32Array;
  /** Sorted keys of all that its acts name (keeping.ts); empty if not wanted. */
  readonly keys: Float64Array;
}

/** The range stage of one thread: the keys it knows, and one verifier for all its ranges. */
export class RangeStage {
  readonly #setup: RangeSetup;
  readonly #refused: ReadonlySet<number>;
  readonly #rows: RowHash | undefined;
  readonly #reader = new StatementReader(true);
  readonly #kids = new KidTable();
  readonly #batch = new BatchVerifier();
  readonly #keys: KeyWriter | undefined;
  readonly #streams: StreamWriter;

  constructor(setup: RangeSetup) {
    this.#setup = setup;
    this.#streams = new StreamWriter(setup);
    this.#refused = new Set(setup.refused);
    this.#rows = setup.salt === undefined ? undefined : new RowHash(setup.salt);
    this.#keys = setup.keySpace === undefined ? undefined : new KeyWriter(setup.keySpace);
  }

  /** Learns public keys of registry statements that count, 32 bytes each. */
  learn(publicKeys: Uint8Array): void {
    for (let at = 0; at < publicKeys.length; at += 32) this.#kids.enrol(publicKeys.slice(at, at + 32));
  }

  run({ first, bytes, ends }: EntryRun): RangeResult {
    // So many signatures make one at the end in any case; made now, it scans events, too.
    if (ends.length >= KERNEL_AFTER) kernel();
    const table = new EntryTable(ends.length);
    const rows = this.#rows === undefined ? undefined : new EntryRows(this.#rows, ends.length);
    const tree = new NodeRun(first, ends.length);
    const streams = this.#streams;
    let previous: Uint8Array = NOTHING;
    let chainBreak: string | undefined;
    let count = 0;
    for (let start = 0; count < ends.length; start = ends[count++]!) {
      const entryBytes = bytes.subarray(start, ends[count]);
      const entry = decoded(entryBytes);
      if (entry === undefined) chainBreak = 'its bytes are no entry';
      else if (count > 0 && !tree.isLast(entry.previous)) chainBreak = NO_LINK;
      if (entry === undefined || chainBreak !== undefined) break;
      if (count === 0) previous = entry.previous.slice();
      tree.add(entryBytes);
      table.recordTimes[count] = entry.recordTimeMs;
      this.#open(first + count, count, entry.statement, { table, streams, rows });
    }
    table.judge(this.#batch.verify());
    table.leave();
    rows?.end();
    const rest = { ...tree.finish(), ...table.finish(), ...streams.finish() };
    const keys = this.#keys?.finish() ?? NO_KEYS;
    return { first, count, chainBreak, previous, keys, rows: rows?.digests ?? NO_ROWS, ...rest };
  }

  /** One statement: header, signature into the batch, payload, acts. Nothing of it outlives this call but what is packed. */
  #open(index: number, i: number, bytes: Uint8Array, { table, streams, rows }: RangeWriters): void {
    const head = this.#headOf(bytes);
    if (head === undefined) {
      table.add(i, STATE_NO_STATEMENT);
      return;
    }
    const { issuer, audience, sequence, kind } = head;
    const kid = this.#kids.of(head.kid);
    const isRegistry = kind !== 'events';
    if (kind === 'key' || kind === 'genesis') this.#learnFrom(bytes);
    table.signed(i, sequence, kid.signer(issuer, audience, table));
    const scanned = isRegistry || this.#keys !== undefined ? undefined : this.#reader.scan(head);
    const acts =
      isRegistry || scanned !== undefined ? NO_ACTS : this.#actsOf(head, index, table.recordTimes[i]!);
    if (scanned !== undefined) {
      const recordTimeMs = table.recordTimes[i]!;
      streams.writeScanned({ entry: index, recordTimeMs, issuer, kid: kid.text }, scanned);
    }
    for (const act of acts ?? NO_ACTS) {
      streams.write(act);
      this.#keys?.add(act);
    }
    const state = acts === undefined ? STATE_NO_STATEMENT : this.#stateOf(index, i, head, kid, table);
    const isAsked =
      acts !== undefined && (isRegistry || index === 0 || (state & STATE_SIGNATURE) === STATE_UNKNOWN);
    if (isAsked) table.ask(bytes);
    const asked = (isRegistry ? STATE_REGISTRY : 0) | (isAsked ? STATE_ASKED : 0);
    table.add(i, state | asked, scanned?.count ?? acts?.length);
    const signed = acts === undefined ? undefined : { kid: kid.text, sequence };
    if (scanned === undefined) rows?.add(index, i, { bytes, isRegistry, signed }, acts ?? NO_ACTS);
    else rows?.addScanned(index, i, { bytes, signed: { kid: kid.text, sequence } }, scanned);
  }

  #headOf(bytes: Uint8Array): StatementHead | undefined {
    try {
      return this.#reader.head(bytes);
    } catch {
      return undefined;
    }
  }

  #actsOf(head: StatementHead, index: number, recordTimeMs: number): readonly Act[] | undefined {
    try {
      return this.#reader.acts(head, index, recordTimeMs);
    } catch {
      return undefined;
    }
  }

  /** What can be said of a signature before the batch is verified. */
  #stateOf(
    index: number,
    i: number,
    { signature, toBeSigned }: StatementHead,
    { publicKey }: KnownKid,
    table: EntryTable,
  ): number {
    const isTrusted = index < this.#setup.trustedBefore;
    if (publicKey !== undefined && !isTrusted) {
      table.inBatch(i, this.#batch.add(signature, toBeSigned, publicKey));
    }
    if (this.#refused.has(index)) return STATE_BAD;
    if (publicKey === undefined) return STATE_UNKNOWN;
    return isPortableSignature(signature, publicKey) ? STATE_GOOD : STATE_GOOD | STATE_WEAK;
  }

  /** A key is known by its hash, so it does not matter here who says so, or whether he may. */
  #learnFrom(bytes: Uint8Array): void {
    const statement = opened(bytes)?.statement;
    if (statement !== undefined) for (const key of keysNamed(statement)) this.#kids.learn(key);
  }
}

/** Where what a range says is written. */
interface RangeWriters {
  readonly table: EntryTable;
  readonly streams: StreamWriter;
  readonly rows: EntryRows | undefined;
}

const NOTHING = new Uint8Array(0);
const NO_ACTS: readonly Act[] = Object.freeze([]);
const NO_KEYS = new Float64Array(0);
const NO_ROWS = new Uint32Array(0);
/** Why an entry that does not carry the hash of the one before it breaks the chain. */
export const NO_LINK = 'it does not link to the entry before it';

function decoded(bytes: Uint8Array): ReturnType<typeof decodeEntry> | undefined {
  try {
    return decodeEntry(bytes);
  } catch {
    return undefined;
  }
}

function opened(bytes: Uint8Array): OpenedStatement | undefined {
  try {
    return openStatement(bytes);
  } catch {
    return undefined;
  }
}

/** What a range says entry by entry, while it is filled. */
class EntryTable {
  readonly recordTimes: Float64Array;
  readonly #sequences: Float64Array;
  readonly #states: Uint8Array;
  readonly #acts: Uint32Array;
  readonly #signerOf: Uint32Array;
  readonly #signers: string[] = [];
  readonly #asked = new Packer();
  /** Entry of each item of the batch. */
  readonly #items: number[] = [];
  /** Key ids that know this table. */
  readonly #kids: KnownKid[] = [];

  constructor(count: number) {
    this.recordTimes = new Float64Array(count);
    this.#sequences = new Float64Array(count);
    this.#states = new Uint8Array(count);
    this.#acts = new Uint32Array(count);
    this.#signerOf = new Uint32Array(count);
  }

  add(i: number, state: number, acts = 0): void {
    this.#states[i] = state;
    this.#acts[i] = acts;
  }

  /** Notes that an entry's signature is an item of the batch; items come in order. */
  inBatch(i: number, item: number): void {
    this.#items[item] = i;
  }

  /** Takes the verdicts of the batch. */
  judge(verdicts: Uint8Array): void {
    for (let item = 0; item < this.#items.length; item++) {
      if (verdicts[item] !== 0) continue;
      const i = this.#items[item]!;
      this.#states[i] = (this.#states[i]! & ~(STATE_SIGNATURE | STATE_WEAK)) | STATE_BAD;
    }
  }

  signed(i: number, sequence: number, signer: number): void {
    this.#sequences[i] = sequence;
    this.#signerOf[i] = signer;
  }

  /** Notes a key id that gives its signers numbers in this table. */
  uses(kid: KnownKid): void {
    this.#kids.push(kid);
  }

  /** Has all key ids forget this table: one that is never used again would keep it for ever. */
  leave(): void {
    for (const kid of this.#kids) kid.leave();
  }

  /** Number of a signer new to this range. */
  newSigner(kid: string, issuer: string, audience: string): number {
    return this.#signers.push(kid, issuer, audience) / 3 - 1;
  }

  ask(statement: Uint8Array): void {
    this.#asked.block(statement);
  }

  finish() {
    const signers = new Packer();
    signers.uint(this.#signers.length / 3);
    for (const word of this.#signers) signers.text(word);
    return {
      recordTimes: this.recordTimes,
      sequences: this.#sequences,
      states: this.#states,
      acts: this.#acts,
      signerOf: this.#signerOf,
      signers: signers.finish(),
      asked: this.#asked.finish(),
    };
  }
}

/** A key id with its key where that is known, and the signers of the range at hand that used it. */
class KnownKid {
  readonly text: string;
  publicKey: Uint8Array | undefined;
  #table: EntryTable | undefined;
  readonly #numbers = new Map<string, Map<string, number>>();

  constructor(text: string) {
    this.text = text;
  }

  /** Number of a signer in a range. */
  signer(issuer: string, audience: string, table: EntryTable): number {
    if (this.#table !== table) {
      this.#table = table;
      table.uses(this);
    }
    let numbers = this.#numbers.get(issuer);
    if (numbers === undefined) this.#numbers.set(issuer, (numbers = new Map()));
    let number = numbers.get(audience);
    if (number === undefined) {
      number = table.newSigner(this.text, issuer, audience);
      numbers.set(audience, number);
    }
    return number;
  }

  /** Forgets the range it was last used in. */
  leave(): void {
    this.#table = undefined;
    this.#numbers.clear();
  }
}

/** Key ids met so far, with the keys that ranges and the registry name. */
class KidTable {
  readonly #kids = new Map<string, KnownKid>();
  readonly #enrolled = new Set<KnownKid>();
  #strangers = 0;

  of(kid: string): KnownKid {
    const known = this.#kids.get(kid);
    if (known !== undefined) return known;
    // Anybody may write anything for a key id, or add a key that nobody lets him add: neither is remembered for ever.
    if (++this.#strangers > STRANGERS_MAX) {
      for (const [text, stranger] of this.#kids) if (!this.#enrolled.has(stranger)) this.#kids.delete(text);
      this.#strangers = 0;
    }
    const added = new KnownKid(kid);
    this.#kids.set(kid, added);
    return added;
  }

  /** Learns a key that some statement names. */
  learn(publicKey: Uint8Array): KnownKid {
    const kid = this.of(toBase64url(keyId(publicKey)));
    kid.publicKey = publicKey;
    return kid;
  }

  /** Learns a key that the registry holds. */
  enrol(publicKey: Uint8Array): void {
    this.#enrolled.add(this.learn(publicKey));
  }
}

const STRANGERS_MAX = 10_000;
