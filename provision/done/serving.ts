/** Reports that the new versions serve as soon as they do, while the run still watches their tasks. */
import type { Config } from '../../lib/config/config.ts';
import { changeAddress, type Change } from '../../lib/model/change.ts';
import { addressOf } from '../../lib/model/resources.ts';
import type { Run } from '../../lib/run/run.ts';
import type { ConnectedTarget } from '../../lib/run/target.ts';
import type { AllIds } from '../context.ts';
import { requestPath } from './request-path.ts';
import { isGood } from './sample.ts';
import { publicAddress } from './url.ts';
import { addressFor, verifiedRoutes } from './verified-routes.ts';

/** Reports where the stack serves. */
export interface ServingReport {
  /** Adds a service whose new tasks serve, by its address. The last one of the changed services leads to the report. */
  readonly add: (address: string, ids: AllIds) => void;
  /** Ends a request that is under way. */
  readonly close: () => Promise<void>;
}

/**
 * Makes the report of one run. It is made once, and only if every path of the changed services answers: before the domain
 * resolves, at the load balancer's own name.
 */
export function servingReport(
  run: Run,
  config: Config,
  target: ConnectedTarget,
  changes: readonly Change[],
): ServingReport {
  const changed = new Set(
    changes.filter(({ noun, verb }) => noun === 'services' && verb !== 'remove').map(changeAddress),
  );
  const routes = verifiedRoutes(config).filter(
    ({ service }) => service.count > 0 && changed.has(addressOf('services', service.name)),
  );
  const missing = new Set(routes.map(({ service }) => addressOf('services', service.name)));
  const ending = new AbortController();
  let reporting: Promise<void> | undefined;

  async function reportAddress(ids: AllIds): Promise<void> {
    const signal = AbortSignal.any([run.signal, ending.signal]);
    const address =
      (await publicAddress(config, target, ids)) ?? (await publicAddress(config, target, ids, false));
    if (!address) return;
    const answers = await Promise.all(
      routes.map(({ request }) =>
        requestPath(addressFor(address, request), request.path, { ...run, signal }),
      ),
    );
    if (!answers.every(isGood) || signal.aborted) return;
    run.report({
      type: 'phase',
      text: `serving at ${address.url}; watching the new tasks a little longer, since a program may still exit`,
    });
  }

  return {
    add(address, ids) {
      if (!missing.delete(address) || missing.size > 0) return;
      // A request that fails says nothing about the deployment.
      reporting = reportAddress(ids).catch(() => undefined);
    },
    async close() {
      ending.abort();
      await reporting;
    },
  };
}
