// Goal: books know whether the log shows how a party came by a unit, and so whether it can tell the holder from a slanderer.
// Method: one unit in one carton, on its way to a clinic; records entered one by one, as events of the package's own makers.
import { pack, receive, ship, unpack, type EpcisEvent } from 'countermark/epcis';
import { describe, expect, it } from 'vitest';
import { Books } from '../../examples/simulation/books.ts';
import type { Party } from '../../examples/simulation/parties.ts';
import { GENESIS_MS, ID, SITE, type Who } from '../support/cast.ts';

const UNIT = 'https://id.gs1.org/01/09521000000010/21/SN1';
const CARTON = 'https://id.gs1.org/00/095210000000000018';

const partyOf = (who: Who) => ({ id: ID[who], place: SITE[who] }) as unknown as Party;
const [maker, north, clinic, other] = (['maker', 'north', 'clinicA', 'clinicB'] as const).map(partyOf) as [
  Party,
  Party,
  Party,
  Party,
];

interface Record {
  readonly actor: Party;
  readonly id: string;
  readonly event: EpcisEvent;
}

const at = (actor: Party) => ({ time: GENESIS_MS, place: actor.place });
const way = { from: north.id, to: clinic.id };
const PACKED = {
  actor: maker,
  id: CARTON,
  event: pack({ ...at(maker), container: CARTON, children: [UNIT] }),
};
const sent = (id: string): Record => ({
  actor: north,
  id,
  event: ship({ ...at(north), ...way, toPlace: clinic.place, ids: [id] }),
});
const taken = (id: string): Record => ({
  actor: clinic,
  id,
  event: receive({ ...at(clinic), ...way, ids: [id] }),
});
const opened = (who: Party, children?: readonly string[]): Record => ({
  actor: who,
  id: CARTON,
  event: unpack({ ...at(who), container: CARTON, ...(children !== undefined && { children }) }),
});

function knows(records: readonly Record[], watched: readonly string[] = [UNIT, CARTON]): boolean {
  const books = new Books();
  books.watch(watched);
  for (const { actor, id, event } of records) {
    books.enter({ actor, reads: [id], scan: 'container', build: () => event }, event);
  }
  expect(books.knowWayTo(other, UNIT, CARTON)).toBe(false);
  return books.knowWayTo(clinic, UNIT, CARTON);
}

describe('books know how a clinic came by a unit', () => {
  it('by either half of the last hand-over, of the unit or of the carton it was packed into', () => {
    for (const half of [sent, taken]) {
      expect(knows([half(UNIT)])).toBe(true);
      expect(knows([PACKED, half(CARTON)])).toBe(true);
    }
    expect(knows([PACKED, opened(clinic)])).toBe(true);
  });

  it('by what it says it took out of the carton, whoever packed it', () => {
    expect(knows([opened(clinic, [UNIT])])).toBe(true);
    expect(knows([sent(CARTON), opened(clinic, [UNIT])])).toBe(true);
    expect(knows([opened(clinic, [`${UNIT}0`])])).toBe(false);
    expect(knows([opened(north, [UNIT])])).toBe(false);
  });

  it('and not where nobody said what the carton held, or where it went', () => {
    expect(knows([])).toBe(false);
    expect(knows([PACKED])).toBe(false);
    expect(knows([sent(CARTON), taken(CARTON)])).toBe(false);
    expect(knows([sent(CARTON), opened(clinic)])).toBe(false);
    expect(knows([PACKED, opened(north)])).toBe(false);
  });

  it('of goods under watch only', () => {
    expect(knows([sent(UNIT), taken(UNIT)], [CARTON])).toBe(false);
  });
});
