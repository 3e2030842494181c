// Browser-safe.
/**
 * judge(): all findings about one subject. Start reading here.
 *
 * Reads  every rule file, one a family.   Used by  ledger/ (the subjects at hand), audit/ (all subjects).
 * Source design section 6: judge(subject, timeline, registry, index, asOf) → findings; order of `findings.md` "Semantics".
 * Never  reads a clock, a store or a random number: the same prefix gives the same findings, byte for byte.
 * @module
 */
import { assertActs } from '../custody/index.ts';
import type { Act, World } from '../custody/index.ts';
import { clones } from './clones.ts';
import { consumerChecks } from './consumer.ts';
import { custody } from './custody.ts';
import { diversion } from './diversion.ts';
import type { Finding } from './finding.ts';
import { codeIdentification, duplicates, identification } from './identification.ts';
import { licences } from './licences.ts';
import { actorRoles, distrustedKeys, labelSignatures, rememberedLabel } from './signatures.ts';
import { states } from './states.ts';
import { containerView, unitView, type SubjectView, assertJudged } from './view.ts';

/** Judges the subjects of one world. */
export class Judge {
  readonly #world: World;

  constructor(world: World) {
    assertJudged(world);
    this.#world = world;
  }

  /** Findings about a unit; `extra` is the scan in hand, judged as one more event after the prefix. */
  unit(unit: string, extra?: Act): readonly Finding[] {
    const view = unitView(this.#world, unit, extra);
    return [
      ...duplicates(view),
      ...labelSignatures(view, (presented) => rememberedLabel(this.#world.registry, presented)),
      ...distrustedKeys(view),
      ...actorRoles(view),
      ...identification(view),
      ...(view.timeline.commission === undefined ? [] : registered(view)),
      ...consumerChecks(view),
    ];
  }

  /** Findings about a container. */
  container(container: string): readonly Finding[] {
    const view = containerView(this.#world, container);
    return [
      ...duplicates(view),
      ...distrustedKeys(view),
      ...actorRoles(view),
      ...custody(view),
      ...licences(view),
      ...diversion(view),
    ];
  }

  /** Findings about a presented code that names no unit, from the events that recorded it. */
  code(code: string, acts: readonly Act[]): readonly Finding[] {
    assertActs(acts);
    return [...codeIdentification({ type: 'code', id: code }, acts)];
  }
}

/** Rules that only make sense for a unit its manufacturer registered. */
function* registered(view: SubjectView): Iterable<Finding> {
  yield* states(view);
  yield* custody(view);
  yield* licences(view);
  yield* clones(view);
  yield* diversion(view);
}
