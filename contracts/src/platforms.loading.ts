import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PublishedSettings, PlatformSettings } from './platforms.js';
import type { TenantProfile } from './tenants.js';

const home = fileURLToPath(new URL('..', import.meta.url));

/** Every file of contracts/, from sources and from the build alike. */
export const contractsFolder = (name = ''): string => join(home, name);

const hashOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

let published: ReadonlyMap<string, PublishedSettings> | undefined;

/** All platforms' settings, read once; a file that names another tenant than its folder stops the start. */
export const allPlatformSettings = (folder = contractsFolder('platforms')): ReadonlyMap<string, PublishedSettings> => {
  published ??= new Map(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => {
        const bytes = readFileSync(join(folder, name, 'settings.json'));
        const settings = JSON.parse(bytes.toString('utf8')) as PlatformSettings;
        if (settings.tenant !== name) throw new Error(`contracts/platforms/${name}/settings.json names the tenant ${settings.tenant}`);
        return [name, { ...settings, policyVersion: hashOf(bytes), policies: {} }];
      }),
  );
  return published;
};

/** One platform's settings, undefined for a tenant nobody has set up. */
export const platformSettings = (tenant: string): PublishedSettings | undefined => allPlatformSettings().get(tenant);

type Usual = Omit<PlatformSettings, keyof TenantProfile | 'tenant' | 'defaultLanguage'>;
let usual: { readonly settings: Usual; readonly policyVersion: string } | undefined;

/** The settings of a platform that was created and has published none yet: the usual ones, under its own name. */
export const usualSettings = (tenant: string, { name, respondent, languages, currency, zone }: TenantProfile): PublishedSettings => {
  if (!usual) {
    const bytes = readFileSync(contractsFolder('platforms/usual.json'));
    usual = { settings: JSON.parse(bytes.toString('utf8')) as Usual, policyVersion: hashOf(bytes) };
  }
  const { settings, policyVersion } = usual;
  return {
    ...settings,
    tenant,
    name,
    respondent,
    languages,
    currency,
    zone,
    defaultLanguage: languages[0] ?? 'en',
    policyVersion,
    policies: {},
  };
};
