/**
 * Good calls of the rooms whose functions take what this library itself made: acts, timelines, worlds, findings.
 *
 * Reads  samples.ts.   Used by  attack.ts.
 * @module
 */
import * as custody from '../../src/custody/index.ts';
import * as judgement from '../../src/judgement/index.ts';
import * as registry from '../../src/registry/index.ts';
import { DEFAULT_POLICY } from '../../src/statement/index.ts';
import { GENESIS_MS, ID, LOT_ID, PRODUCT, SITE, siteOf } from '../support/cast.ts';
import type { AnyFunction, Recipe } from './recipes.ts';
import * as s from './samples.ts';

export const INNER_RECIPES = new Map<AnyFunction, Recipe>();

function recipe(target: AnyFunction, ...args: readonly unknown[]): void {
  INNER_RECIPES.set(target, { args: () => args, shallow: true });
}

const point = { latitude: 1, longitude: 1 };

const completion = {
  dosesRemain: false,
  containerCustody: () => undefined,
  containerWasWith: () => false,
  mayInsert: () => false,
  mayFlow: () => false,
};
const sample = {
  startMs: 1,
  endMs: 2,
  minMilliC: 1,
  maxMilliC: 2,
  source: 'D1',
  isSure: true,
  clears: true,
};
const span = { fromMs: 1, toMs: 2 };
recipe(custody.sampleState, sample, sample);
recipe(custody.exposureTrack, [sample], sample, 4);
recipe(custody.exposureWithin, custody.exposureTrack([sample], sample, 4), [span]);
recipe(custody.overlapMs, span, span);
recipe(registry.assertRegistry, s.registry);
recipe(custody.assertAct, s.act);
recipe(custody.assertActs, s.acts);
recipe(custody.assertStep, 'ship');
recipe(custody.effectOf, 'ship');
recipe(custody.assertWorld, s.world);
recipe(judgement.assertFinding, s.found);
recipe(registry.gtinOf, PRODUCT);
recipe(registry.licenceClass, 'distribution');
recipe(registry.marketsOf, { id: ID.maker, name: 'x', roles: [], sites: [siteOf('maker')] });

recipe(custody.actOfEvent, s.commissioning, { entry: 7, event: 0 }, s.source);
recipe(custody.actsOfDocument, s.document, s.source);
recipe(custody.moreOf, s.commissioning, custody.NOTHING_MORE);
recipe(custody.markOf, 'stolen');
recipe(custody.idsOf, s.act);
recipe(custody.asAbsent, s.act, s.unit);
recipe(custody.milliCelsius, 5, 'CEL');
recipe(custody.readingsOf, [{ sensorReport: [{ type: 'Temperature', value: 5, uom: 'CEL' }] }], GENESIS_MS);
const practice = { place: SITE.maker, department: 'x', procedure: 'x' };
recipe(custody.admits, s.registry, DEFAULT_POLICY, ID.maker, 'ship', GENESIS_MS, [PRODUCT], 9, practice);
recipe(custody.practiceOf, s.act);
recipe(custody.tierOf, s.registry, ID.maker);
for (const of of [custody.affectsUnits, custody.bornFrom, custody.contentOf]) recipe(of, s.act);
recipe(custody.eventSubject, 'urn:x:1');
recipe(custody.uncorroborated, s.acts);
recipe(custody.sequenceSubject, 'kid', 1);
recipe(custody.stockSubject, ID.maker, LOT_ID);
recipe(custody.compareActs, s.act, s.act);
recipe(custody.isSameEvent, s.act, s.act);
recipe(custody.custodyAfter, 'give', s.custody, s.act, () => undefined);
recipe(custody.applyAct, s.state, s.act, completion);
recipe(custody.completeGap, s.state, s.act, completion, 2);
recipe(custody.rankOf, 'ship');
recipe(custody.custodyAt, [], GENESIS_MS);
recipe(custody.distanceAtLeastM, point, point);
recipe(custody.foldUnit, s.unit, s.acts, s.world);
recipe(custody.identityOf, s.registry, s.unit);
recipe(custody.inLotGraph, s.registry, ID.maker, LOT_ID, GENESIS_MS);
recipe(custody.isAdmittedCommissioning, s.registry, s.act, PRODUCT, 9);
for (const of of [custody.isContainer, custody.subjectKind]) recipe(of, s.unit);
recipe(custody.isCredible, s.act, DEFAULT_POLICY);
recipe(custody.lotOfUnit, s.registry, s.unit, s.acts);
recipe(custody.mayFlow, s.registry, ID.maker, ID.north, LOT_ID, GENESIS_MS);
recipe(custody.moves, 'ship');
recipe(custody.roleAllows, 'ship', ['manufacturer']);
recipe(custody.namedSubjects, s.acts);
recipe(custody.parentsNamed, s.unit, s.acts);
recipe(custody.contentsNamed, s.container, s.acts);
recipe(custody.postingsOf, 7, s.statementBytes, false, s.acts, new Map([['a', 1]]));
recipe(custody.sortActs, [...s.acts]);
for (const of of [custody.statementSubject, custody.signatureMark]) recipe(of, s.statementBytes);
recipe(custody.unitChange, s.registry, s.act, s.unit, custody.UNKNOWN_UNIT);
recipe(custody.unitChanges, s.registry, s.acts, () => custody.UNKNOWN_UNIT);

recipe(judgement.causeOf, s.found);
recipe(judgement.isLotComplete, s.registry, LOT_ID, 7);
recipe(judgement.commissionsLot, s.act, LOT_ID);
recipe(judgement.compareFindings, s.found, s.found);
recipe(judgement.compareRefs, s.act.ref, s.act.ref);
recipe(judgement.compareText, 'a', 'b');
recipe(judgement.containerView, s.world, s.container);
recipe(judgement.unitView, s.world, s.unit, s.act);
recipe(judgement.finding, {
  code: 'ID-12',
  severity: 4,
  subject: s.found.subject,
  acts: [s.act],
  facts: [1],
  detail: 'x',
});
recipe(judgement.findingId, 'ID-12', 4, s.found.subject, s.found.proof);
recipe(judgement.inheritedOverIssue, s.found, s.unit, s.act, 7);
recipe(judgement.labelVerdict, s.registry, 'text');
recipe(judgement.candidates, `(01)${PRODUCT.slice(-14)}(21)K7MX2Q9P(10)LOT1`);
recipe(judgement.consulted, judgement.unitView(s.world, s.unit));
recipe(judgement.consultedByCode, s.acts);
recipe(judgement.registeredIn, s.world);
recipe(judgement.wakesAt, judgement.unitView(s.world, s.unit));
recipe(judgement.correctionsWakeAt, s.acts, GENESIS_MS, s.registry);
recipe(judgement.correctionIds, s.act);
recipe(judgement.corrections, 'urn:x:1', () => s.acts, GENESIS_MS, s.registry);
recipe(judgement.keyEquivocation, 'kid', 7, [1, 2]);
recipe(judgement.weakSignature, 7, new Uint8Array(64), new Uint8Array(32));
recipe(judgement.recordTimeRegression, 7, GENESIS_MS, GENESIS_MS, 1000);
recipe(judgement.clearances, s.registry, GENESIS_MS);
recipe(judgement.lotBalance, s.registry, LOT_ID, [{ entry: 1, units: 1 }]);
recipe(judgement.overIssue, s.registry, LOT_ID, [{ entry: 1, units: 1 }], [s.act]);
recipe(judgement.overIssueOf, s.registry, LOT_ID, { commissioned: 2, quantity: 1, exceededAt: 1 }, [s.act]);
recipe(judgement.newestRefs, [s.act.ref]);
recipe(judgement.provingActs, [s.act]);
recipe(judgement.counted, 'CS-01');
const stock = { units: 1, acts: [s.act] };
recipe(judgement.possibleStock, s.world, LOT_ID, s.act, [s.world.unit(s.unit)]);
recipe(judgement.addStock, stock, stock);
recipe(judgement.standingCounts, s.world, [s.act]);
recipe(judgement.stockSurplus, s.world, LOT_ID, s.act, stock);
recipe(judgement.stockBalance, s.world, ID.maker, LOT_ID, [s.world.unit(s.unit)], [s.act]);
recipe(judgement.refKey, s.act.ref);
recipe(judgement.registryFindings, s.registry, 5);
recipe(judgement.verdictSeverity, s.found);
