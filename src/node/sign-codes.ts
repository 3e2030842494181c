/**
 * Unit codes signed on several threads, in order: what the printing line of a large lot asks for.
 *
 * Reads  native.ts, gs1/ (codes and their messages).   Used by  services that print labels; bench/.
 * Method this thread checks each code and spells its message; pieces of messages go to worker threads as packed buffers, packed
 *        signatures come back, and what was asked first is given first. A thread is handed a native key object, never the seed.
 * Never  holds more than two pieces a thread, however many codes there are.
 * @module
 */
import type { KeyObject } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import {
  assertFunction,
  assertInteger,
  assertIterable,
  assertObject,
  assertOptions,
  concatBytes,
} from '../bytes/index.ts';
import { labelKeyId, unitCodeMessage, type SignedUnitCode, type UnitCode } from '../gs1/index.ts';
import { withSignature } from '../gs1/unit-code.ts';
import { nativeSigner, privateKeyOf } from './native.ts';

/** How to sign on several threads. */
export interface ParallelSigningOptions {
  /** Threads that sign, 1 .. 64; default 2. They are started as there is work for them. */
  readonly workers?: number;
  /** Ends the stream with `signal.reason`, looked at before each piece of at most 256 codes is given out. */
  readonly signal?: AbortSignal;
  /** Called after each piece with the number of codes given out; never awaited. */
  readonly onProgress?: (progress: { readonly done: number }) => void;
}

const WORKERS_DEFAULT = 2;
const WORKERS_MAX = 64;
/** Codes of a piece: about ten milliseconds of signing. */
const PIECE_CODES = 256;
/** Pieces in flight for each thread: one signed, one waiting. */
const PIECES_AHEAD = 2;
const SIGNATURE_BYTES = 64;

/**
 * Signs unit codes as they are pulled, on several threads: the same codes in the same order as `signUnitCodes` gives.
 *
 * @param codes - any iterable, asynchronous or not; pulled a few pieces ahead of what was taken, closed when the returned one is.
 * @param seed - the 32-byte RFC 8032 secret seed; copied into a native key object before this returns.
 * @returns an iterable to be walked once. Ending the walk early ends the threads.
 * @throws {TypeError | RangeError} for a wrong argument; while it is walked, after all codes before it: whatever `codes` or
 *   `signUnitCode` throws for a code, or `signal.reason`.
 * @example
 * for await (const signed of signUnitCodesParallel(codes, seed, { workers: 4 })) print(toElementString(signed));
 */
export function signUnitCodesParallel(
  codes: AsyncIterable<UnitCode> | Iterable<UnitCode>,
  seed: Uint8Array,
  options: ParallelSigningOptions = {},
): AsyncGenerator<SignedUnitCode, void, undefined> {
  assertIterable('codes', codes);
  const keyId = labelKeyId(nativeSigner(seed).publicKey);
  const {
    signal,
    onProgress,
    workers = WORKERS_DEFAULT,
  } = assertOptions('options', options, ['workers', 'signal', 'onProgress']);
  assertInteger('workers', workers, 1, WORKERS_MAX);
  if (signal !== undefined) assertObject('signal', signal, ['throwIfAborted']);
  if (onProgress !== undefined) assertFunction('onProgress', onProgress);
  return stream(piecesOf(codes, keyId), keyId, new Threads(privateKeyOf(seed), workers), options);
}

async function* stream(
  pieces: AsyncIterable<Piece>,
  keyId: string,
  threads: Threads,
  { signal, onProgress }: ParallelSigningOptions,
): AsyncGenerator<SignedUnitCode, void, undefined> {
  const pending: SignedPiece[] = [];
  let done = 0;
  let failure: Piece['failure'];
  const give = async function* (): AsyncGenerator<SignedUnitCode, void, undefined> {
    const { codes, signatures } = pending.shift()!;
    const packed = await signatures;
    signal?.throwIfAborted();
    for (const [i, code] of codes.entries()) {
      yield withSignature(code, keyId, packed.slice(i * SIGNATURE_BYTES, (i + 1) * SIGNATURE_BYTES));
    }
    done += codes.length;
    onProgress?.({ done });
  };
  try {
    for await (const piece of pieces) {
      signal?.throwIfAborted();
      ({ failure } = piece);
      if (piece.codes.length > 0) {
        const signatures = threads.sign(piece);
        // Whoever stops walking never asks for what was in flight.
        signatures.catch(() => undefined);
        pending.push({ codes: piece.codes, signatures });
      }
      if (pending.length >= threads.piecesMax) yield* give();
    }
    while (pending.length > 0) yield* give();
    if (failure !== undefined) throw failure.reason;
  } finally {
    await threads.end();
  }
}

/** Codes with their messages one after the other. */
interface Piece {
  readonly codes: readonly UnitCode[];
  readonly messages: Uint8Array;
  /** Where each message ends. */
  readonly ends: Uint32Array;
  /** Why there are no more. */
  readonly failure: { readonly reason: unknown } | undefined;
}

interface SignedPiece {
  readonly codes: readonly UnitCode[];
  /** 64 bytes a code. */
  readonly signatures: Promise<Uint8Array>;
}

/** Never throws: what goes wrong stands in the last piece, behind the codes before it. */
async function* piecesOf(
  codes: AsyncIterable<UnitCode> | Iterable<UnitCode>,
  keyId: string,
): AsyncGenerator<Piece, void, undefined> {
  let taken: UnitCode[] = [];
  let messages: Uint8Array[] = [];
  const packed = (failure: Piece['failure']): Piece => {
    let end = 0;
    const ends = Uint32Array.from(messages, ({ length }) => (end += length));
    const piece = { codes: taken, messages: concatBytes(...messages), ends, failure };
    taken = [];
    messages = [];
    return piece;
  };
  let failure: Piece['failure'];
  try {
    for await (const code of codes) {
      messages.push(unitCodeMessage(code, keyId));
      taken.push({ gtin: code.gtin, serial: code.serial, lot: code.lot, expiry: code.expiry });
      if (taken.length === PIECE_CODES) yield packed(undefined);
    }
  } catch (reason) {
    failure = { reason };
  }
  yield packed(failure);
}

/** The whole program of a signing thread: plain JavaScript, so that it runs wherever this file was bundled to. */
const PROGRAM = `
const { parentPort, workerData: key } = require('node:worker_threads');
const { sign } = require('node:crypto');
parentPort.on('message', ({ messages, ends }) => {
  const signatures = new Uint8Array(${SIGNATURE_BYTES} * ends.length);
  ends.forEach((end, i) => {
    signatures.set(sign(null, messages.subarray(i === 0 ? 0 : ends[i - 1], end), key), ${SIGNATURE_BYTES} * i);
  });
  parentPort.postMessage(signatures, [signatures.buffer]);
});
`;

/** Threads that take pieces in turn. */
class Threads {
  readonly piecesMax: number;
  readonly #key: KeyObject;
  readonly #workersMax: number;
  readonly #threads: Thread[] = [];
  #next = 0;

  constructor(key: KeyObject, workersMax: number) {
    this.#key = key;
    this.#workersMax = workersMax;
    this.piecesMax = workersMax * PIECES_AHEAD;
  }

  /** The signatures of a piece, whose buffers are given away. */
  async sign(piece: Piece): Promise<Uint8Array> {
    const turn = this.#next++ % this.#workersMax;
    const thread = (this.#threads[turn] ??= new Thread(this.#key));
    return thread.sign(piece);
  }

  async end(): Promise<void> {
    await Promise.all(this.#threads.map(async (thread) => thread.end()));
  }
}

interface Waiting {
  readonly resolve: (signatures: Uint8Array) => void;
  readonly reject: (reason: unknown) => void;
}

/** One thread; it answers in the order it was asked. */
class Thread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];

  constructor(key: KeyObject) {
    this.#worker = new Worker(PROGRAM, { eval: true, workerData: key });
    this.#worker.on('message', (signatures: Uint8Array) => this.#waiting.shift()?.resolve(signatures));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the signing thread has ended')));
  }

  async sign({ messages, ends }: Piece): Promise<Uint8Array> {
    const signatures = new Promise<Uint8Array>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.#worker.postMessage({ messages, ends }, [
      messages.buffer as ArrayBuffer,
      ends.buffer as ArrayBuffer,
    ]);
    return signatures;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(reason: unknown): void {
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
  }
}
