/** Structured logs: one JSON line per request on stdout, with the request's id. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request } from 'express';
import {
  pino,
  type DestinationStream,
  type Logger,
  type SerializedRequest,
  type SerializedResponse,
} from 'pino';
import { pinoHttp, type HttpLogger } from 'pino-http';

const REQUEST_ID = /^[\w.-]{1,128}$/;

// Synchronous, since pending asynchronous writes could be lost or reordered when the process exits.
const stdout = (): DestinationStream => pino.destination({ sync: true });

/** Creates the service's logger; tests pass their own `stream`. */
export function createLog(service: string, level: string, stream = stdout()): Logger {
  const redact = ['req.headers.authorization', 'req.headers.cookie'];
  return pino({ level, redact, base: { service } }, stream);
}

/** Gives each request its id (`req.id`) and its logger (`req.log`), and logs the response. */
export function requestLog(logger: Logger): HttpLogger {
  return pinoHttp({
    logger,
    genReqId: requestId,
    quietReqLogger: true, // req.log carries the id alone; the line about the response has the whole request
    serializers: {
      // Express derives the client's address from the load balancer's header; the socket's peer is the load balancer.
      req: (req: SerializedRequest) => ({ ...req, clientIp: (req.raw as Request).ip }),
      res: (res: SerializedResponse) => ({ statusCode: res.statusCode }),
    },
    customAttributeKeys: { reqId: 'requestId' },
    customLogLevel: (_req, res) =>
      res.statusCode >= 500 ? 'error' : res.statusCode >= 400 ? 'warn' : 'info',
    autoLogging: { ignore: (req) => req.url === '/health' }, // load balancers request it every few seconds
  });
}

/** Returns the x-request-id of the caller, so that a call can be followed across services. If the header is missing or invalid, returns a new id. */
function requestId(req: IncomingMessage, res: ServerResponse): string {
  const given = req.headers['x-request-id'];
  const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
  res.setHeader('x-request-id', id);
  return id;
}
