// Goal: deadlines that passed are told page by page, as an audit of that time would tell them, and nothing is written.
// Method: goods that are not received, not put away and not given back in time; pages of every size; a log that grows between pages.
import { describe, expect, it } from 'vitest';
import { formatTime } from '../../src/bytes/index.ts';
import type { Finding } from '../../src/judgement/index.ts';
import { Ledger, type Overdue } from '../../src/ledger/index.ts';
import { rejection } from '../../src/testing/index.ts';
import { DAY_MS, LOT, logKey, PRODUCT } from '../support/cast.ts';
import { fingerprint } from '../support/stores.ts';
import { SmallWorld } from '../support/world.ts';

/** The world's ledger, opened again by somebody whose clock shows another time. */
async function at(world: SmallWorld, nowMs: number): Promise<Ledger> {
  await world.record();
  return Ledger.open({ store: world.store, logKey, clock: () => nowMs });
}

const said = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ code, severity, subject }) => `${code} L${severity} ${subject.id}`).sort();

async function pagesOf(ledger: Ledger, limit: number): Promise<readonly Overdue[]> {
  const pages = [await ledger.overdue({ limit })];
  for (let next = pages[0]!.next; next !== undefined; next = pages.at(-1)!.next) {
    pages.push(await ledger.overdue({ limit, after: next }));
  }
  return pages;
}

async function waiting() {
  const world = await SmallWorld.create();
  const [shipped, used, kept] = world.units(3) as [string, string, string];
  const box = world.container();
  for (const unit of [used, kept]) world.deliver(unit, 'clinicA');
  world.administer('clinicA', used);
  world.commission(shipped);
  world.pack('maker', box, shipped);
  world.ship('maker', box, 'north');
  return { world, shipped, used, kept, box };
}

describe('Ledger.overdue()', () => {
  it('tells what waits for too long by now, and nothing before', async () => {
    const { world, used, box } = await waiting();
    expect(await (await at(world, world.nowMs)).overdue()).toMatchObject({ findings: [], next: undefined });
    const soon = await (await at(world, world.nowMs + 20 * DAY_MS)).overdue();
    expect(said(soon.findings)).toEqual([`CU-02 L1 ${box}`]);
    const late = await (await at(world, world.nowMs + 60 * DAY_MS)).overdue();
    expect(said(late.findings)).toEqual([`CU-02 L2 ${box}`, `ST-10 L1 ${used}`]);
    expect(late.asOfMs).toBe(world.nowMs + 60 * DAY_MS);
  });

  it('tells a recall nobody acted on, and a correction that names nothing', async () => {
    const { world, kept } = await waiting();
    const effectiveFrom = formatTime(world.nowMs);
    const deadline = formatTime(world.nowMs + 2 * DAY_MS);
    world.say('maker', 'recall', {
      id: 'R1',
      product: PRODUCT,
      lots: [LOT],
      effectiveFrom,
      deadline,
      reason: 'particles',
    });
    const wrong = world.look(kept, { by: 'clinicA' });
    world.correct('clinicA', wrong, { corrective: ['ni:///sha-256;nothing?ver=CBV2.0'] });
    const { findings } = await (await at(world, world.nowMs + 12 * DAY_MS)).overdue();
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['RX-05', 'CO-05']));
  });

  it('gives the same in pages of any size, each subject once', async () => {
    const { world } = await waiting();
    for (const unit of world.units(7)) {
      world.commission(unit);
      world.ship('maker', unit, 'north');
    }
    const ledger = await at(world, world.nowMs + 90 * DAY_MS);
    const [whole] = await pagesOf(ledger, 10_000);
    expect(whole!.findings.length).toBeGreaterThan(8);
    for (const limit of [1, 2, 3, 5]) {
      const pages = await pagesOf(ledger, limit);
      expect(pages.every(({ subjects }) => subjects <= limit)).toBe(true);
      expect(said(pages.flatMap(({ findings }) => findings))).toEqual(said(whole!.findings));
      expect(pages.reduce((sum, { subjects }) => sum + subjects, 0)).toBe(whole!.subjects);
    }
  });

  it('says what an audit says once the log itself has come so far', async () => {
    const { world } = await waiting();
    const nowMs = world.nowMs + 60 * DAY_MS;
    const { findings } = await (await at(world, nowMs)).overdue();
    const stranger = world.unit();
    world.commission(stranger, { time: nowMs });
    const audited = await world.findings();
    expect(said(audited.filter(({ severity }) => severity > 0))).toEqual(said(findings));
  });

  it('sees what came between two pages, and writes nothing', async () => {
    const { world } = await waiting();
    const ledger = await at(world, world.nowMs + 60 * DAY_MS);
    const before = await fingerprint(world.store);
    const first = await ledger.overdue({ limit: 1 });
    expect(await fingerprint(world.store)).toEqual(before);
    const later = world.unit();
    world.commission(later);
    world.ship('maker', later, 'north');
    await world.record();
    const rest = await ledger.overdue({ after: first.next! });
    expect(rest.size).toBeGreaterThan(first.size);
    expect(said(rest.findings).some((line) => line.endsWith(later))).toBe(true);
  });

  it('refuses what is no page', async () => {
    const { world } = await waiting();
    for (const options of [{ limit: 0 }, { limit: 1.5 }, { after: '' }, { after: '1' }, { after: '-1.0' }]) {
      expect([options, await rejection(world.ledger.overdue(options))]).toEqual([
        options,
        'ERR_OUT_OF_RANGE',
      ]);
    }
    expect(await world.ledger.overdue({ after: '999999.0' })).toMatchObject({ subjects: 0, next: undefined });
  });
});
