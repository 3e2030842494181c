// Browser-safe.
/**
 * Verdicts: the worst of a unit's findings in words a counter clerk understands, and what to do.
 *
 * Reads  judgement/, registry/, custody/.   Used by  check.ts.
 * Source `findings.md` "Words"; design section 6 "Framing" (a second line counts at L2 at most).
 * @module
 */
import type { Life, Timeline } from '../custody/index.ts';
import {
  compareFindings,
  verdictSeverity,
  WORDS,
  type Finding,
  type Severity,
  type VerdictWord,
} from '../judgement/index.ts';
import type { Receipt } from '../log/index.ts';
import type { Registry } from '../registry/index.ts';
import type { LicenceType, Price, ProductPayload, Storage } from '../statement/kinds.ts';

/** A party or product by id and name. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** A product with what its manufacturer signed about it: what a patient reads beside the verdict. */
export interface ProductFacts extends Named {
  readonly composition: string | undefined;
  /** What it is approved for; empty where nobody said. */
  readonly indications: readonly string[];
  /** How it must be kept, in milli-degrees Celsius, and how long it may be out of that range in its life. */
  readonly storage: Storage | undefined;
  /** How long it may be used once opened. */
  readonly inUseMs: number | undefined;
  /** Reference price of one container. */
  readonly price: Price | undefined;
  /** Doses in one container. */
  readonly doses: number;
  /** Licence classes whoever uses it on a patient must hold; empty where nobody said. */
  readonly usedBy: readonly LicenceType[];
}

/** Answer to a scan. */
export interface Verdict {
  readonly word: VerdictWord;
  readonly severity: Severity;
  /** One sentence. */
  readonly what: string;
  /** What to do now. */
  readonly remedy: string;
  /** Canonical id of the unit or container; undefined for a code that names none. */
  readonly subject: string | undefined;
  readonly product: ProductFacts | undefined;
  readonly manufacturer: Named | undefined;
  readonly lot: string | undefined;
  readonly expiry: string | undefined;
  /** Where it should be: with whom, or on the way to whom. */
  readonly custody:
    | { readonly at: 'held' | 'released'; readonly by: Named }
    | { readonly at: 'transit'; readonly from: Named; readonly to: Named | undefined }
    | undefined;
  /** What the records say has become of a unit; undefined for everything else. */
  readonly life: Life | undefined;
  /** The registered place where it was last handled by those entitled to. */
  readonly place: Named | undefined;
  /** Consumers' sessions recorded before this one, and the time of the first, ms. */
  readonly checks: { readonly count: number; readonly firstTimeMs: number | undefined };
  /** Worst first; `inherited` ones are about its container or lot. */
  readonly findings: readonly Finding[];
  /** Proof that the newest event naming it is in the log. */
  readonly receipt: Receipt | undefined;
  /** Size of the log the verdict stands for. */
  readonly size: number;
}

/** Remedy where there is nothing to do. */
export const NOTHING_TO_DO = 'Nothing to do.';

/** What a presented code turned out to name. */
export type Identified = 'unit' | 'container' | 'nothing';

const GOOD: Readonly<Record<Identified, readonly string[]>> = {
  unit: [
    'Registered by its manufacturer; nothing recorded speaks against it.',
    'Registered by its manufacturer; a small irregularity is recorded.',
  ],
  container: [
    'Nothing recorded speaks against this container.',
    'A small irregularity is recorded about this container.',
  ],
  nothing: ['Nothing was identified.', 'Nothing was identified, so nothing was checked.'],
};
const BAD: readonly string[] = [
  'Do not use or hand over until this is resolved.',
  'Suspect: quarantine it; something recorded does not fit.',
  'Proved contradiction: it cannot be what it claims to be.',
];

/** Word, sentence and remedy for the findings about what a code names. */
export function wording(
  findings: readonly Finding[],
  identified: Identified,
): Pick<Verdict, 'word' | 'severity' | 'what' | 'remedy' | 'findings'> {
  const sorted = [...findings].sort(
    (a, b) => verdictSeverity(b) - verdictSeverity(a) || compareFindings(a, b),
  );
  const worst = sorted[0];
  const severity = worst === undefined ? 0 : verdictSeverity(worst);
  const sentence = severity < 2 ? GOOD[identified][severity]! : BAD[severity - 2]!;
  const reason = worst === undefined || severity === 0 ? '' : ` ${worst.explanation}`;
  return {
    word: WORDS[severity],
    severity,
    what: `${sentence}${reason}`,
    remedy: worst === undefined || severity === 0 ? NOTHING_TO_DO : worst.remedy,
    findings: sorted,
  };
}

const SPENT: Readonly<Partial<Record<Life, readonly [string, string]>>> = {
  administered: ['It is recorded as used.', 'Do not use it again, unless doses are left in it.'],
  retired: ['It is recorded as used and put away.', 'Never use it again.'],
  gone: ['It is recorded as destroyed or taken out of circulation.', 'Never use it.'],
};

/** A unit whose life has ended is genuine still, but not fit for use: both are said. */
export function withLife(worded: ReturnType<typeof wording>, life: Life): ReturnType<typeof wording> {
  const spent = SPENT[life];
  if (spent === undefined || worded.severity > 1) return worded;
  return { ...worded, what: `${worded.what} ${spent[0]}`, remedy: spent[1] };
}

/** A party's id and registered name. */
export function named(registry: Registry, party: string): Named {
  return { id: party, name: registry.party(party)?.payload.name ?? party };
}

/** What a patient reads about a product. */
export function productFacts(payload: ProductPayload): ProductFacts {
  const { id, name, composition, indications, storage, inUseMs, price, doses, usedBy } = payload;
  return {
    id,
    name,
    composition,
    indications: indications ?? [],
    storage,
    inUseMs,
    price,
    doses: doses ?? 1,
    usedBy: usedBy ?? [],
  };
}

/** Where a unit is by its timeline, through its containers. */
export function custodyOf(
  registry: Registry,
  timeline: Timeline,
  containerCustody: (container: string) => Timeline['final']['custody'] | undefined,
): Verdict['custody'] {
  const own = timeline.final.custody;
  const custody = own.at === 'inside' ? containerCustody(own.container) : own;
  if (custody === undefined || custody.at === 'nowhere' || custody.at === 'inside') return undefined;
  if (custody.at !== 'transit') return { at: custody.at, by: named(registry, custody.by) };
  const to = custody.to === undefined ? undefined : named(registry, custody.to);
  return { at: 'transit', from: named(registry, custody.from), to };
}

/** The place of the last main-line event of a timeline, or of the container it is in. */
export function placeOf(
  registry: Registry,
  timeline: Timeline,
  container: (id: string) => Timeline,
): Verdict['place'] {
  let last: string | undefined;
  const visited = new Set<string>();
  for (let seen = timeline; ;) {
    for (const { act, line } of seen.strides) if (line === 'main') last = act.place ?? last;
    const { custody } = seen.final;
    if (custody.at !== 'inside' || visited.has(custody.container)) break;
    visited.add(custody.container);
    seen = container(custody.container);
  }
  return last === undefined ? undefined : { id: last, name: registry.site(last)?.site.name ?? last };
}
