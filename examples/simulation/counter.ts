/**
 * The counter: one scan of a code, one use on a patient, as a clinic or pharmacy records it.
 *
 * Reads  world.ts, lots.ts.   Used by  clinics.ts, attacks.ts.
 * Rule   honest or not, the record looks the same: only the labels beside it differ, and they stay here.
 * @module
 */
import { administer, observe } from 'countermark/epcis';
import type { Attack } from './attack-book.ts';
import { garble } from './garble.ts';
import { printedCode, type Unit } from './lots.ts';
import type { Doctor, Party } from './parties.ts';
import type { World } from './world.ts';

/** The code of a unit is scanned at a counter: a recorded check with the code as presented. */
export function scanAtCounter(
  world: World,
  outlet: Party,
  scan: {
    readonly unit: string;
    readonly code: string;
    readonly attack?: Attack | undefined;
    readonly betrays?: Attack | undefined;
  },
): void {
  world.capture.record({
    actor: outlet,
    reads: [scan.unit],
    scan: 'counter',
    attack: scan.attack,
    betrays: scan.betrays === undefined ? undefined : { attack: scan.betrays, side: 'own' },
    build: (ids, time) =>
      observe({ ids, time, place: outlet.place, presented: scan.code, entryMode: 'scan' }),
  });
}

/** An honest scan at a counter, whose code may be mistyped or garbled. */
export function scanUnit(world: World, outlet: Party, unit: Unit, attack?: Attack): void {
  if (attack !== undefined || !world.random.chance(world.options.noise.garbledCodes)) {
    return scanAtCounter(world, outlet, { unit: unit.id, code: elementStringOf(unit), attack });
  }
  world.capture.noise.garbledCodes++;
  const taken = garble(world.random, unit);
  world.capture.record({
    actor: outlet,
    reads: [unit.id],
    scan: 'counter',
    build: (_ids, time) => observe({ ...taken, time, place: outlet.place }),
  });
}

/** A use on one patient, submitted once. */
export function recordUse(
  world: World,
  clinic: Party,
  use: {
    readonly unit: string;
    readonly actId: string;
    readonly doctor: Doctor;
    readonly attack?: Attack | undefined;
    readonly own?: boolean;
  },
): void {
  const { attack } = use;
  world.capture.record({
    actor: clinic,
    reads: [use.unit],
    scan: 'use',
    attack: use.own === true ? attack : undefined,
    betrays: attack === undefined ? undefined : { attack, side: use.own === true ? 'own' : 'genuine' },
    build: (ids, time) =>
      administer({ ids, time, place: clinic.place, actId: use.actId, practitioner: use.doctor.id }),
  });
}

/** The element string printed on a unit. */
export function elementStringOf(unit: Unit): string {
  return printedCode(unit, unit.lot.product.maker.labelKey, 'element-string');
}
