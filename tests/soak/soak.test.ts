// Goal: the kernel keeps its verdicts and its memory under load, in several threads at once.
// Method: tests/soak/soak.ts in a process of its own, for three seconds; SLOW=1 for ten minutes (COUNTERMARK_SOAK_SECONDS).
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SECONDS = process.env['SLOW'] === '1' ? Number(process.env['COUNTERMARK_SOAK_SECONDS'] ?? 600) : 3;

interface Report {
  readonly wrong: number;
  readonly signatures: number;
  readonly kernelMiB: number;
  readonly residentMiB: { readonly firstThird: number; readonly lastThird: number };
}

describe('the kernel under load', () => {
  it(
    `is right for ${SECONDS} seconds in two threads, in bounded memory`,
    { timeout: SECONDS * 2000 + 60_000 },
    () => {
      const script = fileURLToPath(new URL('soak.ts', import.meta.url));
      const output = execFileSync(process.execPath, ['--import', 'tsx', script, String(SECONDS), '2'], {
        encoding: 'utf8',
      });
      console.log(output.trim());
      const report = JSON.parse(output) as Report;
      expect(report.wrong).toBe(0);
      expect(report.signatures).toBeGreaterThan(100);
      expect(report.kernelMiB).toBeLessThan(64);
      if (SECONDS >= 60)
        expect(report.residentMiB.lastThird).toBeLessThan(report.residentMiB.firstThird * 1.5);
    },
  );
});
