/** The world: all state of the sandbox, in every region, with its clock and its agenda. */
import { createHash, randomUUID } from 'node:crypto';
import { Agenda, type AgendaEntry } from './agenda.ts';
import { memoryAuthority, type CertificateAuthority } from '../certificates/authority.ts';
import { simulatedDataPlane, type DataPlane } from '../data-plane/data-plane.ts';
import { memoryBlobs, type Blobs } from './blobs.ts';
import { machineClock, type SandboxClock } from './clock.ts';
import { durations, type Pace } from './durations.ts';
import { awsPartitionFor } from './partitions.ts';
import type { Events, Region, Propagation } from './region.ts';
import { fillTables, mapValues, rowsOf, type Rows } from './rows.ts';
import {
  makeGlobalStores,
  makeRegionalStores,
  regionalStoresOf,
  storesOf,
  tablesOf,
  type GlobalStores,
} from './stores.ts';
import type { Table, Watch } from './table.ts';

export interface WorldOptions {
  readonly clock?: SandboxClock;
  readonly pace?: Pace;
  readonly blobs?: Blobs;
  /** Returns the authority that issues certificates; by default, it exists only in memory. */
  readonly authority?: () => CertificateAuthority;
  /** Makes IDs repeatable; by default they are random. */
  readonly seed?: string;
  readonly events?: Events;
  /** Runs tasks; by default they are simulated. */
  readonly plane?: DataPlane;
  /** Receives the errors of failed events, which must not end the process; by default they are thrown. */
  readonly reportError?: (error: unknown) => void;
}

/** Returns the watched tables of a region, each with its watch. */
export type Watchers = (region: Region) => readonly (readonly [Table<object>, Watch])[];

/** The world as plain data, as it is written to disk. */
export interface Snapshot {
  readonly seed: string;
  /** The number of IDs created so far. */
  readonly count: number;
  readonly agenda: readonly AgendaEntry[];
  /** The global tables of the partition `aws`. */
  readonly global: Rows;
  /** The global tables of the other partitions, by partition. Earlier versions did not write them. */
  readonly otherPartitions?: Readonly<Record<string, Rows>>;
  readonly regions: Readonly<Record<string, Rows>>;
}

export const ACCOUNT = '000000000000';

/** The world of a sandbox. */
export class World {
  readonly clock: SandboxClock;
  readonly pace: Pace;
  readonly blobs: Blobs;
  readonly agenda: Agenda;
  readonly authority: () => CertificateAuthority;
  readonly #plane: DataPlane;
  readonly #events: Events;
  readonly #reportError: (error: unknown) => void;
  readonly #global = new Map([['aws', makeGlobalStores()]]);
  readonly #regions = new Map<string, Region>();
  readonly #listeners = new Set<() => void>();
  /** Returns the time at which a consumer sees a change: by default the time of the change. Chaos replaces this function. */
  visibleAt = ({ changedAt }: Propagation): number => changedAt.getTime();
  /** The port of the sandbox's endpoint; undefined while no server listens. */
  port: number | undefined;
  #watchers: Watchers | undefined;
  #seed: string;
  #count = 0;

  constructor(options: WorldOptions = {}) {
    this.clock = options.clock ?? machineClock;
    this.pace = options.pace ?? 'instant';
    this.blobs = options.blobs ?? memoryBlobs();
    this.authority = options.authority ?? memoryAuthority();
    this.#plane = options.plane ?? simulatedDataPlane;
    this.#seed = options.seed ?? randomUUID();
    this.#events = options.events ?? {};
    this.#reportError =
      options.reportError ??
      ((error) => {
        throw error;
      });
    this.agenda = new Agenda(this.clock, (entry) => this.#handle(entry));
  }

  /** Returns the region with this name, creating it on first use. */
  region(name: string): Region {
    const existing = this.#regions.get(name);
    if (existing) return existing;
    const region = this.#makeRegion(name);
    this.#regions.set(name, region);
    this.#applyWatchers(region);
    return region;
  }

  regions(): Region[] {
    return [...this.#regions.values()];
  }

  /** Returns the global tables of each partition in use. */
  globalStores(): GlobalStores[] {
    return [...this.#global.values()];
  }

  /** Watches tables, including the tables of regions that are created later. Undefined removes all watches. */
  watch(watchers: Watchers | undefined): void {
    this.#watchers = watchers;
    for (const region of this.regions()) this.#applyWatchers(region);
  }

  /** Calls `listener` after every change, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Empties the account. */
  reset(): void {
    this.agenda.load([]);
    this.blobs.clear();
    for (const stores of [...this.globalStores(), ...this.regions().map(regionalStoresOf)]) {
      for (const table of tablesOf(stores)) table.clear();
    }
    this.changed();
  }

  snapshot(): Snapshot {
    const { aws: global = {}, ...otherPartitions } = mapValues(Object.fromEntries(this.#global), rowsOf);
    return {
      seed: this.#seed,
      count: this.#count,
      agenda: this.agenda.entries(),
      global,
      otherPartitions,
      regions: Object.fromEntries(
        this.regions().map((region) => [region.name, rowsOf(regionalStoresOf(region))]),
      ),
    };
  }

  restore(snapshot: Snapshot): void {
    this.#seed = snapshot.seed;
    this.#count = snapshot.count;
    for (const [partition, rows] of Object.entries({ ...snapshot.otherPartitions, aws: snapshot.global }))
      fillTables(this.#globalOf(partition), rows);
    for (const [name, rows] of Object.entries(snapshot.regions))
      fillTables(regionalStoresOf(this.region(name)), rows);
    this.agenda.load(snapshot.agenda);
  }

  #handle({ event, region, subject }: AgendaEntry): void {
    const handler = this.#events[event];
    if (!handler) throw new Error(`The sandbox has no handler for the event ${event}`);
    try {
      handler(this.region(region), subject);
    } catch (error) {
      this.#reportError(error);
    }
    this.changed();
  }

  #applyWatchers(region: Region): void {
    for (const table of tablesOf(storesOf(region))) table.watch = undefined;
    for (const [table, watch] of this.#watchers?.(region) ?? []) table.watch = watch;
  }

  #globalOf(partition: string): GlobalStores {
    const stores = this.#global.get(partition) ?? makeGlobalStores();
    this.#global.set(partition, stores);
    return stores;
  }

  #makeRegion(name: string): Region {
    const partition = awsPartitionFor(name);
    const scaled = (ms: number) => (this.pace === 'instant' ? 0 : ms / this.pace);
    const nextHex = () => createHash('sha256').update(`${this.#seed}:${this.#count++}`).digest('hex');
    return {
      name,
      partition,
      account: ACCOUNT,
      ...makeRegionalStores(),
      ...this.#globalOf(partition.id),
      blobs: this.blobs,
      port: () => this.port,
      authority: this.authority,
      plane: this.#plane,
      now: () => new Date(this.clock.now()),
      id: (prefix, length = 17) => `${prefix}-${nextHex().slice(0, length)}`,
      uuid: () => nextHex().replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-a$4-$5'),
      arn: (service, resource) => `arn:${partition.id}:${service}:${name}:${ACCOUNT}:${resource}`,
      iamArn: (resource) => `arn:${partition.id}:iam::${ACCOUNT}:${resource}`,
      scaled,
      visibleAt: (propagation) => this.visibleAt(propagation),
      after: (duration, event, subject, minimumMs = 0) => {
        const ms = typeof duration === 'number' ? duration : durations[duration];
        const at = this.clock.now() + Math.max(scaled(ms), minimumMs);
        this.agenda.add({ at, region: name, event, subject });
      },
      forget: (event, subject) => this.agenda.forget(event, subject),
      changed: () => this.changed(),
    };
  }
}
