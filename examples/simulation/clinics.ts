/**
 * Clinics and pharmacies: goods come in, are checked at the counter, used on patients, supplied, or sent back.
 *
 * Reads  counter.ts, consumers.ts, moves.ts, attacks.ts.   Used by  trade.ts.
 * Source a counter check before each use, as the EU's falsified medicines directive asks of those who supply.
 * @module
 */
import { dispense, open, retire } from 'countermark/epcis';
import { onGenuineUse, type PlannedUse } from './attacks.ts';
import type { Attack } from './attack-book.ts';
import { planScansAtHome, scanBeforeTreatment } from './consumers.ts';
import { recordUse, scanUnit } from './counter.ts';
import { leaveStore, logStorage, logTransport } from './loggers.ts';
import { packedWith, type Unit } from './lots.ts';
import { deliver, receive, sendBack } from './moves.ts';
import { customersOf, type Outlet } from './parties.ts';
import { HOUR_MS, MINUTE_MS, workingTime, type World } from './world.ts';

const USE_DAYS_MAX = 14;
/** Share of treatments before which the patient scans, too. */
const JOINT_CHECKS = 0.3;
/** Shares of counter repeats that scan again, and that submit the use again. */
const REPEATED_SCANS = 2 / 3;

/** Units have come into an outlet's stock: plans what becomes of each. */
export function takeIntoStock(world: World, outlet: Outlet, units: readonly Unit[], attack?: Attack): void {
  const { agenda, capture, random, options, tally } = world;
  const arrivedMs = agenda.nowMs;
  tally.market(outlet.market).unitsDelivered += units.length;
  for (const unit of units) {
    const leavesMs = planUnit(world, outlet, unit, attack);
    const warm = unit.attack?.kind === 'cold-chain' ? unit.attack : undefined;
    // Who receives warm goods asks where they have been: what had been missed of their way is made good.
    if (warm !== undefined) capture.makeGood(packedWith(unit));
    agenda.at(leavesMs, () => leaveStore(world, outlet, { id: unit.id, warm }, arrivedMs));
    if (unit.attack === undefined && random.chance(options.noise.forgottenUndos)) {
      planMistake(world, outlet, unit, leavesMs);
    }
  }
}

/** Plans that a unit is sent back, supplied or used; returns when it leaves the stock. */
function planUnit(world: World, outlet: Outlet, unit: Unit, attack: Attack | undefined): number {
  const { agenda, random, options } = world;
  if (unit.attack === undefined && random.chance(options.noise.returns)) {
    const sentMs = workingTime(random, outlet, agenda.nowMs, 1, 3);
    agenda.at(sentMs, () => returnUnit(world, outlet, unit));
    return sentMs;
  }
  const useMs = workingTime(random, outlet, agenda.nowMs, 1, USE_DAYS_MAX);
  if (outlet.trade !== 'pharmacy') return planUse(world, outlet, unit, useMs, attack);
  agenda.at(useMs, () => supply(world, outlet, unit));
  return useMs;
}

/** A unit is recorded as dispensed by mistake; nobody undoes it, and it stays in stock. */
function planMistake(world: World, outlet: Outlet, unit: Unit, leavesMs: number): void {
  const { agenda, random, capture } = world;
  const atMs = agenda.nowMs + Math.floor((leavesMs - agenda.nowMs) * (0.2 + 0.6 * random.fraction()));
  capture.noise.forgottenUndos++;
  const actId = random.token();
  agenda.at(atMs, () =>
    capture.record({
      actor: outlet,
      reads: [unit.id],
      scan: 'dispense',
      build: (ids, time) => dispense({ ids, time, place: outlet.place, actId }),
    }),
  );
}

/** A unit is checked, opened and used; attacks on it hear when. Returns when it leaves the stock. */
export function planUse(world: World, clinic: Outlet, unit: Unit, honestMs: number, attack?: Attack): number {
  const { agenda } = world;
  const planned =
    attack === undefined ? onGenuineUse(world, unit, clinic, honestMs) : { useMs: honestMs, attack };
  if (planned === undefined) return honestMs;
  agenda.at(planned.useMs - 12 * MINUTE_MS, () => {
    if (!isHeld(world, unit, planned)) checkAtCounter(world, clinic, unit, planned.attack);
  });
  agenda.at(planned.useMs, () => {
    if (isHeld(world, unit, planned)) sendBackForGood(world, clinic, unit);
    else treat(world, clinic, unit, planned);
  });
  return planned.useMs;
}

/** True where honest people do not use a unit because its lot is under recall. */
function isHeld(world: World, unit: Unit, planned?: PlannedUse): boolean {
  return planned?.attack === undefined && world.recalls.has(unit.lot.id);
}

function checkAtCounter(world: World, outlet: Outlet, unit: Unit, attack: Attack | undefined): void {
  const { agenda, random } = world;
  scanUnit(world, outlet, unit, attack);
  if (random.chance(world.options.noise.counterRepeats * REPEATED_SCANS)) {
    world.capture.noise.counterRepeats++;
    agenda.at(agenda.nowMs + random.between(20, 120) * 1000, () => scanUnit(world, outlet, unit, attack));
  }
  if (attack === undefined && outlet.trade === 'clinic' && random.chance(JOINT_CHECKS)) {
    agenda.at(agenda.nowMs + 4 * MINUTE_MS, () => scanBeforeTreatment(world, unit, outlet));
  }
}

function treat(world: World, clinic: Outlet, unit: Unit, planned: PlannedUse): void {
  const { agenda, random, capture, tally, options } = world;
  const { attack, doctor = random.pick(clinic.doctors) } = planned;
  // That warm goods were used proves nothing about their warmth.
  const onUnit = unit.attack?.kind === 'cold-chain' ? undefined : unit.attack;
  const { product } = unit.lot;
  const written = { attack };
  tally.market(clinic.market).unitsUsed++;
  if (product.form === 'vial') {
    capture.record({
      ...written,
      actor: clinic,
      reads: [unit.id],
      build: (ids, time) => open({ ids, time, place: clinic.place }),
    });
  }
  let timeMs = agenda.nowMs + 3 * MINUTE_MS;
  for (let dose = 0; dose < product.doses; dose++) {
    const actId = random.token();
    const use = { unit: unit.id, actId, doctor, attack: attack ?? onUnit, own: attack !== undefined };
    agenda.at(timeMs, () => recordUse(world, clinic, use));
    if (random.chance(world.options.noise.counterRepeats * (1 - REPEATED_SCANS))) {
      capture.noise.counterRepeats++;
      agenda.at(timeMs + 5 * MINUTE_MS, () => recordUse(world, clinic, use));
    }
    timeMs += 40 * MINUTE_MS;
  }
  const isTaken = attack === undefined && random.chance(options.noise.homeChecks);
  agenda.at(timeMs, () => {
    if (!isTaken) return retireLater(world, clinic, unit, attack);
    capture.noise.homeChecks++;
    planScansAtHome(world, unit, clinic);
  });
}

/** Empty containers are retired together at the end of the day. */
function retireLater(world: World, clinic: Outlet, unit: Unit, attack: Attack | undefined): void {
  const { agenda, capture } = world;
  const waiting = world.emptied.get(clinic);
  if (waiting !== undefined) {
    waiting.push(unit.id);
    return;
  }
  const list = [unit.id];
  world.emptied.set(clinic, list);
  agenda.at(agenda.nowMs + 9 * HOUR_MS, () => {
    world.emptied.delete(clinic);
    capture.record({
      actor: clinic,
      reads: list,
      attack,
      build: (ids, time) => retire({ ids, time, place: clinic.place }),
    });
  });
}

function supply(world: World, pharmacy: Outlet, unit: Unit): void {
  const { agenda, random, capture, tally, options } = world;
  if (isHeld(world, unit)) return sendBackForGood(world, pharmacy, unit);
  tally.market(pharmacy.market).unitsDispensed++;
  checkAtCounter(world, pharmacy, unit, undefined);
  const actId = random.token();
  agenda.at(agenda.nowMs + 3 * MINUTE_MS, () => {
    capture.record({
      actor: pharmacy,
      reads: [unit.id],
      scan: 'dispense',
      build: (ids, time) => dispense({ ids, time, place: pharmacy.place, actId }),
    });
    if (random.chance(options.noise.homeChecks)) planScansAtHome(world, unit, pharmacy);
  });
}

/** A recalled unit goes back to the distributor, which keeps it. */
function sendBackForGood(world: World, outlet: Outlet, unit: Unit): void {
  const { agenda, random } = world;
  const { supplier } = outlet;
  const move = { from: outlet, to: supplier, reads: [unit.id], scan: 'receipt' } as const;
  sendBack(world, move);
  agenda.at(workingTime(random, supplier, agenda.nowMs, 1, 2), () => receive(world, move));
}

/** An unopened unit goes back to the distributor, which sells it to another of its customers. */
function returnUnit(world: World, outlet: Outlet, unit: Unit): void {
  const { agenda, random, capture, tally } = world;
  const { supplier } = outlet;
  const reads = [unit.id];
  capture.noise.returns++;
  tally.market(outlet.market).unitsReturned++;
  sendBack(world, { from: outlet, to: supplier, reads, scan: 'receipt' });
  const sentMs = agenda.nowMs;
  agenda.at(workingTime(random, supplier, sentMs, 1, 2), () => {
    receive(world, { from: outlet, to: supplier, reads, scan: 'receipt' });
    logTransport(world, supplier, reads, sentMs);
    if (isHeld(world, unit)) return;
    const arrivedMs = agenda.nowMs;
    const others = customersOf(world.cast, supplier).filter((one) => one !== outlet);
    const next = others.length > 0 ? random.pick(others) : outlet;
    agenda.at(workingTime(random, supplier, arrivedMs, 1, 3), () => {
      logStorage(world, supplier, [unit], arrivedMs);
      deliver(world, { from: supplier, to: next, reads, scan: 'receipt' }, [1, 2], () =>
        takeIntoStock(world, next, [unit]),
      );
    });
  });
}
