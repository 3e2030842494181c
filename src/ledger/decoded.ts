// Browser-safe.
/**
 * Entries of our own log, decoded once and remembered: who signed them, when, and their acts by subject.
 *
 * Reads  log/, statement/, custody/.   Used by  subjects.ts, ledger.ts.
 * Note   what is read back was checked when it was appended; whether the store still tells the truth is the audit's question.
 * @module
 */
import { namedSubjects, type Act, type StatementReader } from '../custody/index.ts';
import { StoreError } from '../errors.ts';
import { decodeEntry } from '../log/index.ts';
import { openStatement, type Statement } from '../statement/index.ts';

/** One entry, as far as judgement needs it. */
export interface DecodedEntry {
  readonly entry: number;
  readonly recordTimeMs: number;
  /** What it says to the registry; undefined for events, whose acts are all that is asked of them: payloads are not remembered. */
  readonly fact: Statement | undefined;
  readonly acts: readonly Act[];
}

/** Most acts, ids and readings remembered, together: some hundred bytes each. */
const REMEMBERED_MAX = 500_000;

/**
 * Decodes a stored entry.
 * @throws {StoreError} `ERR_STORE_CORRUPT` if its bytes are no entry with a statement.
 */
export function decodeStored(reader: StatementReader, entry: number, bytes: Uint8Array): DecodedEntry {
  try {
    const { recordTimeMs, statement } = decodeEntry(bytes);
    const head = reader.head(statement);
    if (head.kind === 'events') {
      return { entry, recordTimeMs, fact: undefined, acts: reader.acts(head, entry, recordTimeMs) };
    }
    return { entry, recordTimeMs, fact: openStatement(statement).statement, acts: [] };
  } catch (cause) {
    throw new StoreError('ERR_STORE_CORRUPT', `couldn't read entry ${entry}: run an audit`, {
      cause,
      details: { entry },
    });
  }
}

/** Acts made before their entry had a place in the log, at their place. */
export function actsAt(acts: readonly Act[], entry: number, recordTimeMs: number): readonly Act[] {
  return acts.map((act) => ({ ...act, ref: { entry, event: act.ref.event }, recordTimeMs }));
}

/** Remembers decoded entries, the least recently used forgotten first; bounded by acts. */
export class DecodedCache {
  readonly #entries = new Map<
    number,
    { readonly decoded: DecodedEntry; bySubject: Map<string, Act[]> | undefined }
  >();
  #acts = 0;

  get(entry: number): DecodedEntry | undefined {
    const known = this.#entries.get(entry);
    if (known === undefined) return undefined;
    this.#entries.delete(entry);
    this.#entries.set(entry, known);
    return known.decoded;
  }

  add(decoded: DecodedEntry): void {
    if (this.#entries.has(decoded.entry)) return;
    this.#entries.set(decoded.entry, { decoded, bySubject: undefined });
    this.#acts += weight(decoded);
    for (const [entry, { decoded: oldest }] of this.#entries) {
      if (this.#acts <= REMEMBERED_MAX || entry === decoded.entry) break;
      this.#entries.delete(entry);
      this.#acts -= weight(oldest);
    }
  }

  /** Acts of a remembered entry that name a subject. */
  actsNaming(decoded: DecodedEntry, subject: string): readonly Act[] {
    const known = this.#entries.get(decoded.entry);
    if (known === undefined) return decoded.acts.filter((act) => names(act, subject));
    known.bySubject ??= bySubject(decoded.acts);
    return known.bySubject.get(subject) ?? [];
  }
}

function names(act: Act, subject: string): boolean {
  return act.parent === subject || act.ids.includes(subject) || namedSubjects([act]).has(subject);
}

function bySubject(acts: readonly Act[]): Map<string, Act[]> {
  const map = new Map<string, Act[]>();
  for (const act of acts) {
    for (const subject of namedSubjects([act]).keys()) {
      const list = map.get(subject);
      if (list === undefined) map.set(subject, [act]);
      else list.push(act);
    }
  }
  return map;
}

function weight({ acts }: DecodedEntry): number {
  let parts = 1;
  for (const { ids, more } of acts)
    parts += 1 + ids.length + (more === undefined ? 0 : 1 + more.readings.length);
  return parts;
}
