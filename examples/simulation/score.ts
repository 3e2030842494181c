/**
 * The score: what the ledger found, held against what really happened.
 *
 * Reads  attack-book.ts, the package's findings.   Used by  simulation.ts, report.ts.
 * Source the project's rule book, "Counting": an alert is a scan whose event is the last, in event time, of those that
 *        prove a finding at L3 or L4 of the final audit; a stop likewise at L2; what was said at append and is gone at the
 *        end is transient.
 * @module
 */
import type { Finding } from 'countermark';
import type { Attack, AttackBook } from './attack-book.ts';
import { DEFAULT_NOISE, type NoiseOptions } from './noise.ts';
import { ATTACK_KINDS, type AttackKind } from './options.ts';

/** Codes by which an attack counts as caught, at L3 or more. */
export const CATCHING_CODES: Readonly<Record<AttackKind, readonly string[]>> = {
  'clone-single': ['CL-01', 'CL-03', 'ST-06'],
  'clone-mass': ['CL-01', 'CL-03', 'ST-06'],
  'forged-serial': ['ID-05', 'SG-02'],
  'diverted-pallet': ['DV-01', 'DV-02', 'DV-05'],
  'double-use': ['ST-06', 'ST-08', 'CL-03'],
  'over-issue': ['QA-09'],
  'unlicensed-clinic': ['LC-01', 'LC-02'],
  'unqualified-doctor': ['LC-06', 'LC-07'],
  'cold-chain': ['CC-04'],
  refill: ['ST-11'],
  stolen: ['ST-13'],
  'recall-ignored': ['RX-03'],
  expired: ['RX-01'],
  backdated: ['ST-13'],
  'self-licensed': ['LC-08'],
  framing: ['SG-09', 'CU-01'],
};
/** Codes that say no more than "stop": the goods are unfit, nobody need have lied. */
const CATCHING_AT_L2: ReadonlySet<string> = new Set(['RX-01', 'RX-03', 'LC-07']);

const EXAMPLES_MAX = 50;

/** Worst verdict that slander may bring upon a unit. */
export const FRAMED_SEVERITY_MAX = 2;
export const BENIGN_SHARE_MIN = 2 / 3;

/** Highest rates among benign scans. */
export interface Limits {
  readonly alertRate: number;
  readonly stopRate: number;
}

/** Share of missed reads up to which the looser limits hold; beyond it, only that nothing honest is "proved" to be a crime. */
const MANY_MISSED_READS = 0.05;

/** Limits for a run with this noise; undefined where there is so much that rates mean nothing. */
export function limitsOf({ missedReads }: NoiseOptions): Limits | undefined {
  if (missedReads <= DEFAULT_NOISE.missedReads) return { alertRate: 0.0002, stopRate: 0.005 };
  if (missedReads <= MANY_MISSED_READS) return { alertRate: 0.0005, stopRate: 0.02 };
  return undefined;
}

/** One attack kind's line of the score. */
export interface KindScore {
  injected: number;
  caught: number;
  undetectable: number;
  /** Attacks caught by each code. */
  readonly rules: Record<string, number>;
}

/** Alerts that were raised at append and are gone at the end. */
export interface Transient {
  readonly count: number;
  /** The commonest reason, in words. */
  readonly cause: string;
}

/** Rates among benign scans, and how often each code struck one. */
export interface BenignScore {
  readonly scans: number;
  readonly alerts: number;
  readonly alertRate: number;
  readonly stops: number;
  readonly stopRate: number;
  readonly transientAlerts: number;
  readonly transientRate: number;
  readonly alertCodes: Readonly<Record<string, number>>;
  readonly stopCodes: Readonly<Record<string, number>>;
  readonly transientCodes: Readonly<Record<string, Transient>>;
}

/** An alert at append, by code and subject. */
interface Raised {
  readonly code: string;
  readonly cause: string;
  /** By code and last event: a folded finding of the audit names its events, but only one of its subjects. */
  readonly events: readonly string[];
}

/** Says why an alert may be premature: what is still on its way about these ids. */
export type OverdueOn = (ids: readonly string[]) => string | undefined;

/** Gathers findings at append and at audit; nothing below L2 is kept. */
export class Scorer {
  /** Benign findings at L4: must stay empty. */
  readonly unprovoked: Finding[] = [];
  /** A few benign alerts and stops, for whoever asks why. */
  readonly examples: Finding[] = [];
  readonly #book: AttackBook;
  readonly #overdueOn: OverdueOn;
  readonly #alerts = new Map<string, Set<string>>();
  readonly #stops = new Map<string, Set<string>>();
  readonly #raised = new Map<string, Raised>();
  readonly #standing = new Set<string>();

  constructor(book: AttackBook, overdueOn: OverdueOn) {
    this.#book = book;
    this.#overdueOn = overdueOn;
  }

  /** Takes what an append said. */
  atAppend(findings: readonly Finding[]): void {
    for (const finding of findings) {
      if (finding.severity < 3 || this.#benignScans(finding).length === 0) continue;
      const { code, subject } = finding;
      const events = eventsOf(finding);
      const known = this.#raised.get(nameOf(finding));
      const cause = known?.cause ?? this.#overdueOn([subject.id]) ?? 'another record on its way';
      this.#raised.set(nameOf(finding), { code, cause, events });
    }
  }

  /** Takes one finding of the final audit. */
  atAudit(finding: Finding): void {
    const { code, severity } = finding;
    if (severity < 2) return;
    if (severity >= 3) {
      this.#standing.add(nameOf(finding));
      for (const event of eventsOf(finding)) this.#standing.add(event);
    }
    if (severity >= 3 || CATCHING_AT_L2.has(code)) {
      for (const attack of this.#attacksIn(finding)) attack.caughtBy.add(code);
    }
    const scans = this.#benignScans(finding);
    if (scans.length === 0) return;
    if (this.examples.length < EXAMPLES_MAX) this.examples.push(finding);
    if (severity === 4) this.unprovoked.push(finding);
    const counted = severity >= 3 ? this.#alerts : this.#stops;
    for (const scan of scans) addTo(counted, scan, code);
  }

  benign(scans: number): BenignScore {
    const transients = this.#transients();
    const rate = (count: number): number => (scans === 0 ? 0 : count / scans);
    return {
      scans,
      alerts: this.#alerts.size,
      alertRate: rate(this.#alerts.size),
      stops: this.#stops.size,
      stopRate: rate(this.#stops.size),
      transientAlerts: transients.length,
      transientRate: rate(transients.length),
      alertCodes: countCodes([...this.#alerts.values()].flatMap((codes) => [...codes])),
      stopCodes: countCodes([...this.#stops.values()].flatMap((codes) => [...codes])),
      transientCodes: causesOf(transients),
    };
  }

  #transients(): Raised[] {
    return [...this.#raised]
      .filter(([name, { events }]) => ![name, ...events].some((one) => this.#standing.has(one)))
      .map(([, raised]) => raised);
  }

  /** Injected, caught and undetectable attacks of each kind that was asked for. */
  attacks(kinds: readonly AttackKind[]): Partial<Record<AttackKind, KindScore>> {
    const scores: Partial<Record<AttackKind, KindScore>> = {};
    for (const kind of ATTACK_KINDS) {
      if (!kinds.includes(kind)) continue;
      const score: KindScore = { injected: 0, caught: 0, undetectable: 0, rules: {} };
      for (const attack of this.#book.attacks) {
        if (attack.kind === kind && attack.isPlanted) count(score, attack);
      }
      scores[kind] = score;
    }
    return scores;
  }

  /** Attacks that should have been caught and were not. */
  missed(): readonly Attack[] {
    return this.#book.attacks.filter(
      (attack) => attack.isPlanted && attack.isDetectable && codesThatCaught(attack).length === 0,
    );
  }

  /** Units that slander was spoken of, with the verdict on them when all is over. */
  framed(): readonly { readonly unit: string; readonly verdict: number }[] {
    return this.#book.attacks.flatMap(({ framedCode: unit, framedSeverity: verdict }) =>
      unit === undefined || verdict === undefined ? [] : [{ unit, verdict }],
    );
  }

  #attacksIn(finding: Finding): Set<Attack> {
    const attacks = new Set<Attack>();
    for (const { entry, event } of finding.proof) {
      const attack = this.#book.writerOf(entry, event);
      if (attack !== undefined) attacks.add(attack);
    }
    return attacks;
  }

  /**
   * Scans, by event and subject, that a finding counts against and that no attack wrote or touched. Of a folded finding only
   * the first subject is named, so each of its events is looked at instead.
   */
  #benignScans(finding: Finding): string[] {
    const { id } = finding.subject;
    const isFolded = finding.count > 1;
    if (!isFolded && this.#book.isTouched(id)) return [];
    const last = finding.lastEvents.length > 0 ? finding.lastEvents : finding.proof.slice(-1);
    return last
      .filter(({ entry, event }) => this.#book.isBenign(entry, event))
      .map(({ entry, event }) => `${entry}/${event}/${isFolded ? '' : id}`);
  }
}

function codesThatCaught(attack: Attack): string[] {
  return CATCHING_CODES[attack.kind].filter((code) => attack.caughtBy.has(code));
}

function count(score: KindScore, attack: Attack): void {
  if (!attack.isDetectable) {
    score.undetectable++;
    return;
  }
  score.injected++;
  const codes = codesThatCaught(attack);
  if (codes.length > 0) score.caught++;
  for (const code of codes) score.rules[code] = (score.rules[code] ?? 0) + 1;
}

function nameOf(finding: Finding): string {
  return `${finding.code} ${finding.subject.id}`;
}

function eventsOf({ code, lastEvents }: Finding): string[] {
  return lastEvents.map(({ entry, event }) => `${code} ${entry}/${event}`);
}

function addTo(codes: Map<string, Set<string>>, scan: string, code: string): void {
  const known = codes.get(scan);
  if (known === undefined) codes.set(scan, new Set([code]));
  else known.add(code);
}

function countCodes(codes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of [...codes].sort()) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** How many of each code, and the commonest cause; of equally common ones the first by name. */
function causesOf(transients: readonly Raised[]): Record<string, Transient> {
  const byCode: Record<string, Transient> = {};
  for (const [code, count] of Object.entries(countCodes(transients.map((raised) => raised.code)))) {
    const causes = countCodes(transients.filter((raised) => raised.code === code).map(({ cause }) => cause));
    const [cause = ''] = Object.entries(causes).sort(([, a], [, b]) => b - a)[0] ?? [];
    byCode[code] = { count, cause };
  }
  return byCode;
}
