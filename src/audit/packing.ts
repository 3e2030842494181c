// Browser-safe.
/**
 * Packing: numbers and strings as one run of bytes, so that what one stage of the audit tells the next can be handed to another thread
 * or put on disk without an object changing hands.
 *
 * Reads  bytes/.   Used by  packed-acts.ts, packed-ids.ts, range.ts, every stage's results.
 * Layout uint32 length of the number bytes · uint8 how text is written · number bytes · text. Integers are varints of seven bits, low
 *        ones first; signed ones zigzag; strings are lengths among the numbers, their characters follow one another in the text.
 * Why    one text for all strings: it is decoded once, and each string is then a slice of it.
 * Never  read from a stranger: both ends are this library in one process, so a run that ends early is a bug, not bad data.
 * @module
 */
import { assertBytes, assertText, isWellFormed, utf8Decode, utf8Encode } from '../bytes/index.ts';
import { invariant } from '../errors.ts';

const HEAD_BYTES = 5;
const TEXT_UTF8 = 0;
/** Only a text with a lone surrogate, which UTF-8 cannot say. */
const TEXT_UTF16 = 1;
/** Texts up to this long are copied here, character by character; a call of the encoder costs as much as that. */
const SHORT_TEXT = 48;
const BYTES_FIRST = 1024;
/** A packer that is empty again keeps no more room than this for what comes next. */
const BYTES_KEPT = 32 * 1024;

/** Writes a run. */
export class Packer {
  #bytes = new Uint8Array(BYTES_FIRST);
  #length = HEAD_BYTES;
  /** The text so far, in UTF-8. */
  #text = new Uint8Array(BYTES_FIRST);
  #textLength = 0;
  /** The same as text, once a part of it is nothing that UTF-8 can say. */
  #wide: string[] | undefined;

  /** True while nothing was written. */
  get isEmpty(): boolean {
    return this.#length === HEAD_BYTES;
  }

  /** A non-negative safe integer. */
  uint(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#bytes = grown(this.#bytes, this.#length, 8);
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
    const { length } = bytes;
    if (this.#length + length > this.#bytes.length) this.#bytes = grown(this.#bytes, this.#length, length);
    this.#bytes.set(bytes, this.#length);
    this.#length += length;
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
    const { length } = assertText('text', text);
    if (this.#wide !== undefined) {
      this.#wide.push(text);
      return;
    }
    this.#makeRoom(3 * length);
    if (length <= SHORT_TEXT && this.#copied(text)) return;
    const { written } = encoder.encodeInto(text, this.#text.subarray(this.#textLength));
    // As many bytes as characters: all of them are ASCII.
    if (written !== length && !isWellFormed(text)) {
      this.#wide = [utf8Decode(this.#text.subarray(0, this.#textLength)), text];
      return;
    }
    this.#textLength += written;
  }

  /** Characters whose number the reader knows, given as the bytes [start, end) of ASCII text. */
  ascii(bytes: Uint8Array, start: number, end: number): void {
    if (this.#wide !== undefined) {
      this.#wide.push(String.fromCharCode(...bytes.subarray(start, end)));
      return;
    }
    this.#makeRoom(end - start);
    const text = this.#text;
    let to = this.#textLength;
    for (let at = start; at < end; at++) text[to++] = bytes[at]!;
    this.#textLength = to;
  }

  /** A text as {@link ascii}, with its length before it. */
  span(bytes: Uint8Array, start: number, end: number): void {
    this.uint(end - start);
    this.ascii(bytes, start, end);
  }

  /** All that was written, in a buffer of its own; the packer is empty again. */
  finish(): Uint8Array {
    const out = new Uint8Array(this.size);
    this.finishAt(out, 0);
    return out;
  }

  /** How long all that was written is. */
  get size(): number {
    const wide = this.#wide?.reduce((length, text) => length + 2 * text.length, 0);
    return this.#length + (wide ?? this.#textLength);
  }

  /** Puts all that was written, {@link size} bytes, at a place of `out`; the packer is empty again. */
  finishAt(out: Uint8Array, at: number): void {
    const isWide = this.#wide !== undefined;
    const text = isWide ? utf16Encode(this.#wide!.join('')) : this.#text.subarray(0, this.#textLength);
    out.set(this.#bytes.subarray(0, this.#length), at);
    out.set(text, at + this.#length);
    new DataView(out.buffer, out.byteOffset).setUint32(at, this.#length - HEAD_BYTES);
    out[at + 4] = isWide ? TEXT_UTF16 : TEXT_UTF8;
    if (this.#bytes.length > BYTES_KEPT) this.#bytes = new Uint8Array(BYTES_FIRST);
    if (this.#text.length > BYTES_KEPT) this.#text = new Uint8Array(BYTES_FIRST);
    this.#length = HEAD_BYTES;
    this.#textLength = 0;
    this.#wide = undefined;
  }

  /** Copies a short text; false, and nothing done, unless it is ASCII. */
  #copied(text: string): boolean {
    const out = this.#text;
    const start = this.#textLength;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return false;
      out[start + i] = unit;
    }
    this.#textLength = start + text.length;
    return true;
  }

  #makeRoom(more: number): void {
    if (this.#textLength + more > this.#text.length) this.#text = grown(this.#text, this.#textLength, more);
  }
}

const encoder = new TextEncoder();

/** The first `length` bytes with room for so many more. */
function grown(bytes: Uint8Array<ArrayBuffer>, length: number, more: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(2 * (length + more));
  out.set(bytes.subarray(0, length));
  return out;
}

/** Where some bytes stand. */
export interface BytePlace {
  readonly at: number;
  readonly length: number;
}

/** Bytes one after the other. */
export class ByteList {
  #bytes = new Uint8Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }
  get size(): number {
    return this.#length;
  }

  /** Adds the bytes [start, end) of others. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const to = this.#roomFor(end - start);
    if (end - start > SHORT_TEXT) this.#bytes.set(bytes.subarray(start, end), to);
    else for (let at = start, out = to; at < end; at++, out++) this.#bytes[out] = bytes[at]!;
  }

  /** Adds a text in UTF-8; where it stands. */
  addText(text: string): BytePlace {
    const coded = utf8Encode(text);
    const { length } = coded;
    const at = this.#roomFor(length);
    this.#bytes.set(coded, at);
    return { at, length };
  }

  finishAt(out: Uint8Array, at: number): void {
    out.set(this.#bytes.subarray(0, this.#length), at);
    this.#length = 0;
  }

  #roomFor(length: number): number {
    const to = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) {
      const room = new Uint8Array(2 * this.#length);
      room.set(this.#bytes.subarray(0, to));
      this.#bytes = room;
    }
    return to;
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
