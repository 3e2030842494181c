// Goal: what an auditor keeps in files is whole after whatever the disk does: short writes, a process that ends, a spoilt file.
// Method: real files; a disk that takes seven bytes at a time stands in for one that is nearly full or slow.
import fs, { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FileMemory } from '../../src/node/index.ts';
import { rejection } from '../../src/testing/index.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

let folder: TemporaryFolder;
const path = (): string => {
  folder = temporaryFolder();
  return folder.file('kept');
};
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  folder.remove();
});

const BYTES = Uint8Array.from({ length: 100 }, (_, i) => i);

describe('FileMemory', () => {
  it('keeps every byte and letter where a write takes only some of them', async () => {
    const writeSync = fs.writeSync.bind(fs) as (...args: unknown[]) => number;
    let writes = 0;
    vi.spyOn(fs, 'writeSync').mockImplementation(((file: number, data: unknown, ...rest: unknown[]) => {
      writes++;
      if (typeof data === 'string') return writeSync(file, data.slice(0, 7), ...rest);
      const [offset = 0, length = (data as Uint8Array).length, at] = rest as number[];
      return writeSync(file, data, offset, Math.min(7, length), at);
    }) as typeof fs.writeSync);
    syncBuiltinESMExports();
    const memory = new FileMemory(path());
    expect([await memory.write(BYTES), await memory.write(BYTES)]).toEqual([0, 100]);
    await memory.keep('a text of more than seven letters');
    memory.close();
    expect(writes).toBeGreaterThan(200 / 7);
    const again = new FileMemory(folder.file('kept'));
    expect(await again.recall()).toBe('a text of more than seven letters');
    expect([...(await again.read(0, 200))]).toEqual([...BYTES, ...BYTES]);
    again.close();
  });

  it('leaves what was kept before as it was where a text cannot be written', async () => {
    const memory = new FileMemory(path());
    await memory.write(BYTES);
    await memory.keep('first');
    await memory.write(BYTES);
    vi.spyOn(fs, 'renameSync').mockImplementation(() => {
      throw new Error('the disk is gone');
    });
    syncBuiltinESMExports();
    expect(await rejection(memory.keep('second'))).toMatch(/^ERR_STORE_IO/);
    memory.close();
    const again = new FileMemory(folder.file('kept'));
    expect([await again.recall(), (await again.read(0, 200)).length]).toEqual(['first', 100]);
    again.close();
    expect(readdirSync(folder.path).length).toBe(2);
  });

  it('goes back to what was kept where an audit began anew and never kept', async () => {
    const memory = new FileMemory(path());
    await memory.write(BYTES);
    await memory.keep('first');
    await memory.renew();
    await memory.write(new Uint8Array(10));
    expect([await memory.recall(), (await memory.read(0, 200)).length]).toEqual(['first', 100]);
    expect(await memory.write(BYTES)).toBe(100);
    await memory.keep('second');
    memory.close();
    expect(readdirSync(folder.path).length).toBe(2);
  });

  it('keeps what one of two kept who went on from the same, whole', async () => {
    const first = new FileMemory(path());
    await first.write(BYTES);
    await first.keep('first');
    first.close();
    const two = [new FileMemory(folder.file('kept')), new FileMemory(folder.file('kept'))];
    for (const memory of two) expect(await memory.recall()).toBe('first');
    for (const [i, memory] of two.entries()) expect(await memory.write(new Uint8Array(50).fill(i))).toBe(100);
    for (const [i, memory] of two.entries()) {
      expect([...(await memory.read(90, 20))]).toEqual([
        ...BYTES.subarray(90),
        ...new Uint8Array(10).fill(i),
      ]);
    }
    await Promise.all(two.map((memory, i) => memory.keep(`kept by ${i}`)));
    for (const memory of two) memory.close();
    const again = new FileMemory(folder.file('kept'));
    const winner = Number((await again.recall())!.at(-1));
    expect([...(await again.read(0, 200))]).toEqual([...BYTES, ...new Uint8Array(50).fill(winner)]);
    again.close();
    expect(readdirSync(folder.path).length).toBe(2);
  });

  it('is read to its end by who goes on while another begins anew', async () => {
    const [old, anew] = [new FileMemory(path()), new FileMemory(folder.file('kept'))];
    await old.write(BYTES);
    await old.keep('first');
    await anew.recall();
    await anew.renew();
    await anew.write(new Uint8Array(7));
    expect(await old.recall()).toBe('first');
    await anew.keep('second');
    expect([...(await old.read(0, 200))]).toEqual([...BYTES]);
    await old.write(BYTES);
    await old.keep('not kept');
    expect([await old.recall(), (await old.read(0, 200)).length]).toEqual(['second', 7]);
    for (const memory of [old, anew]) memory.close();
    expect(readdirSync(folder.path).length).toBe(2);
  });

  it('waits while somebody keeps, and not for one who ended while he did', async () => {
    const memory = new FileMemory(path());
    const lock = folder.file('kept.lock');
    await memory.write(BYTES);
    writeFileSync(lock, '');
    const kept = memory.keep('first');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(existsSync(folder.file('kept'))).toBe(false);
    rmSync(lock);
    await kept;
    writeFileSync(lock, '');
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(lock, longAgo, longAgo);
    await memory.keep('second');
    expect([await memory.recall(), existsSync(lock)]).toEqual(['second', false]);
    memory.close();
  });

  it('says that a file holds no state, and leaves it alone', async () => {
    const file = path();
    for (const text of [
      '',
      'null',
      '{"bytes":"../other","length":1,"text":""}',
      '{"bytes":"a","length":-1,"text":""}',
    ]) {
      writeFileSync(file, text);
      expect(await rejection(new FileMemory(file).recall())).toMatch(/^ERR_STORE_CORRUPT/);
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
  });
});
