// Browser-safe.
/**
 * The unit index: lot and movement of every commissioned unit, in one small number each.
 *
 * Reads  custody/, unit-table.ts.   Used by  index-pass.ts, rebuild.ts.
 * @module
 */
import { UNKNOWN_UNIT, type UnitRecord } from '../custody/index.ts';
import { UnitTable } from './unit-table.ts';

const TAKEN_BACK = -1;
const TAKEN_BACK_UNIT: UnitRecord = Object.freeze({ lot: undefined, moved: false, takenBack: true });
const MOVED = 1;

/** Records of units by their numbers, as unitChange() reads and gives them. */
export class UnitRecords {
  readonly #lots: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** Twice the lot's number, counted from 1, and {@link MOVED}; 0 for units nobody commissioned. */
  #records = new Int32Array(1024);

  get(unit: number): UnitRecord {
    const packed = this.#records[unit] ?? 0;
    if (packed === 0) return UNKNOWN_UNIT;
    if (packed === TAKEN_BACK) return TAKEN_BACK_UNIT;
    return { lot: this.#lots[(packed >>> 1) - 1]!, moved: (packed & MOVED) !== 0 };
  }

  set(unit: number, { lot, moved, takenBack }: UnitRecord): void {
    if (unit >= this.#records.length) this.#grow(unit);
    if (lot === undefined) {
      if (takenBack === true) this.#records[unit] = TAKEN_BACK;
      return;
    }
    let number = this.#numbers.get(lot);
    if (number === undefined) this.#numbers.set(lot, (number = this.#lots.push(lot)));
    this.#records[unit] = 2 * number + (moved ? MOVED : 0);
  }

  /** Notes of the units that somebody commissioned that they have moved. */
  move(units: Int32Array): void {
    const records = this.#records;
    for (const unit of units) {
      if (unit < records.length && records[unit]! > 0) records[unit]! |= MOVED;
    }
  }

  #grow(unit: number): void {
    const grown = new Int32Array(2 * (unit + 1));
    grown.set(this.#records);
    this.#records = grown;
  }
}

/** Records of units by their ids. */
export class UnitIndex {
  readonly #table = new UnitTable();
  readonly #records = new UnitRecords();

  get(unit: string): UnitRecord {
    const number = this.#table.find(unit);
    return number === undefined ? UNKNOWN_UNIT : this.#records.get(number);
  }

  set(unit: string, record: UnitRecord): void {
    this.#records.set(this.#table.numberOf(unit), record);
  }
}
