/** The results of `open`, `scale` and `restart` as data. */
import type { StackInfo } from './results.ts';

/** The address of a container. */
export type ContainerAddress = {
  /** `<service>/<container>`. */
  readonly container: string;
  readonly url: string;
};

/** The result of `open`. */
export type OpenResult = StackInfo &
  ContainerAddress & {
    /** Whether the address was opened in a browser. */
    readonly opened: boolean;
    /** The addresses of the other containers. */
    readonly others: readonly ContainerAddress[];
  };

/** The result of a change of the number of tasks. */
export type ScaleResult = StackInfo & {
  readonly service: string;
  /** The number of tasks before the change. */
  readonly from: number;
  readonly to: number;
  /** The number in the configuration, which the next provision sets; null if the service is not in the configuration. */
  readonly configured: number | null;
};

/** The result of a restart. */
export type RestartResult = StackInfo & {
  readonly services: readonly {
    readonly service: string;
    readonly revision: number;
    /** The number of tasks that were replaced; 0 if the service has no tasks. */
    readonly tasks: number;
  }[];
  /** The address of the stack; null if no path is routed, or if the address does not resolve. */
  readonly url: string | null;
};
