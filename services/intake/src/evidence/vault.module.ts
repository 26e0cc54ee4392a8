import { choiceVariable, Configuration, textVariable, urlVariable } from '@recourse/edge';
import { EvidenceVault } from './vault.js';
import { FolderVault } from './vault.disk.js';
import { S3Vault } from './vault.s3.js';

const place = choiceVariable('RECOURSE_EVIDENCE', ['folder', 's3'] as const, 'folder');
const folder = textVariable('RECOURSE_EVIDENCE_DIR', 'the folder in which evidence is kept, encrypted', '');
const bucket = textVariable('RECOURSE_EVIDENCE_BUCKET', 'the bucket in which evidence is kept, encrypted', '');
const region = textVariable('RECOURSE_EVIDENCE_REGION', 'the region of the bucket', 'us-east-1');
const endpoint = urlVariable('RECOURSE_EVIDENCE_ENDPOINT', ['https:', 'http:'], '');
const encryption = textVariable('RECOURSE_EVIDENCE_ENCRYPTION', 'bucket (as it says), AES256, or the ARN of a key of KMS', 'bucket');

/** Where evidence is kept: what a service must declare to be told. */
export const evidenceVariables = [place, folder, bucket, region, endpoint, encryption];

/** The vault that the configuration names; the same one however often it is asked for. */
export const vaultOf = (configuration: Configuration): Promise<EvidenceVault> => {
  const known = opened.get(configuration) ?? openVault(configuration);
  opened.set(configuration, known);
  return known;
};
const opened = new WeakMap<Configuration, Promise<EvidenceVault>>();

/** Injects it. */
export const evidenceVault = { provide: EvidenceVault, inject: [Configuration], useFactory: vaultOf };

const openVault = async (configuration: Configuration): Promise<EvidenceVault> => {
  const needed = (variable: typeof folder): string => {
    const value = configuration.of(variable);
    if (value === '') throw new Error(`${variable.name} is not set; expected ${variable.expected}`);
    return value;
  };
  if (configuration.of(place) === 'folder') return new FolderVault(needed(folder));
  const [url, key] = [configuration.of(endpoint), configuration.of(encryption)];
  return S3Vault.open({
    ...{ bucket: needed(bucket), region: configuration.of(region) },
    ...(url !== '' && { endpoint: url }),
    ...(key !== 'bucket' && { encryption: key === 'AES256' ? key : { kmsKey: key } }),
  });
};
