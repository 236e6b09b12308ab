// The sandbox's objects, through the SDK's client: reading and writing, lists, versions and expiry.
import { createHash } from 'node:crypto';
import { request, type IncomingMessage } from 'node:http';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf, sandbox } from '../../harness.ts';

const Bucket = 'shop-logs';
const DAY_MS = 86_400_000;

async function scene(keys: readonly string[] = []) {
  const clock = manualClock();
  const started = await sandbox({ clock });
  const { s3 } = started;
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const put = (Key: string, Body = Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  for (const key of keys) await put(key);
  const setVersioning = (Status: 'Enabled' | 'Suspended') =>
    s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
  const versions = async () => {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    return { Versions, DeleteMarkers };
  };
  return { ...started, clock, put, setVersioning, versions };
}

test('an object is returned with its bytes and headers', async () => {
  const { s3 } = await scene();
  const Key = 'folder/a b+ü.txt';
  const Body = Buffer.from([0, 1, 255]);
  const Metadata = { owner: 'shop' };
  await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'text/plain', Metadata }));
  const found = await s3.send(new GetObjectCommand({ Bucket, Key }));
  expect(Buffer.from((await found.Body?.transformToByteArray()) ?? [])).toEqual(Body);
  expect(found).toMatchObject({
    ContentType: 'text/plain',
    ContentLength: 3,
    ETag: `"${createHash('md5').update(Body).digest('hex')}"`,
    ServerSideEncryption: 'AES256',
    Metadata,
    LastModified: new Date(Date.UTC(2026, 0, 1)),
  });
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({ ContentLength: 3, Metadata });
});

test('an object that does not exist is refused, and its deletion is not', async () => {
  const { s3 } = await scene();
  expect(await refusalOf(s3.send(new GetObjectCommand({ Bucket, Key: 'x' })))).toMatchObject({
    code: 'NoSuchKey',
  });
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'x' }))).rejects.toMatchObject({
    name: 'NotFound',
  });
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'x' }));
});

test('tags of an object are set with it, replaced and removed', async () => {
  const { s3 } = await scene();
  const object = { Bucket, Key: 'one' };
  const tags = async () => (await s3.send(new GetObjectTaggingCommand(object))).TagSet;
  await s3.send(new PutObjectCommand({ ...object, Body: '1', Tagging: 'team=a%20b&empty=' }));
  expect(await tags()).toEqual([
    { Key: 'team', Value: 'a b' },
    { Key: 'empty', Value: '' },
  ]);
  expect((await s3.send(new GetObjectCommand(object))).TagCount).toBe(2);
  const TagSet = [{ Key: 'team', Value: 'c' }];
  await s3.send(new PutObjectTaggingCommand({ ...object, Tagging: { TagSet } }));
  expect(await tags()).toEqual(TagSet);
  await s3.send(new DeleteObjectTaggingCommand(object));
  expect(await tags()).toEqual([]);
  const eleven = Array.from({ length: 11 }, (_, index) => ({ Key: `${index}`, Value: '' }));
  expect(
    await refusalOf(s3.send(new PutObjectTaggingCommand({ ...object, Tagging: { TagSet: eleven } }))),
  ).toMatchObject({ code: 'BadRequest' });
});

test('a wrong checksum is refused', async () => {
  const { s3 } = await scene();
  const ContentMD5 = Buffer.alloc(16).toString('base64');
  expect(
    await refusalOf(s3.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'x', ContentMD5 }))),
  ).toMatchObject({ code: 'BadDigest' });
});

test('lists are sorted, come in pages, and group keys by a delimiter', async () => {
  const { s3 } = await scene(['b', 'a/2', 'a/1', 'c/1', 'd']);
  const keys: string[] = [];
  for await (const page of paginateListObjectsV2({ client: s3, pageSize: 2 }, { Bucket }))
    keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
  expect(keys).toEqual(['a/1', 'a/2', 'b', 'c/1', 'd']);
  const grouped = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/', MaxKeys: 3 }));
  expect(grouped).toMatchObject({
    CommonPrefixes: [{ Prefix: 'a/' }, { Prefix: 'c/' }],
    Contents: [{ Key: 'b', Size: 1 }],
    KeyCount: 3,
    IsTruncated: true,
  });
  const { NextContinuationToken: ContinuationToken } = grouped;
  const rest = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/', ContinuationToken }));
  expect(rest).toMatchObject({ Contents: [{ Key: 'd' }], IsTruncated: false });
  expect(
    (await s3.send(new ListObjectsCommand({ Bucket, Prefix: 'a/', Marker: 'a/1' }))).Contents,
  ).toMatchObject([{ Key: 'a/2' }]);
});

test('a bucket with versions keeps what is overwritten and deleted, until each version is deleted', async () => {
  const { s3, put, setVersioning, versions } = await scene(['one']);
  await setVersioning('Enabled');
  await put('one', 'second');
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'one' }));
  expect(await refusalOf(s3.send(new GetObjectCommand({ Bucket, Key: 'one' })))).toMatchObject({
    code: 'NoSuchKey',
  });
  const { Versions, DeleteMarkers } = await versions();
  expect(Versions).toMatchObject([
    { Key: 'one', IsLatest: false, Size: 6 },
    { Key: 'one', IsLatest: false, VersionId: 'null', Size: 3 },
  ]);
  expect(DeleteMarkers).toMatchObject([{ Key: 'one', IsLatest: true }]);
  const old = await s3.send(new GetObjectCommand({ Bucket, Key: 'one', VersionId: 'null' }));
  expect(await old.Body?.transformToString()).toBe('one');
  expect(await refusalOf(s3.send(new DeleteBucketCommand({ Bucket })))).toMatchObject({
    code: 'BucketNotEmpty',
  });
  const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
  const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  expect([Deleted?.length, Errors?.length ?? 0]).toEqual([3, 0]);
  await s3.send(new DeleteBucketCommand({ Bucket }));
});

test('without versions, a suspended bucket overwrites the version null', async () => {
  const { put, setVersioning, versions } = await scene();
  await setVersioning('Enabled');
  await put('one', '1');
  await setVersioning('Suspended');
  await put('one', '2');
  await put('one', '3');
  expect((await versions()).Versions.map(({ VersionId }) => VersionId === 'null')).toEqual([true, false]);
});

test('objects expire at midnight after their last day', async () => {
  const { s3, clock, put } = await scene();
  const rule = { ID: 'x', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 2 } } as const;
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [rule] } }),
  );
  clock.advance(DAY_MS / 2);
  await put('logs/old');
  await put('kept');
  const keys = async () =>
    ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key);
  clock.advance(2 * DAY_MS);
  expect(await keys()).toEqual(['kept', 'logs/old']);
  clock.advance(DAY_MS / 2);
  expect(await keys()).toEqual(['kept']);
});

/** Sends a request that is only signed for show, as the sandbox accepts it. */
const send = (
  url: string,
  options: object,
  body = '',
): Promise<{ status: number | undefined; text: string }> =>
  new Promise((resolve, reject) => {
    const headers = {
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/s3/aws4_request',
      ...(options as { headers?: object }).headers,
    };
    request(url, { ...options, headers }, (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }),
      );
    })
      .on('error', reject)
      .end(body);
  });

test('a bucket in the host is the same as in the path', async () => {
  const { url, port } = await scene(['folder/one']);
  const headers = { host: `${Bucket}.localhost:${port}` };
  expect(await send(`${url}/folder/one`, { headers })).toEqual({ status: 200, text: 'folder/one' });
  expect((await send(`${url}/${Bucket}/folder/one`, {})).text).toBe('folder/one');
  expect((await send(`${url}/?list-type=2`, { headers })).text).toContain('<Key>folder/one</Key>');
});

test('a body in signed chunks is stored without its signatures', async () => {
  const { url } = await scene();
  const headers = { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' };
  const body =
    '5;chunk-signature=00\r\nhello\r\n6;chunk-signature=00\r\n world\r\n0;chunk-signature=00\r\n\r\n';
  await send(`${url}/${Bucket}/chunked`, { method: 'PUT', headers }, body);
  expect((await send(`${url}/${Bucket}/chunked`, {})).text).toBe('hello world');
  const cut = await send(`${url}/${Bucket}/cut`, { method: 'PUT', headers }, body.slice(0, 30));
  expect(cut).toMatchObject({ status: 400, text: expect.stringContaining('<Code>IncompleteBody</Code>') });
});

test('an upload in parts is refused by name, and is not taken for an object', async () => {
  const { url } = await scene();
  const part = await send(`${url}/${Bucket}/big?partNumber=1&uploadId=x`, { method: 'PUT' }, 'part');
  expect(part).toMatchObject({ status: 501, text: expect.stringContaining('UploadPart') });
  expect((await send(`${url}/${Bucket}/big`, {})).status).toBe(404);
});
