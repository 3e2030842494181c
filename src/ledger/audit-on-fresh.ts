// Browser-safe.
/**
 * New entries on top of an audited prefix: held together with it, taken apart, and what they add to lots.
 *
 * Reads  audit/ (range and merge), audit-on-known.ts, subjects.ts.   Used by  audit-on.ts.
 * Source design section 5 "Audit"; `findings.md` QA-09.
 * @module
 */
import { runOf } from '../audit/blocks.ts';
import type { NodeComparison } from '../audit/derived.ts';
import { readBlocks } from '../audit/entries.ts';
import type { Merge } from '../audit/merge.ts';
import type { RangeStage } from '../audit/range.ts';
import {
  affectsUnits,
  subjectKind,
  unitChange,
  UNKNOWN_UNIT,
  type Act,
  type StatementReader,
  type UnitRecord,
} from '../custody/index.ts';
import { decodeEntry, type LogStore, type StoredEntry } from '../log/index.ts';
import { storedNodeCount } from '../merkle/index.ts';
import type { Registry } from '../registry/index.ts';
import type { FreshEntry } from './audit-on-rows.ts';
import { GoesNoFurther } from './audit-on-subjects.ts';
import { decodeHeaded, type DecodedEntry } from './decoded.ts';
import type { SubjectReader } from './subjects.ts';

/** What new entries go through. */
export interface FreshMeans {
  readonly store: LogStore;
  readonly stage: RangeStage;
  readonly merge: Merge;
  readonly nodes: NodeComparison | undefined;
  readonly stopIfAborted: () => void;
}

/** Entries [first, size), each checked as a whole audit does; throws {@link GoesNoFurther} where something does not hold. */
export async function freshEntries(
  first: number,
  size: number,
  means: FreshMeans,
): Promise<readonly StoredEntry[]> {
  const { store, stage, merge, nodes, stopIfAborted } = means;
  const fresh: StoredEntry[] = [];
  for await (const read of readBlocks(store, first, size)) {
    stopIfAborted();
    const result = stage.run(runOf(first + fresh.length, read)!);
    if (result.chainBreak !== undefined || merge.breakBefore(result) !== undefined) break;
    merge.take(result);
    await nodes?.compare(storedNodeCount(result.first), result.nodes);
    for (const entry of read) fresh.push(entry);
  }
  if (fresh.length !== size - first) throw new GoesNoFurther(`entry ${first + fresh.length} does not hold`);
  const [change] = merge.registryStatements;
  if (change !== undefined) throw new GoesNoFurther(`entry ${change.entry} changed the registry`);
  if (merge.sequences.repeated.length > 0) throw new GoesNoFurther('a key used a sequence number again');
  if ((nodes?.differences.length ?? 0) > 0) throw new GoesNoFurther('stored tree nodes differ');
  return fresh;
}

/** A new entry taken apart. */
export function takenApart(
  { index, bytes }: StoredEntry,
  merge: Merge,
  reader: StatementReader,
): Omit<FreshEntry, 'lots'> {
  const { statement, recordTimeMs } = decodeEntry(bytes);
  if (merge.rejected.has(index)) {
    return {
      index,
      statement: { bytes: statement, isRegistry: false, signed: undefined },
      decoded: undefined,
    };
  }
  const head = reader.head(statement);
  const { kid, sequence } = head;
  const decoded = decodeHeaded(reader, head, index, recordTimeMs);
  const signed = { kid, sequence };
  return { index, statement: { bytes: statement, isRegistry: decoded.fact !== undefined, signed }, decoded };
}

/** What each new entry adds to which lots. */
export async function movementsOf(
  fresh: readonly DecodedEntry[],
  before: number,
  registry: Registry,
  subjects: SubjectReader,
): Promise<ReadonlyMap<number, ReadonlyMap<string, number>>> {
  const moves = (act: Act): boolean => affectsUnits(act);
  const units = new Set<string>();
  for (const { acts } of fresh) {
    for (const act of acts.filter(moves))
      for (const id of act.ids) if (subjectKind(id) === 'unit') units.add(id);
  }
  const list = [...units];
  const records = new Map<string, UnitRecord>();
  const move = (unit: string, act: Act): ReturnType<typeof unitChange> => {
    const change = unitChange(registry, act, unit, records.get(unit) ?? UNKNOWN_UNIT);
    if (change !== undefined) records.set(unit, change.record);
    return change;
  };
  for (const [i, acts] of (await subjects.actsOf(list, before)).entries()) {
    for (const act of acts) if (moves(act) && act.ids.includes(list[i]!)) move(list[i]!, act);
  }
  const movements = new Map<number, ReadonlyMap<string, number>>();
  for (const { entry, acts } of fresh) {
    const lots = new Map<string, number>();
    for (const act of acts.filter(moves)) {
      for (const id of act.ids) {
        if (!units.has(id)) continue;
        const change = move(id, act);
        const lot = change?.record.lot;
        if (change?.units !== undefined && lot !== undefined)
          lots.set(lot, (lots.get(lot) ?? 0) + change.units);
      }
    }
    movements.set(entry, lots);
  }
  return movements;
}
