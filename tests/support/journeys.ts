/**
 * Random honest worlds from a seed: goods made, packed to any depth, traded, sent back, used and checked, all of it recorded.
 *
 * Reads  script.ts.   Used by  property tests of custody and judgement, which print the seed.
 * @module
 */
import type { Who } from './cast.ts';
import { Script, type Step } from './script.ts';

/** A world and what its tests need to know. */
export interface Journeys {
  readonly script: Script;
  readonly units: readonly string[];
  readonly containers: readonly string[];
  /** When each container was first packed. */
  readonly packedMs: ReadonlyMap<string, number>;
  /** Parties that handled goods. */
  readonly parties: ReadonlySet<Who>;
  /** Steps an honest party may miss to record: all but commissionings, supplies and last uses. */
  readonly missable: readonly Step[];
}

/** Numbers from a seed, the same everywhere (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer in [0, below). */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
}

/** An honest world of one to four batches. */
export function honestWorld(seed: number): Journeys {
  return new Maker(new Dice(seed)).run();
}

class Maker {
  readonly #dice: Dice;
  readonly #script = new Script();
  readonly #units: string[] = [];
  readonly #containers: string[] = [];
  readonly #contents = new Map<string, readonly string[]>();
  readonly #packedMs = new Map<string, number>();
  readonly #parties = new Set<Who>(['maker']);
  readonly #missable: Step[] = [];

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  run(): Journeys {
    const batches = 1 + this.#dice.below(3);
    for (let i = 0; i < batches; i++) this.#batch();
    return {
      script: this.#script,
      units: this.#units,
      containers: this.#containers,
      packedMs: this.#packedMs,
      parties: this.#parties,
      missable: this.#missable,
    };
  }

  #batch(): void {
    const units = this.#script.units(1 + this.#dice.below(5));
    this.#units.push(...units);
    this.#script.commission(units);
    let load: readonly string[] = this.#wrap('maker', units);
    let holder: Who = 'maker';
    const hops = this.#dice.pick<readonly Who[]>([
      [],
      ['north'],
      ['south'],
      ['north', 'south'],
      ['south', 'north'],
    ]);
    const end = this.#dice.pick<Who>(['clinicA', 'clinicA', 'pharmacy']);
    for (const next of [...hops, end]) {
      this.#move(holder, load, next);
      holder = next;
      if (next === end || this.#dice.chance(40))
        load = this.#wrap(next, this.#unwrap(next, load), next === end);
    }
    for (const unit of load) this.#end(end, unit);
  }

  #move(from: Who, load: readonly string[], to: Who): void {
    this.#parties.add(to);
    this.#missed(this.#script.ship(from, load, to));
    this.#missed(this.#script.receive(to, load, this.#dice.chance(80) ? from : undefined));
  }

  /** Units as they are, or in boxes, or in boxes on a pallet, or deeper. */
  #wrap(who: Who, load: readonly string[], isEnd = false): readonly string[] {
    if (isEnd) return load;
    let wrapped = load;
    for (let depth = this.#dice.below(4); depth > 0; depth--) {
      const half = this.#dice.chance(50) ? wrapped.length : Math.max(1, wrapped.length >> 1);
      const box = this.#script.container();
      this.#containers.push(box);
      this.#contents.set(box, wrapped.slice(0, half));
      const packed = this.#script.pack(who, box, wrapped.slice(0, half));
      this.#packedMs.set(box, packed.timeMs);
      this.#missed(packed);
      wrapped = [box, ...wrapped.slice(half)];
    }
    return wrapped;
  }

  /** Everything out of every container, by name or all at once; the loose units. */
  #unwrap(who: Who, load: readonly string[]): readonly string[] {
    return load.flatMap((id) => {
      if (!this.#containers.includes(id)) return [id];
      const children = this.#contents.get(id)!;
      const named = this.#dice.chance(60);
      this.#missed(this.#script.unpack(who, id, named ? children : undefined));
      return this.#unwrap(who, children);
    });
  }

  #end(who: Who, unit: string): void {
    const script = this.#script;
    if (this.#dice.chance(30)) script.look(unit, { by: who });
    if (this.#dice.chance(15)) {
      this.#missed(script.giveBack(who, unit, 'north'));
      this.#missed(script.receive('north', unit, who));
      return void script.destroy('north', unit);
    }
    if (this.#dice.chance(20)) return;
    if (who === 'pharmacy') script.dispense(who, unit);
    if (this.#dice.chance(30)) this.#check(unit);
    if (who === 'pharmacy' && this.#dice.chance(50)) return;
    const user = who === 'pharmacy' ? 'clinicA' : who;
    this.#parties.add(user);
    if (this.#dice.chance(30)) this.#missed(script.open(user, unit));
    const actId = script.id();
    const used = script.administer(user, unit, { actId });
    if (this.#dice.chance(20)) script.administer(user, unit, { actId, after: 1 });
    if (this.#dice.chance(40)) {
      this.#missed(used);
      script.retire(user, unit);
    }
    if (this.#dice.chance(20)) this.#check(unit);
  }

  #check(unit: string): void {
    const session = this.#script.id();
    const region = { latitude: 51_000_000, longitude: 10_000_000, radius: 300_000, countries: ['DE'] };
    this.#script.look(unit, { session, presented: this.#script.label(unit), ...region });
  }

  #missed(step: Step): void {
    this.#missable.push(step);
  }
}
