// Browser-safe.
/**
 * Acts that must be at hand whatever subject is judged: of containers, of codes that name no unit, corrections, and stock counts.
 *
 * Reads  streams.ts, custody/.   Used by  index-pass.ts, judging.ts, audit.ts.
 * Memory these are held whole, by every thread: a container's events stand for all that is in it, and are few.
 * @module
 */
import { idsOf, isContainer, subjectKind, type Act } from '../custody/index.ts';
import type { EntrySet } from './entry-set.ts';
import { partitionOfUnit } from './routing.ts';
import { readShared, type Parting, type RangeShared } from './streams.ts';

/** The shared acts of one range, packed. */
export interface SharedRun {
  readonly bytes: Uint8Array;
  readonly count: number;
}

/** All shared acts of a log, by subject. */
export class SharedActs {
  /** Range by range, in the order they were written: partitions name them so. */
  readonly ranges: readonly RangeShared[];
  readonly containers = new Map<string, Act[]>();
  readonly codes = new Map<string, Act[]>();
  /** Corrections by the event they correct. */
  readonly corrected = new Map<string, Act[]>();
  /** Acts that declare stock, in log order. */
  readonly counted: Act[] = [];
  #children: (readonly string[])[] | undefined;

  /**
   * @param ranges - as many.
   * @param rejected - entries whose statements do not count.
   */
  constructor(runs: readonly SharedRun[], ranges: readonly Omit<RangeShared, 'acts'>[], rejected: EntrySet) {
    this.ranges = runs.map(({ bytes, count }, range) => readShared(bytes, count, ranges[range]!));
    for (const { acts } of this.ranges) {
      for (const act of acts) if (rejected.isEmpty || !rejected.has(act.ref.entry)) this.#collect(act);
    }
  }

  /** Units that were ever put into a container, by their partition, each once. */
  childrenOf(partition: number, { partitions, seed }: Parting): readonly string[] {
    if (this.#children === undefined) {
      const children = Array.from({ length: partitions }, () => new Set<string>());
      for (const acts of this.containers.values()) {
        for (const act of acts) {
          for (const id of act.parent === undefined ? [] : act.ids) {
            if (subjectKind(id) === 'unit') children[partitionOfUnit(id, partitions, seed)]!.add(id);
          }
        }
      }
      this.#children = children.map((units) => [...units]);
    }
    return this.#children[partition]!;
  }

  #collect(act: Act): void {
    if ((act.more?.stock.length ?? 0) > 0) this.counted.push(act);
    if (act.step === 'correct' && act.eventId !== undefined) push(this.corrected, act.eventId, act);
    if (act.parent !== undefined && isContainer(act.parent)) push(this.containers, act.parent, act);
    for (const id of idsOf(act)) {
      if (id === act.parent) continue;
      const kind = subjectKind(id);
      if (kind === 'container') push(this.containers, id, act);
      else if (kind === 'code') push(this.codes, id, act);
    }
  }
}

/** Adds an act to a subject's list, once however often it names the subject. */
export function push(map: Map<string, Act[]>, key: string, act: Act): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [act]);
  else if (list.at(-1) !== act) list.push(act);
}
