// Goal:   what is in a box goes where the box goes, to any depth; boxes are emptied, reused, nested in circles, and end.
// Method: one small world a case; custody, contents and findings after each shape of nesting, honest and absurd.
import { describe, expect, it } from 'vitest';
import { ID } from '../support/cast.ts';
import { expectClean, expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay, type Replay } from '../support/replay.ts';
import { Script } from '../support/script.ts';
import { SmallWorld } from '../support/world.ts';

/** Where a unit is at last, through its containers. */
function whereIs(replayed: Replay, unit: string): unknown {
  const { custody } = replayed.unit(unit).final;
  return custody.at === 'inside' ? replayed.world.containerCustody(custody.container, Infinity) : custody;
}

/** A unit in `depth` containers, each in the next; outermost last. */
function nested(script: Script, depth: number): { unit: string; boxes: string[] } {
  const unit = script.unit();
  const boxes: string[] = [];
  script.commission(unit);
  for (let i = 0; i < depth; i++) {
    const box = script.container();
    script.pack('maker', box, boxes.at(-1) ?? unit);
    boxes.push(box);
  }
  return { unit, boxes };
}

describe('nested containers', () => {
  it('carry a unit three deep without naming it, and back out one by one', () => {
    const script = new Script();
    const { unit, boxes } = nested(script, 3);
    const [carton, box, pallet] = boxes as [string, string, string];
    script.ship('maker', pallet, 'north');
    expect(whereIs(replay(script), unit)).toEqual({ at: 'transit', from: ID.maker, to: ID.north });
    script.receive('north', pallet, 'maker');
    expect(whereIs(replay(script), unit)).toEqual({ at: 'held', by: ID.north });
    script.unpack('north', pallet, box);
    script.ship('north', box, 'clinicA');
    script.receive('clinicA', box, 'north');
    script.unpack('clinicA', box, carton);
    script.unpack('clinicA', carton, unit);
    script.administer('clinicA', unit);
    const replayed = replay(script);
    expect(said(replayed.findings(), -1)).toEqual([]);
    expect(replayed.unit(unit).final).toEqual({
      life: 'administered',
      custody: { at: 'held', by: ID.clinicA },
    });
  });

  it('come out together when everything is taken out at every level', () => {
    const script = new Script();
    const { unit, boxes } = nested(script, 3);
    script.ship('maker', boxes[2]!, 'clinicA');
    script.receive('clinicA', boxes[2]!, 'maker');
    for (const box of [...boxes].reverse()) script.unpack('clinicA', box);
    const replayed = replay(script);
    expect(whereIs(replayed, unit)).toEqual({ at: 'held', by: ID.clinicA });
    script.administer('clinicA', unit);
    expect(said(replay(script).findings(), -1)).toEqual([]);
  });

  it('tell the judge the lots inside, at the time', () => {
    const script = new Script();
    const { boxes } = nested(script, 3);
    const { timeMs } = script.steps.at(-1)!;
    script.unpack('maker', boxes[1]!);
    const { world } = replay(script);
    expect(world.lotsInside(boxes[2]!, timeMs)).toHaveLength(1);
    expect(world.lotsInside(boxes[2]!, script.nowMs)).toEqual([]);
    expect(world.lotsInside(boxes[2]!, 0)).toEqual([]);
  });

  it('leave alone what stays inside when something else is taken out', () => {
    const script = new Script();
    const [a, b] = script.units(2) as [string, string];
    const box = script.container();
    script.commission([a, b]);
    script.pack('maker', box, [a, b]);
    script.unpack('maker', box, a);
    script.ship('maker', box, 'north');
    const replayed = replay(script);
    expect(whereIs(replayed, a)).toEqual({ at: 'held', by: ID.maker });
    expect(whereIs(replayed, b)).toEqual({ at: 'transit', from: ID.maker, to: ID.north });
    expect(replayed.container(box).stays).toHaveLength(2);
  });

  it('let a unit be added to a box that is already closed', () => {
    const script = new Script();
    const [a, b] = script.units(2) as [string, string];
    const box = script.container();
    script.commission([a, b]);
    script.pack('maker', box, a);
    script.pack('maker', box, b);
    script.ship('maker', box, 'clinicA');
    script.receive('clinicA', box, 'maker');
    script.unpack('clinicA', box, [b, a]);
    expect(said(replay(script).findings(), -1)).toEqual([]);
  });
});

describe('events of one instant', () => {
  it('stand in order of rank: opened, then filled, then sent', () => {
    const script = new Script();
    const [a, b] = script.units(2) as [string, string];
    const box = script.container();
    script.commission([a, b]);
    script.pack('maker', box, [a, b]);
    script.ship('maker', box, 'north');
    script.receive('north', box, 'maker');
    script.unpack('north', box, a, { after: 0 });
    script.ship('north', box, 'clinicA', { after: 0 });
    script.dispense('pharmacy', a, { after: 40 });
    const found = replay(script).findings();
    expectNone(found, 'CU-05');
    expect(whereIs(replay(script), b)).toEqual({ at: 'transit', from: ID.north, to: ID.clinicA });
    expect(said(found)).toEqual(['CU-06 L1']);
  });
});

describe('a container used again', () => {
  it.each([
    ['emptied by name', true],
    ['emptied all at once', false],
  ])('after it was %s belongs to whoever fills it', (_, named) => {
    const script = new Script();
    const [a, b] = script.units(2) as [string, string];
    const box = script.container();
    script.commission([a, b]);
    script.pack('maker', box, a);
    script.ship('maker', box, 'clinicA');
    script.receive('clinicA', box, 'maker');
    script.unpack('clinicA', box, named ? a : undefined);
    script.pack('maker', box, b);
    script.ship('maker', box, 'clinicB');
    script.receive('clinicB', box, 'maker');
    script.administer('clinicA', a);
    const replayed = replay(script);
    expect(said(replayed.findings(), -1)).toEqual([]);
    expect(whereIs(replayed, b)).toEqual({ at: 'held', by: ID.clinicB });
  });
});

describe('absurd containers', () => {
  it('in a circle are no place, and accuse no unit', async () => {
    const world = await SmallWorld.create();
    const unit = world.unit();
    const [a, b, c] = [world.container(), world.container(), world.container()];
    world.commission(unit);
    world.pack('maker', a, unit);
    world.pack('maker', b, a);
    world.pack('maker', c, b);
    world.pack('maker', a, c);
    expectClean(await world.findings(), 1);
    expect((await world.check(world.label(unit))).severity).toBeLessThanOrEqual(1);
    world.unpack('maker', a, unit);
    world.ship('maker', unit, 'clinicA');
    world.receive('clinicA', unit, 'maker');
    expectClean(await world.findings(), 1);
    expect((await world.check(c)).severity).toBeLessThanOrEqual(3);
  });

  it('of two in each other terminate whatever else is done with them', () => {
    const script = new Script();
    const units = script.units(3);
    const [a, b] = [script.container(), script.container()];
    script.commission(units);
    script.pack('maker', a, [...units, b]);
    script.pack('maker', b, a, { after: 0 });
    script.unpack('north', a);
    script.ship('north', b, 'clinicA');
    script.receive('clinicA', a);
    for (const unit of units) script.administer('clinicA', unit);
    const replayed = replay(script);
    for (const unit of units) {
      expect(replayed.judge.unit(unit).every(({ severity, secondLine }) => severity < 3 || secondLine)).toBe(
        true,
      );
    }
    expect(replayed.world.lotsInside(a, Infinity)).toBeInstanceOf(Array);
  });

  it('nested deeper than the limit lead nowhere, and nobody is accused of more than that', () => {
    const script = new Script({ policy: { containerDepthMax: 4 } });
    const { unit, boxes } = nested(script, 12);
    script.ship('maker', boxes.at(-1)!, 'clinicA');
    script.receive('clinicA', boxes.at(-1)!, 'maker');
    for (const box of [...boxes].reverse()) script.unpack('clinicA', box);
    script.administer('clinicA', unit);
    expect(new Set(said(replay(script).findings(), 1))).toEqual(new Set(['QA-06 L4']));
  });

  it('within the limit are followed to the end', () => {
    const script = new Script();
    const { unit, boxes } = nested(script, 16);
    script.ship('maker', boxes.at(-1)!, 'north');
    expect(whereIs(replay(script), unit)).toEqual({ at: 'transit', from: ID.maker, to: ID.north });
  });

  it('handled by a party without role or licence are where they were', () => {
    const script = new Script();
    const { unit, boxes } = nested(script, 1);
    script.unpack('scanner', boxes[0]!);
    script.receive('salon', boxes[0]!);
    const replayed = replay(script);
    expect(whereIs(replayed, unit)).toEqual({ at: 'held', by: ID.maker });
    expectOne(replayed.findings(), 'SG-09', { severity: 3, subject: boxes[0]!, secondLine: true });
  });
});

describe('LG-09 on containers', () => {
  it('takes an event captured twice for one: nothing leaves or enters twice', () => {
    const script = new Script();
    const { unit, boxes } = nested(script, 1);
    const [box] = boxes as [string];
    script.pack('maker', box, unit, { after: 0, late: 20 });
    script.ship('maker', box, 'clinicA');
    script.ship('maker', box, 'clinicA', { after: 0, late: 30 });
    script.receive('clinicA', box, 'maker');
    script.unpack('clinicA', box);
    script.unpack('clinicA', box, undefined, { after: 0, late: 9 });
    script.administer('clinicA', unit);
    const found = replay(script).findings();
    expectClean(found, 0);
    expect(new Set(said(found, -1))).toEqual(new Set(['LG-09 L0']));
  });
});
