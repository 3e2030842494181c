/**
 * The small world in a MemoryStore, written through the public Ledger: the script's steps, recorded, audited, checked.
 *
 * Reads  script.ts, src/.   Used by  tests of judgement, ledger, audit.
 * @module
 */
import type { AuditReport } from '../../src/audit/index.ts';
import type { Finding, FindingCode } from '../../src/judgement/index.ts';
import { Ledger, type Scan, type Verdict } from '../../src/ledger/index.ts';
import { installNativeCrypto } from '../../src/node/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { GENESIS_MS, logSigner, ORIGIN } from './cast.ts';
import { assertTable } from './expect-findings.ts';
import { Script, type WorldOptions } from './script.ts';

export { refOf, type Step, type WorldOptions } from './script.ts';

installNativeCrypto();

/** What `audit()` found, L0 included. */
export interface Audited {
  readonly report: AuditReport;
  readonly findings: readonly Finding[];
}

/** The small world. */
export class SmallWorld extends Script {
  readonly store: MemoryStore = new MemoryStore();
  #ledger: Ledger | undefined;
  #clockMs: number = GENESIS_MS;
  #recorded = 0;

  /** A world whose parties, licences, product and lot are registered; nothing has been made yet. */
  static async create(options: WorldOptions = {}): Promise<SmallWorld> {
    const world = new SmallWorld(options);
    const { store, genesis } = world;
    const clock = (): number => world.#clockMs;
    world.#ledger = await Ledger.create({ store, origin: ORIGIN, logSigner, genesis, clock });
    await world.record();
    return world;
  }

  /** Units whose names differ in their last two characters only are in one partition of an audit: of these, every second is. */
  override serial(): string {
    const serial = super.serial();
    return /[02468]$/.test(serial) ? `${serial}00` : serial;
  }

  get ledger(): Ledger {
    return this.#ledger!;
  }

  /** Appends all steps made since, in order of record time. @throws what the ledger refused, unless `refusals` are wanted. */
  async record(options: { readonly refusals?: boolean } = {}): Promise<void> {
    const pending = this.steps.slice(this.#recorded).sort((a, b) => a.recordTimeMs - b.recordTimeMs);
    this.#recorded = this.steps.length;
    for (let i = 0; i < pending.length;) {
      const { recordTimeMs } = pending[i]!;
      const together = pending.slice(i).filter((made) => made.recordTimeMs === recordTimeMs);
      i += together.length;
      this.#clockMs = Math.max(this.#clockMs, recordTimeMs);
      const outcomes = await this.ledger.appendMany(
        together.map(({ bytes }) => bytes),
        { receipts: false },
      );
      for (const [n, outcome] of outcomes.entries()) {
        const made = together[n]!;
        if (outcome.ok) {
          made.entry = outcome.entry;
          made.findings = outcome.findings;
        } else if (options.refusals === true) made.refused = outcome.error;
        else throw outcome.error;
      }
    }
  }

  /** Records what is pending and audits the whole log. */
  async audit(): Promise<Audited> {
    await this.record();
    const findings: Finding[] = [];
    const report = await this.ledger.audit({ onFinding: (found) => findings.push(found) });
    if (!report.ok) throw new Error(`the audit fails: ${JSON.stringify([report.log, report.derived])}`);
    assertTable(findings);
    return { report, findings };
  }

  /** All findings of the final audit, or those of one code. */
  async findings(code?: FindingCode): Promise<readonly Finding[]> {
    const { findings } = await this.audit();
    return code === undefined ? findings : findings.filter((found) => found.code === code);
  }

  /** Findings above the level, as `CODE level` lines, sorted: what a test compares at a glance. */
  async said(above = 0): Promise<readonly string[]> {
    return (await this.findings())
      .filter(({ severity }) => severity > above)
      .map(({ code, severity }) => `${code} L${severity}`)
      .sort();
  }

  /** Records what is pending and checks a code, now. */
  async check(code: string, scan: Scan = {}): Promise<Verdict> {
    await this.record();
    this.#clockMs = Math.max(this.#clockMs, scan.timeMs ?? 0);
    return this.ledger.check(code, scan);
  }
}
