// Browser-safe.
/**
 * The second stage: ranges one after the other, in log order. Links ranges, builds the registry, and says which statements count.
 *
 * Reads  range.ts (results), registry/, merkle/, faults.ts.   Used by  audit.ts.
 * Source design section 5 "Audit"; `findings.md` LG-01, LG-03, SG-03 … SG-12, LC-09.
 * Cost   about a microsecond an entry; registry statements are opened and applied here, and so is all that was signed by keys a
 *        range did not know yet: the first entries of a log.
 * @module
 */
import { equalBytes } from '../bytes/index.ts';
import { recordTimeRegression, weakSignature, type Finding } from '../judgement/index.ts';
import { emptyRange, type CompactRange } from '../merkle/index.ts';
import { completeNodes } from '../merkle/node-run.ts';
import type { KeyFact, Registry } from '../registry/index.ts';
import { openStatement, verifyStatement, type OpenedStatement } from '../statement/index.ts';
import type { RowDigests } from './derived.ts';
import { EntrySet } from './entry-set.ts';
import {
  genesisKey,
  keyFault,
  NO_STATEMENT,
  refusal,
  signatureFault,
  type Fault,
  type LogIdentity,
} from './faults.ts';
import { keysNamed } from './named-keys.ts';
import { Unpacker } from './packing.ts';
import {
  NO_LINK,
  STATE_ASKED,
  STATE_BAD,
  STATE_KIND,
  STATE_NO_STATEMENT,
  STATE_SIGNATURE,
  STATE_UNKNOWN,
  STATE_WEAK,
  type RangeResult,
} from './range.ts';
import { DIGEST_WORDS } from './row-hash.ts';
import { SequenceBook } from './sequences.ts';

/** A registry statement that counts, for whoever must build the registry again. */
export interface RegistryStatement {
  readonly entry: number;
  readonly recordTimeMs: number;
  readonly bytes: Uint8Array;
}

/** What the merge works with. */
export interface MergeOptions {
  readonly registry: Registry;
  readonly log: LogIdentity;
  /** Signatures of entries below this index were verified before, and all are good but `refused`. */
  readonly trustedBefore: number;
  readonly refused: readonly number[];
  /** Takes the rows of the derived index, if they are compared. */
  readonly rows: RowDigests | undefined;
  /** Takes every finding about statements. */
  readonly emit: (found: Finding) => void;
  /** What is before the first range; by default nothing. */
  readonly after?: MergeStart;
}

/** A prefix of the log that was merged before. */
export interface MergeStart {
  readonly range: CompactRange;
  readonly last: Uint8Array;
  readonly previousTimeMs: number;
  readonly asOfMs: number;
  readonly statements: number;
  readonly events: number;
  readonly sequences: SequenceBook;
  readonly rejected: EntrySet;
}

interface SignerState {
  readonly kid: string;
  readonly issuer: string;
  readonly audience: string;
  key: KeyFact | undefined;
  /** Size the registry had when `key` was looked up. */
  asOf: number;
}

/** The log up to where it has been merged. */
export class Merge {
  readonly #options: MergeOptions;
  readonly sequences: SequenceBook;
  /** Entries whose statements do not count. */
  readonly rejected: EntrySet;
  readonly registryStatements: RegistryStatement[] = [];
  /** Public keys named by registry statements since they were last taken. */
  #newKeys: Uint8Array[] = [];
  readonly #refused: number[];
  #range: CompactRange = emptyRange();
  #previous: Uint8Array = new Uint8Array(32);
  #previousTimeMs = 0;
  #asOfMs = 0;
  #statements = 0;
  #events = 0;
  #signatures = 0;

  constructor(options: MergeOptions) {
    const { after, refused } = options;
    this.#options = options;
    this.#refused = [...refused];
    this.sequences = after?.sequences ?? new SequenceBook();
    this.rejected = after?.rejected ?? new EntrySet();
    if (after === undefined) return;
    this.#range = after.range;
    this.#previous = after.last;
    this.#previousTimeMs = after.previousTimeMs;
    this.#asOfMs = after.asOfMs;
    this.#statements = after.statements;
    this.#events = after.events;
  }

  /** The compact range of all entries merged. */
  get range(): CompactRange {
    return this.#range;
  }
  /** Leaf hash of the last entry; 32 zero bytes before the first. */
  get last(): Uint8Array {
    return this.#previous;
  }
  /** Record time of the last entry that did not go back. */
  get previousTimeMs(): number {
    return this.#previousTimeMs;
  }
  /** Greatest record time. */
  get asOfMs(): number {
    return this.#asOfMs;
  }
  get statements(): number {
    return this.#statements;
  }
  get events(): number {
    return this.#events;
  }
  /** Signatures whose verdict was asked for in this run. */
  get signatures(): number {
    return this.#signatures;
  }
  /** Entries whose signature does not verify, ascending. */
  get refused(): readonly number[] {
    return this.#refused;
  }

  /** Public keys learnt since this was last asked. */
  takeKeys(): readonly Uint8Array[] {
    const keys = this.#newKeys;
    this.#newKeys = [];
    return keys;
  }

  /** Why the range does not link to what is before it, or undefined. */
  breakBefore({ count, previous }: RangeResult): string | undefined {
    return count === 0 || equalBytes(previous, this.#previous) ? undefined : NO_LINK;
  }

  /** Takes the entries of a range that hold together; it must link. Completes its nodes. */
  take(result: RangeResult): void {
    const { first, count, states, acts } = result;
    const signers = readSigners(result);
    const asked = new Unpacker(result.asked);
    for (let i = 0; i < count; i++) {
      const recordTimeMs = result.recordTimes[i]!;
      const state = states[i]!;
      const bytes = (state & STATE_ASKED) === 0 ? undefined : asked.block();
      const signer = signers[result.signerOf[i]!];
      const fault = this.#faultOf(first + i, recordTimeMs, state, signer, bytes);
      this.#statements++;
      if (fault === undefined) {
        this.#events += acts[i]!;
        this.sequences.add(first + i, signer!.kid, result.sequences[i]!);
        this.#options.rows?.addDigest(first + i, result.rows, i * DIGEST_WORDS);
      } else {
        this.rejected.add(first + i);
        this.#options.emit(refusal(first + i, fault));
      }
      this.#checkTime(first + i, recordTimeMs);
    }
    this.#mergeTree(result);
  }

  #mergeTree({ first, count, subtrees, nodes, last }: RangeResult): void {
    const hashes: Uint8Array[] = [];
    for (let at = 0; at < subtrees.length; at += 32) hashes.push(subtrees.subarray(at, at + 32));
    this.#range = completeNodes(this.#range, nodes, { begin: first, end: first + count, hashes });
    if (count > 0) this.#previous = last;
  }

  #faultOf(
    index: number,
    recordTimeMs: number,
    state: number,
    signer: SignerState | undefined,
    bytes: Uint8Array | undefined,
  ): Fault | undefined {
    if ((state & STATE_KIND) === STATE_NO_STATEMENT || signer === undefined) return NO_STATEMENT;
    if (bytes !== undefined) return this.#openHere(index, recordTimeMs, state, bytes);
    const { registry } = this.#options;
    if (signer.asOf !== registry.size) {
      signer.key = registry.key(signer.kid, index);
      signer.asOf = registry.size;
    }
    const fault = keyFault(index, recordTimeMs, signer, signer.key, registry.origin);
    if (fault !== undefined) return fault;
    this.#count(index);
    if ((state & STATE_SIGNATURE) === STATE_BAD) return this.#refuse(index, 'events');
    // Keys are enrolled only if their own encoding is portable, so the signature's alone decides.
    if ((state & STATE_WEAK) !== 0) this.#emitWeak(index, NOTHING, signer.key!);
    return undefined;
  }

  /** A registry statement, entry 0, or a statement by a key the range did not know. */
  #openHere(index: number, recordTimeMs: number, state: number, bytes: Uint8Array): Fault | undefined {
    const { registry, log } = this.#options;
    let opened: OpenedStatement;
    try {
      opened = openStatement(bytes);
    } catch {
      return NO_STATEMENT;
    }
    const { statement } = opened;
    const own = index === 0 ? genesisKey(recordTimeMs, statement, log) : registry.key(opened.kid, index);
    if (Array.isArray(own)) return own as unknown as Fault;
    const key = own as KeyFact | undefined;
    const fault = index === 0 ? undefined : keyFault(index, recordTimeMs, statement, key, registry.origin);
    if (fault !== undefined) return fault;
    const isUnknown = (state & STATE_SIGNATURE) === STATE_UNKNOWN;
    this.#count(index);
    const isGood =
      isUnknown && index >= this.#options.trustedBefore
        ? verifyStatement(opened, key!.publicKey)
        : (state & STATE_SIGNATURE) !== STATE_BAD;
    if (!isGood) return this.#refuse(index, statement.kind);
    if (statement.kind !== 'events') this.#apply(index, recordTimeMs, opened, bytes);
    this.#emitWeak(index, opened.signature, key!);
    return undefined;
  }

  #apply(entry: number, recordTimeMs: number, { statement }: OpenedStatement, bytes: Uint8Array): void {
    this.#options.registry.apply(entry, recordTimeMs, statement);
    this.registryStatements.push({ entry, recordTimeMs, bytes: bytes.slice() });
    for (const key of keysNamed(statement)) this.#newKeys.push(key);
  }

  #count(index: number): void {
    if (index >= this.#options.trustedBefore) this.#signatures++;
  }

  #refuse(index: number, kind: Parameters<typeof signatureFault>[0]): Fault {
    if (index >= this.#options.trustedBefore) this.#refused.push(index);
    return signatureFault(kind);
  }

  #emitWeak(index: number, signature: Uint8Array, { publicKey }: KeyFact): void {
    const weak = weakSignature(index, signature, publicKey);
    if (weak !== undefined) this.#options.emit(weak);
  }

  #checkTime(index: number, recordTimeMs: number): void {
    if (recordTimeMs > this.#asOfMs) this.#asOfMs = recordTimeMs;
    if (recordTimeMs >= this.#previousTimeMs) {
      this.#previousTimeMs = recordTimeMs;
      return;
    }
    const { skewMs } = this.#options.registry.policyAt(index);
    const backwards = recordTimeRegression(index, this.#previousTimeMs, recordTimeMs, skewMs);
    if (backwards !== undefined) this.#options.emit(backwards);
  }
}

/** No signature: portable for nobody. */
const NOTHING = new Uint8Array(0);

function readSigners({ signers }: RangeResult): SignerState[] {
  const packed = new Unpacker(signers);
  return Array.from({ length: packed.uint() }, () => ({
    kid: packed.text(),
    issuer: packed.text(),
    audience: packed.text(),
    key: undefined,
    asOf: -1,
  }));
}
