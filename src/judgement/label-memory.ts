// Browser-safe.
/**
 * Labels read and verified lately, by what was presented: the rules ask a dozen times in a row for those of one unit.
 *
 * Reads  bytes/, registry/ (its size).   Used by  labels.ts alone.
 * Rule   what is remembered holds for one state of a registry: any new entry may change a verdict. Bounded in bytes, whoever wrote
 *        the log; what was asked for lately stays, and at least a batch of labels does.
 * @module
 */
import { cutFree } from '../bytes/index.ts';
import type { Registry } from '../registry/index.ts';
import type { Label } from './labels.ts';

/** Bytes of labels after which those older than half of them are forgotten. */
export const LABELS_BYTES_MAX = 20 * 1024 * 1024;
/** What a label takes beside its text, about; texts of two bytes a character take more. */
const LABEL_BYTES = 500;

const memories = new WeakMap<Registry, LabelMemory>();

/** What is remembered for a registry as it is now. */
export function memoryOf(registry: Registry): LabelMemory {
  let memory = memories.get(registry);
  if (memory === undefined || memory.size !== registry.size) {
    memory = new LabelMemory(registry.size);
    memories.set(registry, memory);
  }
  return memory;
}

/** Labels by their texts, of at most {@link LABELS_BYTES_MAX} bytes. Room-internal. */
export class LabelMemory {
  /** Entries of the registry they hold for. */
  readonly size: number;
  #recent = new Map<string, Label>();
  #older = new Map<string, Label>();
  /** Of the recent ones. */
  #bytes = 0;

  constructor(size: number) {
    this.size = size;
  }

  /** True if the label of this text is remembered. */
  holds(presented: string): boolean {
    return this.#recent.has(presented) || this.#older.has(presented);
  }

  /** The label of a text, if it is remembered; it then stays as if it were new. */
  get(presented: string): Label | undefined {
    const recent = this.#recent.get(presented);
    if (recent !== undefined || this.#older.size === 0) return recent;
    const older = this.#older.get(presented);
    if (older !== undefined) this.set(cutFree(presented), older);
    return older;
  }

  /** Remembers a label; at half the bound all that was not asked for since the last time this happened is forgotten. */
  set(presented: string, label: Label): void {
    this.#recent.set(presented, label);
    this.#bytes += LABEL_BYTES + presented.length;
    if (this.#bytes < LABELS_BYTES_MAX / 2) return;
    this.#older = this.#recent;
    this.#recent = new Map();
    this.#bytes = 0;
  }
}
