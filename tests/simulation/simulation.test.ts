// Goal: the whole house works end to end on a small world: attacks are caught, honest people are not accused, damage is named.
// Method: simulations of a few hundred units into SQLite files in a temporary folder, scored against their labels.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ATTACK_KINDS, DEFAULT_OPTIONS } from '../../examples/simulation/options.ts';
import { jsonOf, problemsOf, textOf } from '../../examples/simulation/report.ts';
import { LEDGER_FILE } from '../../examples/simulation/keys.ts';
import { simulate, type SimulationResult } from '../../examples/simulation/simulation.ts';
import { copyLedger, tamper } from '../../examples/simulation/tamper.ts';

const folder = mkdtempSync(join(tmpdir(), 'countermark-simulation-'));
const options = { ...DEFAULT_OPTIONS, units: 600, seed: 3 };
const oldCopy = { path: join(folder, 'old-copy.db'), entries: 0 };
let attacked: SimulationResult;

beforeAll(async () => {
  const out = join(folder, 'all');
  attacked = await simulate(
    { ...options, out },
    {
      onHandIn: async (entries, day) => {
        if (day < 40 || oldCopy.entries > 0) return;
        oldCopy.entries = entries;
        await copyLedger(join(out, LEDGER_FILE), oldCopy.path);
      },
    },
  );
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('simulate() with all attacks', () => {
  it('catches every attack and accuses nobody else', () => {
    expect(problemsOf(attacked)).toEqual([]);
  });

  it('injects every kind of attack, and copies that nothing contradicts', () => {
    for (const kind of ATTACK_KINDS) expect(attacked.attacks[kind]?.injected, kind).toBeGreaterThan(0);
    expect(attacked.attacks['clone-single']?.undetectable).toBeGreaterThan(0);
  });

  it('tells it all as one JSON object of the public shape', () => {
    const json: unknown = JSON.parse(JSON.stringify(jsonOf(attacked)));
    expect(json).toMatchObject({
      seed: 3,
      units: 600,
      statements: attacked.entries,
      entries: attacked.entries,
      noise: { missedReads: expect.any(Number), counterRepeats: expect.any(Number) },
      benign: { scans: expect.any(Number), alerts: expect.any(Number), transientRate: expect.any(Number) },
      audit: { ok: true, workers: 1, seconds: expect.any(Number), peakRssMiB: expect.any(Number) },
    });
    const names =
      'seed units statements events entries root checkpoint ledger flags noise attacks benign findings audit';
    expect(Object.keys(json as object)).toEqual(names.split(' '));
  });

  it('tells it all as tables', () => {
    const text = textOf(attacked);
    for (const kind of ATTACK_KINDS) expect(text).toContain(kind);
    expect(text).toContain('Who traded what');
    expect(text).toContain(attacked.ledger);
  });

  it('never writes a label into the ledger', () => {
    const bytes = readFileSync(attacked.ledger, 'latin1');
    // Whose goods were stolen says so: that word is no label.
    const kinds = ATTACK_KINDS.filter((kind) => kind !== 'stolen');
    for (const label of [...kinds, 'attack', 'forge', 'undetectable']) expect(bytes).not.toContain(label);
  });

  it('gives the same log and findings again for the same seed', async () => {
    const again = await simulate({ ...options, out: join(folder, 'again') });
    expect(again.root).toBe(attacked.root);
    expect(again.findings).toEqual(attacked.findings);
    expect(again.checkpoint).toBe(attacked.checkpoint);
  }, 300_000);

  it('names every damage done behind the ledger', async () => {
    const results = await tamper(attacked, oldCopy);
    expect(results.filter((one) => !one.ok)).toEqual([]);
    expect(results).toHaveLength(7);
  }, 300_000);
});

describe('simulate() without attacks', () => {
  it('raises no alert on honest trade', async () => {
    const honest = await simulate({
      ...options,
      seed: 4,
      units: 400,
      attacks: [],
      out: join(folder, 'none'),
    });
    expect(problemsOf(honest)).toEqual([]);
    expect(honest.attacks).toEqual({});
    expect(honest.scans.benign).toBe(honest.scans.all);
  }, 300_000);

  it('gives another log for another seed, and nothing else changed', async () => {
    const roots: string[] = [];
    for (const seed of [5, 6]) {
      const { root } = await simulate({
        ...options,
        units: 40,
        seed,
        attacks: [],
        out: join(folder, `${seed}`),
      });
      roots.push(root);
    }
    expect(new Set(roots).size).toBe(2);
  }, 300_000);
});
