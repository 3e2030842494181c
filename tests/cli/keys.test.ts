// Goal: a key file signs each sequence number once, gives nothing away, and an interrupted command leaves nothing behind.
// Method: several processes at once on one file; files spoilt by hand; a command held at its input and interrupted there.
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBase64url } from '../../src/bytes/index.ts';
import { readEnvelope } from '../../src/statement/index.ts';
import { papers, MAKER } from './papers.ts';
import { Shell } from './shell.ts';

let shell: Shell;
beforeAll(async () => {
  shell = new Shell();
  for (const [name, content] of Object.entries(papers())) shell.file(name, content);
  await shell.script(`$ countermark keygen maker.key --party ${MAKER} >/dev/null`);
});
afterAll(() => shell.folder.remove());

const SIGN = 'countermark sign --kind product --key maker.key --origin example.com/ledger';
const keyFile = (): { seed: string; sequence: number } =>
  JSON.parse(readFileSync(shell.folder.file('maker.key'), 'utf8'));

describe('a key file', () => {
  it('gives no sequence number twice, to however many processes at once', async () => {
    const runs = await Promise.all(
      Array.from({ length: 4 }, () => shell.sh(`${SIGN} product.json product.json`)),
    );
    const numbers = runs.flatMap(({ stdout, stderr }) => {
      expect(stderr).toBe('');
      return stdout
        .trim()
        .split('\n')
        .map((line) => readEnvelope(fromBase64url(line)).sequence);
    });
    expect(numbers.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(keyFile().sequence).toBe(8);
    expect(readdirSync(shell.folder.path).filter((name) => /lock|new-/.test(name))).toEqual([]);
  });

  it('spends no number on a payload that cannot be signed', async () => {
    const before = keyFile();
    await shell.script(`
      $ ${SIGN} product.json lot.json
      ! countermark: ERR_DECODE_MALFORMED: <any> (lot.json). Correct the input.
      [2]
    `);
    expect(keyFile()).toEqual(before);
  });

  it('shows its seed to nobody, and says so when others can read it', async () => {
    const { value } = await shell.json(`keygen other.key --party ${MAKER}`);
    const { seed } = JSON.parse(readFileSync(shell.folder.file('other.key'), 'utf8')) as { seed: string };
    expect(JSON.stringify(value)).not.toContain(seed);
    expect(readFileSync(shell.folder.file('other.key.pub'), 'utf8')).not.toContain(seed);
    chmodSync(shell.folder.file('other.key'), 0o644);
    const { stderr } = await shell.sh(`${SIGN.replace('maker', 'other')} product.json`);
    expect(stderr).toBe('warning: other users may read the key file other.key (chmod 600)\n');
  });

  it('is refused when damaged', async () => {
    const { seed } = keyFile();
    shell.file('mixed.key', { ...JSON.parse(readFileSync(shell.folder.file('other.key'), 'utf8')), seed });
    shell.file('full.key', { ...keyFile(), sequence: Number.MAX_SAFE_INTEGER });
    await shell.script(`
      $ ${SIGN.replace('maker', 'mixed')} product.json
      ! countermark: ERR_KEY_FILE: couldn't use mixed.key: it is no key file, or damaged. <any>
      [2]
      $ ${SIGN.replace('maker', 'full')} product.json 2>&1 | tail -n 1
      countermark: ERR_KEY_FILE: couldn't use full.key: its sequence numbers are used up. <any>
    `);
  });
});

describe('an interrupted command', () => {
  it('exits with 130 and says so', async () => {
    const pipe = shell.folder.file('pipe');
    execFileSync('mkfifo', [pipe]);
    const before = keyFile();
    const words = [
      'sign',
      '--kind',
      'product',
      '--key',
      'maker.key',
      '--origin',
      'a.example',
      'pipe',
      '-',
      '--json',
    ];
    const child = shell.start(...words);
    let stdout = '';
    child.stdout!.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    const closed = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
    // Opening the pipe for writing waits until the command reads from it; after it comes standard input, which never ends.
    writeFileSync(pipe, JSON.stringify(papers()['product.json']));
    child.kill('SIGINT');
    expect(await closed).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ERR_INTERRUPTED' } });
    expect(keyFile()).toEqual(before);
  });
});
