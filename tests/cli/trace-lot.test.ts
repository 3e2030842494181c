// Goal: `trace --lot` answers a recall's three questions on a terminal and as JSON, and refuses a muddled command line.
// Method: the papers of the small supply chain; a recall appended between two looks at the same lot.
import { afterAll, beforeAll, describe, it, expect } from 'vitest';
import { formatTime } from '../../src/bytes/index.ts';
import { productId } from '../../src/gs1/index.ts';
import type { LotTrace } from '../../src/ledger/index.ts';
import { foundedShell, GTIN, unit } from './papers.ts';
import type { Shell } from './shell.ts';

let shell: Shell;
beforeAll(async () => {
  shell = await foundedShell();
  shell.file('recall.json', {
    id: 'R-1',
    product: productId(GTIN),
    lots: ['L1'],
    effectiveFrom: formatTime(Date.now() - 1000),
    reason: 'particles seen',
    level: 2,
  });
});
afterAll(() => shell?.folder.remove());

describe('countermark trace --lot', () => {
  it('says who holds the lot, and who held it at the recall', async () => {
    await shell.script(`
      $ countermark import --key maker.key made.epcis.json >/dev/null
      $ countermark append --kind recall --key maker.key recall.json >/dev/null
      $ countermark import --key clinic.key got.epcis.json >/dev/null
      $ countermark trace --lot ${GTIN}/L1
      https://id.gs1.org/01/${GTIN}/10/L1
      …
        recall      R-1 by Example Maker, level 2, entry 9, from <time>
        reason      particles seen
        units       5 units
        at recall   0 held, 0 used, 0 destroyed, 5 not accounted for
        now         5 held, 0 used, 0 destroyed, 0 not accounted for
        used since  0 units
        log         11 entries

      held at the recall by:
      party           units  now  id
      Example Clinic      0    5  <any>
      $ countermark trace --lot ${GTIN}/L1 --size 9 | grep -c transit
      5
    `);
  });

  it('lists every unit as JSON', async () => {
    const { value, exit } = await shell.json<LotTrace>(`trace --lot '(01)${GTIN}(10)L1'`);
    expect([exit, value.now.holders[0]!.units]).toEqual([0, [1, 2, 3, 4, 5].map(unit)]);
    expect(value.atRecall.unaccounted.map(({ why }) => why)).toEqual(Array(5).fill('transit'));
  });

  it('takes either a subject or a lot, and a lot that can be one', async () => {
    await shell.script(`
      $ countermark trace --lot ${GTIN}/L1 x
      ! countermark: ERR_USAGE: trace expected one ID or CODE, or --lot GTIN/LOT<any>
      [1]
      $ countermark trace
      ! countermark: ERR_USAGE: <any>
      [1]
      $ countermark trace --lot 12
      ! countermark: <any>
      [2]
    `);
  });
});
