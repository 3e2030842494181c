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
import { ATTACK_KINDS, type AttackKind } from './options.ts';

/** Codes by which an attack counts as caught. */
export const CATCHING_CODES: Readonly<Record<AttackKind, readonly string[]>> = {
  'clone-single': ['CL-01', 'CL-03', 'ST-06'],
  'clone-mass': ['CL-01', 'CL-03', 'ST-06'],
  'forged-serial': ['ID-05', 'SG-02'],
  'diverted-pallet': ['DV-01', 'DV-02', 'DV-05'],
  'double-use': ['ST-06', 'ST-08', 'CL-03'],
  'over-issue': ['QA-09'],
  'unlicensed-clinic': ['LC-01', 'LC-02'],
};

/** Limits of the rates among benign scans. */
export const ALERT_RATE_MAX = 0.0005;
export const STOP_RATE_MAX = 0.005;
export const BENIGN_SHARE_MIN = 2 / 3;

/** One attack kind's line of the score. */
export interface KindScore {
  injected: number;
  caught: number;
  undetectable: number;
  /** Attacks caught by each code. */
  readonly rules: Record<string, number>;
}

/** Rates among benign scans. */
export interface BenignScore {
  readonly scans: number;
  readonly alerts: number;
  readonly alertRate: number;
  readonly stops: number;
  readonly stopRate: number;
  readonly transientAlerts: number;
  readonly transientRate: number;
}

/** Gathers findings at append and at audit. */
export class Scorer {
  /** Benign findings at L4: must stay empty. */
  readonly unprovoked: Finding[] = [];
  /** A few benign alerts and stops, for whoever asks why. */
  readonly examples: Finding[] = [];
  readonly #book: AttackBook;
  readonly #alerts = new Set<string>();
  readonly #stops = new Set<string>();
  readonly #raised = new Set<string>();
  readonly #standing = new Set<string>();

  constructor(book: AttackBook) {
    this.#book = book;
  }

  /** Takes what an append said. */
  atAppend(findings: readonly Finding[]): void {
    for (const finding of findings) {
      if (finding.severity >= 3 && this.#benignScans(finding).length > 0) this.#raised.add(nameOf(finding));
    }
  }

  /** Takes one finding of the final audit. */
  atAudit(finding: Finding): void {
    if (finding.severity < 2) return;
    if (finding.severity >= 3) {
      this.#standing.add(nameOf(finding));
      for (const attack of this.#attacksIn(finding)) attack.caughtBy.add(finding.code);
    }
    const scans = this.#benignScans(finding);
    if (scans.length === 0) return;
    if (this.examples.length < 20) this.examples.push(finding);
    if (finding.severity === 4) this.unprovoked.push(finding);
    const counted = finding.severity >= 3 ? this.#alerts : this.#stops;
    for (const scan of scans) counted.add(scan);
  }

  benign(scans: number): BenignScore {
    const transient = [...this.#raised].filter((name) => !this.#standing.has(name)).length;
    const rate = (count: number): number => (scans === 0 ? 0 : count / scans);
    return {
      scans,
      alerts: this.#alerts.size,
      alertRate: rate(this.#alerts.size),
      stops: this.#stops.size,
      stopRate: rate(this.#stops.size),
      transientAlerts: transient,
      transientRate: rate(transient),
    };
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
