/** For journeys: sends a request as a browser or curl would. */
import { request } from 'node:http';

/** The response to an HTTP request. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Sends a request to a `.localhost` URL without resolving its name, since not every resolver knows such names. */
export function httpRequest(
  url: string,
  {
    method = 'GET',
    body,
    headers = {},
  }: { method?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<HttpResponse> {
  const { hostname, port, pathname, search, host } = new URL(url);
  if (!hostname.endsWith('localhost')) throw new Error(`${hostname} is not this machine`);
  return new Promise((resolve, reject) => {
    const clientRequest = request(
      {
        host: '127.0.0.1',
        port: port || 80,
        path: pathname + search,
        method,
        headers: { host, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        agent: false,
      },
      (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      },
    );
    clientRequest.on('error', reject);
    clientRequest.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
