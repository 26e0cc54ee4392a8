import { createHash } from 'node:crypto';
import type { KMSClientConfig } from '@aws-sdk/client-kms';
import { KeysUnreachable, WrappingBroken, WrongKek, type Binding, type Kms, type Wrapped } from './kms.js';

export type AwsKmsOptions = {
  /** Id, ARN or alias of the key that wraps. Behind an alias another key may be put: that is a rotation as well. */
  readonly key: string;
  readonly region: string;
  /** Where KMS is, when not at the usual address of the region. */
  readonly endpoint?: string;
  /** Left out, credentials are found as every AWS tool finds them: environment, profile, role of the container or the machine. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Milliseconds until there is a connection, until one answer is there, and until it is given up with all its repetitions. */
  readonly limits?: { readonly connect: number; readonly answer: number; readonly whole: number };
};

const usualLimits = { connect: 1_500, answer: 3_000, whole: 6_000 };

/**
 * Keys in AWS KMS. What is wrapped is bound by the encryption context, which stands in clear in CloudTrail: so it names the data key by its id and
 * its owner by a hash. A secret's `kek` is the ARN that wrapped it. What AWS rotates by itself below one ARN it also finds by itself.
 */
export const awsKms = async ({ key, region, endpoint, credentials, limits = usualLimits }: AwsKmsOptions): Promise<Kms> => {
  // Some megabytes that only whoever uses AWS has to carry.
  const { KMSClient, DecryptCommand, DescribeKeyCommand, EncryptCommand, ReEncryptCommand } = await import('@aws-sdk/client-kms');
  const requestHandler = { connectionTimeout: limits.connect, requestTimeout: limits.answer, throwOnRequestTimeout: true };
  const settings: KMSClientConfig = {
    ...{ region, maxAttempts: 3, requestHandler },
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials && { credentials }),
  };
  const client = new KMSClient(settings);
  const inTime = () => ({ abortSignal: AbortSignal.timeout(limits.whole) });

  const unwrap: Kms['unwrap'] = async (kek, wrapped, { id, aad }) => {
    const asked = new DecryptCommand({ KeyId: kek, CiphertextBlob: wrapped, EncryptionContext: contextOf({ id, aad }) });
    const { Plaintext } = await client.send(asked, inTime()).catch(failing(key, kek, id));
    return Buffer.from(Plaintext!);
  };
  return {
    current: async () => {
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: key }), inTime()).catch(failing(key));
      if (KeyMetadata?.KeyState !== 'Enabled') throw new KeysUnreachable(`the key ${key} of AWS KMS is ${KeyMetadata?.KeyState}`);
      return KeyMetadata.Arn!;
    },
    wrap: async (secret, binding) => {
      const asked = new EncryptCommand({ KeyId: key, Plaintext: secret, EncryptionContext: contextOf(binding) });
      return wrappedBy(await client.send(asked, inTime()).catch(failing(key)));
    },
    unwrap,
    rewrap: async (kek, wrapped, binding) => {
      const context = contextOf(binding);
      const asked = new ReEncryptCommand({
        ...{ CiphertextBlob: wrapped, SourceKeyId: kek, SourceEncryptionContext: context },
        ...{ DestinationKeyId: key, DestinationEncryptionContext: context },
      });
      return wrappedBy(await client.send(asked, inTime()).catch(failing(key, kek, binding.id)));
    },
    close: () => client.destroy(),
  };
};

const contextOf = ({ id, aad }: Binding): Record<string, string> => ({
  'recourse:key': id,
  'recourse:owner': createHash('sha256').update(aad).digest('base64url'),
});

const wrappedBy = ({ KeyId, CiphertextBlob }: { KeyId?: string | undefined; CiphertextBlob?: Uint8Array | undefined }): Wrapped => ({
  kek: KeyId!,
  wrapped: CiphertextBlob!,
});

/** What AWS refused says something of the wrapping only in two cases; everything else is about whether keys can be used now. */
const failing =
  (key: string, kek?: string, id?: string) =>
  (error: unknown): never => {
    const { name } = error as Error;
    if (id !== undefined && (name === 'InvalidCiphertextException' || name === 'IncorrectKeyException')) throw new WrappingBroken(id);
    if (kek !== undefined && name === 'NotFoundException') throw new WrongKek(kek, key);
    // Messages of AWS carry account and role; the name of the refusal is enough.
    throw new KeysUnreachable(`AWS KMS says ${/^\w{1,80}$/.test(name) ? name : 'something else'} about ${kek ?? key}`, error);
  };
