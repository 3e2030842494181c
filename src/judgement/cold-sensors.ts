// Browser-safe.
/**
 * CC rules about the reports themselves: who measured, with what, and whether the report makes sense.
 *
 * Reads  cold-memory.ts, cold-readings.ts, view.ts.   Used by  cold-chain.ts.
 * Source `findings.md` CC-10, CC-12, CC-13; which devices need a calibration is policy.
 * Never  lets such a report accuse above L2, nor clear: what it measured is left out, or casts doubt only (cold-readings.ts).
 * @module
 */
import type { Act, Stride } from '../custody/index.ts';
import { coldMemory } from './cold-memory.ts';
import { deviceTrust, DEVICE_CALIBRATION, standingOf } from './cold-readings.ts';
import { finding, NO_FINDINGS, type Finding } from './finding.ts';
import { isSecondLine, nameOf, policyFor, type SubjectView } from './view.ts';

/**
 * CC-10, CC-12 and CC-13 of the events that name the subject.
 * @param isKept - false for goods that need no cold: who measured them is nobody's business.
 */
export function sensorReports(view: SubjectView, isKept: boolean): readonly Finding[] {
  const memory = coldMemory(view.world);
  let isFaulty = false;
  let isForeign = false;
  let isDoubted = false;
  for (const { act, line, duplicateOf } of view.timeline.strides) {
    const { more } = act;
    if (more === undefined || duplicateOf !== undefined) continue;
    if (more.sensorFaults.length > 0) isFaulty = true;
    else if (more.readings.length === 0) continue;
    if (!isKept) continue;
    if (line !== 'main') isForeign = true;
    if (memory.trusts(act).length > 0) isDoubted = true;
  }
  if (!isFaulty && !isForeign && !isDoubted) return NO_FINDINGS;
  const measured = view.timeline.strides.filter(isReport);
  const found: Finding[] = [];
  if (isForeign)
    found.push(
      ...strangers(
        view,
        measured.filter(({ line }) => line !== 'main'),
      ),
    );
  if (isDoubted)
    found.push(
      ...devices(
        view,
        measured.filter(({ act }) => memory.trusts(act).length > 0),
      ),
    );
  if (isFaulty) found.push(...faulty(view, measured));
  return found;
}

/** True of an event that reports temperatures, or fails to. */
function isReport({ act: { more }, duplicateOf }: Stride): boolean {
  if (more === undefined || duplicateOf !== undefined) return false;
  return more.sensorFaults.length > 0 || more.readings.length > 0;
}

/** CC-12 and CC-13: reports that make no sense. */
function* faulty(view: SubjectView, strides: readonly Stride[]): Iterable<Finding> {
  for (const [code, faults] of [
    ['CC-12', ['time', 'contradiction']],
    ['CC-13', ['unit']],
  ] as const) {
    const wrong = strides.filter(({ act }) =>
      act.more!.sensorFaults.some((fault) => (faults as readonly string[]).includes(fault)),
    );
    if (wrong.length === 0) continue;
    const secondLine = wrong.every((stride) => isSecondLine(view, stride));
    yield finding({ code, severity: 1, subject: view.subject, acts: actsOf(wrong), secondLine });
  }
}

/** CC-10: measured by somebody who never had the goods, nor speaks for them; one finding a party. */
function* strangers(view: SubjectView, strides: readonly Stride[]): Iterable<Finding> {
  const { world, subject, timeline, product, registry } = view;
  const byParty = new Map<string, Stride[]>();
  for (const stride of strides) {
    const isStrange = stride.act.more!.readings.some(
      (reading) => standingOf(world, subject.id, timeline, stride, reading, product) === 'stranger',
    );
    if (!isStrange) continue;
    const { actor } = stride.act;
    byParty.set(actor, [...(byParty.get(actor) ?? []), stride]);
  }
  for (const [party, reports] of byParty) {
    const detail = `${nameOf(registry, party)} had nothing to do with the goods`;
    yield finding({ code: 'CC-10', severity: 2, subject, acts: actsOf(reports), secondLine: true, detail });
  }
}

/** CC-10: measured by a device out of calibration, or by one the log does not know where policy asks for it. */
function* devices(view: SubjectView, strides: readonly Stride[]): Iterable<Finding> {
  const { subject, registry } = view;
  const ended: Stride[] = [];
  const unknown: Stride[] = [];
  const facts = new Set<number | undefined>();
  for (const stride of strides) {
    const policy = policyFor(view, stride.act);
    let worst: 'fine' | 'ended' | 'unknown' = 'fine';
    for (const reading of stride.act.more!.readings) {
      const trust = deviceTrust(registry, policy, reading);
      if (trust === 'fine') continue;
      worst = trust;
      if (trust === 'ended' && reading.device !== undefined) {
        facts.add(
          registry.licence(reading.device, DEVICE_CALIBRATION, { timeMs: reading.endMs }).fact?.entry,
        );
      }
    }
    if (worst === 'ended') ended.push(stride);
    else if (worst === 'unknown') unknown.push(stride);
  }
  for (const [reports, entries, detail] of [
    [ended, [...facts], 'the calibration of the device had ended'],
    [unknown, [], 'no calibration of the device is recorded'],
  ] as const) {
    if (reports.length === 0) continue;
    const secondLine = isSecondLine(view, ...reports);
    const acts = actsOf(reports);
    yield finding({ code: 'CC-10', severity: 2, subject, acts, facts: entries, secondLine, detail });
  }
}

function actsOf(strides: readonly Stride[]): readonly Act[] {
  return strides.map(({ act }) => act);
}
