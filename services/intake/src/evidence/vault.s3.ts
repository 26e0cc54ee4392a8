import type * as Sdk from '@aws-sdk/client-s3';
import type { SealedFile } from '@recourse/privacy';
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { drawnAt, EvidenceDamaged, EvidenceVault, VaultFull, type Kept, type Place } from './vault.js';

export type S3Options = {
  readonly bucket: string;
  readonly region: string;
  /** Where S3 is, when not at the usual address of the region: whatever speaks its protocol. */
  readonly endpoint?: string;
  /** What S3 encrypts what we have encrypted with: its own key, or this key of KMS. Left out: as the bucket says. */
  readonly encryption?: 'AES256' | { readonly kmsKey: string };
  /** Left out, credentials are found as every AWS tool finds them: environment, profile, role of the container or the machine. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

/** S3 takes no smaller part but the last; one is in memory for each upload. */
const partLength = 5 * 1024 * 1024;

/**
 * Objects of a bucket, named `<tenant>/<evidence>`. What is larger than a part comes in parts, each with its checksum, and an object is there when all of
 * them are: one that was broken off has no name. Objects are never written twice.
 */
export class S3Vault extends EvidenceVault {
  private constructor(
    private readonly sdk: typeof Sdk,
    private readonly client: Sdk.S3Client,
    private readonly options: S3Options,
  ) {
    super();
  }

  static async open(options: S3Options): Promise<S3Vault> {
    // Some megabytes that only whoever uses S3 has to carry.
    const sdk = await import('@aws-sdk/client-s3');
    const { region, endpoint, credentials } = options;
    const client = new sdk.S3Client({
      ...{ region, maxAttempts: 3, requestHandler: { connectionTimeout: 3_000, requestTimeout: 30_000, throwOnRequestTimeout: true } },
      ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
      ...(credentials && { credentials }),
    });
    return new S3Vault(sdk, client, options);
  }

  /** A bucket that is not there stops the start, not the first customer. */
  async onModuleInit(): Promise<void> {
    const { bucket: Bucket } = this.options;
    await this.client.send(new this.sdk.HeadBucketCommand({ Bucket })).catch((cause: unknown) => {
      throw new Error(`RECOURSE_EVIDENCE_BUCKET: the bucket ${Bucket} cannot be reached`, { cause });
    });
  }

  onModuleDestroy(): void {
    this.client.destroy();
  }

  async keep(place: Place, bytes: AsyncIterable<Uint8Array>): Promise<Kept> {
    const hash = createHash('sha256');
    let n = 0;
    const counted = async function* () {
      for await (const piece of bytes) {
        hash.update(piece);
        n += piece.length;
        yield piece;
      }
    };
    const parts = inParts(counted());
    const first = await parts.next();
    const second = first.done ? first : await parts.next();
    if (second.done) await this.put(place, first.value ?? Buffer.alloc(0));
    else await this.putInParts(place, first.value!, second.value, parts);
    return { h: hash.digest('base64url'), n };
  }

  async open({ tenant, id }: Place): Promise<SealedFile> {
    const named = this.named({ tenant, id });
    const { ContentLength: length = 0 } = await this.client.send(new this.sdk.HeadObjectCommand(named)).catch((cause: unknown) => {
      throw this.isMissing(cause) ? new EvidenceDamaged(`the file of evidence ${id} is not there`, { cause }) : cause;
    });
    const { client, sdk } = this;
    return {
      length,
      read: async function* ({ from, to }) {
        const { Body } = await client.send(new sdk.GetObjectCommand({ ...named, Range: `bytes=${from}-${to - 1}` }));
        yield* Body as Readable;
      },
    };
  }

  async forget(place: Place): Promise<void> {
    await this.client.send(new this.sdk.DeleteObjectCommand(this.named(place)));
  }

  async *lying(from: number, to: number): AsyncGenerator<Place> {
    const { bucket: Bucket } = this.options;
    const tenants = this.sdk.paginateListObjectsV2({ client: this.client }, { Bucket, Delimiter: '/' });
    for await (const { CommonPrefixes = [] } of tenants)
      for (const { Prefix = '' } of CommonPrefixes) {
        // Names begin with their instant, so what is older than asked for is not even listed.
        const StartAfter = `${Prefix}${namesFrom(from)}`;
        for await (const { Contents = [] } of this.sdk.paginateListObjectsV2({ client: this.client }, { Bucket, Prefix, StartAfter })) {
          const ids = Contents.map(({ Key = '' }) => Key.slice(Prefix.length));
          for (const id of ids) {
            const drawn = drawnAt(id);
            if (drawn !== undefined && drawn >= from && drawn < to) yield { tenant: Prefix.slice(0, -1), id };
          }
          if (ids.some((id) => (drawnAt(id) ?? 0) >= to)) break;
        }
      }
  }

  async clear(before: number): Promise<void> {
    const { bucket: Bucket } = this.options;
    // One page: what does not stand on it comes at the next look.
    const { Uploads = [] } = await this.client.send(new this.sdk.ListMultipartUploadsCommand({ Bucket }));
    for (const { Key, UploadId, Initiated } of Uploads)
      if (Initiated && Initiated.getTime() < before)
        await this.client.send(new this.sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  }

  private async put(place: Place, Body: Buffer): Promise<void> {
    const asked = { ...this.named(place), ...this.encrypted(), Body, ChecksumAlgorithm: 'SHA256', IfNoneMatch: '*' } as const;
    await this.said(this.client.send(new this.sdk.PutObjectCommand(asked)));
  }

  private async putInParts(place: Place, first: Buffer, second: Buffer, rest: AsyncIterable<Buffer>): Promise<void> {
    const named = this.named(place);
    const { sdk, client } = this;
    const begin = new sdk.CreateMultipartUploadCommand({ ...named, ...this.encrypted(), ChecksumAlgorithm: 'SHA256' });
    const { UploadId } = await this.said(client.send(begin));
    const Parts: Sdk.CompletedPart[] = [];
    const give = async (Body: Buffer): Promise<void> => {
      const PartNumber = Parts.length + 1;
      const asked = new sdk.UploadPartCommand({ ...named, UploadId, PartNumber, Body, ChecksumAlgorithm: 'SHA256' });
      const { ETag, ChecksumSHA256 } = await this.said(client.send(asked));
      Parts.push({ PartNumber, ETag, ChecksumSHA256 });
    };
    try {
      await give(first);
      await give(second);
      for await (const part of rest) await give(part);
      const end = new sdk.CompleteMultipartUploadCommand({ ...named, UploadId, MultipartUpload: { Parts }, IfNoneMatch: '*' });
      await this.said(client.send(end));
    } catch (error) {
      // What stays of it in spite of this is swept.
      await client.send(new sdk.AbortMultipartUploadCommand({ ...named, UploadId })).catch(() => undefined);
      throw error;
    }
  }

  /** Whatever S3 says no to, the caller has done nothing wrong. */
  private said<Answer>(asking: Promise<Answer>): Promise<Answer> {
    return asking.catch((cause: unknown) => {
      throw new VaultFull('evidence cannot be stored', { cause });
    });
  }

  private encrypted(): { ServerSideEncryption?: 'AES256' | 'aws:kms'; SSEKMSKeyId?: string } {
    const { encryption } = this.options;
    if (encryption === undefined) return {};
    return encryption === 'AES256'
      ? { ServerSideEncryption: encryption }
      : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: encryption.kmsKey };
  }

  private named({ tenant, id }: Place): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.options.bucket, Key: `${tenant}/${id}` };
  }

  private isMissing(error: unknown): boolean {
    return error instanceof this.sdk.NotFound || error instanceof this.sdk.NoSuchKey;
  }
}

/** The smallest name that may have been drawn at an instant. */
const namesFrom = (instant: number): string => {
  const digits = Math.max(0, Math.floor(instant)).toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-`;
};

/** The same bytes in parts as S3 takes them. */
async function* inParts(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, undefined> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytes) {
    waiting.push(piece);
    length += piece.length;
    if (length < partLength) continue;
    yield Buffer.concat(waiting);
    [waiting, length] = [[], 0];
  }
  if (length > 0) yield Buffer.concat(waiting);
  return undefined;
}
