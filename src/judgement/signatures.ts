// Browser-safe.
/**
 * SG rules: did the manufacturer sign this code, and may this signer take this step?
 *
 * Reads  view.ts, gs1/ (signed codes), crypto/ through gs1.   Used by  judge.ts.
 * Source `findings.md` SG-02, SG-03, SG-04, SG-06, SG-08, SG-09; design section 3 "Ed25519: one verdict".
 * Note   a label signature costs one verification for each distinct presented code and state of the registry.
 * @module
 */
import { assertRegistry } from '../registry/index.ts';
import type { Stride } from '../custody/index.ts';
import { labelKeyId, parseCode, verifyUnitCode } from '../gs1/index.ts';
import type { Registry } from '../registry/index.ts';
import { finding, type Finding } from './finding.ts';
import { isSecondLine, nameOf, type SubjectView } from './view.ts';

/** What a presented code's signature says. */
export type LabelVerdict = 'unsigned' | 'valid' | 'invalid' | 'key-unknown';

/** Verdict on the signature of a presented code, against the keys of its product's manufacturer. Pure. */
export function labelVerdict(registry: Registry, presented: string): LabelVerdict {
  assertRegistry(registry);
  const parsed = parseCode(presented);
  if (!parsed.ok || parsed.code.signature === undefined || parsed.code.product === undefined)
    return 'unsigned';
  const manufacturer = registry.manufacturerOf(parsed.code.product);
  if (manufacturer === undefined) return 'unsigned';
  const key = registry
    .keysOf(manufacturer)
    .find(({ publicKey }) => labelKeyId(publicKey) === parsed.code.keyId);
  if (key === undefined) return 'key-unknown';
  return verifyUnitCode(parsed.code, key.publicKey) ? 'valid' : 'invalid';
}

/** Verdicts of one state of a registry; a new fact may change any of them. */
interface LabelMemory {
  readonly size: number;
  readonly verdicts: Map<string, LabelVerdict>;
}

const LABELS_REMEMBERED_MAX = 100_000;
const memories = new WeakMap<Registry, LabelMemory>();

/** {@link labelVerdict}, verified once for each code and state of the registry. */
export function rememberedLabel(registry: Registry, presented: string): LabelVerdict {
  let memory = memories.get(registry);
  if (
    memory === undefined ||
    memory.size !== registry.size ||
    memory.verdicts.size >= LABELS_REMEMBERED_MAX
  ) {
    memory = { size: registry.size, verdicts: new Map() };
    memories.set(registry, memory);
  }
  let verdict = memory.verdicts.get(presented);
  if (verdict === undefined) {
    verdict = labelVerdict(registry, presented);
    memory.verdicts.set(presented, verdict);
  }
  return verdict;
}

/** SG-02 and SG-03: the signatures on recorded codes. */
export function* labelSignatures(view: SubjectView): Iterable<Finding> {
  const { subject, timeline, registry } = view;
  for (const stride of timeline.strides) {
    const presented = stride.act.scan?.presented;
    if (presented === undefined || stride.duplicateOf !== undefined) continue;
    const verdict = rememberedLabel(registry, presented);
    if (verdict !== 'invalid' && verdict !== 'key-unknown') continue;
    const secondLine = timeline.commission !== undefined && isSecondLine(view, stride);
    const code = verdict === 'invalid' ? 'SG-02' : 'SG-03';
    yield finding({ code, severity: 3, subject, acts: [stride.act], secondLine });
  }
}

/** SG-04: recorded while the signer's key was distrusted; one finding for each key. */
export function* distrustedKeys(view: SubjectView): Iterable<Finding> {
  for (const { act } of view.timeline.strides) {
    const key = view.registry.key(act.kid);
    if (key === undefined || act.recordTimeMs < key.distrustSinceMs) continue;
    yield finding({ code: 'SG-04', severity: 2, subject: { type: 'key', id: act.kid }, acts: [act] });
  }
}

/** SG-06, SG-08, SG-09: steps by signers whose role, registration or prefix does not allow them. */
export function* actorRoles(view: SubjectView): Iterable<Finding> {
  for (const stride of view.timeline.strides) {
    if (stride.duplicateOf !== undefined || stride.act.ref.entry === view.inHand) continue;
    const found = actorRole(view, stride);
    if (found !== undefined) yield found;
  }
}

function actorRole(view: SubjectView, stride: Stride): Finding | undefined {
  const { act, admission } = stride;
  const { subject, registry } = view;
  const detail = `${nameOf(registry, act.actor)}, step ${act.step}`;
  const base = { subject, acts: [act], secondLine: true, detail };
  if (!admission.ok && admission.reason === 'unknown')
    return finding({ ...base, code: 'SG-08', severity: 3 });
  if (!admission.ok && admission.reason === 'role') return finding({ ...base, code: 'SG-09', severity: 3 });
  const foreign =
    act.step === 'commission' &&
    view.product !== undefined &&
    registry.manufacturerOf(view.product) !== act.actor;
  return foreign ? finding({ ...base, code: 'SG-06', severity: 4 }) : undefined;
}
