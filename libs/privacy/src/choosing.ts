import { awsKms } from './aws-kms.client.js';
import { fileKms } from './key-file.js';
import { KeepersWrong, wrappedAnew, type Kms } from './kms.js';
import { vaultKms } from './vault-kms.client.js';

/** Where wrapping keys stay. */
export type Keeper =
  | { readonly kind: 'file'; readonly file: string; readonly named: string }
  | { readonly kind: 'aws'; readonly key: string; readonly region: string; readonly endpoint?: string }
  | {
      readonly kind: 'vault';
      readonly address: string;
      readonly tokenFile: string;
      readonly key: string;
      readonly namespace?: string;
      readonly mount?: string;
    };

/** The first wraps. A second one, of another kind, only unwraps what it wrapped before everything moved. */
export type Keepers = readonly [Keeper, ...Keeper[]];

/** Which keys: the one of active data keys, or the one of restricted ones that only governance may use. */
export type WhichKek = 'active' | 'restricted';

type Environment = Readonly<Record<string, string | undefined>>;
export type Complaint = { readonly name: string; readonly text: string };

const kinds = ['file', 'aws', 'vault'] as const;
type Kind = (typeof kinds)[number];

/** Reads from the environment who keeps the wrapping keys, or says all that is missing or wrong of it. */
export const chooseKeepers = (
  environment: Environment,
  which: WhichKek,
): { readonly keepers: Keepers } | { readonly complaints: readonly Complaint[] } => {
  const complaints: Complaint[] = [];
  const of = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const needed = (name: string, expected: string): string => {
    const value = of(name);
    if (value === undefined) complaints.push({ name, text: `is not set; expected ${expected}` });
    return value ?? '';
  };
  const kindIn = (name: string): Kind | undefined => {
    const value = of(name);
    const kind = kinds.find((one) => one === value);
    if (value !== undefined && !kind) complaints.push({ name, text: `is ${JSON.stringify(value)}; expected one of ${kinds.join(', ')}` });
    return kind;
  };
  const prefix = which === 'restricted' ? 'RECOURSE_RESTRICTED_' : 'RECOURSE_';
  const whose = which === 'restricted' ? 'restricted data keys' : 'the keys';

  const keeper = (kind: Kind, wraps: boolean): Keeper => {
    if (kind === 'file') {
      const named = `${prefix}KEK_FILE`;
      return { kind, named, file: needed(named, `the path of the file with the key that wraps ${whose}`) };
    }
    // Only what wraps is named: whatever it wrapped says by which key.
    const key = wraps ? needed(`${prefix}KMS_KEY`, keyIn(kind, whose)) : '-';
    if (kind === 'aws') {
      const endpoint = of('RECOURSE_KMS_ENDPOINT');
      const region =
        of('RECOURSE_KMS_REGION') ?? of('AWS_REGION') ?? needed('RECOURSE_KMS_REGION', 'the region of AWS KMS, eu-central-1 for example');
      if (endpoint !== undefined && !mayCarry(endpoint)) complaints.push(wrongAddress('RECOURSE_KMS_ENDPOINT'));
      return { kind, key, region, ...(endpoint !== undefined && { endpoint }) };
    }
    const address = needed('RECOURSE_VAULT_ADDR', 'the address of Vault, beginning with https://');
    if (address !== '' && !mayCarry(address)) complaints.push(wrongAddress('RECOURSE_VAULT_ADDR'));
    const [namespace, mount] = [of('RECOURSE_VAULT_NAMESPACE'), of('RECOURSE_VAULT_MOUNT')];
    const tokenFile = needed('RECOURSE_VAULT_TOKEN_FILE', 'the path of the file with the token for Vault');
    return { kind, address, tokenFile, key, ...(namespace !== undefined && { namespace }), ...(mount !== undefined && { mount }) };
  };

  const kind = kindIn('RECOURSE_KMS') ?? 'file';
  const before = kindIn('RECOURSE_KMS_BEFORE');
  const keepers: Keepers = [keeper(kind, true), ...(before && before !== kind ? [keeper(before, false)] : [])];
  return complaints.length > 0 ? { complaints } : { keepers };
};

const keyIn = (kind: 'aws' | 'vault', whose: string): string =>
  kind === 'aws'
    ? `the id, ARN or alias of the AWS KMS key that wraps ${whose}`
    : `the name of the derived transit key that wraps ${whose}`;

/** Secrets travel there: encrypted, or not beyond this machine. */
const mayCarry = (address: string): boolean => {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname));
};
const wrongAddress = (name: string): Complaint => ({
  name,
  text: 'is set to something else; expected an address beginning with https:// (http:// only on this machine), without a password in it',
});

/** Opens them, and asks for the key that wraps: whoever cannot use it says so now and not at the first complaint. */
export const openKms = async ([wrapping, ...before]: Keepers): Promise<Kms> => {
  const kms = await opened(wrapping);
  try {
    await kms.current();
    return before.reduce(async (whole, elder) => alsoUnwrapping(await whole, elder.kind, await opened(elder)), Promise.resolve(kms));
  } catch (error) {
    kms.close();
    throw error;
  }
};

/** The same, opened when somebody needs them, and again when that failed. */
export const kmsWhenAsked = (keepers: Keepers): Kms => {
  let opening: Promise<Kms> | undefined;
  const open = (): Promise<Kms> => {
    const asked = (opening ??= openKms(keepers));
    asked.catch(() => (opening = undefined));
    return asked;
  };
  return {
    current: async () => (await open()).current(),
    wrap: async (secret, binding) => (await open()).wrap(secret, binding),
    unwrap: async (kek, wrapped, binding) => (await open()).unwrap(kek, wrapped, binding),
    rewrap: async (kek, wrapped, binding) => (await open()).rewrap(kek, wrapped, binding),
    close: () => void opening?.then((kms) => kms.close()).catch(() => undefined),
  };
};

const opened = async (keeper: Keeper): Promise<Kms> => {
  if (keeper.kind === 'aws') return awsKms(keeper);
  if (keeper.kind === 'vault') return vaultKms(keeper);
  try {
    return fileKms(keeper.file);
  } catch (error) {
    throw new KeepersWrong(`${keeper.named}: ${(error as Error).message}`, { cause: error });
  }
};

/** Each kind names its keys so that nobody takes them for another's. */
const kindOf = (kek: string): Kind => (kek.startsWith('arn:') ? 'aws' : kek.startsWith('vault:') ? 'vault' : 'file');

const alsoUnwrapping = (kms: Kms, kind: Kind, elder: Kms): Kms => ({
  current: () => kms.current(),
  wrap: (secret, binding) => kms.wrap(secret, binding),
  unwrap: (kek, wrapped, binding) => (kindOf(kek) === kind ? elder : kms).unwrap(kek, wrapped, binding),
  rewrap: (kek, wrapped, binding) =>
    kindOf(kek) === kind ? wrappedAnew(elder, kms, { kek, wrapped }, binding) : kms.rewrap(kek, wrapped, binding),
  close: () => {
    elder.close();
    kms.close();
  },
});

/** Restricting with the key that services have would restrict nothing. */
export const differing = async (active: Kms, restricted: Kms): Promise<void> => {
  const [one, other] = [await active.current(), await restricted.current()].map((name) => name.replace(/:v\d+$/, ''));
  if (one === other)
    throw new KeepersWrong(`Restricted data keys would be wrapped by the key that services use (${one}): give them another one.`);
};
