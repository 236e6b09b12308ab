// Blobs at the registry endpoint: uploaded in one request or in chunks, mounted from other repositories, and read from signed URLs.
import {
  GetDownloadUrlForLayerCommand,
  PutAccountSettingCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock } from '../../../sandbox/world/clock.ts';
import { digestOf, makeRepository } from '../aws/ecr/pushing.ts';
import { refusalOf } from '../harness.ts';
import { errorCodeOf, registryScene, send, type RegistryResponse } from './registry-client.ts';

const MIB = 1024 * 1024;
const MISSING_DIGEST = digestOf('missing');
const statusAndCode = (response: RegistryResponse) => [response.status, errorCodeOf(response)];

/** Starts a sandbox and an upload, and returns the path of the upload. */
async function uploadScene(options = {}) {
  const scene = await registryScene(options);
  const startResponse = await scene.registry('POST', '/v2/web/blobs/uploads/');
  return { ...scene, startResponse, path: startResponse.headers['location'] ?? '' };
}

describe('an upload', () => {
  test('in one request creates a blob that HEAD finds', async () => {
    const { registry, pushBlob } = await registryScene();
    const path = `/v2/web/blobs/${digestOf('layer')}`;
    expect(statusAndCode(await registry('GET', path))).toEqual([404, 'BLOB_UNKNOWN']);
    expect((await registry('HEAD', path)).status).toBe(404);
    const digest = await pushBlob('layer');
    expect(await registry('HEAD', path)).toMatchObject({
      status: 200,
      headers: { 'content-length': '5', 'docker-content-digest': digest },
    });
  });

  test('starts with a response that contains its location and the minimum size of chunks', async () => {
    const { startResponse } = await uploadScene();
    expect(startResponse).toMatchObject({
      status: 202,
      headers: {
        location: expect.stringMatching(/^\/v2\/web\/blobs\/uploads\/[0-9a-f-]{36}$/),
        range: '0-0',
        'docker-upload-uuid': expect.any(String),
        'oci-chunk-min-length': String(5 * MIB),
      },
    });
  });

  test('in chunks reports its progress, and is refused if a chunk before the last one is too small', async () => {
    const { registry, path, region } = await uploadScene();
    const bytes = randomBytes(5 * MIB + 3);
    const first = await registry('PATCH', path, { body: bytes.subarray(0, 5 * MIB) });
    expect(first).toMatchObject({ status: 202, headers: { location: path, range: `0-${5 * MIB - 1}` } });
    const range = `${5 * MIB}-${5 * MIB + 1}`;
    const headers = { 'content-range': range };
    await registry('PATCH', path, { headers, body: bytes.subarray(5 * MIB, 5 * MIB + 2) });
    expect(await registry('GET', path)).toMatchObject({
      status: 204,
      headers: { range: `0-${5 * MIB + 1}` },
    });
    const tooSmall = await registry('PUT', `${path}?digest=${digestOf(bytes)}`, { body: bytes.subarray(-1) });
    expect(statusAndCode(tooSmall)).toEqual([400, 'SIZE_INVALID']);
    expect(region.ecr.uploads.size).toBe(1);
  });

  test('is completed by the request that sends its last chunk', async () => {
    const { registry, path, region } = await uploadScene();
    const bytes = randomBytes(6 * MIB);
    await registry('PATCH', path, { body: bytes.subarray(0, 5 * MIB) });
    const done = await registry('PUT', `${path}?digest=${digestOf(bytes)}`, {
      body: bytes.subarray(5 * MIB),
    });
    expect(done).toMatchObject({
      status: 201,
      headers: { location: `/v2/web/blobs/${digestOf(bytes)}`, 'docker-content-digest': digestOf(bytes) },
    });
    expect(Buffer.from(region.blobs.get(`eu-west-1/${digestOf(bytes)}`) ?? []).equals(bytes)).toBe(true);
    expect(region.ecr.uploads.size).toBe(0);
    expect(statusAndCode(await registry('GET', path))).toEqual([404, 'BLOB_UPLOAD_UNKNOWN']);
  });

  test('of more than 20 MiB in one request reaches ECR in parts, and is stored in a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'registry-'));
    try {
      const { registry, path, journal, region, ...scene } = await uploadScene({ folder });
      const bytes = randomBytes(41 * MIB);
      await registry('PATCH', path, { body: bytes });
      const parts = journal.entries().filter(({ operation }) => operation === 'UploadLayerPart');
      expect(parts).toHaveLength(3);
      expect((await registry('PUT', `${path}?digest=${digestOf(bytes)}`)).status).toBe(201);
      expect(digestOf(region.blobs.get(`eu-west-1/${digestOf(bytes)}`) ?? new Uint8Array())).toBe(
        digestOf(bytes),
      );
      await scene.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('with a wrong digest is refused, and can be completed with the right one', async () => {
    const { registry, path } = await uploadScene();
    await registry('PATCH', path, { body: 'layer' });
    for (const query of [`?digest=${MISSING_DIGEST}`, '?digest=md5:12', ''])
      expect(statusAndCode(await registry('PUT', `${path}${query}`))).toEqual([400, 'DIGEST_INVALID']);
    expect((await registry('PUT', `${path}?digest=${digestOf('layer')}`)).status).toBe(201);
  });

  test('without any bytes is refused', async () => {
    const { registry, path } = await uploadScene();
    expect(statusAndCode(await registry('PUT', `${path}?digest=${digestOf('')}`))).toEqual([
      400,
      'SIZE_INVALID',
    ]);
  });

  test('with a chunk out of order is refused', async () => {
    const { registry, path } = await uploadScene();
    const chunk = await registry('PATCH', path, { headers: { 'content-range': '5-9' }, body: 'layer' });
    expect(statusAndCode(chunk)).toEqual([416, 'BLOB_UPLOAD_INVALID']);
    expect((await registry('GET', path)).headers['range']).toBe('0-0');
  });

  test('of a blob that the repository already has succeeds', async () => {
    const { registry, path, pushBlob } = await uploadScene();
    const digest = await pushBlob('layer');
    await registry('PATCH', path, { body: 'layer' });
    expect((await registry('PUT', `${path}?digest=${digest}`)).status).toBe(201);
  });

  test('of more than 2 GiB is refused', async () => {
    const { registry, path, region } = await uploadScene();
    const [upload] = region.ecr.uploads.all();
    upload?.parts.push({ sizeInBytes: 2048 * MIB - 2 });
    expect(statusAndCode(await registry('PATCH', path, { body: 'abc' }))).toEqual([413, 'SIZE_INVALID']);
  });

  test.each([
    [
      'an unknown upload',
      '/v2/web/blobs/uploads/00000000-0000-4000-8000-000000000000',
      404,
      'BLOB_UPLOAD_UNKNOWN',
    ],
    ['an upload with an invalid ID', '/v2/web/blobs/uploads/x', 404, 'BLOB_UPLOAD_UNKNOWN'],
    ['an unknown repository', '/v2/gone/blobs/uploads/x', 404, 'NAME_UNKNOWN'],
  ])('is refused for %s', async (_, path, status, code) => {
    const { registry } = await registryScene();
    expect(statusAndCode(await registry('PATCH', path, { body: 'layer' }))).toEqual([status, code]);
    expect(statusAndCode(await registry('PUT', `${path}?digest=${MISSING_DIGEST}`))).toEqual([status, code]);
  });

  test('with a wrong token is refused even if the body is large, and stores nothing', async () => {
    const { registry, path, region } = await uploadScene();
    const headers = { authorization: 'Basic eA==' };
    expect((await registry('PATCH', path, { headers, body: new Uint8Array(30 * MIB) })).status).toBe(401);
    expect(region.ecr.uploads.all()).toMatchObject([{ parts: [] }]);
  });

  test('can continue after the client disconnects in the middle of a body', async () => {
    const errors: unknown[] = [];
    const { registry, path, host, authorization, port } = await uploadScene({
      reportError: (error: unknown) => errors.push(error),
    });
    const socket = net.connect(port, '127.0.0.1');
    const head = [
      `PATCH ${path} HTTP/1.1`,
      ...[`Host: ${host}`, `Authorization: ${authorization}`, 'Content-Length: 100', '', 'half'],
    ];
    await new Promise<void>((written) => socket.write(head.join('\r\n'), () => written()));
    socket.resetAndDestroy();
    await registry('PATCH', path, { body: 'layer' });
    expect((await registry('PUT', `${path}?digest=${digestOf('layer')}`)).status).toBe(201);
    expect(errors).toEqual([]);
  });
});

describe('a blob of another repository', () => {
  const mount = `/v2/other/blobs/uploads/?mount=${digestOf('layer')}&from=web`;

  test('is mounted if the account allows it and an image uses the blob', async () => {
    const { registry, push, pushBlob, ecr } = await registryScene();
    await makeRepository(ecr, 'other');
    await pushBlob('layer');
    await ecr.send(new PutAccountSettingCommand({ name: 'BLOB_MOUNTING', value: 'ENABLED' }));
    expect((await registry('POST', mount)).status).toBe(202);
    await push('v1');
    expect(await registry('POST', mount)).toMatchObject({
      status: 201,
      headers: {
        location: `/v2/other/blobs/${digestOf('layer')}`,
        'docker-content-digest': digestOf('layer'),
      },
    });
    expect((await registry('HEAD', `/v2/other/blobs/${digestOf('layer')}`)).status).toBe(200);
    // The other repository keeps the blob when the image in the first repository is deleted.
    await registry('DELETE', '/v2/web/manifests/v1');
    expect((await registry('HEAD', `/v2/web/blobs/${digestOf('layer')}`)).status).toBe(404);
    expect((await registry('HEAD', `/v2/other/blobs/${digestOf('layer')}`)).status).toBe(200);
  });

  test('must be uploaded by default, as on AWS', async () => {
    const { registry, push, ecr } = await registryScene();
    await makeRepository(ecr, 'other');
    await push('v1');
    expect((await registry('POST', mount)).status).toBe(202);
    expect((await registry('HEAD', `/v2/other/blobs/${digestOf('layer')}`)).status).toBe(404);
  });
});

describe('the bytes of a blob', () => {
  const layerDigest = digestOf('layer');
  const pathOf = (url: string) => new URL(url).pathname + new URL(url).search;

  test('are served at a signed URL under the host that the client uses', async () => {
    const { registry, push, port, host } = await registryScene();
    await push('v1');
    const redirect = await registry('GET', `/v2/web/blobs/${layerDigest}`);
    expect(redirect.status).toBe(307);
    const location = redirect.headers['location'] ?? '';
    expect(new URL(location).host).toBe(host);
    expect(await send(port, 'GET', pathOf(location))).toMatchObject({
      status: 200,
      headers: { 'content-length': '5' },
      body: 'layer',
    });
    expect(await send(port, 'HEAD', pathOf(location))).toMatchObject({ status: 200, body: '' });
  });

  test('are served at the URL that GetDownloadUrlForLayer returns, for an hour', async () => {
    const clock = manualClock();
    const { push, ecr } = await registryScene({ clock, pace: 'instant' });
    await push('v1');
    const command = new GetDownloadUrlForLayerCommand({ repositoryName: 'web', layerDigest });
    const answer = await ecr.send(command);
    expect(answer.layerDigest).toBe(layerDigest);
    const url = answer.downloadUrl ?? '';
    expect(await (await fetch(url)).text()).toBe('layer');
    const otherBlobUrl = url.replace(layerDigest, digestOf('{"config":{}}'));
    for (const forged of [
      otherBlobUrl,
      url.replace(/Expires=\d/, 'Expires=9'),
      url.replace(/Signature=.*/, ''),
    ]) {
      const response = await fetch(forged);
      expect([response.status, await response.text()]).toEqual([
        403,
        expect.stringContaining('<Code>SignatureDoesNotMatch</Code>'),
      ]);
    }
    expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(405);
    clock.advance(3600 * 1000);
    const lateResponse = await fetch(url);
    expect([lateResponse.status, await lateResponse.text()]).toEqual([
      403,
      expect.stringContaining('Request has expired'),
    ]);
  });

  test('are deleted together with the last image that has them', async () => {
    const { registry, push, ecr } = await registryScene();
    await push('v1');
    const command = new GetDownloadUrlForLayerCommand({ repositoryName: 'web', layerDigest });
    const { downloadUrl = '' } = await ecr.send(command);
    await registry('DELETE', '/v2/web/manifests/v1');
    const response = await fetch(downloadUrl);
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining('NoSuchKey')]);
    expect(await refusalOf(ecr.send(command))).toMatchObject({ code: 'LayersNotFoundException' });
  });

  test('cannot be read before an image uses the blob', async () => {
    const { registry, pushBlob, ecr } = await registryScene();
    await pushBlob('layer');
    const command = new GetDownloadUrlForLayerCommand({ repositoryName: 'web', layerDigest });
    expect(await refusalOf(ecr.send(command))).toMatchObject({ code: 'LayerInaccessibleException' });
    expect(statusAndCode(await registry('GET', `/v2/web/blobs/${layerDigest}`))).toEqual([
      404,
      'BLOB_UNKNOWN',
    ]);
  });

  test('cannot be deleted without their images', async () => {
    const { registry, push } = await registryScene();
    await push('v1');
    expect(statusAndCode(await registry('DELETE', `/v2/web/blobs/${layerDigest}`))).toEqual([
      405,
      'UNSUPPORTED',
    ]);
  });
});

test('bytes that a killed sandbox wrote without recording them are not part of the layer', async () => {
  const { registry, path, region, ecr } = await uploadScene();
  await registry('PATCH', path, { body: 'layer' });
  const [upload] = region.ecr.uploads.all();
  const uploadId = upload?.uploadId ?? '';
  region.blobs.append(`upload/${uploadId}`, 5, Buffer.from('garbage'));
  expect((await registry('PUT', `${path}?digest=${digestOf('layer')}`)).status).toBe(201);
  const latePart = new UploadLayerPartCommand({
    ...{ repositoryName: 'web', uploadId, partFirstByte: 5, partLastByte: 5 },
    layerPartBlob: Buffer.from('x'),
  });
  expect(await refusalOf(ecr.send(latePart))).toMatchObject({ code: 'UploadNotFoundException' });
});
