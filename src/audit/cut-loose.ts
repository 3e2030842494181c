// Browser-safe.
/**
 * An act with texts of its own, for whoever keeps a few of the many that stand in a run.
 *
 * Reads  ids-on-demand.ts, bytes/.   Used by  packed-acts.ts.
 * Why    every text of an act is cut out of the text of its range: one act that is kept keeps megabytes.
 * @module
 */
import { cutFree } from '../bytes/index.ts';
import type { Act } from '../custody/index.ts';
import { areOnDemand } from './ids-on-demand.ts';

/** The same act, field by field in the same order. Ids that are made on demand stay so, and what is rare of it, being nobody's text. */
export function cutLoose(act: Act): Act {
  const loose = Object.entries(act).map(([name, value]): [string, unknown] => {
    const isKept = name === 'more' || (name === 'ids' && areOnDemand(act.ids));
    return [name, isKept ? value : freed(value)];
  });
  return Object.fromEntries(loose) as unknown as Act;
}

function freed(value: unknown): unknown {
  if (typeof value === 'string') return cutFree(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(freed);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, freed(part)]));
}
