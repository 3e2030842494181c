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
  | 'licence expired'
  | 'licensed by itself'
  | 'qualification lapsed'
  | 'not certified'
  | 'kept warm'
  | 'received as new'
  | 'opened again'
  | 'used after theft'
  | 'shipped before theft'
  | 'used after recall'
  | 'used after expiry'
  | 'declared stolen'
  | 'declared used';

/** One attack: one unit, serial, pallet, vial, lot or clinic. */
export class Attack {
  readonly kind: AttackKind;
  readonly variant: Variant;
  /** Meant to be undetectable: nothing it records will contradict anything. */
  readonly isSilent: boolean;
  /** False while nothing was chosen for it to strike. */
  isPlanted = false;
  /**
   * Needs an honest record to be contradicted by: a copy is only wrong because the original was used, and a warm carton says
   * nothing of units nobody knows inside.
   */
  readonly needsGenuine: boolean;
  /** Recorded events that can betray it, of its own and of the honest side. */
  ownRecorded = 0;
  genuineRecorded = 0;
  /** True if the log contradicts it, for attacks that a record of the honest side contradicts, whichever it is. */
  isContradicted: () => boolean = () => true;
  /** When it begins, where that is decided before its victim is chosen. */
  strikesAtMs: number | undefined;
  /** Code of the unit it speaks ill of, whose verdict must stay a stop at most. */
  framedCode: string | undefined;
  /** Severity of that verdict, when all is over. */
  framedSeverity: number | undefined;
  /** Codes of the findings that name one of its events. */
  readonly caughtBy = new Set<string>();

  constructor(kind: AttackKind, variant: Variant) {
    this.kind = kind;
    this.variant = variant;
    this.isSilent = variant === 'seen near by' || variant === 'never seen';
    this.needsGenuine = NEED_GENUINE.has(kind) && !this.isSilent;
  }

  /** True if the log holds what contradicts it: a missed read can make an attack undetectable. */
  get isDetectable(): boolean {
    if (this.isSilent || this.ownRecorded === 0 || !this.isContradicted()) return false;
    return !this.needsGenuine || this.genuineRecorded > 0;
  }
}

const NEED_GENUINE: ReadonlySet<AttackKind> = new Set([
  'double-use',
  'clone-single',
  'cold-chain',
  'refill',
  'stolen',
  'backdated',
]);

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
  'unqualified-doctor': [{ usual: 4, least: 2, variants: ['qualification lapsed', 'not certified'] }],
  'cold-chain': [{ usual: 2, least: 1, variants: ['kept warm'] }],
  refill: [{ usual: 4, least: 2, variants: ['received as new', 'opened again'] }],
  stolen: [{ usual: 3, least: 1, variants: ['used after theft'] }],
  'recall-ignored': [{ usual: 1, least: 1, variants: ['used after recall'] }],
  expired: [{ usual: 2, least: 1, variants: ['used after expiry'] }],
  backdated: [{ usual: 2, least: 1, variants: ['shipped before theft'] }],
  'self-licensed': [{ usual: 1, least: 1, variants: ['licensed by itself'] }],
  framing: [{ usual: 4, least: 2, variants: ['declared stolen', 'declared used'] }],
};

/** Attacks that need a clinic of their own in the cast: one without a valid licence. */
export type ClinicKind = 'unlicensed-clinic' | 'self-licensed';

/** Number of clinics that a run needs in its cast for attacks of this kind. */
export function rogueClinicCount(kind: ClinicKind, kinds: readonly AttackKind[], unitsCount: number): number {
  return kinds.includes(kind) ? count(PLANS[kind][0]!, unitsCount) : 0;
}

function count(plan: Plan, unitsCount: number): number {
  return Math.max(plan.least, Math.round((plan.usual * unitsCount) / UNITS_USUAL));
}

/** All attacks of a run. */
export class AttackBook {
  readonly attacks: readonly Attack[];
  readonly #byLot = new Map<number, Attack[]>();
  readonly #touched = new Map<string, Attack>();
  readonly #stopped = new Set<string>();
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
          // Rogue clinic i and lot i are in the same market.
          const hasClinic = kind === 'unlicensed-clinic' || kind === 'self-licensed';
          const lot = hasClinic ? i % MARKETS.length : lots[index++ % lots.length]!;
          this.#giveTo(lot, attack);
        }
      }
    }
    this.attacks = attacks;
  }

  /** Number of an attack among those of its kind. */
  turnOf(attack: Attack): number {
    return this.attacks.filter((one) => one.kind === attack.kind).indexOf(attack);
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

  /** From now on nothing recorded about these counts as benign: a recall stops them rightly. What was before still counts. */
  stopRightly(ids: Iterable<string>): void {
    for (const id of ids) this.#stopped.add(id);
  }

  /** True if what is recorded about it now is not benign. */
  isTouchedNow(id: string): boolean {
    return this.#touched.has(id) || this.#stopped.has(id);
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
