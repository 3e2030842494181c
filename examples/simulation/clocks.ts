/**
 * Clocks: every device that records has its own, and none is right.
 *
 * Reads  noise.ts, parties.ts, random.ts.   Used by  capture.ts.
 * Rule   a device keeps its error through a run: what one device records stays in order. The scan page's server keeps network
 *        time, so it is never an hour off.
 * @module
 */
import type { NoiseCount, NoiseOptions } from './noise.ts';
import type { Party } from './parties.ts';
import type { Random } from './random.ts';
import { HOUR_MS, MINUTE_MS } from './world.ts';

/** What records: the reader at the gate or line, or the scanner at the counter. */
export type Device = 'gate' | 'counter';

/** The errors of all clocks. */
export class Clocks {
  readonly #options: NoiseOptions;
  readonly #random: Random;
  readonly #count: NoiseCount;
  readonly #errors = new Map<string, number>();

  constructor(options: NoiseOptions, random: Random, count: NoiseCount) {
    this.#options = options;
    this.#random = random;
    this.#count = count;
  }

  /** What a device takes a true time for. */
  read(party: Party, device: Device, trueMs: number): number {
    const name = `${party.id} ${device}`;
    let error = this.#errors.get(name);
    if (error === undefined) {
      error = this.#draw(name, party.trade !== 'service');
      this.#errors.set(name, error);
    }
    return trueMs + error;
  }

  #draw(name: string, mayBeOff: boolean): number {
    const random = this.#random.fork(name);
    const limitMs = this.#options.clockMinutes * MINUTE_MS;
    const error = Math.round(random.between(-limitMs, limitMs) / 1000) * 1000;
    if (!mayBeOff || !random.chance(this.#options.clocksOff)) return error;
    this.#count.clocksOff++;
    return error + random.pick([-HOUR_MS, HOUR_MS]);
  }
}
