// Goal: an audit holds one partition at a time: what was judged leaves nothing behind that keeps its events, or the texts of their range.
// Method: weak references to the events of a partition judged before, and the size of the heap, each after the garbage was collected.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { EntrySet } from '../../src/audit/entry-set.ts';
import { HeldActs } from '../../src/audit/held-acts.ts';
import { Findings, SubjectJudge } from '../../src/audit/judging.ts';
import { ActReader, ActWriter } from '../../src/audit/packed-acts.ts';
import { Packer, Unpacker } from '../../src/audit/packing.ts';
import { SharedActs } from '../../src/audit/shared.ts';
import type { Act } from '../../src/custody/index.ts';
import { LabelBatch, labelOf } from '../../src/judgement/labels.ts';
import { Registry } from '../../src/registry/index.ts';
import { act } from '../support/act.ts';
import { HOUR_MS } from '../support/cast.ts';
import { coldWorld, series, WARM } from '../support/cold.ts';
import { replay, type Replay } from '../support/replay.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** After this, only what somebody holds is left. */
async function letGo(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
  collect();
}

async function megabytes(): Promise<number> {
  await letGo();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** Four units of two boxes, each pair measured too warm before it is packed and shipped. */
function journeys(): Replay {
  const script = coldWorld();
  const units = script.units(4);
  script.commission(units);
  for (const some of [units.slice(0, 2), units.slice(2)]) {
    const box = script.container();
    script.nowMs += 2 * HOUR_MS;
    script.log('maker', some, [series(script.nowMs - HOUR_MS, script.nowMs, WARM)]);
    script.pack('maker', box, some);
    script.ship('maker', box, 'north');
    script.log('north', box, [series(script.nowMs + HOUR_MS, script.nowMs + 2 * HOUR_MS, WARM)]);
    script.nowMs += 3 * HOUR_MS;
    script.receive('north', box, 'maker');
  }
  return replay(script);
}

/** The events of these units as a partition holds them: each read anew, but for those that all share. */
function heldOf({ world }: Replay, units: readonly string[]): { held: HeldActs; refs: WeakRef<Act>[] } {
  const held = new HeldActs(new EntrySet());
  const acts = [...new Set(units.flatMap((unit) => world.acts(unit)))];
  const refs: WeakRef<Act>[] = [];
  for (const one of acts) {
    const read = one.parent === undefined ? { ...one } : one;
    if (read !== one) refs.push(new WeakRef(read));
    const numbers = units.filter((unit) => one.ids.includes(unit)).map((unit) => held.table.numberOf(unit));
    const said = { entry: one.ref.entry, step: one.step, isRich: true, act: () => read, loose: () => read };
    held.onUnits(said, Int32Array.from(numbers));
  }
  return { held, refs };
}

function judgeOf({ registry, world, containers }: Replay): SubjectJudge {
  const shared = new SharedActs([], [], new EntrySet());
  for (const id of containers) {
    shared.containers.set(
      id,
      world.container(id).strides.map((stride) => stride.act),
    );
  }
  const parting = { partitions: 2, seed: 1 };
  const all = { registry, parting, shared, rejected: new EntrySet(), wanted: new Set<number>() };
  return new SubjectJudge({
    ...all,
    trial: undefined,
    asOfMs: 0,
    records: 'counted',
    lotOf: () => undefined,
  });
}

describe('an audit that goes from one partition to the next', () => {
  it('keeps no event of the one before but those all share', async () => {
    const replayed = journeys();
    const judge = judgeOf(replayed);
    const early = async (units: readonly string[]) => {
      const { held, refs } = heldOf(replayed, units);
      const findings = new Findings(() => true);
      const left = await judge.early(held, { findings, stock: judge.newStock(), turn: undefined });
      expect(left).toHaveLength(0);
      return { refs, codes: findings.folded().map(({ code }) => code) };
    };
    const first = await early(replayed.units.slice(0, 2));
    const second = await early(replayed.units.slice(2));
    await letGo();
    expect(first.refs.length).toBeGreaterThan(1);
    expect(first.refs.map((ref) => ref.deref())).toEqual(first.refs.map(() => undefined));
    for (const { codes } of [first, second]) expect(codes).toContain('CC-05');
  });
});

describe('what is kept of much that was read', () => {
  /** As long as what stands around it in its range. */
  const AROUND = 'x'.repeat(2 ** 20);
  const MANY = 48;

  /** A text as it is cut out of the text of its range. */
  const cut = (text: string): string => {
    const whole = JSON.parse(JSON.stringify(`${text} ${AROUND}`)) as string;
    return whole.slice(0, text.length);
  };

  it('is a label and not the text around it, read alone, in a batch or once more', async () => {
    const registry = new Registry();
    const before = await megabytes();
    for (let i = 0; i < MANY; i++) labelOf(registry, cut(`https://example.com/no/code/${i}`));
    const batch = new LabelBatch(registry);
    for (let i = 0; i < MANY; i++) batch.add(cut(`https://example.com/no/other/code/${i}`));
    batch.verify();
    expect((await megabytes()) - before).toBeLessThan(MANY / 4);
  });

  it('is an act and not the text of its range', async () => {
    const said = act({
      ref: { entry: 7, event: 1 },
      step: 'ship',
      actor: 'p'.repeat(20),
      ids: ['u'.repeat(40)],
    });
    const before = await megabytes();
    const kept = Array.from({ length: MANY }, (_, i) => {
      const packer = new Packer();
      const writer = new ActWriter(packer);
      writer.write({ ...said, eventId: `ni:///sha-256;${i}`, actId: AROUND });
      writer.write({ ...said, eventId: `ni:///sha-256;${i}` });
      const reader = new ActReader(new Unpacker(packer.finish()));
      reader.read();
      reader.begin();
      return reader.loose();
    });
    expect((await megabytes()) - before).toBeLessThan(MANY / 4);
    expect(kept[1]).toEqual({ ...said, eventId: 'ni:///sha-256;1' });
  });
});
