/** The cost of a stack as data: a field of the documents that `--json` prints, and of the values that the API returns. */

/** The cost of a stack on AWS without its traffic, logs and images, in US dollars, from published prices. */
export type StackCost = {
  readonly perHour: number;
  readonly perMonth: number;
  /** The most expensive item first; `perHour` is null if the price is not known for the region. */
  readonly items: readonly { readonly what: string; readonly perHour: number | null }[];
  /** The month in which the oldest of the prices was found, e.g. `2026-07`; null if no price is known. */
  readonly pricesOf: string | null;
};

/** The cost of the NAT gateway and of its alternatives, in US dollars per month, without traffic. A null price is not known. */
export type EgressCost = {
  readonly natGateway: number;
  /** Per GB that the tasks send or receive through the NAT gateway; images do not use it. */
  readonly natGatewayPerGb: number | null;
  /** The saving if the stack used the load balancer and the network of another stack. */
  readonly sharedSaves: number;
  /** The interface endpoints that would be needed without a NAT gateway. */
  readonly endpoints: {
    readonly services: readonly string[];
    readonly zones: number;
    readonly perMonth: number | null;
  };
};
