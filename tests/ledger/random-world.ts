/**
 * Random small worlds: few units, few parties, every step possible at every time, so that most rules speak sometimes.
 *
 * Reads  ../support/world.ts.   Used by  property tests of ledger and audit.
 * @module
 */
import { SmallWorld } from '../support/world.ts';
import { ID, LOT, PRODUCT, SITE, type Who } from '../support/cast.ts';

/** Seeded integers below `n`. */
export function seededBelow(seed: number): (n: number) => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return ((state >>> 8) * n) >>> 24;
  };
}

/** Looks like a container, but is too long for any index: it must be nobody's container everywhere. */
const NO_CONTAINER = `https://id.gs1.org/00/${'9'.repeat(190)}`;

const PARTIES: readonly Who[] = [
  'maker',
  'north',
  'south',
  'trader',
  'clinicA',
  'clinicB',
  'salon',
  'pharmacy',
];

/** A world with `steps` random statements, not yet recorded. */
export async function randomWorld(seed: number, steps: number): Promise<SmallWorld> {
  const below = seededBelow(seed);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const world = await SmallWorld.create({ lot: { quantity: 4 } });
  const units = world.units(6);
  const containers = [world.container(), world.container(), NO_CONTAINER];
  const sessions = [world.id(), world.id()];
  const any = (): string => pick(below(3) === 0 ? containers : units);
  const some = (): string[] => [...new Set(Array.from({ length: 1 + below(3) }, any))];
  const someUnits = (): string[] => [...new Set(Array.from({ length: 1 + below(4) }, () => pick(units)))];
  const moves: readonly ((who: Who, at: { after: number; late: number }) => unknown)[] = [
    (_, at) => world.commission(someUnits(), at),
    (who, at) => world.commission(someUnits(), { ...at, by: below(3) === 0 ? who : 'maker' }),
    (who, at) => world.pack(who, pick(containers), someUnits(), at),
    (who, at) => {
      const [outer, inner] = [pick(containers), pick(containers)];
      return outer === inner ? undefined : world.pack(who, outer, inner, at);
    },
    (who, at) => world.unpack(who, pick(containers), below(2) === 0 ? undefined : someUnits(), at),
    (who, at) => world.ship(who, some(), pick(PARTIES), at),
    (who, at) => world.receive(who, some(), pick(PARTIES), at),
    (who, at) => world.giveBack(who, some(), pick(PARTIES), at),
    (who, at) => world.open(who, pick(units), at),
    (who, at) => world.dispense(who, pick(units), at),
    (who, at) => world.administer(who, pick(units), at),
    (who, at) => world.decommission(who, pick(units), at),
    (who, at) => world.destroy(who, pick(units), at),
    (who, at) => world.look(pick(units), { ...at, by: 'scanner', place: SITE[who], session: pick(sessions) }),
    (_, at) => world.look([], { ...at, presented: pick(['nonsense', '(01)1', 'http://x.example/']) }),
    (_, at) => world.look(pick(units), { ...at, presented: world.label(pick(units)) }),
    (_, at) =>
      world.say(
        'maker',
        'lot',
        {
          product: PRODUCT,
          lot: LOT,
          quantity: 1 + below(8),
          expiry: '2028-01-31',
          markets: [pick(['DE', 'FR'])],
        },
        at,
      ),
    (who, at) =>
      world.say(
        who,
        'licence',
        {
          id: `r${below(9)}`,
          type: 'distribution',
          holder: ID.trader,
          validFrom: '2025-01-01T00:00:00.000Z',
          validTo: '2030-01-01T00:00:00.000Z',
        },
        at,
      ),
  ];
  for (let n = 0; n < steps; n++) {
    const at = { after: below(40), late: below(5) === 0 ? below(300) : 0 };
    pick(moves)(pick(PARTIES), at);
  }
  return world;
}
