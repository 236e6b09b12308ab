/** Programs that the health checks cannot connect to. */
import { api, type DeployCase } from '../deploy-case.ts';
import { server } from '../programs.ts';

const SLOW =
  "console.log('warming up'); setTimeout(() => server.listen(port, '0.0.0.0', () => console.log('listening on', port)), 12000);";

export const LISTENING: readonly DeployCase[] = [
  {
    name: 'wrong-container-port',
    fault: 'port is 5999, and the program listens on 5000',
    folders: { app: server({ first: "process.env.PORT = '5000';" }) },
    services: api({ port: 5999 }, { graceSeconds: 10 }),
    cause: /api listens on 5000 but port is 5999/,
    fix: /Set port of api to 5000/,
  },
  {
    name: 'app-on-other-port',
    fault: 'PORT is 5001 in the environment, and port is 5000',
    folders: { app: server() },
    services: api({ environment: { PORT: '5001' } }),
    cause: /api listens on 5001 but port is 5000/,
    fix: /Remove PORT from environment of api, or set port of api to 5001/,
  },
  {
    name: 'loopback-only',
    fault: 'the program listens on 127.0.0.1',
    folders: { app: server({ listen: "server.listen(port, '127.0.0.1', () => console.log('ready'));" }) },
    services: api(),
    cause: /api listens on 127\.0\.0\.1 only/,
    fix: /listen on 0\.0\.0\.0:5000/,
  },
  {
    name: 'ipv6-loopback-only',
    fault: 'the program listens on ::1',
    folders: { app: server({ listen: "server.listen(port, '::1', () => console.log('ready'));" }) },
    services: api(),
    cause: /api listens on ::1 only/,
    fix: /listen on 0\.0\.0\.0:5000/,
  },
  {
    name: 'unix-socket',
    fault: 'the program listens on a Unix socket',
    folders: {
      app: server({
        listen: "server.listen('/tmp/app-' + process.pid + '.sock', () => console.log('ready'));",
      }),
    },
    services: api({ readOnlyRoot: false }, { graceSeconds: 5 }),
    cause: /api listens on the Unix socket \/tmp\/app-\d+\.sock only, and not on port 5000/,
    fix: /listen on 0\.0\.0\.0:5000/,
  },
  {
    name: 'never-listens',
    fault: 'the program runs but never listens',
    folders: {
      app: server({ listen: "console.log('waiting for the leader'); setInterval(() => {}, 1000);" }),
    },
    services: api({}, { graceSeconds: 5 }),
    cause:
      /nothing listens on port 5000 of api|api was not ready \d+ s after it started, and graceSeconds is 5/,
  },
  {
    name: 'slow-start-without-grace',
    fault: 'the program listens 12 s after its start, and graceSeconds is 0',
    folders: { app: server({ listen: SLOW }) },
    services: api({}, { graceSeconds: 0 }),
    cause: /api was not ready \d+ s after it started, and graceSeconds is 0/,
    fix: /Set graceSeconds of web/,
  },
  {
    name: 'slow-start-in-grace',
    fault: 'the program listens 12 s after its start, and graceSeconds is 60',
    folders: { app: server({ listen: SLOW }) },
    services: api({}, { graceSeconds: 60 }),
  },
  {
    name: 'speaks-http-not-https',
    fault: 'protocol is HTTPS, and the program speaks HTTP',
    folders: { app: server() },
    services: api({ protocol: 'HTTPS' }, { graceSeconds: 10 }),
    cause: /api listens on 5000 but does not speak HTTPS there/,
    fix: /Set protocol of api to HTTP/,
  },
  {
    name: 'speaks-https-not-http',
    fault: 'protocol is HTTP, and the program speaks HTTPS',
    folders: { app: server().replace("'node:http'", "'node:https'") },
    services: api({}, { graceSeconds: 10 }),
    cause: /api listens on 5000 but does not speak HTTP there/,
    fix: /Set protocol of api to HTTPS/,
  },
];
