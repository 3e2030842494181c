/**
 * Random honest worlds in which every rule has something to watch: cold goods, doses, doctors, papers, recalls, mistakes mended.
 *
 * Reads  ../support (script, journeys).   Used by  tests of this folder, which print the seed.
 * Rule   everything is done as the book asks, and recorded; what somebody may miss to record is named.
 * @module
 */
import { formatTime } from '../../src/bytes/index.ts';
import { DAY_MS, GENESIS_MS, HOUR_MS, ID, PRODUCT, SITE, siteOf, type Who } from '../support/cast.ts';
import { VALID_FROM, VALID_TO } from '../support/cast.ts';
import { Dice } from '../support/journeys.ts';
import { Script, type Step } from '../support/script.ts';

/** An honest world, and what its tests need to know. */
export interface RichWorld {
  readonly script: Script;
  readonly units: readonly string[];
  /** Each unit's custody steps in order, those of its containers among them; a gap is a stretch of one such path. */
  readonly paths: ReadonlyMap<string, readonly Waypoint[]>;
  /** Custody steps somebody may miss to record. */
  readonly missable: ReadonlySet<Step>;
  readonly parties: ReadonlySet<Who>;
  /** Events taken back, and what took them back: corrections are judged by when both were recorded. */
  readonly mended: ReadonlySet<Step>;
}

/** A custody step, and the container it puts a unit's load into or takes it out of. */
interface Waypoint {
  readonly step: Step;
  readonly into?: string;
  readonly outOf?: string;
}

const DOCTORS = ['https://licence.example/practitioner/1', 'https://licence.example/practitioner/2'] as const;
const LOTS = ['LOT1', 'LOT2', 'LOT3'] as const;

/** The world of a seed: one to three batches. */
export function richWorld(seed: number): RichWorld {
  return new RichMaker(new Dice(seed)).run();
}

/** Removes missable steps so that no gap of a unit's path, or of a container's on it, costs more than `most`. */
export function withGaps({ script, paths, missable }: RichWorld, dice: Dice, most: number): readonly Step[] {
  const missed = new Set<Step>();
  for (const step of missable) {
    if (!dice.chance(40)) continue;
    missed.add(step);
    const isTooDear = (path: readonly Waypoint[]): boolean => dearestGap(path, missed) > most;
    if ([...paths.values()].flatMap(withContainers).some(isTooDear)) missed.delete(step);
  }
  return script.steps.filter((step) => !missed.has(step));
}

/** A unit's path, and those of the containers on it: each container has gaps of its own. */
function withContainers(path: readonly Waypoint[]): readonly (readonly Waypoint[])[] {
  const own = path.flatMap(({ into }, i) => {
    if (into === undefined) return [];
    const out = path.findIndex((point, j) => j > i && point.outOf === into);
    return [
      path
        .slice(i, out < 0 ? path.length : out + 1)
        .map((point, j) => (j === 0 ? { step: point.step } : point)),
    ];
  });
  return [path, ...own];
}

/** Cost of the dearest gap: a step costs one, a stretch in a container nobody recorded costs two, whatever its hops. */
function dearestGap(path: readonly Waypoint[], missed: ReadonlySet<Step>): number {
  let dearest = 0;
  let cost = 0;
  for (let i = 0; i < path.length; i++) {
    const { step, into } = path[i]!;
    if (!missed.has(step)) cost = 0;
    else if (into === undefined) cost += 1;
    else {
      cost += 2;
      const out = path.findIndex((point, j) => j > i && point.outOf === into);
      i = out < 0 ? path.length : out;
    }
    dearest = Math.max(dearest, cost);
  }
  return dearest;
}

class RichMaker {
  readonly #dice: Dice;
  readonly #script: Script;
  readonly #units: string[] = [];
  readonly #paths = new Map<string, readonly Waypoint[]>();
  readonly #missable = new Set<Step>();
  readonly #mended = new Set<Step>();
  readonly #parties = new Set<Who>(['maker']);
  readonly #doses: number;
  readonly #contents = new Map<string, readonly string[]>();
  readonly #lots = new Map<string, string>();
  /** Until when a unit's temperature is known. */
  readonly #loggedMs = new Map<string, number>();

  constructor(dice: Dice) {
    this.#dice = dice;
    this.#doses = 1 + dice.below(3);
    this.#script = new Script({
      policy: { documentsRequired: dice.chance(50) ? ['desadv'] : [] },
      product: {
        doses: this.#doses,
        inUseMs: DAY_MS,
        storage: { minMilliC: 2000, maxMilliC: 8000, budgetMs: 9 * HOUR_MS, freezeMilliC: 0 },
        usedBy: ['medical-aesthetic'],
        channels: ['clinic', 'pharmacy'],
        signedCode: true,
        certified: dice.chance(50),
        productClass: 'toxin',
        procedure: 'injection',
      },
    });
    this.#papers();
  }

  run(): RichWorld {
    const batches = 1 + this.#dice.below(LOTS.length);
    for (const lot of LOTS.slice(0, batches)) this.#batch(lot);
    const rest = { missable: this.#missable, parties: this.#parties, mended: this.#mended };
    return { script: this.#script, units: this.#units, paths: this.#paths, ...rest };
  }

  /** Who may do what, from the beginning. */
  #papers(): void {
    const at = { time: GENESIS_MS };
    const script = this.#script;
    const now = script.nowMs;
    const types = [
      'institution-practice',
      'pharmacy-practice',
      'physician-qualification',
      'physician-practice',
    ];
    const issues = [...types, 'medical-aesthetic', 'marketing-authorisation'].map((type) => ({ type }));
    const regulator = { id: ID.regulator, name: 'regulator', roles: ['regulator'] as const, issues };
    script.say('operator', 'party', { ...regulator, sites: [siteOf('regulator')] }, at);
    for (const [who, channel] of [
      ['clinicA', 'clinic'],
      ['clinicB', 'clinic'],
      ['pharmacy', 'pharmacy'],
    ] as const) {
      const roles = [channel];
      script.say(
        'operator',
        'party',
        { id: ID[who], name: who, roles, sites: [{ ...siteOf(who), channel }] },
        at,
      );
    }
    const valid = { validFrom: VALID_FROM, validTo: VALID_TO };
    for (const [i, holder] of DOCTORS.entries()) {
      for (const type of ['physician-qualification', 'physician-practice', 'medical-aesthetic']) {
        script.say('regulator', 'licence', { id: `${type}-${i}`, type, holder, ...valid }, at);
      }
      script.say(
        'maker',
        'licence',
        { ...certificate(`doctor-${i}`, 'doctor-certification', holder), ...valid },
        at,
      );
    }
    for (const who of ['clinicA', 'clinicB', 'pharmacy'] as const) {
      script.say(
        'maker',
        'licence',
        { ...certificate(`cert-${who}`, 'certification', ID[who]), ...valid },
        at,
      );
    }
    const market = { id: 'market', type: 'marketing-authorisation', holder: ID.maker, territory: ['DE'] };
    script.say('regulator', 'licence', { ...market, products: [PRODUCT], ...valid }, at);
    for (const lot of LOTS.slice(1)) {
      const stated = { product: PRODUCT, lot, quantity: 100, expiry: '2028-01-31', markets: ['DE'] };
      script.say('maker', 'lot', stated, at);
    }
    script.nowMs = now;
  }

  /** One lot's way; a lot for itself, so that its recall concerns no other. */
  #batch(lot: string): void {
    const script = this.#script;
    const units = script.units(1 + this.#dice.below(4));
    this.#units.push(...units);
    this.#path(units, script.commission(units, { lot }));
    for (const unit of units) {
      this.#loggedMs.set(unit, script.nowMs);
      this.#lots.set(unit, lot);
    }
    let load = this.#boxed('maker', units);
    const first = this.#dice.pick(['north', 'south'] as const);
    this.#carry('maker', first, load, units);
    if (this.#dice.chance(30)) this.#quarantine(first, load, units);
    if (load.length !== units.length || this.#dice.chance(50)) load = this.#unboxed(first, load, units);
    const end = this.#dice.pick(['clinicA', 'clinicB', 'pharmacy'] as const);
    if (this.#dice.chance(20)) this.#mistake(first, end, load, units);
    this.#carry(first, end, load, units);
    this.#unboxed(end, load, units);
    if (this.#dice.chance(20)) {
      this.#recall(lot, end, first, units);
      return;
    }
    for (const unit of units) this.#end(end, unit);
  }

  /** In one container, in two, or loose. */
  #boxed(who: Who, units: readonly string[]): readonly string[] {
    const depth = this.#dice.below(3);
    let load = units;
    for (let i = 0; i < depth; i++) {
      const box = this.#script.container();
      this.#missed(units, this.#script.pack(who, box, load, { after: 1 }), { into: box });
      this.#contents.set(box, load);
      load = [box];
    }
    return load;
  }

  #unboxed(who: Who, load: readonly string[], units: readonly string[]): readonly string[] {
    let inner = load;
    while (inner.length === 1 && !units.includes(inner[0]!)) {
      const outOf = inner[0]!;
      this.#missed(units, this.#script.unpack(who, outOf, undefined, { after: 1 }), { outOf });
      inner = this.#contents.get(inner[0]!)!;
    }
    return units;
  }

  /** Shipped and received, with papers and a logger on the way. */
  #carry(from: Who, to: Who, load: readonly string[], units: readonly string[]): void {
    this.#parties.add(from).add(to);
    const documents = ['desadv'];
    this.#cold(from, load, units);
    this.#missed(units, this.#script.ship(from, load, to, { documents, after: 1 }));
    const accepts = this.#dice.chance(30);
    const step = accepts
      ? this.#script.accept(to, load, from, { documents })
      : this.#script.receive(to, load, from, { documents });
    this.#missed(units, step);
    this.#cold(to, load, units);
  }

  /** The readings since the last ones: in range, sometimes ten minutes too warm. */
  #cold(who: Who, load: readonly string[], units: readonly string[]): void {
    const script = this.#script;
    const endMs = script.nowMs + HOUR_MS;
    const startMs = Math.min(...units.map((unit) => this.#loggedMs.get(unit)!));
    for (const unit of units) this.#loggedMs.set(unit, endMs);
    const parts = [{ startMs, endMs, everyMs: HOUR_MS, min: 5, max: 5 }];
    script.log(who, load, parts, { time: endMs });
  }

  /** Locked, looked at, released. */
  #quarantine(who: Who, load: readonly string[], units: readonly string[]): void {
    this.#script.declare(who, units, { set: ['locked'], after: 1 });
    this.#script.declare(who, units, { unset: ['locked'], after: 3 });
    this.#cold(who, load, units);
  }

  /** Sent to the wrong clinic by mistake of the clerk, who takes the record back. */
  #mistake(who: Who, to: Who, load: readonly string[], units: readonly string[]): void {
    const other = to === 'clinicA' ? 'clinicB' : 'clinicA';
    const wrong = this.#script.ship(who, load, other, { documents: ['desadv'], after: 1 });
    this.#mended.add(wrong).add(this.#script.correct(who, wrong, { after: 1 }));
    this.#cold(who, load, units);
  }

  /** The lot is called back; who has it sends it back in time, and the maker destroys it. */
  #recall(lot: string, holder: Who, first: Who, units: readonly string[]): void {
    const script = this.#script;
    const effectiveFrom = formatTime(script.nowMs + HOUR_MS);
    const deadline = formatTime(script.nowMs + 20 * DAY_MS);
    const id = `recall-${script.steps.length}`;
    const recall = { id, product: PRODUCT, lots: [lot], effectiveFrom, deadline, reason: 'leak' };
    script.say('maker', 'recall', recall, { after: 1 });
    for (const [from, to] of [
      [holder, first],
      [first, 'maker'],
    ] as const) {
      this.#missed(units, script.giveBack(from, units, to, { documents: ['desadv'] }));
      this.#missed(units, script.receive(to, units, from, { documents: ['desadv'] }));
      this.#cold(to, units, units);
    }
    this.#path(units, script.destroy('maker', units));
  }

  /** A unit's last days with a clinic or a pharmacy. */
  #end(who: Who, unit: string): void {
    const script = this.#script;
    if (this.#dice.chance(60)) {
      script.look(unit, { by: who, place: SITE[who], presented: this.#label(unit), after: 1 });
    }
    if (this.#dice.chance(20)) return;
    let user = who;
    if (who === 'pharmacy') {
      this.#cold(who, [unit], [unit]);
      if (this.#dice.chance(30)) {
        this.#path([unit], script.dispense(who, unit, { after: 1 }));
        this.#missed([unit], script.undo(who, unit, 'dispense', { after: 2 }));
        this.#cold(who, [unit], [unit]);
      }
      this.#path([unit], script.dispense(who, unit, { practitioner: DOCTORS[0], after: 1 }));
      if (this.#dice.chance(50)) {
        this.#consumer(unit);
        return;
      }
      user = this.#dice.pick(['clinicA', 'clinicB'] as const);
      this.#parties.add(user);
    }
    this.#treat(user, unit, who === user);
  }

  /** Opened, used up within the day by doctors of the clinic, and put away. */
  #treat(user: Who, unit: string, wasHere: boolean): void {
    const script = this.#script;
    if (wasHere) this.#cold(user, [unit], [unit]);
    if (this.#dice.chance(30)) {
      script.look(unit, { by: user, place: SITE[user], session: script.id(), joint: true, after: 1 });
    }
    const care = { practitioner: this.#dice.pick(DOCTORS), procedure: 'injection' };
    this.#missed([unit], script.open(user, unit, { ...care, after: 1 }));
    const patients = 1 + this.#dice.below(this.#doses);
    for (let i = 0; i < patients; i++) {
      const used = script.administer(user, unit, { ...care, after: 2 });
      if (i === 0) this.#missed([unit], used);
      else this.#path([unit], used);
    }
    this.#path([unit], script.retire(user, unit, { after: 3 }));
    if (this.#dice.chance(40)) this.#consumer(unit);
    if (this.#dice.chance(30)) this.#path([unit], script.destroy(user, unit, { after: 24 }));
  }

  #consumer(unit: string): void {
    const script = this.#script;
    const region = { latitude: 51_000_000, longitude: 10_000_000, radius: 300_000, countries: ['DE'] };
    script.look(unit, { session: script.id(), presented: this.#label(unit), ...region });
  }

  #label(unit: string): string {
    return this.#script.label(unit, undefined, this.#lots.get(unit)!);
  }

  #path(units: readonly string[], step: Step, box: { into?: string; outOf?: string } = {}): void {
    for (const unit of units) this.#paths.set(unit, [...(this.#paths.get(unit) ?? []), { step, ...box }]);
  }

  #missed(units: readonly string[], step: Step, box: { into?: string; outOf?: string } = {}): void {
    this.#path(units, step, box);
    this.#missable.add(step);
  }
}

function certificate(
  id: string,
  type: string,
  holder: string,
): { id: string; type: string; holder: string; products: readonly string[] } {
  return { id, type, holder, products: [PRODUCT] };
}
