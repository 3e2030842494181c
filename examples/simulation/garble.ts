/**
 * Garbled codes: what a tired hand or a bad scanner makes of a printed code.
 *
 * Reads  lots.ts, random.ts, the package's gs1 room.   Used by  counter.ts, consumers.ts.
 * Source the capture errors of the project's rule book, ID-10: a wrong character, two neighbours swapped, O for 0, a code cut
 *        short, separators lost.
 * Rule   what is recorded is the code as it was taken, verbatim; who types leaves the signature out.
 * @module
 */
import { parseCode } from 'countermark/gs1';
import { printedCode, type Unit } from './lots.ts';
import type { Random } from './random.ts';

/** A code as a counter or a page took it. */
export interface TakenCode {
  readonly presented: string;
  readonly entryMode: 'scan' | 'manual';
  /** Id of the unit it names; empty if it names none. */
  readonly ids: readonly string[];
}

const FNC1 = '\u001d';
const KEYS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A garbled form of a unit's code. */
export function garble(random: Random, unit: Unit): TakenCode {
  const whole = printedCode(unit, unit.lot.product.maker.labelKey, 'element-string');
  switch (random.between(0, 4)) {
    case 0:
      return typed(unit, wrongCharacter(random, unit.serial));
    case 1:
      return typed(unit, swapped(random, unit.serial));
    case 2:
      return typed(
        unit,
        unit.serial.includes('0') ? letterForZero(unit.serial) : wrongCharacter(random, unit.serial),
      );
    case 3:
      return taken(whole.slice(0, random.between(3, whole.length - 2)), 'scan');
    default:
      return taken(whole.replaceAll(FNC1, ''), 'scan');
  }
}

function typed(unit: Unit, serial: string): TakenCode {
  const { lot } = unit;
  const expiry = lot.expiry.slice(2).replaceAll('-', '');
  return taken(`(01)${lot.product.gtin}(21)${serial}(10)${lot.number}(17)${expiry}`, 'manual');
}

function taken(presented: string, entryMode: TakenCode['entryMode']): TakenCode {
  const parsed = parseCode(presented);
  const unit = parsed.ok ? parsed.code.unit : undefined;
  return { presented, entryMode, ids: unit === undefined ? [] : [unit] };
}

function wrongCharacter(random: Random, serial: string): string {
  const at = random.between(0, serial.length - 1);
  const others = KEYS.split('').filter((key) => key !== serial[at]);
  return serial.slice(0, at) + random.pick(others) + serial.slice(at + 1);
}

/** Two different neighbours change places; a serial of one character repeated has none. */
function swapped(random: Random, serial: string): string {
  const places = serial.split('').flatMap((key, at) => (at > 0 && key !== serial[at - 1] ? [at] : []));
  if (places.length === 0) return wrongCharacter(random, serial);
  const at = random.pick(places);
  return serial.slice(0, at - 1) + serial[at]! + serial[at - 1]! + serial.slice(at + 1);
}

function letterForZero(serial: string): string {
  const at = serial.indexOf('0');
  return `${serial.slice(0, at)}O${serial.slice(at + 1)}`;
}
