// Goal: a newcomer gets from nothing to an audited ledger with the commands the help text lists, and reads what happened.
// Method: text scripts run by sh with the built program; each block goes on where the one before ended.
import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { papers, CLINIC, GTIN, MAKER, OPERATOR } from './papers.ts';
import { Shell } from './shell.ts';

let shell: Shell;
beforeAll(() => {
  shell = new Shell();
  for (const [name, content] of Object.entries(papers())) shell.file(name, content);
});
afterAll(() => shell.folder.remove());

describe('countermark, from nothing to an audit', () => {
  it('makes keys and a ledger', async () => {
    await shell.script(`
      $ countermark keygen operator.key --party ${OPERATOR}
      operator.key  secret key of https://id.gs1.org/417/${OPERATOR}
      operator.key.pub  for the operator: countermark append --kind key --key OPERATOR.key operator.key.pub
        public key  <b64>
        key id      <b64>
      $ countermark init --origin example.com/ledger --operator operator.key --name 'Example Operator'
      ledger.db  the ledger, with its genesis as entry 0
      ledger.db.logkey  secret key that signs its checkpoints
      ledger.db.vkey  public key of the log: give it to whoever checks or audits
        log key  example.com/ledger+<b64>
      $ countermark keygen maker.key --party ${MAKER} >/dev/null
      $ countermark keygen clinic.key --party https://id.gs1.org/417/${CLINIC} >/dev/null
    `);
    for (const name of ['operator.key', 'maker.key', 'ledger.db.logkey']) {
      expect(statSync(shell.folder.file(name)).mode & 0o777, name).toBe(0o600);
    }
  });

  it('registers parties, keys, a product, a lot and a licence', async () => {
    await shell.script(`
      $ countermark append --kind party --key operator.key maker.json clinic.json
      entry 1  maker.json
      entry 2  clinic.json
      2 statements appended; the log has 3 entries
      $ countermark append --kind key --key operator.key maker.key.pub clinic.key.pub
      entry 3  maker.key.pub
      entry 4  clinic.key.pub
      2 statements appended; the log has 5 entries
      $ countermark append --kind product --key maker.key product.json
      entry 5  product.json
      1 statement appended; the log has 6 entries
      $ countermark append --kind lot --key maker.key - < lot.json
      entry 6  -
      1 statement appended; the log has 7 entries
      $ countermark append --kind licence --key maker.key licence.json
      entry 7  licence.json
      1 statement appended; the log has 8 entries
    `);
  });

  it('imports events, signed by whoever saw them', async () => {
    await shell.script(`
      $ countermark import --key maker.key made.epcis.json
      entry 8  made.epcis.json
      1 statement appended; the log has 9 entries
      $ countermark sign --kind events --key clinic.key --origin example.com/ledger got.epcis.json | countermark append -
      entry 9  -#1
      1 statement appended; the log has 10 entries
    `);
  });

  it('checks a genuine unit and one nobody made', async () => {
    await shell.script(`
      $ countermark check '(01)${GTIN}(21)SERIAL00000003'
      GENUINE  Registered by its manufacturer; nothing recorded speaks against it.
        unit     https://id.gs1.org/01/${GTIN}/21/SERIAL00000003
        product  Example Product
        made by  Example Maker
        lot      L1, expires 2036-01-31
        custody  with Example Clinic
        place    Ward
        log      10 entries
      $ printf ']d201${GTIN}21SERIAL00000003\\n' | countermark check - | head -n 1
      GENUINE  Registered by its manufacturer; nothing recorded speaks against it.
      $ countermark check '(01)${GTIN}(21)SERIAL00000777'
      SUSPECT  <any>
        do       <any>
      …
        L3 ID-05 <any>
           <any>
      [3]
    `);
  });

  it('traces a unit and audits the log', async () => {
    await shell.script(`
      $ countermark trace '(01)${GTIN}(21)SERIAL00000003'
      https://id.gs1.org/01/${GTIN}/21/SERIAL00000003  lot L1
      time                      step        by              at     to              entry  note
      <time>  commission  Example Maker   Plant                      8
      <time>  ship        Example Maker   Plant  Example Clinic      8
      <time>  receive     Example Clinic  Ward   Example Clinic      9
      3 steps in 10 entries
      $ countermark audit
      OK  example.com/ledger, 10 entries (<n> s, <n> entries/s)
        root        <b64>
        signatures  10 verified in this run
        goods       3 events, 5 units, 0 containers
        derived     as the log says
        findings    none
    `);
  });

  it('proves an entry to whoever has the log key only', async () => {
    await shell.script(`
      $ countermark prove 8 --out 8.tlog-proof
      8.tlog-proof  proof of entry 8
      $ countermark verify-proof 8.tlog-proof --log-key "$(cat ledger.db.vkey)"
      VALID  entry 8 of example.com/ledger
        recorded  <time>
        log       10 entries
        kind      events
        issuer    https://id.gs1.org/417/${MAKER}
        subject   <any>
        key id    <b64>
      $ countermark prove 8 | sed 's/^index 8$/index 7/' | countermark verify-proof - --log-key ledger.db.vkey
      INVALID  LG-05: its entry is not under the signed root
      [4]
      $ countermark verify-proof 8.tlog-proof --log-key "$(countermark keygen other.key --log example.com/ledger --json >/dev/null; cat other.key.pub)"
      INVALID  ERR_CHECKPOINT: its checkpoint is not signed by the log <any>
      [4]
    `);
  });

  it('exports the log as lines, as EPCIS, and as proofs', async () => {
    await shell.script(`
      $ countermark export --out log.jsonl
      log.jsonl  10 lines
      $ countermark export --format epcis --out log.epcis.json
      log.epcis.json  3 events
      $ countermark export --format tlog-proofs --from 8 --out proofs && ls proofs
      proofs  2 proofs
      8.tlog-proof
      9.tlog-proof
      $ countermark verify-proof proofs/9.tlog-proof | head -n 1
      VALID  entry 9 of example.com/ledger
    `);
    const lines = readFileSync(shell.folder.file('log.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { kind: string }).kind).join(' ')).toBe(
      'genesis party party key key product lot licence events events',
    );
    // What was exported as EPCIS is a document the strict reader takes again.
    const { exit, value } = await shell.json<{ statements: unknown[] }>(
      'sign --kind events --key maker.key --origin a.example log.epcis.json',
    );
    expect([exit, value.statements.length]).toEqual([0, 1]);
  });

  it('records a signed statement once, however often it is appended', async () => {
    await shell.script(`
      $ countermark sign --kind product --key maker.key --out product.signed product.json
      product.signed  1 statement for example.com/ledger
      $ countermark append product.signed
      entry 10  product.signed#1
      1 statement appended; the log has 11 entries
      $ countermark append product.signed product.signed
      entry 10  product.signed#1  (was in the log already)
      entry 10  product.signed#1  (was in the log already)
      0 statements appended, 2 repeated; the log has 11 entries
    `);
  });
});
