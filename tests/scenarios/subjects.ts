/**
 * Findings in the words of a story: code, level, and the subject by its name.
 *
 * Reads  tale.ts, src/judgement.   Used by  runner.ts.
 * @module
 */
import { toBase64url } from '../../src/bytes/index.ts';
import { keyId } from '../../src/crypto/index.ts';
import type { Finding } from '../../src/judgement/index.ts';
import { CAST, ID, SIGNER } from '../support/cast.ts';
import type { Expectation } from './parse.ts';
import type { Tale } from './tale.ts';

const PARTIES = new Map(CAST.map((who) => [ID[who], who as string]));
const KEYS = new Map(CAST.map((who) => [toBase64url(keyId(SIGNER[who].publicKey)), `${who}'s key`]));

/** A finding as a `finds` line writes it. */
export function spell(tale: Tale, { code, severity, subject }: Finding): string {
  return `${code} L${severity} ${subjectName(tale, subject)}`;
}

/** An expectation in the same form. */
export function spellExpected({ code, level, subject }: Expectation): string {
  return `${code} L${level} ${subject}`;
}

/** A subject's name in the story; its id where the story has none. */
export function subjectName(tale: Tale, { type, id }: Finding['subject']): string {
  const named = tale.names.get(id);
  if (named !== undefined) return named;
  switch (type as string) {
    case 'lot':
      return lotName(id);
    case 'stock': {
      const [party = '', lot = ''] = id.split(' ');
      return `${PARTIES.get(party) ?? party}'s ${lotName(lot)}`;
    }
    case 'licence':
      return `licence ${id}`;
    case 'key':
      return keyName(tale, id);
    case 'statement':
      return statementName(tale, Number(id));
    case 'case':
      return `case ${id}`;
    case 'log':
      return 'the log';
    default:
      return namedInside(tale, id);
  }
}

function lotName(lot: string): string {
  return decodeURIComponent(lot.slice(lot.lastIndexOf('/') + 1));
}

function keyName(tale: Tale, kid: string): string {
  for (const [name, { signer }] of tale.signers) {
    if (toBase64url(keyId(signer.publicKey)) === kid) return name;
  }
  return KEYS.get(kid) ?? kid;
}

function statementName(tale: Tale, entry: number): string {
  for (const [name, { step }] of tale.named) if (step.entry === entry) return name;
  return `the statement of entry ${entry}`;
}

/** Some ids are made of others: an event's of its signer and eventID, a hand-over's of parties and goods. */
function namedInside(tale: Tale, id: string): string {
  return id
    .split(' ')
    .map((part) => tale.names.get(part) ?? PARTIES.get(part) ?? part)
    .join(' ');
}
