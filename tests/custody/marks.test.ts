// Goal:   what is declared holds for who may declare it, reaches what is inside, and stays with it.
// Method: small worlds replayed; the marks in force before each event and at the end.
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../support/cast.ts';
import { replay } from '../support/replay.ts';
import { Script } from '../support/script.ts';

/** A script with one unit in stock at north. */
function atNorth(): { script: Script; unit: string } {
  const script = new Script();
  const unit = script.unit();
  script.commission(unit);
  script.ship('maker', unit, 'north');
  script.receive('north', unit, 'maker');
  return { script, unit };
}

function marksOf(script: Script, unit: string): readonly string[] {
  return [...replay(script).unit(unit).marks.keys()].sort();
}

describe('a mark', () => {
  it.each(['north', 'maker', 'regulator'] as const)('holds when %s declares it', (who) => {
    const { script, unit } = atNorth();
    script.declare(who, unit, { set: ['locked'] });
    expect(marksOf(script, unit)).toEqual(['locked']);
  });

  it.each(['south', 'clinicA', 'rival', 'scanner'] as const)(
    'is nothing but a claim when %s declares it, who has no business with the goods',
    (who) => {
      const { script, unit } = atNorth();
      script.declare(who, unit, { set: ['stolen'] });
      const { marks, strides } = replay(script).unit(unit);
      expect([...marks.keys()]).toEqual([]);
      expect(strides.at(-1)!.line).toBe('second');
      expect(strides.at(-1)!.broken).toMatch(/^not-/);
    },
  );

  it('of suspicion is not for a holder to set', () => {
    const { script, unit } = atNorth();
    script.declare('north', unit, { set: ['illegitimate'] });
    expect(marksOf(script, unit)).toEqual([]);
    script.declare('maker', unit, { set: ['illegitimate'] });
    expect(marksOf(script, unit)).toEqual(['illegitimate']);
  });

  it('is lifted by who set it, and by nobody else but an official', () => {
    const { script, unit } = atNorth();
    script.declare('maker', unit, { set: ['locked'] });
    script.declare('north', unit, { unset: ['locked'] });
    expect(marksOf(script, unit)).toEqual(['locked']);
    script.declare('maker', unit, { unset: ['locked'] });
    expect(marksOf(script, unit)).toEqual([]);
  });

  it('of theft is not lifted by the party that set it', () => {
    const { script, unit } = atNorth();
    script.declare('north', unit, { set: ['stolen'] });
    script.declare('north', unit, { unset: ['stolen'] });
    expect(marksOf(script, unit)).toEqual(['stolen']);
    script.declare('regulator', unit, { unset: ['stolen'] });
    expect(marksOf(script, unit)).toEqual([]);
  });

  it('is not undone after the time for undoing', () => {
    const { script, unit } = atNorth();
    script.declare('north', unit, { set: ['sample'] });
    script.undo('north', unit, 'sample', { after: 11 * 24 });
    expect(marksOf(script, unit)).toEqual(['sample']);
  });

  it('of a pallet reaches what is inside, and stays with it afterwards', () => {
    const script = new Script();
    const unit = script.unit();
    const box = script.container();
    const pallet = script.container();
    script.commission(unit);
    script.pack('maker', box, unit);
    script.pack('maker', pallet, box);
    script.ship('maker', pallet, 'north');
    script.declare('maker', pallet, { set: ['stolen'] });
    script.receive('north', pallet, 'maker');
    script.unpack('north', pallet, box);
    script.unpack('north', box, unit);
    script.ship('north', unit, 'clinicA');
    const { strides, marks } = replay(script).unit(unit);
    expect([...strides.at(-1)!.marks.keys()]).toEqual(['stolen']);
    expect([...marks.keys()]).toEqual(['stolen']);
  });
});

describe('a claim of an earlier time, recorded after a theft was declared', () => {
  it('moves nothing if nobody else bears it out', () => {
    const { script, unit } = atNorth();
    const declared = script.declare('north', unit, { set: ['stolen'] });
    script.ship('south', unit, 'clinicA', { time: declared.timeMs - DAY_MS / 4, late: 48 });
    const { strides } = replay(script).unit(unit);
    expect(strides.map(({ broken }) => broken)).toContain('after-declaration');
  });

  it('counts if the declarer himself tells of the hand-over', () => {
    const { script, unit } = atNorth();
    const sent = script.ship('north', unit, 'clinicA');
    const declared = script.declare('north', unit, { set: ['lost'] });
    script.receive('clinicA', unit, 'north', { time: sent.timeMs + DAY_MS / 4, late: 48 });
    expect(declared.timeMs).toBeGreaterThan(sent.timeMs);
    const { strides, final } = replay(script).unit(unit);
    expect(strides.every(({ broken }) => broken === undefined)).toBe(true);
    expect(final.custody).toMatchObject({ at: 'held' });
  });

  it('counts if the declaration was none of its declarer’s business', () => {
    const { script, unit } = atNorth();
    script.ship('north', unit, 'clinicA');
    const declared = script.declare('south', unit, { set: ['stolen'] });
    script.receive('clinicA', unit, undefined, { time: declared.timeMs - DAY_MS / 8, late: 48 });
    const { strides } = replay(script).unit(unit);
    const received = strides.find(
      ({ act }) => act.step === 'receive' && act.recordTimeMs > declared.recordTimeMs,
    );
    expect(received?.broken).toBeUndefined();
  });
});

describe('a correction', () => {
  it('takes its own signer’s event back', () => {
    const { script, unit } = atNorth();
    const wrong = script.ship('north', unit, 'south');
    script.correct('north', wrong);
    script.ship('north', unit, 'clinicA');
    const { strides, withdrawn, final } = replay(script).unit(unit);
    expect(withdrawn).toHaveLength(1);
    expect(strides.every(({ missing, broken }) => missing.length === 0 && broken === undefined)).toBe(true);
    expect(final.custody).toMatchObject({ at: 'transit' });
  });

  it('by somebody else, or too late, takes nothing back', () => {
    for (const [who, after] of [
      ['south', 12],
      ['north', 11 * 24],
    ] as const) {
      const { script, unit } = atNorth();
      const wrong = script.ship('north', unit, 'south');
      script.correct(who, wrong, { after });
      expect(replay(script).unit(unit).withdrawn, who).toEqual([]);
    }
  });
});

describe('two events nearer than the order tolerance', () => {
  it('change places where only that is legal', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    const received = script.receive('north', unit, 'maker');
    script.ship('maker', unit, 'north', { after: 1 });
    const { strides } = replay(script).unit(unit);
    expect(strides.map(({ act }) => act.step)).toEqual(['commission', 'ship', 'receive']);
    expect(strides.map(({ reordered }) => reordered)).toEqual([false, true, false]);
    expect(strides[1]!.atMs).toBe(received.timeMs);
    expect(strides.every(({ missing, broken }) => missing.length === 0 && broken === undefined)).toBe(true);
  });

  it('change places for a container too, and its contents follow', () => {
    const script = new Script();
    const unit = script.unit();
    const box = script.container();
    script.commission(unit);
    script.pack('maker', box, unit);
    script.ship('maker', box, 'north');
    script.unpack('north', box, unit);
    script.receive('north', box, 'maker', { after: 1 });
    const world = replay(script);
    for (const { strides } of [world.unit(unit), world.container(box)]) {
      expect(strides.every(({ missing, broken }) => missing.length === 0 && broken === undefined)).toBe(true);
    }
  });

  it('stay as they are when further apart', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.receive('north', unit, 'maker');
    script.ship('maker', unit, 'north', { after: 3 });
    expect(
      replay(script)
        .unit(unit)
        .strides.map(({ reordered }) => reordered),
    ).toEqual([false, false, false]);
  });
});
