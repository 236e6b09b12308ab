/** Programs that answer health checks or requests wrongly, and deploys that work although something is odd. */
import { api, API, type DeployCase } from '../deploy-case.ts';
import { answering, server } from '../programs.ts';

const BLOCK =
  "setTimeout(() => { console.log('computing'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600000); }, 300);";

export const HEALTH: readonly DeployCase[] = [
  {
    name: 'health-404',
    fault: 'health.path answers 404',
    folders: { app: server({ answer: answering('/healthz', 404) }) },
    services: api({ health: { path: '/healthz' } }),
    cause: /GET \/healthz of api answers 404, expected 200-299: correct health\.path or health\.matcher/,
    fix: /health\.path/,
  },
  {
    name: 'health-404-later',
    fault: 'health.path answers 404 when the program runs as a task',
    folders: {
      app: server({ answer: `if (process.env.AWS_REGION) ${answering('/health', 404)}` }),
    },
    services: api(),
    cause: /GET \/health of api answers 404, expected 200-299: correct health\.path or health\.matcher/,
    fix: /health\.path/,
  },
  {
    name: 'health-500',
    fault: 'health.path answers 500, and the program logs why',
    folders: {
      app: server({
        answer: answering(
          '/health',
          500,
          "console.error('health: database connection refused 10.0.9.9:5432');",
        ),
      }),
    },
    services: api(),
    cause: /GET \/health of api answers 500, expected 200-299/,
    fix: /\/health/,
  },
  {
    name: 'health-301',
    fault: 'health.path redirects',
    folders: {
      app: server({ answer: answering('/health', 301, "response.setHeader('location', '/health/');") }),
    },
    services: api(),
    cause: /GET \/health of api answers 301, expected 200-299: correct health\.path or health\.matcher/,
    fix: /redirects to/,
  },
  {
    name: 'health-401',
    fault: 'health.path needs a login',
    folders: { app: server({ answer: answering('/health', 401) }) },
    services: api(),
    cause: /GET \/health of api answers 401, expected 200-299: correct health\.path or health\.matcher/,
    fix: /needs no login/,
  },
  {
    name: 'health-matcher',
    fault: 'health.matcher accepts only 204',
    folders: { app: server() },
    services: api({ health: { path: '/health', matcher: '204' } }),
    cause: /GET \/health of api answers 200, expected 204: correct health\.path or health\.matcher/,
    fix: /health\.matcher/,
  },
  {
    name: 'health-slow',
    fault: 'health.path takes 8 s, and health.timeoutSeconds is 2',
    folders: {
      app: server({
        answer: "if (request.url === '/health') { setTimeout(() => response.end('ok'), 8000); return; }",
      }),
    },
    services: api({ health: { path: '/health', timeoutSeconds: 2 } }, { graceSeconds: 10 }),
    cause: /api does not answer GET \/health on port 5000 within 2 s/,
    fix: /health\.timeoutSeconds/,
  },
  {
    name: 'event-loop-blocked',
    fault: 'the program listens and then never answers',
    folders: { app: server({ last: BLOCK }) },
    services: api({}, { graceSeconds: 10 }),
    cause: /api does not answer GET \/health on port 5000 within 5 s/,
  },
  {
    name: 'container-check-fails',
    fault: 'a container without a path fails its own health check',
    folders: {
      worker:
        "import { createServer } from 'node:http';\ncreateServer((_, response) => { console.error('worker: queue unreachable'); response.statusCode = 503; response.end(); }).listen(7000, '0.0.0.0');\n",
    },
    services: {
      web: {
        graceSeconds: 10,
        containers: { api: API, worker: { source: 'worker', port: 7000, health: { path: '/health' } } },
      },
    },
    cause: /worker fails its own health check: GET \/health on port 7000/,
    fix: /worker/,
  },
  {
    name: 'path-500',
    fault: 'health.path is fine, and the routed path answers 500',
    folders: {
      app: server({
        answer:
          "if (request.url.startsWith('/api')) { console.error('TypeError: pool is undefined'); response.statusCode = 500; return response.end('boom'); }",
      }),
    },
    services: api(),
    stays: true,
    cause: /api answers every request to \/api with an error: .*500/,
  },
  {
    name: 'helper-ends',
    fault: 'a container that is not essential ends with an error, and the others run',
    folders: {
      app: server({ first: "console.log('second version');" }),
      helper: "console.error('Error: no rights to read the metrics');\nprocess.exit(4);\n",
    },
    services: {
      web: {
        containers: { api: { ...API, source: 'app' }, helper: { source: 'helper', essential: false } },
      },
    },
    warning: /helper has ended in 1 of 1 tasks of web \(.*4\)/,
  },
  {
    name: 'ignores-sigterm',
    fault: 'the program ignores SIGTERM, so every stop takes stopSeconds',
    folders: { app: server({ stop: "() => console.log('SIGTERM ignored')" }) },
    services: api(),
  },
];
