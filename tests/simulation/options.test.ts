// Goal: a command line is understood or refused before anything is written, and seeded randomness never changes.
// Method: flags by hand; streams compared with themselves and with values computed once from the published algorithm.
import { describe, expect, it } from 'vitest';
import { ATTACK_KINDS, DEFAULT_NOISE, parseCommand, UsageError } from '../../examples/simulation/options.ts';
import { Agenda } from '../../examples/simulation/queue.ts';
import { Random } from '../../examples/simulation/random.ts';

describe('parseCommand()', () => {
  it('gives the defaults for an empty command line', () => {
    const command = parseCommand([]);
    expect(command).toMatchObject({ units: 20_000, seed: 1, json: false, tamper: false, out: 'simulation' });
    expect(command.attacks).toEqual(ATTACK_KINDS);
    expect(command.noise).toEqual(DEFAULT_NOISE);
  });

  it('reads every flag', () => {
    const words =
      '--units 300 --seed 7 --attacks over-issue,clone-mass --out x --json --missed-reads 0.01 --late-days-max 3';
    const command = parseCommand(words.split(' '));
    expect(command).toMatchObject({
      units: 300,
      seed: 7,
      attacks: ['clone-mass', 'over-issue'],
      out: 'x',
      json: true,
    });
    expect(command.noise).toEqual({ ...DEFAULT_NOISE, missedReads: 0.01, lateDaysMax: 3 });
  });

  it('takes fewer units for a run that audits many times', () => {
    expect(parseCommand(['--tamper']).units).toBe(2000);
    expect(parseCommand(['--tamper', '--units', '500']).units).toBe(500);
  });

  it.each([
    '--units',
    '--units 5',
    '--units 1e4',
    '--units -1',
    '--seed 1.5',
    '--seed 9007199254740993000',
    '--attacks some',
    '--attacks none,all',
    '--missed-reads 0.6',
    '--missed-reads NaN',
    '--late-days-max 10',
    '--out --json',
    '--unknown',
    'units',
  ])('refuses %s', (line) => {
    expect(() => parseCommand(line.split(' '))).toThrow(UsageError);
  });
});

describe('Random', () => {
  it('gives the same numbers for the same name, others for another', () => {
    const numbers = (name: string): number[] => {
      const random = new Random(name);
      return Array.from({ length: 8 }, () => random.uint32());
    };
    expect(numbers('a')).toEqual(numbers('a'));
    expect(numbers('a')).not.toEqual(numbers('b'));
  });

  it('is not disturbed by what its forks draw', () => {
    const one = new Random('a');
    const two = new Random('a');
    two.fork('x').uint32();
    expect(one.uint32()).toBe(two.uint32());
  });

  it('spreads evenly and stays inside its bounds', () => {
    const random = new Random('spread');
    const counts = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 10_000; i++) counts[random.between(0, 9)]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
    expect(random.serial(14)).toMatch(/^[0-9A-HJKMNP-TV-Z]{14}$/);
    expect(random.token()).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });
});

describe('Agenda', () => {
  it('runs by time, equal times in the order planned, and what an action plans for now', () => {
    const agenda = new Agenda(0);
    const order: string[] = [];
    agenda.at(5, () => order.push('c'));
    agenda.at(3, () => {
      order.push('a');
      agenda.at(3, () => order.push('b'));
    });
    agenda.at(5, () => order.push('d'));
    agenda.at(9, () => order.push('late'));
    agenda.runUntil(9);
    expect(order).toEqual(['a', 'b', 'c', 'd']);
    expect(agenda.nowMs).toBe(9);
    expect(agenda.waitingCount).toBe(1);
  });

  it('keeps a thousand random times in order', () => {
    const random = new Random('agenda');
    const agenda = new Agenda(0);
    const seen: number[] = [];
    for (let i = 0; i < 1000; i++) {
      const timeMs = random.between(0, 500);
      agenda.at(timeMs, () => seen.push(timeMs));
    }
    agenda.runUntil(1000);
    expect(seen).toHaveLength(1000);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});
