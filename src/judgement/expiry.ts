// Browser-safe.
/**
 * Until when goods may be used: the day on the pack, as far as the manufacturer did not sign another one.
 *
 * Reads  registry/ (lot statements, sites).   Used by  status.ts (RX-01, RX-02, RX-08).
 * Source `findings.md` RX-01, RX-02, RX-08.
 * Rule   goods are judged by the kindest statement in force at the time or since: an extension recorded later clears, a shortening
 *        recorded later accuses nobody.
 * @module
 */
import { parseDate } from '../bytes/index.ts';
import type { Act } from '../custody/index.ts';
import type { LotFact, Registry } from '../registry/index.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 360 degrees in 24 hours: ms a micro-degree. */
const MS_PER_MICRO_DEGREE = 0.24;

/** The expiry of the goods of one lot. */
export interface Expiry {
  /** First instant after the day on the pack; undefined where no pack and no statement names one. */
  readonly labelEndMs: number | undefined;
  /** The earliest and the latest instant any statement or the pack gives. */
  readonly firstEndMs: number;
  readonly lastEndMs: number;
  readonly facts: readonly LotFact[];
}

const UNKNOWN: Expiry = Object.freeze({
  labelEndMs: undefined,
  firstEndMs: Infinity,
  lastEndMs: Infinity,
  facts: [],
});

/** The expiry of a lot's goods; `label` is the day on the pack, by default that of the lot's first statement. */
export function expiryOf(registry: Registry, lot: string, label: string | undefined): Expiry {
  const facts = registry.lotFacts(lot);
  const day = label === undefined ? undefined : parseDate(label);
  const labelEndMs = day === undefined ? facts[0]?.endMs : day + DAY_MS;
  if (labelEndMs === undefined) return UNKNOWN;
  let firstEndMs = labelEndMs;
  let lastEndMs = labelEndMs;
  for (const fact of facts) {
    if (!isChange(facts, fact)) continue;
    if (fact.endMs < firstEndMs) firstEndMs = fact.endMs;
    if (fact.endMs > lastEndMs) lastEndMs = fact.endMs;
  }
  return { labelEndMs, firstEndMs, lastEndMs, facts };
}

/** The end that applies to an event, and the statement that set it, if it is not the one on the pack. */
export function endFor(
  registry: Registry,
  lot: string,
  { labelEndMs, facts }: Expiry,
  act: Act,
): { readonly endMs: number; readonly fact: LotFact | undefined } {
  let endMs = -Infinity;
  let fact: LotFact | undefined;
  const since = registry.lotSince(lot, act.timeMs);
  for (const one of since) {
    const changed = isChange(facts, one);
    const oneEndMs = changed ? one.endMs : (labelEndMs ?? one.endMs);
    if (oneEndMs <= endMs) continue;
    endMs = oneEndMs;
    fact = changed ? one : undefined;
  }
  if (since.length === 0) endMs = labelEndMs ?? Infinity;
  return { endMs: endMs + eveningOf(registry, act), fact };
}

/** A statement that changes the day of the first one. */
function isChange(facts: readonly LotFact[], fact: LotFact): boolean {
  return fact !== facts[0] && fact.payload.expiry !== facts[0]!.payload.expiry;
}

/**
 * How much later than midnight UTC the day ends where the event was: nothing in the eastern half of the world; in the western one by
 * the sun, and an hour for the difference between the sun and the clock.
 */
function eveningOf(registry: Registry, { place, scan }: Act): number {
  const longitude =
    scan?.point?.longitude ?? (place === undefined ? undefined : registry.site(place)?.site.longitude) ?? 0;
  return longitude >= 0 ? 0 : HOUR_MS - longitude * MS_PER_MICRO_DEGREE;
}
