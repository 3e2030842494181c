// Browser-safe.
/**
 * The unit index: lot and movement of every commissioned unit, in two small numbers each.
 *
 * Reads  custody/.   Used by  index-pass.ts, rebuild.ts.
 * @module
 */
import { assertText } from '../bytes/index.ts';
import { UNKNOWN_UNIT, type UnitRecord } from '../custody/index.ts';

const TAKEN_BACK = -1;
const TAKEN_BACK_UNIT: UnitRecord = Object.freeze({ lot: undefined, moved: false, takenBack: true });

/** Records of units, as unitChanges() reads and gives them. */
export class UnitIndex {
  readonly #lots: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #records = new Map<string, number>();

  get(unit: string): UnitRecord {
    const packed = this.#records.get(assertText('unit', unit));
    if (packed === undefined) return UNKNOWN_UNIT;
    if (packed === TAKEN_BACK) return TAKEN_BACK_UNIT;
    return { lot: this.#lots[packed >>> 1]!, moved: (packed & 1) === 1 };
  }

  set(unit: string, { lot, moved, takenBack }: UnitRecord): void {
    if (lot === undefined) {
      if (takenBack === true) this.#records.set(unit, TAKEN_BACK);
      return;
    }
    let number = this.#numbers.get(lot);
    if (number === undefined) {
      number = this.#lots.push(lot) - 1;
      this.#numbers.set(lot, number);
    }
    this.#records.set(unit, number * 2 + (moved ? 1 : 0));
  }
}
