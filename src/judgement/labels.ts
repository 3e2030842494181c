// Browser-safe.
/**
 * Labels: what the signature on a presented code says, and which lot and expiry date a unit's label may name.
 *
 * Reads  registry/ (keys, lots), gs1/ (codes).   Used by  faults.ts, capture-errors.ts, signatures.ts, ledger/.
 * Source design section 3 (AI 91, AI 92); `findings.md` SG-02, SG-03, ID-06, ID-07; day 00 is the last day of its month.
 * Never  says that a pack is genuine: a label can be photocopied.
 * @module
 */
import type { Timeline } from '../custody/index.ts';
import { labelKeyId, lotId, parseCode, verifyUnitCode, type PresentedCode } from '../gs1/index.ts';
import { assertRegistry, type Registry } from '../registry/index.ts';

/** What a presented code's signature says. */
export type LabelVerdict = 'unsigned' | 'valid' | 'invalid' | 'key-unknown';

/** Verdict on the signature of a presented code, against the keys of its product's manufacturer. Pure. */
export function labelVerdict(registry: Registry, presented: string): LabelVerdict {
  assertRegistry(registry);
  const parsed = parseCode(presented);
  return parsed.ok ? codeVerdict(registry, parsed.code) : 'unsigned';
}

/** {@link labelVerdict} of a code taken apart. */
export function codeVerdict(registry: Registry, code: PresentedCode): LabelVerdict {
  if (code.signature === undefined || code.product === undefined) return 'unsigned';
  const manufacturer = registry.manufacturerOf(code.product);
  if (manufacturer === undefined) return 'unsigned';
  const key = registry.keysOf(manufacturer).find(({ publicKey }) => labelKeyId(publicKey) === code.keyId);
  if (key === undefined) return 'key-unknown';
  return verifyUnitCode(code, key.publicKey) ? 'valid' : 'invalid';
}

/** Verdicts of one state of a registry; a new fact may change any of them. */
interface LabelMemory {
  readonly size: number;
  readonly verdicts: Map<string, LabelVerdict>;
}

const LABELS_REMEMBERED_MAX = 100_000;
const memories = new WeakMap<Registry, LabelMemory>();

/** {@link labelVerdict}, verified once for each code and state of the registry. */
export function rememberedLabel(registry: Registry, presented: string): LabelVerdict {
  let memory = memories.get(registry);
  if (
    memory === undefined ||
    memory.size !== registry.size ||
    memory.verdicts.size >= LABELS_REMEMBERED_MAX
  ) {
    memory = { size: registry.size, verdicts: new Map() };
    memories.set(registry, memory);
  }
  let verdict = memory.verdicts.get(presented);
  if (verdict === undefined) {
    verdict = labelVerdict(registry, presented);
    memory.verdicts.set(presented, verdict);
  }
  return verdict;
}

/** What labels of a registered unit may name. */
export interface Registered {
  readonly lots: readonly string[];
  /** `YYYY-MM-DD`. Empty where nobody said: then any day fits. */
  readonly expiries: readonly string[];
}

/**
 * Lots and expiry dates a unit was registered with, and the later dates its lot's statements extend it to. Where it was registered
 * twice (ID-12), each registration fits.
 */
export function registeredWith(
  registry: Registry,
  gtin: string | undefined,
  { commission, recommissions }: Timeline,
): Registered {
  const made = commission === undefined ? [] : [commission, ...recommissions];
  const lots = made.flatMap(({ lot }) => (lot === undefined ? [] : [lot]));
  const expiries = made.flatMap(({ expiry }) => (expiry === undefined ? [] : [lastDayFor00(expiry)]));
  const ids = gtin === undefined ? [] : lots.map((lot) => lotId(gtin, lot));
  for (const id of ids) {
    for (const { payload } of registry.lotSince(id, 0)) {
      const first = expiries[0];
      if (first === undefined || payload.expiry > first) expiries.push(payload.expiry);
    }
  }
  return { lots, expiries };
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A month, or its day 00, is the last day of the month. */
export function lastDayFor00(day: string): string {
  const [, year, month] = /^(\d{4})-(\d\d)(?:-00)?$/.exec(day) ?? [];
  const days = DAYS[Number(month) - 1];
  if (year === undefined || days === undefined) return day;
  const y = Number(year);
  const isLeap = month === '02' && y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0);
  return `${year}-${month}-${days + (isLeap ? 1 : 0)}`;
}
