// Browser-safe.
/**
 * One entry after the other, for who must have the log's statements in order and nothing else: leaf, chain, statement, signature,
 * registry. What does not verify has no effect.
 *
 * Reads  log/, statement/, registry/, custody/ (acts), faults.ts.   Used by  rebuild.ts.
 * Source design section 5 "Audit".
 * Never  trusts the store: everything is recomputed from the entry's bytes.
 * @module
 */
import { assertBytes, equalBytes, toBase64url } from '../bytes/index.ts';
import { actsOfDocument, type Act, type IndexedStatement } from '../custody/index.ts';
import { decodeEntry } from '../log/index.ts';
import { hashLeaf } from '../merkle/index.ts';
import type { KeyFact, Registry } from '../registry/index.ts';
import { openStatement, verifyStatement, type OpenedStatement } from '../statement/index.ts';
import { genesisKey, keyFault } from './faults.ts';
import { NO_LINK } from './range.ts';

/** What one entry gave. */
export interface VerifiedEntry {
  readonly leafHash: Uint8Array;
  readonly statement: IndexedStatement;
  readonly acts: readonly Act[];
}

/** Why the chain does not hold at an entry. */
export interface ChainBreak {
  readonly chainBreak: string;
}

const NO_ACTS: readonly Act[] = Object.freeze([]);

/** Verifies entries in log order and builds the registry as it goes. */
export class EntryVerifier {
  readonly #registry: Registry;
  #previous: Uint8Array = new Uint8Array(32);

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Verifies entry number `index`, the one after the last given. */
  next(index: number, bytes: Uint8Array): VerifiedEntry | ChainBreak {
    assertBytes('bytes', bytes);
    let entry: ReturnType<typeof decodeEntry>;
    try {
      entry = decodeEntry(bytes);
    } catch {
      return { chainBreak: 'its bytes are no entry' };
    }
    if (!equalBytes(entry.previous, this.#previous)) return { chainBreak: NO_LINK };
    const leafHash = hashLeaf(bytes);
    this.#previous = leafHash;
    return { leafHash, ...this.#open(index, entry.recordTimeMs, entry.statement) };
  }

  #open(index: number, recordTimeMs: number, bytes: Uint8Array): Omit<VerifiedEntry, 'leafHash'> {
    const opened = this.#verified(index, recordTimeMs, bytes);
    if (opened === undefined) {
      return { statement: { bytes, isRegistry: false, signed: undefined }, acts: NO_ACTS };
    }
    const { statement } = opened;
    const isRegistry = statement.kind !== 'events';
    if (isRegistry) this.#registry.apply(index, recordTimeMs, statement);
    const { issuer, sequence } = statement;
    const kid = toBase64url(statement.kid);
    const source = { entry: index, recordTimeMs, issuer, kid };
    return {
      statement: { bytes, isRegistry, signed: { kid, sequence } },
      acts: statement.kind === 'events' ? actsOfDocument(statement.payload, source) : NO_ACTS,
    };
  }

  /** The statement, if it counts. */
  #verified(index: number, recordTimeMs: number, bytes: Uint8Array): OpenedStatement | undefined {
    let opened: OpenedStatement;
    try {
      opened = openStatement(bytes);
    } catch {
      return undefined;
    }
    const { statement } = opened;
    const registry = this.#registry;
    const key = index === 0 ? genesisKey(recordTimeMs, statement) : registry.key(opened.kid, index);
    if (Array.isArray(key)) return undefined;
    const known = key as KeyFact | undefined;
    const fault = index === 0 ? undefined : keyFault(index, recordTimeMs, statement, known, registry.origin);
    if (fault !== undefined || known === undefined) return undefined;
    return verifyStatement(opened, known.publicKey) ? opened : undefined;
  }
}
