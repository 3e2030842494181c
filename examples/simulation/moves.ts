/**
 * Moves: goods leave one party and reach another, each side recording its half.
 *
 * Reads  world.ts, the package's epcis room.   Used by  trade.ts, clinics.ts.
 * @module
 */
import { receive as receiveEvent, returnUnits, ship as shipEvent } from 'countermark/epcis';
import type { Recording, ScanKind } from './capture.ts';
import { logTransport } from './loggers.ts';
import type { Party } from './parties.ts';
import { workingTime, type World } from './world.ts';

/** Goods on their way. */
export interface Move {
  readonly from: Party;
  readonly to: Party;
  /** Ids read on departure and on arrival: containers, or units. */
  readonly reads: readonly string[];
  readonly scan: ScanKind;
  readonly attack?: Recording['attack'];
  readonly betrays?: Recording['betrays'];
}

/** The sender's half, at the present. */
export function ship(world: World, move: Move): void {
  const { from, to } = move;
  record(world, move, from, (ids, time) =>
    shipEvent({ ids, time, place: from.place, from: from.id, to: to.id, toPlace: to.place }),
  );
}

/** The sender's half of a return. */
export function sendBack(world: World, move: Move): void {
  const { from, to } = move;
  record(world, move, from, (ids, time) =>
    returnUnits({ ids, time, place: from.place, from: from.id, to: to.id, toPlace: to.place }),
  );
}

/** The receiver's half, at the present. */
export function receive(world: World, move: Move): void {
  const { from, to } = move;
  record(world, move, to, (ids, time) =>
    receiveEvent({ ids, time, place: to.place, from: from.id, to: to.id }),
  );
}

/** Ships now, receives after `days` (from, to) of transport with a logger, and goes on with `then` on arrival. */
export function deliver(world: World, move: Move, days: readonly [number, number], then: () => void): void {
  const { agenda, random } = world;
  const shippedMs = agenda.nowMs;
  ship(world, move);
  agenda.at(workingTime(random, move.to, shippedMs, days[0], days[1]), () => {
    receive(world, move);
    logTransport(world, move.to, move.reads, shippedMs);
    then();
  });
}

function record(world: World, move: Move, actor: Party, build: Recording['build']): void {
  const { reads, scan, attack, betrays } = move;
  world.capture.record({ actor, reads, scan, attack, betrays, build });
}
