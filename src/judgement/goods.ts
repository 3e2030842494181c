// Browser-safe.
/**
 * What rules about status, licences and ways ask of an event: where it was, what goods it moved, and whether they went back.
 *
 * Reads  view.ts, custody/, registry/.   Used by  status.ts, licences.ts, diversion.ts.
 * Source design section 6 "Honest gaps": what goes back to whom it came from accuses nobody.
 * Never  gives a finding.
 * @module
 */
import { tierOf, type Act, type Life, type Stride } from '../custody/index.ts';
import { marketsOf } from '../registry/index.ts';
import { previousOf, type SubjectView } from './view.ts';

/** Lives after which nothing can be done to a patient with it any more. */
const SPENT: ReadonlySet<Life> = new Set<Life>(['administered', 'retired', 'gone']);

/** True for a look at a container that is used up: it stops nobody. */
export function isAfterUse({ act, before }: Stride): boolean {
  return act.step === 'observe' && SPENT.has(before.life);
}

/** Canonical product id of a canonical lot id. */
export function productOfLot(lot: string): string {
  if (asked?.lot !== lot) asked = { lot, product: lot.slice(0, lot.indexOf('/10/')) };
  return asked.product;
}

/** What was asked last: goods of one lot travel together, and a text just cut out is slower to look up by than one known. */
let asked: { readonly lot: string; readonly product: string } | undefined;

/** Products concerned: the unit's own, or those of the lots inside a container at the time. */
export function productsAt(view: SubjectView, act: Act): readonly string[] {
  if (view.subject.type === 'unit') return view.product === undefined ? [] : [view.product];
  const lots = view.lotsAt(act);
  return lots.length === 1 ? [productOfLot(lots[0]!)] : [...new Set(lots.map(productOfLot))];
}

/** Countries an event may have happened in: those its scan names, the registered place's, else those of the actor's sites. */
export function marketsAt({ registry }: SubjectView, { scan, place, actor, timeMs }: Act): readonly string[] {
  if (scan !== undefined && scan.countries.length > 0) return scan.countries;
  const site = place === undefined ? undefined : registry.site(place, timeMs);
  if (site !== undefined) return [site.site.market];
  const party = scan?.session === undefined ? registry.party(actor) : undefined;
  return party === undefined ? [] : marketsOf(party.payload);
}

/** Who the goods of a receipt came from: whoever was known to have sent them to the receiver, else whom the receiver names. */
export function giverOf({ act, before, broken }: Stride): string | undefined {
  const sender = before.custody.at === 'transit' ? before.custody.from : undefined;
  return broken === undefined ? (sender ?? act.from) : (act.from ?? sender);
}

/**
 * True for goods on their way back up: returned by that name, towards their maker, up the chain, or to a place the lot names for
 * returns and destruction.
 */
export function isGoingBack(view: SubjectView, stride: Stride): boolean {
  const { act } = stride;
  switch (act.step) {
    case 'return':
      return true;
    case 'ship':
      return isUpwards(view, act.actor, act.to) || isExempt(view, act, act.toPlace);
    case 'receive': {
      if (isUpwards(view, giverOf(stride), act.actor) || isExempt(view, act, act.place)) return true;
      return previousOf(view, stride)?.act.step === 'return';
    }
    default:
      return false;
  }
}

function isUpwards({ registry }: SubjectView, from: string | undefined, to: string | undefined): boolean {
  const taker = to === undefined ? undefined : tierOf(registry, to);
  if (taker === undefined) return false;
  if (taker === 0) return true;
  const giver = from === undefined ? undefined : tierOf(registry, from);
  return giver !== undefined && taker < giver;
}

function isExempt(view: SubjectView, act: Act, place: string | undefined): boolean {
  if (place === undefined) return false;
  const lots = view.lotsAt(act);
  return (
    lots.length > 0 &&
    lots.every((lot) => view.registry.lot(lot)?.payload.exemptSites?.includes(place) ?? false)
  );
}
