// Browser-safe.
/**
 * Decoded entries remembered: those appended here and those read again, in full; those read once, for a while.
 *
 * Reads  decoded.ts, custody/.   Used by  subjects.ts.
 * Why    most entries that checks read are never asked for again. Kept, they would be copied by one garbage collection after the other.
 * @module
 */
import { eventSubject, namedSubjects, type Act } from '../custody/index.ts';
import type { DecodedEntry } from './decoded.ts';

/** Most acts, ids and readings remembered, together: some hundred bytes each. */
const REMEMBERED_MAX = 300_000;
/** The same of entries read once, before the older half of them is forgotten: within one task, and from one to the next. */
const RECENT_MAX = 100_000;
const CARRIED_MAX = 100;
/** How often the acts of one entry are looked through for a subject before they are put in order by subject. */
const LOOKS_MAX = 4;

/** An entry with what was made of it. */
interface Known {
  readonly decoded: DecodedEntry;
  looks: number;
  bySubject: ReadonlyMap<string, readonly Act[]> | undefined;
}

/** Remembers decoded entries, the least recently used forgotten first; bounded by acts. */
export class EntryMemory {
  readonly #kept = new Map<number, Known>();
  #keptParts = 0;
  /** Entries read once, lately and before that. */
  #recent = new Map<number, Known>();
  #recentParts = 0;
  #before = new Map<number, Known>();

  get(entry: number): DecodedEntry | undefined {
    return this.#find(entry)?.decoded;
  }

  /** Remembers an entry that is likely to be asked for again: one just appended. */
  keep(decoded: DecodedEntry): void {
    if (this.#kept.has(decoded.entry)) return;
    this.#keep({ decoded, looks: 0, bySubject: undefined });
  }

  /** Remembers an entry that was read; in full only once it is asked for later. */
  add(decoded: DecodedEntry): void {
    const { entry } = decoded;
    if (this.#find(entry) !== undefined) return;
    if (this.#recentParts > RECENT_MAX) this.#age();
    // Made neither where what is kept is made, nor where facts are: V8 learns by the place in the source whether what is made there
    // lives long, and then makes it where only full collections look. Of what checks read it would be wrong, and costly: each entry
    // long forgotten keeps all it names alive until then, and every collection copies that.
    const known =
      decoded.fact === undefined ? { decoded, looks: 0, bySubject: undefined } : knownFact(decoded);
    this.#recent.set(entry, known);
    this.#recentParts += partsOf(decoded);
  }

  /** Between two tasks: what only the one before the last has asked for is forgotten. */
  settle(): void {
    if (this.#recentParts > CARRIED_MAX) this.#age();
  }

  /** Acts of an entry that name a subject. */
  actsNaming(decoded: DecodedEntry, subject: string): readonly Act[] {
    const known = this.#kept.get(decoded.entry) ?? this.#recent.get(decoded.entry);
    if (known === undefined || known.looks++ < LOOKS_MAX) {
      return decoded.acts.filter((act) => isNamed(act, subject));
    }
    known.bySubject ??= bySubject(decoded.acts);
    return known.bySubject.get(subject) ?? [];
  }

  #find(entry: number): Known | undefined {
    const kept = this.#kept.get(entry);
    if (kept !== undefined) {
      this.#kept.delete(entry);
      this.#kept.set(entry, kept);
      return kept;
    }
    const recent = this.#recent.get(entry);
    if (recent !== undefined) return recent;
    const before = this.#before.get(entry);
    if (before !== undefined) this.#keep(before);
    return before;
  }

  #keep(known: Known): void {
    this.#kept.set(known.decoded.entry, known);
    this.#keptParts += partsOf(known.decoded);
    // Looked at only where there are too many: a map walks over what was taken out of it.
    if (this.#keptParts <= REMEMBERED_MAX) return;
    for (const [entry, { decoded }] of this.#kept) {
      if (this.#keptParts <= REMEMBERED_MAX || decoded === known.decoded) break;
      this.#kept.delete(entry);
      this.#keptParts -= partsOf(decoded);
    }
  }

  #age(): void {
    this.#before = this.#recent;
    this.#recent = new Map();
    this.#recentParts = 0;
  }
}

/** What says something to the registry names no subject; when a ledger opens, all of it is read together. */
function knownFact(decoded: DecodedEntry): Known {
  return { decoded, looks: 0, bySubject: NO_ACTS };
}

const NO_ACTS: ReadonlyMap<string, readonly Act[]> = new Map();

/** True if an act is among those {@link namedSubjects} counts for a subject. */
function isNamed(act: Act, subject: string): boolean {
  const { more } = act;
  if (act.parent === subject || act.ids.includes(subject)) return true;
  if (act.eventId !== undefined && eventSubject(act.eventId) === subject) return true;
  // What is rare is named by the rule itself.
  return more !== undefined && namedSubjects([act]).has(subject);
}

function bySubject(acts: readonly Act[]): ReadonlyMap<string, readonly Act[]> {
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

function partsOf({ acts }: DecodedEntry): number {
  let parts = 1;
  for (const { ids, more } of acts)
    parts += 1 + ids.length + (more === undefined ? 0 : 1 + more.readings.length);
  return parts;
}
