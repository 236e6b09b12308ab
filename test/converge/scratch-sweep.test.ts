import { test } from '@jest/globals';
import { appendFileSync } from 'node:fs';
import { account, planInWords } from './harness.ts';
import { stack, web, container } from './stacks.ts';
import type { StackInput } from '../../lib/config/schema.ts';
const OUT = '/tmp/scratch-out.txt';
const say = (s: string) => appendFileSync(OUT, s + '\n');
const to: Record<string, StackInput> = {
  port: stack({ services: web({ api1: { port: 5050 } }) }),
  rename: stack({ services: { web: { containers: { api9: container('api1', 5000), api2: container('api2', 6000) } } } }),
  service: stack({ services: { shopweb: web()['web']! } }),
  path: stack({ services: web({ api1: { path: '/other' } }) }),
  swap: stack({ services: web({ api1: { port: 6000 }, api2: { port: 5000 } }) }),
  name: stack({ domain: { name: 'www.example.com', zone: 'example.com', createZone: true } }),
  zone: stack({ domain: { name: 'api.example.org', zone: 'example.org', createZone: true } }),
};
const which = (process.env['WHICH'] ?? 'port').split(',');
const kinds = (process.env['KINDS'] ?? 'refused,answer-lost').split(',');
const refuse = (kind: string, nth: number): any => kind === 'refused'
  ? { kind, code: 'AccessDenied', message: 'by the test', status: 403, mutating: true, nth } : { kind, mutating: true, nth };
const waits = process.env['WAIT'] ? { wait: true } : {};
for (const w of which) for (const kind of kinds) for (const back of [false, true])
  test(`${w} ${kind} ${back}`, async () => {
    const next = to[w]!;
    const fresh = await account(); await fresh.up(back ? stack() : next);
    const want = JSON.stringify(fresh.census());
    const plain = await account(); await plain.up(stack(), waits); const { calls } = await plain.up(next, waits);
    if (!back && JSON.stringify(plain.census()) !== want) say(`${w} uninterrupted: census ${JSON.stringify(plain.census())} want ${want}`);
    if (!back) { say(`${w} calls ${calls.join(' ')}`); }
    for (let n = 1; n <= calls.length; n += 1) {
      const tag = `${w} ${kind} ${back ? 'back' : 'on'} #${n} ${calls[n - 1]}`;
      try {
        const user = await account(); await user.up(stack(), waits);
        user.sandbox.faults.add(refuse(kind, n));
        let err: any; await user.up(next, waits).catch((e) => { err = e; });
        if (kind === 'refused' && !err) say(`${tag}: no error (swallowed); waiting ${user.sandbox.faults.waiting().length}`);
        if (kind !== 'refused' && err) say(`${tag}: lost -> error ${err.code} ${err.message} ${err.why ?? ''}`);
        user.sandbox.faults.clear();
        const goal = back ? stack() : next;
        await user.up(goal, waits);
        const plan = planInWords(await user.plan(goal));
        if (plan.length) say(`${tag}: PLAN ${plan.join('; ')}`);
        const c = JSON.stringify(user.census());
        if (c !== want) say(`${tag}: CENSUS ${diff(user.census(), fresh.census())}`);
        await user.down(goal);
        if (Object.keys(user.census()).length) say(`${tag}: LEFT ${JSON.stringify(user.census())}`);
      } catch (e: any) { say(`${tag}: FAIL ${e.code} ${e.message} ${e.why ?? ''}`.slice(0, 600)); }
    }
    say(`${w} ${kind} ${back} finished`);
  }, 115000);
const diff = (a: any, b: any) => [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((k) => a[k] !== b[k]).map((k) => `${k}: ${a[k]} want ${b[k]}`).join(', ');
