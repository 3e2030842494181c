// Browser-safe.
/**
 * Signed notes (C2SP): verifier keys, notes, checkpoints, tlog-proof files.
 * @module
 */
export {
  KEY_NAME_LENGTH_MAX,
  assertNoteVerifier,
  formatVerifierKey,
  isKeyName,
  noteKeyId,
  parseVerifierKey,
  type NoteVerifier,
} from './key.ts';
export {
  NOTE_LENGTH_MAX,
  NOTE_SIGNATURES_MAX,
  assertNoteSigner,
  openNote,
  parseNote,
  signNote,
  type NoteFault,
  type NoteResult,
  type NoteSignature,
  type NoteSigner,
  type ParsedNote,
} from './note.ts';
export {
  checkCheckpoint,
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
  type Checkpoint,
  type CheckpointFault,
  type CheckpointResult,
} from './checkpoint.ts';
export { formatTlogProof, parseTlogProof, type TlogProof } from './tlog-proof.ts';
