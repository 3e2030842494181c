/**
 * Copies and second uses: a unit's code, or its empty vial, appears again after the unit was used.
 *
 * Reads  counter.ts, consumers.ts, victims.ts.   Used by  attacks.ts.
 * Rule   a copy is only wrong because the original was used: the genuine use must be on record for it to be caught.
 * @module
 */
import { open, receive } from 'countermark/epcis';
import type { Attack } from './attack-book.ts';
import type { Scene } from './attacks.ts';
import { farMarket, linkOf, regionIn, scanPage } from './consumers.ts';
import { elementStringOf, recordUse, scanAtCounter } from './counter.ts';
import { MARKETS, type Region } from './geography.ts';
import type { Unit } from './lots.ts';
import type { Outlet } from './parties.ts';
import { clinicsOf, otherClinic } from './victims.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type World } from './world.ts';

const MASS_COPIES = 100;
const MASS_CHECKS = 30;
const MASS_USES = 4;

/** Used once more: elsewhere about the same time, sold on to another clinic, or in the same clinic. */
export function useAgain({ world, random, unit, attack, clinic, useMs }: Scene): void {
  if (attack.variant === 'same clinic') {
    return useCopy(world, unit, attack, clinic, useMs + random.between(5, 72) * HOUR_MS);
  }
  const [first, last] = attack.variant === 'used elsewhere' ? [-20, 72] : [24, 96];
  if (attack.variant === 'used elsewhere') world.samples.set('a unit that was copied', linkOf(unit));
  const other = otherClinic(world, random, clinic);
  useCopy(world, unit, attack, other, useMs + random.between(first!, last!) * HOUR_MS);
}

/** A consumer scans a copy on another continent within the hour. */
export function checkFarAway({ world, random, unit, attack, clinic, useMs }: Scene): void {
  const market = farMarket(random, clinic.market);
  const region = regionIn(random, random.pick(market.cities), market.code);
  checkCopy(world, unit, attack, useMs + random.between(30, 90) * MINUTE_MS, { region });
}

/** A consumer scans a copy sold as an unused pack, days after the use. */
export function checkUnused({ world, random, unit, attack, clinic, useMs }: Scene): void {
  const region = regionIn(random, clinic.city, clinic.market);
  checkCopy(world, unit, attack, useMs + DAY_MS + random.between(0, 4 * DAY_MS), { region, unused: true });
}

/** A copy that nothing recorded contradicts. */
export function checkNearBy({ world, random, unit, attack, clinic, useMs }: Scene): void {
  const region = regionIn(random, clinic.city, clinic.market);
  checkCopy(world, unit, attack, useMs + random.between(2 * DAY_MS, 5 * DAY_MS), { region });
}

/** A hundred copies of one unit: some are used, some checked, most are never seen. */
export function sellEverywhere({ world, random, unit, attack, useMs }: Scene): void {
  const clinics = clinicsOf(world);
  for (let copy = 0; copy < MASS_COPIES; copy++) {
    const timeMs = useMs + random.between(0, 6 * 24 * 60) * MINUTE_MS;
    if (copy < MASS_USES) {
      useCopy(world, unit, attack, random.pick(clinics), timeMs);
    } else if (copy < MASS_USES + MASS_CHECKS) {
      const market = random.pick(MARKETS);
      const region = regionIn(random, random.pick(market.cities), market.code);
      checkCopy(world, unit, attack, timeMs, { region });
    }
  }
}

/** The used vial comes back full: another clinic receives it as new, or the same clinic opens it once more. */
export function refill({ world, random, unit, attack, clinic, useMs }: Scene): void {
  const { agenda, capture } = world;
  const isSold = attack.variant === 'received as new';
  const buyer = isSold ? otherClinic(world, random, clinic) : clinic;
  const againMs = useMs + random.between(3, 8) * DAY_MS;
  const betrays = { attack, side: 'own' } as const;
  if (isSold) {
    agenda.at(againMs - 5 * HOUR_MS, () =>
      capture.record({
        actor: buyer,
        reads: [unit.id],
        scan: 'receipt',
        attack,
        betrays,
        build: (ids, time) => receive({ ids, time, place: buyer.place, to: buyer.id }),
      }),
    );
  }
  agenda.at(againMs - MINUTE_MS, () =>
    capture.record({
      actor: buyer,
      reads: [unit.id],
      attack,
      betrays,
      build: (ids, time) => open({ ids, time, place: buyer.place }),
    }),
  );
  useCopy(world, unit, attack, buyer, againMs);
}

/** Somebody presents a copy, or an already used container, at a clinic, and it is used on a patient. */
export function useCopy(world: World, unit: Unit, attack: Attack, clinic: Outlet, aboutMs: number): void {
  const { agenda, random } = world;
  const useMs = Math.max(agenda.nowMs + HOUR_MS, aboutMs);
  const code = elementStringOf(unit);
  const doctor = random.pick(clinic.doctors);
  // Stolen goods need only be seen; of a copy, only its use contradicts anything for certain.
  const scan = { unit: unit.id, code, attack, betrays: attack.kind === 'stolen' ? attack : undefined };
  agenda.at(useMs - 10 * MINUTE_MS, () => scanAtCounter(world, clinic, scan));
  for (let dose = 0; dose < unit.lot.product.doses; dose++) {
    const use = { unit: unit.id, actId: random.token(), doctor, attack, own: true };
    agenda.at(useMs + dose * 30 * MINUTE_MS, () => recordUse(world, clinic, use));
  }
}

function checkCopy(
  world: World,
  unit: Unit,
  attack: Attack,
  timeMs: number,
  scan: { readonly region: Region; readonly unused?: boolean },
): void {
  world.agenda.at(timeMs, () =>
    scanPage(world, {
      unit: unit.id,
      code: linkOf(unit),
      attack,
      betrays: { attack, side: 'own' },
      ...scan,
    }),
  );
}
