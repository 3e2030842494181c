/**
 * The kernel opened for tests: its inner functions, and whole batches without the library around it.
 *
 * Reads  kernel/build.ts, which compiles a kernel whose entry exports more.   Used by  tests/kernel.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { compileKernel } from '../../kernel/build.ts';

/** The modulus 2^255 - 19 and the group order L. */
export const P = 2n ** 255n - 19n;
export const L = 2n ** 252n + 27742317777372353535851937790883648493n;

const ENTRY = `
export * from './index';
export { multiply, multiplyAgain, square, squareTimes } from './products';
export { decompress } from './decompress';
export { invert } from './inverse';
export { sha512 } from './sha512';
export { addProduct, isReduced, multiplyScalars, negateScalar, reduce } from './scalar';
import { fromBytes, oddLanes, zeroLanes } from './field';
export function signs(dst: usize, a: usize, b: usize, c: usize, d: usize): i32 {
  return i32x4.bitmask(fromBytes(dst, a, b, c, d));
}
export function zeros(a: usize): i32 {
  return i32x4.bitmask(zeroLanes(a));
}
export function odds(a: usize): i32 {
  return i32x4.bitmask(oddLanes(a));
}
export const SPACE: usize = memory.data(131072, 16);
`;

/** Addresses and numbers are i32 throughout. */
type Inner = Readonly<Record<string, (...args: number[]) => number>>;

/** A kernel with its inner functions. */
export interface OpenKernel {
  readonly call: Inner;
  readonly memory: WebAssembly.Memory;
  /** Address of 128 KiB that the kernel leaves alone. */
  readonly space: number;
}

/** Compiles and opens a kernel: some seconds. */
export async function openKernel(): Promise<OpenKernel> {
  const bytes = new Uint8Array(await compileKernel(ENTRY));
  const { instance } = await WebAssembly.instantiate(bytes);
  const { memory, SPACE, ...call } = instance.exports;
  (call as Inner)['layout']!(0, 0, 0);
  return {
    call: call as Inner,
    memory: memory as WebAssembly.Memory,
    space: (SPACE as WebAssembly.Global<'i32'>).value,
  };
}

/** Writes one lane of an element: twenty limbs. */
export function putLimbs({ memory }: OpenKernel, at: number, lane: number, limbs: readonly number[]): void {
  const words = new Int16Array(memory.buffer, at, 80);
  limbs.forEach((limb, k) => (words[8 * (k >> 1) + 2 * lane + (k & 1)] = limb));
}

/** Reads one lane of an element. */
export function getLimbs({ memory }: OpenKernel, at: number, lane: number): number[] {
  const words = new Int16Array(memory.buffer, at, 80);
  return Array.from({ length: 20 }, (_, k) => words[8 * (k >> 1) + 2 * lane + (k & 1)]!);
}

/** The number modulo p that limbs of radix 2^13 stand for. */
export function valueOf(limbs: readonly number[]): bigint {
  return modulo(
    limbs.reduce((sum, limb, k) => sum + (BigInt(limb) << BigInt(13 * k)), 0n),
    P,
  );
}

/** Least non-negative residue. */
export function modulo(a: bigint, m: bigint): bigint {
  return ((a % m) + m) % m;
}

/** `length` bytes, little-endian. */
export function toBytes(a: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Number((a >> BigInt(8 * i)) & 255n));
}

/** A little-endian number. */
export function toNumber(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** Copies bytes into the kernel's memory. */
export function write({ memory }: OpenKernel, at: number, bytes: Uint8Array): void {
  new Uint8Array(memory.buffer).set(bytes, at);
}

/** Copies bytes out of it. */
export function readBytes({ memory }: OpenKernel, at: number, length: number): Uint8Array {
  return new Uint8Array(memory.buffer, at, length).slice();
}

/** One signature of a batch, its key by index. */
export interface Item {
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  readonly key: number;
}

/** Verdicts of a batch as the kernel's ABI gives them. */
export function verdictsOf(
  kernel: OpenKernel,
  items: readonly Item[],
  keys: readonly Uint8Array[],
): Uint8Array {
  const verdicts = layOut(kernel, items, keys);
  const bad = kernel.call['verifyAll']!(items.length, keys.length);
  const found = readBytes(kernel, verdicts, items.length);
  if (bad !== found.filter((verdict) => verdict === 0).length) throw new Error('count and verdicts disagree');
  return found;
}

/** The verdict of the exact check, by itself. */
export function verdictAlone(kernel: OpenKernel, item: Item, key: Uint8Array): number {
  layOut(kernel, [{ ...item, key: 0 }], [key]);
  return kernel.call['verifyOne']!();
}

/** Fills the kernel's memory with a batch and fresh coefficients; returns the address of the verdicts. */
function layOut(kernel: OpenKernel, items: readonly Item[], keys: readonly Uint8Array[]): number {
  const total = items.reduce((sum, { message }) => sum + message.length, 0);
  const table = kernel.call['layout']!(items.length, keys.length, total);
  const [signatures, index, offsets, messages, keysAt, random, verdicts] = new Uint32Array(
    kernel.memory.buffer,
    table,
    7,
  );
  const view = new DataView(kernel.memory.buffer);
  let offset = 0;
  items.forEach(({ signature, message, key }, i) => {
    write(kernel, signatures! + 64 * i, signature);
    view.setUint32(index! + 4 * i, key, true);
    view.setUint32(offsets! + 4 * i, offset, true);
    write(kernel, messages! + offset, message);
    offset += message.length;
  });
  view.setUint32(offsets! + 4 * items.length, offset, true);
  keys.forEach((key, i) => write(kernel, keysAt! + 32 * i, key));
  write(kernel, random!, randomBytes(16 * items.length));
  return verdicts!;
}
