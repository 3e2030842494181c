// Browser-safe.
/**
 * Verdicts: the worst of a unit's findings in words a counter clerk understands, and what to do.
 *
 * Reads  judgement/, registry/, custody/.   Used by  check.ts.
 * Source `findings.md` "Words"; design section 6 "Framing" (a second line counts at L2 at most).
 * @module
 */
import type { Timeline } from '../custody/index.ts';
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

/** A party or product by id and name. */
export interface Named {
  readonly id: string;
  readonly name: string;
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
  readonly product: Named | undefined;
  readonly manufacturer: Named | undefined;
  readonly lot: string | undefined;
  readonly expiry: string | undefined;
  /** Where it should be: with whom, or on the way to whom. */
  readonly custody:
    | { readonly at: 'held' | 'released'; readonly by: Named }
    | { readonly at: 'transit'; readonly from: Named; readonly to: Named | undefined }
    | undefined;
  /** Consumers' sessions recorded before this one, and the time of the first, ms. */
  readonly checks: { readonly count: number; readonly firstTimeMs: number | undefined };
  /** Worst first; `inherited` ones are about its container or lot. */
  readonly findings: readonly Finding[];
  /** Proof that the newest event naming it is in the log. */
  readonly receipt: Receipt | undefined;
  /** Size of the log the verdict stands for. */
  readonly size: number;
}

const SENTENCES: readonly string[] = [
  'Registered by its manufacturer; nothing recorded speaks against it.',
  'Registered by its manufacturer; a small irregularity is recorded.',
  'Do not use or hand over until this is resolved.',
  'Suspect: quarantine it; something recorded does not fit.',
  'Proved contradiction: it cannot be what it claims to be.',
];

/** Word, sentence and remedy for findings. */
export function wording(
  findings: readonly Finding[],
): Pick<Verdict, 'word' | 'severity' | 'what' | 'remedy' | 'findings'> {
  const sorted = [...findings].sort(
    (a, b) => verdictSeverity(b) - verdictSeverity(a) || compareFindings(a, b),
  );
  const worst = sorted[0];
  const severity = worst === undefined ? 0 : verdictSeverity(worst);
  const reason = worst === undefined || severity === 0 ? '' : ` ${worst.explanation}`;
  return {
    word: WORDS[severity],
    severity,
    what: `${SENTENCES[severity]!}${reason}`,
    remedy: worst === undefined || severity === 0 ? 'Nothing to do.' : worst.remedy,
    findings: sorted,
  };
}

/** A party's id and registered name. */
export function named(registry: Registry, party: string): Named {
  return { id: party, name: registry.party(party)?.payload.name ?? party };
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
