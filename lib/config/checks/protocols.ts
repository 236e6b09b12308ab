/** Checks of the protocols HTTP2 and GRPC: what they need of the load balancer, and which status codes they have. */
import { usesHttp2, type Config } from '../config.ts';
import { containersWithServices, pathOfContainer, type Finding } from '../finding.ts';
import { grpcMatcher, httpMatcher } from '../matcher-rules.ts';

/** AWS refuses such target groups for listeners of HTTP. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html */
export function* http2HasHttps(config: Config): Iterable<Finding> {
  if (config.domain?.https || config.loadBalancer?.https) return;
  for (const { service, container } of containersWithServices(config))
    if (usesHttp2(container))
      yield {
        path: pathOfContainer(service, container, 'protocol'),
        fix: "Set domain.https to true, or use 'HTTP': clients of the load balancer use HTTP/2 only over TLS.",
        basedOn: [['domain'], ['domain', 'https'], ['loadBalancer'], ['loadBalancer', 'https']],
      };
}

export function* matchersFitProtocols(config: Config): Iterable<Finding> {
  for (const { service, container } of containersWithServices(config)) {
    const { protocol, health } = container;
    const fix = (protocol === 'GRPC' ? grpcMatcher : httpMatcher)(health.matcher);
    if (fix !== undefined)
      yield {
        path: pathOfContainer(service, container, 'health', 'matcher'),
        fix,
        basedOn: [pathOfContainer(service, container, 'protocol')],
      };
  }
}
