/**
 * The acts of a simulated supply chain, as `npm run simulate` writes it, with honest noise and labelled attacks; nothing is stored.
 *
 * Reads  examples/simulation/, journeys.ts, the package by its name.   Used by  ../judge.ts.
 * Note   the simulation hands its statements to a desk instead of a ledger: the same statements at the same places, neither
 *        verified nor judged. Equal sizes give equal acts.
 * @module
 */
import type { AppendOutcome, Ledger } from '../../dist/index.js';
import { SLOT_MS } from '../../examples/simulation/capture.ts';
import { makeLogKey } from '../../examples/simulation/keys.ts';
import { ATTACK_KINDS, DEFAULT_NOISE } from '../../examples/simulation/options.ts';
import { genesisOf, ORIGIN, registerAll } from '../../examples/simulation/registry.ts';
import { makeWorld } from '../../examples/simulation/simulation.ts';
import { START_MS } from '../../examples/simulation/world.ts';
import {
  idsOf,
  isContainer,
  lotOfUnit,
  StatementReader,
  subjectKind,
  type Act,
} from '../../dist/custody/index.js';
import { Registry } from '../../dist/registry/index.js';
import { openStatement } from '../../dist/statement/index.js';
import { push, type Collected } from './journeys.ts';

/** All that a run with this many units, at least 200, and seed 1 records. */
export async function simulated(units: number): Promise<Collected> {
  const options = { units, seed: 1, attacks: ATTACK_KINDS, noise: DEFAULT_NOISE, out: '' };
  const { world } = makeWorld(options);
  const { agenda, capture, cast, random } = world;
  const desk = new Desk(() => agenda.nowMs);
  desk.take(genesisOf(cast, makeLogKey(random, ORIGIN)));
  registerAll(cast, capture);
  for (let slotEndMs = START_MS; agenda.waitingCount + capture.waitingCount > 0; slotEndMs += SLOT_MS) {
    agenda.runUntil(slotEndMs);
    await capture.handIn(desk, () => {});
  }
  return desk.collected();
}

/** Where statements are handed in: reads them as an audit would. */
class Desk implements Pick<Ledger, 'appendMany'> {
  readonly #nowMs: () => number;
  readonly #registry = new Registry();
  readonly #reader = new StatementReader();
  readonly #units = new Map<string, Act[]>();
  readonly #containers = new Map<string, Act[]>();
  #entries = 0;
  #events = 0;
  #named = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  async appendMany(statements: readonly Uint8Array[]): Promise<AppendOutcome[]> {
    return statements.map((bytes) => {
      const entry = this.#entries;
      this.take(bytes);
      return { ok: true, entry, findings: [] } as unknown as AppendOutcome;
    });
  }

  take(bytes: Uint8Array): void {
    const entry = this.#entries++;
    const head = this.#reader.head(bytes);
    if (head.kind !== 'events') this.#registry.apply(entry, this.#nowMs(), openStatement(bytes).statement);
    else for (const act of this.#reader.acts(head, entry, this.#nowMs())) this.#add(act);
  }

  #add(act: Act): void {
    this.#events++;
    const ids = new Set(idsOf(act));
    if (act.parent !== undefined) ids.add(act.parent);
    for (const id of ids) {
      if (isContainer(id)) push(this.#containers, id, act);
      else if (subjectKind(id) === 'unit') {
        push(this.#units, id, act);
        this.#named++;
      }
    }
  }

  collected(): Collected {
    const lots = new Map<string, string>();
    for (const [unit, acts] of this.#units) {
      const lot = lotOfUnit(this.#registry, unit, acts);
      if (lot !== undefined) lots.set(unit, lot);
    }
    return {
      registry: this.#registry,
      units: this.#units,
      containers: this.#containers,
      lots,
      events: this.#events,
      named: this.#named,
      asOfMs: this.#nowMs(),
    };
  }
}
