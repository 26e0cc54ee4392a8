import type { Language, Wording } from './platforms.js';

/** What a platform may do at most. Whatever counts reads the numbers where it counts, so a new limit holds for the next request. */
export type LimitsOfTenant = {
  /** Requests a minute: of everybody of the platform together, of one of its clients, of one person or customer. */
  readonly rates: { readonly tenant: number; readonly client: number; readonly subject: number };
  /** Bytes of one uploaded file. */
  readonly sizes: { readonly evidenceBytes: number };
  /** Files and bytes of evidence of one matter, and bytes of all uploads of the platform within a day of UTC. */
  readonly quotas: {
    readonly evidenceFilesPerMatter: number;
    readonly evidenceBytesPerMatter: number;
    readonly evidenceBytesPerDay: number;
    /** Searches by what is sealed (a telephone number, a name, words) of one person within an hour. */
    readonly searchesPerHour: number;
  };
};

/** What may be said about the limits of a platform: each number left out stays what it was. */
export type LimitsGiven = { readonly [Part in keyof LimitsOfTenant]?: Partial<LimitsOfTenant[Part]> };

/** What holds for a platform as long as nobody has said otherwise. The sizes and quotas of a matter are those of the taxonomy of evidence. */
export const usualLimits: LimitsOfTenant = {
  rates: { tenant: 60_000, client: 30_000, subject: 6_000 },
  sizes: { evidenceBytes: 16_777_216 },
  quotas: { evidenceFilesPerMatter: 50, evidenceBytesPerMatter: 209_715_200, evidenceBytesPerDay: 21_474_836_480, searchesPerHour: 120 },
};

/** The limits after these were given. */
export const limitsWith = (limits: LimitsOfTenant, given: LimitsGiven): LimitsOfTenant => ({
  rates: { ...limits.rates, ...given.rates },
  sizes: { ...limits.sizes, ...given.sizes },
  quotas: { ...limits.quotas, ...given.quotas },
});

/** What a platform is, said when it is created. */
export type TenantProfile = {
  readonly name: Wording;
  /** The legal entity that answers its complaints. */
  readonly respondent: string;
  /** The first one is spoken where nobody says another. */
  readonly languages: readonly Language[];
  readonly currency: string;
  /** IANA time zone in which its customers read times. */
  readonly zone: string;
};

/** The name of a tenant, as it stands in tokens: lower case, it begins with a letter. */
export const tenantName = /^[a-z][a-z0-9-]{1,30}[a-z0-9]$/;

/** Records of operators belong to no platform, and no platform may be called so. */
export const tenantOfTheHouse = 'house';
