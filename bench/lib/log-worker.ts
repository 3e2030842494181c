/**
 * One of the threads that make a large log's statements: every so many-th piece of the plan, signed, with its derived rows.
 *
 * Reads  plan.ts, the package by its name.   Used by  logs.ts, as a worker thread.
 * Note   every thread walks the whole plan, which is cheap, and makes only its own pieces; at most two wait to be fetched.
 * @module
 */
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import '../../dist/node-entry.js';
import { toBase64url } from '../../dist/bytes/index.js';
import { keyId } from '../../dist/crypto/index.js';
import { actsOfDocument, postingsOf } from '../../dist/custody/index.js';
import { lotId } from '../../dist/gs1/index.js';
import type { Posting } from '../../dist/log/index.js';
import { gtinOf, type Party } from './cast.ts';
import { lotName, lotNumber, makerNumber } from './journey.ts';
import { Plan, type Planned } from './plan.ts';
import type { LogSpec } from './logs.ts';

/** What a thread is told. */
export interface WorkerTask extends LogSpec {
  /** Statements of events in the log. */
  readonly statements: number;
  readonly pieceStatements: number;
  readonly worker: number;
  readonly workers: number;
}

/** A piece of the log. */
export interface Piece {
  /** Statements one after the other, and where each ends. */
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
  /** Derived rows of all of them. */
  readonly rows: readonly Posting[];
  /** When the last of its events happened, ms. */
  readonly timeMs: number;
}

/** Pieces made ahead of those fetched. */
const AHEAD = 2;
const kids = new Map<Party, string>();

async function work(task: WorkerTask): Promise<void> {
  const port = parentPort!;
  const plan = new Plan(task.kind, task.pace);
  const first = plan.enrolment().length;
  const statements = plan.statements();
  let ahead = 0;
  for (let begin = 0, piece = 0; begin < task.statements; begin += task.pieceStatements, piece++) {
    const end = Math.min(begin + task.pieceStatements, task.statements);
    const own: Planned[] = [];
    for (let i = begin; i < end; i++) {
      const { value } = statements.next();
      if (piece % task.workers === task.worker) own.push(value);
    }
    if (own.length === 0) continue;
    if (ahead >= AHEAD) await once(port, 'message').then(() => ahead--);
    const made = pieceOf(plan, own, first + begin);
    port.postMessage(made, [made.bytes.buffer as ArrayBuffer, made.ends.buffer as ArrayBuffer]);
    ahead++;
  }
}

function pieceOf(plan: Plan, planned: readonly Planned[], firstEntry: number): Piece {
  const parts: Uint8Array[] = [];
  const rows: Posting[] = [];
  for (const [i, one] of planned.entries()) {
    const document = plan.document(one);
    const bytes = plan.cast.sign(one.party, 'events', document, one.sequence);
    parts.push(bytes);
    const entry = firstEntry + i;
    const { party, sequence, group, stage } = one;
    const kid = kidOf(party);
    const acts = actsOfDocument(document, { entry, recordTimeMs: one.timeMs, issuer: party.id, kid });
    const lots = new Map<string, number>();
    if (stage.commissions === true) {
      const lot = lotId(gtinOf(makerNumber(plan.kind, group)), lotName(lotNumber(plan.kind, group)));
      lots.set(lot, plan.group(group).units.length);
    }
    const indexed = { bytes, isRegistry: false, signed: { kid, sequence } };
    for (const row of postingsOf(entry, indexed, acts, lots)) rows.push(row);
  }
  const ends = new Uint32Array(parts.length);
  let end = 0;
  for (const [i, part] of parts.entries()) ends[i] = end += part.length;
  const bytes = new Uint8Array(end);
  for (const [i, part] of parts.entries()) bytes.set(part, ends[i]! - part.length);
  return { bytes, ends, rows, timeMs: Math.max(...planned.map(({ timeMs }) => timeMs)) };
}

function kidOf(party: Party): string {
  let kid = kids.get(party);
  if (kid === undefined) kids.set(party, (kid = toBase64url(keyId(party.signer.publicKey))));
  return kid;
}

await work(workerData as WorkerTask);
