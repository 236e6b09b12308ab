/** The registry endpoint: the Docker Registry HTTP API V2 over the images in ECR, for tools such as docker, podman and skopeo. */
import { checkCredentials, type CredentialStatus } from '../aws/ecr/authorization.ts';
import { parseLayerPath } from '../aws/ecr/layer-downloads.ts';
import { parseLoopbackRegistry } from '../aws/ecr/registry.ts';
import { Refusal, refusal } from '../protocol/refusal.ts';
import type { StreamedRequest, StreamedResponse } from '../protocol/wire.ts';
import type { Journal } from '../server/journal.ts';
import type { Region } from '../world/region.ts';
import type { World } from '../world/world.ts';
import { errorPage, errorResponse } from './errors.ts';
import { makeEcrCall } from './exchange.ts';
import { serveLayer } from './layers.ts';
import { findRoute } from './routes.ts';

/** Everything that the registry needs in addition to the world. */
export interface RegistryContext {
  readonly journal: Journal;
  /** Receives the sandbox's internal errors. */
  readonly reportError: (error: unknown) => void;
}

/** Handles a request of a container tool; returns undefined for any other request, whose body is then still unread. */
export type RegistryHandler = (request: StreamedRequest) => Promise<StreamedResponse | undefined>;

/** Makes the registry endpoint of a world. The endpoint also serves the layers to which it redirects clients. */
export function makeRegistry(world: World, context: RegistryContext): RegistryHandler {
  return async (request) => {
    const layer = parseLayerPath(request.path);
    if (layer) return serveLayer(world, layer, request);
    if (!isForRegistry(request)) return undefined;
    const response = await respond(world, context, request);
    return {
      ...response,
      headers: { ...response.headers, 'docker-distribution-api-version': 'registry/2.0' },
    };
  };
}

/** Requests of the AWS API are signed, whatever their path. */
const isForRegistry = ({ path, headers }: StreamedRequest): boolean =>
  /^\/v2(\/|$)/.test(path) && !(headers['authorization'] ?? '').startsWith('AWS4-');

async function respond(
  world: World,
  { journal, reportError }: RegistryContext,
  request: StreamedRequest,
): Promise<StreamedResponse> {
  const { region, status } = authenticate(world, request);
  if (!region || status !== 'valid') return unauthorized(request, status);
  const route = findRoute(request.method, decodePath(request.path));
  if (!route) return { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found\n' };
  try {
    if (!route.respond) throw refusal('NotImplemented', 'The operation is unsupported.');
    const registryId = parseLoopbackRegistry(request.headers['host'] ?? '')?.registryId ?? region.account;
    return await route.respond({
      region,
      request,
      repository: { registryId, repositoryName: route.repositoryName },
      reference: route.reference,
      call: makeEcrCall(world, journal, region),
    });
  } catch (error) {
    if (error instanceof Refusal) return errorResponse(error);
    // The client closed the connection in the middle of a body. It can continue the upload.
    if (isReset(error)) return errorResponse(refusal('InterruptedUpload', 'The upload was interrupted'));
    reportError(error);
    return errorPage(500, 'UNKNOWN', 'The sandbox failed; its log has the details');
  }
}

const isReset = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException | undefined)?.code === 'ECONNRESET';

/**
 * Finds the region of a request and checks its credentials. The host names the region. Under another host, such as 127.0.0.1,
 * the region is the one in which the token was issued.
 */
function authenticate(
  world: World,
  { headers }: StreamedRequest,
): { region: Region | undefined; status: CredentialStatus } {
  const address = parseLoopbackRegistry(headers['host'] ?? '');
  // Only existing regions are searched, so that an invented host creates no region. A region that issued a token exists.
  const candidates = world.regions().filter(({ name }) => !address || name === address.regionName);
  const checked = candidates.map((region) => ({
    region,
    status: checkCredentials(region, headers['authorization'] ?? ''),
  }));
  return checked.find(({ status }) => status !== 'unknown') ?? { region: undefined, status: 'unknown' };
}

/** Demands a token in ECR's own words. The status for an expired token is not verified. */
function unauthorized({ headers }: StreamedRequest, status: CredentialStatus): StreamedResponse {
  const challenge = {
    'www-authenticate': `Basic realm="http://${headers['host'] ?? ''}/",service="ecr.amazonaws.com"`,
  };
  const refused =
    status === 'expired'
      ? errorPage(401, 'DENIED', 'Your authorization token has expired. Reauthenticate and try again.')
      : { status: 401, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'Not Authorized\n' };
  return { ...refused, headers: { ...refused.headers, ...challenge } };
}

/** Decodes a path. A path with invalid escapes stays as it is, and names nothing. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
