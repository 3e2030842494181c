/**
 * The book of attacks: which are planned, what they touch, which recorded events they wrote, and what caught them.
 *
 * Reads  options.ts, geography.ts, random.ts.   Used by  attacks.ts (plants them), capture.ts (labels), score.ts (judges the judge).
 * Rule   counts scale with the units: a handful of each at 20,000.
 * Never  shown to the ledger: no label, id or flag in an event says that it belongs to an attack.
 * @module
 */
import { MARKETS } from './geography.ts';
import type { AttackKind } from './options.ts';
import type { Random } from './random.ts';

/** How an attack is carried out; the kinds that have several ways take turns. */
export type Variant =
  | 'used elsewhere'
  | 'checked elsewhere'
  | 'sold as unused'
  | 'seen near by'
  | 'never seen'
  | 'sold everywhere'
  | 'unsigned'
  | 'badly signed'
  | 'transplanted'
  | 'shipped openly'
  | 'shipped silently'
  | 'same clinic'
  | 'sold on'
  | 'extra units'
  | 'never licensed'
  | 'licence expired';

/** One attack: one unit, serial, pallet, vial, lot or clinic. */
export class Attack {
  readonly kind: AttackKind;
  readonly variant: Variant;
  /** Meant to be undetectable: nothing it records will contradict anything. */
  readonly isSilent: boolean;
  /** False while nothing was chosen for it to strike. */
  isPlanted = false;
  /** Needs an honest record to be contradicted by: a copy is only wrong because the original was used. */
  readonly needsGenuine: boolean;
  /** Recorded events that can betray it, of its own and of the honest side. */
  ownRecorded = 0;
  genuineRecorded = 0;
  /** Codes of the findings that name one of its events. */
  readonly caughtBy = new Set<string>();

  constructor(kind: AttackKind, variant: Variant) {
    this.kind = kind;
    this.variant = variant;
    this.isSilent = variant === 'seen near by' || variant === 'never seen';
    this.needsGenuine = kind === 'double-use' || (kind === 'clone-single' && !this.isSilent);
  }

  /** True if the log holds what contradicts it: a missed read can make an attack undetectable. */
  get isDetectable(): boolean {
    return !this.isSilent && this.ownRecorded > 0 && (!this.needsGenuine || this.genuineRecorded > 0);
  }
}

interface Plan {
  /** How many at 20,000 units, and at least. */
  readonly usual: number;
  readonly least: number;
  readonly variants: readonly Variant[];
}

const UNITS_USUAL = 20_000;
const RESERVE_LOTS = 3;
const PLANS: Readonly<Record<AttackKind, readonly Plan[]>> = {
  'clone-single': [
    { usual: 12, least: 3, variants: ['used elsewhere', 'checked elsewhere', 'sold as unused'] },
    { usual: 4, least: 2, variants: ['seen near by', 'never seen'] },
  ],
  'clone-mass': [
    { usual: 2, least: 1, variants: ['sold everywhere'] },
    { usual: 1, least: 1, variants: ['seen near by'] },
  ],
  'forged-serial': [{ usual: 9, least: 3, variants: ['unsigned', 'badly signed', 'transplanted'] }],
  'diverted-pallet': [{ usual: 2, least: 1, variants: ['shipped openly', 'shipped silently'] }],
  'double-use': [{ usual: 8, least: 2, variants: ['same clinic', 'sold on'] }],
  'over-issue': [{ usual: 2, least: 1, variants: ['extra units'] }],
  'unlicensed-clinic': [{ usual: 2, least: 2, variants: ['never licensed', 'licence expired'] }],
};

/** Number of clinics without a valid licence that a run needs in its cast. */
export function unlicensedClinicCount(kinds: readonly AttackKind[], unitsCount: number): number {
  return kinds.includes('unlicensed-clinic') ? count(PLANS['unlicensed-clinic'][0]!, unitsCount) : 0;
}

function count(plan: Plan, unitsCount: number): number {
  return Math.max(plan.least, Math.round((plan.usual * unitsCount) / UNITS_USUAL));
}

/** All attacks of a run. */
export class AttackBook {
  readonly attacks: readonly Attack[];
  readonly #byLot = new Map<number, Attack[]>();
  readonly #touched = new Map<string, Attack>();
  readonly #written = new Map<number, Attack>();
  readonly #onTouched = new Set<number>();

  /** Draws up the attacks and gives each to a lot. */
  constructor(random: Random, kinds: readonly AttackKind[], unitsCount: number, lotsCount: number) {
    const attacks: Attack[] = [];
    for (const kind of kinds) {
      // The first lots belong to unlicensed clinics: a pallet is not diverted from under them. The last are kept in reserve.
      const first = kind === 'diverted-pallet' ? MARKETS.length : 0;
      const free = Array.from({ length: lotsCount - RESERVE_LOTS - first }, (_, index) => first + index);
      const lots = random.fork(kind).shuffled(free);
      let index = 0;
      for (const plan of PLANS[kind]) {
        for (let i = 0; i < count(plan, unitsCount); i++) {
          const attack = new Attack(kind, plan.variants[i % plan.variants.length]!);
          attacks.push(attack);
          // Unlicensed clinic i and lot i are in the same market.
          const lot = kind === 'unlicensed-clinic' ? i % MARKETS.length : lots[index++ % lots.length]!;
          this.#giveTo(lot, attack);
        }
      }
    }
    this.attacks = attacks;
  }

  /** Attacks that strike a lot. */
  ofLot(index: number): readonly Attack[] {
    return this.#byLot.get(index) ?? [];
  }

  /** Gives an attack that found nothing to strike in its lot to the next lot. */
  postpone(lot: number, attack: Attack): void {
    this.#giveTo(lot + 1, attack);
  }

  /** Marks a unit, container or lot as touched: nothing on it counts as benign. */
  touch(id: string, attack: Attack): void {
    attack.isPlanted = true;
    this.#touched.set(id, attack);
  }

  isTouched(id: string): boolean {
    return this.#touched.has(id);
  }

  /** Remembers that event `event` of entry `entry` was written by the attack. */
  wrote(entry: number, event: number, attack: Attack): void {
    this.#written.set(entry * 65_536 + event, attack);
  }

  /** The attack that wrote a recorded event, if one did. */
  writerOf(entry: number, event: number): Attack | undefined {
    return this.#written.get(entry * 65_536 + event);
  }

  /** Remembers that everything an honest event names is touched. */
  namesOnlyTouched(entry: number, event: number): void {
    this.#onTouched.add(entry * 65_536 + event);
  }

  /** True if no attack wrote the event and it names something no attack touched. */
  isBenign(entry: number, event: number): boolean {
    const key = entry * 65_536 + event;
    return !this.#written.has(key) && !this.#onTouched.has(key);
  }

  #giveTo(lot: number, attack: Attack): void {
    const list = this.#byLot.get(lot);
    if (list === undefined) this.#byLot.set(lot, [attack]);
    else list.push(attack);
  }
}
