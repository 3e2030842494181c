/**
 * A run: the world is made, lives through its weeks, is written into a ledger on disk, and the ledger is audited.
 *
 * Reads  every part.   Used by  ../simulate.ts, tamper.ts, tests.
 * Rule   the ledger's clock is the simulated one: equal options give equal entries, root and findings.
 * @module
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Ledger, type AuditReport } from 'countermark';
import { installNativeCrypto } from 'countermark/node';
import { SqliteStore } from 'countermark/store/sqlite';
import { AttackBook, rogueClinicCount } from './attack-book.ts';
import { Capture, SLOT_MS } from './capture.ts';
import { LEDGER_FILE, makeLogKey, VERIFIER_KEY_FILE, writeKeyFiles, writeVerifierKey } from './keys.ts';
import { planLots } from './lots.ts';
import type { NoiseCount } from './noise.ts';
import type { SimulationOptions } from './options.ts';
import { makeCast, type Cast } from './parties.ts';
import { Agenda } from './queue.ts';
import { Random } from './random.ts';
import { genesisOf, ORIGIN, registerAll } from './registry.ts';
import { Scorer, type BenignScore, type KindScore } from './score.ts';
import { Tally } from './tally.ts';
import { startLot } from './trade.ts';
import { DAY_MS, START_MS, type World } from './world.ts';

/** What happens while a run works; called a few times a second at most by whoever prints. */
export type OnProgress = (progress: Progress) => void;
export type Progress =
  | { readonly phase: 'trade'; readonly day: number; readonly statements: number; readonly events: number }
  | { readonly phase: 'audit'; readonly what: string; readonly done: number; readonly total: number };

/** All a run tells. */
export interface SimulationResult {
  readonly options: SimulationOptions;
  readonly ledger: string;
  readonly logKey: string;
  readonly checkpoint: string;
  readonly root: string;
  readonly entries: number;
  readonly statements: number;
  readonly events: number;
  readonly days: number;
  readonly appendSeconds: number;
  readonly scans: { readonly all: number; readonly benign: number };
  readonly noise: NoiseCount;
  readonly attacks: Partial<Record<string, KindScore>>;
  readonly benign: BenignScore;
  readonly findings: AuditReport['counts'];
  readonly auditSeconds: number;
  readonly audit: AuditReport;
  readonly peakRssMiB: number;
  readonly cast: Cast;
  readonly tally: Tally;
  readonly scorer: Scorer;
  readonly lotsCount: number;
  /** Codes to try on the ledger. */
  readonly samples: readonly { readonly what: string; readonly code: string }[];
}

/** Hooks into a run. */
export interface SimulationHooks {
  readonly onProgress?: OnProgress;
  /** Called after each hand-in, with the number of entries; for whoever wants a copy of the file half way. */
  readonly onHandIn?: (entries: number, day: number) => Promise<void> | void;
}

/** Runs a simulation into a fresh ledger file, replacing that of an earlier run, and audits it. */
export async function simulate(
  options: SimulationOptions,
  hooks: SimulationHooks = {},
): Promise<SimulationResult> {
  installNativeCrypto();
  const path = prepareFolder(options.out);
  const { world, lotsCount } = makeWorld(options);
  const { agenda, capture, cast, attacks } = world;
  const scorer = new Scorer(attacks, (ids) => capture.overdueOn(ids));
  const logKey = makeLogKey(world.random, ORIGIN);
  writeVerifierKey(options.out, logKey);
  const store = await SqliteStore.open(path, { create: true });
  const ledger = await Ledger.create({
    store,
    origin: ORIGIN,
    logSigner: logKey.signer,
    genesis: genesisOf(cast, logKey),
    clock: () => agenda.nowMs,
  });
  try {
    const startedMs = performance.now();
    registerAll(cast, capture);
    await live(world, ledger, scorer, hooks);
    const appendSeconds = (performance.now() - startedMs) / 1000;
    const auditedMs = performance.now();
    const audit = await ledger.audit({
      onFinding: (finding) => scorer.atAudit(finding),
      onProgress: (progress) => hooks.onProgress?.({ ...progress, phase: 'audit', what: progress.phase }),
    });
    const auditSeconds = (performance.now() - auditedMs) / 1000;
    writeKeyFiles(options.out, logKey, cast);
    for (const attack of attacks.attacks) {
      if (attack.framedCode === undefined) continue;
      attack.framedSeverity = (await ledger.check(attack.framedCode)).severity;
    }
    return {
      options,
      ledger: path,
      logKey: logKey.verifierKey,
      checkpoint: audit.checkpoint,
      root: audit.root,
      entries: audit.size,
      statements: capture.statements + 1,
      events: capture.events,
      days: Math.ceil((agenda.nowMs - START_MS) / DAY_MS),
      appendSeconds,
      scans: capture.scans,
      noise: capture.noise,
      attacks: scorer.attacks(options.attacks),
      benign: scorer.benign(capture.scans.benign),
      findings: totals(audit),
      auditSeconds,
      audit,
      peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
      cast,
      tally: world.tally,
      scorer,
      lotsCount,
      samples: [...world.samples].map(([what, code]) => ({ what, code })),
    };
  } finally {
    await ledger.close();
  }
}

/** Everything before the first event: the cast, the attackers' plans, the lots' days. */
export function makeWorld(options: SimulationOptions): { world: World; lotsCount: number } {
  const random = new Random(`seed ${options.seed}`);
  const agenda = new Agenda(START_MS - DAY_MS);
  const { units } = options;
  const cast = makeCast(random, units, {
    unlicensed: rogueClinicCount('unlicensed-clinic', options.attacks, units),
    selfLicensed: rogueClinicCount('self-licensed', options.attacks, units),
  });
  const plans = planLots(random.fork('lots'), cast, units, options.noise.lateLots);
  const attacks = new AttackBook(random.fork('attacks'), options.attacks, units, plans.length);
  const capture = new Capture({
    agenda,
    noise: options.noise,
    random: random.fork('capture'),
    attacks,
    origin: ORIGIN,
  });
  const world: World = {
    options,
    agenda,
    cast,
    capture,
    attacks,
    tally: new Tally(),
    random: random.fork('trade'),
    emptied: new Map(),
    leaving: new Map(),
    recalls: new Set(),
    samples: new Map(),
  };
  for (const plan of plans) agenda.at(plan.startMs, () => startLot(world, plan));
  return { world, lotsCount: plans.length };
}

async function live(world: World, ledger: Ledger, scorer: Scorer, hooks: SimulationHooks): Promise<void> {
  const { agenda, capture } = world;
  for (let slotEndMs = START_MS; ; slotEndMs += SLOT_MS) {
    agenda.runUntil(slotEndMs);
    await capture.handIn(ledger, (findings) => scorer.atAppend(findings));
    const day = Math.floor((slotEndMs - START_MS) / DAY_MS);
    hooks.onProgress?.({ phase: 'trade', day, statements: capture.statements, events: capture.events });
    await hooks.onHandIn?.(capture.statements + 1, day);
    if (agenda.waitingCount === 0 && capture.waitingCount === 0) return;
  }
}

/** True if the key beside a ledger is that of a simulated log: anything else is somebody's own. */
function isSimulated(keyPath: string): boolean {
  return existsSync(keyPath) && readFileSync(keyPath, 'utf8').startsWith(`${ORIGIN}+`);
}

/** The ledger's path in a folder that exists; files of an earlier run are removed. */
function prepareFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, LEDGER_FILE);
  if (existsSync(path) && !isSimulated(join(folder, VERIFIER_KEY_FILE))) {
    throw new Error(`${path} is not from an earlier simulation; choose another folder with --out`);
  }
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  return path;
}

/** Findings of all levels by code. */
function totals({ counts, records }: AuditReport): AuditReport['counts'] {
  const all: Record<string, number> = { ...records };
  for (const [code, count] of Object.entries(counts)) all[code] = (all[code] ?? 0) + count;
  return all;
}
