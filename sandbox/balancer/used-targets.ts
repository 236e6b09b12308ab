/** Closes the pooled connections to targets that no longer receive requests, as a load balancer does when a target drains. */
import type { Forwarder } from './forwarder.ts';
import type { ListenerView, TargetView } from './view.ts';

/** An address of this machine. */
interface Address {
  readonly host: string;
  readonly port: number;
}

/** The targets to which a listener has connections. */
export interface UsedTargets {
  add(targetGroupArn: string, target: TargetView, address: Address): void;
  /** Closes the idle connections to targets that drain or are no longer registered. */
  closeUnused(this: void): void;
}

export function rememberTargets(view: ListenerView, forwarder: Forwarder): UsedTargets {
  const used = new Map<
    string,
    { readonly arn: string; readonly target: TargetView; readonly address: Address }
  >();
  return {
    add(arn, target, address) {
      used.set(`${arn} ${target.id}:${target.port}`, { arn, target, address });
    },
    closeUnused() {
      for (const [key, { arn, target, address }] of used) {
        const state = view
          .targets(arn)
          .find(({ id, port }) => id === target.id && port === target.port)?.state;
        if (state !== undefined && state !== 'draining') continue;
        forwarder.retire(address.host, address.port);
        // A draining target may still have open requests, whose connections become idle later.
        if (state === undefined) used.delete(key);
      }
    },
  };
}
