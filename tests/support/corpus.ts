/**
 * A corpus of signatures for engines other than the one the tests run on: packed as bytes, with the digests of its verdicts.
 *
 * Reads  signed-cases.ts, curve.ts.   Used by  tests/engines, tests/browser; tests/engines/check.js reads the bytes.
 * @module
 */
import { createHash } from 'node:crypto';
import { smallOrderEncodings } from './curve.ts';
import { SignedCases, type SignedCase } from './signed-cases.ts';

/** What an engine with a kernel must answer. */
export interface Expected {
  readonly hasKernel: boolean;
  readonly batched: string;
  readonly single: string;
  readonly portable: string;
}

const CASES = 3000;
const PORTABLE_COUNT = 60;

/** The bytes, and what check.js must make of them: verdicts are known by algebra. */
export function corpus(): { readonly bytes: Uint8Array; readonly expected: Expected } {
  const source = new SignedCases('engines');
  const cases = [...source.each(), ...source.each(), ...smallOrderCases()];
  while (cases.length < CASES) cases.push(source.next());
  const verdicts = Uint8Array.from(cases, ({ valid }) => (valid ? 1 : 0));
  const all = digest(verdicts);
  return {
    bytes: Buffer.concat(cases.map(packed)),
    expected: {
      hasKernel: true,
      batched: all,
      single: all,
      portable: digest(verdicts.subarray(0, PORTABLE_COUNT)),
    },
  };
}

/** Every encoding of a point of small order as A and as R, with S = 0: all valid. */
function smallOrderCases(): readonly SignedCase[] {
  const points = smallOrderEncodings();
  return points.flatMap((publicKey) =>
    points.map((r) => {
      const signature = Uint8Array.of(...r, ...new Uint8Array(32));
      return { signature, publicKey, message: Uint8Array.of(1), valid: true, kind: 'small order' } as const;
    }),
  );
}

function packed({ signature, publicKey, message }: SignedCase): Uint8Array {
  const length = Uint8Array.of(message.length & 255, message.length >>> 8);
  return Buffer.concat([length, signature, publicKey, message]);
}

function digest(verdicts: Uint8Array): string {
  return createHash('sha256').update(verdicts).digest('hex');
}
