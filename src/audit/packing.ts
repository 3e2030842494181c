// Browser-safe.
/**
 * Packing: numbers and strings as one run of bytes, so that what one stage of the audit tells the next can be handed to another thread
 * or put on disk without an object changing hands.
 *
 * Reads  bytes/.   Used by  packed-acts.ts, range.ts, every stage's results.
 * Layout uint32 length of the number bytes · uint8 how text is written · number bytes · text. Integers are varints of seven bits, low
 *        ones first; signed ones zigzag; strings are lengths among the numbers, their characters follow one another in the text.
 * Why    one text for all strings: it is decoded once, and each string is then a slice of it.
 * Never  read from a stranger: both ends are this library in one process, so a run that ends early is a bug, not bad data.
 * @module
 */
import {
  assertBytes,
  concatBytes,
  assertText,
  isWellFormed,
  utf8Decode,
  utf8Encode,
} from '../bytes/index.ts';
import { invariant } from '../errors.ts';

const HEAD_BYTES = 5;
const TEXT_UTF8 = 0;
/** Only a text with a lone surrogate, which UTF-8 cannot say. */
const TEXT_UTF16 = 1;
/** Characters that wait as strings. */
const PIECES_MAX = 65_536;

/** Writes a run. */
export class Packer {
  #bytes = new Uint8Array(1024);
  #length = HEAD_BYTES;
  /** The end of the text, still as strings. */
  #pieces: string[] = [];
  #pieceUnits = 0;
  /** All before it, in UTF-8: strings would keep what they were cut out of. */
  #text: Uint8Array[] = [];
  /** The same as text, once a part of it is nothing that UTF-8 can say. */
  #wide: string[] | undefined;

  /** Bytes written so far, without the text. */
  get length(): number {
    return this.#length;
  }

  /** A non-negative safe integer. */
  uint(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#grow(8);
    let rest = value;
    while (rest >= 0x8000_0000) {
      this.#bytes[this.#length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  /** A safe integer of either sign, at most 2^52. */
  int(value: number): void {
    this.uint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** Any number, exactly. */
  float(value: number): void {
    floats[0] = value;
    this.bytes(floatBytes);
  }

  /** Bytes whose number the reader knows. */
  bytes(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Bytes with their number before them. */
  block(bytes: Uint8Array): void {
    this.uint(bytes.length);
    this.bytes(bytes);
  }

  text(text: string): void {
    this.uint(assertText('text', text).length);
    this.chars(text);
  }

  /** Characters whose number the reader knows. */
  chars(text: string): void {
    this.#pieces.push(text);
    this.#pieceUnits += assertText('text', text).length;
    if (this.#pieceUnits >= PIECES_MAX) this.#encode();
  }

  /** All that was written, in a buffer of its own; the packer is empty again. */
  finish(): Uint8Array {
    this.#encode();
    const parts = this.#wide === undefined ? this.#text : [utf16Encode(this.#wide.join(''))];
    const out = concatBytes(this.#bytes.subarray(0, this.#length), ...parts);
    new DataView(out.buffer).setUint32(0, this.#length - HEAD_BYTES);
    out[4] = this.#wide === undefined ? TEXT_UTF8 : TEXT_UTF16;
    this.#length = HEAD_BYTES;
    this.#text = [];
    this.#wide = undefined;
    return out;
  }

  /** Puts the pieces to the rest of the text. */
  #encode(): void {
    const text = this.#pieces.join('');
    this.#pieces = [];
    this.#pieceUnits = 0;
    if (this.#wide !== undefined) {
      this.#wide.push(text);
      return;
    }
    const coded = utf8Encode(text);
    // As many bytes as characters: all of them are ASCII.
    if (coded.length === text.length || isWellFormed(text)) this.#text.push(coded);
    else this.#wide = [...this.#text.map((part) => utf8Decode(part)), text];
  }

  #grow(more: number): void {
    const grown = new Uint8Array(2 * (this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** Reads a run that a {@link Packer} wrote, in the order it was written. */
export class Unpacker {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #text: string;
  #at = HEAD_BYTES;
  #textAt = 0;

  constructor(bytes: Uint8Array) {
    const view = new DataView(assertBytes('bytes', bytes).buffer, bytes.byteOffset, bytes.byteLength);
    this.#bytes = bytes;
    this.#end = HEAD_BYTES + view.getUint32(0);
    invariant(this.#end <= bytes.length, 'a packed run that is cut');
    const coded = bytes.subarray(this.#end);
    this.#text = bytes[4] === TEXT_UTF8 ? utf8Decode(coded) : utf16Decode(coded);
  }

  /** True when all numbers have been read. */
  get isDone(): boolean {
    return this.#at >= this.#end;
  }

  uint(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at++]!;
    if (byte < 128) return byte;
    let value = byte & 127;
    let scale = 128;
    do {
      byte = bytes[this.#at++]!;
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte >= 128);
    return value;
  }

  int(): number {
    const value = this.uint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  float(): number {
    floatBytes.set(this.#bytes.subarray(this.#at, (this.#at += 8)));
    return floats[0]!;
  }

  /** A view, not a copy. */
  bytes(count: number): Uint8Array {
    return this.#bytes.subarray(this.#at, (this.#at += count));
  }

  /** A view, not a copy. */
  block(): Uint8Array {
    return this.bytes(this.uint());
  }

  text(): string {
    return this.chars(this.uint());
  }

  /** The next so many characters of the text. */
  chars(count: number): string {
    return this.#text.slice(this.#textAt, (this.#textAt += count));
  }

  /** Goes past the next text. */
  skipText(): void {
    this.#textAt += this.uint();
  }
}

const floats = new Float64Array(1);
const floatBytes = new Uint8Array(floats.buffer);

function utf16Encode(text: string): Uint8Array {
  const units = new Uint16Array(text.length);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  return new Uint8Array(units.buffer);
}

function utf16Decode(bytes: Uint8Array): string {
  const units = new Uint16Array(bytes.slice().buffer);
  let text = '';
  for (let i = 0; i < units.length; i += 4096) text += String.fromCharCode(...units.subarray(i, i + 4096));
  return text;
}
