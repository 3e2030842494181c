// Browser-safe.
/**
 * A crew: one hand inline, or one in each of several threads. Who asks does not see which.
 *
 * Reads  hand.ts, host.ts, failures.ts.   Used by  audit.ts and its phases.
 * Rule   orders to all are carried out before later orders to one; buffers of an order belong to whoever carries it out.
 * Never  outlives close(): a failure or an abort ends the threads, whatever they are doing.
 * @module
 */
import { assertArray, assertInteger, assertObject } from '../bytes/index.ts';
import { InternalError } from '../errors.ts';
import { heardFailure, type Failure } from './failures.ts';
import { Hand, type Answer, type Order, type Shared } from './hand.ts';
import { auditHost, type AuditThread, type StartThread } from './host.ts';

/** Carries out orders. */
export interface Crew {
  /** How many work at once. */
  readonly workers: number;
  /** Most orders worth having under way at once. */
  readonly ahead: number;
  /** Has one of them carry out an order. */
  carryOut(order: Order): Promise<Answer>;
  /** Has each of them carry out an order. */
  tellAll(order: Order): Promise<void>;
  /** Ends all work. Idempotent. */
  close(): Promise<void>;
}

/** A crew of so many, or of one where this machine offers no threads. */
export function hire(workers: number, own: Shared): Crew {
  assertInteger('workers', workers, 1);
  const start = auditHost()?.startThread;
  return workers === 1 || start === undefined
    ? new InlineCrew(new Hand(own))
    : new ThreadCrew(start, workers);
}

/** Results of tasks in their order, at most so many of them under way. */
export async function* inOrder<T>(
  tasks: AsyncIterable<() => Promise<T>> | Iterable<() => Promise<T>>,
  ahead: number,
): AsyncIterable<T> {
  const flying: Promise<T>[] = [];
  for await (const task of tasks) {
    const result = task();
    // Whoever waits hears of it; while nobody waits, it must not end the process.
    result.catch(() => undefined);
    flying.push(result);
    if (flying.length >= ahead) yield await flying.shift()!;
  }
  while (flying.length > 0) yield await flying.shift()!;
}

class InlineCrew implements Crew {
  readonly workers = 1;
  readonly ahead = 1;
  readonly #hand: Hand;

  constructor(hand: Hand) {
    this.#hand = hand;
  }

  async carryOut(order: Order): Promise<Answer> {
    return this.#hand.carryOut(order);
  }

  async tellAll(order: Order): Promise<void> {
    await this.#hand.carryOut(order);
  }

  async close(): Promise<void> {}
}

/** What a thread answers: the answer to its oldest open order, or why there is none. */
interface Reply {
  readonly answer?: Answer;
  readonly failure?: Failure;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

class ThreadCrew implements Crew {
  readonly workers: number;
  readonly ahead: number;
  readonly #members: Member[];

  constructor(start: StartThread, workers: number) {
    this.workers = workers;
    this.ahead = 2 * workers;
    this.#members = [];
    try {
      while (this.#members.length < workers) this.#members.push(new Member(start));
    } catch (error) {
      // Those that did start would keep the process alive.
      void this.close();
      throw error;
    }
  }

  async carryOut(order: Order): Promise<Answer> {
    let freest = this.#members[0]!;
    for (const member of this.#members) if (member.load < freest.load) freest = member;
    return freest.carryOut(order, buffersOf(order));
  }

  async tellAll(order: Order): Promise<void> {
    await Promise.all(this.#members.map((member) => member.carryOut(order, [])));
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.close()));
  }
}

/** One thread. */
class Member {
  readonly #thread: AuditThread;
  readonly #waiting: Waiting[] = [];
  #failure: unknown;

  constructor(start: StartThread) {
    this.#thread = start(THREAD, {
      onMessage: (message) => this.#take(assertObject('message', message as Reply)),
      onError: (error) => this.#fail(error),
    });
  }

  /** Orders given and not yet carried out. */
  get load(): number {
    return this.#waiting.length;
  }

  async carryOut(order: Order, transfer: readonly ArrayBuffer[]): Promise<Answer> {
    if (this.#failure !== undefined) throw this.#failure;
    return new Promise<Answer>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#thread.post(order, transfer);
    });
  }

  async close(): Promise<void> {
    this.#fail(new InternalError('the audit has ended'));
    await this.#thread.terminate();
  }

  #take({ answer, failure }: Reply): void {
    const waiting = this.#waiting.shift();
    if (failure === undefined) waiting?.resolve(answer);
    else waiting?.reject(heardFailure(failure));
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}

/** What threads run stands, compiled, beside this. */
const THREAD = new URL('./thread.js', import.meta.url).href;

/** Buffers that can be handed over instead of copied, each once. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  collect(value, buffers);
  return [...buffers];
}

function collect(value: unknown, buffers: Set<ArrayBuffer>): void {
  if (typeof value !== 'object' || value === null) return;
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer && value.buffer.byteLength > 0) buffers.add(value.buffer);
    return;
  }
  const parts: readonly unknown[] = Array.isArray(value)
    ? assertArray('value', value, Infinity)
    : Object.values(value);
  for (const part of parts) collect(part, buffers);
}
