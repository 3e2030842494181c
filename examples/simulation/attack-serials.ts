/**
 * Serial numbers nobody may use: forged ones on a real lot, and more genuine ones than were signed for.
 *
 * Reads  counter.ts, consumers.ts, lots.ts, victims.ts.   Used by  attacks.ts.
 * @module
 */
import { commission } from 'countermark/epcis';
import { formatElementString, sgtin, signUnitCode } from 'countermark/gs1';
import { nativeSigner } from 'countermark/node';
import type { Attack } from './attack-book.ts';
import { useCopy } from './attack-copies.ts';
import { regionIn, scanPage } from './consumers.ts';
import { recordUse, scanAtCounter } from './counter.ts';
import { makeUnits, printedCode, type Lot, type Unit } from './lots.ts';
import type { Random } from './random.ts';
import { clinicsFor, randomOf, touchUnit } from './victims.ts';
import { HOUR_MS, MINUTE_MS, workingTime, type World } from './world.ts';

const SEEN_DAYS_MAX = 20;
const SITTINGS = 3;

/** An insider commissions more than was signed for, in three sittings, and sells the extra units under the counter. */
export function plantOverIssue(world: World, lot: Lot, attack: Attack): void {
  const { agenda, attacks, capture } = world;
  const random = randomOf(world, lot, attack);
  const { maker } = lot.product;
  const extra = makeUnits(random, lot, Math.max(6, Math.round(lot.units.length * 0.02)));
  attacks.touch(lot.id, attack);
  const clinics = clinicsFor(world, lot);
  for (let sitting = 0; sitting < SITTINGS; sitting++) {
    const units = extra.filter((_, index) => index % SITTINGS === sitting);
    agenda.at(agenda.nowMs + (sitting + 1) * 20 * HOUR_MS, () =>
      capture.record({
        actor: maker,
        reads: units.map((unit) => unit.id),
        isCertain: true,
        attack,
        betrays: { attack, side: 'own' },
        build: (ids, time) =>
          commission({
            units: ids,
            time,
            place: maker.place,
            lot: lot.number,
            expiry: lot.expiry,
            product: lot.product.id,
          }),
      }),
    );
  }
  for (const unit of extra) {
    touchUnit(world, unit, attack);
    const clinic = random.pick(clinics);
    useCopy(world, unit, attack, clinic, workingTime(random, clinic, agenda.nowMs, 14, 30));
  }
}

/** A serial nobody made, on a real lot: scanned by a consumer, or checked at a clinic's counter and used. */
export function plantForgery(world: World, lot: Lot, attack: Attack): void {
  const { agenda } = world;
  const random = randomOf(world, lot, attack);
  const genuine = random.pick(lot.units);
  const serial = random.serial(genuine.serial.length);
  const unit = sgtin(lot.product.gtin, serial);
  const code = forgedCode(random, genuine, serial, attack);
  world.attacks.touch(unit, attack);
  if (attack.variant === 'badly signed') world.samples.set('a forged serial number', code);
  const clinic = random.pick(clinicsFor(world, lot));
  const timeMs = workingTime(random, clinic, agenda.nowMs, 14, 14 + SEEN_DAYS_MAX);
  const region = regionIn(random, clinic.city, clinic.market);
  const betrays = { attack, side: 'own' } as const;
  if (random.chance(0.4)) {
    agenda.at(timeMs, () => scanPage(world, { unit, code, region, attack, betrays }));
    return;
  }
  const doctor = random.pick(clinic.doctors);
  const use = { unit, actId: random.token(), doctor, attack, own: true };
  agenda.at(timeMs, () => scanAtCounter(world, clinic, { unit, code, attack, betrays: attack }));
  agenda.at(timeMs + 12 * MINUTE_MS, () => recordUse(world, clinic, use));
}

/** A code without signature, with a signature of another key, or with the signature of another unit. */
function forgedCode(random: Random, genuine: Unit, serial: string, attack: Attack): string {
  const { lot } = genuine;
  if (attack.variant === 'unsigned') {
    return formatElementString([
      { ai: '01', value: lot.product.gtin },
      { ai: '21', value: serial },
      { ai: '10', value: lot.number },
      { ai: '17', value: lot.expiry.slice(2).replaceAll('-', '') },
    ]);
  }
  const forger = nativeSigner(random.seed32('forger'));
  const claimed = { gtin: lot.product.gtin, serial, lot: lot.number, expiry: lot.expiry };
  const signature =
    attack.variant === 'transplanted' ? genuine.signature : signUnitCode(claimed, forger).signature;
  return printedCode({ ...genuine, serial, signature }, lot.product.maker.labelKey, 'digital-link');
}
