// Browser-safe.
/**
 * DV rules: goods outside the markets, territories and hands the manufacturer signed for.
 *
 * Reads  view.ts, goods.ts, registry/ (sites, lots, licences).   Used by  judge.ts.
 * Source `findings.md` DV-01 … DV-05.
 * Never  accuses a site the lot exempts, a return, or a consumer travelling after a supply inside the market.
 * @module
 */
import { compareActs, ENDED, inLotGraph, type Act, type Step, type Stride } from '../custody/index.ts';
import { marketsOf, type LotFact } from '../registry/index.ts';
import type { Severity } from './codes.ts';
import { finding, NO_FINDINGS, type Finding } from './finding.ts';
import { isGoingBack, productsAt } from './goods.ts';
import { isSecondLine, lotFactsAt, nameOf, policyFor, type SubjectView } from './view.ts';

/** All DV rules of a unit or container. */
export function diversion(view: SubjectView): readonly Finding[] {
  let found: Finding[] | undefined;
  for (const stride of view.timeline.strides) {
    const { step, scan } = stride.act;
    const isScan = scan?.session !== undefined;
    if (stride.duplicateOf !== undefined || (!isScan && !HANDS_ON.has(step))) continue;
    const isSent = step === 'ship';
    const diverted = isSent ? territoryMismatch(view, stride) : marketMismatch(view, stride);
    if (diverted !== undefined) (found ??= []).push(diverted);
    const between = step === 'receive' ? unauthorisedIntermediary(view, stride) : undefined;
    if (between !== undefined) (found ??= []).push(between);
    const isBound = HANDS_ON.has(step) && isBoundToChannels(view, stride.act);
    const outlet = isBound ? wrongChannel(view, stride) : undefined;
    if (outlet !== undefined) (found ??= []).push(outlet);
    const misplaced = isSent ? illegalSite(view, stride) : undefined;
    if (misplaced !== undefined) (found ??= []).push(misplaced);
  }
  return found ?? NO_FINDINGS;
}

/** Steps with which goods appear at a place. */
const APPEARS: ReadonlySet<Step> = new Set<Step>(['receive', 'dispense', 'administer']);
/** Steps with which goods change hands. */
const HANDS_ON: ReadonlySet<Step> = new Set<Step>(['ship', ...APPEARS]);

function marketMismatch(view: SubjectView, stride: Stride): Finding | undefined {
  const { act } = stride;
  const markets = marketsOfAct(view, act);
  if (markets.length === 0) return undefined;
  const lot = lotOutside(view, act, markets);
  if (lot === undefined) return undefined;
  return finding({
    code: 'DV-01',
    severity: severityOf(view, stride),
    subject: view.subject,
    acts: [act],
    facts: [lot.entry],
    secondLine: isSecondLine(view, stride),
    detail: `lot ${lot.payload.lot} is for ${lot.payload.markets.join(', ')}, seen in ${markets.join(' or ')}`,
  });
}

/** The newest statement about the first lot concerned that is for none of these markets. */
function lotOutside(view: SubjectView, act: Act, markets: readonly string[]): LotFact | undefined {
  for (const lot of view.lotsAt(act)) {
    const facts = view.registry.lotSince(lot, act.timeMs);
    if (facts.length > 0 && !isAnyAllowed(facts, act, markets)) return facts.at(-1);
  }
  return undefined;
}

function isAnyAllowed(facts: readonly LotFact[], act: Act, markets: readonly string[]): boolean {
  for (const fact of facts) if (isAllowed(fact, act, markets)) return true;
  return false;
}

/** Countries an act may have happened in: those of the scan's region, or the registered site's market. */
function marketsOfAct(view: SubjectView, act: Act): readonly string[] {
  return act.scan?.session === undefined ? siteMarkets(view, act) : act.scan.countries;
}

function siteMarkets({ registry }: SubjectView, { place, timeMs }: Act): readonly string[] {
  const site = place === undefined ? undefined : registry.site(place, timeMs);
  return site === undefined ? NOWHERE : [site.site.market];
}

const NOWHERE: readonly string[] = Object.freeze([]);

/** The lot's own manufacturer takes goods back anywhere; the lot names other places that are no market. */
function isAllowed(lot: LotFact, act: Act, markets: readonly string[]): boolean {
  const exempt = act.place !== undefined && (lot.payload.exemptSites?.includes(act.place) ?? false);
  if (exempt || lot.issuer === act.actor) return true;
  for (const market of markets) if (lot.payload.markets.includes(market)) return true;
  return false;
}

/** A consumer check alone is a stop; after a supply, a traveller's own pack is worth a record only. */
function severityOf(view: SubjectView, { act, before }: Stride): Severity {
  if (act.scan?.session === undefined) return 3;
  if (!ENDED.has(before.life) || before.life === 'gone') return 2;
  return wasSuppliedInMarket(view, act) ? 0 : 2;
}

const SUPPLIES: ReadonlySet<Step> = new Set<Step>(['dispense', 'administer', 'retire']);

/** True if the last supply or use before the act was at a place the lot is for. */
function wasSuppliedInMarket(view: SubjectView, act: Act): boolean {
  let supply: Act | undefined;
  for (const stride of view.timeline.strides) {
    const isEarlier = compareActs(stride.act, act) < 0;
    if (isEarlier && stride.line === 'main' && SUPPLIES.has(stride.act.step)) supply = stride.act;
  }
  if (supply === undefined) return false;
  const markets = siteMarkets(view, supply);
  return lotFactsAt(view, supply)
    .flat()
    .some((fact) => isAllowed(fact, supply, markets));
}

function territoryMismatch(view: SubjectView, stride: Stride): Finding | undefined {
  const { act } = stride;
  const { registry, subject } = view;
  if (!registry.hasRole(act.actor, 'distributor', act.ref.entry)) return undefined;
  const markets = destinationMarkets(view, act);
  if (markets.length === 0) return undefined;
  for (const lot of view.lotsAt(act)) {
    const fact = registry.lotSince(lot, act.timeMs).at(-1);
    if (fact === undefined) continue;
    const { entry, payload } = fact;
    const scope = { timeMs: act.timeMs, product: payload.product };
    if (isAuthorisedIn(view, act, payload.product, markets)) continue;
    const authorised = registry.licence(act.actor, 'distribution', scope);
    if (authorised.status !== 'valid' || isGoingBack(view, stride)) continue;
    return finding({
      code: 'DV-02',
      severity: 3,
      subject,
      acts: [act],
      facts: [entry, authorised.fact?.entry],
      secondLine: isSecondLine(view, stride),
      detail: `${nameOf(registry, act.actor)} shipped to ${markets.join(' or ')}`,
    });
  }
  return undefined;
}

/** True if the shipper may distribute the product in one of these countries. */
function isAuthorisedIn(
  { registry }: SubjectView,
  { actor, timeMs }: Act,
  product: string,
  markets: readonly string[],
): boolean {
  for (const market of markets) {
    if (registry.licence(actor, 'distribution', { timeMs, product, market }).status === 'valid') return true;
  }
  return false;
}

function destinationMarkets(view: SubjectView, act: Act): readonly string[] {
  const site = act.toPlace === undefined ? undefined : view.registry.site(act.toPlace, act.timeMs);
  if (site !== undefined) return [site.site.market];
  const party = act.to === undefined ? undefined : view.registry.party(act.to);
  return party === undefined ? [] : marketsOf(party.payload);
}

function unauthorisedIntermediary(view: SubjectView, stride: Stride): Finding | undefined {
  const { act } = stride;
  const { registry, subject } = view;
  if (!registry.hasRole(act.actor, 'distributor', act.ref.entry)) return undefined;
  for (const lot of view.lotsAt(act)) {
    const fact = registry.lot(lot);
    if (fact === undefined) continue;
    const scope = { timeMs: act.timeMs, product: fact.payload.product };
    const authorised = registry.licence(act.actor, 'distribution', scope).status !== 'missing';
    if (authorised && inLotGraph(registry, act.actor, lot, act.timeMs)) continue;
    return finding({
      code: 'DV-05',
      severity: 3,
      subject,
      acts: [act],
      facts: [fact.entry],
      secondLine: isSecondLine(view, stride),
      detail: `${nameOf(registry, act.actor)}, lot ${fact.payload.lot}`,
    });
  }
  return undefined;
}

/** False for a unit whose product may be sold anywhere; a container's products are asked of each event. */
function isBoundToChannels({ subject, registry, product }: SubjectView, { timeMs }: Act): boolean {
  return subject.type !== 'unit' || registry.productAt(product ?? '', timeMs)?.payload.channels !== undefined;
}

/** DV-03: taken, supplied or used in, or sent to, an outlet of a kind its maker does not sell it through. */
function wrongChannel(view: SubjectView, stride: Stride): Finding | undefined {
  const { act } = stride;
  const place = act.step === 'ship' ? act.toPlace : act.place;
  const site = place === undefined ? undefined : view.registry.site(place, act.timeMs);
  const channel = site?.site.channel;
  if (channel === undefined) return undefined;
  for (const product of productsAt(view, act)) {
    const fact = view.registry.productAt(product, act.timeMs);
    if (fact?.payload.channels === undefined || fact.payload.channels.includes(channel)) continue;
    if (isGoingBack(view, stride)) return undefined;
    return finding({
      code: 'DV-03',
      severity: 3,
      subject: view.subject,
      acts: [act],
      facts: [fact.entry, site?.entry],
      secondLine: isSecondLine(view, stride),
      detail: `${channel}, for ${fact.payload.channels.join(', ')} only`,
    });
  }
  return undefined;
}

/**
 * DV-04: sent to a place that is not the recipient's. Its registered sites are its own, and the parts of them; where its required
 * licences name places, only those are legal. Recipients without registered sites are not judged.
 */
function illegalSite(view: SubjectView, stride: Stride): Finding | undefined {
  const { act } = stride;
  const { to, toPlace } = act;
  if (to === undefined || toPlace === undefined) return undefined;
  const { registry } = view;
  const party = registry.party(to);
  if ((party?.payload.sites?.length ?? 0) === 0) return undefined;
  const site = registry.site(toPlace, act.timeMs);
  if (site?.party !== to) {
    if (isGoingBack(view, stride)) return undefined;
    const whose =
      site === undefined ? 'a place nobody registered' : `a site of ${nameOf(registry, site.party)}`;
    return badSite(view, stride, `sent for ${nameOf(registry, to)} to ${whose}`, [party?.entry, site?.entry]);
  }
  const { requiredLicences } = policyFor(view, act);
  for (const role of party!.payload.roles) {
    for (const type of requiredLicences[role] ?? []) {
      for (const product of productsAt(view, act)) {
        const answer = registry.licence(to, type, { timeMs: act.timeMs, product, place: toPlace });
        if (answer.status !== 'site' || isGoingBack(view, stride)) continue;
        const detail = `${type} of ${nameOf(registry, to)} is for other sites`;
        return badSite(view, stride, detail, [party?.entry, answer.fact?.entry]);
      }
    }
  }
  return undefined;
}

function badSite(
  view: SubjectView,
  stride: Stride,
  detail: string,
  facts: readonly (number | undefined)[],
): Finding {
  return finding({
    code: 'DV-04',
    severity: 3,
    subject: view.subject,
    acts: [stride.act],
    facts,
    secondLine: isSecondLine(view, stride),
    detail,
  });
}
