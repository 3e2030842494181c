/**
 * Clinics and pharmacies: goods come in, are checked at the counter, used on patients, supplied, or sent back.
 *
 * Reads  counter.ts, consumers.ts, moves.ts, attacks.ts.   Used by  trade.ts.
 * Source a counter check before each use, as the EU's falsified medicines directive asks of those who supply.
 * @module
 */
import { dispense, open, retire } from 'countermark/epcis';
import { onGenuineUse } from './attacks.ts';
import type { Attack } from './attack-book.ts';
import { planScansAtHome, scanBeforeTreatment } from './consumers.ts';
import { elementStringOf, recordUse, scanAtCounter } from './counter.ts';
import type { Unit } from './lots.ts';
import { deliver, receive, sendBack } from './moves.ts';
import { customersOf, type Outlet } from './parties.ts';
import { HOUR_MS, MINUTE_MS, workingTime, type World } from './world.ts';

const USE_DAYS_MAX = 14;
/** Share of treatments before which the patient scans, too. */
const JOINT_CHECKS = 0.3;
/** Share of patients who take the empty container or the pack home. */
const TAKEN_HOME = 0.6;
/** Shares of counter repeats that scan again, and that submit the use again. */
const REPEATED_SCANS = 2 / 3;

/** Units have come into an outlet's stock: plans what becomes of each. */
export function takeIntoStock(world: World, outlet: Outlet, units: readonly Unit[], attack?: Attack): void {
  const { agenda, random, options, tally } = world;
  tally.market(outlet.market).unitsDelivered += units.length;
  for (const unit of units) {
    if (unit.attack === undefined && random.chance(options.noise.returns)) {
      agenda.at(workingTime(random, outlet, agenda.nowMs, 1, 3), () => returnUnit(world, outlet, unit));
      continue;
    }
    const useMs = workingTime(random, outlet, agenda.nowMs, 1, USE_DAYS_MAX);
    if (outlet.trade === 'pharmacy') agenda.at(useMs, () => supply(world, outlet, unit));
    else planUse(world, outlet, unit, useMs, attack);
  }
}

/** A unit is checked, opened and used; attacks on it hear when. */
export function planUse(world: World, clinic: Outlet, unit: Unit, useMs: number, attack?: Attack): void {
  if (unit.attack !== undefined && attack === undefined) onGenuineUse(world, unit, clinic, useMs);
  world.agenda.at(useMs - 12 * MINUTE_MS, () => checkAtCounter(world, clinic, unit, attack));
  world.agenda.at(useMs, () => treat(world, clinic, unit, attack));
}

function checkAtCounter(world: World, outlet: Outlet, unit: Unit, attack: Attack | undefined): void {
  const { agenda, random } = world;
  const code = elementStringOf(unit);
  scanAtCounter(world, outlet, { unit: unit.id, code, attack });
  if (random.chance(world.options.noise.counterRepeats * REPEATED_SCANS)) {
    world.capture.noise.counterRepeats++;
    agenda.at(agenda.nowMs + random.between(20, 120) * 1000, () =>
      scanAtCounter(world, outlet, { unit: unit.id, code, attack }),
    );
  }
  if (attack === undefined && outlet.trade === 'clinic' && random.chance(JOINT_CHECKS)) {
    agenda.at(agenda.nowMs + 4 * MINUTE_MS, () => scanBeforeTreatment(world, unit, outlet));
  }
}

function treat(world: World, clinic: Outlet, unit: Unit, attack: Attack | undefined): void {
  const { agenda, random, capture, tally } = world;
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
    const use = { unit: unit.id, actId, attack: attack ?? unit.attack, own: attack !== undefined };
    agenda.at(timeMs, () => recordUse(world, clinic, use));
    if (random.chance(world.options.noise.counterRepeats * (1 - REPEATED_SCANS))) {
      capture.noise.counterRepeats++;
      agenda.at(timeMs + 5 * MINUTE_MS, () => recordUse(world, clinic, use));
    }
    timeMs += 40 * MINUTE_MS;
  }
  const isTaken = attack === undefined && random.chance(TAKEN_HOME);
  agenda.at(timeMs, () => {
    if (isTaken) planScansAtHome(world, unit, clinic);
    else retireLater(world, clinic, unit, attack);
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
  const { agenda, random, capture, tally } = world;
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
    if (random.chance(TAKEN_HOME)) planScansAtHome(world, unit, pharmacy);
  });
}

/** An unopened unit goes back to the distributor, which sells it to another of its customers. */
function returnUnit(world: World, outlet: Outlet, unit: Unit): void {
  const { agenda, random, capture, tally } = world;
  const { supplier } = outlet;
  const reads = [unit.id];
  capture.noise.returns++;
  tally.market(outlet.market).unitsReturned++;
  sendBack(world, { from: outlet, to: supplier, reads, scan: 'receipt' });
  agenda.at(workingTime(random, supplier, agenda.nowMs, 1, 2), () => {
    receive(world, { from: outlet, to: supplier, reads, scan: 'receipt' });
    const others = customersOf(world.cast, supplier).filter((one) => one !== outlet);
    const next = others.length > 0 ? random.pick(others) : outlet;
    agenda.at(workingTime(random, supplier, agenda.nowMs, 1, 3), () =>
      deliver(world, { from: supplier, to: next, reads, scan: 'receipt' }, [1, 2], () =>
        takeIntoStock(world, next, [unit]),
      ),
    );
  });
}
