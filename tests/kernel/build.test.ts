// Goal: the kernel anyone compiles from these sources is byte for byte the kernel that was reviewed and measured.
// Method: it is compiled again in memory; bytes, committed digest and what the library imports must be the same.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compileKernel, digestOf } from '../../kernel/build.ts';
import { KERNEL_BASE64 } from '../../src/crypto/kernel-wasm.ts';

it('compiles to the bytes whose digest is committed', { timeout: 120_000 }, async () => {
  const bytes = await compileKernel();
  expect(digestOf(bytes)).toBe(
    readFileSync(new URL('../../kernel/kernel.sha256', import.meta.url), 'utf8').trim(),
  );
  expect(Buffer.from(KERNEL_BASE64, 'base64').equals(bytes)).toBe(true);
});
