/**
 * Stolen goods and false tongues: a unit is stolen and turns up again, a fence dates its papers back, a stranger speaks ill of
 * goods it never had.
 *
 * Reads  capture.ts, counter.ts, moves.ts, victims.ts, the package's epcis room.   Used by  attacks.ts.
 * Rule   the holder's declaration is honest, and made with his books in order; what the thief, the fence or the slanderer
 *        writes is labelled.
 * @module
 */
import { declare, ship } from 'countermark/epcis';
import type { Scene } from './attacks.ts';
import type { Attack } from './attack-book.ts';
import { useCopy } from './attack-copies.ts';
import { SLOT_MS } from './capture.ts';
import { elementStringOf, recordUse, scanAtCounter } from './counter.ts';
import { packedWith, type Lot } from './lots.ts';
import { receive } from './moves.ts';
import { chooseUnit, otherClinic } from './victims.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type World } from './world.ts';

/** Days by which the fence's paper is older than the theft. */
const BACKDATED_DAYS = 2;

/** Chooses a unit of a clinic to be stolen or spoken ill of; by then somebody will have to show how it came there. */
export function plantClaim(world: World, lot: Lot, attack: Attack, lotIndex: number): void {
  const unit = chooseUnit(world, lot, attack, lotIndex);
  if (unit !== undefined) world.capture.watch(packedWith(unit));
}

/**
 * The unit is stolen from the clinic's stock a few hours before its use, and declared so; then it is used elsewhere. A theft is
 * believed of goods that others, too, say the clinic has: so it checks its books first, and it and those before it make good
 * what they had missed. Where that is too long ago to be believed, the clinic reports to the manufacturer, who declares.
 */
export function planTheft(scene: Scene): void {
  const { world, random, unit, attack, clinic, useMs } = scene;
  const { agenda, capture } = world;
  const theftMs = Math.max(agenda.nowMs + HOUR_MS, useMs - random.between(2, 6) * HOUR_MS);
  agenda.at(theftMs, () => {
    const declarer = capture.makeGood(packedWith(unit)) ? clinic : unit.lot.product.maker;
    agenda.at(theftMs + SLOT_MS, () =>
      capture.record({
        actor: declarer,
        reads: [unit.id],
        isCertain: true,
        delayMs: 0,
        betrays: { attack, side: 'genuine' },
        build: (ids, time) => declare({ ids, time, place: declarer.place, set: ['stolen'] }),
      }),
    );
  });
  if (attack.variant === 'used after theft') {
    const buyer = otherClinic(world, random, clinic);
    useCopy(world, unit, attack, buyer, theftMs + random.between(1, 9) * DAY_MS);
  } else {
    fence(scene, theftMs);
  }
}

/** The distributor of another region claims to have shipped the unit to a customer of his before it was stolen. */
function fence({ world, random, unit, attack, clinic }: Scene, theftMs: number): void {
  const { agenda, capture } = world;
  const buyer = otherClinic(world, random, clinic);
  const dealer = buyer.supplier;
  const paperMs = theftMs + DAY_MS;
  agenda.at(paperMs, () =>
    capture.record({
      actor: dealer,
      reads: [unit.id],
      scan: 'receipt',
      isCertain: true,
      delayMs: 0,
      claimedMs: theftMs - BACKDATED_DAYS * DAY_MS,
      attack,
      betrays: { attack, side: 'own' },
      build: (ids, time) =>
        ship({ ids, time, place: dealer.place, from: dealer.id, to: buyer.id, toPlace: buyer.place }),
    }),
  );
  const reads = [unit.id];
  agenda.at(paperMs + DAY_MS, () => receive(world, { from: dealer, to: buyer, reads, scan: 'receipt' }));
  agenda.at(paperMs + DAY_MS + HOUR_MS, () =>
    scanAtCounter(world, buyer, { unit: unit.id, code: elementStringOf(unit) }),
  );
  const use = { unit: unit.id, actId: random.token(), doctor: random.pick(buyer.doctors) };
  agenda.at(paperMs + DAY_MS + 2 * HOUR_MS, () => recordUse(world, buyer, use));
}

/**
 * A stranger, known to the ledger, declares the unit stolen or records a use of it, while its holder has it in stock. Where the log does
 * not show how the holder came by it, the stranger might as well have: that is within what the policy calls an honest gap.
 */
export function planFraming({ world, random, unit, attack, clinic, useMs }: Scene): void {
  const { agenda, capture } = world;
  const slanderer = otherClinic(world, random, clinic);
  attack.framedCode = elementStringOf(unit);
  const [, carton = unit.id] = packedWith(unit);
  attack.isContradicted = () => capture.showsWayTo(clinic, unit.id, carton);
  const timeMs = Math.max(agenda.nowMs + HOUR_MS, useMs - random.between(3, 9) * HOUR_MS);
  if (attack.variant === 'declared used') {
    const doctor = random.pick(slanderer.doctors);
    const use = { unit: unit.id, actId: random.token(), doctor, attack, own: true };
    agenda.at(timeMs, () => recordUse(world, slanderer, use));
    return;
  }
  agenda.at(timeMs + MINUTE_MS, () =>
    capture.record({
      actor: slanderer,
      reads: [unit.id],
      isCertain: true,
      attack,
      betrays: { attack, side: 'own' },
      build: (ids, time) => declare({ ids, time, place: slanderer.place, set: ['stolen'] }),
    }),
  );
}
