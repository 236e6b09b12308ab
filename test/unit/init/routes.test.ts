// The routes of programs, with the prefixes of their routers, and the health route among them.
import { describe, expect, test } from '@jest/globals';
import { commonPath, healthRoute, routesIn } from '../../../init/routes.ts';
import { sourcesOf } from './folder.ts';

const paths = (files: Readonly<Record<string, string>>): string[] =>
  routesIn(sourcesOf(files)).map(({ path, isPlainGet }) => (isPlainGet ? path : `(${path})`));
const health = (files: Readonly<Record<string, string>>) => healthRoute(routesIn(sourcesOf(files)))?.path;

describe('the routes', () => {
  test.each([
    [
      'Express',
      `app.get('/', a); app.post('/users', b); app.get('/users/:id', c); app.get("/files/*", d);`,
      ['/', '(/users)', '(/users)', '(/files)'],
    ],
    [
      'a mounted router of the same file',
      `const api = express.Router(); api.get('/health', h); app.use('/api', api);`,
      ['/api/health'],
    ],
    [
      'a router of Koa with a prefix',
      `const router = new Router({ prefix: '/v1' }); router.get('/items', h);`,
      ['/v1/items'],
    ],
    [
      'plain Node',
      `createServer((q, r) => { if (q.url === '/health') return; if (q.url.startsWith('/x/')) return; });`,
      ['/health', '/x'],
    ],
    ['a switch', `switch (pathname) { case '/ready': break; }`, ['/ready']],
    ['route objects', `server.route({ method: 'GET', url: '/objects', handler })`, ['/objects']],
    [
      'Nest',
      `@Controller('cats') class Cats { @Get() all() {} @Get(':id') one() {} @Post('new') add() {} }`,
      ['/cats', '(/cats)', '(/cats/new)'],
    ],
  ])('of %s are found', (_, text, expected) => {
    expect(paths({ 'server.js': text })).toEqual(expected);
  });

  test('have the prefixes under which other files mount their routers', () => {
    const files = {
      'server.js': `const api = require('./api'); app.use('/api', auth(), api); app.use('/v2', require('./v2/index.js'));`,
      'api.js': `import users from './users.js'; const router = Router(); router.get('/health', h); router.use('/users', users);`,
      'users.js': `const router = Router(); router.get('/', list);`,
      'v2/index.js': `const router = Router(); router.get('/ping', pong);`,
    };
    expect(paths(files).sort()).toEqual(['/api/health', '/api/users', '/v2/ping']);
  });

  test('have the prefixes of plugins and of a whole application', () => {
    expect(
      paths({
        'app.ts': `import routes from './routes.js'; app.register(routes, { prefix: '/v1' });`,
        'routes.ts': `export default async (app) => { app.get('/status', h); };`,
      }),
    ).toEqual(['/v1/status']);
    expect(
      paths({
        'main.ts': `import './controller.js'; app.setGlobalPrefix('api');`,
        'controller.ts': `@Controller() class Health { @Get('healthz') check() {} }`,
      }),
    ).toEqual(['/api/healthz']);
  });
});

test('the health route is the most telling one that a GET request reaches', () => {
  expect(health({ 'a.js': `app.get('/ping', p); app.get('/healthz', h); app.post('/health', x);` })).toBe(
    '/healthz',
  );
  expect(health({ 'a.js': `app.get('/health/:id', h); app.get('/api/status', s);` })).toBe('/api/status');
  expect(health({ 'a.js': `app.get('/health/live', h);` })).toBe('/health/live');
  expect(health({ 'a.js': `app.get('/users', h);` })).toBeUndefined();
});

test('the common path of the routes has whole segments', () => {
  const common = (text: string) => commonPath(routesIn(sourcesOf({ 'a.js': text })));
  expect(common(`app.get('/api/users', a); app.get('/api/orders', b);`)).toBe('/api');
  expect(common(`app.get('/api1', a); app.get('/api12', b);`)).toBe('/');
  expect(common(`app.get('/users/:id', a);`)).toBe('/users');
  expect(common(``)).toBe('/');
});
