/** The results of the commands as data: the fields of the documents that `--json` prints, and of the values that the API returns. */
import type { EgressCost, StackCost } from '../cost/stack-cost.ts';
import type { Noun } from '../model/architecture.ts';
import type { Verb } from '../model/change.ts';

// These are type aliases, since an interface cannot be assigned to the type of any JSON document.

/** The stack of a run, for questions and results. */
export type StackInfo = {
  /** `<name>-<stage>`. */
  readonly stack: string;
  readonly target: 'sandbox' | 'aws';
  readonly region: string;
  /** The number of the AWS account. */
  readonly account: string;
};

/** A value in a plan, or null for a missing value. A value that becomes known later names the resource that determines it. */
export type PlannedValue = string | number | boolean | null | { readonly knownAfter: string };

/** A field that differs. Values that may be secret are left out. */
export type PlannedField = {
  readonly field: string;
  readonly from?: PlannedValue;
  readonly to?: PlannedValue;
};

/** A planned change of one resource. */
export type PlannedChange = {
  /** The kind of the resource and its key, e.g. `services.shop`. */
  readonly address: string;
  readonly verb: Verb;
  readonly reason: string;
  readonly fields: readonly PlannedField[];
};

/** The numbers of changes by verb, and the number of resources that stay as they are. */
export type PlanCounts = Readonly<Record<'create' | 'update' | 'replace' | 'remove' | 'keep', number>>;

/** The changes that a run would make. */
export type PlannedChanges = {
  readonly changes: readonly PlannedChange[];
  /** The addresses of the resources that stay as they are. */
  readonly kept: readonly string[];
  readonly counts: PlanCounts;
};

/** A service that was rolled back: a provision deploys the changes again that the rollback left out. */
export type RolledBack = {
  readonly service: string;
  /** The number of the revision that was restored. */
  readonly restores: number;
  /** The changes that the next provision deploys, in words. */
  readonly ahead: readonly string[];
};

/** The result of a provision or of the deployment of one service. */
export type ProvisionResult = StackInfo & {
  /** The address of the stack; null if no path is routed, or if the address does not resolve yet. */
  readonly url: string | null;
  /** The name servers of a zone that the stack creates; null if it creates none. */
  readonly nameServers: readonly string[] | null;
  /** Whether the zone's parent delegates to these name servers; null if this is unknown. */
  readonly delegated: boolean | null;
  readonly counts: PlanCounts;
  /** The ids of each resource, under its address. */
  readonly resources: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The deployed service, if the run was limited to one. */
  readonly service?: string;
  /** The addresses of the changes that a deployment of one service leaves for a provision. */
  readonly leftOut?: readonly string[];
};

/** The result of a plan: the changes that a provision would make. */
export type PlanResult = StackInfo & {
  readonly plan: PlannedChanges;
  /**
   * The cost after the change, and that of what exists now; and the cost of the way to the internet, null for a stack without its
   * own NAT gateway, or without a known price.
   */
  readonly cost: { readonly after: StackCost; readonly now: StackCost; readonly egress: EgressCost | null };
  readonly rollbacks: readonly RolledBack[];
  /** The file in which the plan was saved. */
  readonly file?: string;
  readonly service?: string;
  readonly leftOut?: readonly string[];
};

/** The result of a comparison of the stack with its configuration. */
export type DriftResult = StackInfo & {
  /** Whether the configuration has changed since the last provision. */
  readonly configurationChanged: boolean;
  readonly drift: PlannedChanges;
  readonly rollbacks: readonly RolledBack[];
  /** Descriptions of everything that does not work as configured, although the resources match. */
  readonly warnings: readonly string[];
};

/** The result of a teardown. */
export type TeardownResult = StackInfo & {
  /** The number of resources that were removed. */
  readonly removed: number;
  /** Always 0: a teardown that leaves anything behind fails with the problem LEFTOVERS. */
  readonly left: number;
  /** The scope of the final search for leftovers. */
  readonly certificate: {
    readonly nouns: readonly Noun[];
    readonly vpc: { readonly vpcId: string; readonly kinds: readonly string[] } | undefined;
  };
};

/** The result of the plan of a teardown. */
export type TeardownPlan = StackInfo & {
  readonly plan: PlannedChanges;
  /** Everything that would make AWS refuse a removal, with the command that removes or explains it. */
  readonly obstacles: readonly { readonly text: string; readonly command: string }[];
};

/** The result of a run whose changes the user did not confirm. */
export type Declined = StackInfo & { readonly declined: true };

/** The ways in which a deployment ends. `unknown`: ECS keeps no record of a deployment for longer than 90 days. */
export type DeploymentOutcome =
  'successful' | 'rolled back' | 'stopped' | 'in progress' | 'not deployed' | 'unknown';

/** A revision of a service. A member is null if its value is not known. */
export type RevisionRecord = {
  readonly revision: number;
  /** The start of the deployment, in ISO 8601. */
  readonly at: string | null;
  /** The caller that registered the revision. */
  readonly by: string | null;
  /** The changes compared with the previous revision, in words. */
  readonly changes: readonly string[];
  /** The revision that a rollback restored with this one. */
  readonly restores: number | null;
  readonly images: readonly {
    readonly container: string;
    readonly reference: string;
    readonly digest: string | null;
  }[];
  readonly outcome: DeploymentOutcome;
  readonly reason: string | null;
  readonly inService: boolean;
  /** The share of the requests while ECS shifts requests between two versions. */
  readonly trafficPercent: number | null;
};

/** The deployments of one service, the newest first. */
export type ServiceHistory = {
  readonly service: string;
  readonly revisions: readonly RevisionRecord[];
  /** The number of older revisions, which are not listed. */
  readonly older: number;
};

/** The result of a listing of deployments. */
export type HistoryResult = StackInfo & { readonly services: readonly ServiceHistory[] };

/** The plan of a rollback. */
export type RollbackPlan = StackInfo & {
  readonly service: string;
  /** The number of the revision in service. */
  readonly from: number;
  /** The number of the revision to restore. */
  readonly to: number;
  /** The image of each container, pinned by digest. */
  readonly images: Readonly<Record<string, string>>;
};

/** The result of a rollback. */
export type RollbackResult = RollbackPlan & { readonly url: string | null };

/** The result of `init`. */
export type InitResult = {
  /** The configuration file, as the user named it. */
  readonly config: string;
  /** Whether the file was written; false if it existed. */
  readonly created: boolean;
  /** Whether a line was added to `.gitignore`. */
  readonly ignored: boolean;
  /** The next command. */
  readonly next: string;
};
