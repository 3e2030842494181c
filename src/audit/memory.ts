// Browser-safe.
/**
 * Where an auditor keeps what an audit learned, so that the next can go on from it.
 *
 * Reads  bytes/.   Implemented by  node/audit-memory.ts (a file).   Used by  runs.ts, keeping.ts, ledger/audit-on.ts.
 * Trust  it is the auditor's own, as trusted as the disk it is on: whoever can change it can hide what he likes from the next
 *        audit. Keep it away from the ledger's operator. What is read is checked against its hashes: a damaged one is not used.
 * @module
 */
import { assertBytes, assertFunction, assertInteger, assertObject, assertText } from '../bytes/index.ts';

/** A text, and bytes it refers to. Every method rejects with a StoreError when the disk fails. */
export interface AuditMemory {
  /** The text kept last, or undefined if nothing ever was. */
  recall(): Promise<string | undefined>;
  /** `length` bytes from `at`, as written since the last renewal; fewer, or none, where they are not there any more. */
  read(at: number, length: number): Promise<Uint8Array>;
  /** Adds bytes after all others; returns where they begin. */
  write(bytes: Uint8Array): Promise<number>;
  /** Bytes begin at 0 again; what was kept stays as it was until `keep`. */
  renew(): Promise<void>;
  /**
   * Keeps the text, and all bytes written, in one step: whatever fails, there is either what was kept before or this. Where another audit
   * has kept since this one recalled, that may stand instead.
   */
  keep(text: string): Promise<void>;
}

/** Returns `memory` if it has the methods of one. @throws {TypeError} if not. */
export function assertMemory(memory: AuditMemory): AuditMemory {
  assertObject('memory', memory);
  for (const name of ['recall', 'read', 'write', 'renew', 'keep'] as const) {
    assertFunction(`memory.${name}`, memory[name]);
  }
  return memory;
}

/** A memory that is forgotten with the process. */
export class TransientMemory implements AuditMemory {
  #kept: { readonly text: string; readonly bytes: Uint8Array } | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  #length = 0;

  async recall(): Promise<string | undefined> {
    const kept = this.#kept;
    if (kept !== undefined) {
      this.#length = 0;
      await this.write(kept.bytes);
    }
    return kept?.text;
  }

  async read(at: number, length: number): Promise<Uint8Array> {
    assertInteger('at', at);
    assertInteger('length', length);
    return this.#bytes.slice(at, Math.min(at + length, this.#length));
  }

  async write(bytes: Uint8Array): Promise<number> {
    const at = this.#length;
    this.#length += assertBytes('bytes', bytes).length;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(2 * this.#length);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, at);
    return at;
  }

  async renew(): Promise<void> {
    this.#length = 0;
  }

  async keep(text: string): Promise<void> {
    this.#kept = { text: assertText('text', text), bytes: this.#bytes.slice(0, this.#length) };
  }
}
