// The words for changes of a task definition name every part, and never the value of a variable.
import { expect, test } from '@jest/globals';
import { changesBetween } from '../../../../lib/derive/revision-words.ts';
import { definitionFields } from '../../../../lib/derive/task-definition.ts';

const api = {
  name: 'api',
  image: 'api:1',
  portMappings: [{ containerPort: 80 }],
  environment: [{ name: 'LOG_LEVEL', value: 'info' }],
};
const before = { cpu: '256', memory: '512', taskRoleArn: 'one', containerDefinitions: [api] };

test.each<[string, object, string[]]>([
  ['nothing', {}, []],
  ['the size', { cpu: '512', memory: '1024' }, ['cpu', 'memory']],
  ['a role', { taskRoleArn: 'two' }, ['task role']],
  ['an image', { containerDefinitions: [{ ...api, image: 'api:2' }] }, ['image of api']],
  ['a port', { containerDefinitions: [{ ...api, portMappings: [{ containerPort: 81 }] }] }, ['port of api']],
  [
    'variables',
    {
      containerDefinitions: [
        {
          ...api,
          environment: [
            { name: 'LOG_LEVEL', value: 'debug' },
            { name: 'A.B', value: 'secret' },
          ],
        },
      ],
    },
    ['environment LOG_LEVEL of api', 'environment A.B of api'],
  ],
  [
    'containers',
    { containerDefinitions: [{ ...api, name: 'web' }] },
    ['container web added', 'container api removed'],
  ],
])('%s', (_what, changes, words) => {
  expect(changesBetween(definitionFields(before), definitionFields({ ...before, ...changes }))).toEqual(
    words,
  );
});
