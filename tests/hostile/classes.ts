/**
 * How to make an instance of every public class, and how to call each of its methods well.
 *
 * Reads  samples.ts, recipes.ts.   Used by  attack.ts.
 * @module
 */
import { TransientMemory } from '../../src/audit/index.ts';
import { BatchVerifier } from '../../src/crypto/index.ts';
import { ContainerFold, StatementReader, TimelineFold, World } from '../../src/custody/index.ts';
import * as errors from '../../src/errors.ts';
import { FindingFold, Judge, LotFold, unitView } from '../../src/judgement/index.ts';
import { Ledger } from '../../src/ledger/index.ts';
import { GroupCommitter } from '../../src/log/index.ts';
import { RangeBuilder, emptyRange } from '../../src/merkle/index.ts';
import { Registry } from '../../src/registry/index.ts';
import { FileMemory } from '../../src/node/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { FaultyStore } from '../../src/testing/index.ts';
import { genesisStatement, made } from '../ledger/bench.ts';
import { GENESIS_MS, ID, LOT_ID, logKey, logSigner, ORIGIN, PRODUCT, SITE } from '../support/cast.ts';
import { temporaryFolder } from '../support/temporary.ts';
import type { AnyFunction, Recipe } from './recipes.ts';
import * as s from './samples.ts';

/** A class under attack. */
export interface ClassRecipe {
  readonly make: () => object | Promise<object>;
  /** Undefined where the constructor is private or takes nothing. */
  readonly construct?: Recipe | undefined;
  readonly statics: Readonly<Record<string, Recipe>>;
  readonly methods: Readonly<Record<string, Recipe>>;
}

export const CLASSES = new Map<AnyFunction, ClassRecipe>();

function good(...args: readonly unknown[]): Recipe {
  return { args: () => args };
}

/** Takes what this library makes: see {@link Recipe}. */
function inner(...args: readonly unknown[]): Recipe {
  return { args: () => args, shallow: true };
}

const options = { cause: new Error('x'), details: { a: 1 } };
for (const target of [errors.LedgerError, errors.DecodeError, errors.VerificationError, errors.StoreError]) {
  const construct = good('ERR_STORE_IO', 'message', {
    ...options,
    ...(target === errors.StoreError && { fatal: true }),
  });
  CLASSES.set(target, {
    make: () => new target('ERR_STORE_IO' as never, 'm'),
    construct,
    statics: {},
    methods: {},
  });
}
CLASSES.set(errors.InternalError, {
  make: () => new errors.InternalError('m'),
  construct: good('message'),
  statics: {},
  methods: {},
});

const message = Uint8Array.of(1, 2, 3);
CLASSES.set(BatchVerifier, {
  make: () => new BatchVerifier(),
  construct: undefined,
  statics: {},
  methods: { add: good(s.signer.sign(message), message, s.signer.publicKey), verify: good() },
});

CLASSES.set(StatementReader, {
  make: () => new StatementReader(),
  construct: undefined,
  statics: {},
  methods: {
    head: good(s.statementBytes),
    acts: { args: () => [new StatementReader().head(s.statementBytes), 0, GENESIS_MS] },
    scan: { args: () => [new StatementReader().head(s.statementBytes)] },
  },
});

CLASSES.set(RangeBuilder, {
  make: () => new RangeBuilder(emptyRange()),
  construct: good(s.range),
  statics: {},
  methods: {
    append: good(s.hashes[0], () => 1),
    extend: good(emptyRange(), () => 1),
    range: good(),
    root: good(),
  },
});

const append = {
  statements: [{ bytes: s.statementBytes, postings: (entry: number) => [{ subject: 'a', entry, count: 1 }] }],
  validatedSize: 1,
  revalidate: async () => [],
  keys: ['a'],
  alone: true,
};
CLASSES.set(GroupCommitter, {
  make: async () => {
    const { store } = await s.filledStore();
    return new GroupCommitter({ store, origin: ORIGIN, signer: logSigner, now: () => GENESIS_MS });
  },
  construct: good({ store: s.store, origin: ORIGIN, signer: logSigner, now: () => GENESIS_MS }),
  statics: {},
  methods: { append: good(append), close: good() },
});

const block = { nodes: [s.nodes[0]], postings: [{ subject: 'a', entry: 0, count: 1 }] };
const readings = {
  readHead: good(),
  readEntries: good(0, 1),
  readEntriesAt: good([0]),
  readNodes: good([0]),
  readPostings: good('a', 1),
  countDerived: good(),
  scanPostings: good(),
  readFlag: good('name'),
};
const { commit: secondCommit } = await s.filledStore();
const writings = {
  commit: good(secondCommit),
  rebuildDerived: good([block], 1),
  writeFlag: good('name', 'value'),
};
const storeMethods = { ...readings, ...writings, close: good() };
CLASSES.set(MemoryStore, {
  make: async () => (await s.filledStore()).store,
  construct: undefined,
  statics: {},
  methods: { ...storeMethods, share: good() },
});
CLASSES.set(FaultyStore, {
  make: async () => new FaultyStore((await s.filledStore()).store),
  construct: good(s.store),
  statics: {},
  methods: {
    ...storeMethods,
    readTogether: good(async () => 1),
    failNext: good('commit', 'before', new Error('x'), 0),
  },
});

let files = 0;
/** Where the files of the attacks lie; to be removed by the test. */
export const folder = temporaryFolder();
const memoryMethods = {
  recall: good(),
  read: good(0, 1),
  write: good(Uint8Array.of(1)),
  renew: good(),
  keep: good('text'),
};
CLASSES.set(TransientMemory, {
  make: () => new TransientMemory(),
  construct: undefined,
  statics: {},
  methods: memoryMethods,
});
CLASSES.set(FileMemory, {
  make: () => new FileMemory(folder.file(`${files++}.state`)),
  construct: good(folder.file('none.state')),
  statics: {},
  methods: { ...memoryMethods, close: good() },
});
CLASSES.set(SqliteStore, {
  make: () => SqliteStore.open(folder.file(`${files++}.db`), { create: true }),
  construct: undefined,
  statics: { open: good(folder.file('none.db'), { create: false, readonly: true, busyTimeoutMs: 1 }) },
  methods: {
    ...storeMethods,
    readTogether: good(async () => 1),
    readEntryRun: good(0, 1),
    readNodeRun: good(0, 1),
    scanPackedPostings: good(),
  },
});

const scan = {
  timeMs: GENESIS_MS,
  place: SITE.maker,
  latitude: 1,
  longitude: 1,
  radius: 20_000,
  countries: ['DE'],
  session: 'a'.repeat(16),
  entryMode: 'scan',
  unused: true,
};
const auditOptions = {
  pinned: [],
  onFinding: () => 1,
  onProgress: () => 1,
  checkDerived: true,
  policy: { checksStop: 9 },
  mentionsMax: 9,
};
CLASSES.set(Ledger, {
  make: () => s.freshLedger(),
  construct: undefined,
  statics: {
    create: {
      args: () => [
        {
          store: new MemoryStore(),
          origin: ORIGIN,
          logSigner,
          genesis: genesisStatement(),
          clock: () => GENESIS_MS,
        },
      ],
    },
    open: good({ store: s.store, logKey, logSigner, clock: () => GENESIS_MS }),
  },
  methods: {
    append: good(made(['hostile']), { findings: true, receipts: true }),
    appendMany: good([made(['hostile-2'])], { findings: true, receipts: true }),
    check: good(s.unit, scan),
    trace: good(s.unit, { size: 5 }),
    traceLot: good(LOT_ID, { size: 5, onProgress: () => 1 }),
    overdue: good({ limit: 5, after: '2.0' }),
    prove: good(0),
    receipt: good(0),
    audit: good(auditOptions),
    rebuild: good(),
    head: good(),
    registry: good(),
    close: good(),
  },
});

const { statement } = s.opened;
const scope = { timeMs: GENESIS_MS, product: PRODUCT, place: SITE.maker, market: 'DE' };
const answers = {
  party: inner(ID.maker, 5),
  hasRole: inner(ID.maker, 'manufacturer', 5),
  parties: inner(),
  site: inner(SITE.maker),
  key: inner('kid', 5),
  keysOf: inner(ID.maker),
  kids: inner(),
  product: inner(PRODUCT, 5),
  productsOf: inner(ID.maker),
  productOfTracePrefix: inner('8112345'),
  lot: inner(s.unit, 5),
  lots: inner(),
  lotSince: inner(LOT_ID, GENESIS_MS),
  lotFacts: inner(LOT_ID),
  knowsLicenceType: inner('distribution'),
  manufacturerOf: inner(PRODUCT, 5),
  licenceById: inner('x'),
  licence: inner(ID.maker, 'distribution', scope, 5),
  licencesOf: inner(ID.maker, 'distribution'),
  licences: inner(),
  authorisationsOf: inner(PRODUCT),
  productAt: inner(PRODUCT, GENESIS_MS),
  dosesSince: inner(PRODUCT, GENESIS_MS),
  recallsOf: inner(LOT_ID, 5),
  caseById: inner('x'),
  cases: inner(),
  policyAt: inner(5),
};
CLASSES.set(Registry, {
  make: () => new Registry(),
  construct: undefined,
  statics: {},
  methods: { ...answers, apply: inner(0, GENESIS_MS, statement) },
});

const facts = { lot: undefined, products: [PRODUCT], doses: 1, issuer: undefined };
CLASSES.set(World, {
  make: () => s.world,
  construct: inner(
    s.registry,
    new Map([[s.container, s.acts]]),
    () => [],
    () => undefined,
  ),
  statics: {},
  methods: {
    unit: inner(s.unit, s.act),
    container: inner(s.container),
    containerCustody: inner(s.container, GENESIS_MS),
    containerWasWith: inner(s.container, ID.maker, 0, GENESIS_MS),
    containerEmptied: inner(s.container, 0, GENESIS_MS),
    lotsInside: inner(s.container, GENESIS_MS),
    acts: inner(s.unit),
    isNamed: inner(s.unit),
    forgetUnits: inner(),
    marksAt: inner(s.container, GENESIS_MS),
  },
});
CLASSES.set(ContainerFold, {
  make: () => new ContainerFold(s.container, s.world),
  construct: inner(s.container, s.world),
  statics: {},
  methods: { add: inner(s.act), marksAt: inner(GENESIS_MS) },
});
CLASSES.set(TimelineFold, {
  make: () => new TimelineFold(s.world, facts, s.state),
  construct: inner(s.world, facts, s.state),
  statics: {},
  methods: { add: inner(s.act), cost: inner(s.acts) },
});
CLASSES.set(Judge, {
  make: () => s.judge,
  construct: inner(s.world),
  statics: {},
  methods: {
    unit: inner(s.unit, s.act),
    view: inner(s.unit, s.act),
    unitView: inner(unitView(s.world, s.unit)),
    isClean: inner(s.unit),
    forgetUnits: inner(),
    prepare: inner([s.unit], 0),
    container: inner(s.container),
    code: inner('x', s.acts),
    event: inner('urn:x:1', s.acts),
    corrections: inner('urn:x:1', () => []),
  },
});
CLASSES.set(LotFold, {
  make: () => new LotFold(s.registry, LOT_ID),
  construct: inner(s.registry, LOT_ID),
  statics: {},
  methods: { add: inner({ entry: 1, units: 1 }) },
});
CLASSES.set(FindingFold, {
  make: () => new FindingFold(),
  construct: undefined,
  statics: {},
  methods: { add: inner(s.found), list: inner(), listWithCases: inner(3) },
});
