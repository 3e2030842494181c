// Browser-safe.
/**
 * Derived rows of what new entries name, beside what the entries say. Of everything else only a whole audit compares them.
 *
 * Reads  log/ (postings), custody/ (what the rows are), subjects.ts (proved reads).   Used by  audit-on.ts.
 * Source principle 1; `findings.md` LG-17.
 * @module
 */
import { keyText } from '../audit/keeping.ts';
import { namedSubjects, postingsOf, type IndexedStatement } from '../custody/index.ts';
import type { LogStore, Posting } from '../log/index.ts';
import type { KnownEntries } from './audit-on-known.ts';
import { subjectOfName } from './audit-on-subjects.ts';
import type { DecodedEntry } from './decoded.ts';
import type { SubjectReader } from './subjects.ts';

/** A new entry with everything its rows are made of. */
export interface FreshEntry {
  readonly index: number;
  readonly statement: IndexedStatement;
  /** Undefined for a statement that does not count. */
  readonly decoded: DecodedEntry | undefined;
  /** Units it adds to each lot. */
  readonly lots: ReadonlyMap<string, number>;
}

/** True if the stored rows under every subject the new entries name are those of the log. */
export async function rowsHold(
  store: LogStore,
  fresh: readonly FreshEntry[],
  { known, subjects, size }: { known: KnownEntries; subjects: SubjectReader; size: number },
): Promise<boolean> {
  const expected = new Map<string, Posting[]>();
  for (const { index, statement, decoded, lots } of fresh) {
    for (const row of postingsOf(index, statement, decoded?.acts ?? [], lots)) {
      const rows = expected.get(row.subject);
      if (rows === undefined) expected.set(row.subject, [row]);
      else rows.push(row);
    }
  }
  const first = fresh[0]?.index ?? size;
  const ofLots = new Set(fresh.flatMap(({ lots }) => [...lots.keys()]));
  const older = await olderRows(fresh, first, known, subjects);
  for (const [subject, rows] of expected) {
    const stored = await store.readPostings(subject, size);
    const compared = ofLots.has(subject) ? stored.filter(({ entry }) => entry >= first) : stored;
    if (!areEqual(compared, [...(older.get(subject) ?? []), ...rows])) return false;
  }
  return true;
}

/** Rows of the audited prefix under the subjects that new entries name. */
async function olderRows(
  fresh: readonly FreshEntry[],
  first: number,
  known: KnownEntries,
  subjects: SubjectReader,
): Promise<ReadonlyMap<string, readonly Posting[]>> {
  const rows = new Map<string, Posting[]>();
  const names = new Set<string>();
  for (const { decoded } of fresh) {
    for (const act of decoded?.acts ?? []) {
      if (act.eventId !== undefined) names.add(keyText.event(act.eventId));
      for (const subject of namedSubjects([act]).keys())
        if (subjectOfName(subject) !== undefined) names.add(subject);
    }
  }
  const counts = new Map<number, ReadonlyMap<string, number>>();
  for (const name of names) {
    const subject = subjectOfName(name)!;
    for (const { entry, acts } of await subjects.entries(await known.before(name))) {
      if (entry >= first) continue;
      let named = counts.get(entry);
      if (named === undefined) counts.set(entry, (named = namedSubjects(acts)));
      const count = named.get(subject);
      if (count === undefined) continue;
      const list = rows.get(subject);
      if (list === undefined) rows.set(subject, [{ subject, entry, count }]);
      else if (list.at(-1)!.entry !== entry) list.push({ subject, entry, count });
    }
  }
  return rows;
}

function areEqual(stored: readonly Posting[], rows: readonly Posting[]): boolean {
  return (
    stored.length === rows.length &&
    stored.every(({ entry, count }, i) => entry === rows[i]!.entry && count === rows[i]!.count)
  );
}
