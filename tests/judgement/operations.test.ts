// Goal: errors in master data are notices about who reports them, and each step of an investigation is on record.
// Method: small worlds with one wrong number, one place given up, one case; and the near misses beside them.
import { describe, expect, it } from 'vitest';
import { partyId, placeId, sgtin } from '../../src/gs1/index.ts';
import { ID, SITE, siteOf, withCheckDigit, GTIN } from '../support/cast.ts';
import { SmallWorld } from '../support/world.ts';

const wrongDigit = (id: string): string => id.slice(0, -1) + String((Number(id.at(-1)) + 1) % 10);
const ELSEWHERE = placeId(withCheckDigit('952100009999'));

async function lookAt(place: string, by: 'clinicA' | 'scanner' = 'clinicA') {
  const world = await SmallWorld.create();
  const unit = world.unit();
  world.deliver(unit, 'clinicA');
  world.look(unit, { by, place });
  return world.findings('OP-05');
}

describe('OP-05', () => {
  it('notices a place whose GLN has a wrong check digit', async () => {
    const found = await lookAt(wrongDigit(SITE.clinicA));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ severity: 1, subject: { type: 'unit' } });
    expect(found[0]!.explanation).toContain('wrong check digit');
  });

  it('notices a place nobody registered, of a party that registered its own', async () => {
    expect((await lookAt(ELSEWHERE))[0]!.explanation).toContain('no registered place');
    for (const place of [SITE.clinicA, SITE.clinicB, 'https://example.com/ward/7']) {
      expect([place, await lookAt(place)]).toEqual([place, []]);
    }
  });

  it('notices a place given up before the event, not one given up after', async () => {
    const world = await SmallWorld.create();
    const unit = world.unit();
    world.deliver(unit, 'clinicA');
    world.look(unit, { by: 'clinicA', place: SITE.clinicA });
    const moved = { ...siteOf('clinicA'), id: ELSEWHERE };
    world.say('operator', 'party', { id: ID.clinicA, name: 'moved', roles: ['clinic'], sites: [moved] });
    expect(await world.findings('OP-05')).toEqual([]);
    world.look(unit, { by: 'clinicA', place: ELSEWHERE });
    expect(await world.findings('OP-05')).toEqual([]);
    world.look(unit, { by: 'clinicA', place: SITE.clinicA });
    const [found] = await world.findings('OP-05');
    expect(found!.explanation).toContain('no longer a site');
    expect(found!.proof).toHaveLength(1);
  });

  it('notices a pack, and a party, whose number cannot be', async () => {
    const world = await SmallWorld.create();
    const unit = world.unit();
    world.commission(unit);
    const misread = sgtin(GTIN, 'X1').replace(GTIN, wrongDigit(GTIN));
    world.look(misread, { by: 'clinicA' });
    const found = await world.findings('OP-05');
    expect(found.map(({ subject }) => subject.id)).toEqual([misread]);
    expect(partyId(withCheckDigit('952100009999'))).not.toBe(wrongDigit(ID.north));
  });

  it('is one finding for one wrong number, however many packs and events', async () => {
    const world = await SmallWorld.create();
    for (const unit of world.units(12)) {
      world.deliver(unit, 'clinicA');
      world.look(unit, { by: 'clinicA', place: ELSEWHERE });
    }
    expect((await world.findings('OP-05')).map(({ count }) => count)).toEqual([12]);
    expect(await world.findings('OP-01')).toHaveLength(1);
  });
});

describe('OP-06', () => {
  it('records every state of a case, at append and at audit', async () => {
    const world = await SmallWorld.create();
    const base = { id: 'C-1', findings: [] };
    for (const [state, reason] of [
      ['new', 'a patient called'],
      ['closed', 'a wrong scanner'],
    ] as const) {
      world.say('regulator', 'case', { ...base, state, reason });
    }
    const found = await world.findings('OP-06');
    expect(found.map(({ severity, subject }) => [severity, subject])).toEqual([
      [0, { type: 'case', id: 'C-1' }],
      [0, { type: 'case', id: 'C-1' }],
    ]);
    expect(found.map(({ explanation }) => explanation).join()).toContain('closed, a wrong scanner');
    const told = world.steps.slice(-2).flatMap((step) => step.findings.map(({ code }) => code));
    expect(told).toEqual(['OP-06', 'OP-06']);
  });
});
