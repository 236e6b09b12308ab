/** Runs nginx as a reverse proxy, to compare it with the sandbox's load balancer. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onCleanup } from './cleanup.ts';
import { freePort } from './local-server.ts';
import { killGroup } from './run-command.ts';

/** Returns the configuration of a minimal reverse proxy: persistent connections on both sides, no logs. */
export const nginxConfiguration = (folder: string, port: number, upstreamPort: number): string => `daemon off;
pid ${folder}/pid;
error_log ${folder}/error.log;
worker_processes 1;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  upstream app { server 127.0.0.1:${upstreamPort}; keepalive 64; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
`;

/** Whether nginx is installed. */
export const hasNginx = (): boolean => spawnSync('nginx', ['-v'], { stdio: 'ignore' }).status === 0;

/** Starts nginx as a proxy in front of a local port, and resolves when nginx answers. */
export async function startNginx(
  parent: string,
  upstreamPort: number,
): Promise<{ port: number; stop: () => Promise<void> }> {
  const folder = join(parent, 'nginx');
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, nginxConfiguration(folder, port, upstreamPort));
  const child = spawn('nginx', ['-p', folder, '-c', file], { stdio: 'ignore', detached: true });
  const end = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = onCleanup(() => (killGroup(child), end));
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (answer) return { port, stop };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await stop();
  throw new Error('nginx does not answer');
}
