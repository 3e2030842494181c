/**
 * Two signers and a way to build signature lines by hand, independent of src/note.
 * @module
 */
import { createHash } from 'node:crypto';
import { nativeSigner } from '../../src/node/index.ts';
import type { NoteSigner } from '../../src/note/index.ts';

export const ALICE: NoteSigner = { name: 'log.example/a', signer: nativeSigner(new Uint8Array(32).fill(1)) };
export const BOB: NoteSigner = { name: 'witness.example', signer: nativeSigner(new Uint8Array(32).fill(2)) };

/** The four bytes of a key id, straight from the specification. */
export function idBytes(name: string, publicKey: Uint8Array, type = 1): Buffer {
  return createHash('sha256')
    .update(name)
    .update('\n')
    .update(Buffer.of(type))
    .update(publicKey)
    .digest()
    .subarray(0, 4);
}

/** A signature line over `text` by `by`, or with other bytes after the key id. */
export function lineOf(by: NoteSigner, text: string, signature?: Uint8Array): string {
  const bytes = signature ?? by.signer.sign(Buffer.from(text));
  const id = idBytes(by.name, by.signer.publicKey);
  return `\u2014 ${by.name} ${Buffer.concat([id, bytes]).toString('base64')}\n`;
}

/** A line by nobody we know. */
export function strangerLine(name = 'stranger.example'): string {
  return `\u2014 ${name} ${Buffer.alloc(68, 7).toString('base64')}\n`;
}
