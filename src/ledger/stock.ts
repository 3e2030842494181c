// Browser-safe.
/**
 * QA-07 as of one size of the log: what a party declares to have of a lot, against where the lot's units were.
 *
 * Reads  subjects.ts, log/ (the lot's commissionings), judgement/.   Used by  append.ts.
 * Cost   the histories of all units of the lot, for a statement that counts it; nothing for any other.
 * @module
 */
import { lotOfUnit, stockSubject, subjectKind, type Act } from '../custody/index.ts';
import { commissionsLot, stockBalance, type Finding } from '../judgement/index.ts';
import type { LogStore } from '../log/index.ts';
import type { Registry } from '../registry/index.ts';
import type { SubjectReader } from './subjects.ts';

/** Findings about the stocks that these acts declare. */
export async function stockFindings(
  store: LogStore,
  subjects: SubjectReader,
  registry: Registry,
  acts: readonly Act[],
  size: number,
): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  const counted = new Map<string, { readonly party: string; readonly lot: string }>();
  for (const act of acts) {
    for (const { lot } of act.more?.stock ?? []) {
      counted.set(stockSubject(act.actor, lot), { party: act.actor, lot });
    }
  }
  for (const [subject, { party, lot }] of counted) {
    const units = await unitsOfLot(store, subjects, lot, size);
    const world = await subjects.world(registry, size, { units });
    const timelines = units
      .filter((unit) => lotOfUnit(registry, unit, world.acts(unit)) === lot)
      .map((unit) => world.unit(unit));
    const declared = await subjects.acts(subject, size);
    found.push(...stockBalance(world, party, lot, timelines, declared));
  }
  return found;
}

/** Units that commissionings recorded for the lot name. */
async function unitsOfLot(
  store: LogStore,
  subjects: SubjectReader,
  lot: string,
  size: number,
): Promise<readonly string[]> {
  const postings = await store.readPostings(lot, size);
  const units = new Set<string>();
  for (const { acts } of await subjects.entries(postings.map(({ entry }) => entry))) {
    for (const act of acts) {
      if (!commissionsLot(act, lot)) continue;
      for (const id of act.ids) if (subjectKind(id) === 'unit') units.add(id);
    }
  }
  return [...units];
}
