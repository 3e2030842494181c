/**
 * Attacks on what is true of a lot or a person: a recall ignored, a doctor who may not inject. (An expired unit used after all
 * needs nothing but time; attacks.ts sees to it.)
 *
 * Reads  victims.ts, licences.ts.   Used by  attacks.ts, clinics.ts (recalls).
 * Rule   honest people heed a recall from the moment it is in the ledger: they send back what they have.
 * @module
 */
import type { Attack } from './attack-book.ts';
import type { Scene } from './attacks.ts';
import { registerDoctor } from './licences.ts';
import type { Lot } from './lots.ts';
import type { Doctor } from './parties.ts';
import { cartonsOf, chooseUnit } from './victims.ts';
import { DAY_MS, type World } from './world.ts';

/** Days after a lot's first at which most of it is in the clinics, and much of that not used yet. */
const RECALL_DAYS = 24;

/** The lot is recalled when most of it is in the clinics; one unit will be used all the same. */
export function plantRecall(world: World, lot: Lot, attack: Attack, lotIndex: number): void {
  if (chooseUnit(world, lot, attack, lotIndex) === undefined) return;
  const { agenda, attacks, capture, recalls } = world;
  const recallMs = lot.startMs + RECALL_DAYS * DAY_MS;
  attack.strikesAtMs = recallMs;
  agenda.at(recallMs, () => {
    capture.register(lot.product.maker, 'recall', {
      id: `recall-${lot.number}`,
      product: lot.product.id,
      lots: [lot.number],
      effectiveFrom: new Date(recallMs).toISOString(),
      reason: 'Endotoxin above the limit in retained samples',
      level: 2,
    });
    recalls.add(lot.id);
    attacks.stopRightly([lot.id, ...idsOf(lot)]);
  });
}

function* idsOf({ units, relabels, pallets }: Lot): Iterable<string> {
  for (const unit of units) yield unit.id;
  for (const { fresh } of relabels) yield fresh.id;
  for (const pallet of pallets) {
    yield pallet.id;
    for (const one of pallet.cases) yield one.id;
    for (const carton of cartonsOf(pallet)) yield carton.id;
  }
}

/** A doctor whose qualification lapsed a month before the first delivery, or whom the manufacturer never certified. */
export function unqualifiedDoctor({ world, unit, attack, clinic }: Scene): Doctor {
  const { capture, cast } = world;
  const doctor = cast.numbers.doctor(clinic.market);
  const isLapsed = attack.variant === 'qualification lapsed';
  registerDoctor(cast, capture, doctor, {
    place: clinic.place,
    isLapsed,
    makers: cast.manufacturers.filter((maker) => isLapsed || maker !== unit.lot.product.maker),
  });
  return doctor;
}
