// Goal: every failure has its exit code and its error code, one line that says what to do, and leaves the files as they were.
// Method: text scripts of commands that must fail; digests of the folder before and after.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foundedShell, MAKER } from './papers.ts';
import type { Shell } from './shell.ts';

let shell: Shell;
beforeAll(async () => {
  shell = await foundedShell();
});
afterAll(() => shell?.folder.remove());

describe('a command line that is wrong', () => {
  it('exits with 1', async () => {
    await shell.script(`
      $ countermark
      ! countermark: ERR_USAGE: no command is given. See "countermark help".
      [1]
      $ countermark chek x
      ! countermark: ERR_USAGE: there is no command "chek". See "countermark help".
      [1]
      $ countermark check
      ! countermark: ERR_USAGE: too few arguments; usage: countermark check CODE <any>
      [1]
      $ countermark audit --fast
      ! countermark: ERR_USAGE: Unknown option '--fast'<any>
      [1]
      $ countermark prove -- -1
      ! countermark: ERR_USAGE: ENTRY expected an integer from 0. See "countermark help".
      [1]
      $ countermark check x --time yesterday
      ! countermark: ERR_USAGE: --time expected a time such as 2026-01-31T08:00:00Z. <any>
      [1]
      $ countermark append --kind genesis --key operator.key maker.json
      ! countermark: ERR_USAGE: --kind genesis: a ledger is begun with "countermark init". <any>
      [1]
      $ countermark audit --rebuild --no-derived --json
      {"error":{"code":"ERR_USAGE","message":"--rebuild and --no-derived exclude each other","advice":"See \\"countermark help\\"."}}
      [1]
    `);
  });

  it('gets help instead where it asks for it', async () => {
    await shell.script(`
      $ countermark help | head -n 3
      countermark: a tamper-evident custody ledger for serialised products
      Usage: countermark COMMAND [arguments]
      $ countermark import --help | head -n 1
      Usage: countermark import --key FILE DOCUMENT.json…
      $ countermark help prove | tail -n 1
        --help              say how the command is used
      $ countermark --version
      <n>
    `);
  });
});

describe('input that is refused', () => {
  it('overwrites nothing', async () => {
    await shell.script(`
      $ countermark keygen maker.key --party ${MAKER}
      ! countermark: ERR_FILE_EXISTS: couldn't write maker.key: it exists. Nothing was overwritten: <any>
      [2]
      $ countermark init --origin example.com/ledger --operator operator.key --name Again
      ! countermark: ERR_FILE_EXISTS: couldn't write ledger.db: it exists. <any>
      [2]
      $ countermark prove 1 --out maker.json
      ! countermark: ERR_FILE_EXISTS: couldn't write maker.json: it exists. <any>
      [2]
      $ countermark export --out maker.json
      ! countermark: ERR_FILE_EXISTS: couldn't write maker.json: it exists. <any>
      [2]
      $ countermark init --ledger new.db --origin other.example --operator operator.key --name Mix --log-signer ledger.db.logkey; ls new.db* 2>/dev/null
      ! countermark: ERR_USAGE: ledger.db.logkey is the key of another log. <any>
      [2]
    `);
  });

  it('names the file and the reason', async () => {
    shell.file('broken.json', '{"id": 1,\n "id": 2}');
    shell.file('long.json', '{"quantity": 12345678901234567890}');
    shell.file('comma.json', '{"id": 1,\n}');
    shell.file('deep.json', '['.repeat(100_000));
    shell.file('deep2.json', `{"a":${'['.repeat(40)}${']'.repeat(40)}}`);
    await shell.script(`
      $ countermark append --kind party --key operator.key nowhere.json
      ! countermark: ERR_FILE: couldn't read nowhere.json: no such file or folder. Check the path and its permissions.
      [2]
      $ countermark append --kind party --key operator.key broken.json
      ! countermark: ERR_DECODE_MALFORMED: couldn't read broken.json: a key stands twice in one object (line 2). <any>
      [2]
      $ countermark append --kind lot --key maker.key long.json
      ! countermark: ERR_DECODE_MALFORMED: couldn't read long.json: a number has more digits than can be kept (line 1). <any>
      [2]
      $ countermark append --kind lot --key maker.key comma.json
      ! countermark: ERR_DECODE_MALFORMED: couldn't read comma.json: not JSON (line 2). <any>
      [2]
      $ countermark append --kind lot --key maker.key deep.json
      ! countermark: ERR_DECODE_<any>
      [2]
      $ countermark append --kind lot --key maker.key deep2.json
      ! countermark: ERR_DECODE_LIMIT: couldn't read deep2.json: nested deeper than 32. <any>
      [2]
      $ countermark append --kind lot --key maker.key maker.json
      ! countermark: ERR_DECODE_MALFORMED: couldn't read payload: <any> (maker.json). Correct the input.
      [2]
      $ countermark append --kind party --key ledger.db.logkey maker.json
      ! countermark: ERR_KEY_FILE: couldn't use ledger.db.logkey: it holds no key of a party. Make key files with "countermark keygen".
      [2]
      $ countermark import --key maker.key lot.json
      ! countermark: ERR_DECODE_MALFORMED: <any> (lot.json). Correct the input.
      [2]
      $ echo 'not a statement' | countermark append -
      ! countermark: ERR_DECODE_MALFORMED: couldn't read standard input: line 1 is no signed statement in base64url. <any>
      [2]
      $ countermark prove 99
      ! countermark: ERR_OUT_OF_RANGE: "entry" expected an index below 8, got 99. Correct the input.
      [2]
    `);
  });

  it('says of each statement what became of it, and writes nothing for the refused', async () => {
    await shell.script(`
      $ countermark keygen stranger.key --party ${MAKER} >/dev/null
      $ countermark sign --kind product --key stranger.key --out stranger.signed product.json >/dev/null
      $ countermark sign --kind product --key maker.key --origin other.example --out other.signed product.json >/dev/null
      $ countermark append stranger.signed other.signed
      refused stranger.signed#1  ERR_KEY_UNKNOWN: couldn't append statement: its key is not registered. Let the operator append a "key" statement for this key first.
      refused other.signed#1  ERR_AUDIENCE: couldn't append statement: it was signed for another log. Sign the statement for the origin of this ledger.
      0 statements appended, 2 refused; the log has 8 entries
      [2]
    `);
    const { exit, value } = await shell.json('append stranger.signed');
    expect(exit).toBe(2);
    expect(value).toMatchObject({
      appended: 0,
      refused: 1,
      size: 8,
      statements: [{ source: 'stranger.signed#1', error: { code: 'ERR_KEY_UNKNOWN' } }],
    });
  });

  it('keeps control characters of its input away from the terminal', async () => {
    const { stdout } = await shell.sh("countermark trace '\u001b[31mred'");
    expect(stdout).not.toContain('\u001b');
  });
});

describe('a ledger that cannot be used', () => {
  it('exits with 5 where there is none, with 2 where nobody said whose log it is, with 4 where another key signed it', async () => {
    await shell.script(`
      $ countermark check x --ledger nowhere.db --log-key ledger.db.vkey
      ! countermark: ERR_STORE_MISSING: <any> Check --ledger, or begin a ledger with "countermark init".
      [5]
      $ countermark check x --ledger nowhere.db
      ! countermark: ERR_LOG_KEY: the log's public key is not known: there is no nowhere.db.vkey. Give --log-key <any>
      [2]
      $ countermark keygen false.key --log example.com/ledger >/dev/null
      $ countermark check x --log-key false.key.pub
      ! countermark: ERR_CHECKPOINT: couldn't open ledger: its checkpoint is not signed by the key given <any>
      [4]
      $ countermark append --kind product --key maker.key product.json --log-signer false.key
      ! countermark: ERR_LOG_KEY: false.key is not the secret half of the log's public key. <any>
      [2]
      $ countermark check x --ledger maker.json --log-key ledger.db.vkey
      ! countermark: ERR_STORE_CORRUPT: <any>
      [4]
      $ countermark audit --json --ledger nowhere.db --log-key ledger.db.vkey | grep -c '"code":"ERR_STORE_MISSING"'
      1
    `);
  });
});
