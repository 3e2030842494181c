// Goal: the timeline that a check takes from the view of the scan in hand is the one without that scan.
// Method: random small worlds, scanned before, between and after their events, and when the last ones may still change places.
import { describe, expect, it } from 'vitest';
import { subjectKind } from '../../src/custody/index.ts';
import { unitView } from '../../src/judgement/index.ts';
import { scanAct, timelineBefore, type Scan } from '../../src/ledger/scan.ts';
import { SubjectReader } from '../../src/ledger/subjects.ts';
import { parseVerifierKey } from '../../src/note/index.ts';
import { logKey, SITE } from '../support/cast.ts';
import { randomWorld, seededBelow } from './random-world.ts';

const SEED = Number(process.env['SEED'] ?? 1);
const WORLDS = process.env['SLOW'] === '1' ? 300 : 20;
const STEPS = 40;
const HOUR_MS = 3_600_000;
const SESSION = 'A session of at least sixteen'.replaceAll(' ', '-');

describe('timelineBefore()', () => {
  it(`is the timeline of the unit without the scan (${WORLDS} worlds, SEED=${SEED})`, async () => {
    let taken = 0;
    for (let seed = SEED; seed < SEED + WORLDS; seed++) {
      const below = seededBelow(seed);
      const small = await randomWorld(seed, STEPS);
      await small.record();
      const registry = await small.ledger.registry();
      const { size, recordTimeMs } = (await small.store.readHead())!;
      const reader = new SubjectReader(small.store, parseVerifierKey(logKey));
      const units = new Set<string>();
      for await (const { subject } of small.store.scanPostings())
        if (subjectKind(subject) === 'unit') units.add(subject);
      for (const unit of units) {
        const world = await reader.world(registry, size, { units: [unit] });
        const expected = world.unit(unit);
        const times = expected.strides.map(({ act }) => act.timeMs);
        const last = Math.max(recordTimeMs, ...times);
        for (const timeMs of [
          ...times,
          ...times.map((ms) => ms + below(HOUR_MS)),
          last,
          last + 1,
          last + below(HOUR_MS),
        ]) {
          const scan: Scan = {
            timeMs,
            place: SITE.clinicA,
            ...(below(2) === 0 && { session: SESSION, claim: 'not-supplied' }),
          };
          const act = scanAct(unit, 'nonsense', scan, size, Math.max(last, timeMs));
          const view = unitView(world, unit, act);
          const timeline = timelineBefore(world, unit, view, act);
          if (view.timeline.strides.at(-1)?.act === act) taken++;
          expect([seed, unit, timeMs, timeline]).toEqual([seed, unit, timeMs, expected]);
        }
      }
    }
    expect(taken).toBeGreaterThan(WORLDS * 10);
  });
});
