/**
 * What every engine is asked: the verdicts about one packed corpus, by each way this library has to reach them.
 *
 * Reads  the built package; plain JavaScript, since Node 20 and browsers run it as it is.   Used by  run.js, tests/browser.
 * @module
 */
import { BatchVerifier, prepareKernel, sha256, verify } from '../../dist/crypto/index.js';

/** Batches of these sizes, in turn. */
const SIZES = [200, 1, 64, 3, 700, 2, 33];
/** The first items are also checked by the portable implementation alone, at 3 ms each. */
const PORTABLE_COUNT = 60;

/**
 * Verdicts about the items of a corpus (see support/corpus.ts): whether there is a kernel, SHA-256 of the verdicts as bytes 0 and 1
 * from batches and from single checks with the kernel, and of the first few from single checks without it.
 */
export async function check(corpus) {
  const items = unpack(corpus);
  const portable = items.slice(0, PORTABLE_COUNT).map((item) => Number(verify(...item)));
  const batched = [];
  const batch = new BatchVerifier();
  for (let done = 0, round = 0; done < items.length; round++) {
    const part = items.slice(done, done + SIZES[round % SIZES.length]);
    for (const item of part) batch.add(...item);
    batched.push(...batch.verify());
    done += part.length;
  }
  const hasKernel = await prepareKernel();
  const single = items.map((item) => Number(verify(...item)));
  return { hasKernel, batched: digest(batched), single: digest(single), portable: digest(portable) };
}

/** Signature, message and public key of each item. */
function unpack(corpus) {
  const items = [];
  const view = new DataView(corpus.buffer, corpus.byteOffset, corpus.byteLength);
  for (let at = 0; at < corpus.length;) {
    const end = at + 98 + view.getUint16(at, true);
    items.push([corpus.slice(at + 2, at + 66), corpus.slice(at + 98, end), corpus.slice(at + 66, at + 98)]);
    at = end;
  }
  return items;
}

function digest(verdicts) {
  return Array.from(sha256(Uint8Array.from(verdicts)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
