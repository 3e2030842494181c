// Goal: the audit command names damage, tells apart log and derived data, repairs only the latter, and remembers what it saw.
// Method: a small ledger changed behind the library's back with SQL, audited after each change, each time from a fresh copy.
import Database from 'better-sqlite3';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foundedShell } from './papers.ts';
import type { Shell } from './shell.ts';

let shell: Shell;
beforeAll(async () => {
  shell = await foundedShell();
  await shell.script(`
      $ countermark import --key maker.key made.epcis.json >/dev/null
      $ countermark import --key clinic.key got.epcis.json >/dev/null
  `);
});
afterAll(() => shell?.folder.remove());

interface Report {
  readonly ok: boolean;
  readonly checkpoint: string;
  readonly log: { readonly firstBad?: object };
  readonly derived: { readonly ok?: boolean };
  readonly rebuilt?: object;
}

/** A copy of the ledger, changed by SQL. */
function damagedCopy(name: string, sql: string): string {
  const path = shell.folder.file(name);
  copyFileSync(shell.folder.file('ledger.db'), path);
  const database = new Database(path);
  database.exec(sql);
  database.close();
  return `--ledger ${name} --log-key ledger.db.vkey`;
}

describe('countermark audit on a damaged log', () => {
  it('names the first entry that does not hold', async () => {
    const options = damagedCopy('byte.db', 'UPDATE entries SET bytes = zeroblob(100) WHERE idx = 6');
    await shell.script(`
      $ countermark audit ${options}
      DAMAGED  example.com/ledger, 10 entries <any>
        first bad   entry 6, LG-01: <any>
      …
        derived     not compared
      …
      [4]
    `);
    const { exit, value } = await shell.json<Report>(`audit ${options}`);
    expect(exit).toBe(4);
    expect(value).toMatchObject({ ok: false, log: { ok: false, firstBad: { entry: 6, code: 'LG-01' } } });
  });

  it('names a missing tail and a checkpoint of another key', async () => {
    const cut = damagedCopy('cut.db', 'DELETE FROM entries WHERE idx = 9');
    expect((await shell.json<Report>(`audit ${cut}`)).value.log.firstBad).toMatchObject({
      entry: 9,
      code: 'LG-02',
    });
    await shell.script(`
      $ countermark keygen thief.key --log example.com/ledger >/dev/null
      $ countermark audit --log-key thief.key.pub | head -n 2
      DAMAGED  example.com/ledger, 10 entries <any>
        first bad   entry 0, LG-02: the stored checkpoint is not signed by the log <any>
    `);
  });

  it('shows a roll-back to whoever kept a checkpoint or a state', async () => {
    const old = '--ledger old.db --log-key ledger.db.vkey';
    copyFileSync(shell.folder.file('ledger.db'), shell.folder.file('old.db'));
    await shell.script(`
      $ countermark audit --state my.state >/dev/null
      $ countermark append --kind product --key maker.key product.json >/dev/null
      $ countermark audit --state my.state | grep signatures
        signatures  1 verified in this run
    `);
    const { checkpoint } = (await shell.json<Report>('audit')).value;
    shell.file('kept.checkpoint', checkpoint);
    const before = readFileSync(shell.folder.file('my.state'), 'utf8');
    await shell.script(`
      $ countermark audit ${old} | head -n 1
      OK  example.com/ledger, 10 entries <any>
      $ countermark audit ${old} --pinned kept.checkpoint | head -n 2
      DAMAGED  example.com/ledger, 10 entries <any>
        first bad   entry 10, LG-06: <any>
      $ countermark audit ${old} --state my.state | head -n 2
      DAMAGED  example.com/ledger, 10 entries <any>
        first bad   entry 10, LG-06: <any>
      $ countermark audit --pinned maker.json
      ! countermark: ERR_DECODE_MALFORMED: couldn't use maker.json: it is no checkpoint signed by the log <any>
      [2]
      $ countermark audit --state maker.json
      ! countermark: ERR_DECODE_MALFORMED: couldn't use maker.json: it is no state of an audit. <any>
      [2]
    `);
    expect(readFileSync(shell.folder.file('my.state'), 'utf8')).toBe(before);
    shell.file('changed.state', before.replace('units', 'unity'));
    await shell.script(`
      $ countermark audit --state changed.state
      ! countermark: ERR_DECODE_MALFORMED: couldn't use changed.state: it was changed since an audit wrote it; <any>
      [2]
    `);
    const { value } = await shell.json<Report>('audit --pinned kept.checkpoint --no-derived');
    expect([value.ok, value.derived.ok]).toEqual([true, undefined]);
  });
});

describe('countermark audit --rebuild', () => {
  it('makes derived data anew, and checks say stop until then', async () => {
    const options = damagedCopy('derived.db', "DELETE FROM postings WHERE subject LIKE '%SERIAL00000002'");
    const check = `countermark check 'https://id.gs1.org/01/09521000000018/21/SERIAL00000003' ${options}`;
    await shell.script(`
      $ ${check} | head -n 1
      GENUINE  <any>
      $ countermark audit ${options}
      DAMAGED  <any>
      …
        derived     differs from the log
      …
        LG-17  posting of entry <n> for <any>SERIAL00000002 (count 1) is missing
      …
      Derived data can be made anew from the log: countermark audit --rebuild
      [4]
      $ ${check}
      STOP  <any>
      …
      [3]
      $ countermark audit ${options} --rebuild
      OK  <any>
      …
        derived     as the log says
        rebuilt     repaired: <any>
        findings    none
      $ ${check} | head -n 1
      GENUINE  <any>
    `);
  });

  it('leaves a damaged log alone', async () => {
    const options = damagedCopy(
      'both.db',
      'UPDATE entries SET bytes = zeroblob(100) WHERE idx = 6; DELETE FROM nodes',
    );
    const { exit, value } = await shell.json<Report>(`audit ${options} --rebuild`);
    expect([exit, value.rebuilt]).toEqual([4, undefined]);
    expect(existsSync(shell.folder.file('both.db'))).toBe(true);
  });
});
