// Goal: a page carries what it uses: the kernel's bytes only where signatures are checked in batches or a kernel is prepared.
// Method: esbuild bundles the built package for a browser, as a page's build would; bundles are searched, and weighed by gzip.
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../tidy/sources.ts';

/** How every WebAssembly module begins, in base64. */
const WASM = 'AGFzbQ';

function bundle(program: string): { readonly hasKernel: boolean; readonly kilobytes: number } {
  const { outputFiles } = buildSync({
    stdin: { contents: program, resolveDir: ROOT },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  });
  const [file] = outputFiles;
  return {
    hasKernel: file!.text.includes(WASM),
    kilobytes: gzipSync(file!.contents, { level: 9 }).length / 1000,
  };
}

describe('a bundle', () => {
  it('of everything in countermark/verify has no kernel and at most 35 kB', () => {
    const { hasKernel, kilobytes } = bundle("export * from 'countermark/verify';");
    expect(hasKernel).toBe(false);
    expect(kilobytes).toBeLessThan(35);
  });

  it('of verify() alone has no kernel and at most 10 kB', () => {
    const { hasKernel, kilobytes } = bundle("export { verify } from 'countermark/crypto';");
    expect(hasKernel).toBe(false);
    expect(kilobytes).toBeLessThan(10);
  });

  it('of batches has the kernel, once, and at most 40 kB', () => {
    const { hasKernel, kilobytes } = bundle(
      "export { verify, verifyBatch, prepareKernel } from 'countermark/crypto';",
    );
    expect(hasKernel).toBe(true);
    expect(kilobytes).toBeLessThan(40);
  });
});
