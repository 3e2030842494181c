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
import { partitionOfUnit } from '../../src/audit/routing.ts';
import { SharedActs } from '../../src/audit/shared.ts';
import { SharedRange } from '../../src/audit/shared-range.ts';
import { readRuns, StreamWriter, type Parting } from '../../src/audit/streams.ts';
import { readWords } from '../../src/audit/words.ts';
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

const PARTITIONS = 2;

/** The first seed that puts the units into both partitions: each box into one. */
function partingOf(units: readonly string[]): Parting {
  const partsBy = (seed: number) => units.map((unit) => partitionOfUnit(unit, PARTITIONS, seed)).join('');
  let seed = 1;
  while (!/^(0+1+|1+0+)$/.test(partsBy(seed))) seed++;
  return { partitions: PARTITIONS, seed };
}

/** All acts of a log in one range. */
function rangeOf({ world, units, containers }: Replay, parting: Parting) {
  const named = [
    ...units.map((unit) => world.acts(unit)),
    ...containers.map((id) => world.container(id).strides.map((stride) => stride.act)),
  ];
  const acts = [...new Set(named.flat())].sort((a, b) => a.ref.entry - b.ref.entry);
  const writer = new StreamWriter(parting);
  for (const one of acts) writer.write(one);
  const { words, sharedEnds, partitions } = writer.finish();
  const run = (number: number): Uint8Array =>
    partitions.bytes.slice(partitions.ends[number - 1] ?? 0, partitions.ends[number]);
  const readIn = (bytes: Uint8Array) => (at: number, length: number) => bytes.subarray(at, at + length);
  const [ids, shared] = [readIn(run(PARTITIONS)), readIn(run(PARTITIONS + 1))];
  return { run, range: new SharedRange(sharedEnds, shared, readWords(words), ids) };
}

/**
 * Judges a log partition by partition.
 * @param heldMax - most acts of containers that are held whole.
 * @returns for each partition what was found, and the acts that were read of it.
 */
async function judged(replayed: Replay, heldMax: number) {
  const { registry, units } = replayed;
  const parting = partingOf(units);
  const { run, range } = rangeOf(replayed, parting);
  const rejected = new EntrySet();
  const shared = new SharedActs([range], rejected, heldMax);
  const all = { registry, parting, shared, rejected, wanted: new Set<number>() };
  const lotOf = (): undefined => undefined;
  const judge = new SubjectJudge({ ...all, trial: undefined, asOfMs: 0, records: 'counted', lotOf });
  const read = async (partition: number) => {
    const held = new HeldActs(rejected);
    const bytes = run(partition);
    readRuns({ bytes, ends: Uint32Array.of(bytes.length) }, [range], held.table, held);
    const acts = [...held.byUnit().values()].flat();
    const refs = acts.map((one) => ({ ref: new WeakRef(one), isShared: one.parent !== undefined }));
    const findings = new Findings(() => true);
    const left = await judge.early(held, { findings, stock: judge.newStock(), turn: undefined });
    return { left, refs, codes: findings.folded().map(({ code }) => code) };
  };
  return { shared, partitions: [await read(0), await read(1)] as const };
}

describe('an audit that goes from one partition to the next', () => {
  it.each([
    { name: 'but those of containers, where they are few', heldMax: 1000, isHeld: true },
    { name: 'where containers are many', heldMax: 1, isHeld: false },
  ])('keeps no event of the one before, $name', async ({ heldMax, isHeld }) => {
    const { shared, partitions } = await judged(journeys(), heldMax);
    await letGo();
    expect(shared.areHeld).toBe(isHeld);
    for (const { left, codes } of partitions) {
      expect(left).toHaveLength(0);
      expect(codes).toContain('CC-05');
    }
    const [{ refs }] = partitions;
    expect(new Set(refs.map(({ isShared }) => isShared))).toEqual(new Set([true, false]));
    for (const { ref, isShared } of refs) expect(ref.deref() !== undefined).toBe(isHeld && isShared);
  });

  it('finds the same, however few acts of containers it holds', async () => {
    const found = async (heldMax: number) =>
      (await judged(journeys(), heldMax)).partitions.map(({ codes }) => codes);
    expect(await found(1)).toEqual(await found(1000));
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
